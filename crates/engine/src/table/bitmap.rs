//! One bit for each row, in words of 64.

use alloc::{vec, vec::Vec};

/// A set of rows of a table.
///
/// Bits behind the last row are never set.
///
/// ```
/// use trailsift_engine::table::Bitmap;
///
/// let mut some = Bitmap::none(100);
/// some.insert(7);
/// some.insert(99);
/// assert_eq!(some.count(), 2);
/// assert_eq!(some.rows().collect::<Vec<_>>(), [7, 99]);
/// assert_eq!(some.negated().count(), 98);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bitmap {
    words: Vec<u64>,
    length: u32,
}

impl Bitmap {
    /// No row of `length` rows.
    #[must_use]
    pub fn none(length: u32) -> Self {
        Self { words: vec![0; (length as usize).div_ceil(64)], length }
    }

    /// Every row of `length` rows.
    #[must_use]
    pub fn all(length: u32) -> Self {
        Self::none(length).negated()
    }

    /// How many rows there could be.
    #[must_use]
    pub const fn length(&self) -> u32 {
        self.length
    }

    /// How many rows are in it.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.words.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// Whether the row is in it.
    #[must_use]
    pub fn contains(&self, row: u32) -> bool {
        self.words.get(row as usize / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    /// Puts a row in; one that is past the end is left out.
    pub fn insert(&mut self, row: u32) {
        if row < self.length
            && let Some(word) = self.words.get_mut(row as usize / 64)
        {
            *word |= 1 << (row % 64);
        }
    }

    /// The rows in it, in order.
    pub fn rows(&self) -> impl Iterator<Item = u32> {
        self.words
            .iter()
            .zip((0_u32..).step_by(64))
            .flat_map(|(word, start)| Ones(*word).map(move |bit| start + bit))
    }

    /// The rows that are not in it.
    #[must_use]
    pub fn negated(mut self) -> Self {
        self.words.iter_mut().for_each(|word| *word = !*word);
        let over = self.length % 64;
        if over > 0
            && let Some(last) = self.words.last_mut()
        {
            *last &= (1 << over) - 1;
        }
        self
    }

    /// Keeps what is in both.
    pub fn and(&mut self, other: &Self) {
        let both = self.words.iter_mut().zip(&other.words);
        both.for_each(|(word, other)| *word &= other);
    }

    /// Takes in what is in either.
    pub fn or(&mut self, other: &Self) {
        let both = self.words.iter_mut().zip(&other.words);
        both.for_each(|(word, other)| *word |= other);
    }

    /// The words of the rows from `first` on; `first` is a multiple of 64.
    pub(super) fn words_from(&self, first: usize) -> &[u64] {
        self.words.get(first / 64..).unwrap_or_default()
    }

    /// As [`Self::words_from`], to be written to. Bits behind the last row are the writer's to leave alone.
    pub(super) fn words_from_mut(&mut self, first: usize) -> &mut [u64] {
        self.words.get_mut(first / 64..).unwrap_or_default()
    }

    /// Bytes of memory.
    pub(super) const fn memory(&self) -> usize {
        self.words.capacity() * size_of::<u64>()
    }
}

/// The set bits of a word, the lowest first.
#[derive(Clone, Copy)]
pub(super) struct Ones(pub(super) u64);

impl Iterator for Ones {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let bit = self.0.trailing_zeros();
        self.0 &= self.0.wrapping_sub(1);
        (bit < 64).then_some(bit)
    }
}
