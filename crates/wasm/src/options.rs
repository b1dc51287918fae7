//! The caller's options, read strictly: a name or a value that does not exist is the programmer's mistake.

use js_sys::{Object, TypeError};
use serde::Deserialize;
use trailsift_core::{Dialect, Options, Schema, Timestamp};
use wasm_bindgen::{JsCast, JsValue};

/// `Options` of `js/types.ts`. A property that is `undefined` counts as absent.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Incoming {
    dialect: Option<DialectName>,
    schema: Option<String>,
    strict: Option<bool>,
    now: Option<f64>,
    ignore_case: Option<bool>,
}

/// The properties of [`Incoming`]; serde-wasm-bindgen passes over those that a structure does not have.
const NAMES: [&str; 5] = ["dialect", "schema", "strict", "now", "ignoreCase"];

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum DialectName {
    Q,
    Fga,
}

/// Reads options, or tells in a `TypeError` which one is wrong and what it may be.
pub(crate) fn from_js(value: JsValue) -> Result<Options, JsValue> {
    if let Some(object) = value.dyn_ref::<Object>() {
        let unknown = Object::keys(object)
            .iter()
            .filter_map(|key| key.as_string())
            .find(|key| !NAMES.contains(&&**key));
        if let Some(name) = unknown {
            return Err(type_error(&format!(
                "unknown option `{name}`; there are {}",
                listed(&NAMES)
            )));
        }
    }
    let incoming: Incoming = serde_wasm_bindgen::from_value(value)
        .map_err(|error| type_error(&format!("the options cannot be read: {error}")))?;
    Ok(Options {
        dialect: match incoming.dialect {
            None | Some(DialectName::Q) => Dialect::Q,
            Some(DialectName::Fga) => Dialect::Fga,
        },
        schema: schema(incoming.schema.as_deref().unwrap_or("any"))?,
        strict: incoming.strict.unwrap_or(false),
        now: incoming.now.map(timestamp).transpose()?,
        ignore_case: incoming.ignore_case.unwrap_or(false),
        ..Options::default()
    })
}

fn schema(name: &str) -> Result<&'static Schema, JsValue> {
    Schema::by_name(name).ok_or_else(|| {
        let names: Vec<_> = Schema::ALL.iter().map(|schema| schema.name()).collect();
        type_error(&format!("unknown schema `{name}`; there are {}", listed(&names)))
    })
}

/// A time as JavaScript has it: milliseconds since 1970.
#[expect(
    clippy::cast_possible_truncation,
    reason = "floored, and checked to be within the range of `Date`"
)]
fn timestamp(milliseconds: f64) -> Result<Timestamp, JsValue> {
    /// The largest distance from 1970 that JavaScript's `Date` can hold (ECMA-262, 21.4.1.1).
    const FURTHEST: f64 = 8.64e15;
    if milliseconds.abs() <= FURTHEST {
        Ok(Timestamp::from_millis(milliseconds.floor() as i64))
    } else {
        Err(type_error(&format!(
            "`now` is {milliseconds}, which is no time in milliseconds since 1970"
        )))
    }
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn type_error(message: &str) -> JsValue {
    TypeError::new(message).into()
}
