//! Inclusion and consistency proofs, made and verified as RFC 9162, 2.1.3 and 2.1.4, says. Not in which form they
//! travel.

use alloc::vec::Vec;
use core::{fmt, ops::Range};

use super::{Hashes, left_of, subtree};
use crate::Hash;

/// Why no proof can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutOfRange<E> {
    /// The leaf, or the older tree, is not inside the tree.
    OutOfRange,
    /// A hash could not be read.
    Store(E),
}

impl<E: fmt::Display> fmt::Display for OutOfRange<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfRange => f.write_str("beyond the end of the tree"),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl<E: fmt::Debug + fmt::Display> core::error::Error for OutOfRange<E> {}

/// Why a proof proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofError {
    /// The leaf, or the older tree, is not inside the tree.
    OutOfRange,
    /// It has more or fewer hashes than a proof between these places has.
    Length,
    /// Its hashes lead to another root.
    OtherRoot,
}

impl fmt::Display for ProofError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OutOfRange => "beyond the end of the tree",
            Self::Length => "the proof has the wrong number of hashes",
            Self::OtherRoot => "the proof leads to another root",
        })
    }
}

impl core::error::Error for ProofError {}

/// The inclusion proof of the leaf `index` in the tree of the first `size` leaves, from the leaf upwards.
///
/// # Errors
/// [`OutOfRange`] when the tree has no such leaf, and those of the store.
///
/// ```
/// use trailsift_proof::{Hash, tree::{Edge, Tiles, inclusion, verify_inclusion}};
///
/// let (mut edge, mut tiles) = (Edge::default(), Tiles::default());
/// for data in [b"a", b"b", b"c"] {
///     edge.append(Hash::leaf(data), |node, hash| tiles.close(node, hash));
/// }
/// let proof = inclusion(1, 3, &mut tiles).unwrap();
/// assert_eq!(verify_inclusion(1, 3, Hash::leaf(b"b"), &proof, edge.root()), Ok(()));
/// assert!(verify_inclusion(1, 3, Hash::leaf(b"x"), &proof, edge.root()).is_err());
/// ```
pub fn inclusion<H: Hashes>(
    index: u64,
    size: u64,
    hashes: &mut H,
) -> Result<Vec<Hash>, OutOfRange<H::Error>> {
    if index >= size {
        return Err(OutOfRange::OutOfRange);
    }
    let (path, _) = descend(size, |middle| index < middle, |leaf| leaf.end - leaf.start == 1);
    read(path, hashes)
}

/// The consistency proof from the tree of the first `older` leaves to that of the first `size`: that the one is the
/// beginning of the other. It is empty when they are the same tree, or the older is empty.
///
/// # Errors
/// [`OutOfRange`] when the older is the larger, and those of the store.
///
/// ```
/// use trailsift_proof::{Hash, tree::{Edge, Tiles, consistency, verify_consistency}};
///
/// let (mut edge, mut tiles, mut trees) = (Edge::default(), Tiles::default(), Vec::new());
/// for data in [b"a", b"b", b"c"] {
///     edge.append(Hash::leaf(data), |node, hash| tiles.close(node, hash));
///     trees.push((edge.size(), edge.root()));
/// }
/// let proof = consistency(2, 3, &mut tiles).unwrap();
/// assert_eq!(verify_consistency(trees[1], trees[2], &proof), Ok(()));
/// ```
pub fn consistency<H: Hashes>(
    older: u64,
    size: u64,
    hashes: &mut H,
) -> Result<Vec<Hash>, OutOfRange<H::Error>> {
    if older > size {
        return Err(OutOfRange::OutOfRange);
    }
    if older == 0 {
        return Ok(Vec::new());
    }
    let (mut path, last) = descend(size, |middle| older <= middle, |leaves| leaves.end == older);
    // Where it goes left all the way, the subtree that it ends at is the older tree, whose root is known.
    if last.start > 0 {
        path.push(last);
    }
    read(path, hashes)
}

/// From the root of a tree down to a subtree: those beside the way, from the top, and the one where it ends. `left` says
/// for the place where two children meet whether the way goes left.
fn descend(
    size: u64,
    left: impl Fn(u64) -> bool,
    is_end: impl Fn(&Range<u64>) -> bool,
) -> (Vec<Range<u64>>, Range<u64>) {
    let mut path = Vec::new();
    let mut at = 0..size;
    while !is_end(&at) {
        let middle = at.start + left_of(at.end - at.start);
        let (lower, upper) = (at.start..middle, middle..at.end);
        let beside;
        (at, beside) = if left(middle) { (lower, upper) } else { (upper, lower) };
        path.push(beside);
    }
    (path, at)
}

/// The hashes of these subtrees, the last first: a proof goes from the leaf upwards.
fn read<H: Hashes>(
    path: Vec<Range<u64>>,
    hashes: &mut H,
) -> Result<Vec<Hash>, OutOfRange<H::Error>> {
    let hash = |leaves| subtree(leaves, hashes).map_err(OutOfRange::Store);
    path.into_iter().rev().map(hash).collect()
}

/// The root to which an inclusion proof leads: [`verify_inclusion`] for who has nothing yet to compare it with.
///
/// # Errors
/// [`ProofError`] when there is no such leaf, or the proof has another length.
///
/// ```
/// use trailsift_proof::{Hash, tree::root_of_inclusion};
///
/// let (a, b) = (Hash::leaf(b"a"), Hash::leaf(b"b"));
/// assert_eq!(root_of_inclusion(1, 2, b, &[a]), Ok(Hash::node(&a, &b)));
/// ```
pub fn root_of_inclusion(
    index: u64,
    size: u64,
    leaf: Hash,
    proof: &[Hash],
) -> Result<Hash, ProofError> {
    if index >= size {
        return Err(ProofError::OutOfRange);
    }
    let (mut at, mut last) = (index, size - 1);
    let mut root = leaf;
    for hash in proof {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if climbs_from_the_right(&mut at, &mut last) {
            root = Hash::node(hash, &root);
        } else {
            root = Hash::node(&root, hash);
        }
    }
    if last == 0 { Ok(root) } else { Err(ProofError::Length) }
}

/// Goes up by one hash of a proof, from the node `at` of a level whose last is `last`; whether that hash stands left.
const fn climbs_from_the_right(at: &mut u64, last: &mut u64) -> bool {
    let right = *at % 2 == 1 || *at == *last;
    if right {
        // A last node without a sibling is its own parent: up to where it has one.
        while at.is_multiple_of(2) && *at > 0 {
            *at >>= 1;
            *last >>= 1;
        }
    }
    *at >>= 1;
    *last >>= 1;
    right
}

/// Checks that a leaf is the one with that index in the tree with that size and root.
///
/// # Errors
/// [`ProofError`] when the proof does not show it.
pub fn verify_inclusion(
    index: u64,
    size: u64,
    leaf: Hash,
    proof: &[Hash],
    root: Hash,
) -> Result<(), ProofError> {
    let found = root_of_inclusion(index, size, leaf, proof)?;
    if found == root { Ok(()) } else { Err(ProofError::OtherRoot) }
}

/// Checks that the tree `newer` begins with the tree `older`; each is a size and a root.
///
/// # Errors
/// [`ProofError`] when the proof does not show it.
///
/// ```
/// use trailsift_proof::{Hash, tree::verify_consistency};
///
/// let (a, b) = (Hash::leaf(b"a"), Hash::leaf(b"b"));
/// assert_eq!(verify_consistency((1, a), (2, Hash::node(&a, &b)), &[b]), Ok(()));
/// assert!(verify_consistency((1, b), (2, Hash::node(&a, &b)), &[b]).is_err());
/// ```
pub fn verify_consistency(
    older: (u64, Hash),
    newer: (u64, Hash),
    proof: &[Hash],
) -> Result<(), ProofError> {
    let ((size, root), (newer_size, newer_root)) = (older, newer);
    if size > newer_size {
        return Err(ProofError::OutOfRange);
    }
    if size == 0 || size == newer_size {
        let known = if size == 0 { Hash::empty() } else { newer_root };
        return match proof {
            [] if root == known => Ok(()),
            [] => Err(ProofError::OtherRoot),
            _ => Err(ProofError::Length),
        };
    }
    let (mut at, mut last) = (size - 1, newer_size - 1);
    while at % 2 == 1 {
        at >>= 1;
        last >>= 1;
    }
    // An older tree that is complete is itself the subtree from which the proof climbs, and is left out of it.
    let (start, rest) = match proof.split_first() {
        _ if size.is_power_of_two() => (root, proof),
        Some((first, rest)) => (*first, rest),
        None => return Err(ProofError::Length),
    };
    let (mut found, mut newer_found) = (start, start);
    for hash in rest {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if climbs_from_the_right(&mut at, &mut last) {
            found = Hash::node(hash, &found);
            newer_found = Hash::node(hash, &newer_found);
        } else {
            newer_found = Hash::node(&newer_found, hash);
        }
    }
    if last != 0 {
        Err(ProofError::Length)
    } else if found == root && newer_found == newer_root {
        Ok(())
    } else {
        Err(ProofError::OtherRoot)
    }
}
