//! The caller's options, read strictly: a name or a value that does not exist is the programmer's mistake.

use js_sys::{Object, Reflect, TypeError};
use trailsift_core::{Dialect, Options, Schema, Timestamp};
use wasm_bindgen::{JsCast, JsValue};

use crate::number;

/// The properties of `Options` in `js/types.ts`.
const NAMES: [&str; 5] = ["dialect", "schema", "strict", "now", "ignoreCase"];

/// Reads options, or tells in a `TypeError` which one is wrong and what it may be.
pub(crate) fn from_js(value: &JsValue) -> Result<Options, JsValue> {
    let object =
        value.dyn_ref::<Object>().ok_or_else(|| type_error("the options are no object"))?;
    let known = |key: &JsValue| key.as_string().is_some_and(|key| NAMES.contains(&&*key));
    if let Some(name) = Object::keys(object).iter().find(|key| !known(key)) {
        let name = name.as_string().unwrap_or_default();
        return Err(type_error(&format!("unknown option `{name}`; there are {}", listed(&NAMES))));
    }
    Ok(Options {
        dialect: option(object, "dialect", "a string", JsValue::as_string)?
            .map_or(Ok(Dialect::Q), dialect)?,
        schema: option(object, "schema", "a string", JsValue::as_string)?
            .map_or(Ok(Schema::ANY), schema)?,
        strict: option(object, "strict", "a boolean", JsValue::as_bool)?.unwrap_or(false),
        now: option(object, "now", "a number", JsValue::as_f64)?.map(timestamp).transpose()?,
        ignore_case: option(object, "ignoreCase", "a boolean", JsValue::as_bool)?.unwrap_or(false),
        ..Options::default()
    })
}

/// One option, which is `wanted` as `read` finds it; `undefined` and `null` count as absent.
fn option<T>(
    options: &Object,
    name: &str,
    wanted: &str,
    read: fn(&JsValue) -> Option<T>,
) -> Result<Option<T>, JsValue> {
    let value = Reflect::get(options, &JsValue::from_str(name))?;
    if value.is_undefined() || value.is_null() {
        return Ok(None);
    }
    let found = read(&value);
    found.map(Some).ok_or_else(|| type_error(&format!("option `{name}` is not {wanted}")))
}

fn dialect(name: String) -> Result<Dialect, JsValue> {
    match &*name {
        "q" => Ok(Dialect::Q),
        "fga" => Ok(Dialect::Fga),
        _ => {
            let names = listed(&["q", "fga"]);
            Err(type_error(&format!(
                "option `dialect`: unknown dialect `{name}`; there are {names}"
            )))
        }
    }
}

fn schema(name: String) -> Result<&'static Schema, JsValue> {
    Schema::by_name(&name).ok_or_else(|| {
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
        let given = number::text(milliseconds);
        Err(type_error(&format!("option `now`: {given} is no time in milliseconds since 1970")))
    }
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

pub(crate) fn type_error(message: &str) -> JsValue {
    TypeError::new(message).into()
}
