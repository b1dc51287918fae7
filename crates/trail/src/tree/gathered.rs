//! Hashes that were gathered for a proof, from wherever they are known. Not the gathering, which takes time.

use std::{
    collections::{BTreeSet, HashMap},
    convert::Infallible,
};

use trailsift_proof::{
    Hash,
    tree::{Hashes, Node},
};

use super::Leaves;

/// The hashes that a proof needs, as far as they are known. What is missing is noted, and read as zeros: a proof counts
/// only when nothing was missing while it was made.
///
/// ```
/// use trailsift_proof::{Hash, tree::{inclusion, verify_inclusion}};
/// use trailsift_trail::tree::{Gathered, Leaves, Tree};
///
/// let all: Vec<Hash> = (0..10_u8).map(|number| Hash::leaf(&[number])).collect();
/// let mut tree = Tree::default();
/// tree.push_segment(1, 7, Leaves::new(1, all[..7].to_vec()).peaks()).unwrap();
/// tree.push_segment(8, 10, Leaves::new(8, all[7..].to_vec()).peaks()).unwrap();
///
/// let mut gathered = Gathered::default();
/// let _ = inclusion(2, 10, &mut gathered);
/// for node in gathered.take_missing() {
///     match tree.hash(node) {
///         Ok(hash) => gathered.insert(node, hash),
///         // That one is read: its first entry is the first of the trail.
///         Err(_) => gathered.absorb(&Leaves::new(1, all[..7].to_vec()), &[node].into()),
///     }
/// }
/// let proof = inclusion(2, 10, &mut gathered).unwrap();
/// assert!(gathered.take_missing().is_empty());
/// assert_eq!(verify_inclusion(2, 10, all[2], &proof, tree.root(10).unwrap()), Ok(()));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Gathered {
    known: HashMap<Node, Hash>,
    missing: BTreeSet<Node>,
}

impl Gathered {
    /// Takes note of a hash.
    pub fn insert(&mut self, node: Node, hash: Hash) {
        self.known.insert(node, hash);
    }

    /// Takes note of those of these hashes that follow from a piece's leaves alone.
    pub fn absorb(&mut self, leaves: &Leaves, wanted: &BTreeSet<Node>) {
        self.known.extend(wanted.iter().filter_map(|node| Some((*node, leaves.hash(*node)?))));
    }

    /// What was missing since this was last asked.
    pub fn take_missing(&mut self) -> BTreeSet<Node> {
        std::mem::take(&mut self.missing)
    }
}

impl Hashes for Gathered {
    type Error = Infallible;

    fn hash(&mut self, node: Node) -> Result<Hash, Infallible> {
        let known = self.known.get(&node).copied();
        Ok(known.unwrap_or_else(|| {
            self.missing.insert(node);
            Hash::new([0; 32])
        }))
    }
}
