//! What can be wrong with an export or its bundle, as data, and each in a sentence.

use alloc::{string::String, vec::Vec};
use core::fmt;

use serde::Serialize;

/// How many faults are listed; more are counted.
const LISTED: usize = 100;

/// One thing that is wrong. Numbers are sequence numbers of entries, unless they are lines of the export, from 1.
///
/// ```
/// use trailsift_proof::verify::Fault;
///
/// let fault = Fault::Removed { first: 4, last: 4, count: 1, after: Some(3), before: 5 };
/// assert_eq!(fault.to_string(), "The entry 4 was removed, between 3 and 5.");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fault {
    /// The bundle cannot be read.
    Bundle {
        /// Why not.
        reason: String,
    },
    /// The bundle, or its checkpoint, is of another log.
    OtherLog {
        /// The log that it should be.
        expected: String,
        /// The log that it is.
        found: String,
    },
    /// The bundle names another key than the reader trusts.
    OtherKey {
        /// The trusted key.
        expected: String,
        /// The bundle's.
        found: String,
    },
    /// A checkpoint is no checkpoint.
    Checkpoint {
        /// Which one.
        which: Which,
    },
    /// A checkpoint is not signed by the key.
    Signature {
        /// Which one.
        which: Which,
    },
    /// The log has fewer entries than it once had: its end was cut.
    Shrunk {
        /// How many it had at an earlier checkpoint.
        earlier: u64,
        /// How many it has at the bundle's.
        size: u64,
    },
    /// The log does not begin with what it was at an earlier checkpoint: its past was rewritten.
    Rewritten {
        /// How many entries it had at the earlier checkpoint.
        earlier: u64,
        /// How many it has at the bundle's.
        size: u64,
    },
    /// The bundle does not show how the log grew from the checkpoint that the reader kept.
    Unconnected {
        /// How many entries the log had at that checkpoint.
        known: u64,
    },
    /// The bundle's hashes do not lead to the checkpoint's root.
    Unproven {
        /// The entry whose proof does not; of a contiguous export it cannot be told.
        sequence: Option<u64>,
    },
    /// A line of the export cannot be read.
    Unreadable {
        /// Which line.
        line: u64,
        /// The entry that should stand there, as far as it can be told.
        sequence: Option<u64>,
        /// The byte of the line, from 0, from which on it is not what was written.
        at: u64,
    },
    /// An entry, its id or its time of receipt was changed.
    Changed {
        /// Which line.
        line: u64,
        /// The entry.
        sequence: u64,
        /// The id that it has now.
        id: String,
    },
    /// An entry that is intact has another sequence number.
    Renumbered {
        /// The number that it should have.
        sequence: u64,
        /// Its id.
        id: String,
        /// The number that it has.
        told: u64,
    },
    /// An entry that the bundle does not know.
    Added {
        /// Which line.
        line: u64,
        /// The number that it has.
        sequence: u64,
        /// The id that it has.
        id: String,
    },
    /// An entry that is there twice.
    Repeated {
        /// Which line has it again.
        line: u64,
        /// The entry.
        sequence: u64,
        /// Its id.
        id: String,
    },
    /// An entry that stands after a later one.
    Reordered {
        /// The entry.
        sequence: u64,
        /// Its id.
        id: String,
        /// The entry that it stands after.
        after: u64,
    },
    /// Entries that are missing before the last one.
    Removed {
        /// The first that is missing.
        first: u64,
        /// The last of those that follow it and are missing.
        last: u64,
        /// How many that are.
        count: u64,
        /// The entry of the bundle before them.
        after: Option<u64>,
        /// The entry of the bundle after them.
        before: u64,
    },
    /// The entries that are missing at the end.
    Cut {
        /// The first that is missing.
        first: u64,
        /// The last of the bundle.
        last: u64,
        /// How many are missing.
        count: u64,
        /// The entry of the bundle before them.
        after: Option<u64>,
    },
}

/// Which of a bundle's checkpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// That of the export.
    Current,
    /// The earlier one.
    Earlier,
}

impl fmt::Display for Which {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Current => "checkpoint",
            Self::Earlier => "earlier checkpoint",
        })
    }
}

/// A sentence. What comes from the export or the bundle stands in quotes, with escapes for what could not be seen.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bundle { reason } => write!(f, "The bundle cannot be read: {reason}."),
            Self::OtherLog { expected, found } => {
                write!(f, "It belongs to another log: {found:?}, not {expected:?}.")
            }
            Self::OtherKey { expected, found } => {
                write!(f, "It names another key: {found:?}, not {expected:?}.")
            }
            Self::Checkpoint { which } => write!(f, "The {which} is not one."),
            Self::Signature { which } => write!(f, "The {which} is not signed by the log's key."),
            Self::Shrunk { earlier, size } => write!(
                f,
                "The log was cut: it had {earlier} entries at the earlier checkpoint, and has {size}."
            ),
            Self::Rewritten { earlier, size } => write!(
                f,
                "The log was rewritten: with {size} entries it does not begin with the {earlier} that it had at the \
                 earlier checkpoint."
            ),
            Self::Unconnected { known } => write!(
                f,
                "The bundle does not show that the log grew from the known checkpoint of {known} entries."
            ),
            Self::Unproven { sequence: Some(sequence) } => {
                write!(f, "The bundle does not prove that the entry {sequence} is in the log.")
            }
            Self::Unproven { sequence: None } => {
                f.write_str("The bundle was altered: its hashes do not lead to the checkpoint.")
            }
            Self::Unreadable { line, sequence, at } => {
                write!(f, "Line {line}")?;
                if let Some(sequence) = sequence {
                    write!(f, ", where the entry {sequence} should be,")?;
                }
                write!(f, " was changed: it cannot be read from byte {at} on.")
            }
            Self::Changed { sequence, id, .. } => {
                write!(f, "The entry {sequence}, with the id {id:?}, was changed.")
            }
            Self::Renumbered { sequence, id, told } => {
                write!(f, "The entry {sequence}, with the id {id:?}, is numbered {told}.")
            }
            Self::Added { line, sequence, id } => write!(
                f,
                "Line {line} was added: the bundle knows no such entry, numbered {sequence} with the id {id:?}."
            ),
            Self::Repeated { line, sequence, id } => {
                write!(f, "Line {line} repeats the entry {sequence}, with the id {id:?}.")
            }
            Self::Reordered { sequence, id, after } => write!(
                f,
                "The entry {sequence}, with the id {id:?}, was moved: it stands after {after}."
            ),
            Self::Removed { first, last, count, after, before } => {
                missing(f, "The", *first, *last, *count)?;
                f.write_str(if *count == 1 { " was removed, " } else { " were removed, " })?;
                match after {
                    Some(after) => write!(f, "between {after} and {before}."),
                    None => write!(f, "before {before}."),
                }
            }
            Self::Cut { first, last, count, after } => {
                match after {
                    Some(after) => write!(f, "The end was cut off after {after}: ")?,
                    None => f.write_str("Nothing is left: ")?,
                }
                missing(f, "the", *first, *last, *count)?;
                f.write_str(if *count == 1 { " is missing." } else { " are missing." })
            }
        }
    }
}

fn missing(
    f: &mut fmt::Formatter<'_>,
    the: &str,
    first: u64,
    last: u64,
    count: u64,
) -> fmt::Result {
    if count == 1 {
        write!(f, "{the} entry {first}")
    } else if last.abs_diff(first) == count - 1 {
        write!(f, "{the} entries {first} to {last}")
    } else {
        write!(f, "{count} entries from {first} to {last}")
    }
}

/// The faults that were found so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Faults {
    pub(super) listed: Vec<Fault>,
    pub(super) unlisted: u64,
}

impl Faults {
    pub(super) fn push(&mut self, fault: Fault) {
        if self.listed.len() < LISTED {
            self.listed.push(fault);
        } else {
            self.unlisted += 1;
        }
    }
}
