//! A log as columns: read once, then asked again and again.
//!
//! [`Builder`] reads bytes as they arrive and keeps none of them: of each entry the table knows where it lies, and of
//! each column, which is a path, what values it leads to. Every member of the entry itself gets its column by itself;
//! deeper paths (`details.request.ip`) get one where [`Settings::paths`] names them, or by a second reading of the same
//! bytes ([`Additions`]) when a filter asks for them. So does free text, for which the table keeps the answer and not
//! the text. Until then [`Table::count`] and its like say what is [`Missing`]; they never guess.
//!
//! What a filter means is the core's to say: a column holds the very values that the core's walk finds at its path, and
//! the core's test is held against each distinct one. Nothing here knows the language.

mod additions;
mod answer;
mod batch;
mod bitmap;
mod bits;
mod builder;
mod cell;
mod chunks;
mod column;
mod columns;
mod dates;
mod dictionary;
mod digits;
mod elements;
mod export;
mod facets;
mod field;
mod histogram;
mod ids;
mod leaf;
mod level;
mod order;
mod plain;
mod rows;
mod sample;
mod segment;
mod values;
mod walk;

use alloc::{string::String, sync::Arc, vec::Vec};
use core::{fmt, ops::Range};

use trailsift_core::filter::Leaf;

pub use self::{
    additions::{AddError, Additions},
    bitmap::Bitmap,
    builder::{BudgetExceeded, Builder},
    export::{JSON_ARRAY, csv_header},
    facets::{Facet, FacetValue, Facets},
    field::Field,
    histogram::{Histogram, Step},
    order::Sort,
    sample::nested_paths,
};

use self::{answer::Cache, columns::Columns, rows::Rows, segment::Segment};
use crate::scan::Report;

/// How large a table may become, and what is in it from the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Bytes of memory that it may take. Default: 1 GiB.
    pub budget: usize,
    /// Members of entries that get a column by themselves. Default: 512.
    pub columns: usize,
    /// Dotted paths that get a column from the start. Default: none.
    pub paths: Vec<String>,
    /// How columns are cut. Default: [`Sizes::DEFAULT`].
    pub sizes: Sizes,
}

impl Default for Settings {
    fn default() -> Self {
        Self { budget: 1 << 30, columns: 512, paths: Vec::new(), sizes: Sizes::DEFAULT }
    }
}

/// How many rows make the parts of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Of a segment; a multiple of `zone`.
    segment: usize,
    /// For which the first and the last date are known; a multiple of 64.
    zone: usize,
    /// After which a dictionary is judged.
    sample: usize,
}

impl Sizes {
    /// Segments of 65,536 rows.
    pub const DEFAULT: Self = Self { segment: 65_536, zone: 4096, sample: 4096 };

    /// So small that few entries cross every border: for tests.
    pub const TINY: Self = Self { segment: 128, zone: 64, sample: 16 };
}

/// What a table does not have and a question needs. [`Additions`] gets it from the same bytes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Missing {
    /// Paths without a column.
    pub paths: Vec<String>,
    /// Conditions on text anywhere in an entry.
    pub leaves: Vec<Leaf>,
}

impl Missing {
    /// Whether nothing is.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.paths.is_empty() && self.leaves.is_empty()
    }

    /// A path, too.
    fn need(&mut self, path: &str) {
        if !self.paths.iter().any(|needed| needed == path) {
            self.paths.push(path.into());
        }
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the entries' bytes must be read again for ")?;
        for (index, path) in self.paths.iter().enumerate() {
            write!(f, "{}`{path}`", if index > 0 { ", " } else { "" })?;
        }
        match (self.leaves.is_empty(), self.paths.is_empty()) {
            (true, _) => Ok(()),
            (false, true) => f.write_str("free text"),
            (false, false) => f.write_str(" and free text"),
        }
    }
}

impl core::error::Error for Missing {}

/// A log as columns. [`Builder`] makes one.
///
/// Rows are numbers of whole entries, from 0, in the order of the input.
#[derive(Clone, Debug)]
pub struct Table {
    settings: Settings,
    columns: Columns,
    rows: Arc<Rows>,
    report: Report,
    exceeded: Option<BudgetExceeded>,
    cache: Cache,
}

/// What is known of a path.
enum Lookup {
    Column(usize),
    /// It leads nowhere in any entry.
    Nowhere,
    /// Nothing: the bytes must be read again.
    Unknown,
}

impl Table {
    fn new(
        settings: Settings,
        columns: Columns,
        rows: Rows,
        report: Report,
        exceeded: Option<BudgetExceeded>,
    ) -> Self {
        let cache = Cache::default();
        Self { settings, columns, rows: Arc::new(rows), report, exceeded, cache }
    }

    /// How many rows it has.
    #[must_use]
    pub fn len(&self) -> u32 {
        u32::try_from(self.rows.len()).unwrap_or(u32::MAX)
    }

    /// Whether it has no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where a row's entry lies in the input, in bytes; `None` past the last row.
    #[must_use]
    pub fn row_range(&self, row: u32) -> Option<Range<u64>> {
        self.rows.get(row as usize)
    }

    /// Entries read, and what is broken in the input; `matches` says nothing here.
    #[must_use]
    pub const fn report(&self) -> &Report {
        &self.report
    }

    /// Why not all of the input is in the table; `None` where it is.
    #[must_use]
    pub const fn exceeded(&self) -> Option<BudgetExceeded> {
        self.exceeded
    }

    /// Bytes of memory that it takes, bitmaps of earlier questions among them.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.columns.memory() + self.rows.memory() + self.cache.memory()
    }

    /// The paths that have a column, in alphabetical order.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.columns.by_path.keys().map(String::as_str)
    }

    fn lookup(&self, path: &str) -> Lookup {
        match self.columns.by_path.get(path) {
            Some(column) => Lookup::Column(*column),
            None if level::is_member(path) && !self.columns.incomplete => Lookup::Nowhere,
            None => Lookup::Unknown,
        }
    }

    /// The rows of the segment that begins at `start`.
    fn words<'r>(&self, rows: &'r Bitmap, start: usize) -> &'r [u64] {
        let words = rows.words_from(start);
        words.get(..self.settings.sizes.segment / 64).unwrap_or(words)
    }

    /// The segment of this number itself, where it is another column's.
    fn resolve<'t>(&'t self, segment: &'t Segment, number: usize) -> &'t Segment {
        match segment {
            Segment::Same(other) => {
                let other = self.columns.list.get(*other);
                other.and_then(|column| column.segments.get(number)).unwrap_or(segment)
            }
            _ => segment,
        }
    }

    fn take_in(&mut self, columns: Columns, leaves: impl Iterator<Item = (Leaf, Bitmap)>) {
        self.columns.append(columns);
        for (leaf, rows) in leaves {
            self.cache.learn(leaf, rows);
        }
    }
}
