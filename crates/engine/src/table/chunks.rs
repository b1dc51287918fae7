//! Entries of bytes that arrive in chunks; one that is cut is carried over to the next.
//!
//! Objects that follow one another, or lie in an array, are walked where they stand, and what one walk finds to be whole is not read a second
//! time. Wherever something else stands, the splitter says what it is.

use alloc::vec::Vec;
use core::ops::{ControlFlow, Range};

use crate::{
    json::{self, JsonError},
    split::{self, Broken, LONGEST_ENTRY, Splitter, Step},
};

/// What is done with entries.
pub(super) trait Reader {
    /// Walks the object at `at` and checks it; where it ends.
    fn walk(&mut self, buffer: &[u8], at: usize) -> Result<usize, JsonError>;
    /// Whether the object that was walked may be what the splitter calls a page.
    fn is_page(&self) -> bool;
    /// Takes the entry that was walked last. Where it lies in the buffer, and where in all the input.
    fn take(&mut self, buffer: &[u8], within: Range<usize>, range: Range<u64>) -> ControlFlow<()>;
    /// Takes note of something that is no entry.
    fn note(&mut self, broken: Broken);
    /// The buffer will not be there any more.
    fn flush(&mut self, buffer: &[u8]) -> ControlFlow<()>;
}

#[derive(Clone, Debug, Default)]
pub(super) struct Chunks {
    splitter: Splitter,
    carried: Vec<u8>,
    /// The carried bytes' length at which trying again can pay: an entry of many chunks is not read once for each.
    retry_at: usize,
}

impl Chunks {
    /// Reads a chunk, the last of all if `last`. Where `reader` breaks off, so does this; nothing may be read after.
    pub(super) fn read(&mut self, chunk: &[u8], last: bool, reader: &mut impl Reader) {
        // What breaks off leaves nothing to be done here.
        let _ = self.try_read(chunk, last, reader);
    }

    fn try_read(
        &mut self,
        mut chunk: &[u8],
        last: bool,
        reader: &mut impl Reader,
    ) -> ControlFlow<()> {
        if !self.carried.is_empty() {
            let Some(rest) = self.complete(chunk, last, reader)? else {
                return ControlFlow::Continue(());
            };
            chunk = rest;
        }
        let done = self.run(chunk, last, reader)?;
        self.carried.extend_from_slice(chunk.get(done..).unwrap_or_default());
        self.retry_at = 2 * self.carried.len();
        self.bound_carried(reader)
    }

    /// Reads what was carried with as much of the chunk as it takes; what is left of the chunk, if it need not be
    /// carried too.
    fn complete<'c>(
        &mut self,
        chunk: &'c [u8],
        last: bool,
        reader: &mut impl Reader,
    ) -> ControlFlow<(), Option<&'c [u8]>> {
        let mut buffer = core::mem::take(&mut self.carried);
        // Most often all that is missing is the rest of a line.
        let line = memchr::memchr(b'\n', chunk).map_or(chunk.len(), |line_feed| line_feed + 1);
        let (first, second) = chunk.split_at_checked(line).unwrap_or((chunk, &[]));
        let mut left = chunk.len();
        for part in [first, second] {
            buffer.extend_from_slice(part);
            left -= part.len();
            // The chunk pays for what is read again.
            let pays = buffer.len() >= self.retry_at || buffer.len() <= 16 * chunk.len();
            if !pays && !last || left > 0 && part.is_empty() {
                continue;
            }
            let is_last = last && left == 0;
            let done = self.run(&buffer, is_last, reader)?;
            let unread = buffer.len() - done;
            if unread + left <= chunk.len() && !is_last {
                return ControlFlow::Continue(chunk.get(chunk.len() - left - unread..));
            }
            buffer.drain(..done);
            self.retry_at = 2 * buffer.len();
        }
        self.carried = buffer;
        self.bound_carried(reader)?;
        ControlFlow::Continue(None)
    }

    /// Gives up on what is carried where no entry is that long.
    fn bound_carried(&mut self, reader: &mut impl Reader) -> ControlFlow<()> {
        if self.carried.len() > LONGEST_ENTRY {
            let mut buffer = core::mem::take(&mut self.carried);
            reader.note(self.splitter.too_long(&buffer, 0));
            let done = self.run(&buffer, false, reader)?;
            buffer.drain(..done);
            self.carried = buffer;
        }
        ControlFlow::Continue(())
    }

    /// Reads all whole entries of `buffer`; how many of its bytes are done with.
    fn run(
        &mut self,
        buffer: &[u8],
        last: bool,
        reader: &mut impl Reader,
    ) -> ControlFlow<(), usize> {
        let before = self.splitter.before();
        let in_input = |at: &Range<usize>| before + at.start as u64..before + at.end as u64;
        loop {
            while let Some((at, may_be_page)) = self.splitter.next_entry(buffer)
                && let Some((within, end)) = object(buffer, at, may_be_page, reader)
            {
                let range = in_input(&within);
                reader.take(buffer, within, range)?;
                self.splitter.go_on(end);
            }
            match self.splitter.step(buffer, last) {
                Step::Entry(within) if within.len() > LONGEST_ENTRY => {
                    let broken = self.splitter.too_long(buffer, within.start);
                    reader.note(broken);
                }
                Step::Entry(within) => {
                    let range = in_input(&within);
                    // The splitter has checked it: the walk ends where it does.
                    if reader.walk(buffer, within.start).is_ok() {
                        reader.take(buffer, within, range)?;
                    }
                }
                Step::Broken(broken) => reader.note(broken),
                Step::More | Step::End => {
                    reader.flush(buffer)?;
                    return ControlFlow::Continue(self.splitter.consume(buffer));
                }
            }
        }
    }

    pub(super) const fn memory(&self) -> usize {
        self.carried.capacity()
    }
}

/// Walks the object at `at` if it is an entry: where the entry lies, and where the object ends.
#[inline]
fn object(
    buffer: &[u8],
    at: usize,
    may_be_page: bool,
    reader: &mut impl Reader,
) -> Option<(Range<usize>, usize)> {
    let (within, end) = match split::wrapped(buffer, at) {
        Some(inner) => {
            let end = json::value_end(buffer, at).ok()?;
            reader.walk(buffer, inner.start).ok()?;
            (inner, end)
        }
        None => {
            let end = reader.walk(buffer, at).ok()?;
            if may_be_page && reader.is_page() {
                return None;
            }
            (at..end, end)
        }
    };
    (end - at <= LONGEST_ENTRY).then_some((within, end))
}
