//! Reading JSON values from bytes: the shapes, escapes and numbers, and what is no JSON.

use alloc::{format, string::String, vec};

use proptest::prelude::*;

use super::*;

#[test]
fn agrees_with_serde_json_on_what_is_json() {
    for text in [
        "{}",
        "[]",
        "0",
        "-0",
        "-1.5e+10",
        "\"\"",
        "true",
        "false",
        "null",
        " { \"a\" : [ 1 , 2 ] } ",
        "\"\\u00e9\\n\\/\"",
        "[[[]]]",
        "{\"a\":{\"b\":[{}]}}",
        "01",
        "-",
        "1.",
        "1e",
        ".5",
        "+1",
        "\"\\x\"",
        "\"\\u12g4\"",
        "{a:1}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "[1,]",
        "[,]",
        "{,}",
        "tru",
        "truex",
        "nul",
        "{\"a\":1]",
        "[1}",
        "\"a\nb\"",
        "\"\u{7f}\"",
        "NaN",
        "Infinity",
        "1 2",
        "",
    ] {
        let ours = value_end(text.as_bytes(), 0)
            .is_ok_and(|end| skip_space(text.as_bytes(), end) == text.len());
        let theirs = serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
        assert_eq!(ours, theirs, "{text}");
    }
}

#[test]
fn says_where_and_why() {
    for (text, offset, reason) in [
        ("{\"a\":1 \"b\":2}", 7, "`\"` where `,` or `}` is expected"),
        ("{\"a\" 1}", 5, "`1` where `:` is expected"),
        ("{a:1}", 1, "`a` where a key in double quotes is expected"),
        ("[1 2]", 3, "`2` where `,` or `]` is expected"),
        ("{\"a\":\"x\n\"}", 7, "a string is not closed before the end of the line"),
        ("{\"a\":1", 6, "it ends in the middle"),
        ("\"\\q\"", 1, "a string holds an escape that JSON does not know"),
        ("[\u{1}]", 1, "byte 0x01 where a value is expected"),
        ("[01]", 1, "a number is written in a way that JSON does not know"),
    ] {
        let error = value_end(text.as_bytes(), 0).unwrap_err();
        assert_eq!((error.offset, format!("{}", error.reason)), (offset, reason.into()), "{text}");
    }
}

#[test]
fn depth_is_bounded() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert_eq!(value_end(nested(128).as_bytes(), 0), Ok(256));
    let error = value_end(nested(129).as_bytes(), 0).unwrap_err();
    assert_eq!(error, JsonError { offset: 128, reason: Reason::TooDeep });
    let hostile = "[".repeat(10_000_000);
    assert_eq!(value_end(hostile.as_bytes(), 0).unwrap_err().reason, Reason::TooDeep);
}

#[test]
fn escapes_resolve_to_bytes() {
    for (json, bytes) in [
        (r#""plain""#, b"plain".to_vec()),
        (r#""a\"\\\/\b\f\n\r\t""#, b"a\"\\/\x08\x0c\n\r\t".to_vec()),
        (r#""\u00e9\u20AC""#, "é€".as_bytes().to_vec()),
        (r#""\ud83e\udd80""#, "🦀".as_bytes().to_vec()),
        (r#""\ud83e""#, vec![0xED, 0xA0, 0xBE]),
        (r#""\udd80\ud83e""#, vec![0xED, 0xB6, 0x80, 0xED, 0xA0, 0xBE]),
        (r#""\u0000""#, vec![0]),
    ] {
        assert_eq!(Json::new(json.as_bytes()).text().unwrap(), bytes, "{json}");
    }
}

/// Whether two trees are the same, ours walked lazily.
fn same(ours: Json<'_>, theirs: &serde_json::Value) -> bool {
    use serde_json::Value as Tree;
    match (ours.view(), theirs) {
        (View::Null, Tree::Null) => true,
        (View::Bool(a), Tree::Bool(b)) => a == *b,
        (View::Number(a), Tree::Number(b)) => Some(a) == Number::parse(&format!("{b}")),
        (View::Text(a), Tree::String(b)) => *a == *b.as_bytes(),
        (View::Array, Tree::Array(b)) => {
            ours.elements().count() == b.len() && ours.elements().zip(b).all(|(x, y)| same(x, y))
        }
        (View::Object, Tree::Object(b)) => {
            b.iter().all(|(key, value)| ours.member(key).is_some_and(|member| same(member, value)))
        }
        _ => false,
    }
}

fn tree() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_filter("finite", |f| f.is_finite()).prop_map(Into::into),
        ".{0,8}".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
            prop::collection::btree_map("[a-c\"\\\\é]{0,3}", inner, 0..5)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn reads_what_serde_json_writes(tree in tree(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&tree) } else { serde_json::to_string(&tree) }.unwrap();
        prop_assert_eq!(value_end(text.as_bytes(), 0), Ok(text.len()));
        prop_assert!(same(Json::new(text.as_bytes()), &tree), "{}", text);
    }

    #[test]
    fn every_cut_of_an_object_asks_for_more(tree in tree(), cut in any::<prop::sample::Index>()) {
        let text = format!("{{\"a\":{tree}}}");
        let cut = cut.index(text.len());
        prop_assert_eq!(value_end(&text.as_bytes()[..cut], 0).map_err(|e| e.reason), Err(Reason::End));
    }

    #[test]
    fn broken_bytes_never_panic(bytes in prop::collection::vec(prop::sample::select(b"{}[]\",:\\u0e1-.tfn \n\xff".to_vec()), 0..40)) {
        let _ = value_end(&bytes, 0);
        let json = Json::new(&bytes);
        let _ = (json.view(), json.elements().count(), json.members().count(), json.at("a.b"));
    }
}

#[test]
fn the_last_of_several_members_wins() {
    let text: String = r#"{"a":1,"\u0061":2}"#.into();
    assert_eq!(Json::new(text.as_bytes()).member("a").unwrap().bytes(), b"2");
}
