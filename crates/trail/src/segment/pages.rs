//! The pages of a column, unpacked. Parquet's own reader finds them; it would make each as large as the page says of
//! itself, so they are unpacked here, where there is a bound.

use std::sync::Arc;

use bytes::Bytes;
use flate2::{Decompress, FlushDecompress, Status};
use parquet::{
    basic::{Compression, Encoding},
    column::page::{Page, PageMetadata, PageReader},
    errors::{ParquetError, Result},
    file::{metadata::ColumnChunkMetaData, serialized_reader::SerializedPageReader},
};

/// The longest column that is unpacked. A segment is sealed at an eighth of it.
pub(super) const LIMIT: usize = 64 << 20;

/// The window of gzip, as a power of two.
const WINDOW: u8 = 15;

/// A reader of a column's pages.
pub(super) struct Pages {
    packed: SerializedPageReader<Bytes>,
    left: usize,
}

impl Pages {
    /// The pages of this column of the file.
    pub(super) fn new(file: Arc<Bytes>, column: &ColumnChunkMetaData) -> Result<Self> {
        let is_gzip = matches!(column.compression(), Compression::GZIP(_));
        // Parquet's reader asserts that these are so.
        let places = [column.data_page_offset(), column.compressed_size()];
        let is_placed = places.iter().all(|place| *place >= 0);
        if !is_gzip || !is_placed || column.dictionary_page_offset().is_some() {
            return Err(corrupt());
        }
        let as_it_is =
            column.clone().into_builder().set_compression(Compression::UNCOMPRESSED).build()?;
        // The number of rows matters only for files with an index of their pages.
        Ok(Self { packed: SerializedPageReader::new(file, &as_it_is, 0, None)?, left: LIMIT })
    }
}

/// Unpacks a member of gzip, no longer than `left`, and takes its length off that.
fn unpack(member: &[u8], left: &mut usize) -> Result<Bytes> {
    // A member ends with the length of what is packed in it.
    let length = member.last_chunk().map(|length| u32::from_le_bytes(*length));
    let length = length.and_then(|length| usize::try_from(length).ok());
    let length = length.filter(|length| *length <= *left).ok_or_else(corrupt)?;
    *left -= length;
    let mut unpacked = Vec::with_capacity(length);
    let mut gzip = Decompress::new_gzip(WINDOW);
    match gzip.decompress_vec(member, &mut unpacked, FlushDecompress::Finish) {
        Ok(Status::StreamEnd) if unpacked.len() == length => Ok(unpacked.into()),
        _ => Err(corrupt()),
    }
}

fn corrupt() -> ParquetError {
    ParquetError::General("not a column of ours".to_owned())
}

impl PageReader for Pages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let Some(page) = self.packed.get_next_page()? else { return Ok(None) };
        let Page::DataPage {
            buf: packed,
            num_values,
            encoding,
            def_level_encoding,
            rep_level_encoding,
            statistics,
        } = page
        else {
            return Err(corrupt());
        };
        // Parquet's reader panics at a page that wants a dictionary where there is none.
        if !matches!(encoding, Encoding::PLAIN | Encoding::DELTA_BINARY_PACKED) {
            return Err(corrupt());
        }
        let buf = unpack(&packed, &mut self.left)?;
        Ok(Some(Page::DataPage {
            buf,
            num_values,
            encoding,
            def_level_encoding,
            rep_level_encoding,
            statistics,
        }))
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.packed.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.packed.skip_next_page()
    }
}

impl Iterator for Pages {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::write::GzEncoder;

    use super::*;

    fn packed(length: usize) -> Vec<u8> {
        let mut gzip = GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(&vec![b'x'; length]).unwrap();
        gzip.finish().unwrap()
    }

    #[test]
    fn no_more_is_unpacked_than_is_left() {
        let (member, mut left) = (packed(100_000), 250_000);
        assert_eq!(unpack(&member, &mut left).unwrap(), vec![b'x'; 100_000]);
        assert_eq!(unpack(&member, &mut left).unwrap().len(), 100_000);
        assert!(unpack(&member, &mut left).is_err());
        assert_eq!(left, 50_000);
    }

    #[test]
    fn what_a_member_says_of_its_length_is_no_more_than_it_has() {
        for claim in [0, 99_999, 100_001, u32::MAX] {
            let mut member = packed(100_000);
            let end = member.len() - 4;
            member[end..].copy_from_slice(&claim.to_le_bytes());
            assert!(unpack(&member, &mut 200_000).is_err(), "{claim}");
        }
    }
}
