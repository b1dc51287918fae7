//! Cells one after the other, for columns whose values hardly repeat.

use alloc::{vec, vec::Vec};

use super::cell::{Cell, Kind};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooLong;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Plain {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    /// The kind of each row; empty where all are text.
    kinds: Vec<u8>,
}

impl Plain {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn push(&mut self, cell: Cell<'_>) -> Result<(), TooLong> {
        let end = self.bytes.len().saturating_add(cell.bytes.len());
        let end = u32::try_from(end).map_err(|_| TooLong)?;
        if cell.kind != Kind::Text && self.kinds.is_empty() {
            self.kinds = vec![Kind::Text as u8; self.len()];
        }
        if cell.kind != Kind::Text || !self.kinds.is_empty() {
            self.kinds.push(cell.kind as u8);
        }
        self.bytes.extend_from_slice(cell.bytes);
        self.ends.push(end);
        Ok(())
    }

    pub(super) fn pop(&mut self) {
        self.ends.pop();
        self.kinds.truncate(self.ends.len());
        self.bytes.truncate(self.start(self.ends.len()));
    }

    /// Where the row's bytes begin.
    fn start(&self, row: usize) -> usize {
        row.checked_sub(1).and_then(|row| self.ends.get(row)).map_or(0, |end| *end as usize)
    }

    pub(super) fn get(&self, row: usize) -> Cell<'_> {
        let Some(end) = self.ends.get(row) else { return Cell::MISSING };
        let bytes = self.bytes.get(self.start(row)..*end as usize).unwrap_or_default();
        let code = self.kinds.get(row);
        Cell { kind: code.map_or(Kind::Text, |code| Kind::of_code(*code)), bytes }
    }

    pub(super) fn cells(&self) -> impl Iterator<Item = Cell<'_>> {
        (0..self.len()).map(|row| self.get(row))
    }

    /// The rows that hold something that is no single text.
    pub(super) fn rows_but_text(&self) -> impl Iterator<Item = usize> {
        let kinds = self.kinds.iter().map(|code| Kind::of_code(*code)).enumerate();
        kinds.filter(|(_, kind)| !matches!(kind, Kind::Text | Kind::Missing)).map(|(row, _)| row)
    }

    /// The rows whose bytes hold the needle, in order; those of a list may hold it across two values.
    pub(super) fn rows_with<'a>(&'a self, needle: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
        let finder = memchr::memmem::Finder::new(needle);
        let mut at = 0;
        core::iter::from_fn(move || {
            loop {
                let found = at + finder.find(self.bytes.get(at..)?)?;
                let row = self.ends.partition_point(|end| *end as usize <= found);
                let end = self.ends.get(row).map_or(usize::MAX, |end| *end as usize);
                if found.saturating_add(finder.needle().len()) <= end {
                    at = end;
                    return Some(row);
                }
                // It lies across two rows: the next one may begin within it.
                at = found + 1;
            }
        })
    }

    /// An empty one with room for as much.
    pub(super) fn another(&self) -> Self {
        let (bytes, ends) = (self.bytes.len(), self.ends.len());
        Self { bytes: Vec::with_capacity(bytes), ends: Vec::with_capacity(ends), kinds: Vec::new() }
    }

    pub(super) fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.kinds.shrink_to_fit();
    }

    pub(super) const fn memory(&self) -> usize {
        self.bytes.capacity() + self.ends.capacity() * size_of::<u32>() + self.kinds.capacity()
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_needle_is_found_in_the_rows_that_hold_it(
            texts in prop::collection::vec("[ab]{0,5}", 0..30),
            needle in "[ab]{1,3}",
        ) {
            let mut plain = Plain::default();
            for text in &texts {
                plain.push(Cell::text(text.as_bytes())).unwrap();
            }
            let found: Vec<usize> = plain.rows_with(needle.as_bytes()).collect();
            let expected: Vec<usize> = (0..texts.len()).filter(|row| texts[*row].contains(&needle)).collect();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn the_last_cell_can_be_taken_back() {
        let mut plain = Plain::default();
        for cell in [Cell::text(b"a"), Cell::text(b"bc"), Cell::bare(Kind::Null)] {
            plain.push(cell).unwrap();
        }
        plain.pop();
        plain.pop();
        plain.push(Cell::text(b"d")).unwrap();
        assert_eq!(plain.cells().collect::<Vec<_>>(), [Cell::text(b"a"), Cell::text(b"d")]);
    }
}
