//! Every row of the corpus through the engine, on raw bytes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may stop at the first surprise")]

#[path = "../../../tests/corpus/reader.rs"]
#[allow(dead_code, reason = "the diagnostics are the core's to test")]
mod reader;

use trailsift_core::compile;
use trailsift_engine::{plan::Plan, scan::filter};

/// The indexes of the entries that the scan finds in `log`, of which each entry is a part.
fn found(log: &str, entries: &[String], plan: &Plan) -> Vec<usize> {
    let (ranges, report) = filter(log.as_bytes(), plan);
    assert_eq!((report.entries as usize, report.broken), (entries.len(), 0), "{log}");
    let mut starts = Vec::new();
    let mut at = 0;
    for entry in entries {
        let start = at + log.get(at..).unwrap().find(entry.as_str()).unwrap();
        at = start + entry.len();
        starts.push(start..at);
    }
    ranges.iter().map(|range| starts.iter().position(|start| start == range).unwrap()).collect()
}

#[test]
fn the_scan_agrees_in_every_form_of_a_log() {
    let mut wrong = Vec::new();
    for case in reader::cases() {
        let Ok(query) = compile(&case.query, &case.options) else { continue };
        let plan = Plan::new(query.filter());
        for log in [
            case.entries.join("\n"),
            format!("[{}]", case.entries.join(", ")),
            format!(r#"{{"logs":[{}]}}"#, case.entries.join(",\n")),
            format!(r#"{{"checkpoint":"","cursor":null,"entries":[{}]}}"#, case.entries.join(",")),
        ] {
            let found = Some(found(&log, &case.entries, &plan));
            if found != case.matches {
                wrong.push(format!(
                    "{}\n  expected {:?}\n  found    {found:?}",
                    case.name, case.matches
                ));
                break;
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
