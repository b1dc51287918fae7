use proptest::prelude::*;
use trailsift_proof::{
    bundle::Proof,
    tree::{OutOfRange, Tiles, consistency, inclusion},
};

use super::*;

fn leaves(count: u64) -> Vec<Hash> {
    (0..count).map(|index| Hash::leaf(&index.to_le_bytes())).collect()
}

/// The tree as `trailsift_proof` keeps it, with the roots at every size.
fn whole(leaves: &[Hash]) -> (Tiles, Vec<Hash>) {
    let (mut edge, mut tiles) = (Edge::default(), Tiles::default());
    let mut roots = vec![edge.root()];
    for leaf in leaves {
        edge.append(*leaf, |node, hash| tiles.close(node, hash));
        roots.push(edge.root());
    }
    (tiles, roots)
}

fn piece(all: &[Hash], leaves: Range<u64>) -> Leaves {
    Leaves::new(leaves.start + 1, all[leaves.start as usize..leaves.end as usize].to_vec())
}

/// Pieces that end where `ends` say, the last `hot` of them chunks.
fn tree(all: &[Hash], ends: &[u64], hot: usize) -> Tree {
    let mut tree = Tree::default();
    for (at, end) in ends.iter().enumerate() {
        let start = tree.size();
        let peaks = piece(all, start..*end).peaks();
        let push = if at + hot < ends.len() { Tree::push_segment } else { Tree::push_chunk };
        push(&mut tree, start + 1, *end, peaks).unwrap();
    }
    tree
}

/// The tree together with the leaves of each piece that it says it needs.
struct Assembled<'a> {
    tree: &'a Tree,
    all: &'a [Hash],
    read: BTreeMap<u64, Leaves>,
}

impl Hashes for Assembled<'_> {
    type Error = Missing;

    fn hash(&mut self, node: Node) -> Result<Hash, Missing> {
        match self.tree.hash(node) {
            Err(Missing::Within { first }) => {
                let at = self.tree.holding(first - 1);
                let last = self.tree.pieces[at].last;
                let leaves =
                    self.read.entry(first).or_insert_with(|| piece(self.all, first - 1..last));
                assert!(leaves.holds(node), "{node:?} is not within the piece from {first} on");
                Ok(leaves.hash(node).unwrap())
            }
            known => known,
        }
    }
}

/// Every root, and every kind of proof, is the one that a tree with all its leaves gives.
fn agrees(tree: &Tree, all: &[Hash], (tiles, roots): &mut (Tiles, Vec<Hash>), step: usize) {
    let size = all.len() as u64;
    assert_eq!(tree.size(), size);
    assert_eq!(tree.root(size), Ok(roots[all.len()]));
    for piece in &tree.pieces {
        assert_eq!(tree.root(piece.last), Ok(roots[piece.last as usize]), "up to {piece:?}");
    }
    let mut assembled = Assembled { tree, all, read: BTreeMap::new() };
    for index in (0..size).step_by(step) {
        assert_eq!(root(index, &mut assembled), Ok(roots[index as usize]), "{index}");
        let proof = inclusion(index, size, &mut assembled).unwrap();
        assert_eq!(proof, inclusion(index, size, tiles).unwrap(), "{index} of {size}");
        let proof = consistency(index, size, &mut assembled).unwrap();
        assert_eq!(proof, consistency(index, size, tiles).unwrap(), "{index} to {size}");
        let count = (size - index).min(7);
        let proof = Proof::contiguous(index + 1, count, size, &mut assembled).unwrap();
        assert_eq!(proof, Proof::contiguous(index + 1, count, size, tiles).unwrap());
    }
    let some = || (1..=size).step_by(3);
    let proof = Proof::filtered(some(), size, &mut assembled).unwrap();
    assert_eq!(proof, Proof::filtered(some(), size, tiles).unwrap());
}

/// Where the pieces of a trail of `size` entries end.
fn borders(size: u64) -> impl Strategy<Value = (Vec<u64>, usize)> {
    let inner = prop::collection::btree_set(1..=size, 0..40.min(size as usize + 1));
    (inner, 0_usize..50).prop_map(move |(mut ends, hot)| {
        ends.insert(size);
        (ends.into_iter().collect(), hot)
    })
}

#[test]
fn an_empty_tree() {
    let tree = Tree::default();
    assert_eq!((tree.size(), tree.root(0)), (0, Ok(Hash::empty())));
    assert_eq!(tree.root(1), Err(Missing::Beyond));
    assert_eq!((tree.seal(0), tree.seal(1)), (Ok(vec![]), Err(Missing::Beyond)));
}

#[test]
fn every_size_in_pieces_of_every_width() {
    for size in 1..=150_u64 {
        let all = leaves(size);
        let mut expected = whole(&all);
        for width in [1, 2, 3, 5, 8, 13, 64, 149] {
            let ends: Vec<u64> = (1..size).filter(|end| end % width == 0).chain([size]).collect();
            let step = 1 + size as usize / 5;
            agrees(&tree(&all, &ends, ends.len() / 2), &all, &mut expected, step);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn random_pieces((size, (ends, hot)) in (1_u64..400).prop_flat_map(|size| (Just(size), borders(size)))) {
        let all = leaves(size);
        agrees(&tree(&all, &ends, hot), &all, &mut whole(&all), 7);
    }

    #[test]
    fn chunks_become_segments(
        (size, (ends, hot)) in (1_u64..400).prop_flat_map(|size| (Just(size), borders(size))),
        seals in prop::collection::vec(any::<prop::sample::Index>(), 1..4),
        single in any::<bool>(),
    ) {
        let all = leaves(size);
        let mut expected = whole(&all);
        let mut tree = tree(&all, &ends, hot);
        if single {
            // Entries that come one by one.
            tree = Tree::default();
            all.iter().for_each(|leaf| tree.push_leaf(*leaf));
        }
        for seal in seals {
            let hot: Vec<u64> = tree.pieces[tree.sealed..].iter().map(|piece| piece.last).collect();
            if hot.is_empty() {
                break;
            }
            let last = *seal.get(&hot);
            let peaks = tree.seal(last).unwrap();
            prop_assert_eq!(&peaks, &piece(&all, tree.last_sealed()..last).peaks());
            tree.sealed(last, &peaks).unwrap();
            prop_assert_eq!(tree.last_sealed(), last);
            // What is sealed and what is rebuilt from the same rows is the same tree.
            let ends: Vec<u64> = tree.pieces.iter().map(|piece| piece.last).collect();
            let rebuilt = super::tests::tree(&all, &ends, ends.len() - tree.sealed);
            prop_assert_eq!(format!("{tree:?}"), format!("{rebuilt:?}"));
            agrees(&tree, &all, &mut expected, 11);
        }
    }

    #[test]
    fn no_subtree_panics(level in any::<u8>(), index in any::<u64>(), low in 0_u64..70) {
        let all = leaves(64);
        let tree = tree(&all, &[5, 33, 64], 1);
        let leaves = piece(&all, 5..33);
        for node in [Node { level, index }, Node { level: level % 8, index: low }] {
            let known = tree.hash(node);
            let beyond = span(node).is_none_or(|leaves| leaves.end > 64);
            prop_assert_eq!(known == Err(Missing::Beyond), beyond);
            prop_assert_eq!(leaves.holds(node), leaves.hash(node).is_some());
        }
    }
}

#[test]
fn a_hash_within_a_piece_names_the_piece() {
    let all = leaves(20);
    let tree = tree(&all, &[6, 13, 20], 1);
    for (index, first) in [(0, 1), (5, 1), (6, 7), (11, 7), (12, 7), (13, 14), (19, 14)] {
        let found = tree.hash(Node { level: 0, index });
        match complete(first - 1..tree.pieces[tree.holding(index)].last)
            .any(|peak| peak == Node { level: 0, index })
        {
            true => assert_eq!(found, Ok(all[index as usize])),
            false => assert_eq!(found, Err(Missing::Within { first }), "{index}"),
        }
    }
    let proof = inclusion(8, 20, &mut &tree);
    assert_eq!(proof, Err(OutOfRange::Store(Missing::Within { first: 7 })));
    assert_eq!(tree.root(21), Err(Missing::Beyond));
}

#[test]
fn what_does_not_fit_is_refused_and_changes_nothing() {
    let all = leaves(20);
    let mut tree = tree(&all, &[6, 13], 1);
    let before = format!("{tree:?}");
    let next = piece(&all, 13..20).peaks();
    assert_eq!(tree.push_segment(14, 20, next.clone()), Err(Unfit::Gap), "after a chunk");
    for (first, last) in [(0, 7), (13, 20), (15, 20), (14, 13), (u64::MAX, u64::MAX)] {
        assert_eq!(tree.push_chunk(first, last, next.clone()), Err(Unfit::Gap), "{first}");
    }
    assert_eq!(tree.push_chunk(14, 20, next[1..].to_vec()), Err(Unfit::Peaks));
    assert_eq!(tree.push_chunk(14, u64::MAX, next.clone()), Err(Unfit::Peaks));
    let peaks = tree.seal(13).unwrap();
    for last in [0, 6, 10, 14] {
        assert_eq!(tree.sealed(last, &peaks), Err(Unfit::Gap), "{last}");
    }
    assert_eq!(tree.sealed(13, &peaks[1..]), Err(Unfit::Peaks));
    let mut other = peaks.clone();
    other[0] = Hash::empty();
    assert_eq!(tree.sealed(13, &other), Err(Unfit::Peaks));
    assert_eq!(format!("{tree:?}"), before);
    assert_eq!(tree.sealed(13, &peaks), Ok(()));
    assert_eq!(tree.push_segment(14, 20, next), Ok(()));
}

/// Trees of other sizes are within reach of the numbers, not of a test that hashes every leaf.
#[test]
fn the_largest_tree() {
    let mut tree = Tree::default();
    let peaks = vec![Hash::empty(); 64];
    assert_eq!(tree.push_segment(1, u64::MAX, peaks), Ok(()));
    tree.push_leaf(Hash::empty());
    assert_eq!(tree.size(), u64::MAX);
    assert!(tree.root(u64::MAX).is_ok());
    assert_eq!(tree.hash(Node { level: 63, index: 0 }), Ok(Hash::empty()));
    assert_eq!(tree.hash(Node { level: 63, index: 1 }), Err(Missing::Beyond));
}

/// A proof over very many small pieces reads few hashes, whatever they are.
#[test]
fn small_pieces_are_not_walked_one_by_one() {
    let all = leaves(5_000);
    let ends: Vec<u64> = (1..=5_000).collect();
    let tree = tree(&all, &ends, 0);
    assert_eq!(tree.wide.len(), (3..=12).map(|level| 5_000 >> level).sum::<usize>());
    let narrow = Node { level: 2, index: 1_000 };
    assert!(!tree.wide.contains_key(&narrow));
    let [a, b, c, d] = [4_000, 4_001, 4_002, 4_003].map(|at| all[at]);
    assert_eq!(tree.hash(narrow), Ok(Hash::node(&Hash::node(&a, &b), &Hash::node(&c, &d))));
}
