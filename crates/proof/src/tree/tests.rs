use alloc::{collections::BTreeMap, format, string::String, vec, vec::Vec};
use core::convert::Infallible;

use proptest::prelude::*;

use super::*;

/// The tree as RFC 6962, 2.1, defines it, leaf hashes given: what everything here is held against.
fn naive(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash::empty(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            Hash::node(&naive(left), &naive(right))
        }
    }
}

fn split(size: usize) -> usize {
    let mut left = 1;
    while left * 2 < size {
        left *= 2;
    }
    left
}

/// RFC 6962, 2.1.1.
fn naive_inclusion(index: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut path, beside) = match index.checked_sub(left.len()) {
        None => (naive_inclusion(index, left), right),
        Some(index) => (naive_inclusion(index, right), left),
    };
    path.push(naive(beside));
    path
}

/// RFC 6962, 2.1.2.
fn naive_consistency(older: usize, leaves: &[Hash], whole: bool) -> Vec<Hash> {
    if older == leaves.len() {
        return if whole { Vec::new() } else { vec![naive(leaves)] };
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut path, beside) = match older.checked_sub(left.len()) {
        None | Some(0) => (naive_consistency(older, left, whole), right),
        Some(older) => (naive_consistency(older, right, false), left),
    };
    path.push(naive(beside));
    path
}

pub(crate) fn leaves(count: u64) -> Vec<Hash> {
    (0..count).map(|index| Hash::leaf(&index.to_le_bytes())).collect()
}

pub(crate) fn grow(leaves: &[Hash]) -> (Edge, Tiles) {
    let (mut edge, mut tiles) = (Edge::default(), Tiles::default());
    for leaf in leaves {
        edge.append(*leaf, |node, hash| tiles.close(node, hash));
    }
    (edge, tiles)
}

/// Every hash of a tree, none computed anew: without optimization a SHA-256 takes its time.
#[derive(Default)]
struct Kept(BTreeMap<Node, Hash>);

impl Hashes for Kept {
    type Error = Infallible;

    fn hash(&mut self, node: Node) -> Result<Hash, Infallible> {
        Ok(self.0[&node])
    }
}

/// The eight leaves and the roots that implementations of Certificate Transparency test with; the roots were also
/// computed with Python's hashlib.
#[test]
fn the_well_known_tree_of_eight() {
    let data: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];
    let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let mut edge = Edge::default();
    let hex =
        |hash: Hash| hash.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!(hex(edge.root()), roots[0]);
    for (data, root) in data.iter().zip(&roots[1..]) {
        edge.append(Hash::leaf(data), |_, _| ());
        assert_eq!(hex(edge.root()), *root);
    }
}

#[test]
fn roots_and_proofs_of_every_size_to_300() {
    let leaves = leaves(300);
    // Roots of what is asked for again and again, by the naive definition.
    let roots: Vec<Hash> = (0..=leaves.len()).map(|size| naive(&leaves[..size])).collect();
    let (mut edge, mut tiles) = (Edge::default(), Kept::default());
    for size in 0..=300_u64 {
        let whole = &leaves[..size as usize];
        let newer = roots[size as usize];
        if let Some(last) = whole.last() {
            edge.append(*last, |node, hash| assert_eq!(tiles.0.insert(node, hash), None));
        }
        assert_eq!((edge.size(), edge.root()), (size, newer));
        assert_eq!(root(size, &mut tiles), Ok(newer), "{size}");
        for index in 0..size {
            let proof = inclusion(index, size, &mut tiles).unwrap();
            let leaf = leaves[index as usize];
            assert_eq!(
                verify_inclusion(index, size, leaf, &proof, newer),
                Ok(()),
                "{index} {size}"
            );
        }
        for older in 0..=size {
            let proof = consistency(older, size, &mut tiles).unwrap();
            let old = (older, roots[older as usize]);
            assert_eq!(verify_consistency(old, (size, newer), &proof), Ok(()), "{older} {size}");
        }
        // Making them naively takes cubic time: some sizes.
        if size < 40 || size % 64 < 2 {
            for index in 0..size {
                let proof = inclusion(index, size, &mut tiles).unwrap();
                assert_eq!(proof, naive_inclusion(index as usize, whole), "{index} {size}");
            }
            for older in 1..=size {
                let proof = consistency(older, size, &mut tiles).unwrap();
                assert_eq!(proof, naive_consistency(older as usize, whole, true), "{older} {size}");
            }
        }
    }
    assert_eq!(inclusion(3, 3, &mut tiles), Err(OutOfRange::OutOfRange));
    assert_eq!(consistency(4, 3, &mut tiles), Err(OutOfRange::OutOfRange));
}

#[test]
fn a_proof_is_refused_for_any_other_place_size_or_hash() {
    let leaves = leaves(24);
    let (_, mut tiles) = grow(&leaves);
    let roots: Vec<Hash> = (0..=leaves.len()).map(|size| naive(&leaves[..size])).collect();
    for size in 1..=24_u64 {
        let newer = roots[size as usize];
        for index in 0..size {
            let proof = inclusion(index, size, &mut tiles).unwrap();
            let leaf = leaves[index as usize];
            let verify =
                |index, size, proof: &[Hash]| verify_inclusion(index, size, leaf, proof, newer);
            for other in (0..30).filter(|other| *other != index) {
                assert!(verify(other, size, &proof).is_err(), "{index} {other} {size}");
            }
            for changed in wrong(&proof) {
                assert!(verify(index, size, &changed).is_err(), "{index} {size}");
            }
            assert!(verify_inclusion(index, size, newer, &proof, newer).is_err() || size == 1);
        }
        for older in 0..=size {
            let proof = consistency(older, size, &mut tiles).unwrap();
            let verify = |older: u64, proof: &[Hash]| {
                verify_consistency((older, roots[older as usize]), (size, newer), proof)
            };
            for other in (1..=24).filter(|other| *other != older && older != 0) {
                assert!(verify(other, &proof).is_err(), "{older} {other} {size}");
            }
            for changed in wrong(&proof) {
                assert!(verify(older, &changed).is_err(), "{older} {size}");
            }
            let forged = (older, Hash::leaf(b"forged"));
            assert!(verify_consistency(forged, (size, newer), &proof).is_err(), "{older} {size}");
            if older > 0 {
                let forged = (size, Hash::leaf(b"forged"));
                let old = (older, roots[older as usize]);
                assert!(verify_consistency(old, forged, &proof).is_err(), "{older} {size}");
            }
        }
    }
}

/// A proof with a hash changed, left out, twice, or added.
fn wrong(proof: &[Hash]) -> Vec<Vec<Hash>> {
    let mut wrong = vec![[proof, &[Hash::empty()]].concat()];
    for at in 0..proof.len() {
        let mut changed = proof.to_vec();
        changed[at] = Hash::empty();
        wrong.push(changed.clone());
        changed[at] = proof[at];
        changed.insert(at, proof[at]);
        wrong.push(changed.clone());
        changed.drain(at..=at + 1);
        wrong.push(changed);
    }
    wrong
}

#[test]
fn a_tree_is_grown_from_its_edge_and_from_subtrees() {
    let leaves = leaves(70);
    for from in 0..=70_u64 {
        for to in from..=70 {
            let (before, mut tiles) = grow(&leaves);
            let read = |range, tiles: &mut Tiles| -> Vec<Hash> {
                complete(range).map(|node| tiles.hash(node).unwrap()).collect()
            };
            let mut edge = Edge::new(from, read(0..from, &mut tiles)).unwrap();
            leaves[from as usize..to as usize]
                .iter()
                .for_each(|leaf| edge.append(*leaf, |_, _| ()));
            for node in complete(to..70) {
                let hash = tiles.hash(node).unwrap();
                edge.append_subtree(node.level, hash, |_, _| ()).unwrap();
            }
            assert_eq!(edge, before, "{from} {to}");
        }
    }
}

#[test]
fn edges_that_cannot_be_are_refused() {
    assert_eq!(Edge::new(3, vec![Hash::empty()]), Err(NotAnEdge));
    assert_eq!(Edge::new(0, vec![Hash::empty()]), Err(NotAnEdge));
    let mut edge = Edge::new(2, vec![Hash::empty()]).unwrap();
    for level in [2, 63, 64, 255] {
        assert_eq!(edge.append_subtree(level, Hash::empty(), |_, _| ()), Err(Unaligned), "{level}");
    }
    assert_eq!(edge.size(), 2);
    let mut full = Edge::new(u64::MAX, vec![Hash::empty(); 64]).unwrap();
    full.append(Hash::empty(), |_, _| ());
    assert_eq!(full.size(), u64::MAX);
}

#[test]
fn what_is_closed_is_what_tiles_keep() {
    let leaves = leaves(66_000);
    let (edge, mut tiles) = grow(&leaves);
    let widths: Vec<_> =
        tiles.iter().filter(|(tile, hashes)| tile.width(66_000) != hashes.len() as u64).collect();
    assert!(widths.is_empty(), "{widths:?}");
    let level = |level| tiles.iter().filter(move |(tile, _)| tile.level == level).count();
    assert_eq!((level(0), level(1), level(2), level(3)), (258, 2, 1, 0));
    assert_eq!(root(66_000, &mut tiles), Ok(edge.root()));
    assert_eq!(edge.root(), naive(&leaves));

    // The tiles that a proof wants suffice for it, as they are stored.
    let mut fetched = Tiles::default();
    for tile in wanted(|hashes| inclusion(65_000, 66_000, hashes)) {
        let (_, hashes) = tiles.iter().find(|(other, _)| *other == tile).unwrap();
        let bytes: Vec<u8> = hashes.iter().flat_map(|hash| *hash.as_bytes()).collect();
        fetched.insert(tile, &bytes).unwrap();
    }
    assert!(fetched.iter().count() < 6);
    let proof = inclusion(65_000, 66_000, &mut fetched).unwrap();
    assert_eq!(verify_inclusion(65_000, 66_000, leaves[65_000], &proof, edge.root()), Ok(()));
    let absent = Tile { level: 0, index: 0 };
    assert_eq!(inclusion(0, 66_000, &mut fetched), Err(OutOfRange::Store(Absent(absent))));
}

#[test]
fn a_tile_that_is_put_in_anew_counts() {
    let tile = Tile { level: 0, index: 0 };
    let mut tiles = Tiles::default();
    for byte in [1, 2] {
        tiles.insert(tile, &[byte; 64]).unwrap();
        let leaf = Hash::new([byte; 32]);
        assert_eq!(root(2, &mut tiles), Ok(Hash::node(&leaf, &leaf)));
    }
    assert_eq!(root(3, &mut tiles), Err(Absent(tile)));
    for level in [0, 1, 7, 8, 63, 255] {
        assert!(tiles.hash(Node { level, index: u64::MAX }).is_err(), "{level}");
    }
}

#[test]
fn bytes_that_are_no_tile() {
    let tile = Tile { level: 0, index: 0 };
    for length in [0, 31, 33, 256 * 32 + 32] {
        assert_eq!(Tiles::default().insert(tile, &vec![0; length]), Err(NotATile), "{length}");
    }
    assert_eq!(Tiles::default().insert(tile, &[0; 256 * 32]), Ok(()));
}

#[test]
fn tiles_far_out_do_not_overflow() {
    let far = Tile { level: 255, index: u64::MAX };
    assert_eq!(far.width(u64::MAX), 0);
    assert!(far.path(u64::MAX).starts_with("tile/255/x018/"));
    assert_eq!(Tile { level: 7, index: 0 }.width(u64::MAX), 255);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn proofs_in_large_trees(size in 300_u64..3_000, index in any::<u64>(), older in any::<u64>()) {
        let leaves = leaves(size);
        let (edge, mut tiles) = grow(&leaves);
        prop_assert_eq!(edge.root(), naive(&leaves));
        let index = index % size;
        let proof = inclusion(index, size, &mut tiles).unwrap();
        prop_assert_eq!(&proof, &naive_inclusion(index as usize, &leaves));
        prop_assert_eq!(verify_inclusion(index, size, leaves[index as usize], &proof, edge.root()), Ok(()));
        let older = 1 + older % size;
        let proof = consistency(older, size, &mut tiles).unwrap();
        prop_assert_eq!(&proof, &naive_consistency(older as usize, &leaves, true));
        let old = (older, naive(&leaves[..older as usize]));
        prop_assert_eq!(verify_consistency(old, (size, edge.root()), &proof), Ok(()));
    }
}

proptest! {
    #[test]
    fn no_size_and_no_proof_panics(
        (index, size, older) in (any::<u64>(), any::<u64>(), any::<u64>()),
        length in 0_usize..70,
    ) {
        let proof = vec![Hash::empty(); length];
        let _ = verify_inclusion(index, size, Hash::empty(), &proof, Hash::empty());
        let _ = verify_consistency((older, Hash::empty()), (size, Hash::leaf(b"")), &proof);
        let _ = wanted(|hashes| inclusion(index, size, hashes));
        let _ = wanted(|hashes| consistency(older, size, hashes));
        let tiles = wanted(|hashes| inclusion(size - size.min(1), size, hashes));
        prop_assert!(tiles.len() <= 70, "{}", tiles.len());
    }
}
