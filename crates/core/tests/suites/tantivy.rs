//! tantivy's grammar: what it accepts has a meaning here, in one dialect or the other, and what it refuses is told of.

use serde::Deserialize;
use trailsift_core::{Dialect, Options, check, compile};

use crate::known::{Known, compare, read};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    kind: Kind,
    query: String,
    #[allow(
        dead_code,
        reason = "how tantivy prints its tree; the differential test compares trees"
    )]
    ast: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Ok,
    Err,
}

const SET: &str = "sets are written as a group: `abc:(a OR b OR c)`";
const REGEX: &str = "no regular expressions";
const FUZZY: &str = "no fuzzy or proximity search";
const SPACE: &str = "a field's colon stands right behind its name";
const NO_FIELD: &str = "a range belongs to a field";

const ACCEPTED_THERE: &[Known] = &[
    ("abc: IN [a b c]", SET),
    ("abc: IN [1]", SET),
    ("abc: IN []", SET),
    ("IN [1 2]", SET),
    ("foo:(/A.*/)", REGEX),
    ("foo:(/A.*/ OR /B.*/)", REGEX),
    ("[1 TO 5]", NO_FIELD),
    ("field : a", SPACE),
    ("field         :a", SPACE),
    ("field : 'happy tax payer' AND other_field  : 1", SPACE),
    (r#""a b"~4^2"#, FUZZY),
    ("a~2", FUZZY),
    (r#""a b"~0"#, FUZZY),
    (r#""a b"~1"#, FUZZY),
    (r#""a b"~3"#, FUZZY),
    (r#"foo:"a b"~300"#, FUZZY),
    (r#""a b"~300^2"#, FUZZY),
];

const REFUSED_THERE: &[Known] = &[
    ("a^2^", "a value may end in a caret"),
    ("--abc:toto", "two negations cancel out"),
    ("!bc:def", "`!` is NOT"),
];

fn each_dialect() -> [Options; 2] {
    [Dialect::Q, Dialect::Fga].map(|dialect| Options { dialect, ..Options::default() })
}

#[test]
fn what_tantivy_accepts_has_a_meaning() {
    let Some(cases) = read::<Vec<Case>>("tantivy-query-grammar.json") else { return };
    let accepted: Vec<_> = cases.iter().filter(|case| matches!(case.kind, Kind::Ok)).collect();
    let mut found = Vec::new();
    for case in &accepted {
        let errors: Vec<_> = each_dialect()
            .iter()
            .filter_map(|options| compile(&case.query, options).err())
            .collect();
        if let [error, _] = errors.as_slice() {
            found.push((case.query.clone(), format!("{}", error.first().code)));
        }
    }
    compare("tantivy accepts it, and so do we", accepted.len(), &found, ACCEPTED_THERE);
}

#[test]
fn what_tantivy_refuses_is_told_of() {
    let Some(cases) = read::<Vec<Case>>("tantivy-query-grammar.json") else { return };
    let refused: Vec<_> = cases.iter().filter(|case| matches!(case.kind, Kind::Err)).collect();
    let mut found = Vec::new();
    for case in &refused {
        if each_dialect().iter().all(|options| check(&case.query, options).is_empty()) {
            found.push((case.query.clone(), "nothing is said of it".to_owned()));
        }
    }
    compare("tantivy refuses it, and we say something", refused.len(), &found, REFUSED_THERE);
}
