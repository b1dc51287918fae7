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
    /// Where most rows are missing: which are not. Ends and kinds are those of these rows then.
    sparse: Option<Sparse>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Sparse {
    /// In order.
    rows: Vec<u16>,
    length: usize,
}

impl Plain {
    pub(super) fn len(&self) -> usize {
        self.sparse.as_ref().map_or(self.ends.len(), |sparse| sparse.length)
    }

    /// The row of the cell at `index` among those that are kept.
    fn row(&self, index: usize) -> usize {
        match &self.sparse {
            Some(sparse) => sparse.rows.get(index).copied().unwrap_or_default().into(),
            None => index,
        }
    }

    /// The rows that may hold something.
    pub(super) fn rows(&self) -> impl Iterator<Item = usize> {
        (0..self.ends.len()).map(|index| self.row(index))
    }

    pub(super) fn push(&mut self, cell: Cell<'_>) -> Result<(), TooLong> {
        let end = self.bytes.len().saturating_add(cell.bytes.len());
        let end = u32::try_from(end).map_err(|_| TooLong)?;
        if cell.kind != Kind::Text && self.kinds.is_empty() {
            self.kinds = vec![Kind::Text as u8; self.ends.len()];
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

    /// Where the cell's bytes begin.
    fn start(&self, row: usize) -> usize {
        row.checked_sub(1).and_then(|row| self.ends.get(row)).map_or(0, |end| *end as usize)
    }

    pub(super) fn get(&self, row: usize) -> Cell<'_> {
        let Some(sparse) = &self.sparse else { return self.at(row) };
        let row = u16::try_from(row).ok();
        let found = row.and_then(|row| sparse.rows.binary_search(&row).ok());
        found.map_or(Cell::MISSING, |index| self.at(index))
    }

    /// The cell at an index among those that are kept.
    fn at(&self, row: usize) -> Cell<'_> {
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
        kinds
            .filter(|(_, kind)| !matches!(kind, Kind::Text | Kind::Missing))
            .map(|(index, _)| self.row(index))
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
                    return Some(self.row(row));
                }
                // It lies across two rows: the next one may begin within it.
                at = found + 1;
            }
        })
    }

    /// The bytes of all texts, and how long each is; `None` where they differ in that, and where a cell is no text.
    pub(super) fn texts_of_one_length(&self) -> Option<(&[u8], usize)> {
        let length = *self.ends.first()? as usize;
        let ends = (1..).map(|row| (row * length) as u64);
        let is_even = self.ends.iter().zip(ends).all(|(end, even)| u64::from(*end) == even);
        (is_even && self.kinds.is_empty() && self.sparse.is_none()).then_some((&self.bytes, length))
    }

    /// An empty one with room for as much.
    pub(super) fn another(&self) -> Self {
        let (bytes, ends) = (self.bytes.len(), self.ends.len());
        let (bytes, ends) = (Vec::with_capacity(bytes), Vec::with_capacity(ends));
        Self { bytes, ends, kinds: Vec::new(), sparse: None }
    }

    /// Gives back what is not needed where no cells will come.
    pub(super) fn shrink(&mut self) {
        let is_kept = |code: &u8| Kind::of_code(*code) != Kind::Missing;
        let kept = self.kinds.iter().filter(|code| is_kept(code)).count();
        if kept < self.kinds.len() / 4 && self.kinds.len() <= usize::from(u16::MAX) + 1 {
            let length = self.kinds.len();
            let all = self.kinds.iter().zip(&self.ends).enumerate();
            let kept = all.filter(|(_, (code, _))| is_kept(code));
            // What is missing has no bytes: the ends of the others stay as they are.
            let mut sparse = Sparse { rows: Vec::new(), length };
            let (mut kinds, mut ends) = (Vec::new(), Vec::new());
            for (row, (code, end)) in kept {
                sparse.rows.extend(u16::try_from(row));
                kinds.push(*code);
                ends.push(*end);
            }
            sparse.rows.shrink_to_fit();
            (self.kinds, self.ends, self.sparse) = (kinds, ends, Some(sparse));
        }
        self.bytes.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.kinds.shrink_to_fit();
    }

    pub(super) fn memory(&self) -> usize {
        let sparse = self.sparse.as_ref().map_or(0, |sparse| sparse.rows.capacity() * 2);
        let cells = self.ends.capacity() * size_of::<u32>() + self.kinds.capacity();
        self.bytes.capacity() + cells + sparse
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
            texts in prop::collection::vec(prop::option::weighted(0.2, "[ab]{0,5}"), 0..30),
            present in prop::collection::vec("[ab]{0,5}", 0..30),
            needle in "[ab]{1,3}",
        ) {
            for texts in [texts, present.into_iter().map(Some).collect()] {
                let mut plain = Plain::default();
                for text in &texts {
                    match text {
                        Some(text) => plain.push(Cell::text(text.as_bytes())).unwrap(),
                        None => plain.push(Cell::MISSING).unwrap(),
                    }
                }
                let before: Vec<_> = plain.cells().map(|cell| (cell.kind, cell.bytes.to_vec())).collect();
                plain.shrink();
                let after: Vec<_> = plain.cells().map(|cell| (cell.kind, cell.bytes.to_vec())).collect();
                prop_assert_eq!(before, after);
                let holds = |row: &usize| texts[*row].as_ref().is_some_and(|text| text.contains(&needle));
                let found: Vec<usize> = plain.rows_with(needle.as_bytes()).collect();
                prop_assert_eq!(found, (0..texts.len()).filter(holds).collect::<Vec<_>>());
                let rows: Vec<usize> = plain.rows().collect();
                prop_assert!((0..texts.len()).filter(|row| texts[*row].is_some()).all(|row| rows.contains(&row)));
            }
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
