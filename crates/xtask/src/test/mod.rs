//! `cargo xtask test`: every check of the project, each a named step, in an order that fails early.

mod bare;
mod javascript;
mod licences;
mod native;
mod outcome;
mod servers;

use std::time::Duration;

use anyhow::{Result, bail};

use crate::bench::DUCKDB;
use crate::build::{self, Flavour};
use crate::process::{Interrupted, interrupted};
use crate::progress::{Progress, clock, say};
use crate::setup::Setup;
use crate::soak;
use outcome::{Count, Outcome};
use servers::Servers;

/// Which steps to run.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Names of steps, or parts of them; all when none is given.
    pub(crate) steps: Vec<String>,
    /// List the steps instead of running them.
    #[arg(long)]
    pub(crate) list: bool,
}

/// One named check.
struct Step {
    name: &'static str,
    /// What it shows when it passes.
    shows: &'static str,
    run: fn(&Setup<'_>, &mut Servers<'_>) -> Result<Outcome>,
}

/// In the order in which they run: what is quick to fail comes first.
const STEPS: &[Step] = &[
    Step {
        name: "fmt",
        shows: "the Rust code is formatted",
        run: |setup, _| native::format(setup.workspace()),
    },
    Step {
        name: "clippy",
        shows: "no lint warns in any crate and its tests, compiled for this machine",
        run: |setup, _| native::clippy(setup.workspace()),
    },
    Step {
        name: "unit",
        shows: "the native crates' tests and their documentation's examples",
        run: |setup, _| native::unit(setup.workspace()),
    },
    Step {
        name: "docs",
        shows: "the documentation builds, and its links lead somewhere",
        run: |setup, _| native::docs(setup.workspace()),
    },
    Step {
        name: "fuzz",
        shows: "the fuzz targets compile, without a warning",
        run: |setup, _| native::fuzz(setup.workspace()),
    },
    Step {
        name: "no_std",
        shows: "core, engine and proof compile where there is no standard library",
        run: |setup, _| bare::check(setup),
    },
    Step {
        name: "clippy-wasm",
        shows: "no lint warns in what runs as WebAssembly",
        run: |setup, _| native::clippy_wasm(setup),
    },
    Step {
        name: "licences",
        shows: "every dependency may be used under Apache-2.0",
        run: |setup, _| licences::check(setup),
    },
    Step {
        name: "build",
        shows: "the npm package, the page and the Worker build",
        run: |setup, _| build::all(setup).map(|()| Outcome::passed()),
    },
    Step {
        name: "package",
        shows: "the npm package in Node, over every row of the corpus",
        run: |setup, _| {
            build::package(setup)?;
            javascript::run(setup, "package", &[])
        },
    },
    Step {
        name: "differential",
        shows: "the query language against an independent parser's reading",
        run: |setup, _| {
            build::package(setup)?;
            javascript::run(setup, "differential", &[])
        },
    },
    Step {
        name: "http",
        shows: "every surface of the Worker, and the corpus through POST /v1/filter",
        run: |setup, servers| {
            let variables = servers.variables(&[servers::Mode::Http])?;
            javascript::run(setup, "http", &variables)
        },
    },
    Step {
        name: "browser",
        shows: "the page in Chromium",
        run: |setup, servers| {
            if let Some(outcome) = javascript::nothing_in(setup, "browser") {
                return Ok(outcome);
            }
            let chromium = setup.chromium()?.to_string_lossy().into_owned();
            let mut variables = servers.variables(&[servers::Mode::Http])?;
            variables.push(("TRAILSIFT_CHROMIUM", chromium));
            javascript::run(setup, "browser", &variables)
        },
    },
    Step {
        name: "clients",
        shows: "the vendors' own clients, unmodified",
        run: |setup, servers| {
            if let Some(outcome) = javascript::nothing_in(setup, "clients") {
                return Ok(outcome);
            }
            let variables = servers.variables(&[servers::Mode::Http, servers::Mode::Https])?;
            javascript::run(setup, "clients", &variables)
        },
    },
    Step {
        name: "seeds",
        shows: "the curl lines of the vendors' documents, against the generator's truth",
        run: |setup, servers| {
            if !setup.workspace().path(javascript::SEEDS).is_file() {
                return Ok(Outcome::nothing(javascript::SEEDS));
            }
            let variables = servers.variables(&[servers::Mode::Http])?;
            javascript::seeds(setup, &variables)
        },
    },
    Step {
        name: "lines",
        shows: "the README's lines as `cargo xtask serve` prints them, pasted as they are",
        run: |setup, servers| {
            let lines = servers.printed_lines()?;
            javascript::printed_lines(setup, &lines)
        },
    },
    Step {
        name: "faults-build",
        shows: "the Worker with routes that panic builds",
        run: |setup, _| build::worker(setup, Flavour::Faulty).map(|()| Outcome::passed()),
    },
    Step {
        name: "faults",
        shows: "what a panic, a silence and a kill leave behind",
        run: |setup, servers| {
            let mut variables = servers.variables(&[servers::Mode::Faulty])?;
            // Without it the test that needs it says that it skips.
            if let Ok(duckdb) = setup.npm_package(DUCKDB.0, DUCKDB.1) {
                variables.push(("TRAILSIFT_DUCKDB", duckdb.to_string_lossy().into_owned()));
            }
            let mut outcome = javascript::run(setup, "faults", &variables)?;
            soak::short(setup)?;
            outcome.count += Outcome::passed().count;
            Ok(outcome)
        },
    },
];

/// How one step went.
struct Row {
    name: &'static str,
    time: Duration,
    count: Count,
}

/// Runs the steps that `args` names; whether all of them passed.
pub(crate) fn run(setup: &Setup<'_>, args: &Args) -> Result<bool> {
    let chosen = choose(&args.steps)?;
    if args.list {
        for step in chosen {
            println!("{:<13} {}", step.name, step.shows);
        }
        return Ok(true);
    }
    let mut servers = Servers::new(setup)?;
    let mut rows = Vec::new();
    for step in chosen {
        say(step.name, step.shows);
        let progress = Progress::silent();
        let result = (step.run)(setup, &mut servers);
        if interrupted() {
            return Err(Interrupted.into());
        }
        let count = match result {
            Ok(outcome) => {
                for reason in &outcome.skipped {
                    say("  skipped", reason);
                }
                outcome.count
            }
            Err(error) => {
                eprintln!("{}: FAILED: {error:#}", step.name);
                Count::of_failure(&error)
            }
        };
        rows.push(Row { name: step.name, time: progress.elapsed(), count });
    }
    drop(servers);
    Ok(report(&rows))
}

/// The steps whose name is, or else holds, one of `names`.
fn choose(names: &[String]) -> Result<Vec<&'static Step>> {
    if names.is_empty() {
        return Ok(STEPS.iter().collect());
    }
    for name in names {
        if !STEPS.iter().any(|step| step.name.contains(name.as_str())) {
            bail!("no step is called `{name}`: `cargo xtask test --list` names them");
        }
    }
    let exact = |step: &Step| names.iter().any(|name| step.name == name);
    let part = |step: &Step| {
        names.iter().any(|name| {
            step.name.contains(name.as_str()) && !STEPS.iter().any(|other| other.name == name)
        })
    };
    Ok(STEPS.iter().filter(|step| exact(step) || part(step)).collect())
}

/// Prints the table and, alone on the last line, the sum; whether nothing failed.
fn report(rows: &[Row]) -> bool {
    let mut sum = Count::default();
    println!("\n{:<13} {:>7}  result", "step", "time");
    for row in rows {
        println!("{:<13} {:>7}  {}", row.name, clock(row.time), row.count);
        sum += row.count;
    }
    println!("\n{sum}");
    sum.failed == 0
}

#[cfg(test)]
mod tests {
    use super::{STEPS, choose};

    fn names(chosen: &[&str]) -> Vec<&'static str> {
        let chosen: Vec<String> = chosen.iter().map(|&name| name.to_owned()).collect();
        choose(&chosen).unwrap().iter().map(|step| step.name).collect()
    }

    #[test]
    fn a_whole_name_means_that_step_and_a_part_all_that_hold_it() {
        assert_eq!(names(&["clippy"]), ["clippy"]);
        assert_eq!(names(&["wasm"]), ["clippy-wasm"]);
        assert_eq!(names(&["faul", "fmt"]), ["fmt", "faults-build", "faults"]);
        assert_eq!(names(&[]).len(), STEPS.len());
        assert!(choose(&["nonsense".to_owned()]).is_err());
    }
}
