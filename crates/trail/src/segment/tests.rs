//! A segment there and back.

use trailsift_core::Schema;

use super::{Decoded, Encoded, Entry, encode};
use crate::{
    chunk::{Corrupt, Stored},
    entry::Lacks,
};

fn entry<'a>(sequence: u64, id: &'a str, bytes: &'a [u8]) -> Entry<'a> {
    let time = 1_000 - sequence.cast_signed();
    let lacks = Lacks(u8::from(id.len() > 2));
    Entry { stored: Stored { sequence, id, time, lacks, bytes }, received: -5 }
}

fn entries() -> Vec<Entry<'static>> {
    vec![
        entry(7, "ä", br#"{"type":"f","ip":"::1","isMobile":true}"#),
        entry(8, "long", b"{\n}"),
        entry(9, "", "{\"type\":[\"s\",\"\\ud800\"],\"ü\":\"\\n\"}".as_bytes()),
        entry(10, "x", b"{\"type\":\"\xff\",\"location_info\":{\"latitude\":\"1e3\"}}"),
    ]
}

fn encoded(entries: &[Entry<'_>]) -> Encoded {
    encode(Schema::by_name("auth0").unwrap(), entries).unwrap()
}

#[test]
fn there_and_back_byte_for_byte() {
    for schema in Schema::ALL {
        let segment = Decoded::open(encode(schema, &entries()).unwrap().bytes).unwrap();
        assert_eq!(segment.entries().collect::<Vec<_>>(), entries(), "{}", schema.name());
        assert_eq!((segment.len(), segment.is_empty()), (4, false));
    }
}

#[test]
fn the_same_entries_are_the_same_bytes() {
    assert_eq!(encoded(&entries()), encoded(&entries()));
    assert_ne!(encoded(&entries()).sha256, encoded(&entries()[1..]).sha256);
}

#[test]
fn the_entries_lie_line_by_line() {
    let segment = Decoded::open(encoded(&entries()).bytes).unwrap();
    for (entry, range) in entries().iter().zip(segment.ranges()) {
        assert_eq!(&segment.bytes()[range], entry.stored.bytes);
    }
    let (_, report) = trailsift_engine::scan::filter(
        segment.bytes(),
        &trailsift_engine::plan::Plan::new(&trailsift_core::Filter::All),
    );
    assert_eq!((report.entries, report.broken), (4, 0));
}

#[test]
fn numbers_with_a_gap_are_refused() {
    let schema = Schema::ANY;
    assert!(encode(schema, &[]).is_err());
    assert!(encode(schema, &[entry(1, "a", b"{}"), entry(3, "b", b"{}")]).is_err());
    assert!(encode(schema, &[entry(u64::MAX, "a", b"{}"), entry(0, "b", b"{}")]).is_err());
}

#[test]
fn a_cut_file_is_corrupt() {
    let whole = encoded(&entries()).bytes;
    for length in 0..whole.len() {
        assert_eq!(Decoded::open(whole[..length].to_vec()).err(), Some(Corrupt), "{length}");
    }
}
