//! A query ready to be held against many entries: over a segment's bytes in one pass, or entry by entry. Both give the
//! same answer; the pass is many times faster where few entries match.

use std::ops::Range;

use trailsift_core::{Matcher, Query};
use trailsift_engine::{json::Json, plan::Plan, scan};

/// The query.
pub(crate) struct Sieve {
    matcher: Matcher,
    plan: Plan,
}

impl Sieve {
    /// Makes a query ready.
    pub(crate) fn new(query: &Query) -> Self {
        Self { matcher: query.matcher().clone(), plan: Plan::new(query.filter()) }
    }

    /// Whether an entry as it is served is meant.
    pub(crate) fn takes(&self, entry: &[u8]) -> bool {
        self.matcher.matches(Json::new(entry))
    }

    /// Which of consecutive entries are meant, given where in `log` each is. Nothing where they are not found at those
    /// places: then each is to be asked about by itself.
    pub(crate) fn meant(&self, log: &[u8], entries: &[Range<usize>]) -> Option<Vec<bool>> {
        let start = entries.first()?.start;
        let block = log.get(start..entries.last()?.end)?;
        let (places, report) = scan::filter(block, &self.plan);
        let mut places = places.iter().map(|place| place.start + start).peekable();
        let meant: Vec<bool> = entries
            .iter()
            .map(|entry| places.next_if(|place| *place == entry.start).is_some())
            .collect();
        (report.broken == 0 && places.next().is_none()).then_some(meant)
    }
}

#[cfg(test)]
mod tests {
    use trailsift_core::{Options, compile};

    use super::*;

    fn sieve(text: &str) -> Sieve {
        Sieve::new(&compile(text, &Options::default()).unwrap())
    }

    #[test]
    fn a_block_and_its_entries_say_the_same() {
        let entries =
            [r#"{"type":"f"}"#, "{\n \"type\": \"s\"\n}", r#"{"type":"\u0066"}"#, r#"{"a":{}}"#];
        let log = entries.map(|entry| format!("{entry} \n")).concat();
        let mut at = 0;
        let places = entries.map(|entry| {
            let place = at..at + entry.len();
            at = place.end + 2;
            place
        });
        for query in ["type:f", "NOT type:f", "_exists_:a", "", "type:x"] {
            let sieve = sieve(query);
            let each = entries.map(|entry| sieve.takes(entry.as_bytes()));
            assert_eq!(sieve.meant(log.as_bytes(), &places).unwrap(), each, "{query}");
            assert_eq!(sieve.meant(log.as_bytes(), &places[1..3]).unwrap(), each[1..3], "{query}");
        }
    }

    #[test]
    fn what_is_not_where_it_should_be_is_not_believed() {
        let log = br#"{"a":1}{"a":2}"#;
        assert_eq!(sieve("a:1").meant(log, &[1..7, 7..14]), None);
        assert_eq!(sieve("a:1").meant(log, &[0..7, 7..15]), None);
        assert_eq!(sieve("a:1").meant(log, &[]), None);
    }
}
