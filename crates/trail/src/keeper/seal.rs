//! Chunks to one segment: what goes into the store, and what the database says once it is there.

use trailsift_proof::Hash;

use super::{Database, Keeper, Policy, SegmentRow, State, Write, bytes, text};
use crate::{
    chunk::{self, Meta},
    directory::{Piece, Sealed},
    segment::{self, Encoded, Entry},
    time::Millis,
};

/// A segment that is to be stored.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) piece: Piece,
    pub(super) key: String,
    pub(super) encoded: Encoded,
}

impl Draft {
    pub(super) fn sha256(&self) -> Hash {
        Hash::new(self.encoded.sha256)
    }
}

impl Keeper {
    /// The segment whose time has come, if there is one. Which entries go into it is written down before.
    pub(super) fn draft(
        &mut self,
        database: &impl Database,
        policy: &Policy,
        now: Millis,
    ) -> Result<Option<Draft>, String> {
        let last = match (self.trail.sealing, self.due(policy, now)) {
            (Some(last), _) => last,
            (None, Some(last)) => {
                self.change(database, |trail| trail.sealing = Some(last))?;
                last
            }
            (None, None) => return Ok(None),
        };
        let chunks: Vec<Meta> = self
            .directory()
            .hot()
            .iter()
            .map(|piece| piece.meta)
            .take_while(|meta| meta.last() <= last)
            .collect();
        let (Some(first), Some(end)) = (chunks.first(), chunks.last()) else {
            return Err(format!("no chunks up to entry {last} are there to be sealed"));
        };
        if end.last() != last {
            return Err(format!("no chunk ends with entry {last}"));
        }
        let encoded = encode(database, self.schema()?, &chunks)?;
        let meta = Meta {
            first: first.first,
            count: chunks.iter().map(|chunk| chunk.count).sum(),
            lo: chunks.iter().map(|chunk| chunk.lo).min().unwrap_or_default(),
            hi: chunks.iter().map(|chunk| chunk.hi).max().unwrap_or_default(),
            received: end.received,
            bytes: chunks.iter().map(|chunk| chunk.bytes).sum(),
        };
        let sealed = Sealed {
            opened: first.received,
            size: encoded.bytes.len() as u64,
            sha256: Hash::new(encoded.sha256),
        };
        let piece = Piece { meta, sealed: Some(sealed) };
        Ok(Some(Draft { piece, key: piece.key(&sealed), encoded }))
    }

    /// The number of the last entry that is to be sealed now.
    fn due(&self, policy: &Policy, now: Millis) -> Option<u64> {
        let hot = self.directory().hot();
        let oldest = hot.first()?.meta.received;
        let is_full = bytes(hot) >= policy.seal_bytes;
        if !is_full && now < oldest.saturating_add(policy.seal_age) {
            return None;
        }
        let mut held = 0;
        let end = hot.iter().find(|piece| {
            held += piece.meta.bytes;
            held >= policy.seal_bytes
        });
        end.or(hot.last()).map(|piece| piece.meta.last())
    }

    /// Says that a segment is stored. Nothing happens when that was said before.
    pub(super) fn sealed(
        &mut self,
        database: &impl Database,
        draft: Draft,
        checkpoint: impl FnOnce(&Self, u64) -> Result<Option<String>, String>,
    ) -> Result<(), String> {
        let meta = draft.piece.meta;
        let last = meta.last();
        if self.trail.sealing != Some(last) {
            return Ok(());
        }
        let peaks = self.tree.seal(last).map_err(text)?;
        let keys = self.sequencer.known().seal(last, database)?;
        let mut trail = self.trail.clone();
        trail.sealing = None;
        let mut writes = vec![
            Write::Trail(trail.clone()),
            Write::Segment {
                row: SegmentRow { piece: draft.piece, peaks: peaks.clone(), state: State::Kept },
                stats: draft.encoded.stats,
                checkpoint: checkpoint(self, last)?,
            },
            Write::DropChunks { last },
        ];
        writes.extend(keys.runs().iter().cloned().map(Write::Run));
        writes.extend(keys.groups().iter().cloned().map(Write::Group));
        database.write(writes)?;
        self.trail = trail;
        self.sequencer.known_mut().apply(keys);
        self.sequencer.directory_mut().seal(draft.piece).map_err(text)?;
        self.tree.sealed(last, &peaks).map_err(text)
    }
}

/// The object of these chunks' entries.
fn encode(
    database: &impl Database,
    schema: &'static trailsift_core::Schema,
    chunks: &[Meta],
) -> Result<Encoded, String> {
    let mut payloads = Vec::with_capacity(chunks.len());
    for chunk in chunks {
        let missing = || format!("chunk {} is missing", chunk.first);
        payloads.push(database.payload(chunk.first)?.ok_or_else(missing)?);
    }
    let mut entries = Vec::new();
    for (chunk, payload) in chunks.iter().zip(&payloads) {
        let decoded = chunk::decode(payload, chunk.first).map_err(text)?;
        entries
            .extend(decoded.into_iter().map(|stored| Entry { stored, received: chunk.received }));
    }
    segment::encode(schema, &entries)
}
