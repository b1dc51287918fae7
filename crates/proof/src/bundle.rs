//! Proof bundles: what goes with an export so that it can be verified offline. Not the verifying: that is
//! [`crate::verify`]'s.
//!
//! A bundle is JSON. Hashes are base64, sequence numbers plain integers:
//!
//! ```text
//! {"format":"trailsift-proof-bundle","version":1,"origin":"logs.example/acme/auth0","key":"logs.example/…+7b6e8841+AQOh…",
//!  "checkpoint":"logs.example/acme/auth0\n8\nXcna…\n\n— logs.example/acme/auth0 e26I…\n",
//!  "proof":{"contiguous":{"first":3,"count":2,"leaves":["…","…"],"left":["…"],"right":["…"]}}}
//! ```
//!
//! An export of some entries has `"proof":{"filtered":{"entries":[{"sequence":3,"leaf":"…","path":[0,1,2]}],"hashes":["…"]}}`
//! instead: the hashes of all inclusion proofs, each once, and for each entry which of them its proof is made of. With
//! `"earlier":{"checkpoint":"…","proof":["…"]}` a bundle shows that the log only grew since another checkpoint.

use alloc::{
    borrow::ToOwned,
    collections::{BTreeMap, BTreeSet},
    string::{String, ToString as _},
    vec::Vec,
};
use core::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    Hash,
    note::VerifierKey,
    tree::{Hashes, Node, OutOfRange, complete, consistency, inclusion},
};

const FORMAT: &str = "trailsift-proof-bundle";

/// The version that is written, and the only one that is read.
pub const VERSION: u32 = 1;

/// What proves an export.
///
/// ```
/// use trailsift_proof::{bundle::{Bundle, Proof}, checkpoint::Checkpoint, leaf_hash, note::Signer, tree::{Edge, Tiles}};
///
/// let (mut edge, mut tiles) = (Edge::default(), Tiles::default());
/// for (id, bytes) in [("a", b"{}"), ("b", b"[]")] {
///     edge.append(leaf_hash(id, 0, bytes), |node, hash| tiles.close(node, hash));
/// }
/// let signer = Signer::new("logs.example/acme/auth0", &[7; 32]).unwrap();
/// let checkpoint = Checkpoint::new("logs.example/acme/auth0", edge.size(), edge.root()).unwrap();
///
/// let proof = Proof::contiguous(1, 2, edge.size(), &mut tiles).unwrap();
/// let note = checkpoint.sign(&[&signer]).unwrap();
/// let bundle = Bundle::new(checkpoint.origin(), signer.verifier(), &note, proof);
/// assert_eq!(Bundle::from_json(bundle.to_json().as_bytes()), Ok(bundle));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    pub(crate) format: String,
    pub(crate) version: u32,
    /// The log that was exported.
    pub origin: String,
    /// The key that signed the checkpoint.
    pub key: VerifierKey,
    /// The checkpoint's note, to whose root the proof leads.
    pub checkpoint: String,
    /// How the exported entries lead there.
    pub proof: Proof,
    /// An earlier checkpoint, and how it leads to this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earlier: Option<Earlier>,
}

/// How the exported entries lead to the root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Proof {
    /// All entries from one sequence number to another: that none is missing is proven, too.
    Contiguous {
        /// The sequence number of the first; the trail's first is 1.
        first: u64,
        /// How many there are.
        count: u64,
        /// The leaf of every one, so that what is wrong can be named.
        leaves: Vec<Hash>,
        /// The complete subtrees of all entries before them, from the left.
        left: Vec<Hash>,
        /// The complete subtrees of all entries after them, from the left.
        right: Vec<Hash>,
    },
    /// Some entries: that each is in the log is proven, and nothing about others.
    Filtered {
        /// The entries, in the order of their numbers.
        entries: Vec<Included>,
        /// The hashes that their proofs are made of.
        hashes: Vec<Hash>,
    },
}

/// An entry with its inclusion proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Included {
    /// Its sequence number.
    pub sequence: u64,
    /// Its leaf.
    pub leaf: Hash,
    /// Its inclusion proof, from the leaf upwards: which of the bundle's hashes, from 0.
    pub path: Vec<u32>,
}

/// An earlier checkpoint of the same log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Earlier {
    /// Its note.
    pub checkpoint: String,
    /// The consistency proof from it to the bundle's checkpoint.
    pub proof: Vec<Hash>,
}

/// Why bytes are no bundle that can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotABundle {
    /// Not the JSON of a bundle, with what is wrong and where.
    Malformed(String),
    /// A bundle of another version, which this verifier is too old or too new for.
    Version(u32),
}

impl fmt::Display for NotABundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(reason) => write!(f, "not a proof bundle: {reason}"),
            Self::Version(version) => {
                write!(f, "a proof bundle of version {version}; only version {VERSION} can be read")
            }
        }
    }
}

impl core::error::Error for NotABundle {}

impl Bundle {
    /// The bundle of an export of the log `origin`, with the checkpoint's note and the key that signed it.
    #[must_use]
    pub fn new(origin: &str, key: &VerifierKey, checkpoint: &str, proof: Proof) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            origin: origin.to_owned(),
            key: key.clone(),
            checkpoint: checkpoint.to_owned(),
            proof,
            earlier: None,
        }
    }

    /// The bundle as JSON, on one line.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Texts and numbers in vectors and structures are always JSON.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a bundle. That it is one says nothing about whether it proves anything.
    ///
    /// # Errors
    /// [`NotABundle`] when it is none, or of another version.
    pub fn from_json(bytes: &[u8]) -> Result<Self, NotABundle> {
        #[derive(Deserialize)]
        struct Head {
            format: String,
            version: u32,
        }
        let read: Result<Self, _> = serde_json::from_slice(bytes);
        // Another version may look different everywhere but here.
        let head = match &read {
            Ok(bundle) => Ok(Head { format: bundle.format.clone(), version: bundle.version }),
            Err(_) => serde_json::from_slice(bytes),
        };
        match head {
            Ok(head) if head.format == FORMAT && head.version != VERSION => {
                return Err(NotABundle::Version(head.version));
            }
            Ok(head) if head.format != FORMAT => {
                return Err(NotABundle::Malformed("it has another `format`".to_owned()));
            }
            _ => {}
        }
        read.map_err(|error| NotABundle::Malformed(error.to_string()))
    }
}

impl Proof {
    /// The proof of `count` entries from the number `first` on, in the tree of the first `size` entries. It reads every
    /// one's leaf, and a few dozen hashes more.
    ///
    /// # Errors
    /// [`OutOfRange`] when they are not all in the tree, and those of the store.
    pub fn contiguous<H: Hashes>(
        first: u64,
        count: u64,
        size: u64,
        hashes: &mut H,
    ) -> Result<Self, OutOfRange<H::Error>> {
        let start = first.checked_sub(1).ok_or(OutOfRange::OutOfRange)?;
        let end = start.checked_add(count).filter(|end| *end <= size);
        let end = end.ok_or(OutOfRange::OutOfRange)?;
        let mut read = |node| hashes.hash(node).map_err(OutOfRange::Store);
        let leaf = |index| Node { level: 0, index };
        Ok(Self::Contiguous {
            first,
            count,
            leaves: (start..end).map(|index| read(leaf(index))).collect::<Result<_, _>>()?,
            left: complete(0..start).map(&mut read).collect::<Result<_, _>>()?,
            right: complete(end..size).map(&mut read).collect::<Result<_, _>>()?,
        })
    }

    /// The proof of the entries with these numbers, in the tree of the first `size` entries. Their order does not
    /// matter; one that is given twice counts once.
    ///
    /// # Errors
    /// [`OutOfRange`] when one is not in the tree, and those of the store.
    ///
    /// ```
    /// use trailsift_proof::{bundle::Proof, tree::wanted};
    ///
    /// // The tiles to fetch before the proof can be made.
    /// let tiles = wanted(|hashes| Proof::filtered([17, 90_000], 100_000, hashes));
    /// assert!(tiles.len() < 10);
    /// ```
    pub fn filtered<H: Hashes>(
        sequences: impl IntoIterator<Item = u64>,
        size: u64,
        hashes: &mut H,
    ) -> Result<Self, OutOfRange<H::Error>> {
        let sequences: BTreeSet<u64> = sequences.into_iter().collect();
        let mut entries = Vec::with_capacity(sequences.len());
        let mut shared = Vec::new();
        let mut places = BTreeMap::new();
        for sequence in sequences {
            let index = sequence.checked_sub(1).ok_or(OutOfRange::OutOfRange)?;
            let mut path = Vec::new();
            for hash in inclusion(index, size, hashes)? {
                // No tree has so many hashes that could be read.
                let next = u32::try_from(shared.len()).map_err(|_| OutOfRange::OutOfRange)?;
                path.push(*places.entry(hash).or_insert_with(|| {
                    shared.push(hash);
                    next
                }));
            }
            let leaf = hashes.hash(Node { level: 0, index }).map_err(OutOfRange::Store)?;
            entries.push(Included { sequence, leaf, path });
        }
        Ok(Self::Filtered { entries, hashes: shared })
    }
}

impl Earlier {
    /// The note of a checkpoint with `older` entries, and how it leads to the tree of the first `size` entries.
    ///
    /// # Errors
    /// [`OutOfRange`] when `older` is more than `size`, and those of the store.
    pub fn new<H: Hashes>(
        checkpoint: &str,
        older: u64,
        size: u64,
        hashes: &mut H,
    ) -> Result<Self, OutOfRange<H::Error>> {
        let proof = consistency(older, size, hashes)?;
        Ok(Self { checkpoint: checkpoint.to_owned(), proof })
    }
}
