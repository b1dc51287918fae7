//! Entries to a Parquet file and its statistics.

use std::sync::Arc;

use parquet::{
    basic::{Compression, Encoding, GzipLevel},
    column::writer::ColumnWriter,
    data_type::ByteArray,
    errors::{ParquetError, Result},
    file::{
        properties::{EnabledStatistics, WriterProperties},
        writer::SerializedFileWriter,
    },
    schema::types::{ColumnPath, SchemaDescriptor},
};
use sha2::{Digest, Sha256};
use trailsift_core::{Schema, filter::Word, values_at};

use super::{
    Encoded, Entry,
    column::{self, Pages},
    fields::FieldColumn,
    layout,
    opened::Opened,
};
use crate::{
    kind::Kind,
    pruning::{Collector, Stats},
    served::served,
};

/// So many entries are held as columns before they are given to Parquet's writers, which keep them smaller.
const BATCH: usize = 512;

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
    let (bytes, stats) = file(schema, entries).map_err(|error| error.to_string())?;
    let sha256 = Sha256::digest(&bytes).into();
    Ok(Encoded { bytes, sha256, stats: stats.encode() })
}

fn file(schema: &'static Schema, entries: &[Entry<'_>]) -> Result<(Vec<u8>, Stats)> {
    let all_utf8 = entries.iter().all(|entry| std::str::from_utf8(entry.stored.bytes).is_ok());
    let columns = layout::parquet_schema(schema, all_utf8)?;
    let descriptor = SchemaDescriptor::new(columns.clone());
    let properties = Arc::new(properties());
    let mut pages: Vec<Pages> =
        descriptor.columns().iter().map(|_| Pages::new(Vec::new())).collect();
    let mut writers: Vec<ColumnWriter<'_>> = descriptor
        .columns()
        .iter()
        .zip(&mut pages)
        .map(|(name, pages)| column::writer(name.clone(), properties.clone(), pages))
        .collect();
    let mut fields = Fields::new(schema);
    for batch in entries.chunks(BATCH) {
        write_own(&mut writers, batch)?;
        for entry in batch {
            fields.add(entry);
        }
        let mut written = fields.columns.iter_mut().zip(writers.iter_mut().skip(layout::OWN));
        written.try_for_each(|(column, writer)| column.write(writer))?;
    }
    let closed = writers.into_iter().map(ColumnWriter::close).collect::<Result<Vec<_>>>()?;
    let mut writer = SerializedFileWriter::new(Vec::new(), columns, properties)?;
    let mut rows = writer.next_row_group()?;
    for (pages, closed) in pages.into_iter().zip(closed) {
        column::append(&mut rows, pages, closed)?;
    }
    rows.close()?;
    Ok((writer.into_inner()?, fields.stats.finish()))
}

fn properties() -> WriterProperties {
    let mut properties = WriterProperties::builder()
        // No version: the same entries give the same bytes.
        .set_created_by("trailsift".to_owned())
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_offset_index_disabled(true)
        .set_compression(Compression::GZIP(GzipLevel::default()))
        // Nobody looks for an entry between two others.
        .set_column_statistics_enabled(ColumnPath::from("entry"), EnabledStatistics::None);
    for name in layout::OWN_NAMES {
        properties = properties.set_column_dictionary_enabled(ColumnPath::from(name), false);
    }
    for name in ["sequence", "time", "received_at"] {
        let column = ColumnPath::from(name);
        properties = properties.set_column_encoding(column, Encoding::DELTA_BINARY_PACKED);
    }
    properties.build()
}

/// The columns that every segment has.
fn write_own(writers: &mut [ColumnWriter<'_>], entries: &[Entry<'_>]) -> Result<()> {
    let [
        ColumnWriter::Int64ColumnWriter(sequence),
        ColumnWriter::ByteArrayColumnWriter(id),
        ColumnWriter::Int64ColumnWriter(time),
        ColumnWriter::Int64ColumnWriter(received),
        ColumnWriter::Int32ColumnWriter(lacks),
        ColumnWriter::ByteArrayColumnWriter(bytes),
        ..,
    ] = writers
    else {
        return Err(ParquetError::General("columns in another order".to_owned()));
    };
    fn each<T>(entries: &[Entry<'_>], of: impl Fn(&Entry<'_>) -> T) -> Vec<T> {
        entries.iter().map(of).collect()
    }
    sequence.write_batch(&each(entries, |e| e.stored.sequence.cast_signed()), None, None)?;
    id.write_batch(&each(entries, |e| ByteArray::from(e.stored.id)), None, None)?;
    time.write_batch(&each(entries, |e| e.stored.time), None, None)?;
    received.write_batch(&each(entries, |e| e.received), None, None)?;
    lacks.write_batch(&each(entries, |e| i32::from(e.stored.lacks.0)), None, None)?;
    bytes.write_batch(&each(entries, |e| ByteArray::from(e.stored.bytes)), None, None)?;
    Ok(())
}

/// The schema's fields, for their columns and for the statistics: one walk for both.
struct Fields {
    kind: &'static Kind,
    /// Where to look, what the statistics call it, and which column has what is found there.
    paths: Vec<(Word, usize, Option<usize>)>,
    columns: Vec<FieldColumn>,
    stats: Collector,
}

impl Fields {
    fn new(schema: &'static Schema) -> Self {
        let kind = Kind::of(schema);
        let (mut paths, mut columns, mut stats) = (Vec::new(), Vec::new(), Collector::default());
        for field in schema.fields() {
            let has_column = layout::has_column(schema, field);
            for path in schema.paths_of(field.name()).unwrap_or_default() {
                let is_id = kind.id_members.contains(&&*path);
                let number = stats.path(&path, is_id);
                paths.push((path, number, has_column.then_some(columns.len())));
            }
            columns.extend(has_column.then(|| FieldColumn::new(field)));
        }
        Self { kind, paths, columns, stats }
    }

    /// Filters see an entry as it is served, and so do those who read the columns.
    fn add(&mut self, entry: &Entry<'_>) {
        let Entry { stored, received } = entry;
        let bytes =
            served(stored.bytes, stored.lacks, self.kind, stored.id, stored.time, *received);
        let opened = Opened::new(&bytes);
        self.columns.iter_mut().for_each(FieldColumn::begin_entry);
        self.stats.begin_entry();
        for (path, number, column) in &self.paths {
            // The first path that has a value has the column's.
            let mut column = column.and_then(|column| self.columns.get_mut(column));
            column.take_if(|column| column.is_set());
            values_at(opened.value(), Some(path), |view| {
                self.stats.see(*number, view);
                if let Some(column) = &mut column {
                    column.see(view);
                }
            });
        }
    }
}
