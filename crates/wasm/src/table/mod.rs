//! Tables as JavaScript holds them: built while bytes stream in, asked again and again.
//!
//! An answer that needs what the table does not have is `undefined`; then [`BuiltTable::additions`] is what reads the
//! log again for it.

mod answer;
mod reading;

use js_sys::{Float64Array, RangeError};
use serde::Serialize;
use trailsift_core::{Schema, Source, filter::Word};
use trailsift_engine::table::{BudgetExceeded, Field, Missing, Sort, Table, csv_header};
use wasm_bindgen::prelude::*;

pub use reading::{TableAdditions, TableBuilder};

use crate::{
    CompiledQuery,
    entry::ToldBroken,
    field::{Sources, source_of},
    number::{as_number, as_row, as_size},
};

/// A log as columns.
#[wasm_bindgen]
#[derive(Debug)]
pub struct BuiltTable {
    table: Table,
    schema: &'static Schema,
    told: ToldBroken,
    /// What the last question lacked.
    missing: Missing,
}

impl BuiltTable {
    /// The answer; nothing, when the table lacks something for it.
    fn known<T>(&mut self, answer: Result<T, Missing>) -> Option<T> {
        answer.map_err(|missing| self.missing = missing).ok()
    }

    /// Columns as the table names them, or else fields.
    fn columns_of(&self, names: Vec<String>) -> Result<Vec<Source>, JsValue> {
        let own = |name: &String| self.table.paths().any(|path| path == name);
        let source = |name: String| {
            if own(&name) {
                Ok(Source { paths: vec![name.into()], derived: None })
            } else {
                source_of(self.schema, &name)
            }
        };
        names.into_iter().map(source).collect()
    }

    fn sources(&self, fields: &[String]) -> Result<Vec<Source>, JsValue> {
        fields.iter().map(|field| source_of(self.schema, field)).collect()
    }
}

#[wasm_bindgen]
impl BuiltTable {
    /// How many rows it has.
    pub fn length(&self) -> u32 {
        self.table.len()
    }

    /// Broken pieces of the log.
    #[wasm_bindgen(js_name = brokenCount)]
    pub fn broken_count(&self) -> f64 {
        as_number(self.table.report().broken)
    }

    /// The broken pieces that only the log's end has settled, as an array.
    ///
    /// # Errors
    ///
    /// Those of JavaScript, when it cannot make an array.
    #[wasm_bindgen(js_name = takeBroken)]
    pub fn take_broken(&mut self) -> Result<JsValue, JsValue> {
        self.told.fresh(self.table.report())
    }

    /// Bytes of memory that it takes.
    pub fn memory(&self) -> f64 {
        as_number(self.table.memory() as u64)
    }

    /// The paths that have a column.
    pub fn columns(&self) -> Vec<String> {
        self.table.paths().map(str::to_owned).collect()
    }

    /// How many rows match.
    pub fn count(&mut self, query: &CompiledQuery) -> Option<f64> {
        let count = self.table.count(query.filter());
        self.known(count).map(as_number)
    }

    /// The rows that match: in the order of the log, or sorted by a field.
    ///
    /// # Errors
    ///
    /// A `TypeError` for a field that is none.
    pub fn select(
        &mut self,
        query: &CompiledQuery,
        sort: Option<String>,
        descending: bool,
        offset: f64,
        limit: f64,
    ) -> Result<Option<Float64Array>, JsValue> {
        let source = sort.map(|field| source_of(self.schema, &field)).transpose()?;
        let sources = Sources::new(source.as_slice());
        let sort = sources.fields().first().map(|field| Sort { field: *field, descending });
        let rows = self.table.select(query.filter(), sort, as_size(offset), as_size(limit));
        Ok(self.known(rows).map(|rows| numbers(&rows)))
    }

    /// The most frequent values of each field among the rows that match, as an array.
    ///
    /// # Errors
    ///
    /// A `TypeError` for a field that is none.
    pub fn facets(
        &mut self,
        query: &CompiledQuery,
        fields: Vec<String>,
        top: f64,
    ) -> Result<JsValue, JsValue> {
        let sources = self.sources(&fields)?;
        let sources = Sources::new(&sources);
        let facets = self.table.facets(query.filter(), &sources.fields(), as_size(top));
        match self.known(facets) {
            Some(facets) => answer::facets(&fields, facets),
            None => Ok(JsValue::UNDEFINED),
        }
    }

    /// How many different values a field has among the rows that match.
    ///
    /// # Errors
    ///
    /// A `TypeError` for a field that is none.
    pub fn distinct(&mut self, query: &CompiledQuery, field: &str) -> Result<Option<f64>, JsValue> {
        let source = source_of(self.schema, field)?;
        let paths: Vec<&str> = source.paths.iter().map(Word::as_ref).collect();
        let asked = Field { paths: &paths, derived: source.derived };
        let distinct = self.table.distinct(query.filter(), asked);
        Ok(self.known(distinct).map(as_number))
    }

    /// The rows that match by time, as an object. Without a field by that of the schema; where it has none, by the first
    /// that is there of those of all schemas.
    ///
    /// # Errors
    ///
    /// A `TypeError` for a field that is none.
    pub fn histogram(
        &mut self,
        query: &CompiledQuery,
        buckets: f64,
        field: Option<String>,
    ) -> Result<JsValue, JsValue> {
        let field = field.unwrap_or_else(|| self.time_field().to_owned());
        let source = source_of(self.schema, &field)?;
        let paths: Vec<&str> = source.paths.iter().map(Word::as_ref).collect();
        let asked = Field { paths: &paths, derived: source.derived };
        let histogram = self.table.histogram(query.filter(), asked, as_size(buckets));
        match self.known(histogram) {
            Some(histogram) => answer::histogram(&field, &histogram),
            None => Ok(JsValue::UNDEFINED),
        }
    }

    /// Pairs of offsets into the log: where the entries of the rows lie.
    ///
    /// # Errors
    ///
    /// A `RangeError` for a row that is not there.
    pub fn ranges(&self, rows: &[f64]) -> Result<Float64Array, JsValue> {
        let mut offsets = Vec::with_capacity(2 * rows.len());
        for row in rows {
            let Some(range) = self.table.row_range(as_row(*row)) else {
                return Err(RangeError::new(&format!(
                    "the table has no row {}",
                    crate::number::text(*row)
                ))
                .into());
            };
            offsets.extend([as_number(range.start), as_number(range.end)]);
        }
        Ok(Float64Array::from(offsets.as_slice()))
    }

    /// The line of CSV that names columns.
    #[wasm_bindgen(js_name = csvHeader)]
    pub fn csv_header(&self, fields: Vec<String>) -> Vec<u8> {
        let mut csv = Vec::new();
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        csv_header(&fields, &mut csv);
        csv
    }

    /// Of these rows those whose entries `csv` needs: an object is in one of their fields.
    ///
    /// # Errors
    ///
    /// A `TypeError` for a field that is none.
    #[wasm_bindgen(js_name = csvNeeds)]
    pub fn csv_needs(
        &mut self,
        fields: Vec<String>,
        rows: &[f64],
    ) -> Result<Option<Float64Array>, JsValue> {
        let sources = self.columns_of(fields)?;
        let rows: Vec<u32> = rows.iter().map(|row| as_row(*row)).collect();
        let needs = self.table.csv_needs(&Sources::new(&sources).fields(), &rows);
        Ok(self.known(needs).map(|rows| numbers(&rows)))
    }

    /// A line of CSV for each of the rows. A column is named as the table names it, or as a field. Of the rows that need
    /// their entries, `entries` has these one after the other, in their order, and `ends` where each ends in it.
    ///
    /// # Errors
    ///
    /// A `TypeError` for a field that is none.
    pub fn csv(
        &mut self,
        fields: Vec<String>,
        rows: &[f64],
        entries: &[u8],
        ends: &[f64],
    ) -> Result<Option<Vec<u8>>, JsValue> {
        let sources = self.columns_of(fields)?;
        let sources = Sources::new(&sources);
        let fields = sources.fields();
        let rows: Vec<u32> = rows.iter().map(|row| as_row(*row)).collect();
        let mut csv = Vec::new();
        let written = self.table.csv_needs(&fields, &rows).and_then(|needs| {
            let entry = |row: u32| {
                let index = needs.binary_search(&row).ok()?;
                let end = |index: usize| ends.get(index).copied().map(as_size);
                let start = index.checked_sub(1).map_or(Some(0), end)?;
                entries.get(start..end(index)?)
            };
            self.table.csv_rows(&fields, &rows, &entry, &mut csv)
        });
        Ok(self.known(written).map(|()| csv))
    }

    /// What reads the log again for what the last question lacked.
    #[must_use]
    pub fn additions(&self) -> TableAdditions {
        TableAdditions::new(&self.table, &self.missing)
    }

    fn time_field(&self) -> &'static str {
        self.schema.time_field().unwrap_or_else(|| {
            let mut names = Schema::ALL.iter().filter_map(|schema| schema.time_field());
            names.find(|name| self.table.paths().any(|path| path == *name)).unwrap_or("date")
        })
    }
}

/// Rows as JavaScript's numbers, few at a time: this machine's memory never shrinks.
fn numbers(rows: &[u32]) -> Float64Array {
    let all = Float64Array::new_with_length(u32::try_from(rows.len()).unwrap_or(u32::MAX));
    let mut room = Vec::with_capacity(rows.len().min(1 << 12));
    for (some, start) in rows.chunks(1 << 12).zip((0..).step_by(1 << 12)) {
        room.clear();
        room.extend(some.iter().copied().map(f64::from));
        let length = u32::try_from(room.len()).unwrap_or(u32::MAX);
        all.subarray(start, start.saturating_add(length)).copy_from(&room);
    }
    all
}

/// `Budget` of `js/errors.ts`.
#[derive(Serialize)]
struct Budget {
    rows: u64,
    bytes: usize,
    budget: usize,
}

/// The exception that says so.
fn exceeded(BudgetExceeded { rows, bytes, budget }: BudgetExceeded) -> JsValue {
    let exceeded = Budget { rows, bytes, budget };
    exceeded
        .serialize(&serde_wasm_bindgen::Serializer::json_compatible())
        .unwrap_or_else(JsValue::from)
}
