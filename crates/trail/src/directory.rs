//! Which chunks a trail has and which of them a reader needs, in which order. Not their payloads.

use serde::{Deserialize, Serialize};

use crate::{chunk::Meta, time::Millis};

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

    /// Whether some entry of a chunk may lie in it.
    const fn meets(&self, chunk: &Meta) -> bool {
        self.first <= chunk.last()
            && chunk.first <= self.last
            && self.lo <= chunk.hi
            && chunk.lo <= self.hi
    }
}

/// A reader's place among the chunks: after the one that begins with this number, in its order.
pub type Place = u64;

/// The chunks that a reader gets at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// In the reader's order.
    pub chunks: Vec<Meta>,
    /// The chunk that comes after them, if there is one.
    pub next: Option<Meta>,
}

/// The chunks of a trail in the order of their numbers.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    chunks: Vec<Meta>,
}

impl Directory {
    /// Adds the next chunk. Its numbers go on where the last chunk's end; a directory with a gap is refused.
    ///
    /// # Errors
    /// [`Gap`] when they do not.
    pub fn push(&mut self, chunk: Meta) -> Result<(), Gap> {
        let wanted = self.last() + 1;
        if chunk.first != wanted || chunk.count == 0 {
            return Err(Gap { wanted, found: chunk.first });
        }
        self.chunks.push(chunk);
        Ok(())
    }

    /// The number of the last entry; 0 when there is none.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.chunks.last().map_or(0, Meta::last)
    }

    /// When the last chunk was received.
    #[must_use]
    pub fn last_received(&self) -> Option<Millis> {
        self.chunks.last().map(|chunk| chunk.received)
    }

    /// How many chunks there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.chunks.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// The chunk that holds an entry.
    #[must_use]
    pub fn holding(&self, sequence: u64) -> Option<Meta> {
        let after = self.chunks.partition_point(|chunk| chunk.first <= sequence);
        self.chunks.get(after.checked_sub(1)?).copied().filter(|chunk| sequence <= chunk.last())
    }

    /// The number of the last entry received by then; 0 when there is none.
    #[must_use]
    pub fn last_received_by(&self, then: Millis) -> u64 {
        let after = self.chunks.partition_point(|chunk| chunk.received <= then);
        after.checked_sub(1).and_then(|last| self.chunks.get(last)).map_or(0, Meta::last)
    }

    /// The chunks that a reader gets next: as many as fit in `budget` bytes, at least one if there is one.
    ///
    /// By time, ascending, chunks come by their earliest entry; descending, by their latest. An entry that lies in a
    /// chunk not yet read is then never before the [`Selection::next`] chunk's bound.
    #[must_use]
    pub fn select(
        &self,
        window: &Window,
        order: Order,
        direction: Direction,
        after: Option<Place>,
        budget: u64,
    ) -> Selection {
        let mut wanted = self.from(window, order, direction, after).peekable();
        let mut chunks = Vec::new();
        let mut left = budget;
        while let Some(chunk) = wanted.next_if(|chunk| chunks.is_empty() || chunk.bytes <= left) {
            left = left.saturating_sub(chunk.bytes);
            chunks.push(chunk);
        }
        Selection { chunks, next: wanted.next() }
    }

    /// The chunks after a place that may hold entries of the window.
    fn from<'a>(
        &'a self,
        window: &'a Window,
        order: Order,
        direction: Direction,
        after: Option<Place>,
    ) -> Box<dyn Iterator<Item = Meta> + 'a> {
        // In the order of numbers the place is found without looking at what lies before it.
        let (start, end) = match (order, direction, after) {
            (Order::Sequence, Direction::Ascending, Some(place)) => {
                (self.chunks.partition_point(|chunk| chunk.first <= place), self.chunks.len())
            }
            (Order::Sequence, Direction::Descending, Some(place)) => {
                (0, self.chunks.partition_point(|chunk| chunk.first < place))
            }
            _ => (0, self.chunks.len()),
        };
        let start = start.max(self.chunks.partition_point(|chunk| chunk.last() < window.first));
        let end = end.min(self.chunks.partition_point(|chunk| chunk.first <= window.last));
        let within = self.chunks.get(start..end).unwrap_or_default();
        let wanted = within.iter().filter(|chunk| window.meets(chunk)).copied();
        match (order, direction) {
            (Order::Sequence, Direction::Ascending) => Box::new(wanted),
            (Order::Sequence, Direction::Descending) => Box::new(wanted.rev()),
            (Order::Time, _) => {
                let mut wanted: Vec<Meta> = wanted.collect();
                match direction {
                    Direction::Ascending => wanted.sort_by_key(|chunk| (chunk.lo, chunk.first)),
                    Direction::Descending => {
                        wanted.sort_by_key(|chunk| std::cmp::Reverse((chunk.hi, chunk.first)));
                    }
                }
                let read = after.map_or(0, |place| {
                    let at = wanted.iter().position(|chunk| chunk.first == place);
                    at.map_or(wanted.len(), |at| at + 1)
                });
                Box::new(wanted.into_iter().skip(read))
            }
        }
    }
}

/// A chunk that does not follow the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The number that should have come.
    pub wanted: u64,
    /// The number that came.
    pub found: u64,
}

impl std::fmt::Display for Gap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a chunk begins with {} where {} should come", self.found, self.wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory() -> Directory {
        let mut directory = Directory::default();
        // The second chunk brings late entries.
        for (first, count, lo, hi, received) in
            [(1, 3, 10, 20, 100), (4, 1, 0, 12, 100), (5, 6, 30, 40, 200)]
        {
            directory.push(Meta { first, count, lo, hi, received, bytes: 10 }).unwrap();
        }
        directory
    }

    fn firsts(selection: &Selection) -> Vec<u64> {
        selection.chunks.iter().map(|chunk| chunk.first).collect()
    }

    #[test]
    fn gaps_are_refused() {
        let mut directory = directory();
        let meta = Meta { first: 12, count: 1, lo: 0, hi: 0, received: 0, bytes: 0 };
        assert_eq!(directory.push(meta), Err(Gap { wanted: 11, found: 12 }));
        assert_eq!(directory.last(), 10);
    }

    #[test]
    fn entries_are_found_by_number_and_receipt() {
        let directory = directory();
        assert_eq!(directory.holding(4).unwrap().first, 4);
        assert_eq!(directory.holding(10).unwrap().first, 5);
        assert_eq!((directory.holding(0), directory.holding(11)), (None, None));
        assert_eq!(directory.last_received_by(99), 0);
        assert_eq!(directory.last_received_by(100), 4);
        assert_eq!(directory.last_received_by(250), 10);
    }

    #[test]
    fn each_order() {
        let directory = directory();
        let all = |order, direction| {
            firsts(&directory.select(&Window::ALL, order, direction, None, 1000))
        };
        assert_eq!(all(Order::Sequence, Direction::Ascending), [1, 4, 5]);
        assert_eq!(all(Order::Sequence, Direction::Descending), [5, 4, 1]);
        assert_eq!(all(Order::Time, Direction::Ascending), [4, 1, 5]);
        assert_eq!(all(Order::Time, Direction::Descending), [5, 1, 4]);
    }

    #[test]
    fn a_reader_goes_on_after_its_place() {
        let directory = directory();
        let mut after = None;
        let mut read = Vec::new();
        loop {
            let selection =
                directory.select(&Window::ALL, Order::Time, Direction::Ascending, after, 1);
            read.extend(firsts(&selection));
            assert_eq!(selection.chunks.len(), 1);
            let Some(next) = selection.next else { break };
            assert_ne!(next.first, read[read.len() - 1]);
            after = read.last().copied();
        }
        assert_eq!(read, [4, 1, 5]);
        let past =
            directory.select(&Window::ALL, Order::Sequence, Direction::Ascending, Some(5), 1);
        assert_eq!(past, Selection { chunks: vec![], next: None });
    }

    #[test]
    fn each_place_goes_on_where_it_is() {
        let directory = directory();
        for order in [Order::Sequence, Order::Time] {
            for direction in [Direction::Ascending, Direction::Descending] {
                let all = directory.select(&Window::ALL, order, direction, None, 1000);
                for (read, place) in all.chunks.iter().enumerate() {
                    let rest =
                        directory.select(&Window::ALL, order, direction, Some(place.first), 1000);
                    assert_eq!(firsts(&rest), firsts(&all)[read + 1..], "{order:?} {direction:?}");
                }
            }
        }
    }

    #[test]
    fn a_window_skips_chunks() {
        let directory = directory();
        let select = |window| {
            firsts(&directory.select(&window, Order::Sequence, Direction::Ascending, None, 1000))
        };
        assert_eq!(select(Window { first: 4, last: 4, ..Window::ALL }), [4]);
        assert_eq!(select(Window { lo: 13, hi: 29, ..Window::ALL }), [1]);
        assert_eq!(select(Window { lo: 50, ..Window::ALL }), Vec::<u64>::new());
    }
}
