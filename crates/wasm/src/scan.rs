//! One pass of a query over a log that comes in pieces. Not there yet: it waits for the engine's splitter.

use wasm_bindgen::prelude::*;

use crate::CompiledQuery;

fn not_yet() -> JsValue {
    js_sys::Error::new("this build of the engine cannot look at entries yet").into()
}

/// A pass that has begun.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Scan {}

#[wasm_bindgen]
#[expect(clippy::missing_errors_doc, reason = "nothing but an error yet")]
impl Scan {
    /// Looks through the next piece.
    pub fn push(&mut self, _bytes: &js_sys::Uint8Array) -> Result<js_sys::Float64Array, JsValue> {
        Err(not_yet())
    }

    /// Says that nothing follows.
    pub fn finish(&mut self) -> Result<js_sys::Float64Array, JsValue> {
        Err(not_yet())
    }

    /// The broken pieces since the last call.
    #[wasm_bindgen(js_name = takeBroken)]
    pub fn take_broken(&mut self) -> Result<JsValue, JsValue> {
        Err(not_yet())
    }

    /// Entries seen so far.
    pub fn entries(&self) -> f64 {
        0.0
    }
}

#[wasm_bindgen]
#[expect(clippy::missing_errors_doc, reason = "nothing but an error yet")]
impl CompiledQuery {
    /// Begins a pass over a log.
    pub fn scan(&self) -> Scan {
        Scan {}
    }

    /// Whether one entry, as JSON text, matches.
    #[wasm_bindgen(js_name = matchesText)]
    pub fn matches_text(&self, _entry: &str) -> Result<bool, JsValue> {
        Err(not_yet())
    }

    /// Whether one entry, as the bytes of its JSON, matches.
    #[wasm_bindgen(js_name = matchesBytes)]
    pub fn matches_bytes(&self, _entry: &[u8]) -> Result<bool, JsValue> {
        Err(not_yet())
    }
}
