//! From bytes to a table, chunk by chunk; and the second reading, which adds what a table does not have.

use alloc::{string::String, sync::Arc, vec::Vec};
use core::{
    fmt,
    ops::{ControlFlow, Range},
};

use trailsift_core::{Filter, filter::Leaf};

use super::{
    Bitmap, Missing, Settings, Sizes, Table,
    chunks::{Chunks, Reader},
    columns::{Columns, Place},
    plain::TooLong,
    rows::Rows,
};
use crate::{json::JsonError, plan::Plan, scan::Report, split::Broken};

/// Rows, and bytes of entries, that are put into their columns together: few enough to be near still.
const BATCH_ROWS: usize = 128;
const BATCH_BYTES: usize = 256 << 10;

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
    batch: Ranges,
    /// Rows, and bytes of entries, since the memory was last measured.
    unmeasured: (usize, usize),
    exceeded: Option<BudgetExceeded>,
}

/// Where the entries of a batch lie.
#[derive(Clone, Debug, Default)]
struct Ranges {
    /// In the input.
    list: Vec<Range<u64>>,
    /// From here to there in the buffer.
    within: Range<usize>,
}

impl Ranges {
    fn push(&mut self, within: Range<usize>, range: Range<u64>) {
        if self.list.is_empty() {
            self.within = within;
        } else {
            self.within.end = within.end;
        }
        self.list.push(range);
    }

    /// Whether an entry that begins at `start` is better not added.
    fn is_full(&self, start: usize) -> bool {
        let is_long = start.saturating_sub(self.within.start) > BATCH_BYTES;
        self.list.len() >= BATCH_ROWS || is_long && !self.list.is_empty()
    }
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
            batch: Ranges::default(),
            unmeasured: (0, 0),
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
        if self.content.exceeded.is_none() {
            self.chunks.read(chunk, last, &mut self.content);
        }
    }
}

impl Reader for Content {
    fn walk(&mut self, buffer: &[u8], at: usize) -> Result<usize, JsonError> {
        self.columns.walk(buffer, at)
    }

    fn is_page(&self) -> bool {
        self.columns.is_page()
    }

    fn take(&mut self, buffer: &[u8], within: Range<usize>, range: Range<u64>) -> ControlFlow<()> {
        let is_whole = self.rows.open() + self.batch.list.len() == self.settings.sizes.segment;
        if is_whole || self.batch.is_full(within.start) {
            self.flush(buffer)?;
        }
        if self.batch.list.is_empty() {
            self.columns.begin(within.start);
        }
        if self.columns.take(buffer, within.clone(), self.place()).is_err() {
            return self.stop();
        }
        self.batch.push(within, range);
        ControlFlow::Continue(())
    }

    fn note(&mut self, broken: Broken) {
        self.report.note(broken);
    }

    fn flush(&mut self, buffer: &[u8]) -> ControlFlow<()> {
        if self.columns.flush(buffer, self.place()).is_err() {
            return self.stop();
        }
        let Ranges { list, within } = &mut self.batch;
        self.report.entries += list.len() as u64;
        self.unmeasured.0 += list.len();
        self.unmeasured.1 += within.len();
        list.drain(..).for_each(|range| self.rows.push(range));
        let sizes = self.settings.sizes;
        if self.rows.open() == sizes.segment {
            if self.columns.seal(sizes.segment, &sizes).is_err() {
                return self.stop();
            }
            self.rows.seal();
        }
        if self.unmeasured.0 >= MEASURE_ROWS || self.unmeasured.1 > MEASURE_BYTES {
            self.unmeasured = (0, 0);
            if self.memory() > self.settings.budget || u32::try_from(self.rows.len()).is_err() {
                return self.stop();
            }
        }
        ControlFlow::Continue(())
    }
}

impl Content {
    /// Of the next row.
    fn place(&self) -> Place {
        let (open, sizes) = (self.rows.open(), self.settings.sizes);
        let segments = (self.rows.len() - open) / sizes.segment;
        Place { row: open + self.batch.list.len(), segments, sizes }
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

/// The paths of a [`Missing`] as one may name them in [`Settings`] for the next table.
impl From<Missing> for Vec<String> {
    fn from(missing: Missing) -> Self {
        missing.paths
    }
}
