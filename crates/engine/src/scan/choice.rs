//! Which of a plan's literals to search for, from what the log's first bytes look like.

use crate::{plan::Plan, search::Search, simd::BLOCK};

/// How many of a log's first bytes are looked at.
const SAMPLE: usize = 64 << 10;

/// What to search for. Nothing, where the plan has no literal, or most entries hold it.
#[derive(Clone, Debug, Default)]
pub(super) struct Choice {
    search: Option<Search>,
    /// Bytes that it was made from, and those of all buffers so far.
    sampled: usize,
    seen: usize,
}

impl Choice {
    pub(super) const fn search(&self) -> Option<&Search> {
        self.search.as_ref()
    }

    /// Whether no entry can match whose bytes these are.
    pub(super) fn rules_out(&self, entry: &[u8]) -> bool {
        self.search.as_ref().is_some_and(|search| search.find(entry, 0).is_none())
    }

    /// Chooses by the first bytes of `buffer`, until enough were seen.
    pub(super) fn make(&mut self, plan: &Plan, buffer: &[u8]) {
        let sample = buffer.get(..SAMPLE).unwrap_or(buffer);
        // The rest of a cut entry says less than what was read before it.
        let says_less = sample.len() < self.sampled || sample.is_empty();
        if self.seen >= SAMPLE || says_less || plan.required().is_empty() {
            return;
        }
        self.seen += sample.len();
        self.sampled = sample.len();
        let searches = plan.required().iter().map(|literals| Search::new(literals, sample));
        let rated = searches.map(|search| (hits(&search, sample), search));
        let best = rated.min_by_key(|((hits, _), _)| *hits);
        // A walk that most entries need anyway is not worth a search before it.
        self.search =
            best.filter(|((hits, lines), _)| hits * 2 <= *lines).map(|(_, search)| search);
    }
}

/// In how many lines of the sample something is found, and how many there are. Where lines are long, pieces of them
/// count as lines.
fn hits(search: &Search, sample: &[u8]) -> (usize, usize) {
    const LINE: usize = 4096;
    let (mut hits, mut lines) = (0, 1);
    let (mut line, mut is_hit) = (0, false);
    search.run(sample, 0, &mut |block, events| {
        let mut both = events.line_feeds | events.hints;
        while both != 0 {
            let bit = both & both.wrapping_neg();
            both &= both - 1;
            let place = block + bit.trailing_zeros() as usize;
            let is_line_feed = events.line_feeds & bit != 0;
            if is_line_feed || place > line + LINE {
                hits += usize::from(is_hit);
                lines += 1 + (place - line) / LINE;
                (line, is_hit) = (place, false);
            }
            is_hit |= !is_line_feed && search.is_hit(sample, place);
        }
        Some(block + BLOCK)
    });
    (hits + usize::from(is_hit), lines + (sample.len() - line) / LINE)
}
