//! The log read into a table, and read again for what it lacks.

use js_sys::{Error, Uint8Array};
use trailsift_core::{Schema, filter::Word};
use trailsift_engine::table::{
    AddError, Additions, Builder, Missing, Settings, Table, nested_paths,
};
use wasm_bindgen::prelude::*;

use super::{BuiltTable, exceeded};
use crate::{
    entry::ToldBroken,
    field::source_of,
    number::{as_number, as_size},
    options,
    piece::Piece,
};

/// Paths that a sample gives at most: as many columns as entries' own members get.
const SAMPLED: usize = 512;

/// A table in the making.
#[wasm_bindgen]
#[derive(Debug)]
pub struct TableBuilder {
    builder: Builder,
    schema: &'static Schema,
    piece: Piece,
    told: ToldBroken,
}

#[wasm_bindgen]
impl TableBuilder {
    /// A table without rows, for as many bytes of memory; of deeper fields it gets those that are named, and those that
    /// are in a sample of the log.
    ///
    /// # Errors
    ///
    /// A `TypeError` for options or fields that do not exist.
    #[wasm_bindgen(constructor)]
    pub fn new(
        options: &JsValue,
        budget: f64,
        fields: Vec<String>,
        sample: Option<Uint8Array>,
    ) -> Result<Self, JsValue> {
        let schema = options::from_js(options)?.schema;
        let mut piece = Piece::default();
        let mut paths =
            sample.map_or_else(Vec::new, |sample| nested_paths(piece.fill(&sample), SAMPLED));
        for field in &fields {
            let source = source_of(schema, field)?;
            paths.extend(source.paths.into_iter().map(Word::into_owned));
        }
        let settings = Settings { budget: as_size(budget), paths, ..Settings::default() };
        Ok(Self { builder: Builder::new(settings), schema, piece, told: ToldBroken::default() })
    }

    /// Reads the next piece.
    ///
    /// # Errors
    ///
    /// The budget, when it is spent.
    pub fn push(&mut self, bytes: &Uint8Array) -> Result<(), JsValue> {
        self.builder.push(self.piece.fill(bytes)).map_err(exceeded)
    }

    /// Whole entries read so far.
    pub fn entries(&self) -> f64 {
        as_number(self.builder.report().entries)
    }

    /// Broken pieces so far.
    #[wasm_bindgen(js_name = brokenCount)]
    pub fn broken_count(&self) -> f64 {
        as_number(self.builder.report().broken)
    }

    /// The broken pieces since the last call, as an array; of a whole log, only the first hundred.
    ///
    /// # Errors
    ///
    /// Those of JavaScript, when it cannot make an array.
    #[wasm_bindgen(js_name = takeBroken)]
    pub fn take_broken(&mut self) -> Result<JsValue, JsValue> {
        self.told.fresh(self.builder.report())
    }

    /// Bytes of memory so far.
    pub fn memory(&self) -> f64 {
        as_number(self.builder.memory() as u64)
    }

    /// Says that nothing follows, and gives the table.
    ///
    /// # Errors
    ///
    /// The budget, when it is spent.
    pub fn finish(self) -> Result<BuiltTable, JsValue> {
        let Self { builder, schema, told, .. } = self;
        let table = builder.finish();
        table.exceeded().map_or(Ok(()), |budget| Err(exceeded(budget)))?;
        Ok(BuiltTable { table, schema, told, missing: Missing::default() })
    }
}

/// What a table lacks, in the making.
#[wasm_bindgen]
#[derive(Debug)]
pub struct TableAdditions {
    additions: Additions,
    piece: Piece,
}

impl TableAdditions {
    pub(super) fn new(table: &Table, missing: &Missing) -> Self {
        Self { additions: Additions::new(table, missing), piece: Piece::default() }
    }
}

#[wasm_bindgen]
impl TableAdditions {
    /// Reads the next piece of the same log.
    ///
    /// # Errors
    ///
    /// The budget, when it is spent; an `Error` when it is not the same log.
    pub fn push(&mut self, bytes: &Uint8Array) -> Result<(), JsValue> {
        self.additions.push(self.piece.fill(bytes)).map_err(failed)
    }

    /// Says that nothing follows, and gives what was read to the table.
    ///
    /// # Errors
    ///
    /// As `push`.
    pub fn finish(self, table: &mut BuiltTable) -> Result<(), JsValue> {
        self.additions.finish(&mut table.table).map_err(failed)
    }
}

fn failed(error: AddError) -> JsValue {
    match error {
        AddError::Budget(budget) => exceeded(budget),
        AddError::OtherBytes { row } => Error::new(&format!(
            "the log has changed since the table was made of it: entry {row} lies elsewhere"
        ))
        .into(),
    }
}
