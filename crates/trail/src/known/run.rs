//! A run: keys of consecutive entries that left memory, sorted by hash, as one row. Not where rows are kept.
//!
//! Layout of a row: for each key its hash (16 bytes), then its entry's number less the run's first (2, little-endian).

use super::group;
use crate::chunk::KeyHash;

/// The most keys of a run.
pub const KEYS_PER_RUN: usize = 8192;

/// How many consecutive numbers fit in a record's two bytes.
const SPAN_LIMIT: u64 = 1 << 16;
const RECORD: usize = 18;

/// A key and the number of the entry that has it, in the order in which runs are filled.
pub(super) type Key = (u64, KeyHash);

/// A run as it goes into its row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRow {
    /// Which run it is; the trail's first is 0.
    pub number: u64,
    /// The lowest number of an entry whose key it holds.
    pub first: u64,
    /// The highest.
    pub last: u64,
    /// The keys, 18 bytes each.
    pub bytes: Vec<u8>,
}

/// What is known of a run without its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) first: u64,
    pub(super) last: u64,
    pub(super) count: usize,
}

impl Span {
    /// `None` when these cannot be a run's.
    pub(super) fn new(first: u64, last: u64, count: usize) -> Option<Self> {
        let fits = (1..=KEYS_PER_RUN).contains(&count)
            && last.checked_sub(first).is_some_and(|more| more < SPAN_LIMIT);
        fits.then_some(Self { first, last, count })
    }

    pub(super) fn of(row: &RunRow) -> Result<Self, String> {
        let count = row.bytes.len() / RECORD;
        let span = Span::new(row.first, row.last, count);
        span.filter(|_| row.bytes.len() == count * RECORD).ok_or_else(|| unreadable(row.number))
    }

    /// The records of this run's row.
    pub(super) fn records<'a>(
        &self,
        number: u64,
        row: &'a [u8],
    ) -> Result<&'a [[u8; RECORD]], String> {
        match row.as_chunks() {
            (records, []) if records.len() == self.count => Ok(records),
            _ => Err(unreadable(number)),
        }
    }

    /// The keys of this run's row, in no order of theirs.
    pub(super) fn keys(&self, number: u64, row: &[u8]) -> Result<Vec<Key>, String> {
        Ok(self.records(number, row)?.iter().map(|record| self.key(record)).collect())
    }

    /// The marks of a row's keys.
    pub(super) fn marks(&self, row: &RunRow) -> Result<impl Iterator<Item = u64>, String> {
        let records = self.records(row.number, &row.bytes)?;
        Ok(records.iter().map(|record| group::mark(&self.key(record).1, row.number)))
    }

    /// The number of the entry with that key.
    pub(super) fn find(&self, records: &[[u8; RECORD]], hash: &KeyHash) -> Option<u64> {
        let at = records.binary_search_by_key(hash, |record| self.key(record).1).ok()?;
        records.get(at).map(|record| self.key(record).0)
    }

    fn key(&self, record: &[u8; RECORD]) -> Key {
        let [hash @ .., low, high] = *record;
        (self.first.saturating_add(u16::from_le_bytes([low, high]).into()), hash)
    }
}

/// Cuts keys, which come in the order of numbers, into runs of at most `limit`.
pub(super) fn cut(mut keys: &[Key], limit: usize) -> impl Iterator<Item = &[Key]> {
    std::iter::from_fn(move || {
        let (first, _) = *keys.first()?;
        let near = keys.partition_point(|(sequence, _)| sequence - first < SPAN_LIMIT);
        let (run, rest) = keys.split_at_checked(near.min(limit))?;
        keys = rest;
        Some(run)
    })
}

/// The row of keys that [`cut`] gave; `None` when they are none.
pub(super) fn row(number: u64, keys: &[Key]) -> Option<RunRow> {
    let ((first, _), (last, _)) = (*keys.first()?, *keys.last()?);
    let mut records: Vec<(KeyHash, u64)> =
        keys.iter().map(|(sequence, hash)| (*hash, sequence - first)).collect();
    records.sort_unstable();
    let mut bytes = Vec::with_capacity(records.len() * RECORD);
    for (hash, offset) in records {
        bytes.extend_from_slice(&hash);
        bytes.extend_from_slice(&u16::try_from(offset).ok()?.to_le_bytes());
    }
    Some(RunRow { number, first, last, bytes })
}

fn unreadable(number: u64) -> String {
    format!("run {number} of keys has a row that is not readable")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(n: u64) -> KeyHash {
        crate::chunk::key_hash("test", &[&n.to_le_bytes()])
    }

    #[test]
    fn there_and_back() {
        let keys: Vec<Key> = (100..200).map(|n| (n, hash(n))).collect();
        let row = row(7, &keys).unwrap();
        assert_eq!((row.number, row.first, row.last, row.bytes.len()), (7, 100, 199, 1800));
        let span = Span::of(&row).unwrap();
        let records = span.records(7, &row.bytes).unwrap();
        for (sequence, hash) in &keys {
            assert_eq!(span.find(records, hash), Some(*sequence));
        }
        assert_eq!(span.find(records, &hash(99)), None);
        let mut back = span.keys(7, &row.bytes).unwrap();
        back.sort_unstable();
        assert_eq!(back, keys);
    }

    #[test]
    fn a_row_of_another_length_is_refused() {
        let keys: Vec<Key> = (1..4).map(|n| (n, hash(n))).collect();
        let row = row(0, &keys).unwrap();
        let span = Span::of(&row).unwrap();
        for length in 0..row.bytes.len() {
            assert!(span.keys(0, &row.bytes[..length]).is_err(), "{length}");
        }
        for (first, last, length) in [(1, 3, 53), (1, 3, 0), (3, 1, 54), (1, 65_537, 54)] {
            let bytes = row.bytes[..length].to_vec();
            assert!(Span::of(&RunRow { number: 0, first, last, bytes }).is_err());
        }
    }

    #[test]
    fn a_run_ends_where_an_offset_would_not_fit() {
        let keys = [1, 2, 65_536, 65_537, 65_538, 200_000].map(|n| (n, hash(n)));
        let firsts = |limit| -> Vec<_> { cut(&keys, limit).map(|run| run[0].0).collect() };
        assert_eq!(firsts(100), [1, 65_537, 200_000]);
        assert_eq!(firsts(2), [1, 65_536, 65_538, 200_000]);
        assert_eq!(cut(&[], 100).count(), 0);
    }
}
