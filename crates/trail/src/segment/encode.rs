//! Entries to a Parquet file.

use std::sync::Arc;

use parquet::{
    basic::{Compression, Encoding, GzipLevel},
    data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type},
    errors::Result,
    file::{
        properties::{EnabledStatistics, WriterProperties},
        writer::{SerializedFileWriter, SerializedRowGroupWriter},
    },
    schema::types::ColumnPath,
};
use sha2::{Digest, Sha256};
use trailsift_core::{Field, FieldType, Schema};
use trailsift_engine::json::Json;

use super::{Encoded, Entry, fields, layout};
use crate::{kind::Kind, pruning, served::served};

/// Makes a segment of consecutive entries.
///
/// # Errors
/// What is wrong: no entries, or numbers with a gap between them.
pub fn encode(
    schema: &'static Schema,
    entries: &[Entry<'_>],
) -> std::result::Result<Encoded, String> {
    let gap = |pair: &[Entry<'_>]| match pair {
        [a, b] => a.stored.sequence.checked_add(1) != Some(b.stored.sequence),
        _ => false,
    };
    if entries.is_empty() || entries.windows(2).any(gap) {
        return Err("a segment holds consecutive entries, at least one".to_owned());
    }
    let bytes = file(schema, entries).map_err(|error| error.to_string())?;
    let sha256 = Sha256::digest(&bytes).into();
    Ok(Encoded { bytes, sha256, stats: pruning::Stats.encode() })
}

fn file(schema: &'static Schema, entries: &[Entry<'_>]) -> Result<Vec<u8>> {
    let kind = Kind::of(schema);
    let served: Vec<_> = entries
        .iter()
        .map(|Entry { stored, received }| {
            served(stored.bytes, stored.lacks, kind, stored.id, stored.time, *received)
        })
        .collect();
    let columns = layout::parquet_schema(schema)?;
    let mut writer = SerializedFileWriter::new(Vec::new(), columns, Arc::new(properties()?))?;
    let mut rows = writer.next_row_group()?;
    required::<Int64Type>(&mut rows, entries, |e| e.stored.sequence.cast_signed())?;
    required::<ByteArrayType>(&mut rows, entries, |e| ByteArray::from(e.stored.id))?;
    required::<Int64Type>(&mut rows, entries, |e| e.stored.time)?;
    required::<Int64Type>(&mut rows, entries, |e| e.received)?;
    required::<Int32Type>(&mut rows, entries, |e| i32::from(e.stored.lacks.0))?;
    required::<ByteArrayType>(&mut rows, entries, |e| ByteArray::from(e.stored.bytes))?;
    for field in layout::fields(schema) {
        let served = served.iter().map(|bytes| Json::new(bytes));
        field_column(&mut rows, schema, field, served)?;
    }
    rows.close()?;
    writer.into_inner()
}

fn properties() -> Result<WriterProperties> {
    let plain = |name: &str| ColumnPath::from(name);
    Ok(WriterProperties::builder()
        // No version: the same entries give the same bytes.
        .set_created_by("trailsift".to_owned())
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_compression(Compression::GZIP(GzipLevel::try_new(4)?))
        .set_data_page_size_limit(PAGE)
        .set_data_page_row_count_limit(usize::MAX)
        .set_column_dictionary_enabled(plain("sequence"), false)
        .set_column_dictionary_enabled(plain("id"), false)
        .set_column_dictionary_enabled(plain("time"), false)
        .set_column_dictionary_enabled(plain("received_at"), false)
        .set_column_dictionary_enabled(plain("lacks"), false)
        .set_column_dictionary_enabled(plain("entry"), false)
        .set_column_encoding(plain("sequence"), Encoding::PLAIN)
        .build())
}

/// One page a column: a reader has an entry's bytes in one place.
const PAGE: usize = 1 << 26;

fn required<T: DataType>(
    rows: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    entries: &[Entry<'_>],
    value: impl FnMut(&Entry<'_>) -> T::T,
) -> Result<()> {
    let values: Vec<T::T> = entries.iter().map(value).collect();
    column::<T>(rows, &values, None)
}

fn optional<T: DataType>(
    rows: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    values: impl Iterator<Item = Option<T::T>>,
) -> Result<()> {
    let mut present = Vec::new();
    let mut levels = Vec::new();
    for value in values {
        levels.push(i16::from(value.is_some()));
        present.extend(value);
    }
    column::<T>(rows, &present, Some(&levels))
}

fn column<T: DataType>(
    rows: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    values: &[T::T],
    levels: Option<&[i16]>,
) -> Result<()> {
    if let Some(mut column) = rows.next_column()? {
        column.typed::<T>().write_batch(values, levels, None)?;
        column.close()?;
    }
    Ok(())
}

fn field_column<'a>(
    rows: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    schema: &Schema,
    field: &Field,
    entries: impl Iterator<Item = Json<'a>>,
) -> Result<()> {
    match field.kind() {
        FieldType::Date => {
            let value = |entry| fields::first(schema, field, entry, fields::date);
            optional::<Int64Type>(rows, entries.map(value))
        }
        FieldType::Number => {
            let value = |entry| fields::first(schema, field, entry, fields::number);
            optional::<DoubleType>(rows, entries.map(value))
        }
        FieldType::Bool => {
            let value = |entry| fields::first(schema, field, entry, fields::boolean);
            optional::<BoolType>(rows, entries.map(value))
        }
        _ => {
            let value = |entry| fields::first(schema, field, entry, fields::text);
            optional::<ByteArrayType>(rows, entries.map(|e| value(e).map(ByteArray::from)))
        }
    }
}
