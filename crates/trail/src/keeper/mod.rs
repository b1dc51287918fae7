//! The keeper of one trail: it takes entries, gives them numbers, says which pieces a reader needs, seals chunks into
//! segments and lets go of what is past its time. It filters nothing and serves nobody.
//!
//! Everything that changes is planned first, then written in one transaction, and only then true in memory. Memory is
//! rebuilt from the database whenever it is lost; the store of objects holds nothing that the database does not name.
//!
//! Work that has to wait for the store is done by [`work()`], between whose steps entries may come in.

mod append;
mod seal;
mod select;
mod storage;
mod work;

pub use append::{Appended, Batch};
pub use select::{Ask, Selection};
pub use storage::{ChunkRow, Created, Database, Objects, SegmentRow, State, TrailRow, Write};
pub use work::work;

use trailsift_core::Schema;

use crate::{
    directory::{Directory, Piece, ReceivedBy},
    known::{Known, RUNS_PER_GROUP},
    sequencer::Sequencer,
    time::Millis,
    tree::Tree,
};

/// When a trail is tended. All times in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Chunks of this many bytes together are sealed at once.
    pub seal_bytes: u64,
    /// Chunks are sealed this long after the oldest of them was received, however few they are.
    pub seal_age: Millis,
    /// How long to wait after the store has failed.
    pub retry: Millis,
    /// No more entries are taken while this many wait to be sealed: each takes memory.
    pub most_waiting: u64,
    /// Nor while these have so many bytes: the database has its limit.
    pub most_bytes: u64,
    /// No more entries are taken once keys take so many bytes of memory: a trail that does not fit could not even be read.
    pub most_keys: usize,
}

impl Policy {
    /// What a deployment uses.
    pub const DEFAULT: Self = Self {
        seal_bytes: 8 << 20,
        seal_age: 15 * 60 * 1000,
        retry: 30 * 1000,
        most_waiting: 200_000,
        most_bytes: 1 << 30,
        most_keys: 56 << 20,
    };
}

/// The memory of one trail.
#[derive(Debug)]
pub struct Keeper {
    trail: TrailRow,
    sequencer: Sequencer,
    tree: Tree,
    /// Segments past their time whose objects are still there, the oldest first.
    expired: Vec<Piece>,
}

impl Keeper {
    /// Reads what is known of a trail; nothing when nothing was ever appended.
    ///
    /// # Errors
    /// When the database holds something else than a trail without gaps.
    pub fn load(database: &impl Database) -> Result<Option<Self>, String> {
        let Some(trail) = database.trail()? else { return Ok(None) };
        let mut keeper = Self::new(trail);
        let mut directory = Directory::default();
        database.segments(&mut |SegmentRow { piece, peaks, state }| {
            let meta = piece.meta;
            keeper.tree.push_segment(meta.first, meta.last(), peaks).map_err(text)?;
            match state {
                State::Kept => directory.push(piece),
                State::Expired => {
                    keeper.expired.push(piece);
                    directory.pass(&meta)
                }
                State::Removed => directory.pass(&meta),
            }
            .map_err(text)
        })?;
        let grouped = database.group_end()? * RUNS_PER_GROUP;
        let gone = directory.first() - 1;
        let known = Known::load(database.groups(), database.runs_from(grouped), gone)?;
        keeper.sequencer = Sequencer::new(directory, known);
        database.chunks(&mut |row| keeper.take(row))?;
        Ok(Some(keeper))
    }

    fn new(trail: TrailRow) -> Self {
        Self { trail, sequencer: Sequencer::default(), tree: Tree::default(), expired: Vec::new() }
    }

    /// Takes note of a chunk that is stored.
    fn take(&mut self, row: ChunkRow) -> Result<(), String> {
        self.sequencer.apply(row.meta, &row.keys).map_err(text)?;
        self.tree.push_chunk(row.meta.first, row.meta.last(), row.peaks).map_err(text)
    }

    /// How many entries wait to be sealed.
    fn waiting(&self) -> u64 {
        let oldest = self.directory().hot().first();
        oldest.map_or(0, |oldest| self.directory().last() + 1 - oldest.meta.first)
    }

    fn schema(&self) -> Result<&'static Schema, String> {
        let name = &self.trail.schema;
        Schema::by_name(name).ok_or_else(|| format!("no schema `{name}`"))
    }

    /// The trail's own row.
    #[must_use]
    pub const fn trail(&self) -> &TrailRow {
        &self.trail
    }

    /// Its pieces.
    #[must_use]
    pub const fn directory(&self) -> &Directory {
        self.sequencer.directory()
    }

    /// The Merkle tree over all entries that there ever were.
    #[must_use]
    pub const fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The number of the entry with that id, which may be past its time.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn find(&self, id: &str, database: &impl Database) -> Result<Option<u64>, String> {
        self.sequencer.find(id, database)
    }

    /// The last entry received by then.
    #[must_use]
    pub fn received_by(&self, then: Millis) -> ReceivedBy {
        self.directory().last_received_by(then)
    }

    /// Says that the trail is on its tenant's list.
    ///
    /// # Errors
    /// When the database refuses; nothing has changed then.
    pub fn mark_listed(&mut self, database: &impl Database) -> Result<(), String> {
        self.change(database, |trail| trail.listed = true)
    }

    /// Sets how long entries are kept after they were received, in milliseconds; for ever with none.
    ///
    /// # Errors
    /// As [`Self::mark_listed`].
    pub fn retain(
        &mut self,
        database: &impl Database,
        retention: Option<Millis>,
    ) -> Result<(), String> {
        self.change(database, |trail| trail.retention = retention)
    }

    fn change(
        &mut self,
        database: &impl Database,
        change: impl FnOnce(&mut TrailRow),
    ) -> Result<(), String> {
        let mut trail = self.trail.clone();
        change(&mut trail);
        database.write(vec![Write::Trail(trail.clone())])?;
        self.trail = trail;
        Ok(())
    }

    /// When there is next something to do, which may be past; nothing when there never is.
    #[must_use]
    pub fn wake_at(&self, policy: &Policy) -> Option<Millis> {
        let hot = self.directory().hot();
        let to_seal = hot.first().map(|oldest| {
            let is_full = self.trail.sealing.is_some() || bytes(hot) >= policy.seal_bytes;
            oldest.meta.received.saturating_add(if is_full { 0 } else { policy.seal_age })
        });
        let oldest = self.directory().pieces().first().filter(|piece| piece.sealed.is_some());
        let to_expire = oldest.zip(self.trail.retention);
        let to_expire = to_expire.map(|(oldest, age)| oldest.meta.received.saturating_add(age));
        let to_remove = self.expired.first().map(|piece| piece.meta.received);
        to_seal.into_iter().chain(to_expire).chain(to_remove).min()
    }
}

/// How many bytes of entries these chunks hold together.
fn bytes(pieces: &[Piece]) -> u64 {
    pieces.iter().map(|piece| piece.meta.bytes).sum()
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests;
