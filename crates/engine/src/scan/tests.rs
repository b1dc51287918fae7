//! Scans of whole logs and of chunks, and what they report.

use alloc::{string::String, vec::Vec};

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
        parts in prop::collection::vec(prop::sample::select(alloc::vec![
            "{\"a\":1}\n", "{\"a\":2}\n", "{\"a\":\n", "{\"b\":{\"a\":[1,\"é\"]}}\n", "x\n", "[{\"a\":1},{\"a\":1}]", "{\"logs\":[{\"a\":1}]}",
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
    let text = alloc::format!("{{\"b\":\"{}\",\"a\":1}}\n", "x".repeat(4_000_000));
    let [whole, chunked] = whole_and_chunked(text.as_bytes(), 500);
    assert_eq!(whole, chunked);
    assert_eq!(whole.0.len(), 1);
}
