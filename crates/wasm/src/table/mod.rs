//! Tables as JavaScript holds them: built while bytes stream in, asked again and again.
//!
//! An answer that needs what the table does not have is `undefined`; then [`BuiltTable::additions`] is what reads the
//! log again for it.

mod answer;
mod reading;

use js_sys::{Float64Array, RangeError};
use serde::Serialize;
use trailsift_core::Schema;
use trailsift_engine::table::{BudgetExceeded, Missing, Sort, Table, csv_header};
use wasm_bindgen::prelude::*;

pub use reading::{TableAdditions, TableBuilder};

use crate::{
    CompiledQuery,
    entry::ToldBroken,
    field::path_of,
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

    fn paths(&self, fields: &[String]) -> Result<Vec<String>, JsValue> {
        fields.iter().map(|field| Ok(path_of(self.schema, field)?.into_owned())).collect()
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
        let path = sort.map(|field| path_of(self.schema, &field)).transpose()?;
        let sort = path.as_deref().map(|path| Sort { path, descending });
        let rows = self.table.select(query.filter(), sort, as_size(offset), as_size(limit));
        Ok(self.known(rows).map(|rows| {
            let rows: Vec<f64> = rows.into_iter().map(f64::from).collect();
            Float64Array::from(rows.as_slice())
        }))
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
        let paths = self.paths(&fields)?;
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let facets = self.table.facets(query.filter(), &paths, as_size(top));
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
        let path = path_of(self.schema, field)?;
        let distinct = self.table.distinct(query.filter(), &path);
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
        let path = path_of(self.schema, &field)?;
        let histogram = self.table.histogram(query.filter(), &path, as_size(buckets));
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

    /// A line of CSV for each of the rows. A column is named as the table names it, or as a field.
    ///
    /// # Errors
    ///
    /// A `TypeError` for a field that is none.
    pub fn csv(&mut self, fields: Vec<String>, rows: &[f64]) -> Result<Option<Vec<u8>>, JsValue> {
        let paths: Vec<String> = fields
            .iter()
            .map(|name| {
                let own = self.table.paths().any(|path| path == name);
                if own { Ok(name.clone()) } else { path_of(self.schema, name).map(Into::into) }
            })
            .collect::<Result<_, JsValue>>()?;
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let rows: Vec<u32> = rows.iter().map(|row| as_row(*row)).collect();
        let mut csv = Vec::new();
        let written = self.table.csv_rows(&paths, &rows, &mut csv);
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
