//! Logs cut into entries in every form, whole and in chunks, with what is broken or missing told by its place.

use alloc::{
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};

use proptest::prelude::*;

use super::*;

/// Entries as text, and broken parts as `line: reason`.
fn split(text: &str) -> Vec<String> {
    entries(text.as_bytes())
        .map(|found| match found {
            Ok(range) => text.get(range).unwrap().into(),
            Err(broken) => format!("{}: {}", broken.line, broken.reason),
        })
        .collect()
}

/// The same, with the bytes arriving `size` at a time.
fn split_in_chunks(text: &str, size: usize) -> Vec<String> {
    let mut splitter = Splitter::new();
    let mut buffer = Vec::new();
    let mut found = Vec::new();
    let mut chunks = text.as_bytes().chunks(size).peekable();
    loop {
        buffer.extend_from_slice(chunks.next().unwrap_or_default());
        let last = chunks.peek().is_none();
        loop {
            match splitter.step(&buffer, last) {
                Step::Entry(range) => {
                    found.push(String::from_utf8(buffer[range].to_vec()).unwrap())
                }
                Step::Broken(broken) => found.push(format!("{}: {}", broken.line, broken.reason)),
                Step::More => break,
                Step::End => return found,
            }
        }
        let done = splitter.consume(&buffer);
        buffer.drain(..done);
    }
}

#[track_caller]
fn assert_split(text: &str, expected: &[&str]) {
    assert_eq!(split(text), expected, "{text}");
    for size in [1, 2, 3, 7, 1000] {
        assert_eq!(split_in_chunks(text, size), expected, "{text} in chunks of {size}");
    }
}

#[test]
fn every_form_of_a_log_gives_its_entries() {
    let (a, b) = (r#"{"a":1}"#, r#"{"b":"x\"}\u007b"}"#);
    for text in [
        format!("{a}\n{b}\n"),
        format!("{a}\r\n{b}"),
        format!("\u{feff}{a}\n\n\n{b}\n\n"),
        format!("{a}{b}"),
        format!("[{a},{b}]"),
        format!("[\n  {a},\n  {b}\n]\n"),
        format!("[{a}]\n[{b}]"),
        format!(r#"{{"logs":[{a},{b}]}}"#),
        format!(r#"{{"start":0,"limit":50,"logs": [{a} , {b}], "total":2, "x":{{"logs":[1]}}}}"#),
        format!(
            "{{\"logs\":[{a}],\"continuation_token\":\"t\"}}\n{{\"logs\":[{b}],\"continuation_token\":\"u\"}}\n"
        ),
        format!("{{\"logs\":[]}}{a}[]{b}"),
    ] {
        assert_split(&text, &[a, b]);
    }
    let pretty = "{\n  \"a\": 1\n}";
    assert_split(&format!("{pretty}\n{pretty}\n"), &[pretty, pretty]);
}

#[test]
fn a_log_without_entries_has_none() {
    for text in ["", " \n\t\r\n", "[]", "{\"logs\":[]}", "\u{feff}"] {
        assert_split(text, &[]);
    }
}

#[test]
fn a_member_that_is_called_logs_but_is_no_array_makes_no_page() {
    assert_split(r#"{"logs":"x"}"#, &[r#"{"logs":"x"}"#]);
    assert_split(r#"{"a":{"logs":[{"b":1}]}}"#, &[r#"{"a":{"logs":[{"b":1}]}}"#]);
    // Nor does one within an entry of a page.
    assert_split(r#"[{"logs":[{"b":1}]}]"#, &[r#"{"logs":[{"b":1}]}"#]);
}

/// Of a page the text up to its array and the text behind; of its elements the first has a time.
const DATED: [(&str, &str); 8] = [
    ("{\"data\":[", "]}"),
    ("{\"entries\":[", "]}"),
    ("{\"total\":2,\"data\" : [ ", "],\"has_more\":false,\"date\":\"2026-06-10\"}"),
    ("{\n  \"next\": null,\n  \"entries\": [\n    ", "\n  ]\n}"),
    ("{\"logs\":[", "]}"),
    ("{\"date\":{\"from\":\"2026-06-10\"},\"data\":[", "]}"),
    ("{\"data\":{\"date\":\"\"},\"data\":[", "]}"),
    ("{\"data\":[{\"a\":1}],\"data\":[", "]}"),
];

#[test]
fn pages_are_told_by_the_time_of_their_first_entry() {
    for time in ["\"date\":\"2026-06-10T12:00:00Z\"", "\"timestamp\":17", "\"occurred_at\":\"\""] {
        let first = format!("{{\"x\":[{{}}],{time}}}");
        for (before, after) in DATED {
            assert_split(&format!("{before}{first},{{\"b\":2}}{after}"), &[&first, "{\"b\":2}"]);
        }
        // Others have none, and nobody can tell them from an entry's own lists.
        for list in
            ["[]", "[1]", "[{}]", "[{\"x\":1}]", "[[{\"date\":\"2026\"}]]", "[{\"date\":{}}]"]
        {
            for name in ["data", "entries"] {
                let entry = format!("{{\"{name}\":{list},{time}}}");
                assert_split(&entry, &[&entry]);
            }
        }
        let inner = format!("{{\"a\":[{first}]}}");
        assert_split(&inner, &[&inner]);
    }
}

#[test]
fn what_has_a_time_of_its_own_is_an_entry_whatever_it_holds() {
    for name in ["logs", "data", "entries"] {
        for time in ["\"date\":\"2026-06-10\"", "\"timestamp\" : \"\"", "\"occurred_at\":1"] {
            let entry =
                format!("{{{time},\"{name}\":[{{\"date\":\"2026\"}},{{\"a\":1}}],\"b\":2}}");
            assert_split(&entry, &[&entry]);
            assert_split(&format!("[{entry},{entry}]"), &[&entry, &entry]);
        }
    }
    for entry in [r#"{"logs":["a line"]}"#, r#"{"logs":[[]]}"#, r#"{"logs":[1,{"a":1}]}"#] {
        assert_split(entry, &[entry]);
    }
}

#[test]
fn a_page_of_our_own_api_is_one_whatever_its_entries_hold() {
    let (a, b) = (r#"{"a":1}"#, r#"{"entries":[{"date":""}]}"#);
    let page = |entries: &str| {
        format!(
            "{{\"checkpoint\":\"t\",\"cursor\":null,\"entries\":[{entries}],\"warnings\":[{{}}]}}"
        )
    };
    assert_split(&page(&format!("{a},{b}")), &[a, b]);
    assert_split(&format!("{}\n{}", page(a), page(b)), &[a, b]);
    assert_split(&page(""), &[]);
}

#[test]
fn many_lists_in_one_object_are_each_looked_at_once() {
    // Looked at from the start for each of them, terabytes would be read.
    for list in ["\"data\":[{}],", "\"entries\":[],", "\"checkpoint\":1,\"data\":[1],"] {
        let entry = format!("{{{}\"a\":1}}", list.repeat(200_000));
        assert_eq!(entries(entry.as_bytes()).collect::<Vec<_>>(), [Ok(0..entry.len())]);
    }
}

#[test]
fn what_vendors_wrap_around_an_entry_is_taken_off() {
    let (a, b) = (r#"{"a":1}"#, r#"{"b":{"data":{}}}"#);
    for text in [
        format!(
            "{{\"result\":{{\"accessLogEntry\":{a}}}}}\n{{\"result\":{{\"decisionLogEntry\":{b}}}}}\n"
        ),
        format!(
            "{{ \"result\" : {{\n\"decisionLogEntry\": {a} }} }}{{\"result\":{{\"accessLogEntry\":{b}}}}}"
        ),
        format!("[{{\"log_id\":\"x\",\"data\":{a}}},\n{{ \"data\" : {b} , \"log_id\":\"\"}}]"),
        format!("{{\"log_id\":\"x\",\"data\":{a}}}\n{b}"),
    ] {
        assert_split(&text, &[a, b]);
    }
}

#[test]
fn what_is_no_such_wrapper_is_an_entry() {
    for text in [
        r#"{"result":{"accessLogEntry":[]}}"#,
        r#"{"result":{"accessLogEntry":{},"x":1}}"#,
        r#"{"result":{"accessLogEntry":{}},"x":1}"#,
        r#"{"result":{"entry":{}}}"#,
        r#"{"result":{}}"#,
        r#"{"result":"accessLogEntry"}"#,
        r#"{"log_id":1,"data":{}}"#,
        r#"{"log_id":"x","data":[]}"#,
        r#"{"log_id":"x","data":{},"type":"s"}"#,
        r#"{"data":{}}"#,
        r#"{"log_id":"x"}"#,
        r#"{"log_id":"x","log_id":"y"}"#,
        r#"{"x":{"result":{"accessLogEntry":{}}}}"#,
    ] {
        assert_split(text, &[text]);
    }
}

#[test]
fn a_broken_line_is_named_and_the_others_are_kept() {
    let good = r#"{"a":1}"#;
    for (bad, reason) in [
        ("garbage", "`g` where a value is expected"),
        (r#"{"a":1"#, "`{` where `,` or `}` is expected"),
        (r#"{"a":"#, "`{` where `,` or `}` is expected"),
        (r#"{"a":"x"#, "a string is not closed before the end of the line"),
        (r#"{"a":[1,2"#, "`{` where `,` or `]` is expected"),
        (r#"{"a":1}}"#, "`}` where a value is expected"),
        ("{'a':1}", "`'` where a key in double quotes is expected"),
        ("17", "an entry is a JSON object, and this is none"),
        ("\"{}\"", "an entry is a JSON object, and this is none"),
        ("null", "an entry is a JSON object, and this is none"),
    ] {
        let mut expected = vec![good.to_string(), format!("2: {reason}"), good.into()];
        if bad == r#"{"a":1}}"# {
            // The object itself is whole; what is broken is behind it.
            expected.insert(1, good.into());
        }
        if bad == r#"{"a":"# {
            // Its value is the next line: told apart only at the line after that.
            expected = vec![good.into(), format!("2: {reason}"), good.into(), good.into()];
            let text = format!("{good}\n{bad}\n{good}\n{good}\n");
            let expected: Vec<_> = expected.iter().map(String::as_str).collect();
            assert_split(&text, &expected);
            continue;
        }
        let expected: Vec<_> = expected.iter().map(String::as_str).collect();
        assert_split(&format!("{good}\n{bad}\n{good}\n"), &expected);
    }
}

#[test]
fn every_broken_line_is_named() {
    assert_split(
        "x\ny\n{\"a\":1}\nz",
        &[
            "1: `x` where a value is expected",
            "2: `y` where a value is expected",
            r#"{"a":1}"#,
            "4: `z` where a value is expected",
        ],
    );
}

#[test]
fn a_broken_entry_of_an_array_is_named_and_the_others_are_kept() {
    assert_split(
        "[\n  {\"a\":1},\n  {\"b\":},\n  {\"c\":3}\n]",
        &[r#"{"a":1}"#, "3: `}` where a value is expected", r#"{"c":3}"#],
    );
    assert_split(
        "[{\"a\":1},2,{\"c\":3}]",
        &[r#"{"a":1}"#, "1: an entry is a JSON object, and this is none", r#"{"c":3}"#],
    );
    assert_split(
        "[\n  {\n    \"a\": 1\n    \"b\": 2\n  },\n  {\n    \"c\": 3\n  }\n]",
        &["2: `\"` where `,` or `}` is expected", "{\n    \"c\": 3\n  }"],
    );
}

#[test]
fn a_cut_log_says_so_and_keeps_what_was_whole() {
    let cut = "it ends in the middle";
    assert_split("{\"a\":1}\n{\"b\":", &[r#"{"a":1}"#, &format!("2: {cut}")]);
    assert_split("[{\"a\":1},\n{\"b\":", &[r#"{"a":1}"#, &format!("2: {cut}")]);
    assert_split("[{\"a\":1}", &[r#"{"a":1}"#, &format!("1: {cut}")]);
    assert_split("[{\"a\":1},\n", &[r#"{"a":1}"#, &format!("2: {cut}")]);
    assert_split("{\"logs\":[{\"a\":1}],\"contin", &[r#"{"a":1}"#, &format!("1: {cut}")]);
    assert_split("{\"logs\":[{\"a\":1}]", &[r#"{"a":1}"#, &format!("1: {cut}")]);
}

#[test]
fn a_margin_is_known_across_chunks() {
    assert_split(" [{\"logs\":[\n{\"a\":1}", &["1: it ends in the middle"]);
    assert_split(" [{\"a\":[\n [{\"b\":1}]", &["1: it ends in the middle", r#"{"b":1}"#]);
}

#[test]
fn a_trailing_comma_is_told() {
    assert_split("[{\"a\":1},]", &[r#"{"a":1}"#, "1: `]` where a value is expected"]);
}

#[test]
fn offsets_count_from_the_start_of_all_input() {
    let text = "{\"a\":1}\n{\"b\":x}\n";
    let broken = entries(text.as_bytes()).find_map(Result::err).unwrap();
    assert_eq!((broken.start, broken.offset, broken.line), (8, 13, 2));
    assert_eq!(broken.to_string(), "line 2, byte 13: `x` where a value is expected");
}

#[test]
fn an_entry_nests_as_deep_in_every_form() {
    let nested = |depth: usize| {
        let inner = depth - 1;
        format!("{{\"a\":{}{}}}", "[".repeat(inner), "]".repeat(inner))
    };
    let (most, more) = (nested(json::MAX_DEPTH as usize), nested(json::MAX_DEPTH as usize + 1));
    let whole = |text: &str| entries(text.as_bytes()).all(|found| found.is_ok());
    for (before, after) in [("", ""), ("[", "]"), ("{\"logs\":[", "]}"), ("{} ", "\n{}")] {
        assert!(whole(&format!("{before}{most}{after}")), "{before}");
        assert!(!whole(&format!("{before}{more}{after}")), "{before}");
    }
}

#[test]
fn many_broken_lines_are_counted_once_each() {
    // Counted from the start for each of them, terabytes would be read.
    let text = "x\n".repeat(2 << 20);
    let last = entries(text.as_bytes()).filter_map(Result::err).last().unwrap();
    assert_eq!(last.line, 2 << 20);
}

proptest! {
    #[test]
    fn chunks_make_no_difference(
        parts in prop::collection::vec(prop::sample::select(vec![
            "{\"a\":1}", "{\"logs\":[", "{\"a\":[{\"b\":\"]}\\\"\"}]}", "[", "]", "]}", ",", "\n", "\n  ", " ", "x", "{\"a\":", "1}", "\"", "{}", "\u{feff}",
        ]), 0..12),
        size in 1_usize..9,
    ) {
        let text: String = parts.concat();
        prop_assert_eq!(split(&text), split_in_chunks(&text, size), "{}", text);
    }

    #[test]
    fn whatever_is_called_an_entry_is_json(
        bytes in prop::collection::vec(prop::sample::select(b"{}[]\",:\\ua1 \nlogs".to_vec()), 0..60),
    ) {
        for range in entries(&bytes).flatten() {
            let parsed = serde_json::from_slice::<serde::de::IgnoredAny>(&bytes[range]);
            prop_assert!(parsed.is_ok());
        }
    }
}
