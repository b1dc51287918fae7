//! What a trail is kept in, as traits: a database that is transactional and answers at once, and a store of objects that
//! does neither. Not what is kept there, which the rows' own modules say.

use trailsift_proof::Hash;

use crate::{
    chunk::{self, Chunk},
    directory::Piece,
    known::{self, Runs},
    time::Millis,
};

/// The trail's own row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrailRow {
    /// Which schema its entries have.
    pub schema: String,
    /// When its first entry came.
    pub created: Millis,
    /// Whether the trail is on its tenant's list.
    pub listed: bool,
    /// How long entries are kept after they were received, in milliseconds; for ever without it.
    pub retention: Option<Millis>,
    /// The number of the last entry of the segment that is being made. It is written down before the segment's object
    /// is: whatever happens then, the next try makes the same object again, and no other lies beside it.
    pub sealing: Option<u64>,
}

/// What is known of a chunk without its payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChunkRow {
    /// Its entries.
    pub meta: chunk::Meta,
    /// What makes them unique, as in [`Chunk::keys`].
    pub keys: Vec<u8>,
    /// The complete subtrees of its entries, from the left.
    pub peaks: Vec<Hash>,
}

/// What is known of a segment without its statistics. It outlives its entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentRow {
    /// Its entries and the object that holds them.
    pub piece: Piece,
    /// The complete subtrees of its entries, from the left.
    pub peaks: Vec<Hash>,
    /// Whether its entries are still wanted.
    pub state: State,
}

/// What became of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is read.
    Kept,
    /// Past its time: nobody reads it, and its object is to be removed.
    Expired,
    /// Its object is gone. The row stays, for the tree.
    Removed,
}

/// A change of one row. Several are written all or nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    /// The trail's row, new or changed.
    Trail(TrailRow),
    /// A new chunk, with the complete subtrees of its entries.
    Chunk(Chunk, Vec<Hash>),
    /// The chunks of entries up to this number are sealed.
    DropChunks {
        /// The number of the last entry.
        last: u64,
    },
    /// A new segment.
    Segment {
        /// Its row.
        row: SegmentRow,
        /// What [`crate::pruning`] reads.
        stats: Vec<u8>,
        /// The checkpoint of the trail at its end, if the deployment signs any.
        checkpoint: Option<String>,
    },
    /// What became of the segment that begins with this number: its entries are gone, and its statistics, which hold
    /// values of theirs, with them.
    SegmentState {
        /// The number of its first entry.
        first: u64,
        /// What became of it.
        state: State,
    },
    /// A run of keys, new or in the place of the one with its number.
    Run(known::RunRow),
    /// The filters of a group of runs.
    Group(known::GroupRow),
    /// The runs and groups before these hold the keys of entries that are gone.
    DropKeys(known::Living),
    /// How far a connector has read, together with what it read.
    Source {
        /// The connector's name.
        name: String,
        /// What it goes on with.
        checkpoint: String,
    },
}

/// The database of one trail. What it has written is durable before anybody is told.
pub trait Database: Runs {
    /// The trail's row; nothing when nothing was ever appended.
    ///
    /// # Errors
    /// What went wrong, for the operator; so it is with all of these.
    fn trail(&self) -> Result<Option<TrailRow>, String>;

    /// Every segment, in the order of numbers.
    ///
    /// # Errors
    /// When a row is not readable, and what `take` gives.
    fn segments(
        &self,
        take: &mut dyn FnMut(SegmentRow) -> Result<(), String>,
    ) -> Result<(), String>;

    /// Every chunk without its payload, in the order of numbers.
    ///
    /// # Errors
    /// When a row is not readable, and what `take` gives.
    fn chunks(&self, take: &mut dyn FnMut(ChunkRow) -> Result<(), String>) -> Result<(), String>;

    /// The full groups of runs, in the order of their numbers.
    fn groups(&self) -> impl Iterator<Item = Result<known::GroupRow, String>>;

    /// The runs from that number on, in the order of their numbers.
    fn runs_from(&self, number: u64) -> impl Iterator<Item = Result<known::RunRow, String>>;

    /// How many groups there are, from the first on.
    ///
    /// # Errors
    /// When they cannot be counted.
    fn group_end(&self) -> Result<u64, String>;

    /// The payload of the chunk that begins with that number, if there is one.
    ///
    /// # Errors
    /// When it is not what was written.
    fn payload(&self, first: u64) -> Result<Option<Vec<u8>>, String>;

    /// The statistics of the segment that begins with that number.
    ///
    /// # Errors
    /// When there is none.
    fn stats(&self, first: u64) -> Result<Vec<u8>, String>;

    /// How far a connector has read.
    ///
    /// # Errors
    /// When the row is not readable.
    fn source(&self, name: &str) -> Result<Option<String>, String>;

    /// Writes all or nothing.
    ///
    /// # Errors
    /// Nothing is written then.
    fn write(&self, writes: Vec<Write>) -> Result<(), String>;
}

/// What became of an object that was to be created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Created {
    /// It is there now.
    New,
    /// There was one under that key already, and it was left alone.
    Exists,
}

/// The store of sealed segments. Keys are those of [`Piece::key`].
pub trait Objects {
    /// Creates an object, durably, unless there is one.
    ///
    /// # Errors
    /// When the store does not answer or refuses. The object may be there all the same.
    fn create(
        &self,
        key: &str,
        bytes: &[u8],
        sha256: &Hash,
    ) -> impl Future<Output = Result<Created, String>>;

    /// The object's bytes, if there is one.
    ///
    /// # Errors
    /// When the store does not answer.
    fn read(&self, key: &str) -> impl Future<Output = Result<Option<Vec<u8>>, String>>;

    /// Removes an object. One that is not there is removed already.
    ///
    /// # Errors
    /// When the store does not answer.
    fn remove(&self, key: &str) -> impl Future<Output = Result<(), String>>;
}
