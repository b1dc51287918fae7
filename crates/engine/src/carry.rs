//! An entry that is cut at a chunk's end: carried over, and read with the next chunk.
//!
//! It knows nothing of entries: what reads them says how far it came.

use alloc::vec::Vec;
use core::{mem, ops::ControlFlow};

use crate::split::LONGEST_ENTRY;

/// What the chunks so far left unread.
#[derive(Clone, Debug, Default)]
pub(crate) struct Carry {
    bytes: Vec<u8>,
    /// The length at which trying again can pay: an entry of many chunks is not read once for each.
    retry_at: usize,
}

/// What reads entries.
pub(crate) trait Reader {
    /// Reads all whole entries of `buffer`, behind which nothing comes if `last`; how many of its bytes are done with.
    fn read(&mut self, buffer: &[u8], last: bool) -> ControlFlow<(), usize>;
    /// Gives up on the entry that begins `buffer`, which is longer than any is.
    fn give_up(&mut self, buffer: &[u8]);
}

impl Carry {
    /// How many bytes wait for the rest of their entry.
    pub(crate) const fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Memory in use.
    pub(crate) const fn capacity(&self) -> usize {
        self.bytes.capacity()
    }

    /// Reads a chunk, the last of all if `last`. Where `reader` breaks off, so does this; nothing may be read after.
    pub(crate) fn read(
        &mut self,
        mut chunk: &[u8],
        last: bool,
        reader: &mut dyn Reader,
    ) -> ControlFlow<()> {
        if !self.bytes.is_empty() {
            let Some(rest) = self.complete(chunk, last, reader)? else {
                return ControlFlow::Continue(());
            };
            chunk = rest;
        }
        let done = reader.read(chunk, last)?;
        self.bytes.extend_from_slice(chunk.get(done..).unwrap_or_default());
        self.retry_at = 2 * self.bytes.len();
        self.bound(reader)
    }

    /// Reads what was carried with as much of the chunk as it takes; what is left of the chunk, if it need not be
    /// carried too.
    fn complete<'c>(
        &mut self,
        chunk: &'c [u8],
        last: bool,
        reader: &mut dyn Reader,
    ) -> ControlFlow<(), Option<&'c [u8]>> {
        let mut buffer = mem::take(&mut self.bytes);
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
            let done = reader.read(&buffer, is_last)?;
            let unread = buffer.len() - done;
            if unread + left <= chunk.len() && !is_last {
                return ControlFlow::Continue(chunk.get(chunk.len() - left - unread..));
            }
            buffer.drain(..done);
            self.retry_at = 2 * buffer.len();
        }
        self.bytes = buffer;
        self.bound(reader)?;
        ControlFlow::Continue(None)
    }

    /// Gives up on what is carried where no entry is that long.
    fn bound(&mut self, reader: &mut dyn Reader) -> ControlFlow<()> {
        if self.bytes.len() > LONGEST_ENTRY {
            let mut buffer = mem::take(&mut self.bytes);
            reader.give_up(&buffer);
            let done = reader.read(&buffer, false)?;
            buffer.drain(..done);
            self.bytes = buffer;
        }
        ControlFlow::Continue(())
    }
}
