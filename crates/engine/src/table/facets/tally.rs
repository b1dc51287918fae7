//! How often each of very many values is there, in little memory.
//!
//! Values are told apart by their hash. As many as fit are counted at a time: those whose hash lies in a range, which is
//! made narrower whenever there is no more room. Then the values are gone through again for the range behind it. What is
//! remembered of a value is where it lies, so that nothing is unpacked, and equal hashes are not taken for equal values.

use alloc::vec::Vec;

use trailsift_core::order;

use super::{Atom, Facets, top::Top, values::Values};
use crate::table::order::Sorted;

/// Of so many rows, one has room for a value: 24 bytes.
const ROWS_OF_ONE: usize = 6;

/// Where a value lies, and how many rows have it: as numbers of the type that is sorted anyway.
pub(super) type Spot = ((u64, u64), u32);

/// A value of so many rows: the cell's id in the column's dictionary or its row, and in a list the place of its bytes.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) column: u32,
    pub(super) is_row: bool,
    pub(super) number: u32,
    pub(super) within: u32,
}

impl Place {
    pub(super) fn spot(self, hash: u32, count: u32) -> Spot {
        let column = u64::from(self.column) << 1 | u64::from(self.is_row);
        (
            (u64::from(hash) << 32 | u64::from(count), column << 32 | u64::from(self.within)),
            self.number,
        )
    }

    pub(super) fn of(((_, place), number): Spot) -> Self {
        let column = (place >> 33) as u32;
        Self { column, is_row: place >> 32 & 1 == 1, number, within: place as u32 }
    }
}

pub(super) const fn hash_of(((hash, _), _): Spot) -> u32 {
    (hash >> 32) as u32
}

const fn count_of(((hash, _), _): Spot) -> u32 {
    hash as u32
}

/// Counts all values; `top` of them are named.
pub(super) fn facets(values: &Values<'_>, top: usize) -> Facets {
    let mut facets = Facets::default();
    let mut best = Top::new(top);
    let room = values.segment().max(values.rows() / ROWS_OF_ONE).min(values.most()).max(16);
    let mut pass = Pass { from: 0, until: END, room, spots: Vec::with_capacity(room), values };
    loop {
        facets.rows = values.each(&mut |spot| pass.take(spot));
        merge(values, &mut pass.spots, true);
        facets.distinct += pass.spots.len() as u64;
        for spot in &pass.spots {
            values.with(Place::of(*spot), &mut |atom| best.offer(atom, count_of(*spot).into()));
        }
        if pass.until >= END {
            break;
        }
        pass.go_on();
    }
    facets.top = best.facets();
    facets
}

/// Behind the last hash.
const END: u64 = 1 << 32;

/// The values whose hash is not below `from`, and below `until`.
struct Pass<'v, 't> {
    from: u64,
    until: u64,
    /// Values that there is room for.
    room: usize,
    spots: Vec<Spot>,
    values: &'v Values<'t>,
}

impl Pass<'_, '_> {
    #[inline]
    fn take(&mut self, spot: Spot) {
        let hash = u64::from(hash_of(spot));
        if hash < self.from || hash >= self.until {
            return;
        }
        if self.spots.len() >= self.room {
            self.make_room();
            // It may not be among those that are left.
            return self.take(spot);
        }
        self.spots.push(spot);
    }

    #[cold]
    fn make_room(&mut self) {
        merge(self.values, &mut self.spots, true);
        let half = self.room / 2;
        let Some(middle) = self.spots.get(half).map(|spot| u64::from(hash_of(*spot))) else {
            return;
        };
        let kept = self.spots.partition_point(|spot| u64::from(hash_of(*spot)) < middle);
        if kept > 0 {
            self.spots.truncate(kept);
            self.until = middle;
        } else {
            // So many values with one hash are no accident: they need not be fast, only right.
            self.room = self.room.max(1) * 2;
        }
    }

    /// On to the next range, of which about as many values are expected as there is room for.
    fn go_on(&mut self) {
        let (width, room) = (self.until - self.from, self.room as u64 / 16 * 15);
        let width = (width * room / (self.spots.len() as u64).max(1)).max(1);
        self.from = self.until;
        self.until = (self.from + width).min(END);
        self.spots.clear();
    }
}

/// Puts equal values together, in the order of their hashes. Their counts are added, or stay one.
pub(super) fn merge(values: &Values<'_>, spots: &mut Vec<Spot>, adds: bool) {
    Sorted::sort(spots);
    for alike in spots.chunk_by_mut(|a, b| hash_of(*a) == hash_of(*b)) {
        let Some((first, others)) = alike.split_first() else { continue };
        if others.iter().all(|other| values.compare(*first, *other).is_eq()) {
            continue;
        }
        let mut sorted = alike.to_vec();
        order::sort(&mut sorted, |a, b| values.compare(*a, *b));
        alike.copy_from_slice(&sorted);
    }
    spots.dedup_by(|later, first| {
        let same = hash_of(*later) == hash_of(*first) && values.compare(*later, *first).is_eq();
        if same && adds {
            // A value has no more rows than there are.
            first.0.0 += u64::from(count_of(*later));
        }
        same
    });
}

/// A hash that equal values share.
#[inline(never)]
pub(super) fn hash(atom: &Atom<'_>) -> u32 {
    use crate::table::{
        cell::{Cell, Kind},
        dictionary,
    };
    use trailsift_core::Number;

    match atom {
        Atom::Bool(value) => {
            dictionary::hash(Cell::bare(if *value { Kind::True } else { Kind::False }))
        }
        Atom::Number(number) => {
            let float = match number {
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "it need not be told apart from its neighbours"
                )]
                Number::Integer(whole) => *whole as f64,
                Number::Float(float) => *float,
            };
            // Minus zero is zero.
            let bytes = (float + 0.0).to_le_bytes();
            dictionary::hash(Cell { kind: Kind::Number, bytes: &bytes })
        }
        Atom::Text(text) => dictionary::hash(Cell::text(text)),
    }
}

#[cfg(test)]
mod tests {
    use alloc::{collections::BTreeMap, format, string::String, vec::Vec};

    use trailsift_core::Filter;

    use super::*;
    use crate::table::{Builder, FacetValue, Field, Settings, Sizes};

    /// Texts of which each has the hash of another.
    fn colliding() -> Vec<String> {
        let mut by_hash: BTreeMap<u32, String> = BTreeMap::new();
        let mut found = Vec::new();
        for text in (0_u32..400_000).map(|n| format!("{n:x}")) {
            let hash = hash(&Atom::Text(text.as_bytes()));
            if let Some(other) = by_hash.insert(hash, text.clone()) {
                found.extend([other, text]);
            }
        }
        found
    }

    #[test]
    fn equal_hashes_are_not_taken_for_equal_values() {
        let texts = colliding();
        assert!(texts.len() > 4, "{texts:?}");
        let mut builder = Builder::new(Settings { sizes: Sizes::TINY, ..Settings::default() });
        // What stands in a list may be elsewhere, too: so all of it is compared.
        for (row, text) in texts.iter().chain(&texts).chain(&texts[1..]).enumerate() {
            let entry = format!("{{\"a\":[\"{text}\",{}]}}", row % 2);
            builder.push(entry.as_bytes()).unwrap();
        }
        let mut table = builder.finish();
        let facets =
            table.facets(&Filter::All, &[Field::at(&["a"])], usize::MAX).unwrap().remove(0);
        assert_eq!(facets.distinct, texts.len() as u64 + 2);
        for (index, text) in texts.iter().enumerate() {
            let value = FacetValue::Text(text.clone().into_bytes());
            let found = facets.top.iter().find(|facet| facet.value == value).unwrap();
            assert_eq!(found.count, if index == 0 { 2 } else { 3 }, "{text}");
        }
    }
}
