//! What it costs to know the keys of a long trail: memory, a batch of new keys, a batch that comes again, sealing, and a
//! start from rows. A run of 8,192 keys is sealed at a time; its rows are in memory here, and in SQLite elsewhere.
//!
//! `TRAILSIFT_BENCH_KEYS` is the number of keys, 1,000,000 without it.
//!
//! `cargo bench -p trailsift-trail --bench known`

use std::{cell::Cell, collections::BTreeMap, ops::Range, sync::OnceLock};

use divan::{Bencher, black_box};
use trailsift_trail::{
    chunk::KeyHash,
    known::{GroupRow, KEYS_PER_RUN, Known, RUNS_PER_GROUP, RunRow, Runs},
};

const BATCH: u64 = 1_000;

struct Trail {
    known: Known,
    runs: BTreeMap<u64, RunRow>,
    groups: BTreeMap<u64, GroupRow>,
    last: u64,
}

struct Reading<'a> {
    trail: &'a Trail,
    reads: Cell<usize>,
}

impl Runs for Reading<'_> {
    fn run(&self, number: u64) -> Result<Vec<u8>, String> {
        self.reads.set(self.reads.get() + 1);
        self.trail.runs.get(&number).map(|row| row.bytes.clone()).ok_or_else(|| "no row".to_owned())
    }
}

fn main() {
    let trail = trail();
    let (bytes, keys) = (trail.known.memory(), trail.last);
    println!(
        "{keys} keys, {:.1} MB, {:.2} bytes each",
        bytes as f64 / 1e6,
        bytes as f64 / keys as f64
    );
    let mut unsealed = Known::default();
    (1..=keys.min(1_000_000)).for_each(|n| unsealed.note(key(n), n));
    let (bytes, keys) = (unsealed.memory(), keys.min(1_000_000));
    println!("{keys} of them not sealed, {:.2} bytes each", bytes as f64 / keys as f64);
    let reads = |keys: &[KeyHash]| {
        let reading = reading();
        let found = trail.known.find(keys, &reading).unwrap_or_default();
        (found.iter().flatten().count(), reading.reads.get())
    };
    let batches = (0..100).map(|batch| reads(&new_keys(batch)));
    let (wrong, rows) = batches.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    println!("100 batches of new keys: {wrong} found, {rows} rows read");
    println!("a batch that comes again: {:?} found and rows read", reads(&sent_again()));
    println!("keys from all over the trail: {:?} found and rows read", reads(&from_all_over()));
    divan::main();
}

/// As evenly spread as a SHA-256, and faster.
fn key(n: u64) -> KeyHash {
    let mix = |mut z: u64| {
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    let high = mix(n.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    ((u128::from(high) << 64) | u128::from(mix(!high))).to_be_bytes()
}

fn keys(range: Range<u64>) -> Vec<KeyHash> {
    range.map(key).collect()
}

fn new_keys(batch: u64) -> Vec<KeyHash> {
    let first = (1 << 60) + batch * BATCH;
    keys(first..first + BATCH)
}

fn sent_again() -> Vec<KeyHash> {
    let first = trail().last / 2;
    keys(first..first + BATCH)
}

fn from_all_over() -> Vec<KeyHash> {
    (0..BATCH).map(|n| key(1 + n * (trail().last / BATCH))).collect()
}

fn trail() -> &'static Trail {
    static TRAIL: OnceLock<Trail> = OnceLock::new();
    TRAIL.get_or_init(|| {
        let keys = std::env::var("TRAILSIFT_BENCH_KEYS").ok();
        let last = keys.and_then(|keys| keys.parse().ok()).unwrap_or(1_000_000);
        let mut trail =
            Trail { known: Known::default(), runs: BTreeMap::new(), groups: BTreeMap::new(), last };
        let mut sealed = 0;
        while sealed < last {
            let next = last.min(sealed + KEYS_PER_RUN as u64);
            (sealed + 1..=next).for_each(|n| trail.known.note(key(n), n));
            let reading = Reading { trail: &trail, reads: Cell::new(0) };
            let Ok(sealing) = trail.known.seal(next, &reading) else { break };
            trail.runs.extend(sealing.runs().iter().map(|row| (row.number, row.clone())));
            trail.groups.extend(sealing.groups().iter().map(|row| (row.number, row.clone())));
            trail.known.apply(sealing);
            sealed = next;
        }
        trail
    })
}

fn reading() -> Reading<'static> {
    Reading { trail: trail(), reads: Cell::new(0) }
}

#[divan::bench]
fn batch_of_new_keys(bencher: Bencher<'_, '_>) {
    let batch = Cell::new(0);
    let next = || {
        batch.set(batch.get() + 1);
        new_keys(batch.get())
    };
    bencher.with_inputs(next).bench_local_values(|keys| trail().known.find(&keys, &reading()));
}

#[divan::bench]
fn batch_that_comes_again(bencher: Bencher<'_, '_>) {
    let keys = sent_again();
    bencher.bench_local(|| trail().known.find(black_box(&keys), &reading()));
}

#[divan::bench]
fn keys_from_all_over(bencher: Bencher<'_, '_>) {
    let keys = from_all_over();
    bencher.bench_local(|| trail().known.find(black_box(&keys), &reading()));
}

#[divan::bench(sample_count = 10)]
fn seal_a_run(bencher: Bencher<'_, '_>) {
    let mut known = trail().known.clone();
    let first = trail().last + 1;
    (first..first + KEYS_PER_RUN as u64).for_each(|n| known.note(key(n), n));
    bencher.bench_local(|| known.seal(u64::MAX, &reading()));
}

#[divan::bench(sample_count = 10)]
fn start_from_rows(bencher: Bencher<'_, '_>) {
    let Trail { runs, groups, .. } = trail();
    bencher.bench_local(|| {
        let open = runs.range(groups.len() as u64 * RUNS_PER_GROUP..);
        Known::load(groups.values().cloned().map(Ok), open.map(|(_, row)| Ok(row.clone())), 0)
    });
}
