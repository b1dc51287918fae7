//! Fields that a table is asked about by name.

use trailsift_core::{Derived, Schema, Source, filter::Word};
use trailsift_engine::table::Field;
use wasm_bindgen::JsValue;

use crate::options::type_error;

/// Where a field's values come from.
///
/// # Errors
///
/// A `TypeError` for a field that the schema does not have; it says which was likely meant.
pub(crate) fn source_of(schema: &Schema, name: &str) -> Result<Source, JsValue> {
    schema.source_of(name).ok_or_else(|| {
        let meant = schema.likely_field(name);
        let meant = meant.map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
        type_error(&format!("the schema `{schema}` has no field `{name}`{meant}"))
    })
}

/// Fields found in a schema, for as long as a question lasts.
pub(crate) struct Sources<'s>(Vec<(Vec<&'s str>, Option<Derived>)>);

impl<'s> Sources<'s> {
    pub(crate) fn new(sources: &'s [Source]) -> Self {
        let paths = |source: &'s Source| source.paths.iter().map(Word::as_ref).collect();
        Self(sources.iter().map(|source| (paths(source), source.derived)).collect())
    }

    pub(crate) fn fields(&self) -> Vec<Field<'_>> {
        self.0.iter().map(|(paths, derived)| Field { paths, derived: *derived }).collect()
    }
}
