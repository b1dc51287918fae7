//! Members against serde_json's view of the same text, in every place of a block, and what is no object.

use alloc::{format, string::String, vec::Vec};

use proptest::prelude::*;

use super::{strings::escaped, *};
use crate::{json::Json, simd::BLOCK};

fn members(text: &[u8]) -> Result<(Vec<Member<'_>>, usize), JsonError> {
    let mut members = Members::new(text, 0);
    let found = members.by_ref().collect::<Result<_, _>>()?;
    Ok((found, members.end()))
}

#[test]
fn keys_and_values_are_given_as_they_are_written() {
    let text = br#"{ "a\"b" : "x\\" ,"c":-1.5e3	, "":[{"]":"}\""}],"d":{},"d":null}x"#;
    let (found, end) = members(text).unwrap();
    let found: Vec<_> = found
        .iter()
        .map(|m| (str::from_utf8(m.key).unwrap(), str::from_utf8(m.value).unwrap()))
        .collect();
    assert_eq!(
        found,
        [
            (r#"a\"b"#, r#""x\\""#),
            ("c", "-1.5e3"),
            ("", r#"[{"]":"}\""}]"#),
            ("d", "{}"),
            ("d", "null")
        ]
    );
    assert_eq!(text.get(end), Some(&b'x'));
}

#[test]
fn what_is_no_object_is_an_error() {
    for (text, offset, reason) in [
        ("[]", 0, "`[` where a value is expected"),
        ("{\"a\":1 \"b\":2}", 7, "`\"` where `,` or `}` is expected"),
        ("{,}", 1, "`,` where a key in double quotes is expected"),
        ("{\"a\":1,}", 7, "`}` where a key in double quotes is expected"),
        ("{\"a\":1,,\"b\":2}", 7, "`,` where a key in double quotes is expected"),
        ("{\"a\",1}", 4, "`,` where `:` is expected"),
        ("{\"a\":x}", 5, "`x` where a value is expected"),
        ("{\"a\":01}", 5, "a number is written in a way that JSON does not know"),
        ("{\"a\":[1}", 7, "`}` where `,` or `]` is expected"),
        ("{\"a\":{]}", 6, "`]` where `,` or `}` is expected"),
        ("{\"a\":\"x\n{\"b\":1}", 7, "a string is not closed before the end of the line"),
        ("{\"a\":[\"x\n\"]}", 8, "a string is not closed before the end of the line"),
        ("{\"a\":[\"x\"", 9, "it ends in the middle"),
        ("{\"a\":", 5, "it ends in the middle"),
        ("", 0, "it ends in the middle"),
    ] {
        let error = members(text.as_bytes()).unwrap_err();
        assert_eq!((error.offset, format!("{}", error.reason)), (offset, reason.into()), "{text}");
    }
}

#[test]
fn depth_is_bounded_as_everywhere() {
    let nested =
        |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1));
    assert!(members(nested(128).as_bytes()).is_ok());
    for depth in [129, 200, 1_000_000] {
        let text = nested(depth);
        let error = members(text.as_bytes()).unwrap_err();
        assert_eq!(error, json::value_end(text.as_bytes(), 0).unwrap_err());
    }
}

fn value() -> impl Strategy<Value = String> {
    let scalar = prop_oneof![
        Just("null".into()),
        any::<i32>().prop_map(|n| format!("{n}")),
        "[a\\\\\"\\[\\]{}, é]{0,40}".prop_map(|text| serde_json::to_string(&text).unwrap()),
    ];
    scalar.prop_recursive(4, 30, 6, |inner| {
        let space = prop::sample::select(alloc::vec!["", " ", "\n  "]);
        prop_oneof![
            (prop::collection::vec(inner.clone(), 0..6), space.clone()).prop_map(
                |(parts, space)| format!("[{space}{}]", parts.join(&format!("{space},")))
            ),
            (prop::collection::vec(inner, 0..6), space).prop_map(|(parts, space)| {
                let parts: Vec<_> = parts.iter().map(|v| format!("\"]\\\\\"{space}:{v}")).collect();
                format!("{{{}{space}}}", parts.join(","))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn backslashes_escape_what_a_plain_reading_says(
        runs in prop::collection::vec((0_usize..70, 0_usize..5), 0..40),
    ) {
        let text: Vec<u8> = runs
            .iter()
            .flat_map(|(backslashes, others)| [b"\\".repeat(*backslashes), b"x".repeat(*others)])
            .flatten()
            .collect();
        let (mut carried, mut is_escaped) = (false, false);
        for part in text.chunks(BLOCK) {
            let bits = |wanted: &dyn Fn(u8) -> bool| {
                part.iter().rev().fold(0, |bits, byte| bits << 1 | u64::from(wanted(*byte)))
            };
            let found = escaped(bits(&|byte| byte == b'\\'), &mut carried);
            for (at, byte) in part.iter().enumerate() {
                if *byte != b'\\' {
                    prop_assert_eq!(found >> at & 1 == 1, is_escaped);
                }
                is_escaped = *byte == b'\\' && !is_escaped;
            }
        }
    }

    #[test]
    fn ends_are_those_of_the_full_reading(
        values in prop::collection::vec(value(), 0..5), pad in 0_usize..70, tail in "[]}x\"]{0,70}",
    ) {
        let parts: Vec<_> = values.iter().map(|v| format!("\"k\": {v}")).collect();
        let text = format!("{}{{{}}}", " ".repeat(pad), parts.join(" ,"));
        let all = format!("{text}{tail}");
        for text in [&text, &all] {
            let mut members = Members::new(text.as_bytes(), pad);
            let found: Vec<_> = members.by_ref().map(|m| m.unwrap().value).collect();
            let expected: Vec<_> = values.iter().map(|v| v.as_bytes()).collect();
            prop_assert_eq!(found, expected);
            prop_assert_eq!(Ok(members.end()), json::value_end(text.as_bytes(), pad));
        }
        for cut in pad..text.len() {
            let cut = Members::new(&text.as_bytes()[..cut], pad).find_map(Result::err);
            prop_assert_eq!(cut.map(|error| error.reason), Some(Reason::End));
        }
    }

    #[test]
    fn agrees_with_the_full_reading_of_anything(
        bytes in prop::collection::vec(prop::sample::select(b"{}[]\",:\\u0e1-.tfn \n\xff".to_vec()), 0..150),
    ) {
        let full = json::value_end(&bytes, 0);
        let mut text = b"{\"a\":".to_vec();
        text.extend(&bytes);
        let mut members = Members::new(&text, 0);
        if let (Ok(end), Some(found)) = (full, members.next()) {
            // What is whole is found whole.
            prop_assert_eq!(found.unwrap().value, Json::new(&bytes[..end]).bytes());
        }
        prop_assert!(members.count() <= bytes.len());
    }

    #[test]
    fn names_are_compared_without_their_escapes(name in "[a\\\\\"é\n]{0,6}") {
        let written = serde_json::to_string(&name).unwrap();
        prop_assert!(names(&written.as_bytes()[1..written.len() - 1], name.as_bytes()));
    }
}
