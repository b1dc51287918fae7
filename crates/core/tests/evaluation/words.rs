//! What the generated entries and filters are made of: few words, so that they meet, and odd ones.

use proptest::{prelude::*, sample::select};

/// Keys of entries. With [`PATHS`] they meet as names, as names with dots, as indexes, and not at all.
pub(crate) const KEYS: &[&str] =
    &["a", "b", "a.b", "b.a", "0", "1", "*", "", "a.", "é", "99999999999999999999999"];

/// Paths of filters.
pub(crate) const PATHS: &[&str] = &[
    "a", "b", "a.b", "b.a", "a.b.a", "a.0", "a.0.b", "a.1", "0", "00", "*", "a.*", "*.b", "*.*",
    "", ".", "a.", ".a", "é", "a*", "99999999",
];

const DATES: &[&str] = &[
    "2018",
    "2018-12",
    "2018-12-10",
    "2018-12-10T01",
    "2018-12-10t01:00",
    "2018-12-10 01:00:00",
    "2018-12-10T01:00:00Z",
    "2018-12-10T01:00:00.5+01:30",
    "2018-12-10T01:00:00,123456789123-0130",
    "2018-12-10T01:00:60z",
    "2018-12-10T24:00:00Z",
    "2018-12-10T01:00:00.Z",
    "2018-12-10T01:00:00+24:00",
    "2018-12-10Z",
    "2018-02-29",
    "2020-02-29",
    "0000-01-01",
    "9999-12-31T23:59:59-23:59",
    "1969-12-31T23:59:59.999999999Z",
];

const ADDRESSES: &[&str] = &[
    "10.1.2.3",
    "::ffff:10.1.2.3",
    "::ffff:a01:203",
    "10.1.2.3:443",
    "10.1.2.3:0",
    "010.1.2.3",
    "10.1.2",
    "2001:db8::1",
    "2001:0DB8:0::1",
    "[2001:db8::1]:443",
    "[2001:db8::1]",
    "[10.1.2.3]:443",
    "fe80::1%1",
    "::",
];

const NUMERALS: &[&str] = &[
    "0",
    "-0",
    "1",
    "01",
    "+1",
    "1.0",
    "1e0",
    "10E-1",
    "1.",
    ".5",
    "1e",
    "0x1",
    "NaN",
    "1e400",
    "-5",
    "-0.5",
    "200",
    "2e2",
    "9007199254740992",
    "9007199254740993",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "1e-5",
    "0.1",
    "0.30000000000000004",
];

const TEXTS: &[&str] = &[
    "",
    "f",
    "F",
    "fp",
    "s",
    "ss",
    "ß",
    "ẞ",
    "straße",
    "k",
    "K",
    "\u{212A}",
    "ı",
    "I",
    "i",
    "İ",
    "σ",
    "ς",
    "Σ",
    "日本",
    "🦀",
    "a b",
    "a*b",
    "a?b",
    "true",
    "false",
    "null",
    "auth0|123",
];

/// Strings of entries and of filters.
pub(crate) fn values() -> impl Strategy<Value = String> {
    prop_oneof![
        select(DATES).prop_map(String::from),
        select(ADDRESSES).prop_map(String::from),
        select(NUMERALS).prop_map(String::from),
        select(TEXTS).prop_map(String::from),
        "[abfkKéßσς日?*. ]{0,6}",
        ".{0,6}",
    ]
}

/// Instants as text, each a date with a time.
pub(crate) fn dates() -> impl Strategy<Value = &'static str> {
    select(DATES)
}

/// Addresses, spelled in many ways.
pub(crate) fn addresses() -> impl Strategy<Value = &'static str> {
    select(ADDRESSES)
}

/// Numbers in JSON's notation.
pub(crate) fn numbers() -> impl Strategy<Value = String> {
    let known = select(NUMERALS).prop_filter("JSON's alone", |text| {
        serde_json::from_str::<serde_json::Number>(text).is_ok()
    });
    prop_oneof![
        3 => known.prop_map(String::from),
        1 => (-3_i64..300).prop_map(|number| number.to_string()),
        1 => any::<i64>().prop_map(|number| number.to_string()),
        1 => any::<u64>().prop_map(|number| number.to_string()),
        1 => (-1000_i32..1000).prop_map(|number| (f64::from(number) / 8.0).to_string()),
        1 => prop::num::f64::NORMAL.prop_map(|number| format!("{number:e}")),
    ]
}
