//! A column of a file in the making: Parquet's writers, one for each column at the same time.

use bytes::Bytes;
use parquet::{
    column::writer::{ColumnCloseResult, ColumnWriter, get_column_writer},
    errors::Result,
    file::{
        properties::WriterPropertiesPtr,
        writer::{SerializedPageWriter, SerializedRowGroupWriter, TrackedWrite},
    },
    schema::types::ColumnDescPtr,
};

/// Where the pages of a column go until the columns before it are written.
pub(super) type Pages = TrackedWrite<Vec<u8>>;

/// A writer of the values of a column.
pub(super) fn writer<'a>(
    column: ColumnDescPtr,
    properties: WriterPropertiesPtr,
    pages: &'a mut Pages,
) -> ColumnWriter<'a> {
    get_column_writer(column, properties, Box::new(SerializedPageWriter::new(pages)))
}

/// Puts a column into the file.
pub(super) fn append(
    rows: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    pages: Pages,
    closed: ColumnCloseResult,
) -> Result<()> {
    rows.append_column(&Bytes::from(pages.into_inner()?), closed)
}
