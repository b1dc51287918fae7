//! From a value's bytes to the cell of a column.

use alloc::vec::Vec;

use trailsift_core::{Number, View, values_at};

use super::{
    cell::{Cell, Kind, Values, number_bytes, push_value},
    column::Column,
    columns::Place,
    plain::TooLong,
};
use crate::json::{Json, unescape};

/// Room to put the values of a list together.
#[derive(Clone, Debug, Default)]
pub(super) struct Scratch {
    /// In the order of the walk, which is the entry's from its end.
    walked: Vec<u8>,
    starts: Vec<usize>,
    list: Vec<u8>,
}

impl Scratch {
    pub(super) const fn new() -> Self {
        Self { walked: Vec::new(), starts: Vec::new(), list: Vec::new() }
    }

    pub(super) const fn memory(&self) -> usize {
        self.walked.capacity() + self.list.capacity()
    }

    pub(super) fn clear(&mut self) {
        self.walked.clear();
        self.starts.clear();
        self.list.clear();
    }

    fn push(&mut self, value: Cell<'_>) -> Option<()> {
        self.starts.push(self.walked.len());
        push_value(&mut self.walked, value)
    }

    /// Takes in what a path leads to in a value, which stands before all that was taken in.
    pub(super) fn collect(&mut self, value: &[u8], path: Option<&str>) -> Result<(), TooLong> {
        let mut room = [0; 16];
        let mut whole = Some(());
        values_at(Json::new(value), path, |view| {
            let (kind, bytes): (_, &[u8]) = match view {
                View::Null | View::Array => (Kind::Null, &[]),
                View::Bool(false) => (Kind::False, &[]),
                View::Bool(true) => (Kind::True, &[]),
                View::Object => (Kind::Object, &[]),
                View::Number(number) => (Kind::Number, number_bytes(*number, &mut room)),
                View::Text(text) => (Kind::Text, text),
            };
            whole = whole.and_then(|()| self.push(Cell { kind, bytes }));
        });
        whole.ok_or(TooLong)
    }

    /// All values, in the order of the entry.
    pub(super) fn cell(&mut self) -> Cell<'_> {
        match self.starts.len() {
            0 => Cell::MISSING,
            1 => Values::of(&self.walked).next().unwrap_or(Cell::MISSING),
            _ => {
                let mut end = self.walked.len();
                for start in self.starts.iter().rev() {
                    self.list.extend_from_slice(self.walked.get(*start..end).unwrap_or_default());
                    end = *start;
                }
                Cell { kind: Kind::List, bytes: &self.list }
            }
        }
    }
}

/// Puts what a path leads to in a value into a column.
pub(super) fn put_value(
    column: &mut Column,
    value: &[u8],
    path: Option<&str>,
    place: Place,
    scratch: &mut Scratch,
) -> Result<(), TooLong> {
    let Place { row, sizes, .. } = place;
    let mut room = [0; 16];
    match (path, value) {
        (None, [b'"', inner @ .., b'"']) => {
            return if inner.contains(&b'\\') {
                column.put(row, Cell::text(&unescape(inner)), &sizes)
            } else {
                column.put(row, Cell::text(inner), &sizes)
            };
        }
        (None, [b'{', ..]) => return column.put(row, Cell::bare(Kind::Object), &sizes),
        (None, [b'[', ..]) | (Some(_), _) => {}
        (None, [b't', ..]) => return column.put(row, Cell::bare(Kind::True), &sizes),
        (None, [b'f', ..]) => return column.put(row, Cell::bare(Kind::False), &sizes),
        (None, [b'-' | b'0'..=b'9', ..]) => {
            let number = core::str::from_utf8(value).ok().and_then(Number::parse);
            let cell = number.map_or(Cell::bare(Kind::Null), |number| Cell {
                kind: Kind::Number,
                bytes: number_bytes(number, &mut room),
            });
            return column.put(row, cell, &sizes);
        }
        _ => return column.put(row, Cell::bare(Kind::Null), &sizes),
    }
    scratch.clear();
    scratch.collect(value, path)?;
    column.put(row, scratch.cell(), &sizes)
}
