//! How the stateless front and the object that owns a trail speak: a JSON head, then bytes. Not HTTP, not the public
//! API, not stored: both ends are always the same build.
//!
//! Layout of a message: the head's length (4 bytes, little-endian), the head, the rest.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use trailsift_proof::{Hash, tree::Node};

use crate::{
    chunk::KeyHash,
    directory::{Piece, ReceivedBy},
    entry::Lacks,
    keeper::Ask,
    sequencer::{Incoming, Receipt},
    time::Millis,
    tree::Missing,
};

/// What the front asks of the object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// Append the entries that follow, all or none.
    Append {
        /// The schema that they were checked against.
        schema: String,
        /// How many entries follow.
        count: usize,
        /// The connector that they come from.
        source: Option<Source>,
    },
    /// What the trail is.
    Describe,
    /// The trail is on its tenant's list now.
    Listed,
    /// How long entries are kept after they were received, in milliseconds; for ever with none.
    Retain(Option<Millis>),
    /// The number of the entry with that id.
    Find {
        /// The id.
        id: String,
    },
    /// The number of the last entry received by a time.
    ReceivedBy {
        /// The time.
        then: Millis,
    },
    /// Which pieces to read.
    Select(Ask),
    /// The payloads of the chunks that begin with these numbers.
    Payloads {
        /// The numbers.
        firsts: Vec<u64>,
    },
    /// The hashes of complete subtrees of the Merkle tree.
    Hashes {
        /// Which.
        nodes: Vec<Node>,
    },
    /// How far a connector has read.
    Source {
        /// The connector's name.
        name: String,
    },
    /// Do something wrong, to show what becomes of it.
    #[cfg(feature = "fault-injection")]
    Fault(Fault),
}

/// A connector, and what it goes on with once its entries are stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Its name.
    pub name: String,
    /// What it goes on with.
    pub checkpoint: String,
}

/// Something wrong.
#[cfg(feature = "fault-injection")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fault {
    /// A panic.
    Panic,
    /// No answer.
    Silence,
    /// An alarm before its time.
    Alarm,
}

/// What the object answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Reply {
    /// Nothing was ever appended under that name.
    NoTrail,
    /// Appended.
    Appended {
        /// The numbers.
        receipt: Receipt,
        /// Whether the trail is on its tenant's list already.
        listed: bool,
    },
    /// The trail has another schema; nothing was appended.
    OtherSchema {
        /// The trail's.
        schema: String,
    },
    /// The idempotency key was used for another body; nothing was appended.
    KeyReused {
        /// The first entry that differs, from 0.
        place: usize,
    },
    /// Ids of entries belong to others; nothing was appended.
    TakenIds {
        /// The places of these entries in the batch, from 0.
        places: Vec<usize>,
    },
    /// Too many entries wait to be sealed; nothing was appended.
    Behind,
    /// The trail holds as many entries as one can; nothing was appended.
    Full,
    /// What the trail is.
    Trail(Trail),
    /// A number, if there is such an entry.
    Number(Option<u64>),
    /// Where the last entry received by a time is.
    ReceivedBy(ReceivedBy),
    /// Pieces in the reader's order. The payloads of the first of them follow, each a chunk.
    Pieces {
        /// The trail.
        trail: Trail,
        /// What is to be read.
        pieces: Vec<Piece>,
        /// The piece that comes after them.
        next: Option<Piece>,
        /// How many payloads follow.
        inline: usize,
    },
    /// The lengths of payloads, which follow. A chunk that is sealed by now has none.
    Payloads {
        /// The lengths, in the order that was asked for.
        lengths: Vec<Option<u64>>,
    },
    /// Hashes in the order that was asked for, or why they are not known.
    Hashes(Vec<Result<Hash, Missing>>),
    /// How far a connector has read.
    Source(Option<String>),
    /// Done, nothing to say.
    Done,
    /// It went wrong inside; the reason is for the operator only.
    Failed {
        /// The reason.
        reason: String,
    },
}

/// A trail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trail {
    /// The schema's name.
    pub schema: String,
    /// The number of the first entry that is still there.
    pub first: u64,
    /// The number of the last entry.
    pub last: u64,
    /// The number of the last entry that lies in a segment; those after it are in the object's database.
    pub sealed: u64,
    /// When the first entry came.
    pub created: Millis,
    /// How long entries are kept after they were received, in milliseconds; for ever with none.
    pub retention: Option<Millis>,
}

/// A message that is cut or not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadMessage;

impl std::fmt::Display for BadMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a message between front and trail object is not readable")
    }
}

/// A message of this head, to be followed by the rest.
///
/// # Errors
/// [`BadMessage`] when the head cannot be written.
pub fn message<H: Serialize>(head: &H, rest_capacity: usize) -> Result<Vec<u8>, BadMessage> {
    let head = serde_json::to_vec(head).map_err(|_| BadMessage)?;
    let length = u32::try_from(head.len()).map_err(|_| BadMessage)?;
    let mut message = Vec::with_capacity(4 + head.len() + rest_capacity);
    message.extend_from_slice(&length.to_le_bytes());
    message.extend_from_slice(&head);
    Ok(message)
}

/// The head of a message and the rest.
///
/// # Errors
/// [`BadMessage`].
pub fn split<H: DeserializeOwned>(message: &[u8]) -> Result<(H, &[u8]), BadMessage> {
    let mut rest = Bytes(message);
    let length = rest.length()?;
    let head = serde_json::from_slice(rest.take(length)?).map_err(|_| BadMessage)?;
    Ok((head, rest.0))
}

const HAS_ID: u8 = 1;
const HAS_TIME: u8 = 2;
const HAS_CONTENT: u8 = 4;

/// Adds an entry to the rest of an [`Request::Append`].
///
/// # Errors
/// [`BadMessage`] when the entry is longer than 4 GB.
pub fn push_entry(message: &mut Vec<u8>, entry: &Incoming<'_>) -> Result<(), BadMessage> {
    let flag = |on: bool, bit: u8| if on { bit } else { 0 };
    let flags = flag(entry.id.is_some(), HAS_ID)
        | flag(entry.time.is_some(), HAS_TIME)
        | flag(entry.content.is_some(), HAS_CONTENT);
    message.push(flags);
    message.push(entry.lacks.0);
    message.extend_from_slice(&entry.key);
    message.extend_from_slice(entry.content.as_ref().map_or(&[], |hash| &hash[..]));
    message.extend_from_slice(&entry.time.unwrap_or_default().to_le_bytes());
    for bytes in [entry.id.unwrap_or_default().as_bytes(), entry.bytes] {
        let length = u32::try_from(bytes.len()).map_err(|_| BadMessage)?;
        message.extend_from_slice(&length.to_le_bytes());
        message.extend_from_slice(bytes);
    }
    Ok(())
}

/// The entries of an [`Request::Append`].
///
/// # Errors
/// [`BadMessage`] when there are not exactly `count`.
pub fn entries(rest: &[u8], count: usize) -> Result<Vec<Incoming<'_>>, BadMessage> {
    let mut rest = Bytes(rest);
    let mut entries = Vec::new();
    for _ in 0..count {
        let [flags, lacks] = rest.array()?;
        let key: KeyHash = rest.array()?;
        let content = if flags & HAS_CONTENT == 0 { None } else { Some(rest.array()?) };
        let time = i64::from_le_bytes(rest.array()?);
        let length = rest.length()?;
        let id = std::str::from_utf8(rest.take(length)?).map_err(|_| BadMessage)?;
        let length = rest.length()?;
        let bytes = rest.take(length)?;
        entries.push(Incoming {
            key,
            content,
            id: (flags & HAS_ID != 0).then_some(id),
            time: (flags & HAS_TIME != 0).then_some(time),
            lacks: Lacks(lacks),
            bytes,
        });
    }
    if rest.0.is_empty() { Ok(entries) } else { Err(BadMessage) }
}

/// The payloads that follow a [`Reply::Pieces`] or [`Reply::Payloads`].
///
/// # Errors
/// [`BadMessage`] when their lengths are not those that the head says.
pub fn payloads(
    rest: &[u8],
    lengths: impl IntoIterator<Item = u64>,
) -> Result<Vec<&[u8]>, BadMessage> {
    let mut rest = Bytes(rest);
    let mut payloads = Vec::new();
    for length in lengths {
        payloads.push(rest.take(usize::try_from(length).map_err(|_| BadMessage)?)?);
    }
    if rest.0.is_empty() { Ok(payloads) } else { Err(BadMessage) }
}

struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], BadMessage> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(BadMessage)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], BadMessage> {
        self.take(N)?.try_into().map_err(|_| BadMessage)
    }

    fn length(&mut self) -> Result<usize, BadMessage> {
        usize::try_from(u32::from_le_bytes(self.array()?)).map_err(|_| BadMessage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::directory::{Direction, Order, Window};

    #[test]
    fn an_append_there_and_back() {
        let sent = [
            Incoming {
                key: [7; 16],
                content: Some([9; 16]),
                id: None,
                time: Some(-5),
                lacks: Lacks(9),
                bytes: b"{}",
            },
            Incoming {
                key: [8; 16],
                content: None,
                id: Some("ä"),
                time: None,
                lacks: Lacks(0),
                bytes: b"",
            },
        ];
        let head = Request::Append { schema: "fga".into(), count: sent.len(), source: None };
        let mut bytes = message(&head, 0).unwrap();
        sent.iter().for_each(|entry| push_entry(&mut bytes, entry).unwrap());
        let (received, rest) = split::<Request>(&bytes).unwrap();
        assert_eq!(received, head);
        assert_eq!(entries(rest, 2).unwrap(), sent);
        assert_eq!(entries(rest, 1), Err(BadMessage));
        for length in 0..rest.len() {
            assert_eq!(entries(&rest[..length], 2), Err(BadMessage));
        }
        assert_eq!(split::<Request>(&bytes[..9]), Err(BadMessage));
    }

    #[test]
    fn bounds_survive_json() {
        let ask = Ask {
            window: Window::ALL,
            order: Order::Time,
            direction: Direction::Descending,
            filter: None,
            budget: u64::MAX,
        };
        let bytes = message(&Request::Select(ask.clone()), 0).unwrap();
        assert_eq!(split::<Request>(&bytes).unwrap().0, Request::Select(ask));
    }
}
