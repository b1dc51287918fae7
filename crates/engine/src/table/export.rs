//! Rows for other programs: CSV from the columns, and the frame around entries in a JSON array.
//!
//! What is not here: the entries themselves. NDJSON and JSON arrays are made of their own bytes, which the caller has
//! and [`Table::row_range`](super::Table::row_range) finds.

use alloc::vec::Vec;

use super::{
    Lookup, Missing, Table,
    cell::{Cell, Kind, number},
    dates,
    segment::Segment,
};

/// What stands before the first entry of a JSON array, between two, and behind the last.
pub const JSON_ARRAY: [&str; 3] = ["[\n", ",\n", "\n]\n"];

/// What stands between several values in one cell.
const BETWEEN: &[u8] = b"; ";

/// Appends a line of CSV (RFC 4180) that names columns.
///
/// ```
/// let mut csv = Vec::new();
/// trailsift_engine::table::csv_header(&["date", "a,b"], &mut csv);
/// assert_eq!(csv, b"date,\"a,b\"\r\n");
/// ```
pub fn csv_header(paths: &[&str], out: &mut Vec<u8>) {
    for (index, path) in paths.iter().enumerate() {
        out.extend_from_slice(if index > 0 { b"," } else { b"" });
        push_field(path.as_bytes(), true, out);
    }
    out.extend_from_slice(b"\r\n");
}

impl Table {
    /// Appends a line of CSV (RFC 4180) for each of the rows: text as it is, numbers in decimals, several values with
    /// `; ` between them, and nothing for `null`, objects and what is not there.
    ///
    /// Text that a spreadsheet would take for a formula (it begins with `=`, `+`, `-`, `@`, a tab or a carriage return)
    /// gets an apostrophe before it. Numbers do not: they are no formulas.
    ///
    /// ```
    /// # use trailsift_engine::table::{Builder, Settings};
    /// # let mut builder = Builder::new(Settings::default());
    /// # builder.push(br#"{"a":"=1+1","n":-5}{"a":"x \"y\""}"#).unwrap();
    /// # let table = builder.finish();
    /// let mut csv = Vec::new();
    /// table.csv_rows(&["a", "n"], &[0, 1], &mut csv).unwrap();
    /// assert_eq!(str::from_utf8(&csv), Ok("'=1+1,-5\r\n\"x \"\"y\"\"\",\r\n"));
    /// ```
    ///
    /// # Errors
    ///
    /// Paths without a column; nothing was appended.
    pub fn csv_rows(&self, paths: &[&str], rows: &[u32], out: &mut Vec<u8>) -> Result<(), Missing> {
        let mut missing = Missing::default();
        let mut columns = Vec::with_capacity(paths.len());
        for path in paths {
            match self.lookup(path) {
                Lookup::Column(column) => columns.push(Some(column)),
                Lookup::Nowhere => columns.push(None),
                Lookup::Unknown => missing.need(path),
            }
        }
        if !missing.is_empty() {
            return Err(missing);
        }
        let mut field = Vec::new();
        for row in rows {
            for (index, column) in columns.iter().enumerate() {
                out.extend_from_slice(if index > 0 { b"," } else { b"" });
                if let Some(column) = column {
                    self.with_cell(*column, *row, |cell| push_cell(cell, &mut field, out));
                }
            }
            out.extend_from_slice(b"\r\n");
        }
        Ok(())
    }

    /// Calls `with` with the cell of a row.
    fn with_cell(&self, column: usize, row: u32, with: impl FnOnce(Cell<'_>)) {
        let size = self.settings.sizes.segment;
        let (number, row) = (row as usize / size, row as usize % size);
        let Some(column) = self.columns.list.get(column) else { return };
        let Some(segment) = column.segments.get(number) else { return };
        match self.resolve(segment, number) {
            Segment::Dates(dates, digits) => {
                if let Ok(nanos) = dates.get(row) {
                    with(Cell::text(dates::Text::new().write(nanos, *digits)));
                }
            }
            segment => segment.with_cell(row, &column.dictionary, with),
        }
    }
}

/// `field` is room to put several values together.
fn push_cell(cell: Cell<'_>, field: &mut Vec<u8>, out: &mut Vec<u8>) {
    field.clear();
    let mut text = false;
    for (index, value) in cell.values().enumerate() {
        field.extend_from_slice(if index > 0 { BETWEEN } else { b"" });
        match value.kind {
            Kind::False => field.extend_from_slice(b"false"),
            Kind::True => field.extend_from_slice(b"true"),
            Kind::Number => field.extend_from_slice(number(value.bytes).text().as_bytes()),
            Kind::Text => field.extend_from_slice(value.bytes),
            Kind::Missing | Kind::Null | Kind::Object | Kind::List => {}
        }
        text |= value.kind == Kind::Text || index > 0;
    }
    push_field(field, text, out);
}

fn push_field(field: &[u8], text: bool, out: &mut Vec<u8>) {
    let formula = text && matches!(field.first(), Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r'));
    let quoted = field.iter().any(|byte| matches!(byte, b'"' | b',' | b'\r' | b'\n'));
    out.extend_from_slice(if quoted { b"\"" } else { b"" });
    out.extend_from_slice(if formula { b"'" } else { b"" });
    if quoted {
        for byte in field {
            out.extend_from_slice(if *byte == b'"' {
                b"\"\""
            } else {
                core::slice::from_ref(byte)
            });
        }
        out.push(b'"');
    } else {
        out.extend_from_slice(field);
    }
}
