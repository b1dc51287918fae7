//! A filter over raw bytes: which entries match, and what was broken on the way.
//!
//! Every entry is split off and checked, then held against the filter in place. No columns, no tree.

use alloc::vec::Vec;
use core::ops::Range;

use trailsift_core::Matcher;

use crate::{
    json::Json,
    split::{Broken, Splitter, Step},
};

/// Broken entries that are kept for the report; of more only the number is.
pub const BROKEN_KEPT: usize = 100;

/// What a scan has seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Whole entries, matching or not.
    pub entries: u64,
    /// Entries that match.
    pub matches: u64,
    /// Places that are no entry.
    pub broken: u64,
    /// The first [`BROKEN_KEPT`] of them.
    pub first_broken: Vec<Broken>,
}

impl Report {
    pub(crate) fn note(&mut self, broken: Broken) {
        self.broken += 1;
        if self.first_broken.len() < BROKEN_KEPT {
            self.first_broken.push(broken);
        }
    }
}

/// The ranges of the entries in `bytes` that match, in order.
///
/// ```
/// use trailsift_core::{Options, compile};
/// use trailsift_engine::scan::filter;
///
/// let log = br#"[{"type":"s"}, {"type":"fp"}]"#;
/// let query = compile("type:f*", &Options::default()).unwrap();
/// let (matches, report) = filter(log, query.matcher());
/// assert_eq!(&log[matches[0].clone()], br#"{"type":"fp"}"#);
/// assert_eq!((report.entries, report.matches, report.broken), (2, 1, 0));
/// ```
#[must_use]
pub fn filter(bytes: &[u8], matcher: &Matcher) -> (Vec<Range<usize>>, Report) {
    let mut scan = Scan::default();
    let mut matches = Vec::new();
    scan.run(bytes, true, matcher, |_, range| matches.push(range));
    (matches, scan.report)
}

/// A scan of bytes that arrive in chunks. An entry that is cut at a chunk's end is carried over to the next.
///
/// Memory is one chunk and one entry, whatever the input's size.
#[derive(Clone, Debug, Default)]
pub struct Scan {
    splitter: Splitter,
    report: Report,
    /// What the chunks so far left unread.
    carried: Vec<u8>,
    /// The carried bytes' length at which trying again can pay: an entry of many chunks is not read once for each.
    retry_at: usize,
}

/// An entry that matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match<'b> {
    /// The entry's own bytes.
    pub bytes: &'b [u8],
    /// Where they lie in all the input.
    pub range: Range<u64>,
}

impl Scan {
    /// A scan at the start of its input.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What has been seen so far.
    #[must_use]
    pub const fn report(&self) -> &Report {
        &self.report
    }

    /// Bytes that wait for the rest of their entry.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.carried.len()
    }

    /// Reads the next chunk and hands on each entry that matches.
    pub fn push(&mut self, chunk: &[u8], matcher: &Matcher, on_match: impl FnMut(Match<'_>)) {
        self.read(chunk, false, matcher, on_match);
    }

    /// Reads what is left when the input has ended.
    pub fn finish(&mut self, matcher: &Matcher, on_match: impl FnMut(Match<'_>)) {
        self.read(&[], true, matcher, on_match);
    }

    fn read(
        &mut self,
        chunk: &[u8],
        last: bool,
        matcher: &Matcher,
        mut on_match: impl FnMut(Match<'_>),
    ) {
        let mut hand_on = |buffer: &[u8], before: u64, range: Range<usize>| {
            let offsets = before + range.start as u64..before + range.end as u64;
            on_match(Match { bytes: buffer.get(range).unwrap_or_default(), range: offsets });
        };
        let before = self.splitter.before();
        if self.carried.is_empty() {
            let rest =
                self.run(chunk, last, matcher, |buffer, range| hand_on(buffer, before, range));
            self.carried.extend_from_slice(chunk.get(rest..).unwrap_or_default());
        } else {
            self.carried.extend_from_slice(chunk);
            if self.carried.len() < self.retry_at && !last {
                return;
            }
            let mut buffer = core::mem::take(&mut self.carried);
            let rest =
                self.run(&buffer, last, matcher, |buffer, range| hand_on(buffer, before, range));
            buffer.drain(..rest);
            self.carried = buffer;
        }
        self.retry_at = 2 * self.carried.len();
    }

    /// Reads all whole entries of `buffer`; how many of its bytes are done with.
    fn run(
        &mut self,
        buffer: &[u8],
        last: bool,
        matcher: &Matcher,
        mut on_match: impl FnMut(&[u8], Range<usize>),
    ) -> usize {
        loop {
            match self.splitter.step(buffer, last) {
                Step::Entry(range) => {
                    self.report.entries += 1;
                    let entry = Json::new(buffer.get(range.clone()).unwrap_or_default());
                    if matcher.matches(entry) {
                        self.report.matches += 1;
                        on_match(buffer, range);
                    }
                }
                Step::Broken(broken) => self.report.note(broken),
                Step::More | Step::End => return self.splitter.consume(buffer),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::{string::String, vec::Vec};

    use proptest::prelude::*;
    use trailsift_core::{Options, compile};

    use super::*;

    fn whole_and_chunked(text: &[u8], size: usize) -> [(Vec<Range<u64>>, Report); 2] {
        let query = compile("a:1", &Options::default()).unwrap();
        let (matches, report) = filter(text, query.matcher());
        let matches = matches.into_iter().map(|r| r.start as u64..r.end as u64).collect();
        let mut scan = Scan::new();
        let mut chunked = Vec::new();
        let mut keep = |found: Match<'_>| {
            let place = found.range.start as usize..found.range.end as usize;
            assert_eq!(found.bytes, &text[place]);
            chunked.push(found.range);
        };
        for chunk in text.chunks(size) {
            scan.push(chunk, query.matcher(), &mut keep);
        }
        scan.finish(query.matcher(), &mut keep);
        let seen = scan.report().clone();
        [(matches, report), (chunked, seen)]
    }

    proptest! {
        #[test]
        fn chunks_make_no_difference(
            parts in prop::collection::vec(prop::sample::select(alloc::vec![
                "{\"a\":1}\n", "{\"a\":2}\n", "{\"a\":\n", "{\"b\":{\"a\":[1,\"é\"]}}\n", "x\n", "[{\"a\":1},{\"a\":1}]", "{\"logs\":[{\"a\":1}]}",
            ]), 0..20),
            size in 1_usize..30,
        ) {
            let text: String = parts.concat();
            let [whole, chunked] = whole_and_chunked(text.as_bytes(), size);
            prop_assert_eq!(whole, chunked);
        }
    }

    #[test]
    fn a_report_keeps_the_first_broken_places_and_counts_all() {
        let text = "x\n".repeat(250);
        let query = compile("", &Options::default()).unwrap();
        let (_, report) = filter(text.as_bytes(), query.matcher());
        assert_eq!((report.broken, report.first_broken.len()), (250, BROKEN_KEPT));
        assert_eq!(report.first_broken[99].line, 100);
    }

    #[test]
    fn an_entry_of_many_chunks_is_not_read_once_for_each() {
        let text = alloc::format!("{{\"b\":\"{}\",\"a\":1}}\n", "x".repeat(4_000_000));
        let [whole, chunked] = whole_and_chunked(text.as_bytes(), 500);
        assert_eq!(whole, chunked);
        assert_eq!(whole.0.len(), 1);
    }
}
