//! A Parquet file to entries. Only of the columns that the trail itself needs, and only of files that it made.

use std::{ops::Range, sync::Arc};

use bytes::Bytes;
use parquet::{
    basic::Encoding,
    column::reader::ColumnReaderImpl,
    data_type::{ByteArrayType, DataType, Int32Type, Int64Type},
    file::{
        metadata::ColumnChunkMetaData,
        reader::{FileReader, SerializedFileReader},
    },
};

use super::{
    Entry,
    pages::{LIMIT, Pages},
};
use crate::{
    chunk::{Corrupt, Stored},
    entry::Lacks,
    time::Millis,
};

/// So many numbers of a column are held at once.
const BATCH: usize = 1024;

/// The entries of a segment, in their order.
#[derive(Debug)]
pub struct Decoded {
    rows: Vec<Row>,
    ids: String,
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
    /// Reads the file that [`super::encode()`] made. Any other is an error, and what is unpacked of it is bounded,
    /// whatever it says of itself. But one that was changed may be read as other entries, and Parquet's reader does not
    /// promise that it never panics at a file that was made to harm. So whoever has one from elsewhere compares its
    /// SHA-256 before.
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
        let file = Bytes::from(file);
        let reader = SerializedFileReader::new(file.clone()).map_err(corrupt)?;
        let [group] = reader.metadata().row_groups() else { return Err(Corrupt) };
        let [sequence, id, time, received, lacks, entry, ..] = group.columns() else {
            return Err(Corrupt);
        };
        let file = Arc::new(file);
        let (mut rows, mut ids) = (Vec::new(), String::new());
        // Parquet has four bytes beside each text where we have one.
        let room = usize::try_from(entry.uncompressed_size()).map_err(corrupt)?.min(LIMIT);
        let mut bytes = Vec::with_capacity(room);
        let mut names = Vec::new();
        texts(&file, id, |id| {
            names.push(appended(ids.len(), id.len())?);
            ids.push_str(str::from_utf8(id).map_err(corrupt)?);
            Ok(())
        })?;
        let mut names = names.into_iter();
        texts(&file, entry, |text| {
            let id = names.next().ok_or(Corrupt)?;
            let place = appended(bytes.len(), text.len())?;
            bytes.extend_from_slice(text);
            bytes.push(b'\n');
            rows.push(Row { sequence: 0, time: 0, received: 0, lacks: Lacks(0), id, bytes: place });
            Ok(())
        })?;
        fill::<Int64Type>(&file, sequence, &mut rows, |row, sequence| {
            row.sequence = sequence.cast_unsigned();
            Ok(())
        })?;
        fill::<Int64Type>(&file, time, &mut rows, |row, time| {
            row.time = time;
            Ok(())
        })?;
        fill::<Int64Type>(&file, received, &mut rows, |row, received| {
            row.received = received;
            Ok(())
        })?;
        fill::<Int32Type>(&file, lacks, &mut rows, |row, lacks| {
            row.lacks = Lacks(lacks.try_into().map_err(corrupt)?);
            Ok(())
        })?;
        let is_whole = names.next().is_none() && !rows.is_empty();
        if is_whole { Ok(Self { rows, ids, bytes }) } else { Err(Corrupt) }
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

    /// All entries' own bytes, a line feed behind each: a log that the engine scans as it is. See [`Self::ranges`].
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
        self.rows.iter().map(|row| Entry {
            stored: Stored {
                sequence: row.sequence,
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

/// Where a text lies that is appended to so many bytes.
fn appended(before: usize, length: usize) -> Result<Range<u32>, Corrupt> {
    let start = u32::try_from(before).map_err(corrupt)?;
    let length = u32::try_from(length).map_err(corrupt)?;
    Ok(start..start.checked_add(length).ok_or(Corrupt)?)
}

/// Reads a column of texts. Not with Parquet's own decoder of them, which panics where a page says that it holds more
/// than it does.
fn texts(
    file: &Arc<Bytes>,
    column: &ColumnChunkMetaData,
    mut see: impl FnMut(&[u8]) -> Result<(), Corrupt>,
) -> Result<(), Corrupt> {
    for page in pages::<ByteArrayType>(file, column)? {
        let page = page.map_err(corrupt)?;
        let mut rest: &[u8] = page.buffer();
        while let Some((length, after)) = rest.split_first_chunk() {
            let length = usize::try_from(u32::from_le_bytes(*length)).map_err(corrupt)?;
            let (text, after) = after.split_at_checked(length).ok_or(Corrupt)?;
            see(text)?;
            rest = after;
        }
        if page.encoding() != Encoding::PLAIN || !rest.is_empty() {
            return Err(Corrupt);
        }
    }
    Ok(())
}

/// Gives each row its number of a column that has as many.
fn fill<T: DataType>(
    file: &Arc<Bytes>,
    column: &ColumnChunkMetaData,
    rows: &mut [Row],
    mut set: impl FnMut(&mut Row, T::T) -> Result<(), Corrupt>,
) -> Result<(), Corrupt> {
    let pages = pages::<T>(file, column)?;
    let mut reader = ColumnReaderImpl::<T>::new(column.column_descr_ptr(), Box::new(pages));
    let mut rows = rows.iter_mut();
    let mut numbers = Vec::with_capacity(BATCH);
    loop {
        reader.read_records(BATCH, None, None, &mut numbers).map_err(corrupt)?;
        if numbers.is_empty() {
            break;
        }
        for number in numbers.drain(..) {
            set(rows.next().ok_or(Corrupt)?, number)?;
        }
    }
    if rows.next().is_none() { Ok(()) } else { Err(Corrupt) }
}

/// The pages of a column that has a value of this type in each row.
fn pages<T: DataType>(file: &Arc<Bytes>, column: &ColumnChunkMetaData) -> Result<Pages, Corrupt> {
    let description = column.column_descr();
    let levels = [description.max_def_level(), description.max_rep_level()];
    if description.physical_type() != T::get_physical_type() || levels != [0, 0] {
        return Err(Corrupt);
    }
    Pages::new(file.clone(), column).map_err(corrupt)
}

fn corrupt<E>(_: E) -> Corrupt {
    Corrupt
}
