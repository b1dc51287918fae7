//! A column of a file in the making: Parquet's writer of values, and LZ4 under it.

use bytes::Bytes;
use parquet::{
    basic::Compression,
    column::{
        page::{CompressedPage, Page, PageWriteSpec, PageWriter},
        writer::{ColumnWriter, get_column_writer},
    },
    errors::Result,
    file::{
        properties::WriterPropertiesPtr,
        writer::{SerializedPageWriter, SerializedRowGroupWriter, TrackedWrite},
    },
    schema::types::ColumnDescPtr,
};

use super::lz4;

/// Where the pages of a column go until the columns before it are written.
pub(super) type Pages = TrackedWrite<Vec<u8>>;

/// A writer of the values of a column.
pub(super) fn writer<'a>(
    column: ColumnDescPtr,
    properties: WriterPropertiesPtr,
    pages: &'a mut Pages,
) -> ColumnWriter<'a> {
    get_column_writer(column, properties, Box::new(Compressing(SerializedPageWriter::new(pages))))
}

/// Makes an LZ4 block of each page. The library's own codec for it looks less far for what repeats, and a segment is
/// written once.
struct Compressing<'a>(SerializedPageWriter<'a, Vec<u8>>);

impl PageWriter for Compressing<'_> {
    fn write_page(&mut self, page: CompressedPage) -> Result<PageWriteSpec> {
        let size = page.uncompressed_size();
        let block = Bytes::from(lz4::compress(page.data()));
        let page = match page.compressed_page().clone() {
            Page::DataPage {
                num_values,
                encoding,
                def_level_encoding,
                rep_level_encoding,
                statistics,
                ..
            } => Page::DataPage {
                buf: block,
                num_values,
                encoding,
                def_level_encoding,
                rep_level_encoding,
                statistics,
            },
            Page::DictionaryPage { num_values, encoding, is_sorted, .. } => {
                Page::DictionaryPage { buf: block, num_values, encoding, is_sorted }
            }
            // Pages of the second version keep their levels apart; none is written here.
            other @ Page::DataPageV2 { .. } => other,
        };
        self.0.write_page(CompressedPage::new(page, size))
    }

    fn close(&mut self) -> Result<()> {
        self.0.close()
    }
}

/// What is known of a column once all its values are written.
pub(super) type Closed = parquet::column::writer::ColumnCloseResult;

/// Ends a column.
pub(super) fn close(writer: ColumnWriter<'_>) -> Result<Closed> {
    let mut closed = writer.close()?;
    let metadata = closed.metadata.into_builder();
    closed.metadata = metadata.set_compression(Compression::LZ4_RAW).build()?;
    Ok(closed)
}

/// Puts a column into the file.
pub(super) fn append(
    rows: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    pages: Pages,
    closed: Closed,
) -> Result<()> {
    rows.append_column(&Bytes::from(pages.into_inner()?), closed)
}
