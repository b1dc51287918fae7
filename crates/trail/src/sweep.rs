//! Entries in the order of their own time, the oldest first, out of chunks in the order of receipt. Not a sort of the
//! whole trail: late entries are few, so that at any time only those are held which a chunk not yet read may precede.
//!
//! Chunks are read in the order of [`Directory::select`](crate::directory::Directory::select) by time. Where they
//! overlap so much that more would have to be held than the budget allows, the latest are let go and read again in
//! another pass, from where the first one ends.

use std::collections::BTreeMap;

use crate::{chunk::Meta, time::Millis};

/// Where an entry stands: by time, then by number.
type Key = (Millis, u64);

/// Entries waiting for their turn.
#[derive(Clone, Debug)]
pub struct Sweep<T> {
    budget: usize,
    bytes: usize,
    waiting: BTreeMap<Key, (usize, T)>,
    /// What this pass begins with; what lies before was given out.
    from: Key,
    /// What the next pass begins with.
    cut: Option<Key>,
}

impl<T> Sweep<T> {
    /// A sweep that holds about `budget` bytes, and always one entry.
    #[must_use]
    pub const fn new(budget: usize) -> Self {
        Self { budget, bytes: 0, waiting: BTreeMap::new(), from: (Millis::MIN, 0), cut: None }
    }

    /// Takes an entry of `bytes` bytes of a chunk that was read, unless it belongs to another pass.
    pub fn push(&mut self, time: Millis, sequence: u64, bytes: usize, entry: impl FnOnce() -> T) {
        let key = (time, sequence);
        if key < self.from || self.cut.is_some_and(|cut| cut <= key) {
            return;
        }
        self.waiting.insert(key, (bytes, entry()));
        self.bytes += bytes;
        if self.bytes > self.budget && self.waiting.len() > 1 {
            self.let_go();
        }
    }

    /// Leaves the later half to the next pass.
    fn let_go(&mut self) {
        let Some(middle) = self.waiting.keys().nth(self.waiting.len() / 2).copied() else { return };
        self.waiting.split_off(&middle);
        self.bytes = self.waiting.values().map(|(bytes, _)| bytes).sum();
        self.cut = Some(middle);
    }

    /// The entries whose turn has come, given the chunk to be read next; without one all that are left.
    pub fn ready(&mut self, next: Option<&Meta>) -> Vec<T> {
        let ready = match next {
            None => std::mem::take(&mut self.waiting),
            Some(next) => {
                let later = self.waiting.split_off(&(next.lo, next.first));
                std::mem::replace(&mut self.waiting, later)
            }
        };
        self.bytes = self.waiting.values().map(|(bytes, _)| bytes).sum();
        ready.into_values().map(|(_, entry)| entry).collect()
    }

    /// Whether nothing of this pass is left to be read, given the chunk to be read next.
    #[must_use]
    pub fn is_pass_over(&self, next: Option<&Meta>) -> bool {
        match (next, self.cut) {
            (None, _) => true,
            (Some(next), Some(cut)) => cut <= (next.lo, next.first),
            (Some(_), None) => false,
        }
    }

    /// Begins the next pass, once all of this one was given out: reading starts again at the chunks with entries of
    /// this time or later. `None` when no other pass is needed.
    pub fn next_pass(&mut self) -> Option<Millis> {
        self.from = self.cut.take()?;
        Some(self.from.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::{Direction, Directory, Order, Piece, Window};

    /// Times of the entries of each chunk, in the order of receipt.
    const CHUNKS: &[&[Millis]] =
        &[&[10, 11, 11, 30], &[5], &[11, 12], &[40, 2], &[30, 31], &[50], &[0, 60], &[11]];

    /// The keys of all entries, with the most that were held at once.
    fn swept(budget: usize) -> (Vec<Key>, usize) {
        let mut directory = Directory::default();
        for times in CHUNKS {
            let (first, count) = (directory.last() + 1, times.len() as u64);
            let (lo, hi) = (*times.iter().min().unwrap(), *times.iter().max().unwrap());
            let meta = Meta { first, count, lo, hi, received: 0, bytes: 1 };
            directory.push(Piece { meta, sealed: None }).unwrap();
        }
        let mut sweep = Sweep::new(budget);
        let (mut swept, mut most) = (Vec::new(), 0);
        let mut window = Window::ALL;
        loop {
            let mut pieces =
                directory.select(&window, Order::Time, Direction::Ascending).peekable();
            while let Some(piece) = pieces.next() {
                let mut first = 1;
                for times in CHUNKS {
                    if first == piece.meta.first {
                        for (sequence, time) in (first..).zip(*times) {
                            sweep.push(*time, sequence, 1, || (*time, sequence));
                            most = most.max(sweep.waiting.len());
                        }
                    }
                    first += times.len() as u64;
                }
                let next = pieces.peek().map(|piece| &piece.meta);
                swept.extend(sweep.ready(next));
                if sweep.is_pass_over(next) {
                    swept.extend(sweep.ready(None));
                    break;
                }
            }
            drop(pieces);
            match sweep.next_pass() {
                Some(lo) => window.lo = lo,
                None => return (swept, most),
            }
        }
    }

    #[test]
    fn every_entry_once_and_in_order_whatever_the_budget() {
        let (whole, _) = swept(usize::MAX);
        assert_eq!(whole.len(), CHUNKS.concat().len());
        assert!(whole.is_sorted(), "{whole:?}");
        for budget in 1..12 {
            let (swept, most) = swept(budget);
            assert_eq!(swept, whole, "{budget}");
            assert!(most <= budget.max(1) + 1, "{most} of {budget}");
        }
    }

    #[test]
    fn only_what_may_still_be_preceded_waits() {
        let mut sweep = Sweep::new(100);
        sweep.push(1, 1, 1, || "a");
        sweep.push(5, 2, 1, || "b");
        let next = Meta { first: 3, count: 1, lo: 5, hi: 9, received: 0, bytes: 1 };
        assert_eq!(sweep.ready(Some(&next)), ["a", "b"]);
        sweep.push(6, 3, 1, || "c");
        assert!(sweep.ready(Some(&next)).is_empty());
        assert!(!sweep.is_pass_over(Some(&next)));
        assert_eq!(sweep.ready(None), ["c"]);
        assert_eq!(sweep.next_pass(), None);
    }
}
