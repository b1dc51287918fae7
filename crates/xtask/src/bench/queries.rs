//! The queries that every side answers, each with the same meaning in the others' languages.

use anyhow::{Context, Result};
use serde_json::Value;

/// One question in several languages; JavaScript's and SQL's are read by the scripts of `tests/bench`.
#[derive(Debug)]
pub(super) struct Query {
    /// Names it in measurements.
    pub(super) name: String,
    /// What it asks for, for people.
    pub(super) about: String,
    /// In Trailsift's language, with this schema.
    pub(super) text: String,
    pub(super) schema: String,
    /// A condition on one entry, in jq's.
    pub(super) jq: String,
}

/// All of them; the first is Q1 of the goals.
pub(super) fn all() -> Result<Vec<Query>> {
    let text = include_str!("../../../../tests/bench/queries.json");
    let queries: Vec<Value> = serde_json::from_str(text).context("queries.json is not JSON")?;
    queries.iter().map(read).collect::<Option<_>>().context("queries.json lacks a member")
}

fn read(query: &Value) -> Option<Query> {
    let text = |name: &str| query.get(name)?.as_str().map(str::to_owned);
    Some(Query {
        name: text("name")?,
        about: text("about")?,
        text: text("query")?,
        schema: text("schema").unwrap_or_else(|| "auth0".to_owned()),
        jq: text("jq")?,
    })
}
