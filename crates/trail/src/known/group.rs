//! What stays in memory of the keys of up to [`RUNS_PER_GROUP`] runs: for each the first 32 bits of its hash and in
//! which run it is, sorted, so that one search says which runs may hold a key. It is only ever wrong in one way: a run
//! may be named that holds another key with the same bits.
//!
//! A key's mark is a number of 38 bits: those 32, then 6 for the run's slot in its group. Marks are kept in buckets by
//! their highest 14 bits, which so are not stored: 3 bytes a key.
//!
//! Layout of a group's row, integers little-endian: version (1 byte, 1), number of runs (1), for each run the first
//! and the last number of its entries (8 each) and its number of keys (4); for each bucket where it begins, and where
//! the last ends (4 each); the marks (3 each, the highest byte first).

use std::iter;

use super::run::Span;
use crate::chunk::KeyHash;

/// How many runs a group has when it is full.
pub const RUNS_PER_GROUP: u64 = 64;

const VERSION: u8 = 1;
const SLOT_BITS: u32 = RUNS_PER_GROUP.ilog2();
const STORED_BITS: u32 = 24;
const BUCKETS: usize = 1 << (32 + SLOT_BITS - STORED_BITS);

/// A group as it goes into its row. It is written once, when it is full.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupRow {
    /// Which group it is: that of the runs from 64 times this number on.
    pub number: u64,
    /// Less than 2 MB.
    pub bytes: Vec<u8>,
}

/// The mark of a key in a run.
pub(super) fn mark(hash: &KeyHash, run: u64) -> u64 {
    (u64::from(prefix(hash)) << SLOT_BITS) + run % RUNS_PER_GROUP
}

fn prefix(hash: &KeyHash) -> u32 {
    let [a, b, c, d, ..] = *hash;
    u32::from_be_bytes([a, b, c, d])
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Group {
    /// Runs that were forgotten before the group was made are not in it.
    first_run: u64,
    spans: Vec<Span>,
    /// For each bucket where it begins, and where the last ends.
    starts: Vec<u32>,
    /// The lower bytes of the marks, the highest of them first, so that they compare as the marks do.
    marks: Vec<[u8; 3]>,
}

impl Group {
    /// A group of these runs with these marks, which come in their order.
    pub(super) fn new(first_run: u64, spans: Vec<Span>, marks: impl Iterator<Item = u64>) -> Self {
        // Exactly as large as they become: they stay for as long as the trail is in memory.
        let keys = spans.iter().map(|span| span.count).sum();
        let mut group = Self {
            first_run,
            spans,
            starts: Vec::with_capacity(BUCKETS + 1),
            marks: Vec::with_capacity(keys),
        };
        for mark in marks {
            group.begin_buckets_to((mark >> STORED_BITS) as usize);
            let [.., high, middle, low] = mark.to_be_bytes();
            group.marks.push([high, middle, low]);
        }
        group.begin_buckets_to(BUCKETS);
        group
    }

    fn begin_buckets_to(&mut self, bucket: usize) {
        // A group has at most 2^19 keys.
        let here = self.marks.len() as u32;
        while self.starts.len() <= bucket {
            self.starts.push(here);
        }
    }

    /// This group with the runs from `from` on, whose marks come sorted, in the place of those that it has.
    pub(super) fn with(&self, from: u64, spans: &[Span], marks: &[u64]) -> Self {
        let kept = usize::try_from(from.saturating_sub(self.first_run)).unwrap_or(usize::MAX);
        let spans = self.spans.iter().take(kept).chain(spans).copied().collect();
        let ours = self.marks().filter(|mark| mark % RUNS_PER_GROUP < from % RUNS_PER_GROUP);
        let (mut ours, mut new) = (ours.peekable(), marks.iter().copied().peekable());
        let merged = iter::from_fn(move || match (ours.peek(), new.peek()) {
            (Some(our), Some(other)) if other < our => new.next(),
            (None, _) => new.next(),
            _ => ours.next(),
        });
        Self::new(self.first_run, spans, merged)
    }

    /// All marks, in their order.
    fn marks(&self) -> impl Iterator<Item = u64> {
        (0..BUCKETS).flat_map(|bucket| {
            let marks = self.bucket(bucket).iter();
            marks.map(move |mark| ((bucket as u64) << STORED_BITS) + stored(mark))
        })
    }

    fn bucket(&self, bucket: usize) -> &[[u8; 3]] {
        let marks = match self.starts.get(bucket..bucket + 2) {
            Some(&[from, to]) => self.marks.get(from as usize..to as usize),
            _ => None,
        };
        marks.unwrap_or_default()
    }

    pub(super) const fn number(&self) -> u64 {
        self.first_run / RUNS_PER_GROUP
    }

    /// Its runs with their numbers.
    pub(super) fn runs(&self) -> impl DoubleEndedIterator<Item = (u64, Span)> {
        self.spans.iter().enumerate().map(|(at, span)| (self.first_run + at as u64, *span))
    }

    /// The highest number of an entry whose key it holds.
    pub(super) fn last(&self) -> u64 {
        self.spans.last().map_or(0, |span| span.last)
    }

    /// The slots of the runs that may hold a key, one bit each.
    pub(super) fn slots_with(&self, hash: &KeyHash) -> u64 {
        let lowest = mark(hash, 0);
        let bucket = self.bucket((lowest >> STORED_BITS) as usize);
        let lowest = lowest % (1 << STORED_BITS);
        let from = bucket.partition_point(|mark| stored(mark) < lowest);
        let marks = bucket.get(from..).unwrap_or_default().iter().map(stored);
        marks
            .take_while(|mark| mark >> SLOT_BITS == lowest >> SLOT_BITS)
            .fold(0, |slots, mark| slots | 1 << (mark % RUNS_PER_GROUP))
    }

    pub(super) fn memory(&self) -> usize {
        self.spans.capacity() * size_of::<Span>()
            + self.starts.capacity() * size_of::<u32>()
            + self.marks.capacity() * size_of::<[u8; 3]>()
    }

    pub(super) fn row(&self) -> GroupRow {
        let mut bytes = Vec::with_capacity(2 + self.memory());
        bytes.extend([VERSION, self.spans.len() as u8]);
        for span in &self.spans {
            bytes.extend_from_slice(&span.first.to_le_bytes());
            bytes.extend_from_slice(&span.last.to_le_bytes());
            bytes.extend_from_slice(&(span.count as u32).to_le_bytes());
        }
        for start in &self.starts {
            bytes.extend_from_slice(&start.to_le_bytes());
        }
        bytes.extend_from_slice(self.marks.as_flattened());
        GroupRow { number: self.number(), bytes }
    }

    /// The group of a row; of a full one, so its last run is in the last slot.
    pub(super) fn of(row: &GroupRow) -> Result<Self, String> {
        let unreadable = || format!("group {} of keys has a row that is not readable", row.number);
        Self::parsed(row).ok_or_else(unreadable)
    }

    fn parsed(row: &GroupRow) -> Option<Self> {
        let (&[version, runs], rest) = row.bytes.split_first_chunk()?;
        let (spans, rest) = rest.split_at_checked(usize::from(runs) * 20)?;
        let (starts, marks) = rest.split_at_checked((BUCKETS + 1) * 4)?;
        let (marks, cut) = marks.as_chunks();
        let first_run = (row.number.checked_add(1)?.checked_mul(RUNS_PER_GROUP)?)
            .checked_sub(u64::from(runs))?;
        let spans = spans.as_chunks::<20>().0.iter().map(|span| {
            let (first, rest) = span.split_first_chunk()?;
            let (last, count) = rest.split_first_chunk()?;
            let count = u32::from_le_bytes(count.try_into().ok()?);
            Span::new(u64::from_le_bytes(*first), u64::from_le_bytes(*last), count as usize)
        });
        let spans: Vec<Span> = spans.collect::<Option<_>>()?;
        let keys: usize = spans.iter().map(|span| span.count).sum();
        let group = Self {
            first_run,
            spans,
            starts: starts.as_chunks().0.iter().map(|start| u32::from_le_bytes(*start)).collect(),
            marks: marks.to_vec(),
        };
        let whole = version == VERSION
            && cut.is_empty()
            && (1..=RUNS_PER_GROUP).contains(&runs.into())
            && group.starts.first() == Some(&0)
            && group.starts.is_sorted()
            && group.starts.last().is_some_and(|end| *end as usize == keys)
            && group.marks.len() == keys;
        whole.then_some(group)
    }
}

fn stored(mark: &[u8; 3]) -> u64 {
    let [high, middle, low] = *mark;
    u32::from_be_bytes([0, high, middle, low]).into()
}
