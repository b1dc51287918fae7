//! Numbers, ids and exactly once: which entries of a batch are new, and the chunks that hold them. Not the storage: a
//! [`Plan`] is made first, written by the caller in one transaction, and only then [applied](Sequencer::apply), so
//! that a write that fails leaves nothing behind.
//!
//! The key of an entry is the sender's own id; without one, the id that it brings to be served under; without either,
//! the batch's idempotency key with the entry's place in the batch, or the hash of the batch's body with the place. So
//! two equal entries of one batch stay two, and a batch that is sent again gets the numbers that it got the first time.
//! A place under an idempotency key says nothing of what is there: a second hash does, so that another body under a key
//! that was used is found without reading an entry.
//!
//! No two entries are served under one id: a new key with an id that is taken refuses the batch.

use std::{
    collections::{HashMap, hash_map::Entry as Slot},
    fmt,
};

use serde::{Deserialize, Serialize};

use crate::{
    chunk::{self, Chunk, Corrupt, Encoder, KeyHash, Stored},
    directory::{Directory, Gap, Piece},
    entry::Lacks,
    ids::Form,
    known::{Known, Runs},
    time::Millis,
};

/// An entry on its way into the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming<'a> {
    /// What makes it unique. Where that is the id that it brings, [`chunk::id_hash`] of it.
    pub key: KeyHash,
    /// Where the key stands for the place in a batch with an idempotency key, and so says nothing of what is there: the
    /// hash of the place and the bytes.
    pub content: Option<KeyHash>,
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
    /// Stored keys could not be read.
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

/// Why a stored chunk cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadChunk {
    /// It is not the next one.
    Gap(Gap),
    /// Its keys are not readable.
    Corrupt(Corrupt),
}

impl fmt::Display for BadChunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gap(gap) => gap.fmt(f),
            Self::Corrupt(corrupt) => corrupt.fmt(f),
        }
    }
}

/// The memory of one trail: rebuilt from its rows whenever it is lost.
#[derive(Clone, Debug, Default)]
pub struct Sequencer {
    directory: Directory,
    /// The numbers of entries by key, by content and by id; a hash says which of them it is of.
    known: Known,
}

impl Sequencer {
    /// The memory of a trail whose segments and sealed keys are these; chunks are [applied](Self::apply) then.
    #[must_use]
    pub const fn new(directory: Directory, known: Known) -> Self {
        Self { directory, known }
    }

    /// Takes a chunk that is stored. Chunks come in the order of their numbers.
    ///
    /// # Errors
    /// [`BadChunk`] when one is missing, or its keys are not readable; nothing has changed then.
    pub fn apply(&mut self, meta: chunk::Meta, keys: &[u8]) -> Result<(), BadChunk> {
        let keys = chunk::keys(keys, meta.count).map_err(BadChunk::Corrupt)?;
        self.directory.push(Piece { meta, sealed: None }).map_err(BadChunk::Gap)?;
        for (hash, place) in keys {
            self.known.note(hash, meta.first + place);
        }
        Ok(())
    }

    /// The pieces that there are.
    #[must_use]
    pub const fn directory(&self) -> &Directory {
        &self.directory
    }

    /// The pieces that there are, to be sealed or removed.
    pub const fn directory_mut(&mut self) -> &mut Directory {
        &mut self.directory
    }

    /// The keys that there are.
    #[must_use]
    pub const fn known(&self) -> &Known {
        &self.known
    }

    /// The keys that there are, to be sealed or forgotten.
    pub const fn known_mut(&mut self) -> &mut Known {
        &mut self.known
    }

    /// The number of the entry with that id.
    ///
    /// # Errors
    /// When stored keys cannot be read.
    pub fn find(&self, id: &str, runs: &impl Runs) -> Result<Option<u64>, String> {
        let found = self.known.find(&[chunk::id_hash(id)], runs)?;
        Ok(found.into_iter().next().flatten())
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
        runs: &impl Runs,
    ) -> Result<Plan, PlanError> {
        let received = self.directory.last_received().map_or(now, |last| last.max(now));
        let mut next = self.directory.last() + 1;
        let mut writer =
            Writer { encoder: Encoder::default(), first: next, received, chunks: Vec::new() };
        let mut in_batch: HashMap<KeyHash, u64> = HashMap::new();
        let mut taken = Vec::new();
        let (mut duplicates, mut lowest, mut highest) = (0, u64::MAX, 0);
        let looked_up = self.look_up(entries, runs).map_err(PlanError::Storage)?;
        for (place, (entry, hashes)) in entries.iter().zip(looked_up).enumerate() {
            let sequence = if let Some(sequence) = hashes.key_at {
                if entry.content.is_some() && hashes.content_at != hashes.key_at {
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
                        if let Some(id) = hashes.other_id
                            && (hashes.other_id_at.is_some() || in_batch.insert(id, next).is_some())
                        {
                            taken.push(place);
                        }
                        writer.push(entry, hashes.other_id, next, form, &mut random)?;
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

    /// Looks for all hashes of a batch at once, so that the row of a run is read once.
    fn look_up(&self, entries: &[Incoming<'_>], runs: &impl Runs) -> Result<Vec<Hashes>, String> {
        let other_id =
            |entry: &Incoming<'_>| entry.id.map(chunk::id_hash).filter(|id| *id != entry.key);
        let other_ids: Vec<Option<KeyHash>> = entries.iter().map(other_id).collect();
        let mut wanted = Vec::with_capacity(entries.len());
        for (entry, other_id) in entries.iter().zip(&other_ids) {
            wanted.push(entry.key);
            wanted.extend(entry.content);
            wanted.extend(*other_id);
        }
        let mut found = self.known.find(&wanted, runs)?.into_iter();
        let mut next = || found.next().flatten();
        let hashes = entries.iter().zip(other_ids).map(|(entry, other_id)| Hashes {
            key_at: next(),
            content_at: entry.content.and_then(|_| next()),
            other_id_at: other_id.and_then(|_| next()),
            other_id,
        });
        Ok(hashes.collect())
    }
}

/// The hash of an entry's id where that is not its key, and which entries of the trail have its hashes.
struct Hashes {
    key_at: Option<u64>,
    content_at: Option<u64>,
    other_id_at: Option<u64>,
    other_id: Option<KeyHash>,
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
        other_id: Option<KeyHash>,
        sequence: u64,
        form: Form,
        random: &mut impl FnMut() -> u64,
    ) -> Result<(), PlanError> {
        let made;
        let (id, other_id) = match entry.id {
            Some(id) => (id, other_id),
            None => {
                made = form.make(self.received, sequence, random());
                (made.as_str(), Some(chunk::id_hash(&made)))
            }
        };
        if self.encoder.is_full_for(id, entry.bytes) {
            self.chunks.extend(std::mem::take(&mut self.encoder).finish(self.first, self.received));
            self.first = sequence;
        }
        let time = entry.time.unwrap_or(self.received);
        let stored = Stored { sequence, id, time, lacks: entry.lacks, bytes: entry.bytes };
        let mut keys = vec![entry.key];
        keys.extend(entry.content);
        keys.extend(other_id);
        self.encoder.push(&stored, &keys).map_err(|chunk::TooLong| PlanError::BadBatch)
    }

    fn finish(mut self) -> Vec<Chunk> {
        self.chunks.extend(self.encoder.finish(self.first, self.received));
        self.chunks
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, collections::BTreeMap};

    use super::*;
    use crate::{
        chunk::{id_hash, key_hash, sender_hash},
        known::RunRow,
    };

    #[derive(Clone, Debug, Default)]
    struct Trail {
        sequencer: Sequencer,
        stored: Vec<Chunk>,
        rows: Rows,
        /// Up to which number keys are sealed.
        sealed: u64,
    }

    /// Rows of runs, and how often each was read.
    #[derive(Clone, Debug, Default)]
    struct Rows {
        rows: BTreeMap<u64, RunRow>,
        reads: RefCell<BTreeMap<u64, u32>>,
    }

    impl Runs for Rows {
        fn run(&self, number: u64) -> Result<Vec<u8>, String> {
            *self.reads.borrow_mut().entry(number).or_default() += 1;
            self.rows.get(&number).map(|row| row.bytes.clone()).ok_or_else(|| "no row".to_owned())
        }
    }

    impl Trail {
        fn append(&mut self, entries: &[Incoming<'_>], now: Millis) -> Result<Receipt, PlanError> {
            let plan = self.sequencer.plan(entries, Form::Ulid, now, || 42, &self.rows)?;
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

        fn seal(&mut self, last: u64) {
            let sealing = self.sequencer.known().seal(last, &self.rows).unwrap();
            for row in sealing.runs() {
                self.rows.rows.insert(row.number, row.clone());
            }
            self.sequencer.known_mut().apply(sealing);
            self.sealed = last;
        }

        fn rebuilt(&self) -> Self {
            let runs = self.rows.rows.values().cloned().map(Ok);
            let mut sequencer =
                Sequencer::new(Directory::default(), Known::load([], runs, 0).unwrap());
            for chunk in &self.stored {
                if chunk.meta.last() <= self.sealed {
                    sequencer.directory.push(Piece { meta: chunk.meta, sealed: None }).unwrap();
                } else {
                    sequencer.apply(chunk.meta, &chunk.keys).unwrap();
                }
            }
            let (stored, rows) = (self.stored.clone(), self.rows.clone());
            Self { sequencer, stored, rows, sealed: self.sealed }
        }

        fn find(&self, id: &str) -> Option<u64> {
            self.sequencer.find(id, &self.rows).unwrap()
        }
    }

    fn with_id(id: &str) -> Incoming<'_> {
        let (key, lacks) = (id_hash(id), Lacks(0));
        Incoming { key, content: None, id: Some(id), time: None, lacks, bytes: b"{}" }
    }

    /// An entry with an id of its sender's, and perhaps one to be served under.
    fn from_sender<'a>(key: &str, id: Option<&'a str>) -> Incoming<'a> {
        let (key, lacks) = (sender_hash(key), Lacks(0));
        Incoming { key, content: None, id, time: None, lacks, bytes: b"{}" }
    }

    fn at_place<'a>(idempotency_key: &str, place: u8, bytes: &'a [u8]) -> Incoming<'a> {
        let key = key_hash("idempotency key", &[idempotency_key.as_bytes(), &[place]]);
        let content = Some(key_hash("content", &[idempotency_key.as_bytes(), &[place], bytes]));
        Incoming { key, content, id: None, time: None, lacks: Lacks(1), bytes }
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
        assert_eq!(rebuilt.find("d"), Some(4));
        assert_eq!(rebuilt.find("e"), None);
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
        assert_eq!(trail.find("x"), None);
        assert_eq!(trail.rebuilt().append(&batch[1..], 0), Ok(receipt(1, 0, 2, 2)));
        assert_eq!(trail.append(&batch[1..], 0), Ok(receipt(1, 0, 2, 2)));
        assert_eq!(trail.append(&batch, 0), Ok(receipt(0, 2, 1, 2)));
        assert_eq!(trail.find("x"), Some(2));
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
        assert_eq!(trail.find(&ids[1]), Some(2));
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
    fn a_sealed_batch_that_comes_again_gets_its_numbers_and_reads_each_run_once() {
        let ids: Vec<String> = (0..20_000).map(|n| format!("id {n}")).collect();
        let mut trail = Trail::default();
        for batch in ids.chunks(10_000) {
            let batch: Vec<_> = batch.iter().map(|id| with_id(id)).collect();
            trail.append(&batch, 0).unwrap();
        }
        trail.seal(20_000);
        assert_eq!(trail.rows.rows.len(), 3);
        let batch: Vec<_> = ids[5_000..15_000].iter().map(|id| with_id(id)).collect();
        for mut trail in [trail.rebuilt(), trail] {
            trail.rows.reads.take();
            assert_eq!(trail.append(&batch, 0), Ok(receipt(0, 10_000, 5_001, 15_000)));
            assert_eq!(*trail.rows.reads.borrow(), BTreeMap::from([(0, 1), (1, 1)]));
            assert_eq!(trail.find("id 19999"), Some(20_000));
            assert_eq!(trail.find("id 20000"), None);
        }
    }

    #[test]
    fn a_batch_of_which_some_is_sealed_some_in_chunks_and_some_new() {
        let mut trail = Trail::default();
        let bytes: Vec<Vec<u8>> = (0..6).map(|n| format!("[{n}]").into_bytes()).collect();
        let at = |place: u8| at_place("k", place, &bytes[usize::from(place)]);
        trail.append(&[at(0), at(1)], 0).unwrap();
        trail.seal(2);
        trail.append(&[at(2), at(3)], 0).unwrap();
        let batch: Vec<_> = (0..6).map(at).collect();
        for mut trail in [trail.rebuilt(), trail.clone()] {
            assert_eq!(trail.append(&batch, 0), Ok(receipt(2, 4, 1, 6)));
            trail.seal(6);
            assert_eq!(trail.rebuilt().append(&batch, 0), Ok(receipt(0, 6, 1, 6)));
        }
    }

    #[test]
    fn what_is_refused_is_refused_when_it_is_sealed_too() {
        let mut trail = Trail::default();
        let first = from_sender("a", Some("x"));
        trail
            .append(&[first.clone(), at_place("k", 0, b"{}"), at_place("k", 1, b"{}")], 0)
            .unwrap();
        trail.seal(3);
        let given = trail.ids().pop().unwrap();
        for mut trail in [trail.rebuilt(), trail] {
            let other = [at_place("k", 0, b"{}"), at_place("k", 1, b"[]")];
            assert_eq!(trail.append(&other, 0), Err(PlanError::KeyReused { place: 1 }));
            let batch =
                [first.clone(), from_sender("c", Some("x")), from_sender("d", Some(&given))];
            let refused = Err(PlanError::TakenIds { places: vec![1, 2] });
            assert_eq!(trail.append(&batch, 0), refused);
            assert_eq!(trail.append(&[first.clone(), with_id("x")], 0), Ok(receipt(0, 2, 1, 1)));
            assert_eq!(trail.find(&given), Some(3));
            assert_eq!(trail.sequencer.directory().last(), 3);
        }
    }

    #[test]
    fn a_run_that_cannot_be_read_stops_the_append() {
        let mut trail = Trail::default();
        trail.append(&[with_id("a")], 0).unwrap();
        trail.seal(1);
        trail.rows.rows.clear();
        let stopped = trail.append(&[with_id("a")], 0);
        assert_eq!(stopped, Err(PlanError::Storage("no row".to_owned())));
    }

    #[test]
    fn a_plan_that_is_not_applied_leaves_nothing_behind() {
        let trail = Trail::default();
        let plan = trail.sequencer.plan(&[with_id("a")], Form::Ulid, 0, || 0, &trail.rows).unwrap();
        assert_eq!(plan.receipt.first_seq, 1);
        assert_eq!(trail.find("a"), None);
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
        assert_eq!(sizes, [(1, 4), (5, 4)]);
        assert_eq!(trail.rebuilt().append(&batch, 0), Ok(receipt(0, 8, 1, 8)));
    }

    #[test]
    fn an_empty_batch_is_refused() {
        assert_eq!(Trail::default().append(&[], 0), Err(PlanError::BadBatch));
    }
}
