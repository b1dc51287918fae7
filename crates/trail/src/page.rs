//! A page of a listing in the order of numbers. Not the order of time, which is [`crate::sweep`]'s.
//!
//! A page is always a prefix of the true answer from its start: entries are offered in order, none is left out, and
//! where the page ends the next one begins.

use crate::directory::{Direction, Window};

/// What becomes of an offered entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// It is on the page.
    Taken,
    /// It does not match.
    Passed,
    /// It matches and belongs to the next page: stop.
    Full,
}

/// A page that is being filled.
#[derive(Clone, Debug)]
pub struct Page<T> {
    limit: usize,
    entries: Vec<T>,
    position: Option<u64>,
    more: bool,
}

impl<T> Page<T> {
    /// An empty page for `limit` entries.
    #[must_use]
    pub const fn new(limit: usize) -> Self {
        Self { limit, entries: Vec::new(), position: None, more: false }
    }

    /// Offers the next entry in order; `matching` holds it if it matches.
    pub fn offer(&mut self, sequence: u64, matching: Option<T>) -> Offer {
        let offer = match matching {
            Some(_) if self.is_full() => {
                self.more = true;
                return Offer::Full;
            }
            Some(entry) => {
                self.entries.push(entry);
                Offer::Taken
            }
            None => Offer::Passed,
        };
        self.position = Some(sequence);
        offer
    }

    /// Whether no further entry fits. Offering goes on all the same as far as it costs nothing: entries that do not
    /// match move the position on, and the next match tells that there is a next page.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.entries.len() >= self.limit
    }

    /// Says that reading stopped before the end: there may be a next page.
    pub const fn cut(&mut self) {
        self.more = true;
    }

    /// Whether there may be a next page.
    #[must_use]
    pub const fn has_more(&self) -> bool {
        self.more
    }

    /// The number of the last entry that was looked at: the next page begins after it. `None` when there was none.
    #[must_use]
    pub const fn position(&self) -> Option<u64> {
        self.position
    }

    /// The entries.
    #[must_use]
    pub fn into_entries(self) -> Vec<T> {
        self.entries
    }

    /// The entries.
    #[must_use]
    pub fn entries(&self) -> &[T] {
        &self.entries
    }
}

/// The window of a page that begins after a position: above it when ascending, below when descending.
#[must_use]
pub const fn window_after(position: Option<u64>, direction: Direction) -> Window {
    match (position, direction) {
        (None, _) => Window::ALL,
        (Some(position), Direction::Ascending) => {
            Window { first: position.saturating_add(1), ..Window::ALL }
        }
        // Numbers begin at 1: nothing lies below.
        (Some(0 | 1), Direction::Descending) => Window { first: 1, last: 0, ..Window::ALL },
        (Some(position), Direction::Descending) => Window { last: position - 1, ..Window::ALL },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads pages of `limit` even numbers below 20, in order.
    fn pages(limit: usize, direction: Direction) -> Vec<Vec<u64>> {
        let mut position = None;
        let mut pages = Vec::new();
        loop {
            let window = window_after(position, direction);
            let mut page = Page::new(limit);
            let mut numbers: Vec<u64> = (1..20).filter(|number| window.holds(*number, 0)).collect();
            if direction == Direction::Descending {
                numbers.reverse();
            }
            for number in numbers {
                if page.offer(number, (number % 2 == 0).then_some(number)) == Offer::Full {
                    break;
                }
            }
            position = page.position().or(position);
            let more = page.has_more();
            pages.push(page.into_entries());
            if !more {
                return pages;
            }
        }
    }

    #[test]
    fn pages_put_together_are_the_whole() {
        for limit in [1, 2, 3, 9, 50] {
            let up = pages(limit, Direction::Ascending);
            assert_eq!(up.concat(), [2, 4, 6, 8, 10, 12, 14, 16, 18], "{limit}");
            assert_eq!(up.len(), 9_usize.div_ceil(limit));
            let mut down = pages(limit, Direction::Descending).concat();
            down.reverse();
            assert_eq!(down, up.concat());
        }
    }

    #[test]
    fn the_position_passes_what_does_not_match() {
        let mut page = Page::new(1);
        assert_eq!(page.offer(1, Some(1)), Offer::Taken);
        assert_eq!(page.offer(2, None), Offer::Passed);
        assert_eq!(page.offer(3, Some(3)), Offer::Full);
        assert_eq!((page.position(), page.has_more()), (Some(2), true));
    }

    #[test]
    fn nothing_lies_below_the_first() {
        for position in [0, 1] {
            let window = window_after(Some(position), Direction::Descending);
            assert!((0..5).all(|number| !window.holds(number, 0)));
        }
        assert!(!window_after(Some(u64::MAX), Direction::Ascending).holds(1, 0));
    }
}
