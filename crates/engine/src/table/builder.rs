//! From bytes to a table, chunk by chunk; and the second reading, which adds what a table does not have.

use alloc::{string::String, sync::Arc, vec::Vec};
use core::{fmt, ops::ControlFlow};

use trailsift_core::{Filter, filter::Leaf};

use super::{
    Bitmap, Missing, Settings, Sizes, Table,
    chunks::{Chunks, Found},
    columns::{Columns, Place},
    plain::TooLong,
    rows::Rows,
};
use crate::{plan::Plan, scan::Report};

/// Rows, and bytes of entries, after which the memory is measured again.
const MEASURE_ROWS: usize = 256;
const MEASURE_BYTES: usize = 1 << 20;

/// A table that would need more memory than it was given. What was read before is still there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BudgetExceeded {
    /// Entries that the table holds.
    pub rows: u64,
    /// Bytes of memory that they take.
    pub bytes: usize,
    /// Bytes that they may take.
    pub budget: usize,
}

impl fmt::Display for BudgetExceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the first {} entries take {} bytes of memory as columns, and {} are allowed",
            self.rows, self.bytes, self.budget
        )
    }
}

impl core::error::Error for BudgetExceeded {}

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

/// A table in the making.
///
/// ```
/// use trailsift_core::{Options, compile};
/// use trailsift_engine::table::{Builder, Settings};
///
/// let mut builder = Builder::new(Settings::default());
/// for chunk in br#"{"type":"s"}{"type":"fp"}{"type":"f"}"#.chunks(7) {
///     builder.push(chunk).unwrap();
/// }
/// let mut table = builder.finish();
/// let query = compile("type:f*", &Options::default()).unwrap();
/// assert_eq!(table.count(query.filter()).unwrap(), 2);
/// ```
#[derive(Clone, Debug)]
pub struct Builder {
    chunks: Chunks,
    content: Content,
}

/// What has been read so far.
#[derive(Clone, Debug)]
struct Content {
    settings: Settings,
    columns: Columns,
    rows: Rows,
    report: Report,
    /// Bytes of entries since the memory was last measured.
    unmeasured: usize,
    exceeded: Option<BudgetExceeded>,
}

impl Builder {
    /// A table without rows; of paths below the entry's own members it gets those that the settings name.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let mut columns = Columns::new(true, settings.columns);
        for path in &settings.paths {
            columns.wish(path, &settings.sizes);
        }
        let rows = Rows::new(settings.sizes.segment);
        let content = Content {
            settings,
            columns,
            rows,
            report: Report::default(),
            unmeasured: 0,
            exceeded: None,
        };
        Self { chunks: Chunks::default(), content }
    }

    /// Reads the next chunk.
    ///
    /// # Errors
    ///
    /// The budget is spent. The rows up to then stay, and nothing is added to them any more.
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), BudgetExceeded> {
        self.read(chunk, false);
        self.content.exceeded.map_or(Ok(()), Err)
    }

    /// Entries read so far, and what is broken among them; `matches` says nothing here.
    #[must_use]
    pub const fn report(&self) -> &Report {
        &self.content.report
    }

    /// Bytes of memory that the table takes so far.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.content.memory() + self.chunks.memory()
    }

    /// The table, when the input has ended. [`Table::exceeded`] says whether all of it is there.
    #[must_use]
    pub fn finish(mut self) -> Table {
        self.read(&[], true);
        let Content { settings, mut columns, mut rows, report, mut exceeded, .. } = self.content;
        if columns.seal(rows.open(), &settings.sizes).is_err() && exceeded.is_none() {
            let (rows, bytes) = (rows.len() as u64, columns.memory());
            exceeded = Some(BudgetExceeded { rows, bytes, budget: settings.budget });
        }
        columns.close();
        rows.close();
        Table::new(settings, columns, rows, report, exceeded)
    }

    fn read(&mut self, chunk: &[u8], last: bool) {
        let content = &mut self.content;
        if content.exceeded.is_some() {
            return;
        }
        self.chunks.read(chunk, last, |found| content.take(found));
    }
}

impl Content {
    fn take(&mut self, found: Found<'_>) -> ControlFlow<()> {
        let (text, within, range) = match found {
            Found::Entry { text, within, range } => (text, within, range),
            Found::Broken(broken) => {
                self.report.note(broken);
                return ControlFlow::Continue(());
            }
        };
        self.unmeasured += within.len();
        let row = self.rows.open();
        let sizes = self.settings.sizes;
        let segments = (self.rows.len() - row) / sizes.segment;
        let read = self.columns.read(text, within, Place { row, segments, sizes });
        if read.is_err() {
            return self.stop();
        }
        self.rows.push(range);
        self.report.entries += 1;
        if self.rows.open() == sizes.segment {
            if self.columns.seal(sizes.segment, &sizes).is_err() {
                return self.stop();
            }
            self.rows.seal();
        }
        let due = self.rows.len().is_multiple_of(MEASURE_ROWS) || self.unmeasured > MEASURE_BYTES;
        if due {
            self.unmeasured = 0;
            if self.memory() > self.settings.budget || u32::try_from(self.rows.len()).is_err() {
                return self.stop();
            }
        }
        ControlFlow::Continue(())
    }

    fn memory(&self) -> usize {
        self.columns.memory() + self.rows.memory()
    }

    fn stop(&mut self) -> ControlFlow<()> {
        self.exceeded = Some(BudgetExceeded {
            rows: self.rows.len() as u64,
            bytes: self.memory(),
            budget: self.settings.budget,
        });
        ControlFlow::Break(())
    }
}

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
    row: usize,
    /// Bytes of entries since the memory was last measured.
    unmeasured: usize,
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
            unmeasured: 0,
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
            chunks.read(chunk, last, |found| match self.take(found) {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    self.error = Some(error);
                    ControlFlow::Break(())
                }
            });
            self.chunks = chunks;
        }
        self.error.map_or(Ok(()), Err)
    }

    fn take(&mut self, found: Found<'_>) -> Result<(), AddError> {
        let Found::Entry { text, within, range } = found else { return Ok(()) };
        let segment = self.sizes.segment;
        let row = self.row;
        match self.rows.get(row) {
            Some(expected) if expected == range => {}
            None if self.cut => return Ok(()),
            _ => return Err(AddError::OtherBytes { row: row as u64 }),
        }
        for (_, plan, rows) in &mut self.leaves {
            if plan.matches_at(text, within.start) {
                rows.insert(u32::try_from(row).unwrap_or(u32::MAX));
            }
        }
        self.unmeasured += within.len();
        let sizes = self.sizes;
        let place = Place { row: row % segment, segments: row / segment, sizes };
        let read = self.columns.read(text, within, place);
        read.map_err(|TooLong| self.too_much())?;
        self.row += 1;
        if self.row.is_multiple_of(segment) {
            self.columns.seal(segment, &sizes).map_err(|TooLong| self.too_much())?;
        }
        if self.row.is_multiple_of(MEASURE_ROWS) || self.unmeasured > MEASURE_BYTES {
            self.unmeasured = 0;
            if self.columns.memory() > self.room {
                return Err(self.too_much());
            }
        }
        Ok(())
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

/// The paths of a [`Missing`] as one may name them in [`Settings`] for the next table.
impl From<Missing> for Vec<String> {
    fn from(missing: Missing) -> Self {
        missing.paths
    }
}
