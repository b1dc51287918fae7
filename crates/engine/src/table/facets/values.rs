//! All values that a field has in some rows, one after the other, each with the place where it lies.

use alloc::{sync::Arc, vec::Vec};
use core::cmp::Ordering;

use trailsift_core::{filter::Test, order};

use super::{
    Atom, each_row,
    tally::{Place, Spot, hash, merge},
};
use crate::table::{
    Bitmap, Table,
    cell::{Cell, Kind, Values as Cells},
    field::Asked,
    leaf::LeafPlan,
    segment::Segment,
};

/// A field's values in the rows of a filter.
pub(super) struct Values<'t> {
    table: &'t Table,
    asked: &'t Asked,
    /// Columns with the rows in which no other column of the field has something.
    parts: Vec<Part>,
    /// Rows in which several have.
    shared: Option<Bitmap>,
}

struct Part {
    column: usize,
    rows: Arc<Bitmap>,
    /// How often each id is in them.
    ids: Vec<u64>,
}

impl<'t> Values<'t> {
    pub(super) fn new(table: &'t Table, asked: &'t Asked, rows: &Arc<Bitmap>) -> Self {
        let part = |column: usize, rows: Arc<Bitmap>| {
            let ids = table.count_ids(&rows, column);
            Part { column, rows, ids }
        };
        if let [only] = asked.columns.as_slice() {
            let parts = Vec::from([part(*only, Arc::clone(rows))]);
            return Self { table, asked, parts, shared: None };
        }
        let (mut any, mut shared) = (Bitmap::none(table.len()), Bitmap::none(table.len()));
        let present = |column: &usize| {
            let sizes = table.settings.sizes;
            let list = &table.columns.list;
            let plan = LeafPlan::new(list, Vec::from([*column]), &Test::Exists, table.len(), sizes);
            let mut present = plan.rows();
            present.and(rows);
            (*column, present)
        };
        let present: Vec<(usize, Bitmap)> = asked.columns.iter().map(present).collect();
        for (_, rows) in &present {
            let mut both = any.clone();
            both.and(rows);
            shared.or(&both);
            any.or(rows);
        }
        let alone = shared.clone().negated();
        let parts = present.into_iter().map(|(column, mut rows)| {
            rows.and(&alone);
            part(column, Arc::new(rows))
        });
        Self { table, asked, parts: parts.collect(), shared: Some(shared) }
    }

    /// Rows of the whole table.
    pub(super) fn rows(&self) -> usize {
        self.table.rows.len()
    }

    /// Rows of a segment.
    pub(super) const fn segment(&self) -> usize {
        self.table.settings.sizes.segment
    }

    /// How many values there can be; more where lists are among them.
    pub(super) fn most(&self) -> usize {
        let of_part = |part: &Part| {
            let ids = part.ids.iter().filter(|count| **count > 0).count();
            let rows = if self.has_ids(part) { 0 } else { part.rows.count() as usize };
            ids + rows
        };
        let shared = self.shared.as_ref().map_or(0, |rows| rows.count() as usize);
        self.parts.iter().map(of_part).sum::<usize>() + shared * self.parts.len()
    }

    /// The values and their counts, where each is there once: they are in one dictionary, and no two of it are equal.
    pub(super) fn once(&self) -> Option<impl Iterator<Item = (Cell<'t>, u64)>> {
        let [part] = self.parts.as_slice() else { return None };
        let column = self.table.columns.list.get(part.column)?;
        let counted = || {
            let cells = column.dictionary.cells().zip(part.ids.iter().copied());
            cells.filter(|(_, count)| *count > 0)
        };
        // 1 and 1.0 are one number, and what is in a list may be elsewhere, too.
        let is_alone = |cell: Cell<'_>| !matches!(cell.kind, Kind::Number | Kind::List);
        let is_once = self.asked.derived.is_none()
            && self.has_ids(part)
            && counted().all(|(cell, _)| is_alone(cell));
        is_once.then(counted)
    }

    fn has_ids(&self, part: &Part) -> bool {
        let column = self.table.columns.list.get(part.column);
        column.is_none_or(|column| column.segments.iter().all(Segment::has_ids))
    }

    /// Calls `each` with every value, a row's once; how many rows have one.
    pub(super) fn each(&self, each: &mut dyn FnMut(Spot)) -> u64 {
        let table = self.table;
        let mut rows = 0;
        for part in &self.parts {
            let Some(column) = table.columns.list.get(part.column) else { continue };
            let place =
                |is_row, number| Place { column: part.column as u32, is_row, number, within: 0 };
            let ids = column.dictionary.cells().zip(&part.ids).zip(0..);
            for ((cell, count), id) in ids.filter(|((_, count), _)| **count > 0) {
                let count = u32::try_from(*count).unwrap_or(u32::MAX);
                let any = self.cell(cell, place(false, id), count, each);
                rows += u64::from(any) * u64::from(count);
            }
            for (number, segment) in column.segments.iter().enumerate() {
                let start = number * table.settings.sizes.segment;
                let segment = table.resolve(segment, number);
                if segment.has_ids() {
                    continue;
                }
                each_row(table.words(&part.rows, start), |row| {
                    let place = place(true, (start + row) as u32);
                    let any = segment
                        .with_cell(row, &column.dictionary, |cell| self.cell(cell, place, 1, each));
                    rows += u64::from(any);
                });
            }
        }
        let mut found: Vec<Spot> = Vec::new();
        for row in self.shared.iter().flat_map(Bitmap::rows) {
            found.clear();
            for column in &self.asked.columns {
                let place = Place { column: *column as u32, is_row: true, number: row, within: 0 };
                table.with_cell(*column, row, &mut |cell| {
                    self.cell(cell, place, 1, &mut |spot| found.push(spot));
                });
            }
            merge(self, &mut found, false);
            rows += u64::from(!found.is_empty());
            found.iter().for_each(|spot| each(*spot));
        }
        rows
    }

    /// Calls `each` with the values of a cell, each once; whether there are any.
    #[inline(never)]
    fn cell(&self, cell: Cell<'_>, place: Place, count: u32, each: &mut dyn FnMut(Spot)) -> bool {
        if cell.kind != Kind::List {
            let atom = self.asked.told(cell).and_then(Atom::of);
            if let Some(atom) = &atom {
                each(place.spot(hash(atom), count));
            }
            return atom.is_some();
        }
        let mut atoms: Vec<(Atom<'_>, u32)> = Vec::new();
        let mut values = Cells::of(cell.bytes);
        loop {
            let within = (cell.bytes.len() - values.left()) as u32;
            let Some(value) = values.next() else { break };
            atoms.extend(self.asked.told(value).and_then(Atom::of).map(|atom| (atom, within)));
        }
        order::sort(&mut atoms, |(a, _), (b, _)| a.cmp(b));
        atoms.dedup_by(|(a, _), (b, _)| a == b);
        for (atom, within) in &atoms {
            each(Place { within: *within, ..place }.spot(hash(atom), count));
        }
        !atoms.is_empty()
    }

    /// Calls `with` with the value at a place that [`Self::each`] gave.
    #[inline(never)]
    pub(super) fn with(&self, place: Place, with: &mut dyn FnMut(&Atom<'_>)) {
        let mut value = |cell: Cell<'_>| {
            let value = match cell.kind {
                Kind::List => {
                    Cells::of(cell.bytes.get(place.within as usize..).unwrap_or_default()).next()
                }
                _ => Some(cell),
            };
            let atom = value.and_then(|value| self.asked.told(value)).and_then(Atom::of);
            with(&atom.unwrap_or(Atom::Bool(false)));
        };
        let column = place.column as usize;
        match self.table.columns.list.get(column) {
            Some(column) if !place.is_row => value(column.dictionary.get(place.number)),
            _ => self.table.with_cell(column, place.number, &mut value),
        }
    }

    /// The order of two values.
    pub(super) fn compare(&self, a: Spot, b: Spot) -> Ordering {
        let mut order = Ordering::Equal;
        self.with(Place::of(a), &mut |a| {
            self.with(Place::of(b), &mut |b| order = a.cmp(b));
        });
        order
    }
}
