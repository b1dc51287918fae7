//! The sealed form of entries: a run of consecutive ones as one Parquet file. Not where files are kept, nor what of them
//! a reader may skip: that is [`crate::pruning`]'s.
//!
//! A file has one row group and one row an entry. Its columns are what the trail keeps of an entry (`sequence`, `id`,
//! `time`, `received_at`, `lacks`, and `entry`, its own bytes) and, for whoever reads the file with another program,
//! the schema's fields: typed, nullable, with a dictionary, see [`column_of`]. The trail itself never reads those.
//!
//! The trail's own columns come first, and all pages are packed with gzip. Why is in `docs/scale.md`.

mod column;
mod decode;
mod encode;
mod fields;
mod layout;
mod opened;
mod pages;

pub use decode::Decoded;
pub use encode::encode;
pub use layout::column_of;

use crate::{chunk::Stored, time::Millis};

/// An entry of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// What a chunk keeps of it.
    pub stored: Stored<'a>,
    /// When the trail received it.
    pub received: Millis,
}

/// A segment as it is put into the object store, and what the trail keeps of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded {
    /// The Parquet file. The same entries give the same bytes.
    pub bytes: Vec<u8>,
    /// The file's SHA-256.
    pub sha256: [u8; 32],
    /// What [`crate::pruning::Stats::decode`] reads.
    pub stats: Vec<u8>,
}

#[cfg(test)]
mod tests;
