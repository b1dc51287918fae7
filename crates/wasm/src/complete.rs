//! What could stand at the cursor, with places in UTF-16 units both ways.

use serde::Serialize;
use trailsift_core::{CompletionKind, Known, Span};
use wasm_bindgen::prelude::*;

use crate::{
    options,
    utf16::{self, byte_at},
};

/// `Completion` of `js/types.ts`.
#[derive(Serialize)]
struct Outgoing {
    span: Span,
    replacement: String,
    label: String,
    detail: String,
    kind: CompletionKind,
}

/// What could stand at `cursor`, as an array; the likeliest first. `fields` are those that the entries are known to have.
///
/// # Errors
///
/// A `TypeError` for options that do not exist.
#[wasm_bindgen]
pub fn complete(
    text: &str,
    cursor: usize,
    options: &JsValue,
    fields: Vec<String>,
) -> Result<JsValue, JsValue> {
    let options = options::from_js(options)?;
    let fields: Vec<_> = fields.iter().map(String::as_str).collect();
    let known = Known { fields: &fields, ..Known::default() };
    let outgoing: Vec<_> = trailsift_core::complete(text, byte_at(text, cursor), &options, known)
        .into_iter()
        .map(|found| Outgoing {
            span: utf16::span(text, found.span),
            replacement: found.replacement,
            label: found.label,
            detail: found.detail,
            kind: found.kind,
        })
        .collect();
    Ok(outgoing.serialize(&serde_wasm_bindgen::Serializer::json_compatible())?)
}
