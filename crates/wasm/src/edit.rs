//! Queries edited as text: what a click on a value does.

use trailsift_core::edit;
use wasm_bindgen::prelude::*;

use crate::options;

/// The query with one more condition.
///
/// # Errors
///
/// A `TypeError` for options that do not exist.
#[wasm_bindgen]
pub fn and(text: &str, field: &str, value: &str, options: &JsValue) -> Result<String, JsValue> {
    Ok(edit::and(text, field, value, &options::from_js(options)?))
}

/// The query with one exception.
///
/// # Errors
///
/// A `TypeError` for options that do not exist.
#[wasm_bindgen(js_name = andNot)]
pub fn and_not(text: &str, field: &str, value: &str, options: &JsValue) -> Result<String, JsValue> {
    Ok(edit::and_not(text, field, value, &options::from_js(options)?))
}

/// The query without a condition and without its opposite.
///
/// # Errors
///
/// A `TypeError` for options that do not exist.
#[wasm_bindgen]
pub fn remove(text: &str, field: &str, value: &str, options: &JsValue) -> Result<String, JsValue> {
    Ok(edit::remove(text, field, value, &options::from_js(options)?))
}
