//! The stored form of entries: a run of consecutive ones in one row. Not where rows are kept.
//!
//! A row is what a write costs, so a chunk holds as many entries as fit in [`PAYLOAD_TARGET`]. Layout of a payload, all
//! numbers little-endian: version (1 byte, 1), number of entries (4), then for each entry what it lacks (1), its time
//! (8), the lengths of its id (2) and of its bytes (4); then all ids; then all bytes, each entry's followed by a line
//! feed, so that the tail of a payload is NDJSON as it stands.
//!
//! Beside it stand the hashes by which its entries are known: for each the hash (16 bytes), then the entry's place in
//! the chunk (2, little-endian), in the order of places. Every entry has at least one.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::{entry::Lacks, time::Millis};

/// The payload at which a chunk is full, in bytes. An entry of nearly this size has a chunk for itself, which may be
/// larger by the entry's own overhead.
pub const PAYLOAD_TARGET: usize = 1_400_000;

const VERSION: u8 = 1;
const HEAD: usize = 5;
const RECORD: usize = 15;

/// The first half of a SHA-256. Half is enough: nobody finds two ids that meet in 128 bits.
pub type KeyHash = [u8; 16];

/// The hash of an entry's key or id. `space` keeps apart what comes from different sources.
#[must_use]
pub fn key_hash(space: &str, parts: &[&[u8]]) -> KeyHash {
    let mut hash = Sha256::new();
    for part in std::iter::once(space.as_bytes()).chain(parts.iter().copied()) {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let mut half = KeyHash::default();
    half.iter_mut().zip(hash.finalize()).for_each(|(to, from)| *to = from);
    half
}

/// The hash under which an entry is found that is served under that id.
#[must_use]
pub fn id_hash(id: &str) -> KeyHash {
    key_hash("id", &[id.as_bytes()])
}

/// The hash of the sender's own id where a kind keeps that apart from the id that an entry is served under: the same
/// text in the other place is another entry's.
#[must_use]
pub fn sender_hash(key: &str) -> KeyHash {
    key_hash("sender's id", &[key.as_bytes()])
}

/// What is known of a chunk without its payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Meta {
    /// The number of its first entry. The trail's first is 1.
    pub first: u64,
    /// How many entries it holds; at least one.
    pub count: u64,
    /// The earliest time of an entry.
    pub lo: Millis,
    /// The latest time of an entry.
    pub hi: Millis,
    /// When the trail received the entries; never earlier than that of the chunk before.
    pub received: Millis,
    /// The payload's length.
    pub bytes: u64,
}

impl Meta {
    /// The number of its last entry.
    #[must_use]
    pub const fn last(&self) -> u64 {
        self.first + self.count.saturating_sub(1)
    }
}

/// A stored entry, borrowed from its chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored<'a> {
    /// Its number.
    pub sequence: u64,
    /// The id under which it is served.
    pub id: &'a str,
    /// Its own time, or that of its receipt.
    pub time: Millis,
    /// What its bytes lack.
    pub lacks: Lacks,
    /// Its bytes as they came.
    pub bytes: &'a [u8],
}

/// Collects entries into one payload.
#[derive(Debug, Default)]
pub struct Encoder {
    records: Vec<u8>,
    ids: Vec<u8>,
    data: Vec<u8>,
    keys: Vec<u8>,
    count: u64,
    lo: Millis,
    hi: Millis,
}

impl Encoder {
    /// Whether there are entries and one more of that size would make the chunk larger than it should be.
    #[must_use]
    pub fn is_full_for(&self, id: &str, bytes: &[u8]) -> bool {
        self.count > 0 && self.len() + RECORD + id.len() + bytes.len() + 1 > PAYLOAD_TARGET
    }

    const fn len(&self) -> usize {
        HEAD + self.records.len() + self.ids.len() + self.data.len()
    }

    /// Adds an entry with the hashes by which it is known.
    ///
    /// # Errors
    /// [`TooLong`] when the id or the bytes have a length that the layout cannot hold, or the chunk has too many
    /// entries.
    pub fn push(&mut self, entry: &Stored<'_>, keys: &[KeyHash]) -> Result<(), TooLong> {
        let place = u16::try_from(self.count).map_err(|_| TooLong)?;
        let id_length = u16::try_from(entry.id.len()).map_err(|_| TooLong)?;
        let length = u32::try_from(entry.bytes.len()).map_err(|_| TooLong)?;
        self.records.push(entry.lacks.0);
        self.records.extend_from_slice(&entry.time.to_le_bytes());
        self.records.extend_from_slice(&id_length.to_le_bytes());
        self.records.extend_from_slice(&length.to_le_bytes());
        self.ids.extend_from_slice(entry.id.as_bytes());
        self.data.extend_from_slice(entry.bytes);
        self.data.push(b'\n');
        for key in keys {
            self.keys.extend_from_slice(key);
            self.keys.extend_from_slice(&place.to_le_bytes());
        }
        (self.lo, self.hi) = match self.count {
            0 => (entry.time, entry.time),
            _ => (self.lo.min(entry.time), self.hi.max(entry.time)),
        };
        self.count += 1;
        Ok(())
    }

    /// The chunk whose first entry has the number `first`; `None` when no entry was added.
    #[must_use]
    pub fn finish(self, first: u64, received: Millis) -> Option<Chunk> {
        if self.count == 0 {
            return None;
        }
        let mut payload = Vec::with_capacity(self.len());
        payload.push(VERSION);
        payload.extend_from_slice(&u32::try_from(self.count).ok()?.to_le_bytes());
        payload.extend_from_slice(&self.records);
        payload.extend_from_slice(&self.ids);
        payload.extend_from_slice(&self.data);
        let bytes = payload.len() as u64;
        let meta = Meta { first, count: self.count, lo: self.lo, hi: self.hi, received, bytes };
        let hash = Sha256::digest(&payload).into();
        Some(Chunk { meta, hash, keys: self.keys, payload })
    }
}

/// An id of more than 65,535 bytes, an entry of more than 4 GB, or more than 65,536 entries in a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

/// A chunk as it goes into its row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// What is known without the payload.
    pub meta: Meta,
    /// The payload's SHA-256.
    pub hash: [u8; 32],
    /// The hashes by which the entries are known; see [`keys`].
    pub keys: Vec<u8>,
    /// The entries.
    pub payload: Vec<u8>,
}

/// A payload or keys that are not what [`Encoder`] writes, or no longer what it wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Corrupt;

impl fmt::Display for Corrupt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a stored chunk is not readable")
    }
}

/// Checks that a payload is the one that was stored with that hash.
///
/// # Errors
/// [`Corrupt`] when it is another one.
pub fn verify(payload: &[u8], hash: &[u8]) -> Result<(), Corrupt> {
    if *Sha256::digest(payload) == *hash { Ok(()) } else { Err(Corrupt) }
}

/// The entries of a payload whose first has the number `first`.
///
/// # Errors
/// [`Corrupt`] when the payload is cut or of an unknown version.
pub fn decode(payload: &[u8], first: u64) -> Result<Vec<Stored<'_>>, Corrupt> {
    let mut rest = Cursor(payload);
    let [version] = rest.array()?;
    if version != VERSION {
        return Err(Corrupt);
    }
    let count = usize::try_from(u32::from_le_bytes(rest.array()?)).map_err(|_| Corrupt)?;
    let mut records = Cursor(rest.take(count.checked_mul(RECORD).ok_or(Corrupt)?)?);
    let mut entries = Vec::with_capacity(count);
    let mut lengths = Vec::with_capacity(count);
    for sequence in (first..).take(count) {
        let [lacks] = records.array()?;
        let time = i64::from_le_bytes(records.array()?);
        let id_length = usize::from(u16::from_le_bytes(records.array()?));
        lengths.push(u32::from_le_bytes(records.array()?));
        entries
            .push((id_length, Stored { sequence, id: "", time, lacks: Lacks(lacks), bytes: &[] }));
    }
    for (length, entry) in &mut entries {
        entry.id = std::str::from_utf8(rest.take(*length)?).map_err(|_| Corrupt)?;
    }
    for ((_, entry), length) in entries.iter_mut().zip(lengths) {
        entry.bytes = rest.take(usize::try_from(length).map_err(|_| Corrupt)?)?;
        if rest.array()? != *b"\n" {
            return Err(Corrupt);
        }
    }
    if rest.0.is_empty() {
        Ok(entries.into_iter().map(|(_, entry)| entry).collect())
    } else {
        Err(Corrupt)
    }
}

/// The hashes by which the `count` entries of a chunk are known, each with its entry's place in the chunk, from 0.
///
/// # Errors
/// [`Corrupt`] when the blob is cut, or has no hash for one of these entries or one for another.
pub fn keys(blob: &[u8], count: u64) -> Result<impl Iterator<Item = (KeyHash, u64)>, Corrupt> {
    let (records, cut) = blob.as_chunks::<18>();
    let keys = records.iter().map(|record| {
        let [hash @ .., low, high] = *record;
        (hash, u64::from(u16::from_le_bytes([low, high])))
    });
    let mut seen = 0;
    for (_, place) in keys.clone() {
        if place == seen {
            seen += 1;
        } else if place + 1 != seen {
            return Err(Corrupt);
        }
    }
    if cut.is_empty() && seen == count { Ok(keys) } else { Err(Corrupt) }
}

/// What of a layout is not read yet.
pub(crate) struct Cursor<'a>(pub(crate) &'a [u8]);

impl<'a> Cursor<'a> {
    pub(crate) fn take(&mut self, length: usize) -> Result<&'a [u8], Corrupt> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(Corrupt)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Corrupt> {
        self.take(N)?.try_into().map_err(|_| Corrupt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(sequence: u64, bytes: &[u8]) -> Stored<'_> {
        Stored { sequence, id: "idä", time: 5 - sequence.cast_signed(), lacks: Lacks(3), bytes }
    }

    fn chunk() -> Chunk {
        let mut encoder = Encoder::default();
        for (sequence, bytes) in
            [(7, &br#"{"a":1}"#[..]), (8, b"{\n}"), (9, "{\"ü\":\"\\n\"}".as_bytes())]
        {
            let hashes = [[1; 16], [2; 16]];
            encoder.push(&entry(sequence, bytes), &hashes[sequence as usize % 2..]).unwrap();
        }
        encoder.finish(7, 99).unwrap()
    }

    #[test]
    fn there_and_back_byte_for_byte() {
        let chunk = chunk();
        let entries = decode(&chunk.payload, 7).unwrap();
        assert_eq!(
            entries,
            [entry(7, br#"{"a":1}"#), entry(8, b"{\n}"), entry(9, "{\"ü\":\"\\n\"}".as_bytes())]
        );
        assert_eq!(
            (chunk.meta.first, chunk.meta.last(), chunk.meta.lo, chunk.meta.hi),
            (7, 9, -4, -2)
        );
        let hashes: Vec<_> = keys(&chunk.keys, 3).unwrap().collect();
        assert_eq!(hashes, [([2; 16], 0), ([1; 16], 1), ([2; 16], 1), ([2; 16], 2)]);
        assert!(Encoder::default().finish(1, 0).is_none());
    }

    #[test]
    fn a_payload_cut_or_changed_anywhere_never_panics() {
        let whole = chunk().payload;
        for length in 0..whole.len() {
            assert_eq!(decode(&whole[..length], 7), Err(Corrupt), "{length}");
        }
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] = changed[at].wrapping_add(0x80);
            let _ = decode(&changed, 7);
        }
        assert_eq!(decode(&[1, 255, 255, 255, 255], 7), Err(Corrupt));
    }

    #[test]
    fn a_payload_changed_anywhere_is_found() {
        let Chunk { hash, mut payload, .. } = chunk();
        assert_eq!(verify(&payload, &hash), Ok(()));
        assert_eq!(verify(&payload, &[]), Err(Corrupt));
        for at in 0..payload.len() {
            payload[at] ^= 1;
            assert_eq!(verify(&payload, &hash), Err(Corrupt), "{at}");
            payload[at] ^= 1;
        }
    }

    #[test]
    fn keys_that_are_not_those_of_all_entries_are_refused() {
        let blob = chunk().keys;
        let is_corrupt = |blob: &[u8], count| keys(blob, count).is_err();
        for length in 0..blob.len() {
            assert!(is_corrupt(&blob[..length], 3), "{length}");
        }
        assert!(is_corrupt(&blob, 2) && is_corrupt(&blob, 4) && is_corrupt(&blob[18..], 3));
        let mut changed = blob.clone();
        changed[16] = 1;
        assert!(is_corrupt(&changed, 3));
    }

    #[test]
    fn hashes_do_not_run_into_each_other() {
        assert_ne!(key_hash("a", &[b"bc"]), key_hash("ab", &[b"c"]));
        assert_ne!(key_hash("a", &[b"b", b"c"]), key_hash("a", &[b"bc"]));
        assert_eq!(id_hash("x"), key_hash("id", &[b"x"]));
        assert_ne!(id_hash("x"), sender_hash("x"));
    }

    #[test]
    fn full_when_the_next_would_not_fit() {
        let mut encoder = Encoder::default();
        let large = vec![b'a'; PAYLOAD_TARGET];
        assert!(!encoder.is_full_for("i", &large));
        encoder
            .push(
                &Stored { sequence: 1, id: "i", time: 0, lacks: Lacks(0), bytes: &large },
                &[[0; 16]],
            )
            .unwrap();
        assert!(encoder.is_full_for("i", b"{}"));
    }
}
