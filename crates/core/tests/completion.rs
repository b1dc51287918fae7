//! What is offered at a cursor. In the queries below `|` is the cursor.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may stop at the first surprise")]

use proptest::prelude::*;
use trailsift_core::{Completion, Dialect, Options, Schema, Seen, complete};

fn options(schema: &str) -> Options {
    Options {
        schema: Schema::by_name(schema).unwrap(),
        dialect: if schema == "fga" { Dialect::Fga } else { Dialect::Q },
        ..Options::default()
    }
}

const SEEN: &[Seen<'_>] = &[
    Seen { field: "user_name", value: "anne@example.com", count: 3 },
    Seen { field: "user_name", value: "Zoë O'Hara", count: 1 },
    Seen { field: "object", value: "document:annual_report", count: 7 },
];

fn offered(schema: &str, query: &str) -> Vec<Completion> {
    let at = query.find('|').unwrap();
    complete(&query.replace('|', ""), at, &options(schema), SEEN)
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
    let labels =
        |query: &str| offered("auth0", query).into_iter().map(|c| c.label).collect::<Vec<_>>();
    assert_eq!(labels("type:f |")[..3], ["AND", "OR", "NOT"]);
    assert!(!labels("|").contains(&"AND".to_owned()));
    assert!(!labels("type:f AND |").contains(&"OR".to_owned()));
}

#[test]
fn nothing_is_offered_where_nothing_fits() {
    for query in ["date:[2018|", "date:[2018 TO *]|", "user_name:\"anne\"|", "type:zzz|"] {
        assert_eq!(offered("auth0", query), [], "{query}");
    }
    assert_eq!(complete("type", 99, &options("auth0"), &[]), []);
    assert_eq!(complete("é", 1, &options("auth0"), &[]), [], "not on a character's edge");
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
            for offer in complete(&text, at, &options(schema), SEEN) {
                prop_assert!(text.get(offer.span.start..offer.span.end).is_some());
                prop_assert!(offer.span.start <= at && at <= offer.span.end);
            }
        }
    }
}
