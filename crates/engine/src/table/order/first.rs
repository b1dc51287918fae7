//! The first of many rows without sorting all, and what they are sorted by.

use alloc::vec::Vec;
use core::cmp::Ordering;

use trailsift_core::order;

use crate::table::{bitmap::Ones, cell::compare};

/// What rows are sorted by. The standard library's sort is 10 kB for each type: only numbers have their own.
pub(in crate::table) trait Sorted: Ord + Copy {
    /// Sorts by the keys, and equal keys by the number beside them.
    fn sort(keys: &mut Vec<(Self, u32)>) {
        order::sort(keys, Ord::cmp);
    }

    /// Keeps the first so many, the last of them at the end.
    fn shorten(keys: &mut Vec<(Self, u32)>, wanted: usize) {
        Self::sort(keys);
        keys.truncate(wanted);
    }
}

impl Sorted for Packed<'_> {}

impl Sorted for (u64, u64) {
    fn sort(keys: &mut Vec<(Self, u32)>) {
        keys.sort_unstable();
    }

    fn shorten(keys: &mut Vec<(Self, u32)>, wanted: usize) {
        if let Some(last) = wanted.checked_sub(1).filter(|last| *last < keys.len()) {
            keys.select_nth_unstable(last);
        }
        keys.truncate(wanted);
    }
}

/// The first of many rows by a key; of equal keys, those that were offered first.
pub(super) struct First<K> {
    best: Vec<(K, u32)>,
    wanted: usize,
    /// What does not come before this is not among the first.
    bar: Option<K>,
}

impl<K: Sorted> First<K> {
    pub(super) fn new(wanted: usize) -> Self {
        Self { best: Vec::new(), wanted, bar: None }
    }

    /// Offers the rows of a segment that are in `words`, in their order.
    pub(super) fn offer<T>(
        &mut self,
        words: &[u64],
        start: usize,
        cells: &[T],
        key: impl Fn(&T) -> K,
    ) {
        for ((word, cells), first) in words.iter().zip(cells.chunks(64)).zip((start..).step_by(64))
        {
            for (bit, cell) in cells.iter().enumerate() {
                if word >> bit & 1 == 1 {
                    self.take(key(cell), first + bit);
                }
            }
        }
    }

    pub(super) fn offer_each(&mut self, words: &[u64], start: usize, key: impl Fn(usize) -> K) {
        for (index, word) in words.iter().enumerate() {
            for bit in Ones(*word) {
                let row = index * 64 + bit as usize;
                self.take(key(row), start + row);
            }
        }
    }

    #[inline]
    pub(super) fn take(&mut self, key: K, row: usize) {
        if self.bar.is_none_or(|bar| key < bar) {
            self.put(key, row);
        }
    }

    fn put(&mut self, key: K, row: usize) {
        if self.wanted == 0 {
            return;
        }
        self.best.push((key, u32::try_from(row).unwrap_or(u32::MAX)));
        if self.best.len() >= (2 * self.wanted).max(1024) {
            K::shorten(&mut self.best, self.wanted);
            self.bar = self.best.last().map(|(key, _)| *key);
        }
    }

    /// The first keys with their rows.
    fn sorted(mut self) -> Vec<(K, u32)> {
        K::sort(&mut self.best);
        self.best.truncate(self.wanted);
        self.best
    }

    pub(super) fn rows(self) -> Vec<u32> {
        self.sorted().into_iter().map(|(_, row)| row).collect()
    }
}

/// Digits to sort by, of one length and one way.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Packed<'a> {
    /// Of the first 32 digits a number, or its complement: most are told apart by it.
    head: [u64; 2],
    rest: &'a [u8],
    descending: bool,
}

impl<'a> Packed<'a> {
    #[inline]
    pub(super) fn new(packed: &'a [u8], descending: bool) -> Self {
        let (words, mut rest) = packed.as_chunks::<8>();
        let mut head = [0; 2];
        for (to, word) in head.iter_mut().zip(words) {
            let word = u64::from_be_bytes(*word);
            *to = if descending { !word } else { word };
        }
        if let Some((_, behind)) = packed.split_first_chunk::<16>() {
            rest = behind;
        }
        Self { head, rest, descending }
    }
}

impl Ord for Packed<'_> {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        let rest = || {
            let upwards = compare(self.rest, other.rest);
            if self.descending { upwards.reverse() } else { upwards }
        };
        self.head.cmp(&other.head).then_with(rest)
    }
}

impl PartialOrd for Packed<'_> {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
