//! Entries of bytes that arrive in chunks; one that is cut is carried over to the next.

use alloc::vec::Vec;
use core::ops::{ControlFlow, Range};

use crate::split::{Broken, LONGEST_ENTRY, Splitter, Step};

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
        mut each: impl FnMut(Found<'_>) -> ControlFlow<()>,
    ) {
        if self.carried.is_empty() {
            let rest = self.run(chunk, last, &mut each);
            self.carried.extend_from_slice(chunk.get(rest..).unwrap_or_default());
            self.retry_at = 2 * self.carried.len();
        } else {
            self.carried.extend_from_slice(chunk);
            if self.carried.len() >= self.retry_at || last {
                self.retry(last, &mut each);
            }
        }
        if self.carried.len() > LONGEST_ENTRY {
            let broken = self.splitter.too_long(&self.carried, 0);
            if each(Found::Broken(broken)).is_continue() {
                self.retry(false, &mut each);
            }
        }
    }

    /// Reads what was carried once more.
    fn retry(&mut self, last: bool, each: &mut impl FnMut(Found<'_>) -> ControlFlow<()>) {
        let mut buffer = core::mem::take(&mut self.carried);
        let rest = self.run(&buffer, last, each);
        buffer.drain(..rest);
        self.retry_at = 2 * buffer.len();
        self.carried = buffer;
    }

    /// Reads all whole entries of `buffer`; how many of its bytes are done with.
    fn run(
        &mut self,
        buffer: &[u8],
        last: bool,
        each: &mut impl FnMut(Found<'_>) -> ControlFlow<()>,
    ) -> usize {
        let before = self.splitter.before();
        loop {
            let found = match self.splitter.step(buffer, last) {
                Step::Entry(within) if within.len() > LONGEST_ENTRY => {
                    Found::Broken(self.splitter.too_long(buffer, within.start))
                }
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

#[cfg(test)]
mod tests {
    use alloc::{format, string::ToString, vec};

    use super::*;

    #[test]
    fn an_entry_that_is_too_long_is_broken_and_not_held() {
        let long = "x".repeat(LONGEST_ENTRY);
        let text = format!("{{\"a\":1}}\n{{\"a\":\"{long}\"}}\n{{\"a\":2}}\n");
        for size in [text.len(), 1 << 20] {
            let (mut chunks, mut found) = (Chunks::default(), Vec::new());
            let mut take = |piece: Found<'_>| {
                found.push(match piece {
                    Found::Entry { range, .. } => range.start.to_string(),
                    Found::Broken(broken) => broken.to_string(),
                });
                ControlFlow::Continue(())
            };
            for chunk in text.as_bytes().chunks(size) {
                chunks.read(chunk, false, &mut take);
                assert!(chunks.carried.len() <= LONGEST_ENTRY);
            }
            chunks.read(&[], true, &mut take);
            let broken = "line 2, byte 8: an entry is not longer than 64 MiB, and this is";
            let last = text.len() - 8;
            assert_eq!(found, vec!["0".to_string(), broken.to_string(), last.to_string()]);
        }
    }
}
