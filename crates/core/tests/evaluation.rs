//! The reference evaluator against one that is written to be read: on any filter and any entry they agree.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests may stop at the first surprise"
)]

#[path = "evaluation/filters.rs"]
mod filters;
#[path = "evaluation/json.rs"]
mod json;
#[path = "evaluation/naive.rs"]
mod naive;
mod tree;
#[path = "evaluation/words.rs"]
mod words;

use std::cell::Cell;

use json::Json;
use proptest::{prelude::*, sample::select, test_runner::TestRunner};
use trailsift_core::{
    Filter, Matcher, Options, Schema, Timestamp, compile,
    filter::{Leaf, Target, Test, TextTest, ValueTest},
};

const CASES: u32 = 2048;

/// Runs `agree` on generated cases; fails where nearly all of them match, or nearly none: such cases prove little.
fn hold<S: Strategy>(cases: u32, strategy: &S, agree: impl Fn(S::Value) -> bool) {
    let matched = Cell::new(0);
    let mut runner = TestRunner::new(ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let run = runner.run(strategy, |case| {
        matched.set(matched.get() + u32::from(agree(case)));
        Ok(())
    });
    if let Err(error) = run {
        panic!("{error}");
    }
    let share = f64::from(matched.get()) / f64::from(cases);
    assert!((0.05..=0.95).contains(&share), "{matched:?} of {cases} match");
}

#[test]
fn any_filter_on_any_entry() {
    hold(CASES, &(filters::filter(), Json::entry()), |(filter, entry)| {
        let expected = naive::matches(&filter, &entry.tree());
        assert_eq!(Matcher::new(&filter).matches(&entry), expected, "{}", entry.tree());
        expected
    });
}

/// Conditions as one writes them, on paths and values that the entries have.
fn condition() -> impl Strategy<Value = String> {
    let path = || select(&["a", "b", "a.b", "b.a", "a.0", "*.b", "é", "_missing_", "_exists_"][..]);
    let value = prop_oneof![
        words::values().prop_map(|text| format!("{text:?}")),
        words::values().prop_map(|text| text.replace([' ', '(', ')', '\\', '"'], "")),
        select(
            &[
                "f*",
                "*s*",
                "?",
                "*",
                "[1 TO 200}",
                "{-1 TO *]",
                ">=1",
                "<2e2",
                "[2018-12-10 TO *]",
                "10.1.0.0/16",
                "2018-12",
                "<=2018-12-10",
                "[a TO k]",
                "true",
                "null",
                "(f OR s)",
                "(NOT f)",
            ][..]
        )
        .prop_map(String::from),
    ];
    (path(), value).prop_map(|(path, value)| format!("{path}:{value}"))
}

#[test]
fn any_query_on_any_entry() {
    let joined =
        prop::collection::vec((select(&["AND", "OR", "AND NOT", "", "-"][..]), condition()), 1..4)
            .prop_map(|parts| {
                let mut text = String::new();
                for (index, (join, condition)) in parts.iter().enumerate() {
                    text.push_str(&match (index, *join) {
                        (0, _) => condition.clone(),
                        (_, "-") => format!(" -{condition}"),
                        (_, join) => format!(" {join} {condition}"),
                    });
                }
                text
            });
    let entries = prop::collection::vec(Json::entry(), 4);
    hold(CASES, &(joined, any::<bool>(), entries), |(text, ignore_case, entries)| {
        let now = Timestamp::parse(b"2018-12-11T00:00:00Z");
        let options = Options { ignore_case, now, ..Options::default() };
        let Ok(query) = compile(&text, &options) else { return false };
        let mut any = false;
        for entry in &entries {
            let expected = naive::matches(query.filter(), &entry.tree());
            any |= expected;
            assert_eq!(query.matcher().matches(entry), expected, "{text}: {}", entry.tree());
        }
        any
    });
}

/// Every letter of Unicode against its other cases, and against what looks like one and is none (`ı` and `I`).
#[test]
fn case_folding_is_unicodes() {
    let fold = |c: char| {
        let folded = unicode_case_mapping::case_folded(c);
        folded.map_or(c, |folded| char::from_u32(folded.get()).unwrap())
    };
    let mut wrong = Vec::new();
    for c in '\0'..=char::MAX {
        let single =
            |mapped: String| mapped.chars().next().filter(|c| c.len_utf8() == mapped.len());
        let (lower, upper) =
            (single(c.to_lowercase().to_string()), single(c.to_uppercase().to_string()));
        // The standard library's table is the newer one: letters that only it knows are left out.
        let unknown = [lower, upper].into_iter().flatten().any(|other| {
            let [lower, _] = unicode_case_mapping::to_lowercase(c);
            let [upper, ..] = unicode_case_mapping::to_uppercase(c);
            other != c && ![lower, upper].contains(&(other as u32))
        });
        let others = if unknown { [None; 3] } else { [Some(fold(c)), lower, upper] };
        for other in others.into_iter().flatten() {
            if one_but_for_case(c, other) != (fold(c) == fold(other)) {
                wrong.push(format!("{c} U+{:04X} and {other} U+{:04X}", c as u32, other as u32));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn one_but_for_case(wanted: char, found: char) -> bool {
    if wanted == found {
        return true;
    }
    let filter = Filter::Leaf(Leaf {
        target: Target::Paths(vec!["a".into()]),
        test: Test::Is(Box::new(ValueTest {
            text: Some(TextTest::Equals(wanted.to_string())),
            ignore_case: true,
            ..ValueTest::default()
        })),
    });
    let entry = Json::Object(vec![("a", Json::Scalar(found.to_string().into()))]);
    Matcher::new(&filter).matches(&entry)
}

/// The typed fields of a schema, whose paths and types the query does not name.
#[test]
fn any_condition_of_a_schema() {
    let fields = Schema::ALL
        .iter()
        .flat_map(|schema| schema.fields().iter().map(|field| (*schema, field.name())));
    let fields: Vec<_> = fields.collect();
    let strategy = (select(fields), words::values(), words::values(), any::<bool>());
    hold(CASES, &strategy, |((schema, field), wanted, value, ignore_case)| {
        let options = Options { schema, ignore_case, ..Options::default() };
        let mut any = false;
        for text in [
            format!("{field}:{wanted:?}"),
            format!("{field}:>={wanted:?}"),
            format!("NOT {field}:{wanted}"),
        ] {
            let Ok(query) = compile(&text, &options) else { continue };
            for value in [&value, &wanted] {
                let mut entry = serde_json::Value::from(value.as_str());
                for key in field.rsplit('.') {
                    entry = serde_json::json!({ key: entry });
                }
                let expected = naive::matches(query.filter(), &entry);
                any |= expected;
                let found = query.matcher().matches(tree::Tree(&entry));
                assert_eq!(found, expected, "{schema} {text}: {entry}");
            }
        }
        any
    });
}
