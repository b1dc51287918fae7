//! `trailsift`: the entries of log files that match a query, or how many they are.
//!
//! It reads files and says what it found as grep does. What it is not: it knows no syntax and no JSON; those are the
//! crates `trailsift-core` and `trailsift-engine`.

mod args;
mod input;
mod search;

use std::io::{BufWriter, Write, stderr, stdout};
use std::process::ExitCode;

use clap::Parser;
use trailsift_core::render::render;

use args::Args;
use search::Search;

/// As grep: something matched.
const MATCHED: u8 = 0;
/// As grep: nothing matched.
const NOTHING: u8 = 1;
/// As grep: something went wrong, whether or not something matched.
const TROUBLE: u8 = 2;

/// What is buffered of the output.
const OUTPUT: usize = 256 << 10;

fn main() -> ExitCode {
    let args = Args::parse();
    let options = match args.options() {
        Ok(options) => options,
        Err(error) => {
            say(&format!("trailsift: {error:#}\n"));
            return ExitCode::from(TROUBLE);
        }
    };
    let query = match trailsift_core::compile(&args.query, &options) {
        Ok(query) => query,
        Err(diagnostics) => {
            say(&diagnostics.to_string());
            return ExitCode::from(TROUBLE);
        }
    };
    for warning in query.warnings() {
        say(&render(&args.query, warning));
    }
    let output = BufWriter::with_capacity(OUTPUT, stdout().lock());
    let mut search = Search::new(&query, &args, output);
    search.files(&args.files);
    ExitCode::from(match (search.trouble(), search.matched()) {
        (true, _) => TROUBLE,
        (false, true) => MATCHED,
        (false, false) => NOTHING,
    })
}

/// Writes to standard error. Nobody may be listening there, which is no reason to stop.
fn say(text: &str) {
    let _ = stderr().lock().write_all(text.as_bytes());
}
