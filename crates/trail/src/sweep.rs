//! Entries in the order of their own time, out of chunks in the order of receipt. Not a sort of the whole trail: late
//! entries are few, so that at any time only those are held which a chunk not yet read may still precede.
//!
//! Chunks are read in the order of [`Directory::select`](crate::directory::Directory::select) by time.

use std::collections::BTreeMap;

use crate::{chunk::Meta, directory::Direction, time::Millis};

/// Entries waiting for their turn.
#[derive(Clone, Debug)]
pub struct Sweep<T> {
    direction: Direction,
    waiting: BTreeMap<(Millis, u64), T>,
}

impl<T> Sweep<T> {
    /// A sweep in that direction.
    #[must_use]
    pub const fn new(direction: Direction) -> Self {
        Self { direction, waiting: BTreeMap::new() }
    }

    /// Takes an entry of a chunk that was read.
    pub fn push(&mut self, time: Millis, sequence: u64, entry: T) {
        self.waiting.insert((time, sequence), entry);
    }

    /// The entries whose turn has come, given the chunk to be read next; without one all that are left.
    pub fn ready(&mut self, next: Option<&Meta>) -> Vec<T> {
        let ready = match (self.direction, next) {
            (_, None) => std::mem::take(&mut self.waiting),
            (Direction::Ascending, Some(next)) => {
                let later = self.waiting.split_off(&(next.lo, next.first));
                std::mem::replace(&mut self.waiting, later)
            }
            (Direction::Descending, Some(next)) => {
                self.waiting.split_off(&(next.hi, next.last() + 1))
            }
        };
        let entries = ready.into_values();
        match self.direction {
            Direction::Ascending => entries.collect(),
            Direction::Descending => entries.rev().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::{Directory, Order, Window};

    /// Times of the entries of each chunk, in the order of receipt.
    const CHUNKS: &[&[Millis]] = &[&[10, 11, 11, 30], &[5], &[11, 12], &[40, 2], &[30, 31], &[50]];

    fn swept(direction: Direction) -> Vec<(Millis, u64)> {
        let mut directory = Directory::default();
        for times in CHUNKS {
            let (first, count) = (directory.last() + 1, times.len() as u64);
            let (lo, hi) = (*times.iter().min().unwrap(), *times.iter().max().unwrap());
            directory.push(Meta { first, count, lo, hi, received: 0, bytes: 1 }).unwrap();
        }
        let mut sweep = Sweep::new(direction);
        let (mut after, mut swept) = (None, Vec::new());
        loop {
            let selection = directory.select(&Window::ALL, Order::Time, direction, after, 1);
            for chunk in &selection.chunks {
                let at = CHUNKS.iter().scan(1, |first, times| {
                    Some((std::mem::replace(first, *first + times.len() as u64), *times))
                });
                let (_, times) = at.clone().find(|(first, _)| *first == chunk.first).unwrap();
                for (sequence, time) in (chunk.first..).zip(times) {
                    sweep.push(*time, sequence, (*time, sequence));
                }
                after = Some(chunk.first);
            }
            swept.extend(sweep.ready(selection.next.as_ref()));
            if selection.next.is_none() {
                return swept;
            }
        }
    }

    #[test]
    fn both_directions_give_every_entry_in_order() {
        let up = swept(Direction::Ascending);
        assert_eq!(up.len(), CHUNKS.concat().len());
        assert!(up.is_sorted(), "{up:?}");
        let mut down = swept(Direction::Descending);
        down.reverse();
        assert_eq!(down, up);
    }

    #[test]
    fn only_what_may_still_be_preceded_waits() {
        let mut sweep = Sweep::new(Direction::Ascending);
        sweep.push(1, 1, "a");
        sweep.push(5, 2, "b");
        let next = Meta { first: 3, count: 1, lo: 5, hi: 9, received: 0, bytes: 1 };
        assert_eq!(sweep.ready(Some(&next)), ["a", "b"]);
        sweep.push(6, 3, "c");
        assert!(sweep.ready(Some(&next)).is_empty());
        assert_eq!(sweep.ready(None), ["c"]);
    }
}
