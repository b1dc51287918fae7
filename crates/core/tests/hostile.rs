//! Queries from strangers: whatever the bytes, there is an answer, in bounded stack.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may stop at the first surprise")]

use std::thread;

use proptest::prelude::*;
use trailsift_core::{
    Code, Dialect, Limits, Options, Schema, Severity, Timestamp, check, compile, print, render,
};

/// What a WebAssembly module has by default is 1 MB; a debug build takes more than an optimised one.
const STACK: usize = 1 << 20;

fn in_small_stack<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> T {
    thread::Builder::new().stack_size(STACK).spawn(run).unwrap().join().unwrap()
}

fn every_option() -> impl Iterator<Item = Options> {
    Schema::ALL.iter().flat_map(|schema| {
        [Dialect::Q, Dialect::Fga].map(|dialect| Options { dialect, schema, ..Options::default() })
    })
}

/// The one error of `text`, whatever else is said of it.
#[track_caller]
fn assert_error(text: String, code: Code) {
    let shown: String = text.chars().take(40).collect();
    let found = in_small_stack(move || {
        let options = Options::default();
        let found = check(&text, &options);
        drop(compile(&text, &options));
        found
    });
    let errors: Vec<_> = found.iter().filter(|d| d.is_error()).map(|d| d.code).collect();
    assert!(errors.contains(&code), "{shown}…: {errors:?}");
    assert!(found.len() <= 130, "{shown}…: {} diagnostics", found.len());
}

#[test]
fn each_limit_has_its_own_error() {
    let Limits { text, depth, clauses, stars, question_marks } = Limits::DEFAULT;
    assert_error("x".repeat(text + 1), Code::TooLong);
    assert_error("(".repeat(depth + 1), Code::TooDeep);
    assert_error("(".repeat(text), Code::TooDeep);
    assert_error("NOT (".repeat(text / 5), Code::TooDeep);
    assert_error("a:((".to_owned() + &"(".repeat(text - 4), Code::TooDeep);
    assert_error("!".repeat(text), Code::TooDeep);
    assert_error("NOT ".repeat(text / 4), Code::TooDeep);
    assert_error("a ".repeat(clauses + 1), Code::TooManyClauses);
    assert_error("a AND ".repeat(clauses + 1), Code::TooManyClauses);
    assert_error("a*".repeat(stars + 1), Code::TooManyStars);
    assert_error("a?".repeat(question_marks + 1), Code::TooManyStars);
}

#[test]
fn what_lies_within_the_limits_is_answered() {
    let Limits { depth, clauses, stars, question_marks, .. } = Limits::DEFAULT;
    for text in [
        "(".repeat(depth) + "a" + &")".repeat(depth),
        "a ".repeat(clauses),
        "a*".repeat(stars),
        "a?".repeat(question_marks),
        "!".repeat(depth) + "a",
    ] {
        in_small_stack(move || {
            let query = compile(&text, &Options::default());
            assert!(query.is_ok(), "{text}: {query:?}");
        });
    }
}

#[test]
fn brackets_that_close_nothing_are_told_a_few_times_at_most() {
    assert_error(")".repeat(8192), Code::UnexpectedBracket);
    assert_error("AND ".repeat(2048), Code::DanglingOperator);
    assert_error("a: AND ".repeat(1000), Code::EmptyValue);
}

#[test]
fn an_error_behind_many_warnings_is_still_an_error() {
    for warnings in ["a^2 ".repeat(200), "and ".repeat(200)] {
        for error in ["AND", "n:[b TO a]"] {
            let text = format!("{warnings}x {error}");
            assert!(compile(&text, &Options::default()).is_err(), "{error}");
        }
    }
}

proptest! {
    #[test]
    fn any_text_has_an_answer(text in ".{0,80}") {
        for options in every_option() {
            let found = check(&text, &options);
            let errors = found.iter().any(|d| d.severity == Severity::Error);
            prop_assert_eq!(compile(&text, &options).is_err(), errors);
        }
    }

    #[test]
    fn any_mixture_of_words_has_an_answer(
        words in prop::collection::vec(prop::sample::select(vec![
            "AND", "OR", "NOT", "&", "&&", "||", "!", "-", "+", "(", ")", "[", "]", "{", "}", " TO ", "to", "\"", "'",
            "\\", "*", "?", "~", "^2", "/", ":", "type:", "date:", "ip:", "allowed:", "2018-12", "now-1d", "10.0.0.0/8",
            "1e3", ">", "<=", "_exists_:", " ", " ", "\t", "é", "日本", "“", "a", "f", "null", "\u{202e}", "\u{0}",
        ]), 0..24),
    ) {
        let text = words.concat();
        for options in every_option() {
            for diagnostic in check(&text, &options) {
                let spans = diagnostic.labels.iter().map(|l| l.span)
                    .chain(diagnostic.suggestions.iter().map(|s| s.span));
                for span in spans {
                    prop_assert!(text.get(span.start..span.end).is_some(), "{text:?}: {diagnostic:?}");
                }
                prop_assert!(!render::render(&text, &diagnostic).is_empty());
            }
        }
    }

    #[test]
    fn a_filter_survives_json_and_print(
        words in prop::collection::vec(prop::sample::select(vec![
            "type:f", "NOT", "AND", "OR", "(", ")", "n:[1 TO 5}", "n:>18446744073709551615", "date:2018", "ip:10.0.0.0/8",
            "x:a*b?", "_exists_:y", "free", "-z:1", "x:(+1 -b)", "d:[now-1d TO 2018-12}", "a\\ b:\"c d\"", "*", "http://x/y",
            "type:(f OR \"AND\" OR \"-x\")", "x:\"\"", "ip:[10.0.0.1 TO *]", "ip:{::1 TO 2001:db8::}", "x:\\*y*", "n:1e400", "category:login", "\\", "f(", "-f(", "y:g\\", "/^", "“a", "b”", "/.x",
        ]), 0..10),
    ) {
        let text = words.join(" ");
        let now = Timestamp::parse(b"2026-06-10T12:00:00Z");
        let any = Options { now, ..Options::default() };
        let auth0 = Options { schema: Schema::by_name("auth0").unwrap(), now, ..Options::default() };
        for options in [any, auth0] {
            let Ok(query) = compile(&text, &options) else { continue };
            let json = serde_json::to_string(query.filter()).unwrap();
            let back: trailsift_core::Filter = serde_json::from_str(&json).unwrap();
            prop_assert_eq!(&back, query.filter(), "{}", json);
            let text = print(query.filter(), &options);
            let printed = compile(&text, &options);
            prop_assert!(printed.is_ok(), "{}", text);
            let printed = printed.unwrap();
            prop_assert_eq!(printed.filter(), query.filter(), "{}", text);
        }
    }
}
