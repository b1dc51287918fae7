//! What a table answers besides which rows: pages in order, facets, histograms and CSV, each against a few plain lines
//! over the same entries.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may stop at the first surprise"
)]

use std::collections::{BTreeMap, BTreeSet};

use proptest::{prelude::*, sample::select};
use serde_json::Value;
use trailsift_core::{Filter, Number, Options, Timestamp, compile, time::Unit};
use trailsift_engine::table::{
    Bitmap, Builder, FacetValue, Field, Settings, Sizes, Sort, Table, csv_header,
};

const FILTERS: [&str; 4] = ["", "k:a", "NOT k:a", "_exists_:v AND NOT k:c"];

fn filter(text: &str) -> Filter {
    compile(text, &Options::default()).unwrap().filter().clone()
}

fn table(log: &[String]) -> Table {
    let mut builder = Builder::new(Settings { sizes: Sizes::TINY, ..Settings::default() });
    log.iter().for_each(|entry| builder.push(entry.as_bytes()).unwrap());
    builder.finish()
}

/// A value of a column: some repeat, some do not, some change their kind.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => select(&["\"x\"", "\"y\"", "\"\"", "1", "1.0", "-2", "true", "false", "null", "{}", "[]"][..])
            .prop_map(String::from),
        2 => (0_u32..100_000).prop_map(|n| format!("\"id {n}\"")),
        2 => (0_u32..100_000).prop_map(|n| format!("\"2026-06-{:02}T{:02}:00:00.{:03}Z\"", n % 28 + 1, n % 24, n % 1000)),
        1 => select(&["[\"x\",\"x\",1]", "[null,\"y\"]", "\"2026-06-01T00:00:00+02:00\"", "\"2026-06-01\""][..])
            .prop_map(String::from),
    ]
}

/// Entries whose column `v` is of one kind at first, and of all kinds later.
fn log() -> impl Strategy<Value = Vec<String>> {
    let key = select(&["a", "b", "c"][..]);
    let unique = (0_u32..1 << 30, key.clone())
        .prop_map(|(n, k)| format!("{{\"k\":\"{k}\",\"v\":\"id {n}\"}}\n"));
    let dates = (0_i64..1 << 33, key.clone()).prop_map(|(n, k)| {
        format!("{{\"k\":\"{k}\",\"v\":\"{}\"}}\n", Timestamp::from_millis(1_780_000_000_000 + n))
    });
    let digits = (0_u32..1 << 30, key.clone())
        .prop_map(|(n, k)| format!("{{\"k\":\"{k}\",\"v\":\"{n:037}\"}}\n"));
    let present = |share| {
        let entry = |(v, k, present)| {
            if present {
                format!("{{\"k\":\"{k}\",\"v\":{v}}}\n")
            } else {
                format!("{{\"k\":\"{k}\"}}\n")
            }
        };
        (value(), key.clone(), prop::bool::weighted(share)).prop_map(entry).boxed()
    };
    let (mixed, rare) = (present(0.5), present(0.1));
    let many = |part| prop::collection::vec(part, 0..400);
    let first = [unique.boxed(), dates.boxed(), digits.boxed(), mixed.clone(), rare];
    let parts = prop::sample::select(first.to_vec()).prop_flat_map(many);
    (parts, prop::collection::vec(mixed, 0..300), any::<bool>()).prop_map(
        |(mut first, rest, longer)| {
            first.extend(if longer { rest } else { Vec::new() });
            first
        },
    )
}

/// The values in an entry's `v`.
fn values(entry: &str) -> Vec<Value> {
    let entry: Value = serde_json::from_str(entry).unwrap();
    match entry.get("v") {
        None => Vec::new(),
        Some(Value::Array(values)) => values.clone(),
        Some(value) => vec![value.clone()],
    }
}

fn number(value: &Value) -> Number {
    Number::parse(&value.to_string()).unwrap()
}

/// Kind, number, date, text.
type Place = (u8, Option<Number>, Option<Timestamp>, Vec<u8>);

/// A key that sorts as a table says it does.
fn place(entry: &str) -> Option<Place> {
    let values = values(entry);
    let first = values.iter().find(|value| !value.is_null())?;
    Some(match first {
        Value::Bool(value) => (u8::from(*value), None, None, vec![]),
        Value::Number(_) => (2, Some(number(first)), None, vec![]),
        Value::String(text) => match Timestamp::parse(text.as_bytes()) {
            Some(date) => (3, None, Some(date), vec![]),
            None => (4, None, None, text.clone().into_bytes()),
        },
        _ => (5, None, None, vec![]),
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pages_are_those_of_a_stable_sort(log in log(), offset in 0_usize..300, limit in 0_usize..300) {
        let mut table = table(&log);
        for text in FILTERS {
            let filter = filter(text);
            let all = table.select(&filter, None, 0, usize::MAX).unwrap();
            prop_assert_eq!(&table.select(&filter, None, offset, limit).unwrap(), &all.iter().copied().skip(offset).take(limit).collect::<Vec<_>>());
            for descending in [false, true] {
                let mut sorted = all.clone();
                sorted.sort_by(|a, b| {
                    let (a, b) = (place(&log[*a as usize]), place(&log[*b as usize]));
                    let order = if descending { b.cmp(&a) } else { a.cmp(&b) };
                    a.is_none().cmp(&b.is_none()).then(order)
                });
                let page: Vec<u32> = sorted.into_iter().skip(offset).take(limit).collect();
                let sort = Some(Sort { field: Field::at(&["v"]), descending });
                // The second time from what was kept.
                for _ in 0..2 {
                    prop_assert_eq!(&table.select(&filter, sort, offset, limit).unwrap(), &page);
                }
            }
            prop_assert_eq!(table.select(&filter, Some(Sort { field: Field::at(&["nowhere"]), descending: true }), 0, usize::MAX).unwrap(), all);
        }
    }

    #[test]
    fn facets_are_those_that_are_counted_one_by_one(log in log(), top in 0_usize..20) {
        let mut table = table(&log);
        for text in FILTERS {
            let filter = filter(text);
            let mut counts: BTreeMap<FacetValue, u64> = BTreeMap::new();
            let mut rows = 0;
            for row in table.find(&filter).unwrap().rows() {
                let found: BTreeSet<FacetValue> = values(&log[row as usize]).iter().filter_map(|value| match value {
                    Value::Bool(value) => Some(FacetValue::Bool(*value)),
                    Value::Number(_) => Some(FacetValue::Number(number(value))),
                    Value::String(text) => Some(FacetValue::Text(text.clone().into_bytes())),
                    _ => None,
                }).collect();
                rows += u64::from(!found.is_empty());
                found.into_iter().for_each(|value| *counts.entry(value).or_default() += 1);
            }
            let facets = table.facets(&filter, &[Field::at(&["v"])], top).unwrap().remove(0);
            prop_assert_eq!((facets.distinct, facets.rows), (counts.len() as u64, rows));
            prop_assert_eq!(table.distinct(&filter, Field::at(&["v"])).unwrap(), counts.len() as u64);
            let mut expected: Vec<_> = counts.into_iter().collect();
            expected.sort_by(|(a, m), (b, n)| n.cmp(m).then(a.cmp(b)));
            expected.truncate(top);
            let found: Vec<_> = facets.top.into_iter().map(|facet| (facet.value, facet.count)).collect();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_histogram_counts_each_row_between_its_edges(log in log(), buckets in 1_usize..200) {
        let mut table = table(&log);
        for text in FILTERS {
            let filter = filter(text);
            let rows = table.find(&filter).unwrap();
            let dates: Vec<Timestamp> = rows.rows().filter_map(|row| {
                values(&log[row as usize]).iter().find_map(|value| Timestamp::parse(value.as_str()?.as_bytes()))
            }).collect();
            let histogram = table.histogram(&filter, Field::at(&["v"]), buckets).unwrap();
            prop_assert_eq!(histogram.undated, rows.count() - dates.len() as u64);
            prop_assert!(histogram.counts.len() <= buckets);
            prop_assert_eq!(histogram.counts.iter().sum::<u64>(), dates.len() as u64);
            for (pair, count) in histogram.edges.windows(2).zip(&histogram.counts) {
                let expected = dates.iter().filter(|date| pair[0] <= **date && **date < pair[1]).count();
                prop_assert_eq!(*count, expected as u64);
            }
            if let (Some(first), Some(last)) = (histogram.counts.first(), histogram.counts.last()) {
                prop_assert!(*first > 0 && *last > 0);
            }
        }
    }

    #[test]
    fn bitmaps_are_sets(a in prop::collection::vec(any::<bool>(), 0..200), seed in any::<u64>()) {
        let length = a.len() as u32;
        let (mut one, mut two) = (Bitmap::none(length), Bitmap::none(length + 1));
        let b: Vec<bool> = (0..a.len()).map(|row| seed >> (row % 64) & 1 == 1).collect();
        two.insert(length + 1);
        for row in (0..length).filter(|row| a[*row as usize]) { one.insert(row); }
        for row in (0..length).filter(|row| b[*row as usize]) { two.insert(row); }
        let set = |keep: &dyn Fn(usize) -> bool| (0..length).filter(|row| keep(*row as usize)).collect::<Vec<_>>();
        prop_assert_eq!(one.rows().collect::<Vec<_>>(), set(&|row| a[row]));
        prop_assert_eq!(one.clone().negated().rows().collect::<Vec<_>>(), set(&|row| !a[row]));
        let (mut and, mut or) = (one.clone(), one);
        and.and(&two);
        or.or(&two);
        prop_assert_eq!(and.rows().collect::<Vec<_>>(), set(&|row| a[row] && b[row]));
        prop_assert_eq!(or.rows().collect::<Vec<_>>(), set(&|row| a[row] || b[row]));
        prop_assert_eq!(Bitmap::all(length).count(), u64::from(length));
    }
}

fn edges(dates: &[&str], buckets: usize) -> (u32, Unit, Vec<String>) {
    let log: Vec<String> = dates.iter().map(|date| format!("{{\"v\":\"{date}\"}}")).collect();
    let histogram = table(&log).histogram(&Filter::All, Field::at(&["v"]), buckets).unwrap();
    let edges = histogram.edges.iter().map(|edge| edge.to_string().get(..16).unwrap().to_owned());
    (histogram.step.count, histogram.step.unit, edges.collect())
}

#[test]
fn edges_are_those_of_a_calendar() {
    let day = |text: &str| format!("{text}T00:00");
    assert_eq!(
        edges(&["2026-06-10T11:52:00Z", "2026-06-10T12:07:00Z"], 2),
        (
            15,
            Unit::Minute,
            vec!["2026-06-10T11:45".into(), "2026-06-10T12:00".into(), "2026-06-10T12:15".into()]
        )
    );
    // 2026-06-10 was a Wednesday.
    assert_eq!(
        edges(&["2026-06-10", "2026-06-23"], 3),
        (
            1,
            Unit::Week,
            vec![day("2026-06-08"), day("2026-06-15"), day("2026-06-22"), day("2026-06-29")]
        )
    );
    assert_eq!(
        edges(&["2024-01-31", "2024-03-01"], 4),
        (
            1,
            Unit::Month,
            vec![day("2024-01-01"), day("2024-02-01"), day("2024-03-01"), day("2024-04-01")]
        )
    );
    assert_eq!(
        edges(&["2024-11-30", "2025-02-01"], 2),
        (3, Unit::Month, vec![day("2024-10-01"), day("2025-01-01"), day("2025-04-01")])
    );
    // The calendar's ends, and one bucket for all that there is.
    let (count, unit, all) = edges(&["0000-01-01", "9999-12-31T23:59:59.999Z"], 1);
    assert_eq!((count, unit, all.len()), (10_000, Unit::Year, 2));
    assert_eq!(edges(&["0000-01-01", "9999-12-31"], 120).1, Unit::Year);
    assert_eq!(edges(&["2026-06-10", "2026-06-10"], 0).2.len(), 2);
}

#[test]
fn csv_is_data_and_no_formula() {
    let log = [
        r#"{"a":"=1+1","b":"plain"}"#,
        r#"{"a":"+1","b":-1}"#,
        r#"{"a":"-1","b":1e3}"#,
        r#"{"a":"@x","b":true}"#,
        r#"{"a":"\tx","b":null}"#,
        r#"{"a":"\rx","b":{}}"#,
        r#"{"a":"x,\"y\"\nz","b":["=1",2]}"#,
        r#"{"a":"","c":"é"}"#,
    ]
    .map(String::from);
    let table = table(&log);
    let mut csv = Vec::new();
    csv_header(&["a", "b", "=c"], &mut csv);
    let fields = ["a", "b", "c"].map(|path| [path]);
    let fields: Vec<_> = fields.iter().map(|path| Field::at(path)).collect();
    table.csv_rows(&fields, &[0, 1, 2, 3, 4, 5, 6, 7], &|_| None, &mut csv).unwrap();
    let expected = concat!(
        "a,b,'=c\r\n",
        "'=1+1,plain,\r\n",
        "'+1,-1,\r\n",
        "'-1,1000,\r\n",
        "'@x,true,\r\n",
        "'\tx,,\r\n",
        "\"'\rx\",,\r\n",
        "\"x,\"\"y\"\"\nz\",'=1; 2,\r\n",
        ",,é\r\n",
    );
    assert_eq!(String::from_utf8(csv).unwrap(), expected);
    let fields = [Field::at(&["a"]), Field::at(&["b.c"])];
    let missing = table.csv_rows(&fields, &[0], &|_| None, &mut Vec::new()).unwrap_err();
    assert_eq!(missing.paths, ["b.c"]);
}

#[test]
fn what_a_table_lacks_it_says() {
    let mut table = table(&["{\"a\":{\"b\":1}}".to_owned()]);
    let free = filter("anything");
    assert_eq!(table.missing(&free).leaves.len(), 1);
    assert_eq!(
        table.facets(&free, &[Field::at(&["a.b"]), Field::at(&["x"])], 1).unwrap_err().paths,
        ["a.b"]
    );
    assert_eq!(table.facets(&free, &[Field::at(&["a.b"])], 1).unwrap_err().leaves.len(), 1);
    assert_eq!(table.histogram(&Filter::All, Field::at(&["*"]), 1).unwrap_err().paths, ["*"]);
    let sort = Some(Sort { field: Field::at(&["a.0"]), descending: false });
    assert_eq!(
        table.select(&Filter::All, sort, 0, 1).unwrap_err().to_string(),
        "the entries' bytes must be read again for `a.0`"
    );
    assert_eq!(table.count(&filter("x:1")), Ok(0));
}

#[test]
fn what_is_kept_of_earlier_questions_is_bounded() {
    let log: String = (0..5000).map(|n| format!("{{\"k\":{}}}\n", n % 100)).collect();
    let budget = 256 << 10;
    let mut builder = Builder::new(Settings { budget, sizes: Sizes::TINY, ..Settings::default() });
    builder.push(log.as_bytes()).unwrap();
    let mut table = builder.finish();
    let before = table.memory();
    for k in (0..100).chain(0..100) {
        assert_eq!(table.count(&filter(&format!("k:{k} OR k:none"))), Ok(50));
        assert!(table.memory() <= before + budget / 16, "{} after {before}", table.memory());
    }
    assert!(table.memory() > before);
}
