//! The leaves of one piece and all that follows from them alone.

use std::ops::Range;

use trailsift_proof::{
    Hash,
    tree::{Node, complete},
};

use super::span;

/// Consecutive entries of which every leaf is known, with the complete subtrees over them: 64 bytes an entry.
///
/// ```
/// use trailsift_proof::{Hash, tree::Node};
/// use trailsift_trail::tree::Leaves;
///
/// let [a, b, c] = [b"a", b"b", b"c"].map(|data| Hash::leaf(data));
/// // The entries 2, 3 and 4, which are the leaves 1, 2 and 3.
/// let leaves = Leaves::new(2, vec![a, b, c]);
/// assert_eq!(leaves.peaks(), [a, Hash::node(&b, &c)]);
/// assert_eq!(leaves.hash(Node { level: 0, index: 2 }), Some(b));
/// assert_eq!(leaves.hash(Node { level: 1, index: 0 }), None);
/// ```
#[derive(Clone, Debug)]
pub struct Leaves {
    /// For each level the index of its first subtree, and the hashes.
    levels: Vec<(u64, Vec<Hash>)>,
    range: Range<u64>,
}

impl Leaves {
    /// The entries from the number `first` on, with these leaves. A trail's first number is 1.
    #[must_use]
    pub fn new(first: u64, leaves: Vec<Hash>) -> Self {
        let start = first.saturating_sub(1);
        let range = start..start.saturating_add(leaves.len() as u64);
        let mut levels = Vec::new();
        let mut level = (start, leaves);
        while !level.1.is_empty() {
            let above = parents(&level);
            levels.push(std::mem::replace(&mut level, above));
        }
        Self { levels, range }
    }

    /// The hashes of the complete subtrees that the entries make up, from the left: what [`Tree`](super::Tree) keeps.
    #[must_use]
    pub fn peaks(&self) -> Vec<Hash> {
        complete(self.range.clone()).filter_map(|node| self.hash(node)).collect()
    }

    /// The hash of a subtree, if all its leaves are here.
    #[must_use]
    pub fn hash(&self, node: Node) -> Option<Hash> {
        let (start, hashes) = self.levels.get(usize::from(node.level))?;
        let at = usize::try_from(node.index.checked_sub(*start)?).ok()?;
        hashes.get(at).copied()
    }

    /// Whether all leaves of a subtree are here.
    #[must_use]
    pub fn holds(&self, node: Node) -> bool {
        span(node)
            .is_some_and(|leaves| self.range.start <= leaves.start && leaves.end <= self.range.end)
    }
}

/// The level above: a right child in front has no sibling here, and neither has a left one at the end.
fn parents((start, hashes): &(u64, Vec<Hash>)) -> (u64, Vec<Hash>) {
    let alone = usize::from(start % 2 == 1);
    let (pairs, _) = hashes.get(alone..).unwrap_or_default().as_chunks();
    (start.div_ceil(2), pairs.iter().map(|[left, right]| Hash::node(left, right)).collect())
}
