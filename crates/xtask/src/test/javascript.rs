//! The tests that Node runs, `tests/<suite>/**/*.test.mjs`, and the shell script of the seeds.
//!
//! They learn what they need from the environment: `TRAILSIFT_URL`, `TRAILSIFT_HTTPS_URL`,
//! `TRAILSIFT_DEV_VARS`, `TRAILSIFT_CHROMIUM`, and `TRAILSIFT_SHARED`, the folder of reference material
//! beside the checkout, when there is one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use super::outcome::{self, Count, Outcome};
use crate::process::Task;
use crate::setup::Setup;
use crate::workspace::Workspace;

/// The seeds' curl lines.
pub(super) const SEEDS: &str = "tests/clients/seeds.sh";

/// No single test takes longer, in milliseconds.
const TEST: &str = "--test-timeout=120000";
const LIMIT: Duration = Duration::from_secs(900);
const TAIL: usize = 300;

/// Runs a suite with `variables` in its environment.
pub(super) fn run(
    setup: &Setup<'_>,
    suite: &str,
    variables: &[(&'static str, String)],
) -> Result<Outcome> {
    if let Some(outcome) = nothing_in(setup, suite) {
        return Ok(outcome);
    }
    let workspace = setup.workspace();
    let node = setup.node_with_packages()?;
    let mut command = node.command("node")?;
    command.args(["--test", "--test-reporter=spec", TEST]).args(files(workspace, suite));
    tell(&mut command, workspace, variables);
    if variables.iter().any(|(name, _)| *name == "TRAILSIFT_HTTPS_URL") {
        // wrangler signs its certificate itself; only these tests are to trust it.
        command.env("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    }
    let task = Task::new(workspace, &format!("{suite} tests")).limit(LIMIT).tail(TAIL);
    task.run(&mut command)?;
    let log = fs::read_to_string(task.log()).context("the tests left no log")?;
    Ok(Outcome { count: Count::of_node(&log), skipped: reasons(&log) })
}

/// Runs the seeds' curl lines.
pub(super) fn seeds(setup: &Setup<'_>, variables: &[(&'static str, String)]) -> Result<Outcome> {
    let workspace = setup.workspace();
    for program in ["curl", "jq"] {
        setup.command(program, "the seeds' lines are run with it")?;
    }
    let mut command = setup.node_with_packages()?.command("bash")?;
    command.arg(SEEDS);
    tell(&mut command, workspace, variables);
    let task = Task::new(workspace, "seeds").limit(LIMIT).tail(TAIL);
    task.run(&mut command)?;
    let log = fs::read_to_string(task.log()).context("the lines left no log")?;
    Ok(Outcome { count: Count::of_script(&log), skipped: outcome::skipped_in_script(&log) })
}

/// Runs `lines` as a shell does, curl failing on an error's status; each must succeed and say something.
pub(super) fn printed_lines(setup: &Setup<'_>, lines: &str) -> Result<Outcome> {
    setup.command("curl", "the printed lines are run with it")?;
    let mut command = Command::new("bash");
    command.current_dir(setup.workspace().root()).arg("-c").arg(format!(
        "set -euo pipefail\n\
         curl() {{ command curl -sS --fail-with-body \"$@\" | grep .; }}\n\
         {lines}"
    ));
    Task::new(setup.workspace(), "printed lines").limit(LIMIT).tail(TAIL).run(&mut command)?;
    Ok(Outcome::passed())
}

/// The outcome of a suite that has no tests; none when it has.
pub(super) fn nothing_in(setup: &Setup<'_>, suite: &str) -> Option<Outcome> {
    files(setup.workspace(), suite).is_empty().then(|| Outcome::nothing(&format!("tests/{suite}")))
}

fn tell(command: &mut Command, workspace: &Workspace, variables: &[(&'static str, String)]) {
    command.envs(variables.iter().map(|(name, value)| (name, value)));
    let shared = workspace.path("../shared");
    if shared.is_dir() {
        command.env("TRAILSIFT_SHARED", shared);
    }
}

/// The suite's test files, in the order of their names.
fn files(workspace: &Workspace, suite: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect(&workspace.path("tests").join(suite), &mut found);
    found.sort();
    found
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "node_modules") {
                collect(&path, found);
            }
        } else if path.to_string_lossy().ends_with(".test.mjs") {
            found.push(path);
        }
    }
}

/// The tests that were skipped, with their reasons: `﹣ name (0.1ms) # reason`.
fn reasons(log: &str) -> Vec<String> {
    log.lines()
        .filter_map(|line| line.trim().strip_prefix("﹣ "))
        .map(|line| line.trim().to_owned())
        .collect()
}
