//! Bounds against the reference, on random entries and filters and on the corpus: never that no entry matches where one
//! does, nor that all do where one does not.

#[path = "../../../engine/tests/agreement/entries.rs"]
#[allow(dead_code, reason = "logs of many entries are the scan's to test")]
mod entries;
#[path = "../../../engine/tests/agreement/filters.rs"]
mod filters;
#[path = "../../../../tests/corpus/reader.rs"]
#[allow(dead_code, reason = "the diagnostics are the core's to test")]
mod reader;

use entries::Written;
use proptest::prelude::*;
use trailsift_core::{Filter, Matcher, Options, Schema, Value, compile, values_at};
use trailsift_engine::json::Json;

use super::{Bounds, Collector, Stats};
use crate::{
    chunk::{Corrupt, Stored},
    entry::check,
    kind::Kind,
    segment::{self, Entry},
    served::served,
};

/// Paths at which random entries hold something, and some at which they do not.
const PATHS: [&str; 12] = [
    "a",
    "b",
    "type",
    "ip",
    "a.b",
    "a.b.a",
    "details",
    "details.type",
    "details.*",
    "*.a",
    "a.0",
    "0",
];

fn collected<'a, V: Value<'a>>(entries: impl Iterator<Item = V>, few: usize) -> Stats {
    let mut collector = Collector::default();
    collector.few = few;
    let paths = PATHS.map(|path| (path, collector.path(path, path == "b")));
    for entry in entries {
        collector.begin_entry();
        for (path, number) in paths {
            values_at(entry, Some(path), |view| collector.see(number, view));
        }
    }
    collector.finish()
}

/// Whether the bounds hold for what the entries do.
fn holds(bounds: Bounds, mut matches: impl Iterator<Item = bool> + Clone) -> bool {
    let any_match = matches.clone().any(|matches| matches);
    let any_miss = matches.any(|matches| !matches);
    (bounds.may_match || !any_match) && (bounds.may_miss || !any_miss)
}

fn sound(entries: &[Written], few: usize, filter: &Filter) -> Result<(), TestCaseError> {
    let stats = collected(entries.iter().map(|entry| Json::new(&entry.json)), few);
    let stats = Stats::decode(&stats.encode()).unwrap();
    let matcher = Matcher::new(filter);
    let bounds = stats.bounds(filter);
    let matches = entries.iter().map(|entry| matcher.matches(&entry.tree));
    prop_assert!(holds(bounds, matches), "{:?} for {:?} of {:?}", bounds, filter, stats);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2 * ProptestConfig::default().cases))]

    #[test]
    fn bounds_are_sound_for_filters(
        entries in prop::collection::vec(entries::entry(), 1..6),
        few in prop::sample::select(vec![0, 0, 1, 3, 64]), filter in filters::filter(),
    ) {
        sound(&entries, few, &filter)?;
        sound(&entries, few, &Filter::Not(Box::new(filter)))?;
    }

    #[test]
    fn bounds_are_sound_for_queries(
        entries in prop::collection::vec(entries::entry(), 1..6),
        few in prop::sample::select(vec![0, 64]),
        query in filters::query(), ignore_case in any::<bool>(),
    ) {
        let options = Options { ignore_case, ..Options::default() };
        let Ok(query) = compile(&query, &options) else { return Ok(()) };
        sound(&entries, few, query.filter())?;
    }

    #[test]
    fn nothing_makes_reading_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let _ = Stats::decode(&[&[1], &*bytes].concat());
    }
}

/// The row's entries as a segment, where the trail takes them; their served bytes, and what the segment's statistics say.
fn sealed(schema: &'static Schema, entries: &[String]) -> Option<(Vec<Vec<u8>>, Stats)> {
    let kind = Kind::of(schema);
    let checked: Vec<_> =
        entries.iter().filter_map(|entry| check(entry.as_bytes(), kind).ok()).collect();
    let ids: Vec<String> = checked
        .iter()
        .map(|entry| entry.id.clone().unwrap_or_else(|| "01ARZ3NDEKTSV4RRFFQ69G5FAV".to_owned()))
        .collect();
    let entries: Vec<Entry<'_>> = (1..)
        .zip(checked.iter().zip(&ids))
        .map(|(sequence, (entry, id))| {
            let time = entry.time.unwrap_or(1_000);
            let stored = Stored { sequence, id, time, lacks: entry.lacks, bytes: entry.bytes };
            Entry { stored, received: 2_000 }
        })
        .collect();
    let stats = segment::encode(schema, &entries).ok()?.stats;
    let served = entries.iter().map(|Entry { stored, received }| {
        served(stored.bytes, stored.lacks, kind, stored.id, stored.time, *received).into_owned()
    });
    Some((served.collect(), Stats::decode(&stats).unwrap()))
}

#[test]
fn bounds_are_sound_for_the_corpus() {
    let (mut asked, mut useful) = (0, 0);
    for case in reader::cases() {
        let Ok(query) = compile(&case.query, &case.options) else { continue };
        let filter = query.filter();
        let matcher = Matcher::new(filter);
        let alone = case.entries.chunks(1);
        for entries in alone.chain([case.entries.as_slice()]) {
            let Some((served, stats)) = sealed(case.options.schema, entries) else { continue };
            let bounds = stats.bounds(filter);
            let matches = served.iter().map(|entry| matcher.matches(Json::new(entry)));
            assert!(holds(bounds, matches), "{}: {bounds:?} for {entries:?}", case.name);
            asked += 1;
            useful += usize::from(bounds != Bounds::UNKNOWN);
        }
    }
    // Where an entry is alone, its schema's fields say all but for free text and undeclared paths.
    assert!(useful * 3 > asked, "{useful} of {asked}");
}

/// Statistics of many entries, so that no column has few values.
fn many() -> Stats {
    let entries: Vec<String> = (0..3_000)
        .map(|n| {
            let day = n % 28 + 1;
            let low = n % 250;
            format!(
                r#"{{"log_id":"9002026{n:05}","date":"2026-07-{day:02}T09:30:00Z","type":"s","user_id":"auth0|{n}","ip":"10.1.{}.{low}","details":{{"response":{{"statusCode":{}}}}}}}"#,
                n / 250,
                200 + n % 300,
            )
        })
        .collect();
    sealed(Schema::by_name("auth0").unwrap(), &entries).unwrap().1
}

#[test]
fn what_is_not_there_is_passed_over() {
    let stats = many();
    let options = Options { schema: Schema::by_name("auth0").unwrap(), ..Options::default() };
    let bounds = |query: &str| stats.bounds(compile(query, &options).unwrap().filter());
    let none = Bounds { may_match: false, may_miss: true };
    let all = Bounds { may_match: true, may_miss: false };
    for (query, expected) in [
        ("type:f", none),
        ("NOT type:f", all),
        ("type:s", all),
        ("category:logout", none),
        ("user_id:\"auth0|4000\"", none),
        ("user_id:\"auth0|17\"", Bounds::UNKNOWN),
        ("user_id:github*", none),
        ("user_id:auth0*", Bounds::UNKNOWN),
        ("ip:10.2.0.1", none),
        ("ip:10.1.0.17", Bounds::UNKNOWN),
        ("ip:10.1.0.0/16", Bounds::UNKNOWN),
        ("ip:192.168.0.0/16", none),
        ("date:[2026-08-01 TO 2026-09-01]", none),
        ("date:[2026-07-01 TO 2026-08-01}", all),
        ("date:2026-07-05", Bounds::UNKNOWN),
        ("NOT date:2026-07", none),
        ("log_id:900202699999", none),
        ("details.response.statusCode:404", Bounds::UNKNOWN),
        ("details.response.statusCode:>=500", none),
        ("details.response.statusCode:[200 TO 500]", all),
        ("_exists_:user_id", all),
        ("_exists_:user_name", none),
        ("details.request.method:GET", Bounds::UNKNOWN),
        ("type:s AND ip:192.168.0.1", none),
        ("type:s OR ip:192.168.0.1", all),
    ] {
        assert_eq!(bounds(query), expected, "{query}");
    }
}

#[test]
fn statistics_survive_being_stored_and_a_cut_is_found() {
    let stats = many();
    let bytes = stats.encode();
    assert_eq!(Stats::decode(&bytes), Ok(stats));
    for length in (0..bytes.len()).step_by(7) {
        assert_eq!(Stats::decode(&bytes[..length]), Err(Corrupt), "{length}");
    }
    assert_eq!(Stats::decode(&[&*bytes, &[0]].concat()), Err(Corrupt));
}
