//! Reading a suite, and comparing what differs with what is known to differ: a new difference fails, and so does a
//! known one that has vanished.

use std::{fs, path::Path};

use serde::de::DeserializeOwned;

/// The suite's cases; `None`, said aloud, where the folder of reference material is not there.
pub(crate) fn read<T: DeserializeOwned>(name: &str) -> Option<T> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/suites").join(name);
    let Ok(text) = fs::read_to_string(&path) else {
        println!("skipped: no reference material beside the checkout ({name})");
        return None;
    };
    Some(serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}")))
}

/// A query on which this language differs from a suite, and why.
pub(crate) type Known = (&'static str, &'static str);

/// Fails unless exactly the `known` queries are among `found`, each with what was found of it, and unless the page about
/// differences names each of them and counts rightly how many of the `total` cases agree.
pub(crate) fn compare(suite: &str, total: usize, found: &[(String, String)], known: &[Known]) {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/language-differences.md");
    let page = fs::read_to_string(page).expect("the page is there");
    let mut wrong = Vec::new();
    for (query, what) in found {
        if !known.iter().any(|(other, _)| other == query) {
            wrong.push(format!("new difference: {query:?}: {what}"));
        }
    }
    for (query, why) in known {
        if !found.iter().any(|(other, _)| other == query) {
            wrong.push(format!("no longer a difference, take it off the list: {query:?} ({why})"));
        }
        // A `|` in a table is escaped.
        if !page.replace("\\|", "|").contains(&format!("`{}`", query.trim())) {
            wrong.push(format!("the page does not name {query:?}"));
        }
    }
    let row = format!("| {suite} | {total} | {} |", total - found.len());
    if !page.contains(&row) {
        wrong.push(format!("the page's table does not say: {row}"));
    }
    assert!(wrong.is_empty(), "{suite}\n{}", wrong.join("\n"));
}
