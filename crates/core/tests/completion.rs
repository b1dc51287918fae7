//! What is offered at a cursor. In the queries below `|` is the cursor.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may stop at the first surprise")]

use proptest::prelude::*;
use trailsift_core::{
    Completion, CompletionKind, Dialect, Known, Options, Schema, Seen, Timestamp, compile, complete,
};

fn options(schema: &str) -> Options {
    Options {
        schema: Schema::by_name(schema).unwrap(),
        dialect: if schema == "fga" { Dialect::Fga } else { Dialect::Q },
        now: Some(Timestamp::from_millis(1_781_092_800_000)),
        ..Options::default()
    }
}

const SEEN: &[Seen<'_>] = &[
    Seen { field: "user_name", value: "anne@example.com", count: 3 },
    Seen { field: "user_name", value: "Zoë O'Hara", count: 1 },
    Seen { field: "object", value: "document:annual_report", count: 7 },
];

const KNOWN: Known<'_> = Known { fields: &["level", "http.status", "a b", "Zoë"], seen: SEEN };

fn offered(schema: &str, query: &str) -> Vec<Completion> {
    let at = query.find('|').unwrap();
    complete(&query.replace('|', ""), at, &options(schema), KNOWN)
}

fn labels(schema: &str, query: &str) -> Vec<String> {
    offered(schema, query).into_iter().map(|completion| completion.label).collect()
}

/// The query after the first completion.
fn completed(schema: &str, query: &str) -> String {
    let offered = offered(schema, query);
    let first = offered.first().unwrap_or_else(|| panic!("nothing is offered for {query}"));
    let mut text = query.replace('|', "");
    text.replace_range(first.span.start..first.span.end, &first.replacement);
    text
}

#[test]
fn the_first_offer_is_the_likeliest() {
    for (schema, query, expected) in [
        ("auth0", "ty|", "type:"),
        ("auth0", "type:f AND desc|", "type:f AND description:"),
        ("auth0", "type:f AND NOT ip|", "type:f AND NOT ip:"),
        ("auth0", "(connection_i|", "(connection_id:"),
        ("auth0", "user_ag|ent", "user_agent:"),
        ("auth0", "type:fp|", "type:fp"),
        ("auth0", "type:(f OR limit_w|)", "type:(f OR limit_wc)"),
        ("auth0", "type:slo| AND ip:x", "type:slo AND ip:x"),
        ("auth0", "category:att|", "category:attack-protection"),
        ("auth0", "outcome:|", "outcome:failure"),
        ("auth0", "type:f A|", "type:f AND "),
        ("auth0", "type:f OR N|", "type:f OR NOT "),
        ("auth0", "user_name:an|", "user_name:anne@example.com"),
        ("auth0", "user_name:\"Zo|", "user_name:\"Zoë O'Hara\""),
        ("auth0", "isMobile:|", "isMobile:true"),
        ("auth0", "date:|", "date:[now-1h TO now]"),
        ("auth0", "-user_n|", "-user_name:"),
        ("fga", "operation:Wr|", "operation:Write"),
        ("fga", "operation:Write&obj|", "operation:Write&object:"),
        ("fga", "request.tuple_key.object:doc|", "request.tuple_key.object:document:annual_report"),
        ("cerbos-decision", "effect:|", "effect:EFFECT_ALLOW"),
        ("event", "outcome:d|", "outcome:denied"),
        // Behind signs, brackets, and within what is there already.
        ("auth0", "!user_n|", "!user_name:"),
        ("auth0", "type:f -|", "type:f -date:"),
        ("auth0", "!|", "!date:"),
        ("auth0", "ty|pe:f", "type:f"),
        ("auth0", "conn|:(a OR b)", "connection:(a OR b)"),
        ("auth0", "NOT u|ser_nam:\"An B\"", "NOT user_name:\"An B\""),
        ("auth0", "user_name:\"Z|o B\" AND x", "user_name:\"Zoë O'Hara\" AND x"),
        ("auth0", "user_name:\"Z| AND user_id:\"x\"", "user_name:\"Zoë O'Hara\" AND user_id:\"x\""),
        ("auth0", "type:(f O|", "type:(f OR "),
        ("auth0", "type:(f |)", "type:(f OR )"),
        ("auth0", "type:(f OR |)", "type:(f OR acls_summary)"),
        ("auth0", "\u{1f511} ty|", "\u{1f511} type:"),
        // Whether a field is there.
        ("auth0", "_ex|", "_exists_:"),
        ("auth0", "_exists_:user_n|", "_exists_:user_name"),
        ("auth0", "NOT _exists_:(ip OR user_a|)", "NOT _exists_:(ip OR user_agent)"),
        ("any", "_exists_:a|", "_exists_:\"a b\""),
        // Time.
        ("auth0", "date:[|", "date:[now-1h TO now]"),
        ("auth0", "date:[now-7|d TO *] AND ip:x", "date:[now-7d TO now] AND ip:x"),
        ("auth0", "date:[now-| AND type:(f OR s)", "date:[now-1h TO now] AND type:(f OR s)"),
        ("auth0", "date:[2018|", "date:[2018 TO now]"),
        ("auth0", "date:{2018-01-01T00:00:00Z TO n|", "date:{2018-01-01T00:00:00Z TO now]"),
        ("auth0", "date:>=|", "date:>=now-1h"),
        ("auth0", "date:<now-30|", "date:<now-30d"),
        ("auth0", "date:>now-1d |", "date:>now-1d AND "),
        ("auth0", "date:[now-1d TO now] |", "date:[now-1d TO now] AND "),
        // Fields that the schema does not know, but the caller does.
        ("any", "le|", "level:"),
        ("any", "level:x AND st|", "level:x AND http.status:"),
        ("any", "a|", "a\\ b:"),
        ("any", "zo|", "Zoë:"),
        ("any", "level:x |", "level:x AND "),
    ] {
        assert_eq!(completed(schema, query), expected, "{query}");
    }
}

#[test]
fn words_of_an_event_lead_to_its_code() {
    let offered = offered("auth0", "password|");
    assert!(offered.iter().any(|c| c.replacement == "type:fp"), "{offered:?}");
    let offered = self::offered("auth0", "type:password|");
    assert!(offered.iter().any(|c| c.replacement == "fp"), "{offered:?}");
}

#[test]
fn behind_a_condition_operators_are_offered_and_before_one_they_are_not() {
    let has = |query: &str, label: &str| labels("auth0", query).iter().any(|l| l == label);
    assert_eq!(labels("auth0", "type:f |")[..3], ["AND", "OR", "NOT"]);
    for query in ["|", "type:f AND |", "(|", "NOT |", "type:(|", "type:f AND type:|"] {
        assert!(!has(query, "AND"), "{query}");
    }
    assert!(has("type:(f |", "OR"));
}

#[test]
fn without_a_schema_there_are_operators_existence_and_what_the_caller_knows() {
    assert_eq!(labels("any", "|"), ["level", "http.status", "a b", "Zoë", "NOT", "_exists_"]);
    assert_eq!(labels("any", "x |")[..3], ["AND", "OR", "NOT"]);
    assert_eq!(labels("any", "_exists_:|"), ["level", "http.status", "a b", "Zoë"]);
    let nothing = complete("", 0, &options("any"), Known::default());
    assert_eq!(nothing.iter().map(|found| &*found.label).collect::<Vec<_>>(), ["NOT", "_exists_"]);
    // Those that a schema refuses are not offered.
    assert!(!labels("auth0", "|").contains(&"level".to_owned()));
}

#[test]
fn names_that_begin_as_typed_come_before_those_that_contain_it() {
    let found = labels("auth0", "cl|");
    let begins = found.iter().take_while(|label| label.starts_with("cl")).count();
    assert!(begins >= 2, "{found:?}");
    assert!(found.iter().skip(begins).all(|label| !label.starts_with("cl")), "{found:?}");
}

#[test]
fn every_field_and_value_that_is_offered_makes_a_query() {
    for schema in Schema::ALL.iter().map(|schema| schema.name()) {
        let fields = offered(schema, "|");
        for field in fields.iter().filter(|found| found.kind == CompletionKind::Field) {
            let named = match &*field.label {
                "_exists_" => continue,
                _ => format!("{}*", field.replacement),
            };
            assert!(compile(&named, &options(schema)).is_ok(), "{schema}: {named}");
            for before in
                [&*field.replacement, "_exists_:", "(", &format!("-{}(", field.replacement)]
            {
                for value in offered(schema, &format!("{before}|")) {
                    let end = if before.ends_with('(') { ")" } else { "" };
                    let colon = if value.replacement.ends_with(':') { "*" } else { "" };
                    let text = format!("{before}{}{colon}{end}", value.replacement);
                    let fine = value.kind == CompletionKind::Operator
                        || value.label == "_exists_"
                        || compile(&text, &options(schema)).is_ok();
                    assert!(fine, "{schema}: {text}");
                }
            }
        }
    }
}

#[test]
fn dates_up_to_now_are_not_offered_where_there_is_no_now() {
    let options = Options { now: None, ..options("auth0") };
    assert_eq!(complete("date:", 5, &options, KNOWN), []);
}

#[test]
fn a_bound_that_is_not_finished_is_none() {
    assert!(!labels("auth0", "date:[now-|").contains(&"[now- TO now]".to_owned()));
    assert!(labels("auth0", "date:[now-3h|").contains(&"[now-3h TO now]".to_owned()));
}

#[test]
fn a_text_that_is_too_long_for_a_query_is_not_read() {
    let text = format!("{}:{}", "x".repeat(500_000), "(".repeat(500_000));
    assert_eq!(complete(&text, text.len(), &options("auth0"), KNOWN), []);
}

#[test]
fn nothing_is_offered_where_nothing_fits() {
    for query in [
        "ip:[10|",
        "date:[yesterday|",
        "date:[2018-13|",
        "date:[2018 TO *]|",
        "user_name:\"anne\"|",
        "type:zzz|",
    ] {
        assert_eq!(offered("auth0", query), [], "{query}");
    }
    assert_eq!(complete("type", 99, &options("auth0"), KNOWN), []);
    assert_eq!(complete("é", 1, &options("auth0"), KNOWN), [], "not on a character's edge");
}

proptest! {
    #[test]
    fn any_cursor_in_any_text_is_answered(
        words in prop::collection::vec(prop::sample::select(vec![
            "AND", "NOT", "&", "!", "-", "(", ")", "[", "]", " TO ", "\"", "'", "\\", "*", ":", "type:", "ob", " ", "é", "|",
        ]), 0..12),
        at in any::<prop::sample::Index>(),
    ) {
        let text = words.concat();
        let at = at.index(text.len() + 1);
        for schema in ["auth0", "fga", "any"] {
            for offer in complete(&text, at, &options(schema), KNOWN) {
                prop_assert!(text.get(offer.span.start..offer.span.end).is_some());
                prop_assert!(offer.span.start <= at && at <= offer.span.end);
            }
        }
    }
}
