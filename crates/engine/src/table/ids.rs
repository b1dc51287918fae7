//! Ids of the rows that have one, where most rows may have none.

use alloc::vec::Vec;
use core::cell::Cell as Mutable;

/// Numbers of values, and their rows within the segment; the other rows are missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Ids {
    /// In order. Empty as long as each row up to the last one has an id.
    rows: Vec<u16>,
    /// The lower halves.
    ids: Vec<u16>,
    /// The upper ones. Empty as long as all are zero.
    upper: Vec<u16>,
}

impl Ids {
    /// Bytes that the rows with their ids need.
    pub(super) fn bytes(&self) -> usize {
        2 * (self.rows.len() + self.ids.len() + self.upper.len())
    }

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
        let upper = (id >> 16) as u16;
        if upper > 0 || !self.upper.is_empty() {
            self.upper.resize(self.ids.len(), 0);
            self.upper.push(upper);
        }
        self.ids.push(id as u16);
    }

    /// The id at `index`.
    fn id(&self, index: usize) -> Option<u32> {
        let upper = self.upper.get(index).copied().unwrap_or_default();
        Some(u32::from(*self.ids.get(index)?) | u32::from(upper) << 16)
    }

    /// The row of the id at `index`.
    fn row(&self, index: usize) -> usize {
        self.rows.get(index).map_or(index, |row| usize::from(*row))
    }

    pub(super) fn pop(&mut self) {
        self.rows.pop();
        self.ids.pop();
        self.upper.truncate(self.ids.len());
    }

    pub(super) fn clear(&mut self) {
        self.rows.clear();
        self.ids.clear();
        self.upper.clear();
    }

    /// Calls `each` with every row that has an id, and the id: faster than [`Self::iter`].
    #[inline]
    pub(super) fn for_each(&self, mut each: impl FnMut(usize, u32)) {
        match (self.rows.is_empty(), self.upper.is_empty()) {
            (true, true) => {
                self.ids.iter().enumerate().for_each(|(row, id)| each(row, u32::from(*id)));
            }
            (false, true) => {
                let rows = self.rows.iter().zip(&self.ids);
                rows.for_each(|(row, id)| each(usize::from(*row), u32::from(*id)));
            }
            (_, false) => self.iter().for_each(|(row, id)| each(row, id)),
        }
    }

    /// The rows that have an id, with it.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, u32)> {
        (0..self.ids.len()).filter_map(|index| Some((self.row(index), self.id(index)?)))
    }

    pub(super) fn get(&self, row: usize) -> Option<u32> {
        if self.rows.is_empty() {
            return self.id(row);
        }
        let index = self.rows.binary_search(&u16::try_from(row).ok()?).ok()?;
        self.id(index)
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
            self.id(at).filter(|_| self.row(at) == row)
        }
    }

    pub(super) fn memory(&self) -> usize {
        2 * (self.rows.capacity() + self.ids.capacity() + self.upper.capacity())
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_row_has_the_id_that_it_got(all in prop::collection::vec(prop::option::of(prop_oneof![0_u32..5, 0xFFFE_u32..0x2_0003]), 0..60), again in 0_usize..3) {
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
            let mut each = Vec::new();
            ids.for_each(|row, id| each.push((row, id)));
            prop_assert_eq!(&each, &ids.iter().collect::<Vec<_>>());
            prop_assert_eq!(ids.iter().map(|(_, id)| id).collect::<Vec<_>>(), all.into_iter().flatten().collect::<Vec<_>>());
        }
    }
}
