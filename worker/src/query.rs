//! A query's text to something to hold entries against, with our clock and the trail's schema.

use trailsift_core::{Dialect, Options, Query, Schema, compile};

use crate::{clock, error::Problem};

/// The options of a query over entries of that schema, now.
pub(crate) fn options(dialect: Dialect, schema: &'static Schema) -> Options {
    Options { dialect, schema, now: Some(clock::timestamp()), ..Options::default() }
}

/// Reads a query that came in the parameter `name`.
///
/// # Errors
/// [`Problem::Query`] with all that is wrong with it.
pub(crate) fn read(name: &'static str, text: &str, options: &Options) -> Result<Query, Problem> {
    compile(text, options).map_err(|diagnostics| Problem::Query {
        name,
        text: text.to_owned(),
        is_part: false,
        diagnostics,
    })
}

/// The schema of that name, if there is one.
pub(crate) fn known_schema(name: &str) -> Option<&'static Schema> {
    Schema::by_name(name)
}

/// The schema of that name.
///
/// # Errors
/// When a trail says a schema that this build does not have.
pub(crate) fn schema(name: &str) -> Result<&'static Schema, Problem> {
    known_schema(name).ok_or_else(|| Problem::Internal(format!("no schema `{name}`")))
}

/// How a dialect is called in a parameter and in a token.
pub(crate) const fn dialect_name(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Q => "q",
        Dialect::Fga => "fga",
    }
}
