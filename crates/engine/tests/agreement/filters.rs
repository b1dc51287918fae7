//! Random filters, and queries whose filters are what people ask.

use std::ops::Bound;

use proptest::prelude::*;
use trailsift_core::{
    Filter, Number, Timestamp,
    address::AddressRange,
    filter::{DateRange, Leaf, NumberRange, Target, Test, TextTest, ValueTest},
    pattern::{Pattern, Piece},
};

const PATHS: &[&str] = &[
    "a",
    "a",
    "a",
    "a",
    "b",
    "type",
    "type",
    "a",
    "b",
    "type",
    "ip",
    "a.b",
    "a.b.a",
    "details",
    "details.type",
    "details.a.b",
    "details.*",
    "*",
    "*.a",
    "a.0",
    "a.0.b",
    "details.0.type",
    "",
    "a.",
    ".a",
    "a..b",
    "logs",
    "logs.a",
];
const TEXTS: &[&str] = &[
    "f",
    "fp",
    "s",
    "",
    "F",
    "k",
    "10.1.2.3",
    "10.1.",
    "10.",
    "task",
    "Task",
    "ask",
    "a/b",
    "/",
    "a\"b",
    "é",
    "fé",
    "\u{17F}",
    "1000",
    "1e3",
    "true",
    "TASK force",
    "\u{212A}s",
    "x{}",
    "aa",
    "-1",
];

fn text() -> impl Strategy<Value = String> {
    prop::sample::select(TEXTS).prop_map(Into::into)
}

fn pattern() -> impl Strategy<Value = Pattern> {
    let piece = prop_oneof![
        3 => text().prop_map(Piece::Text),
        3 => Just(Piece::AnyRun),
        1 => Just(Piece::AnyOne),
    ];
    prop::collection::vec(piece, 0..5).prop_map(|pieces| Pattern { pieces })
}

fn bound() -> impl Strategy<Value = Bound<String>> {
    prop_oneof![
        Just(Bound::Unbounded),
        text().prop_map(Bound::Included),
        text().prop_map(Bound::Excluded)
    ]
}

fn text_test() -> impl Strategy<Value = TextTest> {
    prop_oneof![
        3 => text().prop_map(TextTest::Equals),
        2 => prop::collection::btree_set(text(), 0..6)
            .prop_map(|texts| TextTest::OneOf(texts.into_iter().map(Into::into).collect())),
        4 => pattern().prop_map(TextTest::Matches),
        1 => (bound(), bound()).prop_filter("no empty range", |(low, high)| match (low, high) {
            (Bound::Included(a) | Bound::Excluded(a), Bound::Included(b) | Bound::Excluded(b)) => a < b,
            _ => true,
        }).prop_map(|(low, high)| TextTest::Between(low, high)),
    ]
}

fn number() -> impl Strategy<Value = NumberRange> {
    let number = |text: &str| Number::parse(text).unwrap();
    prop::sample::select(vec!["0", "5", "1000", "10.1"])
        .prop_map(move |text| NumberRange::exactly(number(text)))
}

fn test() -> impl Strategy<Value = Test> {
    let rarely = |strategy| prop::option::weighted(0.1, strategy);
    let date = Timestamp::parse(b"2026-06-10T12:00:00Z");
    let other = (
        prop::option::weighted(0.15, Just(DateRange { from: date, until: None })),
        prop::option::weighted(0.15, Just(AddressRange::parse("10.1.0.0/16").unwrap())),
        prop::option::weighted(0.15, number()),
        any::<bool>(),
        rarely(any::<bool>()),
        prop::bool::weighted(0.1),
    );
    let is = (prop::option::weighted(0.9, text_test()), prop::bool::weighted(0.4), other).prop_map(
        |(text, ignore_case, (date, address, number, numeric_text, boolean, null))| {
            Test::Is(Box::new(ValueTest {
                text,
                ignore_case,
                date,
                address,
                number,
                numeric_text,
                boolean,
                null,
            }))
        },
    );
    prop_oneof![1 => Just(Test::Exists), 9 => is]
}

/// A filter.
pub(crate) fn filter() -> impl Strategy<Value = Filter> {
    let target = prop_oneof![
        4 => prop::collection::vec(prop::sample::select(PATHS).prop_map(Into::into), 1..3)
            .prop_map(Target::Paths),
        1 => Just(Target::Anywhere),
    ];
    let leaf = prop_oneof![
        20 => (target, test()).prop_map(|(target, test)| Filter::Leaf(Leaf { target, test })),
        1 => Just(Filter::All),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            3 => prop::collection::vec(inner.clone(), 0..4).prop_map(Filter::And),
            3 => prop::collection::vec(inner.clone(), 0..4).prop_map(Filter::Or),
            1 => inner.prop_map(|part| Filter::Not(Box::new(part))),
        ]
    })
}

/// A query's text.
pub(crate) fn query() -> impl Strategy<Value = String> {
    let value = prop::sample::select(vec![
        "f",
        "fp",
        "f*",
        "*as*",
        "task",
        "10.1.*",
        "\"TASK force\"",
        "1000",
        "10.*",
        "true",
        "(f OR s)",
        "[a TO g]",
        ">5",
        "10.1.0.0/16",
        "2026-06-10",
        "*",
        "?p",
        "\"\"",
    ]);
    let field = prop::sample::select(vec!["a:", "type:", "ip:", "details.type:", "a.b:", ""]);
    let clause = (field, value).prop_map(|(field, value)| format!("{field}{value}"));
    let joiner = prop::sample::select(vec![" AND ", " OR ", " AND NOT ", " "]);
    (clause.clone(), prop::collection::vec((joiner, clause), 0..3)).prop_map(|(first, more)| {
        more.iter().fold(first, |query, (joiner, clause)| format!("{query}{joiner}{clause}"))
    })
}
