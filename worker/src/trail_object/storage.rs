//! The rows of one trail in its object's SQLite. Not what they mean: that is `trailsift_trail`'s.
//!
//! `SqlCursor::one` is never used: on no row it throws through an import that does not catch.

use std::{cell::RefCell, rc::Rc};

use js_sys::{Function, Reflect, Uint8Array};
use trailsift_proof::Hash;
use trailsift_trail::{
    chunk::{self, Chunk, Meta},
    directory::{Piece, Sealed},
    keeper::{ChunkRow, Database, SegmentRow, State, TrailRow, Write},
    known::{GroupRow, RunRow, Runs},
};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use worker::{SqlStorage, SqlStorageValue as Value, Storage};

/// Version of the tables below, refused by a build that knows another. No deployment has kept entries under 1.
const LAYOUT: i64 = 2;

/// What is read of all rows at once stands before what is large, so that it is read without it.
const TABLES: &[&str] = &[
    "CREATE TABLE trail (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        layout INTEGER NOT NULL,
        schema TEXT NOT NULL,
        created INTEGER NOT NULL,
        listed INTEGER NOT NULL,
        retention INTEGER,
        sealing INTEGER) STRICT",
    "CREATE TABLE chunk (
        first_seq INTEGER PRIMARY KEY,
        n INTEGER NOT NULL,
        lo_time INTEGER NOT NULL,
        hi_time INTEGER NOT NULL,
        received_at INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        hash BLOB NOT NULL,
        keys BLOB NOT NULL,
        peaks BLOB NOT NULL,
        payload BLOB NOT NULL) STRICT",
    "CREATE TABLE segment (
        first_seq INTEGER PRIMARY KEY,
        n INTEGER NOT NULL,
        lo_time INTEGER NOT NULL,
        hi_time INTEGER NOT NULL,
        opened_at INTEGER NOT NULL,
        received_at INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        size INTEGER NOT NULL,
        sha256 BLOB NOT NULL,
        state INTEGER NOT NULL,
        peaks BLOB NOT NULL,
        checkpoint TEXT,
        stats BLOB NOT NULL) STRICT",
    "CREATE TABLE key_run (
        number INTEGER PRIMARY KEY,
        first_seq INTEGER NOT NULL,
        last_seq INTEGER NOT NULL,
        keys BLOB NOT NULL) STRICT",
    "CREATE TABLE key_group (number INTEGER PRIMARY KEY, filters BLOB NOT NULL) STRICT",
    "CREATE TABLE source (name TEXT PRIMARY KEY, checkpoint TEXT NOT NULL) STRICT, WITHOUT ROWID",
];

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

    fn rows<const N: usize>(
        &self,
        query: &str,
        values: Vec<Value>,
    ) -> Result<Vec<[Value; N]>, Failure> {
        self.iter(query, values).collect()
    }

    /// The rows of a query, read one by one.
    fn iter<const N: usize>(
        &self,
        query: &str,
        values: Vec<Value>,
    ) -> impl Iterator<Item = Result<[Value; N], Failure>> {
        let (cursor, failure) = match self.sql.exec(query, values) {
            Ok(cursor) => (Some(cursor), None),
            Err(error) => (None, Some(Err(text(error)))),
        };
        let rows = cursor.map(|cursor| cursor.raw()).into_iter().flatten();
        let rows = rows
            .map(|row| <[Value; N]>::try_from(row.map_err(text)?).map_err(|_| unreadable("row")));
        failure.into_iter().chain(rows)
    }

    /// The one blob that a query finds.
    fn blob(&self, query: &str, key: u64, what: &str) -> Result<Vec<u8>, Failure> {
        match self.rows(query, vec![Value::Integer(whole(key)?)])?.pop() {
            Some([Value::Blob(bytes)]) => Ok(bytes),
            Some(_) => Err(unreadable(what)),
            None => Err(format!("{what} {key} is missing")),
        }
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
                let _cursor = sql.exec_raw(text, values).map_err(JsValue::from)?;
                #[cfg(feature = "counts")]
                crate::counts::wrote(_cursor.rows_written());
            }
            Ok(JsValue::UNDEFINED)
        };
        let run: Box<dyn FnMut() -> Result<JsValue, JsValue>> = Box::new(run);
        let run = Closure::wrap_assert_unwind_safe(run);
        transaction.call1(storage, run.as_ref()).map_err(thrown).map(|_| ())
    }

    /// Whether the tables are there. Asking creates nothing.
    fn has_tables(&self) -> Result<bool, Failure> {
        let query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'trail'";
        Ok(!self.rows::<1>(query, Vec::new())?.is_empty())
    }
}

impl Runs for Rows {
    fn run(&self, number: u64) -> Result<Vec<u8>, Failure> {
        self.blob("SELECT keys FROM key_run WHERE number = ?", number, "run of keys")
    }
}

impl Database for Rows {
    fn trail(&self) -> Result<Option<TrailRow>, Failure> {
        if !self.has_tables()? {
            return Ok(None);
        }
        let [layout] = match self.rows("SELECT layout FROM trail", Vec::new())?.pop() {
            Some(row) => row,
            None => return Ok(None),
        };
        if !matches!(layout, Value::Integer(LAYOUT)) {
            return Err(format!("the trail's rows have another layout than {LAYOUT}"));
        }
        let query = "SELECT schema, created, listed, retention, sealing FROM trail";
        match self.rows(query, Vec::new())?.pop() {
            Some([Value::String(schema), created, listed, retention, sealing]) => {
                Ok(Some(TrailRow {
                    schema,
                    created: integer(&created)?,
                    listed: integer(&listed)? != 0,
                    retention: optional(&retention)?,
                    sealing: optional(&sealing)?.map(natural).transpose()?,
                }))
            }
            _ => Err(unreadable("row of the trail")),
        }
    }

    fn segments(
        &self,
        take: &mut dyn FnMut(SegmentRow) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let query = "SELECT first_seq, n, lo_time, hi_time, received_at, bytes, opened_at, size, state, sha256, peaks
            FROM segment ORDER BY first_seq";
        self.iter::<11>(query, Vec::new()).try_for_each(|row| take(segment_row(&row?)?))
    }

    fn chunks(&self, take: &mut dyn FnMut(ChunkRow) -> Result<(), Failure>) -> Result<(), Failure> {
        let query = "SELECT first_seq, n, lo_time, hi_time, received_at, bytes, keys, peaks
            FROM chunk ORDER BY first_seq";
        self.iter::<8>(query, Vec::new()).try_for_each(|row| {
            let row = row?;
            let meta = meta(&row)?;
            match row {
                [.., Value::Blob(keys), Value::Blob(peaks)] => {
                    take(ChunkRow { meta, keys, peaks: hashes(&peaks) })
                }
                _ => Err(unreadable("chunk")),
            }
        })
    }

    fn groups(&self) -> impl Iterator<Item = Result<GroupRow, Failure>> {
        let rows = self.iter("SELECT number, filters FROM key_group ORDER BY number", Vec::new());
        rows.map(|row| match row? {
            [Value::Integer(number), Value::Blob(bytes)] => {
                Ok(GroupRow { number: natural(number)?, bytes })
            }
            _ => Err(unreadable("group of runs")),
        })
    }

    fn runs_from(&self, number: u64) -> impl Iterator<Item = Result<RunRow, Failure>> {
        let query = "SELECT number, first_seq, last_seq, keys FROM key_run WHERE number >= ? ORDER BY number";
        let from = Value::Integer(whole(number).unwrap_or(i64::MAX));
        self.iter(query, vec![from]).map(|row| match row? {
            [number, first, last, Value::Blob(bytes)] => Ok(RunRow {
                number: natural(integer(&number)?)?,
                first: natural(integer(&first)?)?,
                last: natural(integer(&last)?)?,
                bytes,
            }),
            _ => Err(unreadable("run of keys")),
        })
    }

    fn group_end(&self) -> Result<u64, Failure> {
        match self.rows("SELECT max(number) FROM key_group", Vec::new())?.pop() {
            Some([Value::Integer(last)]) => Ok(natural(last)? + 1),
            _ => Ok(0),
        }
    }

    fn payload(&self, first: u64) -> Result<Option<Vec<u8>>, Failure> {
        let query = "SELECT payload, hash FROM chunk WHERE first_seq = ?";
        match self.rows(query, vec![Value::Integer(whole(first)?)])?.pop() {
            Some([Value::Blob(payload), Value::Blob(hash)]) => {
                let verified = chunk::verify(&payload, &hash);
                verified.map_err(|corrupt| format!("chunk {first}: {corrupt}"))?;
                Ok(Some(payload))
            }
            Some(_) => Err(unreadable("chunk")),
            None => Ok(None),
        }
    }

    fn stats(&self, first: u64) -> Result<Vec<u8>, Failure> {
        self.blob("SELECT stats FROM segment WHERE first_seq = ?", first, "segment")
    }

    fn source(&self, name: &str) -> Result<Option<String>, Failure> {
        if !self.has_tables()? {
            return Ok(None);
        }
        let query = "SELECT checkpoint FROM source WHERE name = ?";
        match self.rows(query, vec![Value::String(name.to_owned())])?.pop() {
            Some([Value::String(checkpoint)]) => Ok(Some(checkpoint)),
            Some(_) => Err(unreadable("source")),
            None => Ok(None),
        }
    }

    fn write(&self, writes: Vec<Write>) -> Result<(), Failure> {
        let mut statements = Vec::new();
        if !self.has_tables()? {
            statements
                .extend(TABLES.iter().map(|table| Statement { text: table, values: Vec::new() }));
        }
        for write in writes {
            push(&mut statements, write)?;
        }
        self.in_one_transaction(statements)
    }
}

struct Statement {
    text: &'static str,
    values: Vec<JsValue>,
}

fn push(statements: &mut Vec<Statement>, write: Write) -> Result<(), Failure> {
    let (text, values) = match write {
        Write::Trail(trail) => (
            "INSERT OR REPLACE INTO trail VALUES (1, ?, ?, ?, ?, ?, ?)",
            vec![
                number(LAYOUT)?,
                JsValue::from_str(&trail.schema),
                number(trail.created)?,
                number(i64::from(trail.listed))?,
                trail.retention.map_or(Ok(JsValue::NULL), number)?,
                trail.sealing.map_or(Ok(JsValue::NULL), natural_number)?,
            ],
        ),
        Write::Chunk(Chunk { meta, hash, keys, payload }, peaks) => (
            "INSERT INTO chunk VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            vec![
                natural_number(meta.first)?,
                natural_number(meta.count)?,
                number(meta.lo)?,
                number(meta.hi)?,
                number(meta.received)?,
                natural_number(meta.bytes)?,
                bytes(&hash),
                bytes(&keys),
                bytes(&concatenated(&peaks)),
                bytes(&payload),
            ],
        ),
        Write::DropChunks { last } => {
            ("DELETE FROM chunk WHERE first_seq <= ?", vec![natural_number(last)?])
        }
        Write::Segment { row: SegmentRow { piece, peaks, state }, stats, checkpoint } => {
            let Piece { meta, sealed } = piece;
            let sealed = sealed.ok_or("a segment that is not sealed")?;
            (
                "INSERT INTO segment VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                vec![
                    natural_number(meta.first)?,
                    natural_number(meta.count)?,
                    number(meta.lo)?,
                    number(meta.hi)?,
                    number(sealed.opened)?,
                    number(meta.received)?,
                    natural_number(meta.bytes)?,
                    natural_number(sealed.size)?,
                    bytes(sealed.sha256.as_bytes()),
                    number(state_number(state))?,
                    bytes(&concatenated(&peaks)),
                    checkpoint.map_or(JsValue::NULL, |note| JsValue::from_str(&note)),
                    bytes(&stats),
                ],
            )
        }
        // The statistics hold values of the entries: they go with them.
        Write::SegmentState { first, state } => (
            "UPDATE segment SET state = ?, stats = x'' WHERE first_seq = ?",
            vec![number(state_number(state))?, natural_number(first)?],
        ),
        Write::Run(RunRow { number: run, first, last, bytes: keys }) => (
            "INSERT OR REPLACE INTO key_run VALUES (?, ?, ?, ?)",
            vec![natural_number(run)?, natural_number(first)?, natural_number(last)?, bytes(&keys)],
        ),
        Write::Group(GroupRow { number: group, bytes: filters }) => (
            "INSERT OR REPLACE INTO key_group VALUES (?, ?)",
            vec![natural_number(group)?, bytes(&filters)],
        ),
        Write::DropKeys(living) => {
            statements.push(Statement {
                text: "DELETE FROM key_group WHERE number < ?",
                values: vec![natural_number(living.group)?],
            });
            ("DELETE FROM key_run WHERE number < ?", vec![natural_number(living.run)?])
        }
        Write::Source { name, checkpoint } => (
            "INSERT OR REPLACE INTO source VALUES (?, ?)",
            vec![JsValue::from_str(&name), JsValue::from_str(&checkpoint)],
        ),
    };
    statements.push(Statement { text, values });
    Ok(())
}

const fn state_number(state: State) -> i64 {
    match state {
        State::Kept => 0,
        State::Expired => 1,
        State::Removed => 2,
    }
}

/// What a chunk's and a segment's row begin with.
fn meta(row: &[Value]) -> Result<Meta, Failure> {
    let [first, count, lo, hi, received, bytes, ..] = row else {
        return Err(unreadable("row"));
    };
    Ok(Meta {
        first: natural(integer(first)?)?,
        count: natural(integer(count)?)?,
        lo: integer(lo)?,
        hi: integer(hi)?,
        received: integer(received)?,
        bytes: natural(integer(bytes)?)?,
    })
}

fn segment_row(row: &[Value; 11]) -> Result<SegmentRow, Failure> {
    let meta = meta(row)?;
    let [.., opened, size, state, Value::Blob(sha256), Value::Blob(peaks)] = row else {
        return Err(unreadable("segment"));
    };
    let sha256 = <[u8; 32]>::try_from(&**sha256).map_err(|_| unreadable("segment"))?;
    let state = match integer(state)? {
        0 => State::Kept,
        1 => State::Expired,
        2 => State::Removed,
        _ => return Err(unreadable("segment")),
    };
    let sealed = Sealed {
        opened: integer(opened)?,
        size: natural(integer(size)?)?,
        sha256: Hash::new(sha256),
    };
    Ok(SegmentRow { piece: Piece { meta, sealed: Some(sealed) }, peaks: hashes(peaks), state })
}

fn hashes(bytes: &[u8]) -> Vec<Hash> {
    bytes.as_chunks::<32>().0.iter().copied().map(Hash::new).collect()
}

fn concatenated(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| *hash.as_bytes()).collect()
}

fn integer(value: &Value) -> Result<i64, Failure> {
    match value {
        Value::Integer(value) => Ok(*value),
        _ => Err(unreadable("number")),
    }
}

fn optional(value: &Value) -> Result<Option<i64>, Failure> {
    match value {
        Value::Null => Ok(None),
        value => integer(value).map(Some),
    }
}

fn natural(value: i64) -> Result<u64, Failure> {
    u64::try_from(value).map_err(|_| unreadable("number"))
}

fn unreadable(what: &str) -> Failure {
    format!("a {what} in the trail's database is not readable")
}

fn bytes(bytes: &[u8]) -> JsValue {
    Uint8Array::from(bytes).into()
}

fn natural_number(value: u64) -> Result<JsValue, Failure> {
    number(whole(value)?)
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
