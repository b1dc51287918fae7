//! This grammar against another parser of the same language: on generated queries both mean the same, and where they
//! part is written down (`docs/language-differences.md`).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests may stop at the first surprise"
)]

#[path = "differential/boolean.rs"]
mod boolean;
#[path = "differential/generate.rs"]
mod generate;
#[path = "suites/known.rs"]
mod known;
#[path = "differential/ours.rs"]
mod ours;
#[path = "differential/tantivy.rs"]
mod tantivy;

use known::{Known, compare};
use proptest::prelude::*;

/// Whether both read `text` as the same function of its conditions; a word on how they differ where they do not.
fn agree(text: &str) -> Result<(), String> {
    match (ours::form(text), tantivy::form(text)) {
        (Ok(ours), Some(theirs)) if ours.same(&theirs) => Ok(()),
        (Ok(ours), Some(theirs)) => Err(format!("\n  here  {ours:?}\n  there {theirs:?}")),
        (Ok(_), None) => Err("not read there".to_owned()),
        (Err(code), _) => Err(format!("here: {code}")),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn generated_queries_mean_the_same(text in generate::query()) {
        let agreed = agree(&text);
        prop_assert!(agreed.is_ok(), "{text}: {agreed:?}");
    }
}

/// Every way to join two or three terms with every sign before each. They mean the same but for two rules, both of them
/// about signs among written operators; and where a rule says that they differ, they do.
#[test]
fn signs_and_operators_differ_by_two_rules() {
    let mut wrong = Vec::new();
    let mut differing = 0;
    for (text, signs, joins) in generate::every_short_query() {
        let rules = (0..signs.len()).any(|at| {
            let left = at.checked_sub(1).and_then(|left| joins.get(left)).copied();
            let right = joins.get(at).copied();
            match signs.get(at).copied() {
                // Next to a written OR, `+` says nothing here; there it still requires.
                Some("+") => left.or(right) == Some(" OR ") && right != Some(" AND "),
                // `a -b OR c`: here `b` is excluded from the whole group, there it is one more alternative.
                Some("-" | "NOT ") => left == Some(" ") && right == Some(" OR "),
                _ => false,
            }
        });
        differing += usize::from(rules);
        if agree(&text).is_ok() == rules {
            wrong.push(text);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(differing > 0);
}

/// Queries that both read, each differently: how it is read here and there, written so that both agree on it.
const READ_DIFFERENTLY: &[(&str, &str, &str)] = &[
    ("+a OR b", "a OR b", "a AND (b OR a)"),
    ("+a OR +b", "a OR b", "a AND b"),
    ("a -b OR c", "(a OR c) AND NOT b", "a OR c OR NOT b"),
    ("a (NOT b)", "a OR NOT b", "a AND NOT b"),
    ("a (b AND (b))", "a OR b", "b"),
    ("f:(a AND g:b)", r#"f:a AND f:"g:b""#, "f:a AND g:b"),
    ("f:'a b'", "f:\"'a\" OR \"b'\"", r#"f:"a b""#),
];

#[test]
fn what_is_read_differently() {
    for (text, here, there) in READ_DIFFERENTLY {
        let (ours, theirs) = (ours::form(text).unwrap(), tantivy::form(text).unwrap());
        assert!(ours.same(&ours::form(here).unwrap()), "{text} is not {here} here: {ours:?}");
        let alike = theirs.same(&tantivy::form(there).unwrap());
        assert!(alike, "{text} is not {there} there: {theirs:?}");
        assert!(!ours.same(&theirs), "{text} is read alike: take it off the list");
    }
}

const SIGN: &str =
    "next to a written operator, `+` says nothing and `-` excludes what it stands before";
const COMPARISON: &str = "a comparison belongs to a field; a bare one is a word";
const COLON: &str = "behind a field's colon every colon belongs to the value";
const PART: &str = "a bare term finds a part of a string, with or without stars around it";
const SINGLE: &str = "single quotes quote in the dialect `fga` alone";
const ESCAPED: &str = "a backslash is no part of what it escapes";
const EMPTY: &str = "an empty prefix is any value";

const KNOWN: &[Known] = &[
    ("+a OR +b", SIGN),
    ("+a OR +b aaa", SIGN),
    ("-aaa +ccc -a OR b ", SIGN),
    (">a", COMPARISON),
    (">=a", COMPARISON),
    ("<a", COMPARISON),
    ("<=a", COMPARISON),
    ("<=bsd", COMPARISON),
    ("(<=42)", COMPARISON),
    ("(<=42 )", COMPARISON),
    ("field:(abc AND b:cde)", COLON),
    ("mr james bo*", PART),
    ("*A", PART),
    ("(*A)", PART),
    (r#""a b"*"#, PART),
    (r#""a"*"#, PART),
    (r#"""*"#, EMPTY),
    (r#"foo:""*"#, EMPTY),
    ("'www-form-encoded'", SINGLE),
    ("abc:'happy tax payer'", SINGLE),
    (r#"myfield:'hello\"happy\'tax'"#, SINGLE),
    ("'abc:def'", SINGLE),
    (r"'abc\:def'", SINGLE),
    (r"abc\*", ESCAPED),
];

/// The queries of tantivy's own tests that both read.
#[test]
fn tantivys_own_queries() {
    let Some(cases) = known::read::<Vec<serde_json::Value>>("tantivy-query-grammar.json") else {
        return;
    };
    let (mut both, mut found) = (0, Vec::new());
    for case in &cases {
        let text = case.get("query").and_then(serde_json::Value::as_str).unwrap();
        if ours::form(text).is_err() || tantivy::form(text).is_none() {
            continue;
        }
        both += 1;
        if let Err(difference) = agree(text) {
            found.push((text.to_owned(), difference));
        }
    }
    compare("tantivy reads it, and we read it as the same", both, &found, KNOWN);
}
