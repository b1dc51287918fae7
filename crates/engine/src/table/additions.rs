//! The second reading of a table's bytes, which adds what it does not have.

use alloc::{string::String, sync::Arc, vec::Vec};
use core::{
    fmt,
    ops::{ControlFlow, Range},
};

use trailsift_core::{Filter, filter::Leaf};

use super::{
    Bitmap, BudgetExceeded, Missing, Sizes, Table,
    builder::{MEASURE_BYTES, MEASURE_ROWS, Ranges},
    chunks::{Chunks, Reader},
    columns::{Columns, Place},
    plain::TooLong,
    rows::Rows,
};
use crate::{json::JsonError, plan::Plan, split::Broken};

/// Why a second reading has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddError {
    /// What it would add is more than the table may hold.
    Budget(BudgetExceeded),
    /// These are not the bytes that the table was made of: the entry of this row lies elsewhere, or is not there.
    OtherBytes {
        /// The first row that differs.
        row: u64,
    },
}

impl fmt::Display for AddError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Budget(budget) => budget.fmt(f),
            Self::OtherBytes { row } => {
                write!(f, "not the bytes that the table was made of: entry {row} differs")
            }
        }
    }
}

impl core::error::Error for AddError {}

/// A second reading of a table's bytes, for what [`Table::missing`] names.
///
/// ```
/// use trailsift_core::{Options, compile};
/// use trailsift_engine::table::{Additions, Builder, Settings};
///
/// let log = br#"{"details":{"ip":"10.0.0.1"}}{"details":{}}"#;
/// let mut builder = Builder::new(Settings::default());
/// builder.push(log).unwrap();
/// let mut table = builder.finish();
///
/// let query = compile("details.ip:10.0.0.0/8", &Options::default()).unwrap();
/// let missing = table.count(query.filter()).unwrap_err();
/// assert_eq!(missing.paths, ["details.ip"]);
///
/// let mut additions = Additions::new(&table, &missing);
/// additions.push(log).unwrap();
/// additions.finish(&mut table).unwrap();
/// assert_eq!(table.count(query.filter()).unwrap(), 1);
/// ```
#[derive(Clone, Debug)]
pub struct Additions {
    chunks: Chunks,
    rows: Arc<Rows>,
    sizes: Sizes,
    /// Bytes of memory that are left for it.
    room: usize,
    budget: usize,
    columns: Columns,
    leaves: Vec<(Leaf, Plan, Bitmap)>,
    /// Rows that are in their columns.
    row: usize,
    batch: Ranges,
    /// Rows, and bytes of entries, since the memory was last measured.
    unmeasured: (usize, usize),
    /// Whether the table ended before its input did.
    cut: bool,
    error: Option<AddError>,
}

impl Additions {
    /// A reading that begins at the first byte.
    #[must_use]
    pub fn new(table: &Table, missing: &Missing) -> Self {
        let mut columns = Columns::new(false, 0);
        for path in &missing.paths {
            columns.wish(path, &table.settings.sizes);
        }
        let length = table.len();
        let leaf = |leaf: &Leaf| {
            (leaf.clone(), Plan::new(&Filter::Leaf(leaf.clone())), Bitmap::none(length))
        };
        Self {
            chunks: Chunks::default(),
            rows: Arc::clone(&table.rows),
            sizes: table.settings.sizes,
            room: table.settings.budget.saturating_sub(table.memory()),
            budget: table.settings.budget,
            columns,
            leaves: missing.leaves.iter().map(leaf).collect(),
            row: 0,
            batch: Ranges::default(),
            unmeasured: (0, 0),
            cut: table.exceeded.is_some(),
            error: None,
        }
    }

    /// Reads the next chunk.
    ///
    /// # Errors
    ///
    /// The budget is spent, or the bytes are not the table's. The table is as it was.
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), AddError> {
        self.read(chunk, false)
    }

    /// Adds what was read when the input has ended.
    ///
    /// # Errors
    ///
    /// As [`Self::push`].
    pub fn finish(mut self, table: &mut Table) -> Result<(), AddError> {
        self.read(&[], true)?;
        if self.row < self.rows.len() || !Arc::ptr_eq(&self.rows, &table.rows) {
            return Err(AddError::OtherBytes { row: self.row as u64 });
        }
        let open = self.row % self.sizes.segment;
        self.columns.seal(open, &self.sizes).map_err(|TooLong| self.too_much())?;
        self.columns.close();
        let leaves = self.leaves.into_iter().map(|(leaf, _, rows)| (leaf, rows));
        table.take_in(self.columns, leaves);
        Ok(())
    }

    fn read(&mut self, chunk: &[u8], last: bool) -> Result<(), AddError> {
        if self.error.is_none() {
            let mut chunks = core::mem::take(&mut self.chunks);
            chunks.read(chunk, last, self);
            self.chunks = chunks;
        }
        self.error.map_or(Ok(()), Err)
    }

    fn stop(&mut self, error: AddError) -> ControlFlow<()> {
        self.error = Some(error);
        ControlFlow::Break(())
    }

    /// Of the next row.
    fn place(&self) -> Place {
        let (row, segment) = (self.row + self.batch.list.len(), self.sizes.segment);
        let open = row - self.row / segment * segment;
        Place { row: open, segments: self.row / segment, sizes: self.sizes }
    }

    fn too_much(&self) -> AddError {
        let taken = self.budget - self.room;
        AddError::Budget(BudgetExceeded {
            rows: self.row as u64,
            bytes: taken.saturating_add(self.columns.memory()),
            budget: self.budget,
        })
    }
}

impl Reader for Additions {
    fn walk(&mut self, buffer: &[u8], at: usize) -> Result<usize, JsonError> {
        self.columns.walk(buffer, at)
    }

    fn is_page(&self) -> bool {
        self.columns.is_page()
    }

    fn take(&mut self, buffer: &[u8], within: Range<usize>, range: Range<u64>) -> ControlFlow<()> {
        let row = self.row + self.batch.list.len();
        match self.rows.get(row) {
            Some(expected) if expected == range => {}
            None if self.cut => return ControlFlow::Continue(()),
            _ => return self.stop(AddError::OtherBytes { row: row as u64 }),
        }
        for (_, plan, rows) in &mut self.leaves {
            if plan.matches_at(buffer, within.start) {
                rows.insert(u32::try_from(row).unwrap_or(u32::MAX));
            }
        }
        let is_whole = row > self.row && row.is_multiple_of(self.sizes.segment);
        if is_whole || self.batch.is_full(within.start) {
            self.flush(buffer)?;
        }
        if self.batch.list.is_empty() {
            self.columns.begin(within.start);
        }
        if self.columns.take(buffer, within.clone(), self.place()).is_err() {
            let error = self.too_much();
            return self.stop(error);
        }
        self.batch.push(within, range);
        ControlFlow::Continue(())
    }

    fn note(&mut self, _: Broken) {}

    fn flush(&mut self, buffer: &[u8]) -> ControlFlow<()> {
        let mut read = self.columns.flush(buffer, self.place());
        let rows = self.batch.list.len();
        self.row += rows;
        self.unmeasured.0 += rows;
        self.unmeasured.1 += self.batch.within.len();
        self.batch.list.clear();
        if rows > 0 && self.row.is_multiple_of(self.sizes.segment) {
            read = read.and_then(|()| self.columns.seal(self.sizes.segment, &self.sizes));
        }
        let mut is_too_much = read.is_err();
        if self.unmeasured.0 >= MEASURE_ROWS || self.unmeasured.1 > MEASURE_BYTES {
            self.unmeasured = (0, 0);
            is_too_much |= self.columns.memory() > self.room;
        }
        if is_too_much {
            let error = self.too_much();
            return self.stop(error);
        }
        ControlFlow::Continue(())
    }
}

/// The paths of a [`Missing`] as one may name them in [`Settings`](super::Settings) for the next table.
impl From<Missing> for Vec<String> {
    fn from(missing: Missing) -> Self {
        missing.paths
    }
}
