//! What a filter found in an entry, and where.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may stop at the first surprise")]

mod tree;

use trailsift_core::{Dialect, Options, Schema, Timestamp, compile, explain};
use tree::Tree;

fn options(schema: &str) -> Options {
    Options {
        schema: Schema::by_name(schema).unwrap(),
        dialect: if schema == "fga" { Dialect::Fga } else { Dialect::Q },
        now: Timestamp::parse(b"2026-06-10T12:00:00Z"),
        ..Options::default()
    }
}

#[test]
fn what_was_found_is_named_with_its_place() {
    let entry = serde_json::json!({
        "request": {
            "operation": "Write",
            "writes": {"tuple_keys": [{"user": "user:Bob", "object": "document:x"}, {"user": "user:Anne", "object": "document:y"}]},
        },
        "a.b": "x",
        "list": [["deep"], "x"],
    });
    for (schema, query, expected) in [
        (
            "fga",
            "user:user:Anne & operation:Write",
            &[(0, "request.writes.tuple_keys.1.user", false), (1, "request.operation", false)][..],
        ),
        (
            "fga",
            "object:document:*",
            &[
                (0, "request.writes.tuple_keys.0.object", false),
                (0, "request.writes.tuple_keys.1.object", false),
            ],
        ),
        ("fga", "NOT operation:Write", &[(0, "request.operation", true)]),
        ("fga", "operation:Check", &[]),
        ("any", "a.b:x OR zzz OR deep", &[(0, "a.b", false), (2, "list.0.0", false)]),
        ("any", "list:x", &[(0, "list.1", false)]),
        ("any", "*.operation:*", &[(0, "request.operation", false)]),
    ] {
        let filter = compile(query, &options(schema)).unwrap();
        let found = explain(filter.filter(), Tree(&entry));
        let found: Vec<_> = found.iter().map(|f| (f.leaf, f.path.as_str(), f.negated)).collect();
        assert_eq!(found, expected, "{query}");
    }
}
