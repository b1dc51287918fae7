//! What the objects' rows and the bucket were asked for, counted for `cargo xtask bench --store`. Only in a build with
//! the feature `counts`, which is never deployed.
//!
//! On a machine of one's own the front and all objects run in one isolate, so one set of numbers is that of all.

use std::cell::RefCell;

use axum::{Router, response::Response};
use http::StatusCode;
use js_sys::{ArrayBuffer, WebAssembly::Memory};
use serde::Serialize;
use wasm_bindgen::JsCast;

use crate::{
    credentials::{self, scope},
    error::Problem,
    handler::get,
    incoming::Incoming,
    reply,
    site::Site,
    surface::Surface,
};

/// The numbers, since the isolate began.
#[derive(Clone, Debug, Default, Serialize)]
struct Counts {
    /// Rows of SQLite written, as SQLite counts them and the platform bills them; an alarm that is set is one.
    rows: u64,
    /// Objects asked for in R2.
    gets: u64,
    /// Bytes of those.
    get_bytes: u64,
    /// Objects stored in R2.
    puts: u64,
    /// Bytes of those.
    put_bytes: u64,
    /// Entries in those.
    put_entries: u64,
    /// Bytes of WebAssembly's memory.
    memory: u32,
}

thread_local! {
    static COUNTS: RefCell<Counts> = RefCell::default();
}

/// `GET /v1/counts`.
pub(crate) fn routes() -> Router<Site> {
    Router::new().route("/v1/counts", get(Surface::Ours, answer))
}

async fn answer(site: &Site, incoming: &Incoming) -> Result<Response, Problem> {
    credentials::bearer(site, incoming, Surface::Ours)?.with(scope::READ)?;
    let mut counts = COUNTS.with_borrow(Clone::clone);
    let memory: Memory = wasm_bindgen::memory().unchecked_into();
    counts.memory = memory.buffer().unchecked_into::<ArrayBuffer>().byte_length();
    let counts = serde_json::to_value(counts).map_err(Problem::internal)?;
    Ok(reply::json(StatusCode::OK, &counts))
}

/// Rows were written.
pub(crate) fn wrote(rows: usize) {
    COUNTS.with_borrow_mut(|counts| counts.rows += rows as u64);
}

/// R2 was asked for an object.
pub(crate) fn got(bytes: usize) {
    COUNTS.with_borrow_mut(|counts| {
        counts.gets += 1;
        counts.get_bytes += bytes as u64;
    });
}

/// R2 has stored an object, whose name ends with the first and the last number of its entries.
pub(crate) fn put(key: &str, bytes: usize) {
    let name = key.rsplit('/').next().and_then(|name| name.strip_suffix(".parquet"));
    let range = name.and_then(|name| {
        let (first, last) = name.split_once('-')?;
        Some((first.parse::<u64>().ok()?, last.parse::<u64>().ok()?))
    });
    COUNTS.with_borrow_mut(|counts| {
        counts.puts += 1;
        counts.put_bytes += bytes as u64;
        counts.put_entries += range.map_or(0, |(first, last)| last + 1 - first);
    });
}
