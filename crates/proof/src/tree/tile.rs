//! Tiles: the stored form of a tree's hashes, as in C2SP's tlog-tiles. Not where tiles are kept.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
    string::String,
    vec::Vec,
};
use core::{convert::Infallible, fmt};

use super::{Hashes, Node};
use crate::Hash;

/// How many hashes a full tile has.
pub const TILE_WIDTH: u64 = 256;

/// How many levels of the tree one level of tiles spans.
const HEIGHT: u8 = 8;

/// A run of at most [`TILE_WIDTH`] hashes of one level of the tree: of leaves, or of complete subtrees of 256 leaves, of
/// 65,536, and so on.
///
/// ```
/// use trailsift_proof::tree::Tile;
///
/// let tile = Tile { level: 0, index: 1 };
/// assert_eq!((tile.width(256), tile.width(300), tile.width(512)), (0, 44, 256));
/// assert_eq!(tile.path(300), "tile/0/001.p/44");
/// assert_eq!(Tile { level: 1, index: 1_234_067 }.path(u64::MAX), "tile/1/x001/x234/067");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    /// Its hashes are those of subtrees of `256^level` leaves; below 8.
    pub level: u8,
    /// Which of the level's tiles, from the left, from 0.
    pub index: u64,
}

impl Tile {
    /// How many hashes it has in a tree of `size` leaves: 256 when it is full and never changes again.
    #[must_use]
    pub fn width(self, size: u64) -> u64 {
        let hashes = size.checked_shr(u32::from(self.level) * u32::from(HEIGHT)).unwrap_or(0);
        let before = self.index.saturating_mul(TILE_WIDTH);
        hashes.saturating_sub(before).min(TILE_WIDTH)
    }

    /// Its path in a tree of `size` leaves. A tile that is not full is another one at every width.
    #[must_use]
    pub fn path(self, size: u64) -> String {
        let mut number = format!("{:03}", self.index % 1000);
        let mut rest = self.index / 1000;
        while rest > 0 {
            number = format!("x{:03}/{number}", rest % 1000);
            rest /= 1000;
        }
        match self.width(size) {
            TILE_WIDTH => format!("tile/{}/{number}", self.level),
            width => format!("tile/{}/{number}.p/{width}", self.level),
        }
    }
}

/// Where in its tile a hash is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The tile.
    pub tile: Tile,
    /// Which of the tile's hashes, from 0.
    pub offset: u8,
}

impl Node {
    /// Where the hash is kept; nothing for most levels, whose hashes follow from those of the tile below.
    #[must_use]
    pub fn place(self) -> Option<Place> {
        self.level.is_multiple_of(HEIGHT).then(|| self.first())
    }

    /// The place of the first hash that this one follows from.
    fn first(self) -> Place {
        let leftmost = self.index << (self.level % HEIGHT);
        let offset = u8::try_from(leftmost % TILE_WIDTH).unwrap_or(0);
        Place { tile: Tile { level: self.level / HEIGHT, index: leftmost / TILE_WIDTH }, offset }
    }
}

/// Tiles in memory: those of a whole small tree, or those that a proof needs.
#[derive(Clone, Debug, Default)]
pub struct Tiles {
    tiles: BTreeMap<Tile, Vec<Hash>>,
    /// The hashes between the levels that tiles keep, as far as they were asked for: many proofs share them.
    between: BTreeMap<Node, Hash>,
}

/// A tile that does not hold what is asked for: it was not put in, or is too short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Absent(pub Tile);

impl fmt::Display for Absent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a hash of tile {} of level {} is not there", self.0.index, self.0.level)
    }
}

impl core::error::Error for Absent {}

/// Bytes that are not 1 to 256 hashes of 32 bytes each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotATile;

impl fmt::Display for NotATile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a tile is 1 to 256 hashes of 32 bytes")
    }
}

impl core::error::Error for NotATile {}

impl Tiles {
    /// Puts in a tile as it is stored: its hashes one after the other.
    ///
    /// # Errors
    /// [`NotATile`] when it has a part of a hash, none, or more than [`TILE_WIDTH`].
    pub fn insert(&mut self, tile: Tile, bytes: &[u8]) -> Result<(), NotATile> {
        let (hashes, rest) = bytes.as_chunks::<32>();
        let is_tile = rest.is_empty() && (1..=TILE_WIDTH).contains(&(hashes.len() as u64));
        if !is_tile {
            return Err(NotATile);
        }
        self.tiles.insert(tile, hashes.iter().copied().map(Hash::new).collect());
        // What followed from another tile in its place is no longer so.
        self.between.clear();
        Ok(())
    }

    /// Takes what [`Edge::append`](super::Edge::append) tells of a subtree. A hash that is not its tile's next one is
    /// left out: what is put in has to begin where the tiles end.
    pub fn close(&mut self, node: Node, hash: Hash) {
        let Some(Place { tile, offset }) = node.place() else { return };
        let hashes = self.tiles.entry(tile).or_default();
        if hashes.len() == usize::from(offset) {
            hashes.push(hash);
        }
    }

    /// The tiles, each with its hashes.
    pub fn iter(&self) -> impl Iterator<Item = (Tile, &[Hash])> {
        self.tiles.iter().map(|(tile, hashes)| (*tile, hashes.as_slice()))
    }
}

impl Hashes for Tiles {
    type Error = Absent;

    fn hash(&mut self, node: Node) -> Result<Hash, Absent> {
        if let Some(Place { tile, offset }) = node.place() {
            let kept = self.tiles.get(&tile).and_then(|hashes| hashes.get(usize::from(offset)));
            return kept.copied().ok_or(Absent(tile));
        }
        if let Some(hash) = self.between.get(&node) {
            return Ok(*hash);
        }
        // At most seven levels down there is one that is kept.
        let (level, index) = (node.level - 1, node.index.checked_mul(2));
        let index = index.ok_or(Absent(node.first().tile))?;
        let left = self.hash(Node { level, index })?;
        let hash = Hash::node(&left, &self.hash(Node { level, index: index + 1 })?);
        self.between.insert(node, hash);
        Ok(hash)
    }
}

/// The tiles that something reads, found by doing it once with hashes that say nothing.
///
/// ```
/// use trailsift_proof::tree::{Tile, inclusion, wanted};
///
/// let tiles = wanted(|hashes| inclusion(70_000, 100_000, hashes));
/// assert!(tiles.contains(&Tile { level: 0, index: 273 }) && tiles.len() < 10);
/// ```
pub fn wanted<T>(read: impl FnOnce(&mut Wanted) -> T) -> BTreeSet<Tile> {
    let mut wanted = Wanted(BTreeSet::new());
    read(&mut wanted);
    wanted.0
}

/// Takes note of the tiles that are read. See [`wanted`].
#[derive(Debug)]
pub struct Wanted(BTreeSet<Tile>);

impl Hashes for Wanted {
    type Error = Infallible;

    fn hash(&mut self, node: Node) -> Result<Hash, Infallible> {
        self.0.insert(node.first().tile);
        Ok(Hash::new([0; 32]))
    }
}
