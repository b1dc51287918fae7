//! The schema's fields as columns. One value of each: an entry may hold several, and its own bytes have them.

use parquet::{
    column::writer::ColumnWriter,
    data_type::ByteArray,
    errors::{ParquetError, Result},
};
use trailsift_core::{Field, FieldType, Number, Timestamp, View};

/// The values of one field, in the order of the entries, until they are written.
pub(super) struct FieldColumn {
    kind: FieldType,
    cells: Vec<Option<Cell>>,
}

enum Cell {
    Text(ByteArray),
    Number(f64),
    Date(i64),
    Bool(bool),
}

impl FieldColumn {
    pub(super) const fn new(field: &Field) -> Self {
        Self { kind: field.kind(), cells: Vec::new() }
    }

    pub(super) fn begin_entry(&mut self) {
        self.cells.push(None);
    }

    /// Whether the entry has a value already.
    pub(super) fn is_set(&self) -> bool {
        matches!(self.cells.last(), Some(Some(_)))
    }

    /// A value of the entry, the last one first, as the walk meets them.
    pub(super) fn see(&mut self, view: &View<'_>) {
        let cell = match self.kind {
            FieldType::Date => date(view).map(Cell::Date),
            FieldType::Number => number(view).map(Cell::Number),
            FieldType::Bool => boolean(view).map(Cell::Bool),
            _ => text(view).map(Cell::Text),
        };
        if let (Some(last), Some(_)) = (self.cells.last_mut(), &cell) {
            *last = cell;
        }
    }

    /// Gives all that it holds to the writer.
    pub(super) fn write(&mut self, writer: &mut ColumnWriter<'_>) -> Result<()> {
        let levels: Vec<i16> = self.cells.iter().map(|cell| i16::from(cell.is_some())).collect();
        let (mut texts, mut numbers) = (Vec::new(), Vec::new());
        let (mut dates, mut bools) = (Vec::new(), Vec::new());
        for cell in self.cells.drain(..).flatten() {
            match cell {
                Cell::Text(text) => texts.push(text),
                Cell::Number(number) => numbers.push(number),
                Cell::Date(date) => dates.push(date),
                Cell::Bool(value) => bools.push(value),
            }
        }
        match writer {
            ColumnWriter::ByteArrayColumnWriter(to) => to.write_batch(&texts, Some(&levels), None),
            ColumnWriter::DoubleColumnWriter(to) => to.write_batch(&numbers, Some(&levels), None),
            ColumnWriter::Int64ColumnWriter(to) => to.write_batch(&dates, Some(&levels), None),
            ColumnWriter::BoolColumnWriter(to) => to.write_batch(&bools, Some(&levels), None),
            _ => Err(ParquetError::General("a column of another type".to_owned())),
        }?;
        Ok(())
    }
}

fn text(view: &View<'_>) -> Option<ByteArray> {
    match view {
        View::Text(text) => Some(String::from_utf8_lossy(text).into_owned().into_bytes().into()),
        View::Number(number) => Some(number.text().into_bytes().into()),
        View::Bool(value) => Some(value.to_string().into_bytes().into()),
        View::Null | View::Array | View::Object => None,
    }
}

#[expect(clippy::cast_precision_loss, reason = "for sums and averages; the entry has all digits")]
fn number(view: &View<'_>) -> Option<f64> {
    let number = match view {
        View::Number(number) => *number,
        View::Text(text) => Number::parse(std::str::from_utf8(text).ok()?)?,
        _ => return None,
    };
    Some(match number {
        Number::Integer(whole) => whole as f64,
        Number::Float(float) => float,
    })
}

fn date(view: &View<'_>) -> Option<i64> {
    match view {
        View::Text(text) => Timestamp::parse(text).map(Timestamp::as_millis),
        _ => None,
    }
}

fn boolean(view: &View<'_>) -> Option<bool> {
    match view {
        View::Bool(value) => Some(*value),
        View::Text(text) if **text == *b"true" => Some(true),
        View::Text(text) if **text == *b"false" => Some(false),
        _ => None,
    }
}
