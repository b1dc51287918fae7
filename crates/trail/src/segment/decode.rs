//! A Parquet file to entries. Only of the columns that the trail itself needs, and only of files that it made.

use std::ops::Range;

use bytes::Bytes;
use parquet::{
    basic::Encoding,
    column::page::Page,
    file::reader::{FileReader, RowGroupReader, SerializedFileReader},
};

use super::{Entry, layout};
use crate::{
    chunk::{Corrupt, Stored},
    entry::Lacks,
    time::Millis,
};

/// The entries of a segment, in their order.
#[derive(Debug)]
pub struct Decoded {
    rows: Vec<Row>,
    ids: Vec<u8>,
    bytes: Vec<u8>,
}

/// An entry without its texts, and where those are.
#[derive(Debug)]
struct Row {
    sequence: u64,
    time: Millis,
    received: Millis,
    lacks: Lacks,
    id: Range<u32>,
    bytes: Range<u32>,
}

impl Decoded {
    /// Reads the file that [`super::encode()`] made. Whoever has it compares its SHA-256 before: a file that was changed is
    /// an error or other entries.
    ///
    /// # Errors
    /// [`Corrupt`] when it is not such a file.
    pub fn open(bytes: Vec<u8>) -> Result<Self, Corrupt> {
        let file = SerializedFileReader::new(Bytes::from(bytes)).map_err(|_| Corrupt)?;
        if file.num_row_groups() != 1 {
            return Err(Corrupt);
        }
        let group = file.get_row_group(0).map_err(|_| Corrupt)?;
        if group.num_columns() <= layout::ENTRY {
            return Err(Corrupt);
        }
        let plain = |column| plain(&*group, column);
        let (ids, id_ranges) = texts(plain(layout::ID)?)?;
        let (bytes, byte_ranges) = texts(plain(layout::ENTRY)?)?;
        let sequences = numbers(&plain(layout::SEQUENCE)?)?;
        let times = numbers(&plain(layout::TIME)?)?;
        let received = numbers(&plain(layout::RECEIVED)?)?;
        let lacks = numbers(&plain(layout::LACKS)?)?;
        let count = id_ranges.len();
        let counts = [byte_ranges.len(), sequences.len(), times.len(), received.len(), lacks.len()];
        if counts.iter().any(|other| *other != count) {
            return Err(Corrupt);
        }
        let mut rows = Vec::with_capacity(count);
        let texts = id_ranges.into_iter().zip(byte_ranges);
        let numbers = sequences.into_iter().zip(times).zip(received.into_iter().zip(lacks));
        for ((id, bytes), ((sequence, time), (received, lacks))) in texts.zip(numbers) {
            let sequence = i64::from_le_bytes(sequence).cast_unsigned();
            let (time, received) = (i64::from_le_bytes(time), i64::from_le_bytes(received));
            let lacks = i32::from_le_bytes(lacks).try_into().map(Lacks).map_err(|_| Corrupt)?;
            let text = ids.get(id.start as usize..id.end as usize).ok_or(Corrupt)?;
            std::str::from_utf8(text).map_err(|_| Corrupt)?;
            rows.push(Row { sequence, time, received, lacks, id, bytes });
        }
        Ok(Self { rows, ids, bytes })
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

    /// The entries' own bytes, each followed by a line feed; see [`Self::ranges`].
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Where in [`Self::bytes`] each entry is.
    pub fn ranges(&self) -> impl DoubleEndedIterator<Item = Range<usize>> + ExactSizeIterator {
        self.rows.iter().map(|row| row.bytes.start as usize..row.bytes.end as usize)
    }

    /// The entries.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = Entry<'_>> + ExactSizeIterator {
        self.rows.iter().map(|row| {
            let place = |range: &Range<u32>| range.start as usize..range.end as usize;
            let id = self.ids.get(place(&row.id)).unwrap_or_default();
            let bytes = self.bytes.get(place(&row.bytes)).unwrap_or_default();
            Entry {
                stored: Stored {
                    sequence: row.sequence,
                    id: std::str::from_utf8(id).unwrap_or_default(),
                    time: row.time,
                    lacks: row.lacks,
                    bytes,
                },
                received: row.received,
            }
        })
    }
}

/// What a column's only page holds.
fn plain(group: &dyn RowGroupReader, column: usize) -> Result<Vec<u8>, Corrupt> {
    let mut pages = group.get_column_page_reader(column).map_err(|_| Corrupt)?;
    let Ok(Some(Page::DataPage { buf, encoding: Encoding::PLAIN, .. })) = pages.get_next_page()
    else {
        return Err(Corrupt);
    };
    drop(pages);
    Ok(Vec::from(buf))
}

/// The texts of a plain page: the length of each before it becomes the line feed behind the one before.
fn texts(mut page: Vec<u8>) -> Result<(Vec<u8>, Vec<Range<u32>>), Corrupt> {
    let mut ranges = Vec::new();
    let mut at = 0;
    while at < page.len() {
        let prefix = page.get_mut(at..).and_then(|rest| rest.first_chunk_mut::<4>());
        let prefix = prefix.ok_or(Corrupt)?;
        let length = usize::try_from(u32::from_le_bytes(*prefix)).map_err(|_| Corrupt)?;
        *prefix = *b"   \n";
        let start = at + 4;
        at = start.checked_add(length).filter(|end| *end <= page.len()).ok_or(Corrupt)?;
        let place = |at: usize| u32::try_from(at).map_err(|_| Corrupt);
        ranges.push(place(start)?..place(at)?);
    }
    Ok((page, ranges))
}

fn numbers<const N: usize>(page: &[u8]) -> Result<Vec<[u8; N]>, Corrupt> {
    let (numbers, rest) = page.as_chunks::<N>();
    if rest.is_empty() { Ok(numbers.to_vec()) } else { Err(Corrupt) }
}
