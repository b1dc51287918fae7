//! Fields of several paths, and those that an event code tells, against a few plain lines over the same entries.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may stop at the first surprise"
)]

use std::collections::{BTreeMap, BTreeSet};

use proptest::{prelude::*, sample::select};
use serde_json::Value;
use trailsift_core::{Derived, Filter, Schema, Timestamp, events::event};
use trailsift_engine::table::{Builder, FacetValue, Field, Settings, Sizes, Sort, Table};

/// Paths of one field: a member, one below an object or an array of them, and one that is hardly ever there.
const PATHS: [&str; 3] = ["a", "b.c", "d"];

fn table(log: &[String]) -> Table {
    let paths = PATHS.map(String::from).to_vec();
    let mut builder = Builder::new(Settings { sizes: Sizes::TINY, paths, ..Settings::default() });
    log.iter().for_each(|entry| builder.push(entry.as_bytes()).unwrap());
    builder.finish()
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => select(&["\"x\"", "\"y\"", "\"fp\"", "\"slo\"", "\"s\"", "1", "1.0", "true", "null", "{}", "[]"][..]).prop_map(String::from),
        2 => (0_u32..300).prop_map(|n| format!("\"id {n}\"")),
        2 => (0_u32..300).prop_map(|n| format!("\"{n:020}\"")),
        2 => (0_i64..300).prop_map(|n| format!("\"{}\"", Timestamp::from_millis(1_780_000_000_000 + n * 60_000))),
        1 => select(&["[\"x\",\"x\",1]", "[null,\"y\"]", "[\"slo\",\"nonsense\",\"f\"]", "[\"2026-06-01\",{}]"][..]).prop_map(String::from),
    ]
}

/// Columns of which one is alike in all rows at first, so that segments of every form meet.
fn log() -> impl Strategy<Value = Vec<String>> {
    let many = (0_u32..100_000, 0_u8..4).prop_map(|(n, form)| match form {
        0 => format!("\"id {n}\""),
        1 => format!("\"{n:030}\""),
        2 => format!("\"{}\"", Timestamp::from_millis(1_780_000_000_000 + i64::from(n))),
        _ => "\"x\"".to_owned(),
    });
    let first = (many, 0_u8..4).prop_map(|(value, also)| match also {
        0 => format!("{{\"b\":{{\"c\":{value}}},\"a\":{value}}}"),
        1 => format!("{{\"b\":{{\"c\":{value}}}}}"),
        _ => format!("{{\"a\":{value}}}"),
    });
    let rest = (
        prop::option::weighted(0.6, value()),
        prop::option::weighted(0.5, value()),
        prop::option::weighted(0.1, value()),
        any::<bool>(),
    )
        .prop_map(|(a, b, d, is_list)| {
            let mut members: Vec<String> = a.map(|a| format!("\"a\":{a}")).into_iter().collect();
            members.extend(b.map(|b| {
                if is_list {
                    format!("\"b\":[{{\"c\":{b}}},{{\"c\":\"x\"}}]")
                } else {
                    format!("\"b\":{{\"c\":{b}}}")
                }
            }));
            members.extend(d.map(|d| format!("\"d\":{d}")));
            format!("{{{}}}", members.join(","))
        });
    (prop::collection::vec(first, 0..400), prop::collection::vec(rest, 0..200)).prop_map(
        |(mut first, rest)| {
            first.extend(rest);
            first
        },
    )
}

/// The values at a path, arrays gone through.
fn at(value: &Value, path: &[&str], found: &mut Vec<Value>) {
    match (value, path) {
        (Value::Array(elements), _) => elements.iter().for_each(|element| at(element, path, found)),
        (_, []) => found.push(value.clone()),
        (_, [key, rest @ ..]) => {
            value.get(key).into_iter().for_each(|member| at(member, rest, found))
        }
    }
}

/// The values of a field by path, in the order of the paths.
fn values(entry: &str, derived: Option<Derived>) -> Vec<Vec<Value>> {
    let entry: Value = serde_json::from_str(entry).unwrap();
    let told = |value: Value| match derived {
        None => Some(value),
        Some(_) => event(value.as_str()?).map(|event| Value::from(event.outcome.as_str())),
    };
    PATHS
        .map(|path| {
            let mut found = Vec::new();
            at(&entry, &path.split('.').collect::<Vec<_>>(), &mut found);
            found.into_iter().filter_map(told).collect()
        })
        .to_vec()
}

fn facet(value: &Value) -> Option<FacetValue> {
    Some(match value {
        Value::Bool(value) => FacetValue::Bool(*value),
        Value::Number(_) => {
            FacetValue::Number(trailsift_core::Number::parse(&value.to_string()).unwrap())
        }
        Value::String(text) => FacetValue::Text(text.clone().into_bytes()),
        _ => return None,
    })
}

/// Kind, then number, date or text.
type Place = (u8, Option<FacetValue>, Option<Timestamp>, Vec<u8>);

/// A key that sorts as a table says it does.
fn place(values: &[Vec<Value>]) -> Option<Place> {
    let first = values.iter().find_map(|values| values.iter().find(|value| !value.is_null()))?;
    Some(match first {
        Value::Bool(value) => (u8::from(*value), None, None, vec![]),
        Value::Number(_) => (2, facet(first), None, vec![]),
        Value::String(text) => match Timestamp::parse(text.as_bytes()) {
            Some(date) => (3, None, Some(date), vec![]),
            None => (4, None, None, text.clone().into_bytes()),
        },
        _ => (5, None, None, vec![]),
    })
}

fn fields() -> [Field<'static>; 2] {
    let outcome = Schema::by_name("auth0").unwrap().source_of("outcome").unwrap();
    [Field::at(&PATHS), Field { paths: &PATHS, derived: outcome.derived }]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn facets_count_an_entry_once_for_each_value(log in log(), top in 0_usize..20) {
        let mut table = table(&log);
        for field in fields() {
            let mut counts: BTreeMap<FacetValue, u64> = BTreeMap::new();
            let mut rows = 0;
            for entry in &log {
                let found: BTreeSet<_> = values(entry, field.derived).iter().flatten().filter_map(facet).collect();
                rows += u64::from(!found.is_empty());
                found.into_iter().for_each(|value| *counts.entry(value).or_default() += 1);
            }
            let facets = table.facets(&Filter::All, &[field], top).unwrap().remove(0);
            prop_assert_eq!((facets.distinct, facets.rows), (counts.len() as u64, rows));
            let mut expected: Vec<_> = counts.into_iter().collect();
            expected.sort_by(|(a, m), (b, n)| n.cmp(m).then(a.cmp(b)));
            expected.truncate(top);
            let found: Vec<_> = facets.top.into_iter().map(|facet| (facet.value, facet.count)).collect();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn the_first_path_that_leads_to_a_value_is_sorted_by(log in log(), offset in 0_usize..300, limit in 0_usize..300) {
        let mut table = table(&log);
        for (field, descending) in fields().into_iter().flat_map(|field| [(field, false), (field, true)]) {
            let places: Vec<_> = log.iter().map(|entry| place(&values(entry, field.derived))).collect();
            let mut sorted: Vec<u32> = (0..log.len() as u32).collect();
            sorted.sort_by(|a, b| {
                let (a, b) = (&places[*a as usize], &places[*b as usize]);
                let order = if descending { b.cmp(a) } else { a.cmp(b) };
                a.is_none().cmp(&b.is_none()).then(order)
            });
            let sort = Some(Sort { field, descending });
            prop_assert_eq!(&table.select(&Filter::All, sort, 0, usize::MAX).unwrap(), &sorted);
            let page: Vec<u32> = sorted.into_iter().skip(offset).take(limit).collect();
            prop_assert_eq!(table.select(&Filter::All, sort, offset, limit).unwrap(), page);
        }
    }

    #[test]
    fn a_row_has_the_time_of_the_first_path_that_leads_to_one(log in log(), buckets in 1_usize..100) {
        let mut table = table(&log);
        let dates: Vec<Timestamp> = log.iter().filter_map(|entry| {
            let values = values(entry, None);
            values.iter().flatten().find_map(|value| Timestamp::parse(value.as_str()?.as_bytes()))
        }).collect();
        let [field, derived] = fields();
        let histogram = table.histogram(&Filter::All, field, buckets).unwrap();
        prop_assert_eq!(histogram.undated, (log.len() - dates.len()) as u64);
        for (pair, count) in histogram.edges.windows(2).zip(&histogram.counts) {
            let expected = dates.iter().filter(|date| pair[0] <= **date && **date < pair[1]).count();
            prop_assert_eq!(*count, expected as u64);
        }
        prop_assert_eq!(table.histogram(&Filter::All, derived, buckets).unwrap().undated, log.len() as u64);
    }
}

/// More values than there is room for at a time.
#[test]
fn near_unique_values_are_counted_exactly() {
    for (form, digits) in [("id ", 9), ("", 24)] {
        let log: Vec<String> = (0..5000_u32)
            .map(|n| {
                format!("{{\"a\":\"{form}{:0digits$}\"}}", n.wrapping_mul(2_654_435_761) % 4001)
            })
            .collect();
        let mut table = table(&log);
        let facets = table.facets(&Filter::All, &[Field::at(&["a"])], 3).unwrap().remove(0);
        let mut counts: BTreeMap<u32, u64> = BTreeMap::new();
        (0..5000_u32)
            .for_each(|n| *counts.entry(n.wrapping_mul(2_654_435_761) % 4001).or_default() += 1);
        assert_eq!((facets.distinct, facets.rows), (counts.len() as u64, 5000));
        let most = counts.values().max().unwrap();
        assert!(facets.top.iter().all(|facet| facet.count == *most));
    }
}
