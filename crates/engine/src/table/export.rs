//! Rows for other programs: CSV from the columns, and the frame around entries in a JSON array.
//!
//! What is not here: the entries themselves. NDJSON and JSON arrays are made of their own bytes, which the caller has
//! and [`Table::row_range`](super::Table::row_range) finds.

mod entry;

use alloc::vec::Vec;

use super::{
    Field, Missing, Table,
    cell::{Cell, Kind, number},
    field::Asked,
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
    /// Of these rows those with an object in one of the fields: [`Table::csv_rows`] needs their entries.
    ///
    /// # Errors
    ///
    /// What the table does not have of the fields.
    pub fn csv_needs(&self, fields: &[Field<'_>], rows: &[u32]) -> Result<Vec<u32>, Missing> {
        let asked = self.all_asked(fields)?;
        let needs = |row: &&u32| asked.iter().any(|asked| self.has_object(asked, **row));
        Ok(rows.iter().filter(needs).copied().collect())
    }

    /// Appends a line of CSV (RFC 4180) for each of the rows: text as it is, numbers in decimals, several values with
    /// `; ` between them, and nothing for `null` and what is not there. Objects, and arrays that hold some, are as
    /// `entry` has them, which gives a row's own bytes; without these they are left out.
    ///
    /// Text that a spreadsheet would take for a formula (it begins with `=`, `+`, `-`, `@`, a tab or a carriage return)
    /// gets an apostrophe before it. Numbers do not: they are no formulas.
    ///
    /// ```
    /// # use trailsift_engine::table::{Builder, Field, Settings};
    /// # let mut builder = Builder::new(Settings::default());
    /// # let entry = br#"{"a":{"b":"=1+1"},"n":-5}"#;
    /// # builder.push(entry).unwrap();
    /// # builder.push(br#"{"a":"=1+1"}"#).unwrap();
    /// # let table = builder.finish();
    /// let mut csv = Vec::new();
    /// let fields = [Field::at(&["a"]), Field::at(&["n"])];
    /// assert_eq!(table.csv_needs(&fields, &[0, 1]).unwrap(), [0]);
    /// table.csv_rows(&fields, &[0, 1], &|row| (row == 0).then_some(entry), &mut csv).unwrap();
    /// assert_eq!(str::from_utf8(&csv), Ok("\"{\"\"b\"\":\"\"=1+1\"\"}\",-5\r\n'=1+1,\r\n"));
    /// ```
    ///
    /// # Errors
    ///
    /// What the table does not have of the fields; nothing was appended.
    pub fn csv_rows<'e>(
        &self,
        fields: &[Field<'_>],
        rows: &[u32],
        entry: &dyn Fn(u32) -> Option<&'e [u8]>,
        out: &mut Vec<u8>,
    ) -> Result<(), Missing> {
        let asked = self.all_asked(fields)?;
        let mut cell = Vec::new();
        for row in rows {
            for (index, (asked, field)) in asked.iter().zip(fields).enumerate() {
                out.extend_from_slice(if index > 0 { b"," } else { b"" });
                cell.clear();
                let is_whole = self.has_object(asked, *row);
                let is_text = match is_whole.then(|| entry(*row)).flatten() {
                    Some(entry) => {
                        entry::push_entry(entry, field.paths, &mut cell);
                        true
                    }
                    None => self.push_cells(asked, *row, &mut cell),
                };
                push_field(&cell, is_text, out);
            }
            out.extend_from_slice(b"\r\n");
        }
        Ok(())
    }

    fn all_asked(&self, fields: &[Field<'_>]) -> Result<Vec<Asked>, Missing> {
        let mut missing = Missing::default();
        let asked = fields.iter().map(|field| self.asked(*field, &mut missing)).collect();
        if missing.is_empty() { Ok(asked) } else { Err(missing) }
    }

    /// Whether an object is among a field's values in a row.
    fn has_object(&self, asked: &Asked, row: u32) -> bool {
        let mut found = false;
        for column in asked.columns.iter().filter(|_| asked.derived.is_none()) {
            self.with_cell(*column, row, &mut |cell| {
                found |= cell.values().any(|value| value.kind == Kind::Object);
            });
        }
        found
    }

    /// Appends a field's values in a row; whether they are text.
    fn push_cells(&self, asked: &Asked, row: u32, field: &mut Vec<u8>) -> bool {
        let (mut count, mut is_text) = (0, false);
        for column in &asked.columns {
            self.with_cell(*column, row, &mut |cell| {
                for value in cell.values().filter_map(|value| asked.told(value)) {
                    field.extend_from_slice(if count > 0 { BETWEEN } else { b"" });
                    push_value(&value, field);
                    is_text |= value.kind == Kind::Text || count > 0;
                    count += 1;
                }
            });
        }
        is_text
    }
}

fn push_value(value: &Cell<'_>, field: &mut Vec<u8>) {
    match value.kind {
        Kind::False => field.extend_from_slice(b"false"),
        Kind::True => field.extend_from_slice(b"true"),
        Kind::Number => field.extend_from_slice(number(value.bytes).text().as_bytes()),
        Kind::Text => field.extend_from_slice(value.bytes),
        Kind::Missing | Kind::Null | Kind::Object | Kind::List => {}
    }
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
