//! The fast ways through a sequence of objects, an entry a line or not: from candidate to candidate where there is
//! something to search for, from object to object where there is not.
//!
//! Both begin at an object's brace with nothing open, and stop where something is not as they take it to be. What is
//! there, the splitter then says.

use core::ops::Range;

use super::Scan;
use crate::{
    json,
    plan::{Plan, Walked},
    search::Search,
    simd::BLOCK,
    split::{self, LONGEST_ENTRY},
};

impl Scan {
    /// Goes through the objects from `at` on, as far as it is quick.
    pub(super) fn run_lines<'b>(
        &mut self,
        buffer: &'b [u8],
        at: usize,
        plan: &Plan,
        walked: &mut Walked<'b>,
        on_match: &mut dyn FnMut(&[u8], Range<usize>),
    ) {
        let choice = core::mem::take(&mut self.choice);
        let stop = match choice.search() {
            Some(search) => self.candidates(buffer, at, plan, search, walked, on_match),
            None => self.objects(buffer, at, plan, walked, on_match),
        };
        self.choice = choice;
        self.one_by_one = self.splitter.before() + stop as u64;
    }

    /// From object to object; where the way ended, and up to where not to try again.
    fn objects<'b>(
        &mut self,
        buffer: &'b [u8],
        mut at: usize,
        plan: &Plan,
        walked: &mut Walked<'b>,
        on_match: &mut dyn FnMut(&[u8], Range<usize>),
    ) -> usize {
        while buffer.get(at) == Some(&b'{')
            && let Some(end) = self.object(buffer, at, plan, walked, on_match)
        {
            self.splitter.go_on(end);
            at = json::skip_space(buffer, end);
        }
        at + 1
    }

    /// From candidate to candidate. A line that begins with an opening brace where nothing is open, and ends with a
    /// closing one before a line that begins with an opening one, leaves nothing open: within a value no object could
    /// follow another without a comma. So such a line needs no look inside, if nothing in it is searched for.
    fn candidates<'b>(
        &mut self,
        buffer: &'b [u8],
        mut line: usize,
        plan: &Plan,
        search: &Search,
        walked: &mut Walked<'b>,
        on_match: &mut dyn FnMut(&[u8], Range<usize>),
    ) -> usize {
        let (start, mut line_feeds) = (line, 0);
        let mut stop = buffer.len();
        search.run(buffer, line, &mut |block, events| {
            let mut both = events.line_feeds | events.hints;
            while both != 0 {
                let bit = both & both.wrapping_neg();
                let place = block + bit.trailing_zeros() as usize;
                both &= both - 1;
                if events.line_feeds & bit == 0 {
                    if !search.is_hit(buffer, place) {
                        continue;
                    }
                    let Some(end) = self.object(buffer, line, plan, walked, on_match) else {
                        stop = line + 1;
                        return None;
                    };
                    line_feeds += split::line_feeds(buffer.get(line..end).unwrap_or_default());
                    line = end;
                    if place >= end {
                        // Behind several objects on one line each would lead to the same place again.
                        stop = place;
                        return None;
                    }
                    let next = json::skip_space(buffer, end);
                    if buffer.get(next) != Some(&b'{') {
                        stop = end;
                        return None;
                    }
                    line_feeds += split::line_feeds(buffer.get(end..next).unwrap_or_default());
                    line = next;
                    return Some(next);
                }
                let Some(next) = next_line(buffer, line, place) else {
                    stop = place + 1;
                    return None;
                };
                self.report.entries += 1;
                if next > place + 1 {
                    line_feeds += split::line_feeds(buffer.get(line..next).unwrap_or_default());
                    line = next;
                    return Some(next);
                }
                line_feeds += 1;
                line = next;
            }
            Some(block + BLOCK)
        });
        self.splitter.go_on_counted(buffer, start..line, line_feeds);
        stop
    }

    /// Decides the object at `at` and says where it ends; `None` where it is not for this way to decide.
    #[inline(never)]
    fn object<'b>(
        &mut self,
        buffer: &'b [u8],
        at: usize,
        plan: &Plan,
        walked: &mut Walked<'b>,
        on_match: &mut dyn FnMut(&[u8], Range<usize>),
    ) -> Option<usize> {
        let end = plan.walk(buffer, at, walked).ok()?;
        if walked.is_page || end - at > LONGEST_ENTRY {
            return None;
        }
        let mut range = at..end;
        if let Some(inner) = split::wrapped(buffer, at) {
            plan.walk(buffer, inner.start, walked).ok()?;
            range = inner;
        }
        self.report.entries += 1;
        if plan.matches(walked) {
            self.report.matches += 1;
            on_match(buffer, range);
        }
        Some(end)
    }
}

/// Where the next line begins behind the line feed, if the line that began at `line` leaves nothing open.
#[inline]
fn next_line(buffer: &[u8], line: usize, line_feed: usize) -> Option<usize> {
    let found = buffer.get(line..line_feed)?;
    // A page's entries are counted one by one.
    if split::begins_page(found) {
        return None;
    }
    let next = match buffer.get(line_feed + 1) {
        Some(b'{') => line_feed + 1,
        _ => json::skip_space(buffer, line_feed),
    };
    let ends = found.last() == Some(&b'}') || found.trim_ascii_end().last() == Some(&b'}');
    (ends && buffer.get(next) == Some(&b'{')).then_some(next)
}
