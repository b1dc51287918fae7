//! What can be wrong with a bundle, or with the log that it is of.

use alloc::{string::ToString as _, vec};

use super::*;
use crate::{bundle::Included, note::Note};

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
        [other_log(ORIGIN, "other.example"), other_log("other.example", ORIGIN)]
    );
    // The same secret may sign several logs, under a name for each.
    let namesake = Signer::new("other.example", &[7; 32]).unwrap();
    let other = Bundle {
        key: namesake.verifier().clone(),
        origin: "other.example".to_owned(),
        checkpoint: Checkpoint::new("other.example", 4, log.roots[4])
            .unwrap()
            .sign(&[&namesake])
            .unwrap(),
        ..bundle.clone()
    };
    let key = Trust { key: Some(signer().verifier().clone()), ..Trust::default() };
    let (expected, found) = (signer().verifier().to_string(), namesake.verifier().to_string());
    assert_eq!(
        verdict(&other.to_json(), &key),
        [
            Fault::OtherKey { expected, found },
            other_log(ORIGIN, "other.example"),
            Fault::Signature { which: Which::Current }
        ]
    );
    // A key of another name is good for who says which log it should be.
    let misnamed = Bundle {
        origin: "other.example".to_owned(),
        checkpoint: Checkpoint::new("other.example", 4, log.roots[4])
            .unwrap()
            .sign(&[&signer()])
            .unwrap(),
        ..bundle.clone()
    };
    assert_eq!(verdict(&misnamed.to_json(), &key), [other_log(ORIGIN, "other.example")]);
    let both = Trust { origin: Some("other.example".to_owned()), ..key };
    assert!(verify([&export[..]], misnamed.to_json().as_bytes(), &both).is_intact());

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
    let note = Note::sign("hello\n", &[&signer()]).unwrap().to_string();
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
    let with = |change: &dyn Fn(&mut Vec<Included>)| {
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
