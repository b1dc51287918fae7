//! Taking a batch: all of it or nothing, each entry once.

use trailsift_core::Schema;
use trailsift_proof::{Hash, leaf_hash};

use super::{ChunkRow, Database, Keeper, Policy, TrailRow, Write, bytes, text};
use crate::{
    chunk::{self, Chunk, Meta},
    kind::Kind,
    sequencer::{Incoming, PlanError, Receipt},
    time::Millis,
    tree::Leaves,
};

/// Entries to be appended.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// The schema that they were checked against.
    pub schema: &'static Schema,
    /// At least one.
    pub entries: &'a [Incoming<'a>],
    /// The connector that they come from, and what it goes on with once they are stored.
    pub source: Option<(&'a str, &'a str)>,
}

/// How an append ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Appended {
    /// It is durable.
    Done(Receipt),
    /// The trail has this schema. Nothing was appended, here and below.
    OtherSchema(String),
    /// The idempotency key was used for another body.
    KeyReused {
        /// The first entry that differs, from 0.
        place: usize,
    },
    /// Ids of entries belong to others.
    TakenIds {
        /// The places of these entries in the batch, from 0.
        places: Vec<usize>,
    },
    /// Too many entries wait to be sealed. Trying again later helps.
    Behind,
    /// The trail holds as many entries as one trail can. Trying again helps when retention has taken some.
    Full,
}

impl Keeper {
    /// Appends a batch to the trail of which this is the memory; to a trail that is not there yet, which it makes.
    ///
    /// # Errors
    /// When the database fails or no random number can be had. Nothing is appended then.
    pub fn append<R>(
        memory: &mut Option<Self>,
        database: &impl Database,
        policy: &Policy,
        batch: &Batch<'_>,
        now: Millis,
        random: &mut impl FnMut() -> Result<u64, R>,
    ) -> Result<Appended, String>
    where
        R: std::fmt::Display,
    {
        let is_new = memory.is_none();
        let mut created = None;
        let keeper = match memory {
            Some(keeper) if keeper.trail.schema != batch.schema.name() => {
                return Ok(Appended::OtherSchema(keeper.trail.schema.clone()));
            }
            Some(keeper) => keeper,
            None => created.insert(Self::new(TrailRow {
                schema: batch.schema.name().to_owned(),
                created: now,
                listed: false,
                retention: None,
                sealing: None,
            })),
        };
        let is_behind = keeper.waiting() >= policy.most_waiting
            || bytes(keeper.directory().hot()) >= policy.most_bytes;
        if keeper.sequencer.known().memory() >= policy.most_keys {
            return Ok(Appended::Full);
        }
        if is_behind {
            return Ok(Appended::Behind);
        }
        let mut broken = None;
        let draw = || {
            random().unwrap_or_else(|error| {
                broken = Some(error.to_string());
                0
            })
        };
        let form = Kind::of(batch.schema).id_form;
        let plan = match keeper.sequencer.plan(batch.entries, form, now, draw, database) {
            Ok(plan) => plan,
            Err(PlanError::KeyReused { place }) => return Ok(Appended::KeyReused { place }),
            Err(PlanError::TakenIds { places }) => return Ok(Appended::TakenIds { places }),
            Err(error) => return Err(error.to_string()),
        };
        if let Some(reason) = broken {
            return Err(reason);
        }
        let mut writes = Vec::new();
        if is_new {
            writes.push(Write::Trail(keeper.trail.clone()));
        }
        let mut rows = Vec::new();
        for chunk in plan.chunks {
            let peaks = peaks(&chunk)?;
            rows.push(ChunkRow {
                meta: chunk.meta,
                keys: chunk.keys.clone(),
                peaks: peaks.clone(),
            });
            writes.push(Write::Chunk(chunk, peaks));
        }
        writes.extend(batch.source.map(|(name, checkpoint)| Write::Source {
            name: name.to_owned(),
            checkpoint: checkpoint.to_owned(),
        }));
        if !writes.is_empty() {
            database.write(writes)?;
        }
        // It is written; only now does the memory say so.
        if is_new {
            *memory = created;
        }
        let keeper = memory.as_mut().ok_or("the trail is gone")?;
        for row in rows {
            keeper.take(row)?;
        }
        Ok(Appended::Done(plan.receipt))
    }
}

/// The complete subtrees of a chunk's entries.
fn peaks(chunk: &Chunk) -> Result<Vec<Hash>, String> {
    let Meta { first, received, .. } = chunk.meta;
    let entries = chunk::decode(&chunk.payload, first).map_err(text)?;
    let leaves = entries.iter().map(|entry| leaf_hash(entry.id, received, entry.bytes));
    Ok(Leaves::new(first, leaves.collect()).peaks())
}
