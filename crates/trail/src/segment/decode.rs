//! A Parquet file to entries. Only of the columns that the trail itself needs, and only of files that it made.

use std::ops::Range;

use super::{Entry, page};
use crate::{
    chunk::{Corrupt, Stored},
    entry::Lacks,
    time::Millis,
};

/// The entries of a segment, in their order.
#[derive(Debug)]
pub struct Decoded {
    first: u64,
    rows: Vec<Row>,
    ids: String,
    bytes: Vec<u8>,
}

/// An entry without its texts, and where those are.
#[derive(Debug)]
struct Row {
    time: Millis,
    received: Millis,
    lacks: Lacks,
    id: Range<u32>,
    bytes: Range<u32>,
}

impl Decoded {
    /// Reads the file that [`super::encode()`] made. Any other is an error, and never a panic; but one that was changed
    /// may be read as other entries, so whoever has it compares its SHA-256 before.
    ///
    /// # Errors
    /// [`Corrupt`] when it is not such a file.
    ///
    /// ```
    /// use trailsift_core::Schema;
    /// use trailsift_trail::{chunk::Stored, entry::Lacks, segment::{Decoded, Entry, encode}};
    ///
    /// let stored =
    ///     Stored { sequence: 7, id: "a", time: 0, lacks: Lacks(0), bytes: br#"{"type":"f"}"# };
    /// let entries = [Entry { stored, received: 1 }];
    /// let segment = encode(Schema::by_name("auth0").unwrap(), &entries).unwrap();
    /// let decoded = Decoded::open(segment.bytes).unwrap();
    /// assert_eq!(decoded.entries().collect::<Vec<_>>(), entries);
    /// ```
    pub fn open(file: Vec<u8>) -> Result<Self, Corrupt> {
        let mut file = file.strip_prefix(b"PAR1").ok_or(Corrupt)?;
        if !file.ends_with(b"PAR1") {
            return Err(Corrupt);
        }
        let sequences = page::next(&mut file, page::DELTA_BINARY_PACKED)?.differences()?;
        let first = sequences.first().ok_or(Corrupt)?.cast_unsigned();
        let (ids, id_ranges) = page::next(&mut file, page::PLAIN)?.texts()?;
        let times = page::next(&mut file, page::DELTA_BINARY_PACKED)?.differences()?;
        let received = page::next(&mut file, page::DELTA_BINARY_PACKED)?.differences()?;
        let lacks = page::next(&mut file, page::PLAIN)?;
        let (bytes, byte_ranges) = page::next(&mut file, page::PLAIN)?.texts()?;
        let lacks = lacks.numbers()?;
        let count = sequences.len();
        let counts = [id_ranges.len(), times.len(), received.len(), lacks.len(), byte_ranges.len()];
        if counts.iter().any(|other| *other != count) {
            return Err(Corrupt);
        }
        let ids = String::from_utf8(ids).map_err(|_| Corrupt)?;
        let mut rows = Vec::with_capacity(count);
        let texts = id_ranges.into_iter().zip(byte_ranges);
        let numbers = times.into_iter().zip(received).zip(lacks);
        for ((id, bytes), ((time, received), lacks)) in texts.zip(numbers) {
            let lacks = i32::from_le_bytes(*lacks).try_into().map(Lacks).map_err(|_| Corrupt)?;
            // A range that begins or ends within a character is none of ours.
            ids.get(id.start as usize..id.end as usize).ok_or(Corrupt)?;
            rows.push(Row { time, received, lacks, id, bytes });
        }
        Ok(Self { first, rows, ids, bytes })
    }

    /// How many entries there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none, which no segment has.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// All entries' own bytes, with white space between them that ends with a line feed: a log that the engine scans as
    /// it is. See [`Self::ranges`].
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Where in [`Self::bytes`] each entry is.
    pub fn ranges(&self) -> impl DoubleEndedIterator<Item = Range<usize>> + ExactSizeIterator {
        self.rows.iter().map(|row| place(&row.bytes))
    }

    /// The entries.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = Entry<'_>> + ExactSizeIterator {
        self.rows.iter().enumerate().map(|(index, row)| Entry {
            stored: Stored {
                sequence: self.first.saturating_add(index as u64),
                id: self.ids.get(place(&row.id)).unwrap_or_default(),
                time: row.time,
                lacks: row.lacks,
                bytes: self.bytes.get(place(&row.bytes)).unwrap_or_default(),
            },
            received: row.received,
        })
    }
}

const fn place(range: &Range<u32>) -> Range<usize> {
    range.start as usize..range.end as usize
}
