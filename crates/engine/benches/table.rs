//! How fast a table is built, and how fast it answers once it is there.
//!
//! The log is the file that `TRAILSIFT_BENCH_LOG` names, of Auth0's entries (`cargo xtask generate --kind auth0 --entries
//! 1000000 --output …`); without it, 20,000 entries made here, which say nothing about memory and little about speed.
//! Questions are asked of a fresh copy of the table where a row says `cold`: no bitmap is kept.
//!
//! `cargo bench -p trailsift-engine --bench table`

use std::sync::OnceLock;

use divan::{Bencher, black_box, counter::BytesCount};
use trailsift_core::{Filter, Options, Schema, compile};
use trailsift_engine::table::{Builder, Field, Settings, Sort, Table};

const Q1: &str = "type:f AND ip:10.1.* AND date:[2026-06-10T00:00:00Z TO 2026-06-20T00:00:00Z]";
const EDITED: &str =
    "type:fp AND ip:10.1.* AND date:[2026-06-10T00:00:00Z TO 2026-06-20T00:00:00Z]";
const FIELDS: [Field<'_>; 6] = [
    Field::at(&["type"]),
    Field::at(&["connection"]),
    Field::at(&["client_name"]),
    Field::at(&["ip"]),
    Field::at(&["user_name"]),
    Field::at(&["hostname"]),
];

fn main() {
    if let Some(table) = std::env::var_os("TRAILSIFT_BENCH_LOG").map(|_| table()) {
        let bytes = table.memory() as f64 / f64::from(table.len());
        println!("{} entries, {bytes:.1} bytes of memory each", table.len());
    }
    divan::main();
}

fn log() -> &'static [u8] {
    static LOG: OnceLock<Vec<u8>> = OnceLock::new();
    LOG.get_or_init(|| {
        let file = std::env::var_os("TRAILSIFT_BENCH_LOG").map(std::fs::read);
        file.and_then(Result::ok).unwrap_or_else(|| (0..20_000).flat_map(entry).collect())
    })
}

fn entry(n: u32) -> Vec<u8> {
    let kind = ["s", "f", "fp", "seacft", "slo"].get(n as usize % 5).copied().unwrap_or_default();
    format!(
        "{{\"date\":\"2026-06-{:02}T{:02}:{:02}:00.{:03}Z\",\"type\":\"{kind}\",\"ip\":\"10.{}.{}.7\",\
         \"user_name\":\"user{}@example.com\",\"log_id\":\"900{n:040}\",\"_id\":\"900{n:040}\"}}\n",
        1 + n % 28, n % 24, n % 60, n % 1000, n % 3, n % 199, n % 997,
    )
    .into_bytes()
}

fn build(settings: Settings) -> Table {
    let mut builder = Builder::new(settings);
    for chunk in log().chunks(4 << 20) {
        if builder.push(chunk).is_err() {
            break;
        }
    }
    builder.finish()
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| build(Settings::default()))
}

fn filter(text: &str) -> Filter {
    let schema = Schema::by_name("auth0").unwrap_or(Schema::ANY);
    let options = Options { schema, ..Options::default() };
    compile(text, &options).map_or(Filter::NONE, |query| query.filter().clone())
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn build_top_level(bencher: Bencher<'_, '_>) {
    bencher.counter(BytesCount::of_slice(log())).bench(|| build(Settings::default()));
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn build_with_nested(bencher: Bencher<'_, '_>) {
    let paths = ["details.request.ip", "details.request.method", "location_info.country_code"];
    let settings = Settings { paths: paths.map(String::from).to_vec(), ..Settings::default() };
    bencher.counter(BytesCount::of_slice(log())).bench(|| build(settings.clone()));
}

/// Counts with no bitmap kept.
#[divan::bench(sample_count = 50, sample_size = 1, args = [
    Q1, "type:f", "ip:10.1.*", "ip:10.1.0.0/16", "date:[2026-06-10T00:00:00Z TO 2026-06-20T00:00:00Z]",
    "log_id:*0000123*", "user_name:anne*", "NOT type:s*", "user_agent:*Firefox*",
])]
fn cold(bencher: Bencher<'_, '_>, text: &str) {
    let filter = filter(text);
    bencher
        .with_inputs(|| table().clone())
        .bench_local_refs(|table| table.count(black_box(&filter)));
}

/// One condition is not what it was the last time.
#[divan::bench(sample_count = 50, sample_size = 1)]
fn one_clause_edited(bencher: Bencher<'_, '_>) {
    let (before, after) = (filter(Q1), filter(EDITED));
    let fresh = || {
        let mut table = table().clone();
        let _ = table.count(&before);
        table
    };
    bencher.with_inputs(fresh).bench_local_refs(|table| table.count(black_box(&after)));
}

/// Six facets and a histogram of 120 buckets, of what a filter found.
#[divan::bench(sample_count = 20, sample_size = 1, args = ["", "type:f", Q1])]
fn facets_and_histogram(bencher: Bencher<'_, '_>, text: &str) {
    let filter = filter(text);
    let mut table = table().clone();
    let _ = table.count(&filter);
    bencher.bench_local(|| {
        let facets = table.facets(&filter, &FIELDS, 10);
        (facets, table.histogram(&filter, Field::at(&["date"]), 120))
    });
}

#[divan::bench(sample_count = 20, sample_size = 1, args = ["date", "ip", "user_name", "log_id"])]
fn sort_first_page(bencher: Bencher<'_, '_>, path: &str) {
    let path = [path];
    let sort = Some(Sort { field: Field::at(&path), descending: true });
    bencher
        .with_inputs(|| table().clone())
        .bench_local_refs(|table| table.select(&Filter::All, sort, 0, 100));
}
