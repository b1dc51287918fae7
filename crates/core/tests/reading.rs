//! What a person reads about a filter: its description, and what it found in an entry.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may stop at the first surprise")]

mod tree;

use trailsift_core::{Dialect, Options, Schema, Timestamp, compile, describe, explain};
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
fn a_filter_reads_as_a_sentence() {
    for (schema, query, expected) in [
        ("auth0", "", "all events"),
        ("auth0", "NOT *:*", "no events"),
        ("auth0", "outcome:failure AND category:login", "failed login events"),
        ("auth0", "type:fp", "\"Failed Login (Incorrect Password)\" events"),
        (
            "auth0",
            "type:fp AND ip:10.1.2.3",
            "\"Failed Login (Incorrect Password)\" events from 10.1.2.3",
        ),
        ("auth0", "ip:10.1.0.0/16 AND date:2026-06-10", "events from 10.1.0.0/16 on 10 June 2026"),
        ("auth0", "ip:2001:db8::/32", "events from 2001:db8::/32"),
        ("auth0", "ip:::/0", "events from ::/0"),
        ("auth0", "ip:0.0.0.0/0", "events from 0.0.0.0/0"),
        ("auth0", "ip:[10.0.0.1 TO 10.0.0.9]", "events from 10.0.0.1 to 10.0.0.9"),
        ("auth0", "NOT ip:10.0.0.1", "events not from 10.0.0.1"),
        ("auth0", "date:2026-06", "events in June 2026"),
        ("auth0", "date:2026", "events in 2026"),
        ("auth0", "date:[2026-06-10 TO *]", "events since 10 June 2026"),
        ("auth0", "date:<2026-06-10", "events before 10 June 2026"),
        ("auth0", "date:2026-06-10T09", "events in the hour from 09:00 on 10 June 2026"),
        ("auth0", "date:[now-7d TO *]", "events since 2026-06-03T12:00:00.000Z"),
        (
            "auth0",
            "user_name:anne AND NOT connection:x",
            "events where user name is \"anne\" and connection is not \"x\"",
        ),
        ("auth0", "description:*logs*", "events where description contains \"logs\""),
        ("auth0", "NOT user_name:j*", "events where user name does not begin with \"j\""),
        ("auth0", "_missing_:user_id", "events where user ID is missing"),
        ("auth0", "user_name:(a OR b)", "events where user name is \"a\" or \"b\""),
        (
            "auth0",
            "user_name:a OR hostname:b",
            "events where (user name is \"a\" or host name is \"b\")",
        ),
        (
            "auth0",
            "details.request.method:post",
            "events where `details.request.method` is \"post\"",
        ),
        (
            "fga",
            "operation:Check user:user:Anne allowed:false",
            "Check calls where user is \"user:Anne\" and allowed is \"false\"",
        ),
        ("fga", "status_code:[400 TO 499]", "calls where status is between 400 and 499"),
        ("fga", "duration_ms:>100", "calls where duration (ms) is more than 100"),
        ("cerbos-decision", "effect:EFFECT_DENY", "decisions where effect is \"EFFECT_DENY\""),
        ("any", "hello", "entries where any text contains \"hello\""),
        (
            "any",
            "n:5 AND (a:1 OR b:2)",
            "entries where `n` is \"5\" and (`a` is \"1\" or `b` is \"2\")",
        ),
    ] {
        let options = options(schema);
        let filter = compile(query, &options).unwrap();
        assert_eq!(describe(filter.filter(), &options), expected, "{query}");
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
