//! Queries of the grammar that neighbours share: terms, fields, quotes, ranges, groups, AND, OR, NOT, `+` and `-`.

use std::collections::BTreeSet;

use proptest::{prelude::*, sample::select};

use crate::{boolean::Atom, tantivy};

/// One condition. Few words, so that one comes again.
fn condition() -> impl Strategy<Value = String> {
    let field = || select(&["f", "g", "f.g"][..]);
    let word = || select(&["a", "b", "c", "d-e", "1", "2018-12-10", "x.y"][..]);
    let value = || {
        prop_oneof![
            4 => word().prop_map(String::from),
            2 => (word(), word()).prop_map(|(a, b)| format!("\"{a} {b}\"")),
            1 => word().prop_map(|a| format!("\"{a}\\\" {a}\"")),
        ]
    };
    // A range that nothing lies in is an error here; tantivy finds out when it searches.
    let bounds =
        select(&[("a", "b"), ("1", "5"), ("b", "bb"), ("*", "c"), ("2018-12-10", "*")][..]);
    let range = (select(&['[', '{'][..]), bounds, select(&[']', '}'][..]))
        .prop_map(|(open, (low, high), close)| format!("{open}{low} TO {high}{close}"));
    let comparison = (select(&[">", ">=", "<", "<="][..]), word())
        .prop_map(|(sign, word)| sign.to_owned() + word);
    prop_oneof![
        4 => value(),
        4 => (field(), value()).prop_map(|(field, value)| format!("{field}:{value}")),
        1 => (field(), word()).prop_map(|(field, word)| format!("{field}:{word}*")),
        1 => (field(), range).prop_map(|(field, range)| format!("{field}:{range}")),
        1 => (field(), comparison).prop_map(|(field, range)| format!("{field}:{range}")),
        1 => field().prop_map(|field| format!("{field}:*")),
        1 => (field(), word(), word()).prop_map(|(f, a, b)| format!("{f}:({a} OR {b})")),
        1 => (field(), word(), word()).prop_map(|(f, a, b)| format!("{f}:({a} AND NOT {b})")),
        1 => (field(), word(), word()).prop_map(|(f, a, b)| format!("{f}:({a} {b})")),
    ]
}

/// Whole queries, in groups up to three deep, of at most some ten conditions.
///
/// In one group either every operator is written, with NOT or `-` before an operand; or operands just stand next to
/// each other, with signs before them; or both, with no signs. What signs mean among operators is where readers part:
/// [`every_short_query`] has all of that.
pub(crate) fn query() -> impl Strategy<Value = String> {
    condition().prop_recursive(3, 9, 3, |inner| {
        let operand = prop_oneof![
            3 => condition(),
            1 => inner.prop_map(|group| format!("({group})")),
        ]
        .boxed();
        let written = join(
            select(&["", "", "NOT ", "-"][..]),
            select(&[" AND ", " OR "][..]),
            operand.clone(),
        );
        let adjacent = join(select(&["", "", "+", "-", "NOT "][..]), Just(" "), operand.clone());
        let both = join(Just(""), select(&[" AND ", " OR ", " "][..]), operand.clone());
        prop_oneof![written, adjacent, both]
    })
}

fn join(
    prefix: impl Strategy<Value = &'static str>,
    operator: impl Strategy<Value = &'static str>,
    operand: BoxedStrategy<String>,
) -> impl Strategy<Value = String> {
    let parts = prop::collection::vec((operator, prefix, operand), 2..4);
    // tantivy makes `(b AND (b))` one `+b`, and `a (+b)` it reads as `a +b`: `differential.rs` says so. It knows equal
    // operands by their trees; what has other conditions is never equal.
    let parts = parts.prop_filter("neighbours with other conditions", |parts| {
        parts.windows(2).all(|pair| match pair {
            [(_, _, one), (_, _, other)] => conditions(one) != conditions(other),
            _ => false,
        })
    });
    parts.prop_map(|parts| {
        let mut text = String::new();
        for (index, (operator, prefix, operand)) in parts.iter().enumerate() {
            if index > 0 {
                text.push_str(operator);
            }
            text.push_str(prefix);
            text.push_str(operand);
        }
        text
    })
}

/// The conditions of an operand, without the groups and operators around them.
fn conditions(operand: &str) -> BTreeSet<Atom> {
    let form = tantivy::form(operand).expect("generated queries are read there");
    form.conditions().into_iter().cloned().collect()
}

/// Two or three terms with every sign and every join: the text, the signs, and what stands between the terms.
pub(crate) fn every_short_query() -> Vec<(String, Vec<&'static str>, Vec<&'static str>)> {
    let (signs, joins) = (["", "+", "-", "NOT "], [" AND ", " OR ", " "]);
    let single = |sign: &'static str| (format!("{sign}a"), vec![sign], Vec::new());
    let mut longest: Vec<_> = signs.into_iter().map(single).collect();
    let mut all = Vec::new();
    for term in ["b", "c"] {
        let mut longer = Vec::new();
        for (text, before, between) in &longest {
            for join in joins {
                for sign in signs {
                    let (mut before, mut between) = (before.clone(), between.clone());
                    before.push(sign);
                    between.push(join);
                    longer.push((format!("{text}{join}{sign}{term}"), before, between));
                }
            }
        }
        all.extend(longer.clone());
        longest = longer;
    }
    all
}
