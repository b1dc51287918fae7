//! Scans of whole logs and of chunks, and what they report.

use alloc::{format, string::String, vec, vec::Vec};

use proptest::prelude::*;
use trailsift_core::{Options, compile};

use super::*;

fn whole_and_chunked(text: &[u8], size: usize) -> [(Vec<Range<u64>>, Report); 2] {
    let query = compile("a:1", &Options::default()).unwrap();
    let (matches, report) = filter(text, &Plan::new(query.filter()));
    let matches = matches.into_iter().map(|r| r.start as u64..r.end as u64).collect();
    let mut scan = Scan::new();
    let mut chunked = Vec::new();
    let mut keep = |found: Match<'_>| {
        let place = found.range.start as usize..found.range.end as usize;
        assert_eq!(found.bytes, &text[place]);
        chunked.push(found.range);
    };
    for chunk in text.chunks(size) {
        scan.push(chunk, &Plan::new(query.filter()), &mut keep);
    }
    scan.finish(&Plan::new(query.filter()), &mut keep);
    let seen = scan.report().clone();
    [(matches, report), (chunked, seen)]
}

proptest! {
    #[test]
    fn chunks_make_no_difference(
        parts in prop::collection::vec(prop::sample::select(vec![
            "{\"a\":1}\n", "{\"a\":2}\n", "{\"a\":\n", "{\"b\":{\"a\":[1,\"é\"]}}\n", "x\n", "[{\"a\":1},{\"a\":1}]", "{\"logs\":[{\"a\":1}]}",
            "{\"data\":[{\"date\":\"\",\"a\":1}]}\n", "{\"date\":\"\",\"data\":[{\"date\":\"\"}],\"a\":1}\n", "{\"data\":[1],\"a\":1}\n",
        ]), 0..20),
        size in 1_usize..30,
    ) {
        let text: String = parts.concat();
        let [whole, chunked] = whole_and_chunked(text.as_bytes(), size);
        prop_assert_eq!(whole, chunked);
    }
}

#[test]
fn a_report_keeps_the_first_broken_places_and_counts_all() {
    let text = "x\n".repeat(250);
    let query = compile("", &Options::default()).unwrap();
    let (_, report) = filter(text.as_bytes(), &Plan::new(query.filter()));
    assert_eq!((report.broken, report.first_broken.len()), (250, BROKEN_KEPT));
    assert_eq!(report.first_broken[99].line, 100);
}

#[test]
fn an_entry_of_many_chunks_is_not_read_once_for_each() {
    let text = format!("{{\"b\":\"{}\",\"a\":1}}\n", "x".repeat(4_000_000));
    let [whole, chunked] = whole_and_chunked(text.as_bytes(), 500);
    assert_eq!(whole, chunked);
    assert_eq!(whole.0.len(), 1);
}

fn run(mut scan: Scan, text: &str, size: usize, query: &str) -> (Vec<String>, Scan) {
    let query = compile(query, &Options::default()).unwrap();
    let plan = Plan::new(query.filter());
    let mut found = Vec::new();
    let mut keep = |entry: Match<'_>| found.push(str::from_utf8(entry.bytes).unwrap().into());
    for chunk in text.as_bytes().chunks(size) {
        scan.push(chunk, &plan, &mut keep);
    }
    scan.finish(&plan, &mut keep);
    (found, scan)
}

fn lines(scan: &Scan) -> Vec<u64> {
    scan.report().first_broken.iter().map(|broken| broken.line).collect()
}

#[test]
fn most_that_is_broken_is_come_across_without_a_reason_to_look_at_it() {
    let good = format!("{{\"a\":1,\"text\":\"{}\"}}\n", "x".repeat(200));
    let wanted = "{\"a\":\"two\"}\n";
    for broken in ["nope", "{\"a\":1", "\"{}\"", "{\"a\":\"x", "[1]x"] {
        let text =
            format!("{wanted}{}{broken}\n{}{wanted}{{\"a", good.repeat(100), good.repeat(100));
        for size in [1, 100, 1000, 1 << 20] {
            let (found, scan) = run(Scan::new(), &text, size, "a:two");
            assert_eq!(found, [wanted.trim_end(); 2], "{broken} in chunks of {size}");
            let report = scan.report();
            assert_eq!(report.first_broken.last().unwrap().line, 204, "{broken}: {report:?}");
            assert_eq!(lines(&scan).first(), Some(&102), "{broken} in chunks of {size}");
        }
    }
}

#[test]
fn what_is_not_looked_at_is_not_checked_but_by_a_checked_scan() {
    let text = "{\"a\":\"two\"}\n{\"a\":one}\n{\"a\":\"two\",}\n{\"a\":\"two\",\"b\":[nope]}\n{}\n";
    let (found, scan) = run(Scan::new(), text, 1000, "a:two");
    assert_eq!(found, ["{\"a\":\"two\"}", "{\"a\":\"two\",\"b\":[nope]}"]);
    assert_eq!(lines(&scan), [3]);
    for size in [1, 7, 1000] {
        let (found, scan) = run(Scan::checked(), text, size, "a:two");
        assert_eq!((found.len(), lines(&scan)), (1, vec![2, 3, 4]));
        assert!(!scan.is_stopped());
    }
}

#[test]
fn a_strict_scan_stops_at_the_first_broken_entry() {
    let text = "{\"a\":1}\n{\"a\":}\n{\"a\":1}\nnope\n";
    for size in [1, 7, 1000] {
        let (found, scan) = run(Scan::strict(), text, size, "a:1");
        assert_eq!(found, ["{\"a\":1}"]);
        assert!(scan.is_stopped());
        assert_eq!((scan.report().broken, scan.report().entries, scan.pending()), (1, 1, 0));
        assert_eq!(scan.report().first_broken[0].offset, 13);
    }
}

#[test]
fn an_entry_that_is_too_long_is_named_and_not_held() {
    let long = format!("{{\"a\":1,\"b\":\"{}\"}}\n", "x".repeat(LONGEST_ENTRY));
    let text = format!("{{\"a\":1}}\n{long}{{\"a\":1}}\n");
    for (scan, size) in [(Scan::new(), 48 << 20), (Scan::checked(), usize::MAX)] {
        let query = compile("a:1", &Options::default()).unwrap();
        let plan = Plan::new(query.filter());
        let mut scan = scan;
        let mut found = 0;
        for chunk in text.as_bytes().chunks(size) {
            scan.push(chunk, &plan, |_| found += 1);
            assert!(scan.pending() <= LONGEST_ENTRY);
        }
        scan.finish(&plan, |_| found += 1);
        let broken = scan.report().first_broken.clone();
        assert_eq!((found, broken.len()), (2, 1));
        assert_eq!((broken[0].start, broken[0].line), (8, 2));
        assert_eq!(broken[0].reason, crate::split::BrokenReason::TooLong);
    }
}

#[test]
fn many_objects_on_one_line_are_each_looked_at_once() {
    // Were the line searched again for each of them, this would take minutes.
    for (filler, wanted) in [("{\"b\":2}", "{\"a\":\"two\"}"), ("{\"b\":\"two\"}", "")] {
        let text = format!("{}{wanted}", filler.repeat(500_000));
        let (found, scan) = run(Scan::new(), &text, usize::MAX, "a:two");
        assert_eq!(found.len(), wanted.len().min(1));
        assert_eq!(scan.report().broken, 0);
    }
}

#[test]
fn a_line_that_looks_whole_may_be_the_beginning_of_an_entry() {
    let filler = "{\"b\":0}\n".repeat(50);
    for entry in [
        "{\"x\":{}\n,\"a\":\"two\"}",
        "{\"x\":[{}\n,{}\n],\"a\":\"two\"}",
        "{\"x\":{\"y\":{}\n}\n,\"a\":\"two\"}",
        "{\"a\":\"two\",\"x\":{}\n\n}",
        "{\n\"x\":{}\n,\"a\":\"two\"}",
        "{\"x\":\n{}\n,\"a\":\n\"two\"}",
    ] {
        let text = format!("{filler}{entry}\n{filler}");
        for size in [1, 7, 1000] {
            let (found, scan) = run(Scan::new(), &text, size, "a:two");
            assert_eq!((found.as_slice(), scan.report().broken), (&[entry.into()][..], 0));
        }
    }
}
