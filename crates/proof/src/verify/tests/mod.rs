mod bundle;
mod export;
mod hostile;

use alloc::{format, string::ToString as _, vec};

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
    let told = serde_json::to_value(check(&log.export([2, 3]), &bundle)).unwrap();
    assert_eq!(told["proven"], serde_json::Value::Null);
    assert_eq!(told["checkpoint"]["size"], 9);
    assert_eq!(
        told["faults"],
        serde_json::json!([{ "kind": "cut", "first": 4, "last": 6, "count": 3, "after": 3 }])
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
