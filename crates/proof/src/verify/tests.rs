use alloc::{collections::BTreeMap, format, string::ToString as _, vec};

use proptest::prelude::*;

use super::*;
use crate::{
    Hash,
    bundle::{Bundle, Earlier, Proof},
    leaf_hash,
    line::Line,
    note::Signer,
    tree::{Edge, Tiles},
};

const ORIGIN: &str = "logs.example/acme/auth0";

fn signer() -> Signer {
    Signer::new(ORIGIN, &[7; 32]).unwrap()
}

/// A log with all its hashes, and how its entries look in an export.
struct Log {
    tiles: Tiles,
    roots: Vec<Hash>,
    lines: Vec<Vec<u8>>,
}

impl Log {
    fn new(size: u64) -> Self {
        let (mut edge, mut tiles) = (Edge::default(), Tiles::default());
        let (mut roots, mut lines) = (vec![edge.root()], Vec::new());
        for sequence in 1..=size {
            let bytes = match sequence {
                3 => "{\n \"type\": \"f\"\n}".to_owned(),
                _ => format!("{{\"type\":\"s\",\"n\":{}}}", sequence * 7),
            };
            let (id, received_at) =
                (format!("e{sequence}\"\n"), 1_782_898_200_000 + sequence.cast_signed());
            edge.append(leaf_hash(&id, received_at, bytes.as_bytes()), |node, hash| {
                tiles.close(node, hash)
            });
            roots.push(edge.root());
            let mut line = Vec::new();
            let bytes = bytes.into_bytes().into();
            Line { sequence, id: id.into(), received_at, bytes }.write(&mut line);
            lines.push(line);
        }
        Self { tiles, roots, lines }
    }

    fn size(&self) -> u64 {
        self.lines.len() as u64
    }

    fn checkpoint(&self, size: u64) -> Checkpoint {
        Checkpoint::new(ORIGIN, size, self.roots[size as usize]).unwrap()
    }

    fn note(&self, size: u64) -> String {
        self.checkpoint(size).sign(&[&signer()]).unwrap()
    }

    fn line(&self, sequence: u64) -> &[u8] {
        &self.lines[sequence as usize - 1]
    }

    fn export(&self, sequences: impl IntoIterator<Item = u64>) -> Vec<u8> {
        sequences.into_iter().flat_map(|sequence| self.line(sequence).to_vec()).collect()
    }

    fn bundle(&self, proof: Proof) -> Bundle {
        Bundle::new(ORIGIN, signer().verifier(), &self.note(self.size()), proof)
    }

    fn contiguous(&mut self, first: u64, count: u64) -> Bundle {
        let proof = Proof::contiguous(first, count, self.size(), &mut self.tiles).unwrap();
        self.bundle(proof)
    }

    fn filtered(&mut self, sequences: &[u64]) -> Bundle {
        let proof =
            Proof::filtered(sequences.iter().copied(), self.size(), &mut self.tiles).unwrap();
        self.bundle(proof)
    }
}

fn trust() -> Trust {
    Trust { key: Some(signer().verifier().clone()), origin: Some(ORIGIN.to_owned()), known: None }
}

fn check(export: &[u8], bundle: &Bundle) -> Verdict {
    verify([export], bundle.to_json().as_bytes(), &trust())
}

fn faults(export: &[u8], bundle: &Bundle) -> Vec<String> {
    let verdict = check(export, bundle);
    assert_eq!(verdict.proven, None);
    verdict.faults.iter().map(Fault::to_string).collect()
}

#[test]
fn every_run_of_entries_is_proven_complete() {
    let mut log = Log::new(9);
    for first in 1..=9 {
        for count in 0..=10 - first {
            let bundle = log.contiguous(first, count);
            let verdict = check(&log.export(first..first + count), &bundle);
            assert_eq!(verdict.proven, Some(Proven::Complete { first, count }), "{verdict:?}");
            assert!(verdict.faults.is_empty() && verdict.trusted);
        }
    }
    let mut empty = Log::new(0);
    let bundle = empty.contiguous(1, 0);
    assert_eq!(check(b"", &bundle).proven, Some(Proven::Complete { first: 1, count: 0 }));
}

#[test]
fn every_choice_of_entries_is_proven_included() {
    let mut log = Log::new(5);
    for choice in 0..32_u64 {
        let sequences: Vec<u64> =
            (1..=5).filter(|sequence| choice >> (sequence - 1) & 1 == 1).collect();
        let bundle = log.filtered(&sequences);
        let verdict = check(&log.export(sequences.iter().copied()), &bundle);
        let count = sequences.len() as u64;
        assert_eq!(verdict.proven, Some(Proven::Included { count }), "{verdict:?}");
    }
    // Shared hashes are in the bundle once.
    let mut log = Log::new(64);
    let all: Vec<u64> = (1..=64).collect();
    let Proof::Filtered { hashes, .. } = log.filtered(&all).proof else { panic!() };
    assert_eq!(hashes.len(), 126);
}

#[test]
fn what_is_proven_is_said_plainly() {
    let mut log = Log::new(9);
    let (bundle, some) = (log.contiguous(2, 5), log.filtered(&[2, 9]));
    let key = signer().verifier().to_string();
    let signed = format!("The checkpoint of 9 entries is signed by \"{key}\"");
    assert_eq!(
        check(&log.export(2..7), &bundle).sentences(),
        [
            "Intact and complete: the entries 2 to 6 of \"logs.example/acme/auth0\", none changed, removed or added.",
            &format!("{signed}, the key that was given."),
        ]
    );
    let untrusted = verify([&log.export([2, 9])[..]], some.to_json().as_bytes(), &Trust::default());
    assert!(untrusted.is_intact() && !untrusted.trusted);
    assert_eq!(
        untrusted.sentences(),
        [
            "Intact: each of the 2 entries is in \"logs.example/acme/auth0\", not changed. This proves inclusion, and \
             nothing about entries that are not here.",
            &format!("{signed}, a key that came with the bundle: compare it with the log's own."),
        ]
    );
}

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

/// All bytes of an export matter, but for the line feed at the very end.
#[test]
fn a_byte_of_the_export_changed_anywhere_is_found() {
    let mut log = Log::new(6);
    for (export, bundle) in [
        (log.export(2..=4), log.contiguous(2, 3)),
        (log.export([1, 3, 6]), log.filtered(&[1, 3, 6])),
    ] {
        let verifier = Verifier::new(bundle.to_json().as_bytes(), &trust());
        let verdict = |export: &[u8]| {
            let mut verifier = verifier.clone();
            verifier.push(export);
            verifier.finish()
        };
        assert!(verdict(&export).is_intact());
        for at in 0..export.len() {
            for byte in others(export[at]) {
                let mut changed = export.clone();
                changed[at] = byte;
                let verdict = verdict(&changed);
                assert_eq!(verdict.is_intact(), changed == export, "{at} {byte} {verdict:?}");
            }
            let mut removed = export.clone();
            removed.remove(at);
            let verdict = verdict(&removed);
            assert_eq!(verdict.is_intact(), at == export.len() - 1, "{at} {verdict:?}");
        }
    }
}

/// All bytes of a bundle matter.
#[test]
fn a_byte_of_the_bundle_changed_anywhere_is_found() {
    let mut log = Log::new(3);
    let earlier = Earlier::new(&log.note(2), 2, 3, &mut log.tiles).unwrap();
    let grown = Bundle { earlier: Some(earlier), ..log.filtered(&[1, 3]) };
    for (export, bundle) in [(log.export([2]), log.contiguous(2, 1)), (log.export([1, 3]), grown)] {
        let bundle = bundle.to_json().into_bytes();
        let verdict = |bundle: &[u8]| verify([&export[..]], bundle, &Trust::default());
        assert!(verdict(&bundle).is_intact());
        for at in 0..bundle.len() {
            // Without optimization a signature takes long: one change inside hashes and words.
            let changes = if bundle[at].is_ascii_alphanumeric() { 1 } else { 8 };
            for byte in others(bundle[at]).into_iter().take(changes) {
                let mut changed = bundle.clone();
                changed[at] = byte;
                let verdict = verdict(&changed);
                assert_eq!(verdict.is_intact(), changed == bundle, "{at} {byte} {verdict:?}");
            }
        }
    }
}

fn others(byte: u8) -> [u8; 8] {
    [byte ^ 1, byte ^ 0x20, byte ^ 0x80, b' ', b'0', b'"', b'\n', 0]
}

#[test]
fn a_bundle_of_another_log_or_by_another_key() {
    let mut log = Log::new(4);
    let (export, bundle) = (log.export(1..=4), log.contiguous(1, 4));
    let json = bundle.to_json();
    let verdict = |json: &str, trust: &Trust| -> Vec<Fault> {
        let verdict = verify([&export[..]], json.as_bytes(), trust);
        assert_eq!(verdict.proven, None);
        verdict.faults
    };
    let other_log = |expected: &str, found: &str| Fault::OtherLog {
        expected: expected.into(),
        found: found.into(),
    };
    let origin = Trust { origin: Some("other.example".to_owned()), ..Trust::default() };
    assert_eq!(verdict(&json, &origin), [other_log("other.example", ORIGIN)]);
    let renamed = Bundle { origin: "other.example".to_owned(), ..bundle.clone() };
    assert_eq!(
        verdict(&renamed.to_json(), &Trust::default()),
        [other_log("other.example", ORIGIN)]
    );

    // Altered throughout and signed anew: found by who knows the log's key, and by nobody else.
    let forger = Signer::new(ORIGIN, &[8; 32]).unwrap();
    let forged = Bundle {
        key: forger.verifier().clone(),
        checkpoint: log.checkpoint(4).sign(&[&forger]).unwrap(),
        ..bundle.clone()
    };
    assert!(verify([&export[..]], forged.to_json().as_bytes(), &Trust::default()).is_intact());
    let (expected, found) = (signer().verifier().to_string(), forger.verifier().to_string());
    assert_eq!(
        verdict(&forged.to_json(), &trust()),
        [Fault::OtherKey { expected, found }, Fault::Signature { which: Which::Current }]
    );
    let current = [Fault::Signature { which: Which::Current }];
    let unsigned = Bundle { key: signer().verifier().clone(), ..forged };
    assert_eq!(verdict(&unsigned.to_json(), &Trust::default()), current);
    // A note by the log's key that says something else.
    let note = crate::note::Note::sign("hello\n", &[&signer()]).unwrap().to_string();
    let no_checkpoint = Bundle { checkpoint: note, ..bundle.clone() };
    assert_eq!(
        verdict(&no_checkpoint.to_json(), &trust()),
        [Fault::Checkpoint { which: Which::Current }]
    );

    for (json, reason) in [
        ("", "not a proof bundle: EOF"),
        ("[]", "not a proof bundle: "),
        (&json.replace("\"version\":1", "\"version\":2"), "a proof bundle of version 2; only"),
        (r#"{"format":"trailsift-proof-bundle","version":9}"#, "a proof bundle of version 9; only"),
        (&json.replace("-bundle", "-bungle"), "not a proof bundle: it has another `format`"),
        (&json.replace("\"origin\"", "\"x\":0,\"origin\""), "not a proof bundle: unknown field"),
        (&"[".repeat(1_000_000), "not a proof bundle: "),
    ] {
        let faults = verdict(json, &trust());
        assert!(
            matches!(&faults[..], [Fault::Bundle { reason: told }] if told.starts_with(reason)),
            "{faults:?}"
        );
    }
}

#[test]
fn a_proof_that_is_not_one() {
    let mut log = Log::new(8);
    let export = log.export(2..=5);
    let bundle = log.contiguous(2, 4);
    let Proof::Contiguous { first, count, leaves, left, right } = bundle.proof.clone() else {
        panic!()
    };
    let with = |first, count, leaves: &[Hash], left: &[Hash], right: &[Hash]| {
        let (leaves, left, right) = (leaves.to_vec(), left.to_vec(), right.to_vec());
        let proof = Proof::Contiguous { first, count, leaves, left, right };
        check(&export, &Bundle { proof, ..bundle.clone() }).faults
    };
    assert_eq!(with(first, count, &leaves, &left, &right), []);
    let unproven = [Fault::Unproven { sequence: None }];
    assert_eq!(with(first, count, &leaves, &[], &right), unproven);
    assert_eq!(with(first, count, &leaves, &left, &right[1..]), unproven);
    assert_eq!(with(first, count, &leaves, &left, &[&right[..], &left].concat()), unproven);
    assert_eq!(with(first, count, &leaves[1..], &left, &right), unproven);
    for first in [0, 1, 3, 6, u64::MAX, u64::MAX - 2] {
        assert_eq!(with(first, count, &leaves, &left, &right)[0], unproven[0], "{first}");
    }
    // What is listed and what is exported agree, and are not in the log.
    let line = Line { sequence: 5, id: "x".into(), received_at: 0, bytes: b"{}"[..].into() };
    let mut forged = log.export(2..=4);
    line.write(&mut forged);
    let leaves = [&leaves[..3], &[leaf_hash("x", 0, b"{}")]].concat();
    let proof = Proof::Contiguous { first, count, leaves, left, right };
    assert_eq!(check(&forged, &Bundle { proof, ..bundle }).faults, unproven);

    let export = log.export([2, 7]);
    let bundle = log.filtered(&[2, 7]);
    let Proof::Filtered { entries, hashes } = bundle.proof.clone() else { panic!() };
    let with = |change: &dyn Fn(&mut Vec<crate::bundle::Included>)| {
        let mut proof = Proof::Filtered { entries: entries.clone(), hashes: hashes.clone() };
        if let Proof::Filtered { entries, .. } = &mut proof {
            change(entries);
        }
        check(&export, &Bundle { proof, ..bundle.clone() }).faults
    };
    assert_eq!(with(&|_| ()), []);
    let of_7 = [Fault::Unproven { sequence: Some(7) }];
    assert_eq!(with(&|entries| entries[1].path.swap(0, 1)), of_7);
    assert_eq!(with(&|entries| entries[1].path.push(0)), of_7);
    assert_eq!(with(&|entries| entries[1].path = vec![0; 1_000]), of_7);
    assert_eq!(with(&|entries| entries[1].path[0] = u32::MAX), of_7);
    assert_eq!(with(&|entries| entries.swap(0, 1)), unproven);
    for sequence in [0, 2, 9, u64::MAX] {
        let faults = with(&|entries| entries[1].sequence = sequence);
        assert_eq!(faults[0], Fault::Unproven { sequence: Some(sequence) });
    }
}

#[test]
fn a_log_that_was_cut_or_rewritten_is_found_by_an_earlier_checkpoint() {
    let mut log = Log::new(9);
    let (export, mut bundle) = (log.export(1..=9), log.contiguous(1, 9));
    let other_root = |size| Checkpoint::new(ORIGIN, size, Hash::leaf(b"other")).unwrap();
    for older in 0..=9 {
        bundle.earlier = Some(Earlier::new(&log.note(older), older, 9, &mut log.tiles).unwrap());
        let verdict = check(&export, &bundle);
        assert_eq!((verdict.is_intact(), verdict.grown_from), (true, Some(older)));

        let rewritten = [Fault::Rewritten { earlier: older, size: 9 }];
        let earlier = bundle.earlier.as_mut().unwrap();
        earlier.checkpoint = other_root(older).sign(&[&signer()]).unwrap();
        assert_eq!(check(&export, &bundle).faults, rewritten);
    }
    let mut with = |earlier: &str| {
        bundle.earlier = Some(Earlier { checkpoint: earlier.to_owned(), proof: Vec::new() });
        check(&export, &bundle).faults
    };
    let longer = other_root(10).sign(&[&signer()]).unwrap();
    assert_eq!(with(&longer), [Fault::Shrunk { earlier: 10, size: 9 }]);
    assert_eq!(with("nonsense"), [Fault::Signature { which: Which::Earlier }]);

    // The same with a checkpoint that the reader kept.
    let mut bundle = log.contiguous(1, 9);
    let with = |known: Checkpoint, bundle: &Bundle| {
        let trust = Trust { known: Some(known), ..trust() };
        let verdict = verify([&export[..]], bundle.to_json().as_bytes(), &trust);
        (verdict.faults, verdict.grown_from)
    };
    assert_eq!(with(log.checkpoint(9), &bundle), (vec![], Some(9)));
    assert_eq!(with(log.checkpoint(0), &bundle), (vec![], Some(0)));
    assert_eq!(with(log.checkpoint(4), &bundle), (vec![Fault::Unconnected { known: 4 }], None));
    assert_eq!(
        with(other_root(9), &bundle),
        (vec![Fault::Rewritten { earlier: 9, size: 9 }], None)
    );
    assert_eq!(with(other_root(10), &bundle), (vec![Fault::Shrunk { earlier: 10, size: 9 }], None));
    bundle.earlier = Some(Earlier::new(&log.note(4), 4, 9, &mut log.tiles).unwrap());
    assert_eq!(with(log.checkpoint(4), &bundle), (vec![], Some(4)));
    assert_eq!(
        with(other_root(4), &bundle),
        (vec![Fault::Rewritten { earlier: 4, size: 9 }], None)
    );
    assert_eq!(with(log.checkpoint(5), &bundle), (vec![Fault::Unconnected { known: 5 }], None));
    let elsewhere = Checkpoint::new("other.example", 9, log.roots[9]).unwrap();
    assert!(matches!(with(elsewhere, &bundle).0[..], [Fault::OtherLog { .. }]));
}

#[test]
fn what_a_stranger_wrote_is_shown_with_escapes() {
    let mut log = Log::new(1);
    let bundle = log.contiguous(1, 1);
    let mut export = Vec::new();
    let id = format!("\u{202e}\u{1b}[31m{}", "x".repeat(1_000));
    Line { sequence: 1, id: id.into(), received_at: 0, bytes: b"{}"[..].into() }.write(&mut export);
    let told = &faults(&export, &bundle)[0];
    assert!(told.contains("\\u{202e}\\u{1b}[31mxxx") && told.len() < 200, "{told}");
}

#[test]
fn faults_beyond_a_hundred_are_counted() {
    let mut log = Log::new(300);
    let bundle = log.contiguous(1, 300);
    let export = String::from_utf8(log.export(1..=300)).unwrap().replace("type", "kind");
    let verdict = check(export.as_bytes(), &bundle);
    assert_eq!((verdict.faults.len(), verdict.unlisted), (100, 200));
    assert!(verdict.sentences().iter().any(|sentence| sentence == "And 200 faults more."));
}

#[test]
fn a_line_without_an_end_takes_no_memory() {
    let mut log = Log::new(2);
    let bundle = log.contiguous(1, 2).to_json();
    let mut verifier = Verifier::new(bundle.as_bytes(), &trust());
    let chunk = vec![b'x'; 1 << 20];
    for _ in 0..20 {
        verifier.push(&chunk);
        assert!(verifier.partial.capacity() <= 2 * MAX_LINE);
    }
    verifier.push(b"\n");
    verifier.push(log.line(2));
    let faults = verifier.finish().faults;
    assert_eq!(faults, [Fault::Unreadable { line: 1, sequence: Some(1), at: 0 }]);
}

/// What happens to an export between two people.
#[derive(Clone, Debug)]
enum Edit {
    Remove(usize),
    Swap(usize, usize),
    Repeat(usize, usize),
    Flip(usize, u8),
    Cut(usize),
}

fn edit() -> impl Strategy<Value = Edit> {
    let at = || any::<usize>();
    prop_oneof![
        at().prop_map(Edit::Remove),
        (at(), at()).prop_map(|(one, other)| Edit::Swap(one, other)),
        (at(), at()).prop_map(|(one, other)| Edit::Repeat(one, other)),
        (at(), 1_u8..).prop_map(|(at, change)| Edit::Flip(at, change)),
        at().prop_map(Edit::Cut),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn an_export_is_intact_only_unedited_and_however_it_is_cut_into_chunks(
        edits in prop::collection::vec(edit(), 0..4),
        chunk in 1_usize..200,
        contiguous in any::<bool>(),
    ) {
        let mut log = Log::new(12);
        let sequences: Vec<u64> = if contiguous { (3..=10).collect() } else { vec![1, 2, 5, 9, 12] };
        let bundle = if contiguous { log.contiguous(3, 8) } else { log.filtered(&sequences) };
        let mut lines: Vec<Vec<u8>> = sequences.iter().map(|sequence| log.line(*sequence).to_vec()).collect();
        let original = lines.concat();
        for edit in edits {
            let count = lines.len().max(1);
            match edit {
                Edit::Remove(at) if !lines.is_empty() => drop(lines.remove(at % count)),
                Edit::Swap(one, other) if !lines.is_empty() => lines.swap(one % count, other % count),
                Edit::Repeat(one, other) if !lines.is_empty() => {
                    lines.insert(other % count, lines[one % count].clone());
                }
                Edit::Flip(at, change) if !lines.is_empty() => {
                    let line = &mut lines[at % count];
                    let at = at % line.len();
                    line[at] ^= change;
                }
                Edit::Cut(at) => lines.truncate(at % (count + 1)),
                _ => {}
            }
        }
        let export = lines.concat();
        let json = bundle.to_json();
        let verdict = verify(export.chunks(chunk), json.as_bytes(), &trust());
        prop_assert_eq!(verdict.is_intact(), export == original, "{:?}", verdict);
        prop_assert_eq!(&verdict, &check(&export, &bundle));
        // Only numbers of the bundle are named, and no entry is told missing and present.
        let mut named = BTreeMap::new();
        for fault in &verdict.faults {
            if let Fault::Removed { first, last, .. } | Fault::Cut { first, last, .. } = fault {
                for sequence in sequences.iter().filter(|sequence| (first..=last).contains(sequence)) {
                    prop_assert_eq!(named.insert(*sequence, "missing"), None);
                }
            }
        }
        for fault in &verdict.faults {
            if let Fault::Changed { sequence, .. } | Fault::Renumbered { sequence, .. }
                | Fault::Reordered { sequence, .. } | Fault::Repeated { sequence, .. } = fault
            {
                prop_assert!(sequences.contains(sequence) && !named.contains_key(sequence), "{:?}", verdict);
            }
        }
    }

    #[test]
    fn no_bytes_panic(
        export in prop::collection::vec(any::<u8>(), 0..300),
        garbled in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        any in prop::collection::vec(any::<u8>(), 0..100),
    ) {
        let mut log = Log::new(5);
        let mut bundle = log.contiguous(2, 3).to_json().into_bytes();
        let mut lines = log.export(2..=4);
        for (at, byte) in garbled {
            let at_line = at.index(lines.len());
            lines[at_line] = byte;
            let at = at.index(bundle.len());
            bundle[at] = byte;
        }
        let _ = verify([&export[..], &lines], &bundle, &Trust::default());
        let _ = verify([&export[..]], &any, &trust());
        let _ = verify([&lines[..], &export], log.contiguous(1, 5).to_json().as_bytes(), &trust());
    }
}
