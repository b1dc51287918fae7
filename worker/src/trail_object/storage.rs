//! The rows of one trail in its object's SQLite. Not what they mean: that is `trailsift_trail`'s.
//!
//! `SqlCursor::one` is never used: on no row it throws through an import that does not catch.

use std::{cell::RefCell, rc::Rc};

use js_sys::{Function, Reflect, Uint8Array};
use trailsift_trail::{
    chunk::{self, Chunk, Meta},
    known::Runs,
};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use worker::{SqlStorage, SqlStorageValue as Value, Storage};

/// Version of the tables below. A later build that changes them reads it and migrates.
const LAYOUT: i64 = 2;

const TABLES: &[&str] = &[
    "CREATE TABLE trail (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        layout INTEGER NOT NULL,
        schema TEXT NOT NULL,
        created INTEGER NOT NULL,
        listed INTEGER NOT NULL) STRICT",
    // The payload comes last, so that the columns before it are read without it.
    "CREATE TABLE chunk (
        first_seq INTEGER PRIMARY KEY,
        n INTEGER NOT NULL,
        lo_time INTEGER NOT NULL,
        hi_time INTEGER NOT NULL,
        received_at INTEGER NOT NULL,
        hash BLOB NOT NULL,
        ids BLOB NOT NULL,
        payload BLOB NOT NULL) STRICT",
];

/// The trail's own row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TrailRow {
    pub(crate) schema: String,
    /// Milliseconds since 1970.
    pub(crate) created: i64,
    /// Whether the trail is on its tenant's list.
    pub(crate) listed: bool,
}

/// The rows.
pub(crate) struct Rows {
    storage: Storage,
    sql: SqlStorage,
}

type Failure = String;

impl Rows {
    pub(crate) fn new(storage: Storage) -> Self {
        let sql = storage.sql();
        Self { storage, sql }
    }

    /// The trail's row; `None` when nothing was ever appended. Asking creates nothing.
    pub(crate) fn trail(&self) -> Result<Option<TrailRow>, Failure> {
        let tables = self.rows(
            "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'trail'",
            Vec::new(),
        )?;
        if tables.is_empty() {
            return Ok(None);
        }
        let rows = self.rows("SELECT layout, schema, created, listed FROM trail", Vec::new())?;
        let Some(row) = rows.into_iter().next() else { return Ok(None) };
        match <[Value; 4]>::try_from(row) {
            Ok(
                [
                    Value::Integer(LAYOUT),
                    Value::String(schema),
                    Value::Integer(created),
                    Value::Integer(listed),
                ],
            ) => Ok(Some(TrailRow { schema, created, listed: listed != 0 })),
            Ok([Value::Integer(layout), ..]) => {
                Err(format!("the trail has layout {layout}, this build knows {LAYOUT}"))
            }
            _ => Err("the trail's row is not readable".to_owned()),
        }
    }

    /// What is known of every chunk without its payload, in the order of numbers, with the hashes of its entries.
    pub(crate) fn chunks(
        &self,
        mut take: impl FnMut(Meta, &[u8]) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let query = "SELECT first_seq, n, lo_time, hi_time, received_at, length(payload), ids
            FROM chunk ORDER BY first_seq";
        let cursor = self.sql.exec(query, None).map_err(text)?;
        for row in cursor.raw() {
            let (meta, keys) =
                chunk_row(row.map_err(text)?).ok_or("a chunk's row is not readable")?;
            take(meta, &keys)?;
        }
        Ok(())
    }

    /// Writes chunks, and the trail's row where it is new, all or nothing.
    pub(crate) fn append(
        &self,
        new_trail: Option<&TrailRow>,
        chunks: &[Chunk],
    ) -> Result<(), Failure> {
        let mut statements = Vec::new();
        if let Some(trail) = new_trail {
            statements
                .extend(TABLES.iter().map(|table| Statement { text: table, values: Vec::new() }));
            let values = vec![
                JsValue::from_f64(1.0),
                number(LAYOUT)?,
                JsValue::from_str(&trail.schema),
                number(trail.created)?,
                number(i64::from(trail.listed))?,
            ];
            statements.push(Statement { text: "INSERT INTO trail VALUES (?, ?, ?, ?, ?)", values });
        }
        for Chunk { meta, hash, keys, payload } in chunks {
            let values = vec![
                number(whole(meta.first)?)?,
                number(whole(meta.count)?)?,
                number(meta.lo)?,
                number(meta.hi)?,
                number(meta.received)?,
                Uint8Array::from(&hash[..]).into(),
                Uint8Array::from(&keys[..]).into(),
                Uint8Array::from(&payload[..]).into(),
            ];
            statements.push(Statement {
                text: "INSERT INTO chunk VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                values,
            });
        }
        self.in_one_transaction(statements)
    }

    /// The payload of the chunk that begins with the number `first`.
    pub(crate) fn payload(&self, first: u64) -> Result<Vec<u8>, Failure> {
        let values = vec![Value::Integer(whole(first)?)];
        let rows = self.rows("SELECT payload, hash FROM chunk WHERE first_seq = ?", values)?;
        match rows.into_iter().next().map(<[Value; 2]>::try_from) {
            Some(Ok([Value::Blob(payload), Value::Blob(hash)])) => {
                chunk::verify(&payload, &hash)
                    .map_err(|corrupt| format!("chunk {first}: {corrupt}"))?;
                Ok(payload)
            }
            Some(_) => Err(format!("chunk {first} has a row that is not readable")),
            None => Err(format!("chunk {first} is missing")),
        }
    }

    /// Says that the trail is on its tenant's list.
    pub(crate) fn mark_listed(&self) -> Result<(), Failure> {
        self.sql.exec("UPDATE trail SET listed = 1", None).map_err(text).map(|_| ())
    }

    /// Runs statements in `transactionSync`, which the crate does not wrap. An error rolls all of them back; outside
    /// of it an error leaves what was written before.
    fn in_one_transaction(&self, statements: Vec<Statement>) -> Result<(), Failure> {
        let storage: &JsValue = self.storage.as_raw().as_ref();
        let transaction = Reflect::get(storage, &"transactionSync".into()).map_err(thrown)?;
        let transaction: Function = transaction.dyn_into().map_err(thrown)?;
        let sql = self.sql.clone();
        let statements = Rc::new(RefCell::new(statements));
        let run = move || -> Result<JsValue, JsValue> {
            for Statement { text, values } in statements.take() {
                sql.exec_raw(text, values).map_err(JsValue::from)?;
            }
            Ok(JsValue::UNDEFINED)
        };
        let run: Box<dyn FnMut() -> Result<JsValue, JsValue>> = Box::new(run);
        let run = Closure::wrap_assert_unwind_safe(run);
        transaction.call1(storage, run.as_ref()).map_err(thrown).map(|_| ())
    }

    fn rows(&self, query: &str, values: Vec<Value>) -> Result<Vec<Vec<Value>>, Failure> {
        let cursor = self.sql.exec(query, values).map_err(text)?;
        cursor.raw().map(|row| row.map_err(text)).collect()
    }
}

impl Runs for Rows {
    // No keys are sealed yet.
    fn run(&self, number: u64) -> Result<Vec<u8>, Failure> {
        Err(format!("run {number} of keys is missing"))
    }
}

struct Statement {
    text: &'static str,
    values: Vec<JsValue>,
}

fn chunk_row(row: Vec<Value>) -> Option<(Meta, Vec<u8>)> {
    let [first, count, lo, hi, received, bytes, keys] = <[Value; 7]>::try_from(row).ok()?;
    let integer = |value: Value| match value {
        Value::Integer(value) => Some(value),
        _ => None,
    };
    let natural = |value: Value| u64::try_from(integer(value)?).ok();
    let Value::Blob(keys) = keys else { return None };
    let meta = Meta {
        first: natural(first)?,
        count: natural(count)?,
        lo: integer(lo)?,
        hi: integer(hi)?,
        received: integer(received)?,
        bytes: natural(bytes)?,
    };
    Some((meta, keys))
}

fn number(value: i64) -> Result<JsValue, Failure> {
    exact(value).map(JsValue::from_f64)
}

/// Integers cross to JavaScript as doubles: beyond 2^53 they would change.
fn exact(value: i64) -> Result<f64, Failure> {
    const EXACT: i64 = 1 << 53;
    if (-EXACT..=EXACT).contains(&value) {
        Ok(value as f64)
    } else {
        Err(format!("{value} is beyond what crosses to the database unchanged"))
    }
}

fn whole(value: u64) -> Result<i64, Failure> {
    i64::try_from(value).map_err(|_| format!("{value} is beyond what the database holds"))
}

fn text(error: worker::Error) -> Failure {
    error.to_string()
}

fn thrown(error: JsValue) -> Failure {
    worker::Error::from(error).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_would_change_is_refused() {
        for value in [0, -1, 1 << 53, -(1 << 53)] {
            assert_eq!(exact(value).unwrap() as i64, value);
        }
        for value in [(1 << 53) + 1, i64::MAX, i64::MIN] {
            assert!(exact(value).unwrap_err().starts_with(&value.to_string()));
        }
    }
}
