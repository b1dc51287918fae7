//! Fields that a table is asked about by name.

use trailsift_core::{Schema, filter::Word};
use wasm_bindgen::JsValue;

use crate::options::type_error;

/// Where a field's values lie.
pub(crate) fn paths_of(schema: &Schema, name: &str) -> Result<Vec<Word>, JsValue> {
    schema.paths_of(name).ok_or_else(|| {
        let known = schema.fields().iter().any(|field| field.name() == name);
        type_error(&if known {
            format!("no entry holds `{name}`: its values are told by those of another field")
        } else {
            format!("the schema `{schema}` has no field `{name}`")
        })
    })
}

/// The one place where a field's values lie.
pub(crate) fn path_of(schema: &Schema, name: &str) -> Result<Word, JsValue> {
    let mut paths = paths_of(schema, name)?;
    match (paths.pop(), paths.is_empty()) {
        (Some(only), true) => Ok(only),
        (last, _) => {
            paths.extend(last);
            let paths = paths.iter().map(|path| format!("`{path}`")).collect::<Vec<_>>();
            let paths = paths.join(", ");
            Err(type_error(&format!(
                "`{name}` lies at several paths, of which one is to be named with the schema `any`: {paths}"
            )))
        }
    }
}
