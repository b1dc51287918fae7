//! Numbers, ids and exactly once: which entries of a batch are new, and the chunks that hold them. Not the storage: a
//! [`Plan`] is made first, written by the caller in one transaction, and only then [applied](Sequencer::apply), so
//! that a write that fails leaves nothing behind.
//!
//! The key of an entry is the sender's own id; without one, the id that it brings to be served under; without either,
//! the batch's idempotency key with the entry's place in the batch, or the hash of the batch's body with the place. So
//! two equal entries of one batch stay two, and a batch that is sent again gets the numbers that it got the first time.
//!
//! No two entries are served under one id: a new key with an id that is taken refuses the batch.

use std::{
    collections::{HashMap, hash_map::Entry as Slot},
    fmt,
};

use serde::{Deserialize, Serialize};

use crate::{
    chunk::{self, Chunk, Encoder, KeyHash, Stored},
    directory::{Directory, Gap},
    entry::Lacks,
    ids::Form,
    time::Millis,
};

/// An entry on its way into the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming<'a> {
    /// What makes it unique. Where that is the id that it brings, [`chunk::id_hash`] of it.
    pub key: KeyHash,
    /// Whether the key stands for the place in a batch with an idempotency key, and so says nothing of the content.
    pub key_is_place: bool,
    /// Its own id, if it brings one.
    pub id: Option<&'a str>,
    /// Its own time, if it brings one.
    pub time: Option<Millis>,
    /// What its bytes lack.
    pub lacks: Lacks,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// Which numbers the entries of a batch have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// How many were stored now.
    pub accepted: u64,
    /// How many were there already.
    pub duplicates: u64,
    /// The lowest number of the batch's entries, new or not.
    pub first_seq: u64,
    /// The highest.
    pub last_seq: u64,
}

/// What an append would do.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The chunks to write, in order; none if every entry was there already.
    pub chunks: Vec<Chunk>,
    /// The answer, to be given once the chunks are durable.
    pub receipt: Receipt,
}

/// Why an append cannot be planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlanError {
    /// The idempotency key was used before, for a batch that had another entry at this place (from 0).
    KeyReused {
        /// The place.
        place: usize,
    },
    /// Entries with keys that are new bring ids under which others are served, of the trail or of the batch.
    TakenIds {
        /// Their places in the batch, from 0.
        places: Vec<usize>,
    },
    /// The batch has no entries, or one that the chunk layout cannot hold.
    BadBatch,
    /// A stored chunk could not be read.
    Storage(String),
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KeyReused { place } => {
                write!(
                    f,
                    "the idempotency key was used before with another body: entry {} differs",
                    place + 1
                )
            }
            Self::TakenIds { places } => {
                write!(f, "ids of {} entries belong to others", places.len())
            }
            Self::BadBatch => f.write_str("the batch cannot be stored"),
            Self::Storage(reason) => f.write_str(reason),
        }
    }
}

/// Where the chunks of a trail are.
pub trait Chunks {
    /// The payload of the chunk that begins with the number `first`.
    ///
    /// # Errors
    /// What went wrong, for the operator.
    fn payload(&self, first: u64) -> Result<Vec<u8>, String>;
}

/// The memory of one trail: rebuilt from its chunks whenever it is lost.
#[derive(Debug, Default)]
pub struct Sequencer {
    directory: Directory,
    /// The numbers of entries by key and by id; a hash says which of them it is of.
    numbers: HashMap<KeyHash, u64>,
}

impl Sequencer {
    /// Takes a chunk that is stored. Chunks come in the order of their numbers.
    ///
    /// # Errors
    /// [`Gap`] when one is missing.
    pub fn apply(&mut self, meta: chunk::Meta, keys: &[u8]) -> Result<(), Gap> {
        self.directory.push(meta)?;
        self.numbers.reserve(keys.len() / size_of::<KeyHash>());
        for (sequence, hashes) in (meta.first..).zip(chunk::keys(keys)) {
            for hash in hashes {
                self.numbers.entry(hash).or_insert(sequence);
            }
        }
        Ok(())
    }

    /// The chunks that there are.
    #[must_use]
    pub const fn directory(&self) -> &Directory {
        &self.directory
    }

    /// The number of the entry with that id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<u64> {
        self.numbers.get(&chunk::id_hash(id)).copied()
    }

    /// What an append of these entries would do. `now` may go backwards: receipts never do.
    ///
    /// # Errors
    /// See [`PlanError`]; nothing has changed then.
    pub fn plan(
        &self,
        entries: &[Incoming<'_>],
        form: Form,
        now: Millis,
        mut random: impl FnMut() -> u64,
        chunks: &impl Chunks,
    ) -> Result<Plan, PlanError> {
        let received = self.directory.last_received().map_or(now, |last| last.max(now));
        let mut next = self.directory.last() + 1;
        let mut writer =
            Writer { encoder: Encoder::default(), first: next, received, chunks: Vec::new() };
        let mut in_batch: HashMap<KeyHash, u64> = HashMap::new();
        let mut repeated = Repeated { directory: &self.directory, chunks, loaded: None };
        let mut taken = Vec::new();
        let (mut duplicates, mut lowest, mut highest) = (0, u64::MAX, 0);
        for (place, entry) in entries.iter().enumerate() {
            let sequence = if let Some(sequence) = self.numbers.get(&entry.key).copied() {
                if entry.key_is_place && !repeated.holds(sequence, entry.bytes)? {
                    return Err(PlanError::KeyReused { place });
                }
                duplicates += 1;
                sequence
            } else {
                match in_batch.entry(entry.key) {
                    Slot::Occupied(known) => {
                        duplicates += 1;
                        *known.get()
                    }
                    Slot::Vacant(free) => {
                        free.insert(next);
                        let id = entry.id.map(chunk::id_hash).filter(|id| *id != entry.key);
                        if let Some(id) = id
                            && (self.numbers.contains_key(&id)
                                || in_batch.insert(id, next).is_some())
                        {
                            taken.push(place);
                        }
                        writer.push(entry, next, form, &mut random)?;
                        next += 1;
                        next - 1
                    }
                }
            };
            lowest = lowest.min(sequence);
            highest = highest.max(sequence);
        }
        if !taken.is_empty() {
            return Err(PlanError::TakenIds { places: taken });
        }
        if highest == 0 {
            return Err(PlanError::BadBatch);
        }
        let accepted = next - 1 - self.directory.last();
        let receipt = Receipt { accepted, duplicates, first_seq: lowest, last_seq: highest };
        Ok(Plan { chunks: writer.finish(), receipt })
    }
}

struct Writer {
    encoder: Encoder,
    first: u64,
    received: Millis,
    chunks: Vec<Chunk>,
}

impl Writer {
    fn push(
        &mut self,
        entry: &Incoming<'_>,
        sequence: u64,
        form: Form,
        random: &mut impl FnMut() -> u64,
    ) -> Result<(), PlanError> {
        let made;
        let id = match entry.id {
            Some(id) => id,
            None => {
                made = form.make(self.received, sequence, random());
                &made
            }
        };
        if self.encoder.is_full_for(id, entry.bytes) {
            self.chunks.extend(std::mem::take(&mut self.encoder).finish(self.first, self.received));
            self.first = sequence;
        }
        let time = entry.time.unwrap_or(self.received);
        let stored = Stored { sequence, id, time, lacks: entry.lacks, bytes: entry.bytes };
        let keys = [entry.key, chunk::id_hash(id)];
        self.encoder.push(&stored, keys).map_err(|chunk::TooLong| PlanError::BadBatch)
    }

    fn finish(mut self) -> Vec<Chunk> {
        self.chunks.extend(self.encoder.finish(self.first, self.received));
        self.chunks
    }
}

/// Compares entries of a repeated batch with those stored; they lie in one chunk or few.
struct Repeated<'a, C> {
    directory: &'a Directory,
    chunks: &'a C,
    loaded: Option<(u64, Vec<u8>)>,
}

impl<C: Chunks> Repeated<'_, C> {
    fn holds(&mut self, sequence: u64, bytes: &[u8]) -> Result<bool, PlanError> {
        let missing = || PlanError::Storage(format!("entry {sequence} is in no chunk"));
        let meta = self.directory.holding(sequence).ok_or_else(missing)?;
        let payload = match &mut self.loaded {
            Some((first, payload)) if *first == meta.first => payload,
            loaded => {
                let payload = self.chunks.payload(meta.first).map_err(PlanError::Storage)?;
                &mut loaded.insert((meta.first, payload)).1
            }
        };
        let entries = chunk::decode(payload, meta.first)
            .map_err(|corrupt| PlanError::Storage(corrupt.to_string()))?;
        Ok(entries.iter().any(|entry| entry.sequence == sequence && entry.bytes == bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chunk::{id_hash, key_hash, sender_hash};

    #[derive(Default)]
    struct Trail {
        sequencer: Sequencer,
        stored: Vec<Chunk>,
    }

    struct Rows<'a>(&'a [Chunk]);

    impl Chunks for Rows<'_> {
        fn payload(&self, first: u64) -> Result<Vec<u8>, String> {
            let row = self.0.iter().find(|chunk| chunk.meta.first == first);
            row.map(|chunk| chunk.payload.clone()).ok_or_else(|| "no such row".to_owned())
        }
    }

    impl Trail {
        fn append(&mut self, entries: &[Incoming<'_>], now: Millis) -> Result<Receipt, PlanError> {
            let plan = self.sequencer.plan(entries, Form::Ulid, now, || 42, &Rows(&self.stored))?;
            for chunk in plan.chunks {
                self.sequencer.apply(chunk.meta, &chunk.keys).unwrap();
                self.stored.push(chunk);
            }
            Ok(plan.receipt)
        }

        fn ids(&self) -> Vec<String> {
            let entries = self
                .stored
                .iter()
                .flat_map(|row| chunk::decode(&row.payload, row.meta.first).unwrap());
            entries.map(|entry| entry.id.to_owned()).collect()
        }

        fn rebuilt(&self) -> Self {
            let mut sequencer = Sequencer::default();
            for chunk in &self.stored {
                sequencer.apply(chunk.meta, &chunk.keys).unwrap();
            }
            Self { sequencer, stored: self.stored.clone() }
        }
    }

    fn with_id(id: &str) -> Incoming<'_> {
        let (key, lacks) = (id_hash(id), Lacks(0));
        Incoming { key, key_is_place: false, id: Some(id), time: None, lacks, bytes: b"{}" }
    }

    /// An entry with an id of its sender's, and perhaps one to be served under.
    fn from_sender<'a>(key: &str, id: Option<&'a str>) -> Incoming<'a> {
        let (key, lacks) = (sender_hash(key), Lacks(0));
        Incoming { key, key_is_place: false, id, time: None, lacks, bytes: b"{}" }
    }

    fn at_place<'a>(idempotency_key: &str, place: u8, bytes: &'a [u8]) -> Incoming<'a> {
        let key = key_hash("idempotency key", &[idempotency_key.as_bytes(), &[place]]);
        Incoming { key, key_is_place: true, id: None, time: None, lacks: Lacks(1), bytes }
    }

    fn receipt(accepted: u64, duplicates: u64, first_seq: u64, last_seq: u64) -> Receipt {
        Receipt { accepted, duplicates, first_seq, last_seq }
    }

    #[test]
    fn numbers_have_no_gaps_and_a_repeated_batch_gets_the_same() {
        let mut trail = Trail::default();
        let batch = [with_id("a"), with_id("b")];
        assert_eq!(trail.append(&batch, 5), Ok(receipt(2, 0, 1, 2)));
        assert_eq!(trail.append(&batch, 9), Ok(receipt(0, 2, 1, 2)));
        assert_eq!(trail.append(&[with_id("c")], 9), Ok(receipt(1, 0, 3, 3)));
        let mut rebuilt = trail.rebuilt();
        assert_eq!(rebuilt.append(&batch, 9), Ok(receipt(0, 2, 1, 2)));
        assert_eq!(rebuilt.append(&[with_id("b"), with_id("d")], 9), Ok(receipt(1, 1, 2, 4)));
        assert_eq!(rebuilt.sequencer.find("d"), Some(4));
        assert_eq!(rebuilt.sequencer.find("e"), None);
    }

    #[test]
    fn an_id_twice_in_one_batch_is_one_entry() {
        let mut trail = Trail::default();
        assert_eq!(trail.append(&[with_id("a"), with_id("a")], 0), Ok(receipt(1, 1, 1, 1)));
    }

    #[test]
    fn a_senders_id_and_an_id_to_be_served_under_are_different_things() {
        let batch = [from_sender("x", None), with_id("x")];
        let mut at_once = Trail::default();
        assert_eq!(at_once.append(&batch, 0), Ok(receipt(2, 0, 1, 2)));
        let mut trail = Trail::default();
        assert_eq!(trail.append(&batch[..1], 0), Ok(receipt(1, 0, 1, 1)));
        assert_eq!(trail.sequencer.find("x"), None);
        assert_eq!(trail.rebuilt().append(&batch[1..], 0), Ok(receipt(1, 0, 2, 2)));
        assert_eq!(trail.append(&batch[1..], 0), Ok(receipt(1, 0, 2, 2)));
        assert_eq!(trail.append(&batch, 0), Ok(receipt(0, 2, 1, 2)));
        assert_eq!(trail.sequencer.find("x"), Some(2));
    }

    #[test]
    fn no_two_entries_are_served_under_one_id() {
        let mut trail = Trail::default();
        let first = from_sender("a", Some("x"));
        let batch = [first.clone(), from_sender("b", None), from_sender("c", Some("x"))];
        assert_eq!(trail.append(&batch, 0), Err(PlanError::TakenIds { places: vec![2] }));
        assert_eq!(trail.sequencer.directory().last(), 0);

        assert_eq!(trail.append(std::slice::from_ref(&first), 0), Ok(receipt(1, 0, 1, 1)));
        let refused = PlanError::TakenIds { places: vec![1, 2] };
        let batch = [first.clone(), from_sender("c", Some("x")), from_sender("d", Some("x"))];
        assert_eq!(trail.append(&batch, 0), Err(refused.clone()));
        assert_eq!(trail.rebuilt().append(&batch, 0), Err(refused));
        // Sent again, and sent again as it was served to somebody who leaves its sender's id out.
        assert_eq!(trail.append(&[first, with_id("x")], 0), Ok(receipt(0, 2, 1, 1)));
        // An id that the trail gave is taken too.
        trail.append(&[from_sender("e", None)], 0).unwrap();
        let given = trail.ids().pop().unwrap();
        let refused = trail.append(&[from_sender("f", Some(&given))], 0);
        assert_eq!(refused, Err(PlanError::TakenIds { places: vec![0] }));
    }

    #[test]
    fn equal_entries_without_ids_stay_apart() {
        let mut trail = Trail::default();
        let batch = [at_place("k", 0, b"{}"), at_place("k", 1, b"{}")];
        assert_eq!(trail.append(&batch, 0), Ok(receipt(2, 0, 1, 2)));
        assert_eq!(trail.append(&batch, 0), Ok(receipt(0, 2, 1, 2)));
        let ids = trail.ids();
        assert!(ids.is_sorted() && ids[0] != ids[1]);
        assert_eq!(trail.sequencer.find(&ids[1]), Some(2));
    }

    #[test]
    fn a_key_used_for_another_body_is_refused_and_changes_nothing() {
        let mut trail = Trail::default();
        trail.append(&[at_place("k", 0, b"{}"), at_place("k", 1, b"{}")], 0).unwrap();
        let other = [at_place("k", 0, b"{}"), at_place("k", 1, b"[]")];
        assert_eq!(trail.append(&other, 0), Err(PlanError::KeyReused { place: 1 }));
        assert_eq!(trail.sequencer.directory().last(), 2);
    }

    #[test]
    fn a_plan_that_is_not_applied_leaves_nothing_behind() {
        let trail = Trail::default();
        let plan = trail.sequencer.plan(&[with_id("a")], Form::Ulid, 0, || 0, &Rows(&[])).unwrap();
        assert_eq!(plan.receipt.first_seq, 1);
        assert_eq!(trail.sequencer.find("a"), None);
        assert_eq!(trail.sequencer.directory().last(), 0);
    }

    #[test]
    fn receipts_never_go_backwards() {
        let mut trail = Trail::default();
        trail.append(&[at_place("k", 0, b"{}")], 1_000).unwrap();
        trail.append(&[at_place("l", 0, b"{}")], 10).unwrap();
        assert_eq!(trail.stored[1].meta.received, 1_000);
        assert!(trail.ids().is_sorted());
    }

    #[test]
    fn a_large_batch_is_cut_into_chunks() {
        let mut trail = Trail::default();
        let bytes = vec![b'a'; 300_000];
        let batch: Vec<_> = (0..8).map(|place| at_place("k", place, &bytes)).collect();
        assert_eq!(trail.append(&batch, 0), Ok(receipt(8, 0, 1, 8)));
        let sizes: Vec<_> =
            trail.stored.iter().map(|chunk| (chunk.meta.first, chunk.meta.count)).collect();
        assert_eq!(sizes, [(1, 3), (4, 3), (7, 2)]);
        assert_eq!(trail.rebuilt().append(&batch, 0), Ok(receipt(0, 8, 1, 8)));
    }

    #[test]
    fn an_empty_batch_is_refused() {
        assert_eq!(Trail::default().append(&[], 0), Err(PlanError::BadBatch));
    }
}
