//! Ids of the rows that have one, where most rows may have none.

use alloc::vec::Vec;
use core::cell::Cell as Mutable;

/// Numbers of values, and their rows within the segment; the other rows are missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Ids {
    /// In order. Empty as long as each row up to the last one has an id.
    rows: Vec<u16>,
    ids: Vec<u32>,
}

impl Ids {
    /// Bytes of a row with its id.
    pub(super) const EACH: usize = 6;

    /// How many rows have an id.
    pub(super) fn count(&self) -> usize {
        self.ids.len()
    }

    /// The rows up to the last one that has an id.
    pub(super) fn len(&self) -> usize {
        self.rows.last().map_or(self.ids.len(), |last| usize::from(*last) + 1)
    }

    /// Appends the id of a row behind all others.
    #[inline]
    pub(super) fn push(&mut self, row: usize, id: u32) {
        // Segments have no more rows than fit.
        if !self.rows.is_empty() {
            self.rows.push(row as u16);
        } else if row != self.ids.len() {
            self.rows.extend((0..).take(self.ids.len()).chain([row as u16]));
        }
        self.ids.push(id);
    }

    /// The row of the id at `index`.
    fn row(&self, index: usize) -> usize {
        self.rows.get(index).map_or(index, |row| usize::from(*row))
    }

    pub(super) fn pop(&mut self) {
        self.rows.pop();
        self.ids.pop();
    }

    pub(super) fn clear(&mut self) {
        self.rows.clear();
        self.ids.clear();
    }

    /// The ids alone, in the order of their rows.
    pub(super) fn ids(&self) -> &[u32] {
        &self.ids
    }

    /// The rows that have an id, with it.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, u32)> {
        self.ids.iter().enumerate().map(|(index, id)| (self.row(index), *id))
    }

    pub(super) fn get(&self, row: usize) -> Option<u32> {
        if self.rows.is_empty() {
            return self.ids.get(row).copied();
        }
        let index = self.rows.binary_search(&u16::try_from(row).ok()?).ok()?;
        self.ids.get(index).copied()
    }

    /// Answers [`Self::get`] for rows that are asked for in order.
    pub(super) fn in_order(&self) -> impl Fn(usize) -> Option<u32> {
        let next = Mutable::new(0);
        move |row| {
            let mut at = next.get();
            while at < self.ids.len() && self.row(at) < row {
                at += 1;
            }
            next.set(at);
            self.ids.get(at).copied().filter(|_| self.row(at) == row)
        }
    }

    pub(super) fn memory(&self) -> usize {
        self.rows.capacity() * size_of::<u16>() + self.ids.capacity() * size_of::<u32>()
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_row_has_the_id_that_it_got(all in prop::collection::vec(prop::option::of(0_u32..5), 0..60), again in 0_usize..3) {
            let mut ids = Ids::default();
            for (row, id) in all.iter().enumerate() {
                id.iter().for_each(|id| ids.push(row, *id));
            }
            for _ in 0..again.min(ids.count()) {
                let (row, id) = ids.iter().last().unwrap();
                ids.pop();
                prop_assert!(ids.len() <= row);
                ids.push(row, id);
            }
            let in_order = ids.in_order();
            for (row, id) in all.iter().enumerate() {
                prop_assert_eq!(ids.get(row), *id);
                if row % 3 != 1 {
                    prop_assert_eq!(in_order(row), *id);
                }
            }
            prop_assert_eq!(ids.get(all.len()), None);
            prop_assert_eq!(ids.len(), all.iter().rposition(Option::is_some).map_or(0, |last| last + 1));
            prop_assert_eq!(ids.iter().map(|(_, id)| id).collect::<Vec<_>>(), all.into_iter().flatten().collect::<Vec<_>>());
        }
    }
}
