//! What Trailsift is compared with: each found or fetched, or absent for a reason that the report tells.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Error, Result};
use serde_json::{Value, json};

use super::Bench;
use super::queries::Query;
use crate::process::{Interrupted, Task, on_path};

const LIQE: &str = "3.8.7";
/// DuckDB's package of npm.
pub(crate) const DUCKDB: (&str, &str) = ("@duckdb/node-api", DUCKDB_VERSION);
const DUCKDB_VERSION: &str = "1.5.6-r.1";
const RIPGREP: &str = "15.2.0";

/// The text that ripgrep looks for: the rarest that Q1 holds.
const LITERAL: &str = "10.1.";

/// Somebody else's program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Peer {
    Liqe,
    DuckDb,
    Ripgrep,
    Jq,
}

impl Peer {
    pub(super) const ALL: [Peer; 4] = [Peer::Liqe, Peer::DuckDb, Peer::Ripgrep, Peer::Jq];

    pub(super) fn name(self) -> &'static str {
        match self {
            Peer::Liqe => "liqe",
            Peer::DuckDb => "DuckDB",
            Peer::Ripgrep => "ripgrep",
            Peer::Jq => "jq",
        }
    }
}

/// A peer, as far as it could be had.
#[derive(Debug)]
pub(super) struct Found {
    peer: Peer,
    /// Its program, or the folder of its package; else why it is absent.
    place: Result<PathBuf, String>,
}

/// Finds or fetches them all. One that cannot be had is noted, not an error.
pub(super) fn find(bench: &mut Bench<'_>) -> Result<Vec<Found>> {
    let mut all = Vec::new();
    for peer in Peer::ALL {
        let found = place(bench, peer);
        if let Err(error) = &found
            && error.is::<Interrupted>()
        {
            return Err(Interrupted.into());
        }
        let version = match &found {
            Ok(place) => version(bench, peer, place)?,
            Err(error) => format!("absent: {}", first_line(error)),
        };
        bench.results.versions.insert(peer.name().to_owned(), version);
        all.push(Found { peer, place: found.map_err(|error| first_line(&error)) });
    }
    Ok(all)
}

fn first_line(error: &Error) -> String {
    format!("{error:#}").lines().next().unwrap_or_default().to_owned()
}

fn place(bench: &Bench<'_>, peer: Peer) -> Result<PathBuf> {
    match peer {
        Peer::Liqe => bench.setup.npm_package("liqe", LIQE),
        Peer::DuckDb => bench.setup.npm_package(DUCKDB.0, DUCKDB.1),
        Peer::Ripgrep => bench.setup.ripgrep(RIPGREP),
        Peer::Jq => {
            bench.setup.command("jq", "it is measured beside ours")?;
            on_path("jq").context("it was installed, yet is not on the path")
        }
    }
}

fn version(bench: &Bench<'_>, peer: Peer, place: &PathBuf) -> Result<String> {
    let told = |program: &PathBuf| {
        let task = Task::new(bench.setup.workspace(), &format!("{} --version", peer.name()));
        let text = task.output(Command::new(program).arg("--version"))?;
        anyhow::Ok(text.lines().next().unwrap_or_default().trim().to_owned())
    };
    Ok(match peer {
        Peer::Liqe => format!("{LIQE}, npm"),
        Peer::DuckDb => format!("{DUCKDB_VERSION}, npm's {}", DUCKDB.0),
        Peer::Ripgrep => format!("{}, built from crates.io", told(place)?),
        Peer::Jq => format!("{}, the system's", told(place)?),
    })
}

impl Bench<'_> {
    /// The peer's place; where it is absent, notes that for the measurements `names`.
    fn peer(&mut self, peer: Peer, names: &[&str]) -> Option<PathBuf> {
        let found = self.peers.iter().find(|found| found.peer == peer)?;
        match &found.place {
            Ok(place) => Some(place.clone()),
            Err(why) => {
                let why = format!("{} is absent: {why}", peer.name());
                for name in names {
                    self.results.absent(name, &why);
                }
                None
            }
        }
    }

    /// A script that uses the peer's package, for the measurements `names`.
    pub(super) fn with_package(
        &mut self,
        peer: Peer,
        script: &str,
        job: &Value,
        names: &[&str],
    ) -> Result<()> {
        let Some(modules) = self.peer(peer, names) else { return Ok(()) };
        self.script(script, &with(job, json!({ "modules": modules })))
    }

    /// DuckDB on the file, with one thread or as many as it likes.
    pub(super) fn duckdb(
        &mut self,
        job: &Value,
        threads: Option<u32>,
        names: &[&str],
    ) -> Result<()> {
        let job = with(job, json!({ "threads": threads }));
        self.with_package(Peer::DuckDb, "duckdb.mjs", &job, names)
    }

    /// ripgrep counting the lines that hold Q1's literal.
    pub(super) fn ripgrep(&mut self, file: &PathBuf) -> Result<()> {
        let Some(program) = self.peer(Peer::Ripgrep, &["ripgrep/literal"]) else { return Ok(()) };
        let mut command = Command::new(program);
        command.args(["--no-config", "--count", "--fixed-strings", LITERAL]).arg(file);
        self.program(&command, self.runs, "ripgrep/literal", file)
    }

    /// jq counting the matches of Q1 once: it takes long.
    pub(super) fn jq(&mut self, query: &Query, file: &PathBuf) -> Result<()> {
        let name = format!("jq/{}", query.name);
        let Some(program) = self.peer(Peer::Jq, &[&name]) else { return Ok(()) };
        let count =
            format!("reduce inputs as $e (0; . + ($e | if {} then 1 else 0 end))", query.jq);
        let mut command = Command::new(program);
        command.args(["--null-input", &count]).arg(file);
        self.program(&command, 1, &name, file)
    }

    /// What jq counts for all `queries`, in one reading of the file.
    pub(super) fn jq_counts(&mut self, queries: &[Query], file: &PathBuf) -> Result<()> {
        let names: Vec<_> = queries.iter().map(|query| format!("jq/{}", query.name)).collect();
        let borrowed: Vec<_> = names.iter().map(String::as_str).collect();
        let Some(program) = self.peer(Peer::Jq, &borrowed) else { return Ok(()) };
        let tests: Vec<_> =
            queries.iter().map(|query| format!("(if {} then 1 else 0 end)", query.jq)).collect();
        let count = format!(
            "reduce inputs as $e ([]; [., ($e | [{}])] | transpose | map(add))",
            tests.join(", ")
        );
        let task = Task::new(self.setup.workspace(), "bench jq counts");
        let told = task.output(Command::new(program).args(["-cn", &count]).arg(file))?;
        let counts: Vec<u64> = serde_json::from_str(&told).context("jq gives no counts")?;
        for (name, count) in names.iter().zip(counts) {
            self.results.add(name, super::Measurement { count: Some(count), ..Default::default() });
        }
        Ok(())
    }
}

/// The job with the members of `more` besides its own.
fn with(job: &Value, more: Value) -> Value {
    let mut job = job.clone();
    if let (Value::Object(job), Value::Object(more)) = (&mut job, more) {
        job.extend(more);
    }
    job
}
