//! Every row of the corpus through the reference evaluator, on a JSON library's tree; and every diagnostic.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may stop at the first surprise")]

#[path = "../../../tests/corpus/reader.rs"]
mod reader;
mod tree;

use tree::Tree;

use trailsift_core::{Diagnostic, Suggestion, check, compile, print};

/// The query after each of the diagnostic's suggestions.
fn fixed(query: &str, diagnostic: &Diagnostic) -> Vec<String> {
    let fix = |suggestion: &Suggestion| {
        let mut query = query.to_owned();
        query.replace_range(suggestion.span.start..suggestion.span.end, &suggestion.replacement);
        query
    };
    diagnostic.suggestions.iter().map(fix).collect()
}

#[test]
fn the_reference_evaluator_agrees() {
    let mut wrong = Vec::new();
    for case in reader::cases() {
        let found = compile(&case.query, &case.options).ok().map(|query| {
            let matches = |entry: &String| {
                let tree =
                    serde_json::from_str(entry).unwrap_or_else(|e| panic!("{}: {e}", case.name));
                query.matcher().matches(Tree(&tree))
            };
            (0..case.entries.len()).filter(|i| case.entries.get(*i).is_some_and(matches)).collect()
        });
        if found != case.matches {
            wrong.push(format!(
                "{}\n  expected {:?}\n  found    {found:?}",
                case.name, case.matches
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_diagnostics_agree() {
    let mut wrong = Vec::new();
    for case in reader::cases() {
        let found = check(&case.query, &case.options);
        let same = found.len() == case.diagnostics.len()
            && found.iter().zip(&case.diagnostics).all(|(found, expected)| {
                found.code.as_str() == expected.code
                    && found.span().of(&case.query) == expected.at
                    && expected.fixed == fixed(&case.query, found).into()
            });
        if !same {
            let found: Vec<_> = found
                .iter()
                .map(|d| (d.code.as_str(), d.span().of(&case.query), fixed(&case.query, d)))
                .collect();
            wrong.push(format!("{}\n  found {found:?}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_fix_leaves_less_to_say() {
    let errors = |found: &[Diagnostic]| found.iter().filter(|d| d.is_error()).count();
    let mut wrong = Vec::new();
    for case in reader::cases() {
        let found = check(&case.query, &case.options);
        for diagnostic in &found {
            for query in fixed(&case.query, diagnostic) {
                let after = check(&query, &case.options);
                let fewer = errors(&after) < errors(&found);
                let same = |other: &&Diagnostic| other.code == diagnostic.code;
                let less = after.iter().filter(same).count() < found.iter().filter(same).count();
                if !(fewer || (!diagnostic.is_error() && less && errors(&after) == errors(&found)))
                {
                    let after: Vec<_> = after.iter().map(|d| d.code.as_str()).collect();
                    wrong.push(format!("{}: `{query}` {after:?}", case.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_printed_reads_back_as_the_same_filter() {
    let mut wrong = Vec::new();
    for case in reader::cases() {
        let Ok(query) = compile(&case.query, &case.options) else { continue };
        let text = print(query.filter(), &case.options);
        match compile(&text, &case.options) {
            Ok(again) if again.filter() == query.filter() => {
                assert_eq!(print(again.filter(), &case.options), text, "{}", case.name);
            }
            Ok(again) => {
                wrong.push(format!(
                    "{}\n  {text}\n  {:?}\n  {:?}",
                    case.name,
                    query.filter(),
                    again.filter()
                ));
            }
            Err(error) => wrong.push(format!("{}\n{error}", case.name)),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
