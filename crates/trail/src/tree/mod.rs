//! The Merkle tree over a trail without its leaves. Not how proofs are made of it: that is `trailsift_proof`'s.
//!
//! The entries of a trail lie in pieces: sealed segments, then hot chunks. Of each the tree keeps its *peaks*, the
//! hashes of the complete subtrees that its entries make up: at most a few dozen, about a dozen on the average. Every
//! subtree that reaches over pieces follows from these. One that lies within a piece follows from the piece's
//! [`Leaves`], which whoever reads the piece can compute.

mod gathered;
mod leaves;

use std::{collections::BTreeMap, fmt, ops::Range};

use serde::{Deserialize, Serialize};
use trailsift_proof::{
    Hash,
    tree::{Edge, Hashes, Node, complete, root},
};

pub use gathered::Gathered;
pub use leaves::Leaves;

/// A subtree over at least so many pieces is kept: to compute one anew takes few steps, however small the pieces are.
const WIDE: usize = 8;

/// The tree over a trail, in the memory of the object that owns it: some 450 bytes for each piece.
///
/// ```
/// use trailsift_proof::{Hash, tree::{Edge, inclusion, verify_inclusion}};
/// use trailsift_trail::tree::{Leaves, Missing, Tree};
///
/// let leaves: Vec<Hash> = (0..10_u8).map(|number| Hash::leaf(&[number])).collect();
/// let mut tree = Tree::default();
/// tree.push_segment(1, 7, Leaves::new(1, leaves[..7].to_vec()).peaks()).unwrap();
/// leaves[7..].iter().for_each(|leaf| tree.push_leaf(*leaf));
///
/// let proof = inclusion(8, 10, &mut &tree).unwrap();
/// assert_eq!(verify_inclusion(8, 10, leaves[8], &proof, tree.root(10).unwrap()), Ok(()));
/// assert_eq!(tree.root(5), Err(Missing::Within { first: 1 }));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Tree {
    edge: Edge,
    pieces: Vec<Piece>,
    /// How many of the pieces are segments.
    sealed: usize,
    /// The peaks of all pieces.
    peaks: Vec<Hash>,
    /// The subtrees over [`WIDE`] pieces or more.
    wide: BTreeMap<Node, Hash>,
}

#[derive(Clone, Copy, Debug)]
struct Piece {
    /// The number of its last entry.
    last: u64,
    /// Where its peaks end among those of all.
    peaks: usize,
}

/// Why the tree does not know a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Missing {
    /// It lies within one piece, and so follows from its leaves.
    Within {
        /// The number of the piece's first entry.
        first: u64,
    },
    /// It stands over entries that the trail does not have.
    Beyond,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Within { first } => {
                write!(f, "a hash within the piece from the entry {first} on")
            }
            Self::Beyond => f.write_str("beyond the end of the trail"),
        }
    }
}

impl std::error::Error for Missing {}

/// Why a piece is none of this tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It does not follow the last one, has no entries, or is a segment after a chunk.
    Gap,
    /// Its peaks are too few or too many, or not those of the entries that the tree has.
    Peaks,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gap => "a piece of the tree does not follow the one before",
            Self::Peaks => "a piece of the tree has the hashes of another",
        })
    }
}

impl std::error::Error for Unfit {}

impl Tree {
    /// Adds the next segment, with the hashes of [`complete(first - 1..last)`](complete).
    ///
    /// # Errors
    /// [`Unfit`] when its numbers do not go on, a chunk came before, or there are more or fewer peaks.
    pub fn push_segment(&mut self, first: u64, last: u64, peaks: Vec<Hash>) -> Result<(), Unfit> {
        if self.sealed < self.pieces.len() {
            return Err(Unfit::Gap);
        }
        self.push_chunk(first, last, peaks)?;
        self.sealed += 1;
        Ok(())
    }

    /// Adds the next hot chunk, as [`Tree::push_segment`] does a segment.
    ///
    /// # Errors
    /// [`Unfit`] when its numbers do not go on, or there are more or fewer peaks.
    pub fn push_chunk(&mut self, first: u64, last: u64, peaks: Vec<Hash>) -> Result<(), Unfit> {
        let start = self.size();
        if first.checked_sub(1) != Some(start) || last < first {
            return Err(Unfit::Gap);
        }
        if complete(start..last).count() != peaks.len() {
            return Err(Unfit::Peaks);
        }
        self.pieces.push(Piece { last, peaks: self.peaks.len() + peaks.len() });
        let mut closed = Vec::new();
        for (node, hash) in complete(start..last).zip(&peaks) {
            let close = |node, hash| closed.push((node, hash));
            self.edge.append_subtree(node.level, *hash, close).map_err(|_| Unfit::Peaks)?;
        }
        self.peaks.extend(peaks);
        closed.retain(|(node, _)| self.is_wide(*node));
        self.wide.extend(closed);
        Ok(())
    }

    /// Adds an entry as a chunk of its own. A tree of 2^64 - 1 entries stays as it is.
    pub fn push_leaf(&mut self, leaf: Hash) {
        if let Some(next) = self.size().checked_add(1) {
            // It follows, and one leaf has one peak.
            let _ = self.push_chunk(next, next, vec![leaf]);
        }
    }

    /// The peaks of the segment that the oldest chunks become, up to the entry `last`.
    ///
    /// # Errors
    /// [`Missing`] when a chunk does not end there.
    pub fn seal(&self, last: u64) -> Result<Vec<Hash>, Missing> {
        complete(self.last_sealed()..last).map(|node| self.hash(node)).collect()
    }

    /// Takes the oldest chunks, up to the entry `last`, for one segment.
    ///
    /// # Errors
    /// [`Unfit`] when no chunk ends there, or the peaks are not those of [`Tree::seal`]; then nothing is changed.
    pub fn sealed(&mut self, last: u64, peaks: &[Hash]) -> Result<(), Unfit> {
        let ends = self.pieces.binary_search_by_key(&last, |piece| piece.last);
        let end = ends.ok().filter(|at| *at >= self.sealed).ok_or(Unfit::Gap)?;
        if self.seal(last).as_deref() != Ok(peaks) {
            return Err(Unfit::Peaks);
        }
        let start = self.peaks_of(self.sealed).start;
        let until = self.peaks_of(end).end;
        self.peaks.splice(start..until, peaks.iter().copied());
        let piece = Piece { last, peaks: until };
        self.pieces.splice(self.sealed..=end, [piece]);
        for piece in self.pieces.iter_mut().skip(self.sealed) {
            piece.peaks = piece.peaks - until + start + peaks.len();
        }
        self.sealed += 1;
        // Many pieces became one, and fewer subtrees are wide.
        let mut wide = std::mem::take(&mut self.wide);
        wide.retain(|node, _| self.is_wide(*node));
        self.wide = wide;
        Ok(())
    }

    /// How many entries there are.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.edge.size()
    }

    /// The root of the tree of the first `size` entries. At the end, and where a piece ends, it is always known.
    ///
    /// # Errors
    /// [`Missing`] when it follows from leaves within a piece, or there are fewer entries.
    pub fn root(&self, size: u64) -> Result<Hash, Missing> {
        let mut hashes = self;
        if size == self.size() { Ok(self.edge.root()) } else { root(size, &mut hashes) }
    }

    /// The hash of a complete subtree.
    ///
    /// # Errors
    /// As [`Tree::root`].
    pub fn hash(&self, node: Node) -> Result<Hash, Missing> {
        let Range { start, end } = span(node).ok_or(Missing::Beyond)?;
        if end > self.size() {
            return Err(Missing::Beyond);
        }
        if let Some(hash) = self.wide.get(&node) {
            return Ok(*hash);
        }
        let at = self.holding(start);
        let last = self.pieces.get(at).ok_or(Missing::Beyond)?.last;
        if end <= last {
            let before = self.first_of(at) - 1;
            let place = complete(before..last).position(|peak| peak == node);
            let peak = place.and_then(|place| self.peaks.get(self.peaks_of(at).start + place));
            return peak.copied().ok_or(Missing::Within { first: before + 1 });
        }
        // It reaches over pieces, and so has children. It goes down at most 63 times, and over fewer than WIDE pieces.
        let child = |index| self.hash(Node { level: node.level - 1, index });
        Ok(Hash::node(&child(node.index * 2)?, &child(node.index * 2 + 1)?))
    }

    /// Which piece the leaf lies in.
    fn holding(&self, leaf: u64) -> usize {
        self.pieces.partition_point(|piece| piece.last <= leaf)
    }

    fn is_wide(&self, node: Node) -> bool {
        span(node).is_some_and(|leaves| {
            self.holding(leaves.end - 1) - self.holding(leaves.start) + 1 >= WIDE
        })
    }

    fn last_sealed(&self) -> u64 {
        self.first_of(self.sealed) - 1
    }

    fn first_of(&self, piece: usize) -> u64 {
        self.before(piece).map_or(1, |before| before.last + 1)
    }

    fn peaks_of(&self, piece: usize) -> Range<usize> {
        let start = self.before(piece).map_or(0, |before| before.peaks);
        start..self.pieces.get(piece).map_or(start, |piece| piece.peaks)
    }

    fn before(&self, piece: usize) -> Option<&Piece> {
        self.pieces.get(piece.checked_sub(1)?)
    }
}

impl Hashes for &Tree {
    type Error = Missing;

    fn hash(&mut self, node: Node) -> Result<Hash, Missing> {
        Tree::hash(self, node)
    }
}

/// The leaves of a subtree, from 0; nothing when no tree has so many.
fn span(node: Node) -> Option<Range<u64>> {
    let width = 1_u64.checked_shl(node.level.into())?;
    let start = node.index.checked_mul(width)?;
    Some(start..start.checked_add(width)?)
}

#[cfg(test)]
mod tests;
