//! The scan against the reference, on random entries, filters and forms of a log: the same matches at the same places,
//! however the bytes arrive. The reference sees the entries as trees that were never written as JSON.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may stop at the first surprise"
)]

#[path = "agreement/entries.rs"]
mod entries;
#[path = "agreement/filters.rs"]
mod filters;

use std::ops::Range;

use entries::Written;
use proptest::prelude::*;
use trailsift_core::{Filter, Matcher, Options, compile};
use trailsift_engine::{
    plan::Plan,
    scan::{Match, Scan, filter},
};

/// How entries are put together to a log.
#[derive(Clone, Copy, Debug)]
enum Form {
    Lines(&'static str),
    Array(&'static str),
    Page(&'static str),
    Cerbos,
    Stream,
}

fn form() -> impl Strategy<Value = Form> {
    prop_oneof![
        6 => prop::sample::select(vec!["\n", "\r\n", "\n\n", " \n ", "", " "]).prop_map(Form::Lines),
        1 => prop::sample::select(vec![",", ",\n", " , "]).prop_map(Form::Array),
        1 => prop::sample::select(vec![",", ",\n"]).prop_map(Form::Page),
        1 => Just(Form::Cerbos),
        1 => Just(Form::Stream),
    ]
}

/// Entries; often among so many that hold nothing that a search is worth it.
fn log_entries() -> impl Strategy<Value = Vec<Written>> {
    let filler = prop::sample::select(vec![0, 20]);
    (prop::collection::vec(entries::entry(), 0..9), filler, any::<prop::sample::Index>()).prop_map(
        |(mut entries, filler, at)| {
            let at = at.index(entries.len() + 1);
            entries.splice(at..at, std::iter::repeat_n(entries::filler(), filler));
            entries
        },
    )
}

/// The log, and where each entry stands in it.
fn log(entries: &[Written], form: Form, last: bool) -> (Vec<u8>, Vec<Range<usize>>) {
    let (begin, between, end, before, after) = match form {
        Form::Lines(between) => ("", between, if last { between } else { "" }, "", ""),
        Form::Array(between) => ("[", between, "]", "", ""),
        Form::Page(between) => ("{\"start\":0,\"logs\":[", between, "]}\n", "", ""),
        Form::Cerbos => ("", "\n", "\n", "{\"result\":{\"accessLogEntry\":", "}}"),
        Form::Stream => ("[", ",\n", "]", "{\"log_id\":\"x\", \"data\":", "}"),
    };
    let mut log = begin.as_bytes().to_vec();
    let mut places = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        log.extend(if index > 0 { between } else { "" }.as_bytes());
        log.extend(before.as_bytes());
        places.push(log.len()..log.len() + entry.json.len());
        log.extend(&entry.json);
        log.extend(after.as_bytes());
    }
    log.extend(end.as_bytes());
    (log, places)
}

fn chunked(log: &[u8], size: usize, mut scan: Scan, plan: &Plan) -> (Vec<Range<usize>>, Scan) {
    let mut found = Vec::new();
    let mut keep = |entry: Match<'_>| {
        let range = entry.range.start as usize..entry.range.end as usize;
        assert_eq!(entry.bytes, &log[range.clone()]);
        found.push(range);
    };
    for chunk in log.chunks(size) {
        scan.push(chunk, plan, &mut keep);
    }
    scan.finish(plan, &mut keep);
    (found, scan)
}

fn agree(
    entries: &[Written],
    form: Form,
    last: bool,
    size: usize,
    wanted: &Filter,
) -> Result<(), TestCaseError> {
    let (log, places) = log(entries, form, last);
    let matcher = Matcher::new(wanted);
    let matching = entries.iter().zip(&places).filter(|(e, _)| matcher.matches(&e.tree));
    let expected: Vec<_> = matching.map(|(_, place)| place.clone()).collect();
    let plan = Plan::new(wanted);
    let text = String::from_utf8_lossy(&log);
    let (found, report) = filter(&log, &plan);
    prop_assert_eq!(&found, &expected, "{:?} in {}", wanted, text);
    prop_assert_eq!((report.broken, report.matches), (0, expected.len() as u64));
    for scan in [Scan::new(), Scan::checked(), Scan::strict()] {
        let (found, scan) = chunked(&log, size, scan, &plan);
        prop_assert_eq!(&found, &expected, "{:?} in chunks of {} in {}", wanted, size, text);
        prop_assert_eq!(scan.report().broken, 0);
    }
    let (_, scan) = chunked(&log, size, Scan::checked(), &plan);
    prop_assert_eq!(scan.report().entries, entries.len() as u64);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4 * ProptestConfig::default().cases))]

    #[test]
    fn the_scan_agrees_on_filters(
        entries in log_entries(),
        form in form(), last in any::<bool>(), size in 1_usize..400, wanted in filters::filter(),
    ) {
        agree(&entries, form, last, size, &wanted)?;
    }

    #[test]
    fn the_scan_agrees_on_queries(
        entries in log_entries(),
        form in form(), last in any::<bool>(), size in 1_usize..400,
        query in filters::query(), ignore_case in any::<bool>(),
    ) {
        let options = Options { ignore_case, ..Options::default() };
        let Ok(query) = compile(&query, &options) else { return Ok(()) };
        agree(&entries, form, last, size, query.filter())?;
    }
}
