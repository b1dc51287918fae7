//! `trailsift`: the entries of log files that match a query, or how many they are; or whether an export is intact.
//!
//! It reads files and says what it found as grep does. What it is not: it knows no syntax and no JSON; those are the
//! crates `trailsift-core` and `trailsift-engine`. Nor what a proof is: that is `trailsift-proof`.

mod args;
mod input;
mod search;
mod verify;

use std::io::{BufWriter, Write, stderr, stdout};
use std::process::ExitCode;

use anyhow::Result;
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
    let outcome = match &args.verify {
        Some(bundle) => verify::verify(bundle, &args, stdout().lock()),
        None => search(&args),
    };
    outcome.unwrap_or_else(|error| {
        // Names of files are strangers' text: nothing in them may steer a terminal.
        let line = format!("trailsift: {error:#}").replace(char::is_control, "\u{fffd}");
        say(&format!("{line}\n"));
        ExitCode::from(TROUBLE)
    })
}

fn search(args: &Args) -> Result<ExitCode> {
    let query = match trailsift_core::compile(args.query(), &args.options()?) {
        Ok(query) => query,
        Err(diagnostics) => {
            say(&diagnostics.to_string());
            return Ok(ExitCode::from(TROUBLE));
        }
    };
    for warning in query.warnings() {
        say(&render(args.query(), warning));
    }
    let output = BufWriter::with_capacity(OUTPUT, stdout().lock());
    let mut search = Search::new(&query, args, output);
    search.files(&args.files());
    Ok(ExitCode::from(match (search.trouble(), search.matched()) {
        (true, _) => TROUBLE,
        (false, true) => MATCHED,
        (false, false) => NOTHING,
    }))
}

/// Writes to standard error. Nobody may be listening there, which is no reason to stop.
fn say(text: &str) {
    let _ = stderr().lock().write_all(text.as_bytes());
}
