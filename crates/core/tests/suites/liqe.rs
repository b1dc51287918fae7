//! liqe's filter: queries, documents, and the names of those that match.
//!
//! liqe looks for a value anywhere in a field, whatever its case, and quotes make it mind the case. Here a field's value
//! is the whole value (Lucene's keyword), so the schema `any` with `ignore_case` is the nearest.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;
use trailsift_core::{Options, compile};

use crate::{
    known::{Known, compare, read},
    tree::Tree,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Suite {
    docs: Vec<Value>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Case {
    #[allow(dead_code, reason = "the same for all")]
    suite: String,
    query: String,
    expect_names: BTreeSet<String>,
}

const WHOLE: &str = "a value is the whole value: `*da*` finds a part";
const REGEX: &str = "no regular expressions";
const FLAG: &str = "no regular expressions: with a flag behind it, it is a value like any other";
const QUOTES: &str =
    "quotes do not change how case is minded; the option `ignore_case` holds for all";
const EQUALS: &str = "`:` alone compares; `=` begins the value";
const PRECEDENCE: &str = "AND binds before OR, whatever comes first";
const DIGITS: &str = "a number equals a number; `*364*` finds a part of its digits";

const KNOWN: &[Known] = &[
    (r#"name:"da""#, WHOLE),
    ("name:a*d", WHOLE),
    ("phoneNumber:404", WHOLE),
    ("balance:364", DIGITS),
    ("name:/(david)|(john)/", REGEX),
    ("name:/(David)|(John)/", REGEX),
    ("name:/(David)|(John)/i", FLAG),
    (r"email:/[^.:@\s](?:[^:@\s]*[^.:@\s])?@[^.@\s]+(?:\.[^.@\s]+)*/", REGEX),
    (r#"name:"David" OR name:"John""#, QUOTES),
    ("height:=175", EQUALS),
    ("height:=175 AND NOT name:mike", EQUALS),
    (r#"(name:fox OR name:"foo bar" AND nick:"old dog")"#, PRECEDENCE),
];

#[test]
fn liqes_documents_match_as_there() {
    let Some(suite) = read::<Suite>("liqe-filter.json") else { return };
    let options = Options { ignore_case: true, ..Options::default() };
    let mut found = Vec::new();
    for case in &suite.cases {
        let names = match compile(&case.query, &options) {
            Err(error) => format!("{}", error.first().code),
            Ok(query) => {
                let matching = suite.docs.iter().filter(|doc| query.matcher().matches(Tree(doc)));
                let names: BTreeSet<_> = matching
                    .filter_map(|doc| Some(doc.get("name")?.as_str()?.to_owned()))
                    .collect();
                if names == case.expect_names {
                    continue;
                }
                format!("{names:?}, there {:?}", case.expect_names)
            }
        };
        found.push((case.query.clone(), names));
    }
    compare("liqe finds these documents, and so do we", suite.cases.len(), &found, KNOWN);
}
