//! Entries of bytes that arrive in chunks; one that is cut is carried over to the next.

use alloc::vec::Vec;
use core::ops::{ControlFlow, Range};

use crate::split::{Broken, Splitter, Step};

/// What was found next.
pub(super) enum Found<'b> {
    Entry {
        /// Bytes that hold the entry, and maybe more.
        text: &'b [u8],
        /// Where in them it lies.
        within: Range<usize>,
        /// Where in all the input it lies.
        range: Range<u64>,
    },
    Broken(Broken),
}

#[derive(Clone, Debug, Default)]
pub(super) struct Chunks {
    splitter: Splitter,
    carried: Vec<u8>,
    /// The carried bytes' length at which trying again can pay: an entry of many chunks is not read once for each.
    retry_at: usize,
}

impl Chunks {
    /// Reads a chunk, the last of all if `last`. Where `each` breaks off, so does this; nothing may be read after.
    pub(super) fn read(
        &mut self,
        chunk: &[u8],
        last: bool,
        each: impl FnMut(Found<'_>) -> ControlFlow<()>,
    ) {
        if self.carried.is_empty() {
            let rest = self.run(chunk, last, each);
            self.carried.extend_from_slice(chunk.get(rest..).unwrap_or_default());
        } else {
            self.carried.extend_from_slice(chunk);
            if self.carried.len() < self.retry_at && !last {
                return;
            }
            let mut buffer = core::mem::take(&mut self.carried);
            let rest = self.run(&buffer, last, each);
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
        mut each: impl FnMut(Found<'_>) -> ControlFlow<()>,
    ) -> usize {
        let before = self.splitter.before();
        loop {
            let found = match self.splitter.step(buffer, last) {
                Step::Entry(within) => {
                    let range = before + within.start as u64..before + within.end as u64;
                    Found::Entry { text: buffer, within, range }
                }
                Step::Broken(broken) => Found::Broken(broken),
                Step::More | Step::End => return self.splitter.consume(buffer),
            };
            if each(found).is_break() {
                return buffer.len();
            }
        }
    }

    pub(super) const fn memory(&self) -> usize {
        self.carried.capacity()
    }
}
