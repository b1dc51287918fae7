//! A filter over raw bytes: which entries match, and what was broken on the way.
//!
//! Most entries are never looked into. What a filter's matches must hold is searched in all of the bytes at once, and
//! only the entries around what is found are walked; where there is nothing to search for, all are. No columns, no tree.
//!
//! A scan tells of broken entries where it comes across them: what it has no reason to look at, it does not check. For
//! a log of which every byte is to be checked there is [`Scan::checked`].

mod choice;
mod lines;

use alloc::vec::Vec;
use core::{
    mem,
    ops::{ControlFlow, Range},
};

use crate::{
    carry::{self, Carry},
    plan::{Plan, Walked},
    scan::choice::Choice,
    split::{Broken, LONGEST_ENTRY, Splitter, Step},
};

/// Broken entries that are kept for the report; of more only the number is.
pub const BROKEN_KEPT: usize = 100;

/// What a scan has seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Whole entries, matching or not. A line that a scan had no reason to look at counts as one.
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
/// use trailsift_engine::{plan::Plan, scan::filter};
///
/// let log = br#"[{"type":"s"}, {"type":"fp"}]"#;
/// let query = compile("type:f*", &Options::default()).unwrap();
/// let (matches, report) = filter(log, &Plan::new(query.filter()));
/// assert_eq!(&log[matches[0].clone()], br#"{"type":"fp"}"#);
/// assert_eq!((report.entries, report.matches, report.broken), (2, 1, 0));
/// ```
#[must_use]
pub fn filter(bytes: &[u8], plan: &Plan) -> (Vec<Range<usize>>, Report) {
    let mut scan = Scan::new();
    let mut matches = Vec::new();
    scan.run(bytes, true, plan, &mut |_, range| matches.push(range));
    (matches, scan.report)
}

/// A scan of bytes that arrive in chunks. An entry that is cut at a chunk's end is carried over to the next.
///
/// Memory is one entry, whatever the input's size.
///
/// ```
/// use trailsift_core::{Options, compile};
/// use trailsift_engine::{plan::Plan, scan::Scan};
///
/// let query = compile("type:fp", &Options::default()).unwrap();
/// let (plan, mut scan, mut found) = (Plan::new(query.filter()), Scan::new(), Vec::new());
/// for chunk in [b"{\"type\":\"s\"}\n{\"ty".as_slice(), b"pe\":\"fp\"}\n"] {
///     scan.push(chunk, &plan, |entry| found.push(entry.range));
/// }
/// scan.finish(&plan, |entry| found.push(entry.range));
/// assert_eq!(found, [13..26]);
/// ```
#[derive(Clone, Debug)]
pub struct Scan {
    splitter: Splitter,
    mode: Mode,
    choice: Choice,
    report: Report,
    carry: Carry,
    /// Up to this byte of the input entries are split one by one, as what is there is no sequence of lines.
    one_by_one: u64,
}

/// How much is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Walked,
    Checked,
    Strict,
}

/// An entry that matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match<'b> {
    /// The entry's own bytes.
    pub bytes: &'b [u8],
    /// Where they lie in all the input.
    pub range: Range<u64>,
}

impl Default for Scan {
    fn default() -> Self {
        Self::new()
    }
}

impl Scan {
    /// A scan at the start of its input, which checks what it walks.
    #[must_use]
    pub fn new() -> Self {
        Self::with(Mode::Walked, Splitter::unchecked())
    }

    /// A scan that checks every byte of every entry.
    #[must_use]
    pub fn checked() -> Self {
        Self::with(Mode::Checked, Splitter::new())
    }

    /// A scan that checks every byte of every entry and reads nothing behind the first that is broken; see
    /// [`Self::is_stopped`].
    #[must_use]
    pub fn strict() -> Self {
        Self::with(Mode::Strict, Splitter::new())
    }

    fn with(mode: Mode, splitter: Splitter) -> Self {
        Self {
            splitter,
            mode,
            choice: Choice::default(),
            report: Report::default(),
            carry: Carry::default(),
            one_by_one: 0,
        }
    }

    /// What has been seen so far.
    #[must_use]
    pub const fn report(&self) -> &Report {
        &self.report
    }

    /// Bytes that wait for the rest of their entry; never more than [`LONGEST_ENTRY`] once a chunk is read.
    #[must_use]
    pub const fn pending(&self) -> usize {
        self.carry.len()
    }

    /// Whether the scan is strict and has come upon a broken entry: the report names it, and nothing more is read.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.mode == Mode::Strict && self.report.broken > 0
    }

    /// Reads the next chunk and hands on each entry that matches.
    pub fn push(&mut self, chunk: &[u8], plan: &Plan, mut on_match: impl FnMut(Match<'_>)) {
        self.read(chunk, false, plan, &mut on_match);
    }

    /// Reads what is left when the input has ended.
    pub fn finish(&mut self, plan: &Plan, mut on_match: impl FnMut(Match<'_>)) {
        self.read(&[], true, plan, &mut on_match);
    }

    /// What takes the matches is not generic: a scan is large, and compiled here, not with what calls it.
    fn read(&mut self, chunk: &[u8], last: bool, plan: &Plan, on_match: &mut dyn FnMut(Match<'_>)) {
        let mut carry = mem::take(&mut self.carry);
        // A scan reads on whatever it comes upon.
        let _ = carry.read(chunk, last, &mut Reading { scan: self, plan, on_match });
        self.carry = carry;
    }

    /// Reads all whole entries of `buffer`; how many of its bytes are done with.
    fn run(
        &mut self,
        buffer: &[u8],
        last: bool,
        plan: &Plan,
        on_match: &mut dyn FnMut(&[u8], Range<usize>),
    ) -> usize {
        let mut walked = Walked::new();
        if self.mode == Mode::Walked {
            self.choice.make(plan, buffer);
        }
        while !self.is_stopped() {
            if self.mode == Mode::Walked
                && let Some(at) = self.splitter.next_object(buffer)
                && self.splitter.before() + at as u64 >= self.one_by_one
            {
                self.run_lines(buffer, at, plan, &mut walked, on_match);
            }
            match self.splitter.step(buffer, last) {
                Step::Entry(range) => self.look_at(buffer, range, plan, &mut walked, on_match),
                Step::Broken(broken) => self.report.note(broken),
                Step::More | Step::End => return self.splitter.consume(buffer),
            }
        }
        self.splitter.consume(buffer);
        buffer.len()
    }

    /// Decides an entry that was split off.
    fn look_at<'b>(
        &mut self,
        buffer: &'b [u8],
        range: Range<usize>,
        plan: &Plan,
        walked: &mut Walked<'b>,
        on_match: &mut dyn FnMut(&[u8], Range<usize>),
    ) {
        if range.len() > LONGEST_ENTRY {
            let broken = self.splitter.too_long(buffer, range.start);
            return self.report.note(broken);
        }
        let entry = buffer.get(range.clone()).unwrap_or_default();
        if self.choice.rules_out(entry) {
            self.report.entries += 1;
            return;
        }
        match plan.walk(buffer, range.start, walked) {
            Ok(_) => {
                self.report.entries += 1;
                if plan.matches(walked) {
                    self.report.matches += 1;
                    on_match(buffer, range);
                }
            }
            Err(error) => {
                let broken = self.splitter.broken_entry(buffer, range.start, error);
                self.report.note(broken);
            }
        }
    }
}

/// A scan, and what it looks for.
struct Reading<'a> {
    scan: &'a mut Scan,
    plan: &'a Plan,
    on_match: &'a mut dyn FnMut(Match<'_>),
}

impl carry::Reader for Reading<'_> {
    fn read(&mut self, buffer: &[u8], last: bool) -> ControlFlow<(), usize> {
        let before = self.scan.splitter.before();
        ControlFlow::Continue(self.scan.run(buffer, last, self.plan, &mut |buffer, range| {
            let offsets = before + range.start as u64..before + range.end as u64;
            let bytes = buffer.get(range).unwrap_or_default();
            (self.on_match)(Match { bytes, range: offsets });
        }))
    }

    fn give_up(&mut self, buffer: &[u8]) {
        self.scan.report.note(self.scan.splitter.too_long(buffer, 0));
    }
}

#[cfg(test)]
mod tests;
