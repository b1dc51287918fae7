//! Which runs of entries a trail has, hot chunks and sealed segments, and which of them a reader needs, in which order.
//! Not their contents.

use serde::{Deserialize, Serialize};
use trailsift_proof::Hash;

use crate::{
    chunk::Meta,
    time::{self, Millis},
};

/// In which order a reader wants entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    /// By number: the order of receipt. What checkpoints and continuation tokens walk.
    Sequence,
    /// By the entries' own time. Late entries come where they belong.
    Time,
}

/// Which end comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Direction {
    /// The oldest first.
    Ascending,
    /// The newest first.
    Descending,
}

/// What a reader may see: entries whose number and whose time lie in these bounds, all inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// The lowest number.
    pub first: u64,
    /// The highest number.
    pub last: u64,
    /// The earliest time.
    pub lo: Millis,
    /// The latest time.
    pub hi: Millis,
}

impl Window {
    /// Everything.
    pub const ALL: Self = Self { first: 0, last: u64::MAX, lo: Millis::MIN, hi: Millis::MAX };

    /// Whether an entry lies in it.
    #[must_use]
    pub const fn holds(&self, sequence: u64, time: Millis) -> bool {
        self.first <= sequence && sequence <= self.last && self.lo <= time && time <= self.hi
    }

    /// The part of it from a piece on, for a reader in the order of numbers.
    #[must_use]
    pub fn from(self, piece: &Meta, direction: Direction) -> Self {
        match direction {
            Direction::Ascending => Self { first: self.first.max(piece.first), ..self },
            Direction::Descending => Self { last: self.last.min(piece.last()), ..self },
        }
    }

    /// Whether some entry of a piece may lie in it.
    const fn meets(&self, piece: &Meta) -> bool {
        self.first <= piece.last()
            && piece.first <= self.last
            && self.lo <= piece.hi
            && piece.lo <= self.hi
    }
}

/// A segment in the object store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// When its first entry was received: the day in its key.
    pub opened: Millis,
    /// The object's length in bytes.
    pub size: u64,
    /// The object's SHA-256.
    pub sha256: Hash,
}

/// A run of consecutive entries that is read as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// What is known of its entries.
    pub meta: Meta,
    /// Nothing while it is a chunk in the database.
    pub sealed: Option<Sealed>,
}

impl Piece {
    /// The key of a segment under its trail's prefix: a day for tools that read by folder, then the numbers of the
    /// first and of the last entry, of equal width, so that names sort as numbers do.
    #[must_use]
    pub fn key(&self, sealed: &Sealed) -> String {
        let day: String = time::rfc3339(sealed.opened).chars().take(10).collect();
        format!("dt={day}/{:020}-{:020}.parquet", self.meta.first, self.meta.last())
    }
}

/// The entry that was received last by some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReceivedBy {
    /// This one, by its number; 0 is none.
    Number(u64),
    /// One of this segment's, as it was received piece by piece, or the last before it.
    Within(Piece),
}

/// The pieces of a trail in the order of their numbers.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    pieces: Vec<Piece>,
    /// The number of the last entry, which may be gone.
    last: u64,
    /// When it was received.
    received: Option<Millis>,
}

impl Directory {
    /// Adds the next piece. Its numbers go on where the last one's end; a directory with a gap is refused.
    ///
    /// # Errors
    /// [`Gap`] when they do not.
    pub fn push(&mut self, piece: Piece) -> Result<(), Gap> {
        let wanted = self.last + 1;
        if piece.meta.first != wanted || piece.meta.count == 0 {
            return Err(Gap { wanted, found: piece.meta.first });
        }
        self.pieces.push(piece);
        self.last = piece.meta.last();
        self.received = Some(piece.meta.received);
        Ok(())
    }

    /// Takes note of entries that came next and are gone: those of a tombstone.
    ///
    /// # Errors
    /// [`Gap`] when they do not come next, or others before them are still there.
    pub fn pass(&mut self, gone: &Meta) -> Result<(), Gap> {
        let wanted = self.last + 1;
        if gone.first != wanted || !self.pieces.is_empty() {
            return Err(Gap { wanted, found: gone.first });
        }
        self.last = gone.last();
        self.received = Some(gone.received);
        Ok(())
    }

    /// Puts a segment in the place of the chunks that it was made of.
    ///
    /// # Errors
    /// [`Gap`] when chunks do not begin and end where it does.
    pub fn seal(&mut self, segment: Piece) -> Result<(), Gap> {
        let Meta { first, .. } = segment.meta;
        let start = self.pieces.partition_point(|piece| piece.meta.first < first);
        let end = self.pieces.partition_point(|piece| piece.meta.first <= segment.meta.last());
        let replaced = self.pieces.get(start..end).unwrap_or_default();
        let fits = match (replaced.first(), replaced.last()) {
            (Some(from), Some(to)) => {
                from.meta.first == first && to.meta.last() == segment.meta.last()
            }
            _ => false,
        };
        if !fits || replaced.iter().any(|piece| piece.sealed.is_some()) {
            return Err(Gap {
                wanted: replaced.first().map_or(0, |piece| piece.meta.first),
                found: first,
            });
        }
        self.pieces.splice(start..end, [segment]);
        Ok(())
    }

    /// Forgets the pieces up to that number.
    pub fn remove(&mut self, last: u64) {
        self.pieces.retain(|piece| piece.meta.last() > last);
    }

    /// The number of the last entry; 0 when there never was one.
    #[must_use]
    pub const fn last(&self) -> u64 {
        self.last
    }

    /// The number of the first entry that is still there; one more than the last when none is.
    #[must_use]
    pub fn first(&self) -> u64 {
        self.pieces.first().map_or(self.last + 1, |piece| piece.meta.first)
    }

    /// When the last entry was received.
    #[must_use]
    pub const fn last_received(&self) -> Option<Millis> {
        self.received
    }

    /// All pieces.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The chunks that are not sealed yet.
    #[must_use]
    pub fn hot(&self) -> &[Piece] {
        let from = self.pieces.partition_point(|piece| piece.sealed.is_some());
        self.pieces.get(from..).unwrap_or_default()
    }

    /// The number of the last entry that is in no chunk.
    #[must_use]
    pub fn last_sealed(&self) -> u64 {
        self.hot().first().map_or(self.last, |oldest| oldest.meta.first - 1)
    }

    /// The piece that holds an entry.
    #[must_use]
    pub fn holding(&self, sequence: u64) -> Option<&Piece> {
        let after = self.pieces.partition_point(|piece| piece.meta.first <= sequence);
        self.pieces.get(after.checked_sub(1)?).filter(|piece| sequence <= piece.meta.last())
    }

    /// The last entry received by then.
    #[must_use]
    pub fn last_received_by(&self, then: Millis) -> ReceivedBy {
        let after = self.pieces.partition_point(|piece| piece.meta.received <= then);
        match self.pieces.get(after) {
            Some(piece) if piece.sealed.is_some_and(|sealed| sealed.opened <= then) => {
                ReceivedBy::Within(*piece)
            }
            // What is gone was received before all that is there.
            Some(piece) => ReceivedBy::Number(piece.meta.first - 1),
            None => ReceivedBy::Number(self.last),
        }
    }

    /// The pieces that may hold entries of the window, in a reader's order.
    ///
    /// By time, ascending, pieces come by their earliest entry; descending, by their latest. An entry that lies in a
    /// piece not yet read is then never before the next piece's bound.
    #[must_use]
    pub fn select<'a>(
        &'a self,
        window: &'a Window,
        order: Order,
        direction: Direction,
    ) -> Box<dyn Iterator<Item = &'a Piece> + 'a> {
        let start = self.pieces.partition_point(|piece| piece.meta.last() < window.first);
        let end = self.pieces.partition_point(|piece| piece.meta.first <= window.last);
        let within = self.pieces.get(start..end).unwrap_or_default();
        let wanted = within.iter().filter(|piece| window.meets(&piece.meta));
        match (order, direction) {
            (Order::Sequence, Direction::Ascending) => Box::new(wanted),
            (Order::Sequence, Direction::Descending) => Box::new(wanted.rev()),
            (Order::Time, Direction::Ascending) => {
                let mut wanted: Vec<_> = wanted.collect();
                wanted.sort_by_key(|piece| (piece.meta.lo, piece.meta.first));
                Box::new(wanted.into_iter())
            }
            (Order::Time, Direction::Descending) => {
                let mut wanted: Vec<_> = wanted.collect();
                wanted.sort_by_key(|piece| std::cmp::Reverse((piece.meta.hi, piece.meta.first)));
                Box::new(wanted.into_iter())
            }
        }
    }
}

/// A piece that does not follow the last one, or does not take the place of those it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The number that should have come.
    pub wanted: u64,
    /// The number that came.
    pub found: u64,
}

impl std::fmt::Display for Gap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "entries from {} on come where {} should", self.found, self.wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meta(first: u64, count: u64, lo: Millis, hi: Millis, received: Millis) -> Meta {
        Meta { first, count, lo, hi, received, bytes: 10 }
    }

    fn hot(meta: Meta) -> Piece {
        Piece { meta, sealed: None }
    }

    fn sealed(meta: Meta, opened: Millis) -> Piece {
        Piece { meta, sealed: Some(Sealed { opened, size: 5, sha256: Hash::empty() }) }
    }

    fn directory() -> Directory {
        let mut directory = Directory::default();
        // The second chunk brings late entries.
        for piece in [meta(1, 3, 10, 20, 100), meta(4, 1, 0, 12, 100), meta(5, 6, 30, 40, 200)] {
            directory.push(hot(piece)).unwrap();
        }
        directory
    }

    fn firsts(
        directory: &Directory,
        window: Window,
        order: Order,
        direction: Direction,
    ) -> Vec<u64> {
        directory.select(&window, order, direction).map(|piece| piece.meta.first).collect()
    }

    #[test]
    fn gaps_are_refused() {
        let mut directory = directory();
        assert_eq!(directory.push(hot(meta(12, 1, 0, 0, 0))), Err(Gap { wanted: 11, found: 12 }));
        assert_eq!(directory.pass(&meta(11, 1, 0, 0, 0)), Err(Gap { wanted: 11, found: 11 }));
        assert_eq!(directory.last(), 10);
    }

    #[test]
    fn entries_are_found_by_number_and_receipt() {
        let directory = directory();
        assert_eq!(directory.holding(4).unwrap().meta.first, 4);
        assert_eq!(directory.holding(10).unwrap().meta.first, 5);
        assert_eq!((directory.holding(0), directory.holding(11)), (None, None));
        assert_eq!(directory.last_received_by(99), ReceivedBy::Number(0));
        assert_eq!(directory.last_received_by(100), ReceivedBy::Number(4));
        assert_eq!(directory.last_received_by(250), ReceivedBy::Number(10));
    }

    #[test]
    fn a_segment_takes_the_place_of_its_chunks() {
        let mut directory = directory();
        let segment = sealed(meta(1, 4, 0, 20, 100), 50);
        assert!(directory.seal(sealed(meta(1, 5, 0, 20, 100), 50)).is_err());
        assert!(directory.seal(sealed(meta(2, 3, 0, 20, 100), 50)).is_err());
        directory.seal(segment).unwrap();
        assert!(directory.seal(segment).is_err());
        assert_eq!(directory.hot(), [hot(meta(5, 6, 30, 40, 200))]);
        assert_eq!(directory.holding(4), Some(&segment));
        assert_eq!(directory.last_received_by(49), ReceivedBy::Number(0));
        assert_eq!(directory.last_received_by(99), ReceivedBy::Within(segment));
        assert_eq!(directory.last_received_by(100), ReceivedBy::Number(4));
        directory.remove(4);
        assert_eq!((directory.first(), directory.last()), (5, 10));
        assert_eq!(directory.last_received_by(1), ReceivedBy::Number(4));
        directory.remove(10);
        assert_eq!((directory.first(), directory.last()), (11, 10));
        assert_eq!((directory.last_received(), directory.holding(10)), (Some(200), None));
    }

    #[test]
    fn what_is_gone_keeps_its_numbers() {
        let mut directory = Directory::default();
        directory.pass(&meta(1, 4, 0, 20, 100)).unwrap();
        assert_eq!(
            (directory.first(), directory.last(), directory.last_received()),
            (5, 4, Some(100))
        );
        directory.push(hot(meta(5, 1, 0, 0, 200))).unwrap();
        assert_eq!(directory.last_received_by(150), ReceivedBy::Number(4));
    }

    #[test]
    fn keys_sort_as_numbers_do() {
        let segment = sealed(meta(1, 4, 0, 20, 100), 1_782_898_200_123);
        let key = segment.key(&segment.sealed.unwrap());
        assert_eq!(key, "dt=2026-07-01/00000000000000000001-00000000000000000004.parquet");
    }

    #[test]
    fn each_order() {
        let directory = directory();
        let all = |order, direction| firsts(&directory, Window::ALL, order, direction);
        assert_eq!(all(Order::Sequence, Direction::Ascending), [1, 4, 5]);
        assert_eq!(all(Order::Sequence, Direction::Descending), [5, 4, 1]);
        assert_eq!(all(Order::Time, Direction::Ascending), [4, 1, 5]);
        assert_eq!(all(Order::Time, Direction::Descending), [5, 1, 4]);
    }

    #[test]
    fn a_reader_goes_on_from_a_piece() {
        let directory = directory();
        let from = |first: u64, direction| {
            let window = Window::ALL.from(&directory.holding(first).unwrap().meta, direction);
            firsts(&directory, window, Order::Sequence, direction)
        };
        assert_eq!(from(4, Direction::Ascending), [4, 5]);
        assert_eq!(from(4, Direction::Descending), [4, 1]);
        let narrow = Window { first: 6, last: 7, ..Window::ALL };
        let piece = directory.holding(5).unwrap().meta;
        assert_eq!(narrow.from(&piece, Direction::Ascending), narrow);
        assert_eq!(narrow.from(&piece, Direction::Descending), narrow);
    }

    #[test]
    fn a_window_skips_pieces() {
        let directory = directory();
        let select = |window| firsts(&directory, window, Order::Sequence, Direction::Ascending);
        assert_eq!(select(Window { first: 4, last: 4, ..Window::ALL }), [4]);
        assert_eq!(select(Window { lo: 13, hi: 29, ..Window::ALL }), [1]);
        assert_eq!(select(Window { lo: 50, ..Window::ALL }), Vec::<u64>::new());
    }
}
