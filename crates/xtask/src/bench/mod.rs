//! `cargo xtask bench`: ours and its peers on the same files in one run, held against the goals.
//!
//! The scripts of `tests/bench` do what runs in JavaScript; programs are timed here. Everything is measured in rounds,
//! one side after the other, so that what the machine does besides meets all sides alike.

mod counts;
mod data;
mod goals;
mod measurements;
mod ours;
mod parts;
mod peers;
mod queries;
mod report;
mod store;

use std::fs;
use std::path::PathBuf;
use std::rc::Rc;

use anyhow::{Context, Result, bail};

use crate::build;
use crate::process::Interrupted;
use crate::progress::say;
use crate::setup::Setup;
use data::{Data, Size};
use measurements::{Measurement, Measurements};
pub(crate) use peers::DUCKDB;
use peers::Found;
use queries::Query;

/// The page that a whole run writes.
const PAGE: &str = "docs/benchmarks.md";

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Small logs and one round: shows that everything works, and nothing about speed.
    #[arg(long)]
    quick: bool,
    /// Only these parts, by name; `--list` names them.
    #[arg(long, value_name = "NAME", num_args = 1.., value_delimiter = ',')]
    only: Vec<String>,
    /// List the parts instead of measuring.
    #[arg(long)]
    list: bool,
    /// Measure the store instead: appending, sealing, pages and queries of trails in local workerd.
    #[arg(long, conflicts_with_all = ["quick", "only", "list", "rounds"])]
    store: bool,
    /// Entries of the store's largest trail; others have a tenth and a hundredth.
    #[arg(long, requires = "store", default_value_t = store::ENTRIES)]
    entries: u64,
    /// Fill the store's trails anew.
    #[arg(long, requires = "store")]
    fresh: bool,
    /// Rounds in which all sides take turns.
    #[arg(long, default_value_t = 3)]
    rounds: u32,
    /// The page to write; docs/benchmarks.md after a whole run, none after another.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// A run: what it works with, and what it has found.
struct Bench<'a> {
    setup: &'a Setup<'a>,
    data: Data<'a>,
    size: Size,
    rounds: u32,
    /// Runs of each side in a round.
    runs: u32,
    queries: Rc<[Query]>,
    /// Our native command.
    command: PathBuf,
    peers: Vec<Found>,
    results: Measurements,
    load: String,
    /// Parts that came to no end.
    failed: Vec<&'static str>,
}

/// One part of a run.
struct Part {
    name: &'static str,
    /// What it measures.
    shows: &'static str,
    run: fn(&mut Bench<'_>) -> Result<()>,
}

const PARTS: &[Part] = &[
    Part { name: "counts", shows: "that all sides find the same", run: |bench| bench.counted() },
    Part { name: "cold", shows: "a log's bytes to a count", run: |bench| bench.cold() },
    Part { name: "escaped", shows: "the same, all text in escapes", run: |bench| bench.escaped() },
    Part { name: "columns", shows: "a log's bytes to columns", run: |bench| bench.columns() },
    Part { name: "warm", shows: "questions about a loaded log", run: |bench| bench.warm() },
    Part { name: "chromium", shows: "a File in a browser", run: |bench| bench.chromium() },
    Part { name: "huge", shows: "a File of 2 GiB, and memory", run: |bench| bench.huge() },
    Part {
        name: "workerd",
        shows: "a body through POST /v1/filter",
        run: |bench| bench.workerd_q1(),
    },
    Part { name: "size", shows: "the engine as it is fetched", run: |bench| bench.sizes() },
];

/// Measures what `args` ask for; whether all of it went well and all sides found the same.
pub(crate) fn run(setup: &Setup<'_>, args: &Args) -> Result<bool> {
    if args.store {
        return store::run(setup, args.entries, args.fresh, args.output.as_deref());
    }
    let parts = choose(&args.only)?;
    if args.list {
        for part in parts {
            println!("{:<9} {}", part.name, part.shows);
        }
        return Ok(true);
    }
    let size = if args.quick { Size::QUICK } else { Size::FULL };
    let mut bench = Bench {
        setup,
        data: Data::new(setup.workspace(), size),
        size,
        rounds: if args.quick { 1 } else { args.rounds.max(1) },
        runs: if args.quick { 2 } else { 3 },
        queries: queries::all()?.into(),
        command: ours::build_command(setup)?,
        peers: Vec::new(),
        results: Measurements::default(),
        load: String::new(),
        failed: Vec::new(),
    };
    build::package(setup)?;
    setup.command("bash", "it times programs")?;
    bench.note_versions()?;
    bench.peers = peers::find(&mut bench)?;
    bench.load = report::load();
    for part in &parts {
        say(part.name, part.shows);
        if let Err(error) = (part.run)(&mut bench) {
            if error.is::<Interrupted>() {
                return Err(error);
            }
            // What the other parts measure is worth having all the same.
            eprintln!("{}: FAILED: {error:#}", part.name);
            bench.failed.push(part.name);
        }
    }
    let page = bench.page(&command_line(args));
    println!("{page}");
    let whole = parts.len() == PARTS.len() && !args.quick && bench.failed.is_empty();
    let output = args.output.clone().or_else(|| whole.then(|| setup.workspace().path(PAGE)));
    if let Some(path) = output {
        fs::write(&path, &page).with_context(|| format!("cannot write {}", path.display()))?;
        say("written", &path.display().to_string());
    }
    let agrees = bench.agrees();
    if !agrees {
        eprintln!("error: not all sides found the same; the table of counts says who differs");
    }
    if !bench.failed.is_empty() {
        eprintln!("error: these parts failed, as told above: {}", bench.failed.join(", "));
    }
    Ok(agrees && bench.failed.is_empty())
}

/// The parts of those names, all when none is given.
fn choose(names: &[String]) -> Result<Vec<&'static Part>> {
    for name in names {
        if !PARTS.iter().any(|part| part.name == name) {
            bail!("no part is called `{name}`: `cargo xtask bench --list` names them");
        }
    }
    let chosen = |part: &&Part| names.is_empty() || names.iter().any(|name| name == part.name);
    Ok(PARTS.iter().filter(chosen).collect())
}

/// The command to run for the same again.
fn command_line(args: &Args) -> String {
    let mut line = "cargo xtask bench".to_owned();
    if args.quick {
        line.push_str(" --quick");
    }
    if !args.only.is_empty() {
        line.push_str(&format!(" --only {}", args.only.join(",")));
    }
    line
}

impl Bench<'_> {
    fn note_versions(&mut self) -> Result<()> {
        let version = self.setup.node_with_packages()?.version().to_owned();
        self.results.versions.insert("Node".to_owned(), version);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{PARTS, choose};

    #[test]
    fn parts_are_chosen_by_name_in_their_own_order() {
        let names = |chosen: &[&str]| {
            let chosen: Vec<_> = chosen.iter().map(|&name| name.to_owned()).collect();
            choose(&chosen).unwrap().iter().map(|part| part.name).collect::<Vec<_>>()
        };
        assert_eq!(names(&["size", "cold"]), ["cold", "size"]);
        assert_eq!(names(&[]).len(), PARTS.len());
        assert!(choose(&["nonsense".to_owned()]).is_err());
    }
}
