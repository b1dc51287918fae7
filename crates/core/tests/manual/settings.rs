//! How a block's queries are read, by the words behind its fence: `schema=auth0 dialect=fga now=2026-06-10T12:00:00Z`.

use trailsift_core::{Dialect, Options, Schema, Timestamp};

/// `defaults` with what the words change.
pub(crate) fn options(words: &[String], defaults: &Options, place: &str) -> Options {
    let mut options = defaults.clone();
    for word in words {
        set(&mut options, word).unwrap_or_else(|| panic!("{place}: `{word}` is not a setting"));
    }
    options
}

/// Small limits keep the pages on limits readable.
fn set(options: &mut Options, word: &str) -> Option<()> {
    let (name, value) = word.split_once('=').unwrap_or((word, ""));
    match name {
        "schema" => options.schema = Schema::by_name(value)?,
        "dialect" => options.dialect = Dialect::by_name(value)?,
        "now" => options.now = Some(Timestamp::parse(value.as_bytes())?),
        "strict" => options.strict = true,
        "ignore-case" => options.ignore_case = true,
        "text" => options.limits.text = value.parse().ok()?,
        "depth" => options.limits.depth = value.parse().ok()?,
        "clauses" => options.limits.clauses = value.parse().ok()?,
        "stars" => options.limits.stars = value.parse().ok()?,
        _ => return None,
    }
    Some(())
}
