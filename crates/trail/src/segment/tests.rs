//! A segment there and back.

use parquet::{
    basic::LogicalType,
    file::reader::{FileReader, SerializedFileReader},
};
use proptest::prelude::*;
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

#[test]
fn a_changed_file_never_panics() {
    // Of few columns: each byte is changed.
    let whole = encode(Schema::ANY, &entries()).unwrap().bytes;
    for at in 0..whole.len() {
        for change in (0..8).map(|bit| 1 << bit) {
            let mut changed = whole.clone();
            changed[at] ^= change;
            if let Ok(segment) = Decoded::open(changed) {
                assert_eq!(segment.entries().count(), segment.len());
                assert!(segment.ranges().all(|range| range.end <= segment.bytes().len()));
            }
        }
    }
}

#[test]
fn an_entry_of_broken_text_makes_the_column_one_of_bytes() {
    let is_json = |entries: &[Entry<'_>]| {
        let file = bytes::Bytes::from(encoded(entries).bytes);
        let reader = SerializedFileReader::new(file).unwrap();
        let columns = reader.metadata().file_metadata().schema_descr_ptr();
        columns.column(5).logical_type_ref() == Some(&LogicalType::Json)
    };
    assert!(is_json(&entries()[..3]));
    assert!(!is_json(&entries()));
}

#[test]
fn columns_hold_the_first_value_of_the_served_entry() {
    let file = bytes::Bytes::from(encoded(&entries()).bytes);
    let reader = SerializedFileReader::new(file).unwrap();
    let metadata = reader.metadata().row_group(0);
    let nulls = |name: &str| {
        let column = metadata.columns().iter().find(|column| column.column_path().string() == name);
        let statistics = column.unwrap().statistics().unwrap();
        let text =
            |bytes: Option<&[u8]>| bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        (
            statistics.null_count_opt(),
            text(statistics.min_bytes_opt()),
            text(statistics.max_bytes_opt()),
        )
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(nulls("type"), (Some(1), some("f"), some("\u{fffd}")));
    assert_eq!(nulls("ip"), (Some(3), some("::1"), some("::1")));
    let (count, low, _) = nulls("location_info_latitude");
    assert_eq!(
        (count, low),
        (Some(3), Some(String::from_utf8_lossy(&1e3_f64.to_le_bytes()).into_owned()))
    );
}

#[test]
fn a_segment_of_large_and_of_many_entries() {
    let large = format!("{{\"a\":\"{}\"}}", "x".repeat(1 << 20));
    let texts: Vec<String> =
        (0..3_000).map(|n| format!("{{\"type\":\"{n}\",\"n\":{n}}}")).collect();
    let mut entries: Vec<_> =
        (1..).zip(&texts).map(|(sequence, text)| entry(sequence, "id", text.as_bytes())).collect();
    entries.push(entry(3_001, "large", large.as_bytes()));
    let segment = Decoded::open(encoded(&entries).bytes).unwrap();
    assert!(segment.entries().eq(entries.iter().copied()));
    assert!(segment.entries().rev().eq(entries.iter().rev().copied()));
}

proptest! {
    #[test]
    fn whatever_the_times_and_bytes(
        rows in prop::collection::vec((any::<i64>(), -40_000..40_000_i64, "[a-zé]{0,3}", any::<u8>(), prop::collection::vec(any::<u8>(), 0..9)), 1..300),
        first in 1..u64::MAX / 2,
    ) {
        let entries: Vec<_> = (first..)
            .zip(&rows)
            .map(|(sequence, (time, received, id, lacks, bytes))| {
                let stored = Stored { sequence, id, time: *time, lacks: Lacks(*lacks & 7), bytes };
                Entry { stored, received: *received }
            })
            .collect();
        let decoded = Decoded::open(encode(Schema::ANY, &entries).unwrap().bytes).unwrap();
        prop_assert_eq!(decoded.entries().collect::<Vec<_>>(), entries);
    }
}
