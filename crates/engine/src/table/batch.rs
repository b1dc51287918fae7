//! Values of several rows that wait for their columns, so that a column takes them one after the other while its
//! dictionary is near.

use alloc::vec::Vec;
use core::ops::Range;

use super::{
    cell::Cell,
    column::Column,
    columns::Place,
    plain::TooLong,
    values::{Scratch, put_value},
};

/// Where a value of a row lies, in bytes from the batch's first entry.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    row: u32,
    start: u32,
    end: u32,
    /// Whether it is a string without escapes.
    is_plain: bool,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Batch {
    /// Where in its text the first entry begins.
    base: usize,
    /// Of each column, in the order of the rows.
    values: Vec<Vec<Waiting>>,
    /// Columns with values; some of them maybe twice.
    columns: Vec<usize>,
}

impl Batch {
    /// The values that come lie in a text behind this byte, and less than 4 GiB behind it.
    pub(super) fn begin(&mut self, base: usize) {
        self.base = base;
    }

    /// A row's value waits for a column, in the place of the one before.
    #[inline]
    pub(super) fn wait(&mut self, column: usize, row: usize, value: &Range<usize>, is_plain: bool) {
        let near = |at: usize| (at - self.base) as u32;
        let (start, end) = (near(value.start), near(value.end));
        let waiting = Waiting { row: row as u32, start, end, is_plain };
        if self.values.len() <= column {
            self.values.resize_with(column + 1, Vec::new);
        }
        let Some(values) = self.values.get_mut(column) else { return };
        match values.last_mut() {
            Some(last) if last.row == waiting.row => *last = waiting,
            Some(_) => values.push(waiting),
            None => {
                values.push(waiting);
                self.columns.push(column);
            }
        }
    }

    /// Takes back a row's value.
    pub(super) fn take_back(&mut self, column: usize, row: usize) {
        if let Some(values) = self.values.get_mut(column) {
            values.pop_if(|last| last.row as usize == row);
        }
    }

    /// Puts what waits for one column into it.
    pub(super) fn flush_column(
        &mut self,
        number: usize,
        column: &mut Column,
        text: &[u8],
        place: Place,
        scratch: &mut Scratch,
    ) -> Result<(), TooLong> {
        let Some(values) = self.values.get_mut(number) else { return Ok(()) };
        let text = text.get(self.base..).unwrap_or_default();
        for waiting in values.iter() {
            let value = text.get(waiting.start as usize..waiting.end as usize).unwrap_or_default();
            let row = waiting.row as usize;
            match value {
                [_, inner @ .., _] if waiting.is_plain => {
                    column.put(row, Cell::text(inner), &place.sizes)?;
                }
                _ => put_value(column, value, None, Place { row, ..place }, scratch)?,
            }
        }
        values.clear();
        Ok(())
    }

    /// Puts all values into their columns.
    pub(super) fn flush(
        &mut self,
        list: &mut [Column],
        text: &[u8],
        place: Place,
        scratch: &mut Scratch,
    ) -> Result<(), TooLong> {
        let mut columns = core::mem::take(&mut self.columns);
        for number in columns.drain(..) {
            let Some(column) = list.get_mut(number) else { continue };
            self.flush_column(number, column, text, place, scratch)?;
        }
        self.columns = columns;
        Ok(())
    }

    pub(super) fn memory(&self) -> usize {
        let values = self.values.iter().map(|values| values.capacity() * size_of::<Waiting>());
        values.sum::<usize>() + self.values.capacity() * size_of::<Vec<Waiting>>()
    }
}
