//! What a question is about: the values at one path or at several, or what these stand for.

use alloc::vec::Vec;

use trailsift_core::Derived;

use super::{
    Lookup, Missing, Table,
    cell::{Cell, Kind},
};

/// A field that a table is asked about. An entry has the values found at any of its paths.
///
/// ```
/// use trailsift_core::{Filter, Schema};
/// use trailsift_engine::table::{Builder, FacetValue, Field, Settings};
///
/// let mut builder = Builder::new(Settings::default());
/// builder.push(br#"{"type":"fp","a":1}{"type":"f","b":1}{"type":"s"}"#).unwrap();
/// let mut table = builder.finish();
///
/// let both = Field::at(&["a", "b"]);
/// let outcome = Schema::by_name("auth0").unwrap().source_of("outcome").unwrap();
/// let outcome = Field { paths: &["type"], derived: outcome.derived };
/// let facets = table.facets(&Filter::All, &[both, outcome], 1).unwrap();
/// assert_eq!((facets[0].rows, facets[0].distinct), (2, 1));
/// assert_eq!(facets[1].top[0].value, FacetValue::Text(b"failure".to_vec()));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Field<'f> {
    /// Dotted paths.
    pub paths: &'f [&'f str],
    /// What a text at a path stands for, where that is asked and not the text; other values stand for nothing.
    pub derived: Option<Derived>,
}

impl<'f> Field<'f> {
    /// The values at these paths.
    #[must_use]
    pub const fn at(paths: &'f [&'f str]) -> Self {
        Self { paths, derived: None }
    }
}

/// A field whose paths were looked up.
pub(super) struct Asked {
    /// Columns, each once, in the order of the paths.
    pub(super) columns: Vec<usize>,
    pub(super) derived: Option<Derived>,
}

impl Asked {
    /// The column, where its own values are asked for and no other's.
    pub(super) fn only(&self) -> Option<usize> {
        match self.columns.as_slice() {
            [only] if self.derived.is_none() => Some(*only),
            _ => None,
        }
    }

    /// What a value stands for; of those that are not derived, itself.
    pub(super) fn told<'a>(&self, value: Cell<'a>) -> Option<Cell<'a>> {
        match self.derived {
            None => Some(value),
            Some(derived) if value.kind == Kind::Text => {
                derived.of(value.bytes).map(|told| Cell::text(told.as_bytes()))
            }
            Some(_) => None,
        }
    }
}

impl Table {
    /// The columns of a field. What the table does not have of it is noted.
    pub(super) fn asked(&self, field: Field<'_>, missing: &mut Missing) -> Asked {
        let mut columns = Vec::new();
        for path in field.paths {
            match self.lookup(path) {
                Lookup::Column(column) if !columns.contains(&column) => columns.push(column),
                Lookup::Column(_) | Lookup::Nowhere => {}
                Lookup::Unknown => missing.need(path),
            }
        }
        Asked { columns, derived: field.derived }
    }

    /// Calls `with` with what a column has in a row. It is compiled once, whoever asks.
    #[inline(never)]
    pub(super) fn with_cell(&self, column: usize, row: u32, with: &mut dyn FnMut(Cell<'_>)) {
        let size = self.settings.sizes.segment;
        let (number, row) = (row as usize / size, row as usize % size);
        let column = self.columns.list.get(column);
        let found = column.and_then(|column| Some((column, column.segments.get(number)?)));
        let Some((column, segment)) = found else { return with(Cell::MISSING) };
        self.resolve(segment, number).with_cell(row, &column.dictionary, with);
    }
}
