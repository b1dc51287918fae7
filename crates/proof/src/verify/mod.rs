//! Verifying an export with its proof bundle, offline: what is proven, or what exactly is wrong. Not where the bytes
//! come from, nor whose key is to be trusted.
//!
//! First the bundle alone: is its checkpoint signed, does its list of leaves lead to the checkpoint's root. Then the
//! export line by line against that list, in the memory of one line beside the bundle.

mod authenticate;
mod compare;
mod fault;
mod verdict;

use alloc::{borrow::ToOwned as _, string::String, vec::Vec};

use crate::{checkpoint::Checkpoint, line::MAX_LINE, note::VerifierKey};
use compare::Comparison;
use fault::Faults;
pub use fault::{Fault, Which};
pub use verdict::{Proven, Signed, Verdict};

/// What a reader knows of the log from elsewhere. Without the key a bundle proves only that it agrees with itself:
/// whoever alters an export can sign a checkpoint of his own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// The log's key, as its owner published it.
    pub key: Option<VerifierKey>,
    /// Which log it should be. Without it that which the key is named after, as C2SP recommends.
    pub origin: Option<String>,
    /// A checkpoint of the log that the reader kept: the log has to have grown from it.
    pub known: Option<Checkpoint>,
}

/// Verifies an export that comes in chunks, cut anywhere.
///
/// ```
/// # use trailsift_proof::{bundle::{Bundle, Proof}, checkpoint::Checkpoint, leaf_hash, line::Line, note::Signer};
/// # use trailsift_proof::tree::{Edge, Tiles};
/// use trailsift_proof::verify::{Trust, Verifier};
///
/// # let (mut edge, mut tiles, mut export) = (Edge::default(), Tiles::default(), Vec::new());
/// # for (sequence, id) in [(1, "a"), (2, "b"), (3, "c")] {
/// #     edge.append(leaf_hash(id, 0, b"{}"), |node, hash| tiles.close(node, hash));
/// #     Line { sequence, id: id.into(), received_at: 0, bytes: b"{}".into() }.write(&mut export);
/// # }
/// # let signer = Signer::new("log.example", &[7; 32]).unwrap();
/// # let note = Checkpoint::new("log.example", 3, edge.root()).unwrap().sign(&[&signer]).unwrap();
/// # let proof = Proof::contiguous(1, 3, 3, &mut tiles).unwrap();
/// # let bundle = Bundle::new("log.example", signer.verifier(), &note, proof).to_json();
/// let trust = Trust { key: Some(signer.verifier().clone()), ..Trust::default() };
/// let mut verifier = Verifier::new(bundle.as_bytes(), &trust);
/// for chunk in export.chunks(10) {
///     verifier.push(chunk);
/// }
/// let verdict = verifier.finish();
/// assert!(verdict.is_intact());
/// assert_eq!(verdict.sentences()[0], "Intact and complete: the entries 1 to 3 of \"log.example\", none changed, removed or added.");
/// ```
#[derive(Clone, Debug)]
pub struct Verifier {
    verdict: Verdict,
    faults: Faults,
    /// Nothing when the bundle names no entries to compare with.
    comparison: Option<Comparison>,
    /// The beginning of a line that is not all there yet.
    partial: Vec<u8>,
    too_long: bool,
}

impl Verifier {
    /// Looks at the bundle; the export is still to come.
    #[must_use]
    pub fn new(bundle: &[u8], trust: &Trust) -> Self {
        let mut faults = Faults::default();
        let (verdict, listing) = authenticate::authenticate(bundle, trust, &mut faults);
        let comparison = listing.map(Comparison::new);
        Self { verdict, faults, comparison, partial: Vec::new(), too_long: false }
    }

    /// Takes the next bytes of the export.
    pub fn push(&mut self, chunk: &[u8]) {
        for piece in chunk.split_inclusive(|byte| *byte == b'\n') {
            match piece.split_last() {
                Some((b'\n', line)) if self.partial.is_empty() && !self.too_long => {
                    self.line(line);
                }
                Some((b'\n', end)) => {
                    self.hold(end);
                    self.held();
                }
                _ => self.hold(piece),
            }
        }
    }

    /// What all of it proves, or what is wrong. A last line without its line feed counts as a line.
    #[must_use]
    pub fn finish(mut self) -> Verdict {
        if !self.partial.is_empty() || self.too_long {
            self.held();
        }
        if let Some(comparison) = self.comparison {
            comparison.finish(&mut self.faults);
        }
        self.verdict.conclude(self.faults)
    }

    fn hold(&mut self, piece: &[u8]) {
        if self.partial.len() + piece.len() > MAX_LINE {
            self.too_long = true;
        }
        if !self.too_long {
            self.partial.extend_from_slice(piece);
        }
    }

    fn held(&mut self) {
        let line = core::mem::take(&mut self.partial);
        if core::mem::take(&mut self.too_long) {
            self.line(&[]);
        } else {
            self.line(&line);
        }
    }

    fn line(&mut self, line: &[u8]) {
        if let Some(comparison) = &mut self.comparison {
            comparison.line(line, &mut self.faults);
        }
    }
}

/// Verifies an export of which all chunks are at hand.
///
/// ```
/// use trailsift_proof::verify::{Trust, verify};
///
/// let verdict = verify([&b"{}\n"[..]], b"{}", &Trust::default());
/// assert!(!verdict.is_intact());
/// assert!(verdict.sentences()[0].starts_with("The bundle cannot be read: "));
/// ```
#[must_use]
pub fn verify<'a>(
    export: impl IntoIterator<Item = &'a [u8]>,
    bundle: &[u8],
    trust: &Trust,
) -> Verdict {
    let mut verifier = Verifier::new(bundle, trust);
    export.into_iter().for_each(|chunk| verifier.push(chunk));
    verifier.finish()
}

/// As much of an id or a name as a message needs.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(100) {
        Some((end, _)) => text.get(..end).unwrap_or_default().to_owned(),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
