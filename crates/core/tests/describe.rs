//! What filters are in English: every row of `describe/readings.txt`, and strangers' filters of any size.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may stop at the first surprise")]

mod tree;

use std::{collections::HashMap, thread};

use proptest::prelude::*;
use trailsift_core::{
    Dialect, Filter, Limits, Options, Schema, Timestamp, compile, describe,
    filter::{Leaf, Target},
};
use tree::Tree;

fn options(schema: &str) -> Options {
    Options {
        schema: Schema::by_name(schema).unwrap_or_else(|| panic!("{schema} is no schema")),
        dialect: if schema == "fga" { Dialect::Fga } else { Dialect::Q },
        now: Timestamp::parse(b"2026-06-10T12:00:00Z"),
        ..Options::default()
    }
}

fn reading(query: &str, options: &Options) -> String {
    let query = compile(query, options).unwrap_or_else(|error| panic!("{error}"));
    describe(query.filter(), options)
}

/// `<U+202E>` is that character: it would hide in the file as it hides in a query.
fn with_hidden(text: &str) -> String {
    let mut parts = text.split("<U+");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (code, rest) = part.split_once('>').unwrap();
        out.push(char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap());
        out.push_str(rest);
    }
    out
}

#[test]
fn every_query_reads_as_its_author_would_say_it() {
    let (mut wrong, mut rows) = (Vec::new(), 0);
    let mut settings = Options::default();
    for line in include_str!("describe/readings.txt").lines() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(part) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            let (schema, option) = part.split_once(' ').unwrap_or((part, ""));
            assert!(matches!(option, "" | "ignore-case"), "{line}");
            settings = Options { ignore_case: !option.is_empty(), ..options(schema) };
            continue;
        }
        let (query, expected) = line.split_once(" → ").unwrap_or_else(|| panic!("{line}"));
        let found = reading(&with_hidden(query), &settings);
        if found != expected {
            wrong.push(format!(
                "{}: {query}\n  expected {expected}\n  found    {found}",
                settings.schema
            ));
        }
        rows += 1;
    }
    assert!(wrong.is_empty(), "{} of {rows}\n{}", wrong.len(), wrong.join("\n"));
    assert!(rows > 200, "the table has lost its rows");
}

#[test]
fn a_clock_is_told_to_the_second_and_the_authors_times_as_they_are() {
    let now = Timestamp::parse(b"2026-06-10T12:00:05.258Z");
    let options = Options { now, ..options("auth0") };
    for (query, expected) in [
        (
            "date:[now-7d TO now]",
            "events from 12:00:05 UTC on 3 June 2026 until 12:00:05 UTC on 10 June 2026",
        ),
        ("date:>now-1h", "events since 11:00:05 UTC on 10 June 2026"),
        ("date:<now", "events before 12:00:05 UTC on 10 June 2026"),
        ("date:>=2026-06-10T09:00:30.5Z", "events since 09:00:30.500 UTC on 10 June 2026"),
        ("date:now/d", "events on 10 June 2026"),
    ] {
        assert_eq!(reading(query, &options), expected, "{query}");
    }
    assert_ne!(reading("date:now", &options), "events at no time");
}

/// A bare term is a test of each searched field, or one test of all their paths: it reads the same.
#[test]
fn a_bare_term_reads_the_same_however_it_is_lowered() {
    for schema in Schema::ALL.iter().filter(|schema| !schema.is_open()) {
        let options = options(schema.name());
        let query = compile("'anne'", &options).unwrap();
        let (mut paths, mut test) = (Vec::new(), None);
        let mut add = |part: &Filter| {
            if let Filter::Leaf(Leaf { target: Target::Paths(more), test: found }) = part {
                paths.extend(more.clone());
                test = Some(found.clone());
            }
        };
        match query.filter() {
            Filter::Or(parts) => parts.iter().for_each(add),
            leaf => add(leaf),
        }
        let one = Leaf { target: Target::Paths(paths), test: test.unwrap() };
        let expected = describe(query.filter(), &options);
        assert!(expected.contains(" where any searched field is "), "{schema}: {expected}");
        assert_eq!(describe(&Filter::Leaf(one), &options), expected, "{schema}");
    }
}

/// Two queries that read the same find the same: no sentence leaves out what tells them apart.
#[test]
fn what_reads_the_same_finds_the_same() {
    let auth0 = [
        "category:login",
        "category:(login OR logout)",
        "outcome:failure",
        "outcome:(failure OR warning)",
        "category:*",
        "type:f",
        "type:(f OR new)",
        "type:new",
        "ip:10.1.0.0/16",
        "ip:10.1.2.3",
        "ip:[10.1.2.3 TO 10.1.2.5]",
        "date:2026-06-10",
        "date:>=2026-06-11",
        "date:<2026-06-10",
        "date:[2026-06-10T10:00 TO 2026-06-10T11:00}",
        "user_name:a",
        "user_name:(a OR b)",
        "user_name:a*",
        "user_name:*b",
        "user_name:a\\*",
        "user_name:[a TO b]",
        "user_name:[a TO b}",
        "user_name:{a TO b]",
        "user_name:{a TO b}",
        "user_name:\"\"",
        "_exists_:user_name",
        "user_name:null",
        "isMobile:true",
        "\"a\"",
        "\"f\"",
    ];
    let any = [
        "n:[1 TO 2]",
        "n:[1 TO 2}",
        "n:{1 TO 2]",
        "n:{1 TO 2}",
        "n:>1",
        "n:>=1",
        "n:<2",
        "n:<=2",
        "n:1",
        "n:x",
        "n:null",
        "n:true",
        "n:*",
        "x",
        "m:1",
        "m:>1",
    ];
    let auth0_entries = serde_json::json!([
        {}, {"type": "f", "ip": "10.1.2.3", "user_name": "a"}, {"type": "s", "ip": "10.1.2.4", "user_name": "b"},
        {"type": "new", "user_name": "ab"}, {"type": "slo", "user_name": ""}, {"type": "flo", "user_name": "a*"},
        {"type": "limit_wc", "date": "2026-06-10T10:30:00Z"}, {"type": ["f", "new"], "date": "2026-06-11T00:00:00Z"},
        {"date": "2026-06-09T00:00:00Z", "user_name": ["a", "b"]}, {"date": "2026-06-10T00:00:00Z", "ip": "10.2.0.1"},
        {"isMobile": true, "user_name": null}, {"connection": "a"}, {"connection": "f", "ip": "x"}, {"type": "w"},
    ]);
    let any_entries = serde_json::json!([
        {}, {"n": 1}, {"n": 1.5}, {"n": 2}, {"n": 0, "m": 1}, {"n": 3, "m": 2}, {"n": "x"}, {"n": null}, {"n": true},
        {"n": [1, 2]}, {"n": [0, 3]}, {"m": "x"}, {"n": [0, 1.5], "m": [1, 2]},
    ]);
    for (schema, atoms, entries) in
        [("auth0", &auth0[..], &auth0_entries), ("any", &any, &any_entries)]
    {
        let options = options(schema);
        let mut known: HashMap<String, (String, Vec<bool>)> = HashMap::new();
        let mut check = |text: String| {
            let query = compile(&text, &options).unwrap();
            let sentence = describe(query.filter(), &options);
            let entries = entries.as_array().unwrap();
            let found: Vec<_> =
                entries.iter().map(|entry| query.matcher().matches(Tree(entry))).collect();
            let (other, same) =
                known.entry(sentence.clone()).or_insert((text.clone(), found.clone()));
            assert_eq!(*same, found, "{sentence}\n{text}\n{other}");
        };
        for a in atoms {
            check(format!("NOT {a}"));
            for b in atoms {
                check(format!("{a} OR {b}"));
                check(format!("{a} AND {b}"));
                check(format!("{a} AND NOT {b}"));
                check(format!("{a} OR NOT {b}"));
                check(format!("NOT ({a} AND {b})"));
                check(format!("NOT ({a} OR {b})"));
                check(format!("{} AND ({a} OR {b})", atoms[0]));
                check(format!("{} OR ({a} AND NOT {b})", atoms[0]));
            }
        }
        assert!(known.len() > 1000, "{schema}: {}", known.len());
    }
}

/// Filters that no query makes, but that JSON can carry.
#[test]
fn a_strangers_filter_is_told_too() {
    for (json, expected) in [
        (r#"{"and":[]}"#, "all events"),
        (r#"{"or":[{"or":[]}]}"#, "no events"),
        (r#"{"not":{"and":[{"or":[]},"all"]}}"#, "all events"),
        (
            r#"{"leaf":{"in":{"paths":["date"]},"is":{"date":{"from":{"seconds":-9223372036854775808,"nanos":4294967295}}}}}"#,
            "",
        ),
        (
            r#"{"leaf":{"in":{"paths":["date"]},"is":{"date":{"from":{"seconds":-9223372036854775808,"nanos":0},"until":{"seconds":9223372036854775807,"nanos":4294967295}}}}}"#,
            "",
        ),
        (
            r#"{"leaf":{"in":{"paths":["date"]},"is":{"date":{"from":{"seconds":5,"nanos":4294967295},"until":{"seconds":6,"nanos":0}}}}}"#,
            "",
        ),
        (
            r#"{"leaf":{"in":{"paths":["date"]},"is":{"date":{"from":{"seconds":5,"nanos":0},"until":{"seconds":5,"nanos":0}}}}}"#,
            "events at no time",
        ),
        (r#"{"leaf":{"in":{"paths":[]},"is":{}}}"#, ""),
        (
            r#"{"leaf":{"in":{"paths":["a","b"]},"exists":null}}"#,
            "events where `a` or `b` is present",
        ),
        (r#"{"leaf":{"in":{"paths":["type"]},"is":{"text":{"one_of":[]}}}}"#, ""),
        (r#"{"leaf":{"in":"anywhere","exists":null}}"#, "events whose text is present"),
    ] {
        let filter: Filter = serde_json::from_str(json).unwrap();
        let found = describe(&filter, &options("auth0"));
        assert!(found == expected || expected.is_empty(), "{json}: {found}");
    }
}

#[test]
fn what_is_long_is_cut() {
    let limits = Limits { text: usize::MAX, clauses: usize::MAX, ..Limits::DEFAULT };
    let any = Options { limits, ..options("any") };
    let auth0 = Options { limits, ..options("auth0") };
    let joined = |word: &str, part: &dyn Fn(usize) -> String| {
        (0..2000).map(part).collect::<Vec<_>>().join(word)
    };
    for (query, options, expected) in [
        ("x".repeat(5000), &any, format!("entries whose text contains \"{}\"…", "x".repeat(100))),
        (
            joined(" OR ", &|n| format!("a:{n}")),
            &any,
            "entries where `a` is 0, 1, 2 or 1997 others".into(),
        ),
        (
            joined(" AND ", &|n| format!("f{n:04}:x")),
            &any,
            (0..10)
                .fold("entries where ".into(), |told, n| format!("{told}`f{n:04}` is \"x\" and "))
                + "1990 other conditions",
        ),
        (
            joined(" AND ", &|n| format!("NOT ip:10.0.{}.{}", n / 256, n % 256)),
            &auth0,
            "events from neither 10.0.0.0, 10.0.0.1, 10.0.0.2 nor 1997 others".into(),
        ),
        (
            joined(" AND ", &|n| format!("NOT (user_name:a AND hostname:{n})")),
            &auth0,
            (0..3).fold("all events except ".into(), |told, n| {
                let comma = if n < 2 { ", " } else { " " };
                format!("{told}those where user name is \"a\" and host name is {n}{comma}")
            }) + "and 1997 others",
        ),
    ] {
        assert_eq!(reading(&query, options), expected);
    }
}

#[test]
fn a_deep_filter_is_told_in_a_small_stack() {
    let depth = Limits::DEFAULT.depth;
    let text = (1..depth).fold("a:0".to_owned(), |text, n| {
        format!("b:{n} {} ({text})", if n % 2 == 0 { "AND" } else { "OR" })
    });
    let run = move || reading(&text, &options("any"));
    let read = thread::Builder::new().stack_size(1 << 20).spawn(run).unwrap().join().unwrap();
    assert!(read.contains("`a` is"), "{read}");
}

/// What stands outside quotes and backticks.
fn unquoted(sentence: &str) -> String {
    let (mut out, mut quote, mut escaped) = (String::new(), None, false);
    for c in sentence.chars() {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some(open) if c == open => quote = None,
            None if matches!(c, '"' | '`') => {
                quote = Some(c);
                out.push('x');
            }
            None => out.push(c),
            Some(_) => {}
        }
    }
    assert_eq!(quote, None, "{sentence}");
    out
}

proptest! {
    /// The author's text stays within its quotes, nothing is hidden, and the rest is made of our words.
    #[test]
    fn any_query_reads_as_one_line_of_plain_words(
        words in prop::collection::vec(prop::sample::select(vec![
            "type:f", "NOT", "AND", "OR", "(", ")", "n:[1 TO 5}", "date:2018", "date:>2018-03-02T07:00", "ip:10.0.0.0/8",
            "x:a*b?", "_exists_:y", "free", "-z:1", "x:(+1 -b)", "category:login", "outcome:failure", "category:*",
            "user_name:\u{202e}", "user_name:\"a\u{7}\\\"b\\\\\"", "user_name:[a TO b}", "ip:(10.0.0.1 OR ::1)",
            "outcome:warning", "category:(signup OR mfa)", "n:`x", "a`b:c", "\"`\"", "type:(f OR \"\")", "user_name:\"\"",
        ]), 0..14),
    ) {
        let text = words.join(" ");
        for schema in ["any", "auth0", "event"] {
            let options = options(schema);
            let Ok(query) = compile(&text, &options) else { continue };
            let sentence = describe(query.filter(), &options);
            prop_assert!(!sentence.chars().any(|c| c.is_control() || c == '\u{202e}'), "{sentence:?}");
            let plain = unquoted(&sentence);
            let ours = |c: char| c.is_ascii_alphanumeric() || " ,().:/-'_\u{2026}".contains(c);
            prop_assert!(plain.chars().all(ours), "{plain}");
            prop_assert_eq!(plain.matches('(').count(), plain.matches(')').count());
            for wrong in ["  ", " ,", " )", "( ", "nothing", "those and", " or and "] {
                prop_assert!(!plain.contains(wrong), "{sentence}");
            }
            prop_assert!(!plain.ends_with([' ', ',']), "{sentence}");
        }
    }

    #[test]
    fn any_text_that_is_a_query_reads_as_one_line(text in ".{0,60}", name in "[a-z_]{1,3}") {
        for schema in Schema::ALL {
            for text in [text.clone(), format!("{name}:\"{text}\"")] {
                let options = options(schema.name());
                let Ok(query) = compile(&text, &options) else { continue };
                let sentence = describe(query.filter(), &options);
                prop_assert!(!sentence.chars().any(char::is_control), "{sentence:?}");
                unquoted(&sentence);
            }
        }
    }
}
