//! The lines of an export against the entries that it should have. Not whether those are proven.

use alloc::vec::Vec;
use core::mem;

use super::{
    fault::{Fault, Faults},
    shortened,
};
use crate::{
    Hash, leaf_hash,
    line::{Line, NotALine},
};

/// The entries that an export should have, by their sequence numbers.
#[derive(Clone, Debug)]
pub(super) struct Listing {
    /// Ascending.
    entries: Vec<(u64, Hash)>,
    /// Places in `entries` in the order of the leaves; made when it is first needed.
    by_leaf: Option<Vec<usize>>,
}

impl Listing {
    pub(super) const fn new(entries: Vec<(u64, Hash)>) -> Self {
        Self { entries, by_leaf: None }
    }

    fn sequence(&self, place: usize) -> Option<u64> {
        self.entries.get(place).map(|(sequence, _)| *sequence)
    }

    fn place(&self, sequence: u64) -> Option<usize> {
        self.entries.binary_search_by_key(&sequence, |(sequence, _)| *sequence).ok()
    }

    /// The place of the entry with that leaf: at its own number, or wherever else.
    fn place_of_leaf(&mut self, told: Option<usize>, leaf: Hash) -> Option<usize> {
        let entries = &self.entries;
        let leaf_at = |place: usize| entries.get(place).map(|(_, leaf)| *leaf);
        if told.and_then(leaf_at) == Some(leaf) {
            return told;
        }
        let by_leaf = self.by_leaf.get_or_insert_with(|| {
            let mut places: Vec<usize> = (0..entries.len()).collect();
            places.sort_unstable_by_key(|place| leaf_at(*place));
            places
        });
        let found = by_leaf.binary_search_by_key(&Some(leaf), |place| leaf_at(*place)).ok()?;
        by_leaf.get(found).copied()
    }
}

/// What was seen of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    Not,
    /// In its place, but something else.
    Altered,
    Intact,
}

/// Holds line after line against the listing.
#[derive(Clone, Debug)]
pub(super) struct Comparison {
    listing: Listing,
    seen: Vec<Seen>,
    lines: u64,
    /// The place of the last intact entry.
    previous: Option<usize>,
    /// The place where the next line should be.
    next: usize,
}

impl Comparison {
    pub(super) fn new(listing: Listing) -> Self {
        let seen = listing.entries.iter().map(|_| Seen::Not).collect();
        Self { listing, seen, lines: 0, previous: None, next: 0 }
    }

    /// Takes a line, without its line feed.
    pub(super) fn line(&mut self, line: &[u8], faults: &mut Faults) {
        self.lines += 1;
        match Line::parse(line) {
            Ok(line) => self.entry(&line, faults),
            Err(NotALine(at)) => {
                let place = self.alter(Some(self.next));
                let sequence = place.and_then(|place| self.listing.sequence(place));
                faults.push(Fault::Unreadable { line: self.lines, sequence, at: at as u64 });
            }
        }
    }

    fn entry(&mut self, line: &Line<'_>, faults: &mut Faults) {
        let (number, told, id) = (self.lines, line.sequence, || shortened(&line.id));
        let place = self.listing.place(told);
        let leaf = leaf_hash(&line.id, line.received_at, &line.bytes);
        let Some(place) = self.listing.place_of_leaf(place, leaf) else {
            faults.push(match self.alter(place) {
                Some(_) => Fault::Changed { line: number, sequence: told, id: id() },
                None => Fault::Added { line: number, sequence: told, id: id() },
            });
            return;
        };
        let Some(sequence) = self.listing.sequence(place) else { return };
        if sequence != told {
            faults.push(Fault::Renumbered { sequence, id: id(), told });
        }
        match self.seen.get_mut(place) {
            Some(Seen::Intact) => {
                faults.push(Fault::Repeated { line: number, sequence, id: id() });
                return;
            }
            Some(seen) => *seen = Seen::Intact,
            None => return,
        }
        let before = self.previous.filter(|previous| *previous > place);
        if let Some(after) = before.and_then(|previous| self.listing.sequence(previous)) {
            faults.push(Fault::Reordered { sequence, id: id(), after });
        }
        self.previous = Some(place);
        self.next = place + 1;
    }

    /// Takes what is there for the entry of that place; nothing when something else was already.
    fn alter(&mut self, place: Option<usize>) -> Option<usize> {
        let place = place?;
        let seen = self.seen.get_mut(place).filter(|seen| **seen == Seen::Not)?;
        *seen = Seen::Altered;
        self.next = place + 1;
        Some(place)
    }

    /// Tells what is missing.
    pub(super) fn finish(self, faults: &mut Faults) {
        self.tell_apart(faults);
        let mut place = 0;
        for run in self.seen.chunk_by(|one, next| (*one == Seen::Not) == (*next == Seen::Not)) {
            let end = place + run.len();
            let sequence =
                |place: Option<usize>| place.and_then(|place| self.listing.sequence(place));
            let ends = (sequence(Some(place)), sequence(end.checked_sub(1)));
            if let (Some(Seen::Not), (Some(first), Some(last))) = (run.first(), ends) {
                let (count, after) = (run.len() as u64, sequence(place.checked_sub(1)));
                faults.push(match sequence(Some(end)) {
                    Some(before) => Fault::Removed { first, last, count, after, before },
                    None => Fault::Cut { first, last, count, after },
                });
            }
            place = end;
        }
    }

    /// What was taken for an altered entry was added where the entry itself came later.
    fn tell_apart(&self, faults: &mut Faults) {
        let is_intact = |sequence: u64| {
            let place = self.listing.place(sequence);
            place.and_then(|place| self.seen.get(place)) == Some(&Seen::Intact)
        };
        for fault in &mut faults.listed {
            match fault {
                Fault::Unreadable { sequence, .. } if sequence.is_some_and(is_intact) => {
                    *sequence = None;
                }
                Fault::Changed { line, sequence, id } if is_intact(*sequence) => {
                    let (line, sequence, id) = (*line, *sequence, mem::take(id));
                    *fault = Fault::Added { line, sequence, id };
                }
                _ => {}
            }
        }
    }
}
