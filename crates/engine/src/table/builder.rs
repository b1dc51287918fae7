//! From bytes to a table, chunk by chunk.

use alloc::vec::Vec;
use core::{
    fmt,
    ops::{ControlFlow, Range},
};

use super::{
    Settings, Table,
    chunks::{Chunks, Reader},
    columns::{Columns, Place},
    rows::Rows,
};
use crate::{json::JsonError, scan::Report, split::Broken};

/// Rows, and bytes of entries, that are put into their columns together: few enough to be near still.
const BATCH_ROWS: usize = 128;
const BATCH_BYTES: usize = 256 << 10;

/// Rows, and bytes of entries, after which the memory is measured again.
pub(super) const MEASURE_ROWS: usize = 256;
pub(super) const MEASURE_BYTES: usize = 1 << 20;

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
pub(super) struct Ranges {
    /// In the input.
    pub(super) list: Vec<Range<u64>>,
    /// From here to there in the buffer.
    pub(super) within: Range<usize>,
}

impl Ranges {
    pub(super) fn push(&mut self, within: Range<usize>, range: Range<u64>) {
        if self.list.is_empty() {
            self.within = within;
        } else {
            self.within.end = within.end;
        }
        self.list.push(range);
    }

    /// Whether an entry that begins at `start` is better not added.
    pub(super) fn is_full(&self, start: usize) -> bool {
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
