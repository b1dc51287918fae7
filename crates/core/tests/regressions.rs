//! Inputs that fuzzing found, or that other parsers are known to fail on, through the fuzz targets' own oracles.
//! `fuzz/README.md` says how to find more.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests may stop at the first surprise"
)]

#[path = "../fuzz/oracles/mod.rs"]
mod oracles;

use std::{fs, path::Path, thread};

/// What a WebAssembly module has by default.
const STACK: usize = 1 << 20;

fn replay(target: &str, oracle: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/regressions").join(target);
    let files: Vec<_> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    assert!(!files.is_empty(), "no inputs for {target}");
    for file in files {
        let input = fs::read(&file).unwrap();
        let run = thread::Builder::new().stack_size(STACK).spawn(move || oracle(&input)).unwrap();
        assert!(run.join().is_ok(), "{}", file.display());
    }
}

#[test]
fn parse() {
    replay("parse", oracles::parse);
}

#[test]
fn lower() {
    replay("lower", oracles::lower);
}

#[test]
fn edit() {
    replay("edit", oracles::edit);
}

#[test]
fn evaluate() {
    replay("evaluate", oracles::evaluate);
}

#[test]
fn complete() {
    replay("complete", oracles::complete);
}
