//! The first few entries in the order of some field, out of any number, and how many there were. Not a full sort: it
//! keeps only what a reader may still see.

use std::{cmp::Ordering, collections::BinaryHeap};

use crate::{chunk::Meta, directory::Direction};

/// A value to sort by. Entries without one come before all others.
#[derive(Clone, Debug, PartialEq)]
pub enum SortValue {
    /// Not there, null, or a container.
    Missing,
    /// `false` before `true`.
    Bool(bool),
    /// By size.
    Number(f64),
    /// By size, exactly: times.
    Integer(i64),
    /// By code point.
    Text(Vec<u8>),
}

impl Eq for SortValue {}

impl PartialOrd for SortValue {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for SortValue {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (Self::Number(a), Self::Number(b)) => a.total_cmp(b),
            (Self::Integer(a), Self::Integer(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

impl SortValue {
    const fn rank(&self) -> u8 {
        match self {
            Self::Missing => 0,
            Self::Bool(_) => 1,
            Self::Number(_) => 2,
            Self::Integer(_) => 3,
            Self::Text(_) => 4,
        }
    }
}

/// Keeps the first `limit` entries in order.
#[derive(Clone, Debug)]
pub struct Ranking<T> {
    limit: usize,
    direction: Direction,
    heap: BinaryHeap<Ranked<T>>,
    total: u64,
}

#[derive(Clone, Debug)]
struct Ranked<T> {
    direction: Direction,
    value: SortValue,
    sequence: u64,
    entry: T,
}

/// Equal values keep the order of their numbers, so that pages do not overlap.
fn place(direction: Direction, a: (&SortValue, u64), b: (&SortValue, u64)) -> Ordering {
    match direction {
        Direction::Ascending => a.cmp(&b),
        Direction::Descending => b.cmp(&a),
    }
}

impl<T> Ranked<T> {
    fn place(&self, other: &Self) -> Ordering {
        place(self.direction, (&self.value, self.sequence), (&other.value, other.sequence))
    }
}

impl<T> PartialEq for Ranked<T> {
    fn eq(&self, other: &Self) -> bool {
        self.place(other) == Ordering::Equal
    }
}

impl<T> Eq for Ranked<T> {}

impl<T> PartialOrd for Ranked<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Ranked<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.place(other)
    }
}

impl<T> Ranking<T> {
    /// A ranking of which at most `limit` entries are wanted.
    #[must_use]
    pub const fn new(limit: usize, direction: Direction) -> Self {
        Self { limit, direction, heap: BinaryHeap::new(), total: 0 }
    }

    /// Whether an entry with that value and number would be kept.
    #[must_use]
    pub fn accepts(&self, value: &SortValue, sequence: u64) -> bool {
        self.heap.len() < self.limit
            || self.heap.peek().is_some_and(|last| {
                place(self.direction, (value, sequence), (&last.value, last.sequence)).is_lt()
            })
    }

    /// Takes an entry into account; `entry` is asked for only if it is kept for now.
    pub fn push(&mut self, value: SortValue, sequence: u64, entry: impl FnOnce() -> T) {
        self.total += 1;
        if !self.accepts(&value, sequence) {
            return;
        }
        self.heap.push(Ranked { direction: self.direction, value, sequence, entry: entry() });
        if self.heap.len() > self.limit {
            self.heap.pop();
        }
    }

    /// Whether no entry of a chunk not yet read would be kept. Entries are ranked by their time
    /// ([`SortValue::Integer`]), and `next` is the next chunk in that order; there may be none.
    #[must_use]
    pub fn is_settled_by_time(&self, next: Option<&Meta>) -> bool {
        let Some(next) = next else { return true };
        let (bound, sequence) = match self.direction {
            Direction::Ascending => (next.lo, next.first),
            Direction::Descending => (next.hi, next.last()),
        };
        !self.accepts(&SortValue::Integer(bound), sequence)
    }

    /// How many entries there were.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.total
    }

    /// The first entries in order, at most the limit.
    #[must_use]
    pub fn into_sorted(self) -> Vec<T> {
        self.heap.into_sorted_vec().into_iter().map(|ranked| ranked.entry).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranked(direction: Direction, limit: usize) -> (u64, Vec<u64>) {
        let mut ranking = Ranking::new(limit, direction);
        let values = [
            SortValue::Text(b"b".to_vec()),
            SortValue::Number(2.0),
            SortValue::Missing,
            SortValue::Text(b"a".to_vec()),
            SortValue::Text(b"b".to_vec()),
            SortValue::Bool(true),
        ];
        for (sequence, value) in (1..).zip(values) {
            ranking.push(value, sequence, || sequence);
        }
        (ranking.total(), ranking.into_sorted())
    }

    #[test]
    fn order_and_limit() {
        assert_eq!(ranked(Direction::Ascending, 10), (6, vec![3, 6, 2, 4, 1, 5]));
        assert_eq!(ranked(Direction::Descending, 10), (6, vec![5, 1, 4, 2, 6, 3]));
        assert_eq!(ranked(Direction::Ascending, 2), (6, vec![3, 6]));
        assert_eq!(ranked(Direction::Descending, 0), (6, vec![]));
    }

    #[test]
    fn what_cannot_come_first_is_not_even_made() {
        let mut ranking = Ranking::new(1, Direction::Descending);
        ranking.push(SortValue::Integer(5), 1, || "five");
        assert!(!ranking.accepts(&SortValue::Integer(4), 2));
        assert!(ranking.accepts(&SortValue::Integer(5), 2));
        ranking.push(SortValue::Integer(4), 3, || panic!("not asked for"));
        assert_eq!((ranking.total(), ranking.into_sorted()), (2, vec!["five"]));
    }

    #[test]
    fn settled_when_nothing_later_can_come_first() {
        let mut ranking = Ranking::new(1, Direction::Descending);
        let next = |hi| Meta { first: 5, count: 2, lo: 0, hi, received: 0, bytes: 1 };
        assert!(!ranking.is_settled_by_time(Some(&next(7))));
        ranking.push(SortValue::Integer(7), 5, || ());
        assert!(!ranking.is_settled_by_time(Some(&next(7))));
        assert!(ranking.is_settled_by_time(Some(&next(6))));
        assert!(ranking.is_settled_by_time(None));
    }

    #[test]
    fn odd_numbers_have_an_order() {
        let mut values = [f64::NAN, -1.0, f64::INFINITY, 0.0].map(SortValue::Number);
        values.sort();
        assert_eq!(values[0], SortValue::Number(-1.0));
    }
}
