//! What can happen to an export on its way.

use super::*;

#[test]
fn what_is_wrong_is_named() {
    let mut log = Log::new(12);
    let (whole, some) = (log.contiguous(1, 10), log.filtered(&[2, 5, 6, 11]));
    let told = |sequences: &[u64]| faults(&log.export(sequences.iter().copied()), &whole);
    assert_eq!(told(&[1, 2, 3, 5, 6, 7, 8, 9, 10]), ["The entry 4 was removed, between 3 and 5."]);
    assert_eq!(told(&[1, 2, 3, 8, 9, 10]), ["The entries 4 to 7 were removed, between 3 and 8."]);
    assert_eq!(told(&[2, 3, 4, 5, 6, 7, 8, 9, 10]), ["The entry 1 was removed, before 2."]);
    assert_eq!(
        told(&[1, 2, 3, 4, 5, 6, 7]),
        ["The end was cut off after 7: the entries 8 to 10 are missing."]
    );
    assert_eq!(
        told(&[1, 2, 3, 4, 5, 6, 7, 8, 9]),
        ["The end was cut off after 9: the entry 10 is missing."]
    );
    assert_eq!(told(&[]), ["Nothing is left: the entries 1 to 10 are missing."]);
    assert_eq!(
        told(&[1, 2, 4, 3, 5, 6, 7, 8, 9, 10]),
        ["The entry 3, with the id \"e3\\\"\\n\", was moved: it stands after 4."]
    );
    assert_eq!(
        told(&[1, 9, 2, 3, 4, 5, 6, 7, 8, 10]),
        ["The entry 2, with the id \"e2\\\"\\n\", was moved: it stands after 9."]
    );
    assert_eq!(
        told(&[1, 2, 3, 3, 4, 5, 6, 7, 8, 9, 10]),
        ["Line 4 repeats the entry 3, with the id \"e3\\\"\\n\"."]
    );
    assert_eq!(
        told(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
        [
            "Line 11 was added: the bundle knows no such entry, numbered 11 with the id \"e11\\\"\\n\"."
        ]
    );
    assert_eq!(
        faults(&log.export([2, 6]), &some),
        [
            "The entry 5 was removed, between 2 and 6.",
            "The end was cut off after 6: the entry 11 is missing."
        ]
    );
    assert_eq!(
        faults(&log.export([11]), &some),
        ["3 entries from 2 to 6 were removed, before 11."]
    );
}

#[test]
fn a_changed_line_is_named() {
    let mut log = Log::new(9);
    let (whole, some) = (log.contiguous(1, 9), log.filtered(&[4, 6]));
    let edit = |from: &str, to: &str| {
        let export = String::from_utf8(log.export(1..=9)).unwrap();
        let changed = export.replacen(from, to, 1);
        assert_ne!(export, changed);
        faults(changed.as_bytes(), &whole)
    };
    let changed = ["The entry 4, with the id \"e4\\\"\\n\", was changed."];
    assert_eq!(edit("\"n\":28}", "\"n\":29}"), changed);
    assert_eq!(edit("200004,", "200003,"), changed);
    assert_eq!(edit("e4\\\"", "f4\\\""), ["The entry 4, with the id \"f4\\\"\\n\", was changed."]);
    assert_eq!(edit("[1,14]", "[1]"), ["The entry 3, with the id \"e3\\\"\\n\", was changed."]);
    assert_eq!(
        edit("\"sequence\":4", "\"sequence\":5"),
        ["The entry 4, with the id \"e4\\\"\\n\", is numbered 5."]
    );
    assert_eq!(
        edit("{\"sequence\":4", "{\"sequence\":x"),
        ["Line 4, where the entry 4 should be, was changed: it cannot be read from byte 12 on."]
    );
    // Two lines in a row.
    assert_eq!(
        edit("\"n\":28}}\n{", "\"n\":28}\nx"),
        [
            "The entry 4, with the id \"e4\\\"\\n\", was changed.",
            "Line 5, where the entry 5 should be, was changed: it cannot be read from byte 0 on."
        ]
    );
    // Lines that were added, before and after what they say they are.
    let mut with_added = log.export(1..=4);
    with_added
        .extend_from_slice(b"\n{\"sequence\":5,\"id\":\"x\",\"received_at\":1,\"entry\":{}}\n");
    with_added.extend(log.export(5..=9));
    with_added.extend_from_slice(b"{\"sequence\":7,\"id\":\"y\",\"received_at\":1,\"entry\":{}}");
    assert_eq!(
        faults(&with_added, &whole),
        [
            "Line 5 was changed: it cannot be read from byte 0 on.",
            "Line 6 was added: the bundle knows no such entry, numbered 5 with the id \"x\".",
            "Line 12 was added: the bundle knows no such entry, numbered 7 with the id \"y\".",
        ]
    );
    let export = String::from_utf8(log.export([4, 6])).unwrap().replace("\"n\":42}", "\"n\":43}");
    assert_eq!(
        faults(export.as_bytes(), &some),
        ["The entry 6, with the id \"e6\\\"\\n\", was changed."]
    );
}

#[test]
fn an_entry_that_was_removed_and_whose_followers_were_renumbered() {
    let mut log = Log::new(5);
    let bundle = log.contiguous(1, 5);
    let mut export = log.export([1, 2]);
    for sequence in [4, 5] {
        let line = log.line(sequence).strip_suffix(b"\n").unwrap();
        let line = Line { sequence: sequence - 1, ..Line::parse(line).unwrap() };
        line.write(&mut export);
    }
    assert_eq!(
        faults(&export, &bundle),
        [
            "The entry 4, with the id \"e4\\\"\\n\", is numbered 3.",
            "The entry 5, with the id \"e5\\\"\\n\", is numbered 4.",
            "The entry 3 was removed, between 2 and 4."
        ]
    );
}
