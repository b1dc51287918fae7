//! The Merkle tree of RFC 6962 over a trail's entries: grown leaf by leaf, its root at any size, its proofs.
//!
//! Nothing here keeps the tree. [`Edge`] is what appending needs, at most 64 hashes; every other hash is read through
//! [`Hashes`], which asks for complete subtrees alone: those never change when the tree grows. [`Tiles`] is such a
//! store, in the layout of C2SP's tlog-tiles.

mod edge;
mod proof;
mod tile;

use alloc::vec::Vec;
use core::ops::Range;

pub use edge::{Edge, NotAnEdge, Unaligned};
pub use proof::{
    OutOfRange, ProofError, consistency, inclusion, root_of_inclusion, verify_consistency,
    verify_inclusion,
};
pub use tile::{Absent, NotATile, Place, TILE_WIDTH, Tile, Tiles, Wanted, wanted};

use crate::Hash;

/// A complete subtree: that of the `2^level` leaves from `index * 2^level` on. A leaf has level 0.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct Node {
    /// How many levels above the leaves; below 64.
    pub level: u8,
    /// Which of the level's subtrees, from the left, from 0.
    pub index: u64,
}

/// Where the hashes of complete subtrees are read from.
///
/// A proof reads a few dozen, whatever the size of the tree. A store whose reads are asynchronous finds out beforehand,
/// with [`wanted`], which tiles to fetch.
///
/// ```
/// use std::collections::HashMap;
/// use trailsift_proof::{Hash, tree::{Hashes, Node, inclusion}};
///
/// struct Kept(HashMap<Node, Hash>);
///
/// impl Hashes for Kept {
///     type Error = Node;
///
///     fn hash(&mut self, node: Node) -> Result<Hash, Node> {
///         self.0.get(&node).copied().ok_or(node)
///     }
/// }
///
/// let (a, b) = (Hash::leaf(b"a"), Hash::leaf(b"b"));
/// let mut kept = Kept([(Node { level: 0, index: 0 }, a), (Node { level: 0, index: 1 }, b)].into());
/// assert_eq!(inclusion(0, 2, &mut kept), Ok(vec![b]));
/// ```
pub trait Hashes {
    /// Why a hash could not be read.
    type Error;

    /// The hash of a complete subtree.
    ///
    /// # Errors
    /// When it cannot be read. A store never makes up a hash.
    fn hash(&mut self, node: Node) -> Result<Hash, Self::Error>;
}

/// The complete subtrees that make up these leaves, from the left: as few as there can be.
///
/// ```
/// use trailsift_proof::tree::{Node, complete};
///
/// let nodes: Vec<_> = complete(3..8).map(|Node { level, index }| (level, index)).collect();
/// assert_eq!(nodes, [(0, 3), (2, 1)]);
/// ```
pub fn complete(leaves: Range<u64>) -> impl Iterator<Item = Node> {
    let Range { start: mut at, end } = leaves;
    core::iter::from_fn(move || {
        let fits = end.checked_sub(at)?.checked_ilog2()?;
        let level = at.trailing_zeros().min(fits);
        let node = Node { level: u8::try_from(level).ok()?, index: at >> level };
        at += 1 << level;
        Some(node)
    })
}

/// The root of the tree of the first `size` leaves.
///
/// # Errors
/// Those of the store.
///
/// ```
/// use trailsift_proof::{Hash, tree::{Edge, Tiles, root}};
///
/// let (mut edge, mut tiles) = (Edge::default(), Tiles::default());
/// edge.append(Hash::leaf(b"a"), |node, hash| tiles.close(node, hash));
/// let then = edge.root();
/// edge.append(Hash::leaf(b"b"), |node, hash| tiles.close(node, hash));
/// assert_eq!((root(1, &mut tiles), root(2, &mut tiles)), (Ok(then), Ok(edge.root())));
/// assert!(root(3, &mut tiles).is_err());
/// ```
pub fn root<H: Hashes>(size: u64, hashes: &mut H) -> Result<Hash, H::Error> {
    subtree(0..size, hashes)
}

/// The hash of a subtree as the tree has it, complete or at its right edge.
fn subtree<H: Hashes>(leaves: Range<u64>, hashes: &mut H) -> Result<Hash, H::Error> {
    let peaks: Result<Vec<Hash>, _> = complete(leaves).map(|node| hashes.hash(node)).collect();
    Ok(fold(&peaks?))
}

/// The hash over complete subtrees that stand beside each other, each smaller than the one before.
fn fold(peaks: &[Hash]) -> Hash {
    let over = peaks.iter().rev().copied().reduce(|right, left| Hash::node(&left, &right));
    over.unwrap_or_else(Hash::empty)
}

/// How many leaves the left child of a tree of `size` leaves has: the largest power of two below. `size` is at least 2.
const fn left_of(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

#[cfg(test)]
pub(crate) mod tests;
