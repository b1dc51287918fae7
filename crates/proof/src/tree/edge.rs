//! The right edge of a tree, which is all that appending needs. Not the hashes left of it, nor where they are kept.

use alloc::vec::Vec;
use core::fmt;

use super::{Node, fold};
use crate::Hash;

/// A tree of some size without what is inside: the hashes of the complete subtrees that it is made of, at most 64.
///
/// ```
/// use trailsift_proof::{Hash, tree::Edge};
///
/// let mut edge = Edge::default();
/// edge.append(Hash::leaf(b"a"), |_, _| ());
/// edge.append(Hash::leaf(b"b"), |_, _| ());
/// assert_eq!(edge.root(), Hash::node(&Hash::leaf(b"a"), &Hash::leaf(b"b")));
/// assert_eq!(Edge::new(edge.size(), edge.peaks().to_vec()), Ok(edge));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edge {
    size: u64,
    /// From the left, and so from the largest.
    peaks: Vec<Hash>,
}

/// As many hashes as no tree of that size has at its edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnEdge;

impl fmt::Display for NotAnEdge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not as many hashes as a tree of that size has at its edge")
    }
}

impl core::error::Error for NotAnEdge {}

/// A subtree that cannot stand at the end of that tree, or would make it larger than 2^64 - 1 leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unaligned;

impl fmt::Display for Unaligned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no subtree of that size can follow")
    }
}

impl core::error::Error for Unaligned {}

impl Edge {
    /// The edge of a tree of `size` leaves with these hashes, from the left: those of
    /// [`complete(0..size)`](super::complete).
    ///
    /// # Errors
    /// [`NotAnEdge`] when they are too few or too many.
    pub fn new(size: u64, peaks: Vec<Hash>) -> Result<Self, NotAnEdge> {
        if usize::try_from(size.count_ones()) == Ok(peaks.len()) {
            Ok(Self { size, peaks })
        } else {
            Err(NotAnEdge)
        }
    }

    /// How many leaves the tree has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// What [`Edge::new`] takes.
    #[must_use]
    pub fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    /// The tree's root.
    #[must_use]
    pub fn root(&self) -> Hash {
        fold(&self.peaks)
    }

    /// Adds a leaf. `closed` is told every subtree that is complete with it, the leaf itself first: what a store keeps.
    /// A tree of 2^64 - 1 leaves stays as it is.
    pub fn append(&mut self, leaf: Hash, closed: impl FnMut(Node, Hash)) {
        // A leaf is aligned everywhere; and no tree is appended to until it is full.
        let _ = self.append_subtree(0, leaf, closed);
    }

    /// Adds a complete subtree of `2^level` leaves, of which only the hash is known.
    ///
    /// # Errors
    /// [`Unaligned`] when the tree's size is not a multiple of the subtree's.
    pub fn append_subtree(
        &mut self,
        level: u8,
        hash: Hash,
        mut closed: impl FnMut(Node, Hash),
    ) -> Result<(), Unaligned> {
        let leaves = 1_u64.checked_shl(level.into()).ok_or(Unaligned)?;
        let size = self.size.checked_add(leaves).ok_or(Unaligned)?;
        if !self.size.is_multiple_of(leaves) {
            return Err(Unaligned);
        }
        let mut node = Node { level, index: self.size >> level };
        let mut hash = hash;
        closed(node, hash);
        // A right child completes its parent; its sibling is the last peak.
        while node.index % 2 == 1 {
            let Some(left) = self.peaks.pop() else { break };
            hash = Hash::node(&left, &hash);
            node = Node { level: node.level + 1, index: node.index / 2 };
            closed(node, hash);
        }
        self.peaks.push(hash);
        self.size = size;
        Ok(())
    }
}
