//! Queries as JavaScript holds them.

use std::{cell::OnceCell, rc::Rc};

use serde::Serialize;
use trailsift_core::{Filter, Options, Query};
use trailsift_engine::{json::Json, plan::Plan, scan};
use wasm_bindgen::prelude::*;

use crate::{
    Scan, diagnostics,
    entry::{broken_to_js, whole},
    options,
};

/// The diagnostics of a query's text, as an array.
///
/// # Errors
///
/// A `TypeError` for options that do not exist.
#[wasm_bindgen]
pub fn check(text: &str, options: &JsValue) -> Result<JsValue, JsValue> {
    let options = options::from_js(options)?;
    diagnostics::to_js(text, &trailsift_core::check(text, &options))
}

/// Compiles a query's text.
///
/// # Errors
///
/// A `TypeError` for options that do not exist; the array of diagnostics for a text that has no meaning.
#[wasm_bindgen]
pub fn compile(text: &str, options: &JsValue) -> Result<CompiledQuery, JsValue> {
    let options = options::from_js(options)?;
    match trailsift_core::compile(text, &options) {
        Ok(query) => Ok(CompiledQuery {
            text: text.to_owned(),
            options,
            query: Rc::new(query),
            plan: OnceCell::new(),
        }),
        Err(found) => Err(diagnostics::to_js(text, found.as_slice())?),
    }
}

/// A query that has a meaning.
#[wasm_bindgen]
#[derive(Debug)]
pub struct CompiledQuery {
    text: String,
    options: Options,
    query: Rc<Query>,
    /// Made for the first scan: a query that is held against single entries needs none.
    plan: OnceCell<Rc<Plan>>,
}

impl CompiledQuery {
    /// What it means.
    pub(crate) fn filter(&self) -> &Filter {
        self.query.filter()
    }
}

#[wasm_bindgen]
impl CompiledQuery {
    /// The query as canonical text, in its own dialect: compiled with the same options, it is the same query.
    #[must_use]
    pub fn canonical(&self) -> String {
        trailsift_core::print(self.query.filter(), &self.options)
    }

    /// What is doubtful about the text, as an array of diagnostics.
    ///
    /// # Errors
    ///
    /// Those of JavaScript, when it cannot make an array.
    pub fn warnings(&self) -> Result<JsValue, JsValue> {
        diagnostics::to_js(&self.text, self.query.warnings())
    }

    /// What the query means, in English.
    #[must_use]
    pub fn describe(&self) -> String {
        trailsift_core::describe(self.query.filter(), &self.options)
    }

    /// What the query's conditions find in one entry, as an array; the entry is the bytes of its JSON.
    ///
    /// # Errors
    ///
    /// The array of what is broken, for bytes that are not one JSON object.
    pub fn explain(&self, json: &[u8]) -> Result<JsValue, JsValue> {
        let found = trailsift_core::explain(self.query.filter(), entry(json)?);
        Ok(found.serialize(&serde_wasm_bindgen::Serializer::json_compatible())?)
    }

    /// The filter as plain objects.
    ///
    /// # Errors
    ///
    /// Those of JavaScript, when it cannot make an object.
    #[wasm_bindgen(js_name = toJson)]
    pub fn to_json(&self) -> Result<JsValue, JsValue> {
        Ok(self.query.filter().serialize(&serde_wasm_bindgen::Serializer::json_compatible())?)
    }

    /// Whether one entry, as the bytes of its JSON, matches.
    ///
    /// # Errors
    ///
    /// The array of what is broken, for bytes that are not one JSON object.
    pub fn matches(&self, json: &[u8]) -> Result<bool, JsValue> {
        Ok(self.query.matcher().matches(entry(json)?))
    }

    /// Begins a pass over a log. `check` says how much of it is checked: `walked`, `every` or `strict`.
    ///
    /// # Errors
    ///
    /// A `TypeError` for another `check`.
    pub fn scan(&self, check: &str) -> Result<Scan, JsValue> {
        let scan = match check {
            "walked" => scan::Scan::new(),
            "every" => scan::Scan::checked(),
            "strict" => scan::Scan::strict(),
            _ => {
                let message =
                    format!("option `check`: `{check}` is none of `walked`, `every`, `strict`");
                return Err(options::type_error(&message));
            }
        };
        let plan = self.plan.get_or_init(|| Rc::new(Plan::new(self.query.filter())));
        Ok(Scan::new(Rc::clone(plan), scan))
    }

    /// The same query once more, which lives as long as whoever asked for it needs it.
    #[must_use]
    pub fn share(&self) -> Self {
        Self {
            text: self.text.clone(),
            options: self.options.clone(),
            query: Rc::clone(&self.query),
            plan: self.plan.clone(),
        }
    }
}

/// The one entry in `json`; else, as an exception, the array of what is broken.
fn entry(json: &[u8]) -> Result<Json<'_>, JsValue> {
    whole(json).or_else(|broken| Err(broken_to_js(&[broken])?))
}
