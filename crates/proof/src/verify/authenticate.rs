//! Whether a bundle proves what it lists: signatures, logs, roots. Not the export.

use alloc::{borrow::ToOwned as _, string::ToString as _, vec::Vec};

use super::{
    Trust,
    compare::Listing,
    fault::{Fault, Faults, Which},
    shortened,
    verdict::{Proven, Signed, Verdict},
};
use crate::{
    Hash,
    bundle::{Bundle, Earlier, Included, Proof},
    checkpoint::{Checkpoint, CheckpointError},
    note::VerifierKey,
    tree::{Edge, complete, verify_consistency, verify_inclusion},
};

/// What the bundle would prove of an export that has nothing wrong, and the entries that the export should have; none
/// when they are not known.
pub(super) fn authenticate(
    bytes: &[u8],
    trust: &Trust,
    faults: &mut Faults,
) -> (Verdict, Option<Listing>) {
    let mut verdict = Verdict { trusted: trust.key.is_some(), ..Verdict::default() };
    let bundle = match Bundle::from_json(bytes) {
        Ok(bundle) => bundle,
        Err(error) => {
            faults.push(Fault::Bundle { reason: shortened(&error.to_string()) });
            return (verdict, None);
        }
    };
    let key = trust.key.as_ref().unwrap_or(&bundle.key);
    if *key != bundle.key {
        let (expected, found) = (key.to_string(), shortened(&bundle.key.to_string()));
        faults.push(Fault::OtherKey { expected, found });
    }
    same_log(trust.origin.as_deref().unwrap_or(key.name()), &bundle.origin, faults);
    let current = open(&bundle.checkpoint, key, &bundle.origin, Which::Current, faults);
    if let Some(current) = &current {
        verdict.checkpoint = Some(Signed {
            origin: current.origin().to_owned(),
            size: current.size(),
            root: current.root(),
            key: key.to_string(),
        });
        verdict.grown_from = growth(&bundle, trust, key, current, faults);
    }
    let (proven, listing) = prove(bundle.proof, current.as_ref(), faults);
    verdict.proven = proven;
    (verdict, listing)
}

fn same_log(expected: &str, found: &str, faults: &mut Faults) {
    if expected != found {
        let (expected, found) = (shortened(expected), shortened(found));
        faults.push(Fault::OtherLog { expected, found });
    }
}

/// A checkpoint of this log that its key signed.
fn open(
    note: &str,
    key: &VerifierKey,
    origin: &str,
    which: Which,
    faults: &mut Faults,
) -> Option<Checkpoint> {
    match Checkpoint::open(note, &[key]) {
        Ok(checkpoint) => {
            same_log(origin, checkpoint.origin(), faults);
            Some(checkpoint)
        }
        Err(CheckpointError::Malformed) => {
            faults.push(Fault::Checkpoint { which });
            None
        }
        Err(CheckpointError::Note(_)) => {
            faults.push(Fault::Signature { which });
            None
        }
    }
}

/// Whether the log grew from the earlier checkpoints that are known: how many entries it had at the one
/// that counts.
fn growth(
    bundle: &Bundle,
    trust: &Trust,
    key: &VerifierKey,
    current: &Checkpoint,
    faults: &mut Faults,
) -> Option<u64> {
    let mut shown = None;
    if let Some(Earlier { checkpoint, proof }) = &bundle.earlier {
        let earlier = open(checkpoint, key, &bundle.origin, Which::Earlier, faults);
        shown = earlier.filter(|earlier| grew(earlier, current, proof, faults));
    }
    let Some(known) = &trust.known else { return shown.map(|shown| shown.size()) };
    same_log(known.origin(), &bundle.origin, faults);
    let (earlier, size) = (known.size(), current.size());
    // To itself, to a smaller one and from nothing there is no proof to be shown.
    let fault = if earlier >= size || earlier == 0 {
        return grew(known, current, &[], faults).then_some(earlier);
    } else if shown.as_ref().is_none_or(|shown| shown.size() != earlier) {
        Fault::Unconnected { known: earlier }
    } else if shown.is_some_and(|shown| shown.root() != known.root()) {
        Fault::Rewritten { earlier, size }
    } else {
        return Some(earlier);
    };
    faults.push(fault);
    None
}

/// Whether the one is the beginning of the other.
fn grew(earlier: &Checkpoint, current: &Checkpoint, proof: &[Hash], faults: &mut Faults) -> bool {
    let [older, newer] = [earlier, current].map(|point| (point.size(), point.root()));
    let (earlier, size) = (older.0, newer.0);
    let fault = if earlier > size {
        Fault::Shrunk { earlier, size }
    } else if verify_consistency(older, newer, proof).is_err() {
        Fault::Rewritten { earlier, size }
    } else {
        return true;
    };
    faults.push(fault);
    false
}

/// Whether the listed leaves lead to the checkpoint's root. They are listed even when they do not: what in the export
/// differs from them is worth telling.
fn prove(
    proof: Proof,
    current: Option<&Checkpoint>,
    faults: &mut Faults,
) -> (Option<Proven>, Option<Listing>) {
    match proof {
        Proof::Contiguous { first, count, leaves, left, right } => {
            let proven = Proven::Complete { first, count };
            let Some(end) = first.checked_add(count).filter(|_| leaves.len() as u64 == count)
            else {
                faults.push(Fault::Unproven { sequence: None });
                return (None, None);
            };
            if current.is_some_and(|current| {
                around(first, &leaves, left, &right, current.size()) != Some(current.root())
            }) {
                faults.push(Fault::Unproven { sequence: None });
            }
            (Some(proven), Some(Listing::new((first..end).zip(leaves).collect())))
        }
        Proof::Filtered { entries, hashes } => {
            for entry in &entries {
                if current.is_some_and(|current| !is_included(entry, &hashes, current)) {
                    faults.push(Fault::Unproven { sequence: Some(entry.sequence) });
                }
            }
            let proven = Proven::Included { count: entries.len() as u64 };
            if !entries.is_sorted_by(|entry, next| entry.sequence < next.sequence) {
                faults.push(Fault::Unproven { sequence: None });
                return (None, None);
            }
            let leaves = entries.into_iter().map(|entry| (entry.sequence, entry.leaf)).collect();
            (Some(proven), Some(Listing::new(leaves)))
        }
    }
}

/// The root of the tree that has these leaves from the entry `first` on, and these subtrees on both sides.
fn around(first: u64, leaves: &[Hash], left: Vec<Hash>, right: &[Hash], size: u64) -> Option<Hash> {
    let mut edge = Edge::new(first.checked_sub(1)?, left).ok()?;
    leaves.iter().for_each(|leaf| edge.append(*leaf, |_, _| ()));
    let mut right = right.iter();
    for node in complete(edge.size()..size) {
        edge.append_subtree(node.level, *right.next()?, |_, _| ()).ok()?;
    }
    (right.next().is_none() && edge.size() == size).then(|| edge.root())
}

fn is_included(entry: &Included, hashes: &[Hash], current: &Checkpoint) -> bool {
    let hash = |at: &u32| hashes.get(usize::try_from(*at).ok()?).copied();
    // A proof has at most 64 hashes; a longer one is not worth putting together.
    let path: Option<Vec<Hash>> = entry.path.iter().take(65).map(hash).collect();
    let (Some(index), Some(path)) = (entry.sequence.checked_sub(1), path) else { return false };
    verify_inclusion(index, current.size(), entry.leaf, &path, current.root()).is_ok()
}
