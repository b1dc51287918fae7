//! Entries of bytes that arrive in chunks; one that is cut is carried over to the next.
//!
//! Objects that follow one another, or lie in an array, are walked where they stand, and what one walk finds to be whole
//! is not read a second time. Wherever something else stands, the splitter says what it is.

use core::{
    mem,
    ops::{ControlFlow, Range},
};

use crate::{
    carry::{self, Carry},
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
    carry: Carry,
}

/// Chunks, and what is done with their entries.
struct Reading<'a, R> {
    chunks: &'a mut Chunks,
    reader: &'a mut R,
}

impl<R: Reader> carry::Reader for Reading<'_, R> {
    fn read(&mut self, buffer: &[u8], last: bool) -> ControlFlow<(), usize> {
        self.chunks.run(buffer, last, self.reader)
    }

    fn give_up(&mut self, buffer: &[u8]) {
        self.reader.note(self.chunks.splitter.too_long(buffer, 0));
    }
}

impl Chunks {
    /// Reads a chunk, the last of all if `last`. Where `reader` breaks off, so does this; nothing may be read after.
    pub(super) fn read(&mut self, chunk: &[u8], last: bool, reader: &mut impl Reader) {
        let mut carry = mem::take(&mut self.carry);
        // What breaks off leaves nothing to be done here.
        let _ = carry.read(chunk, last, &mut Reading { chunks: self, reader });
        self.carry = carry;
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
        self.carry.capacity()
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
