//! The names of Auth0's event codes, for whoever shows entries.

use serde::Serialize;
use trailsift_core::events::{EVENTS, Event};
use wasm_bindgen::prelude::*;

/// `AuthEvent` of `js/types.ts`.
#[derive(Serialize)]
struct Outgoing {
    code: &'static str,
    name: &'static str,
    category: &'static str,
    outcome: &'static str,
    retired: bool,
}

/// Every event code that Auth0 has published, as an array of objects.
///
/// # Errors
///
/// Those of JavaScript, when it cannot make an array.
#[wasm_bindgen]
pub fn events() -> Result<JsValue, JsValue> {
    let outgoing: Vec<_> = EVENTS
        .iter()
        .map(|&Event { code, name, category, outcome, retired }| Outgoing {
            code,
            name,
            category: category.as_str(),
            outcome: outcome.as_str(),
            retired,
        })
        .collect();
    Ok(outgoing.serialize(&serde_wasm_bindgen::Serializer::json_compatible())?)
}
