//! luqum's queries through Elasticsearch: queries, documents, and the titles of those that match.
//!
//! Elasticsearch splits text into words; here a field's value is the whole value. Both readings meet where the value is
//! whole there too, or is given wildcards.

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
    query: String,
    expect_titles: BTreeSet<String>,
}

const WORDS: &str = "a value is the whole value, not one of its words: `*Chamber*` finds the title";
const NESTED: &str = "behind a field's colon every colon belongs to the value: `illustrators.name:` names a nested field";
const FUZZY: &str = "no fuzzy or proximity search";
const ANALYZER: &str = "no analyzers: there is no field `title.no_vowels`";

const KNOWN: &[Known] = &[
    (r#"title:"Chamber""#, WORDS),
    ("title:secret*", WORDS),
    ("title:P*ix", WORDS),
    ("-title:Harry", WORDS),
    ("illustrators:(name:Giles)", NESTED),
    (r#"illustrators:(name:"Giles Greenfield" OR name:"Cliff Wright")"#, NESTED),
    (r#"illustrators:(name:"Cliff Wright") AND illustrators:(name:"Mary GrandPré")"#, NESTED),
    (r#"illustrators:(name:"J. K. Rowling")"#, NESTED),
    (r#"title:"Harry Secrets"~5"#, FUZZY),
    ("title:Gublet~2", FUZZY),
    (
        "title:phoenux~2 AND illustrators:name:Grand* AND illustrators:( -name:grandpr* AND ( name:J*on OR birthdate:[1950-01-01 TO 1970-01-01] ) )",
        FUZZY,
    ),
    ("title.no_vowels:Potter AND title.no_vowels:x", ANALYZER),
];

#[test]
fn luqums_documents_match_as_there() {
    let Some(suite) = read::<Suite>("luqum-es-integration.json") else { return };
    let mut found = Vec::new();
    for case in &suite.cases {
        let titles = match compile(&case.query, &Options::default()) {
            Err(error) => format!("{}", error.first().code),
            Ok(query) => {
                let matching = suite.docs.iter().filter(|doc| query.matcher().matches(Tree(doc)));
                let titles: BTreeSet<_> = matching
                    .filter_map(|doc| Some(doc.get("title")?.as_str()?.to_owned()))
                    .collect();
                if titles == case.expect_titles {
                    continue;
                }
                format!("{} documents, there {}", titles.len(), case.expect_titles.len())
            }
        };
        // The suite's longest query is laid out over several lines.
        let query: Vec<_> = case.query.split_whitespace().collect();
        found.push((query.join(" "), titles));
    }
    compare(
        "luqum with Elasticsearch finds these documents, and so do we",
        suite.cases.len(),
        &found,
        KNOWN,
    );
}
