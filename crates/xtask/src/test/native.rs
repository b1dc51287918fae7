//! The checks that cargo itself runs.

use std::fs;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use super::outcome::{Count, Outcome};
use crate::process::Task;
use crate::setup::Setup;
use crate::setup::rust::{self, WASM};
use crate::workspace::Workspace;

/// Compiling everything anew on two busy cores.
const LIMIT: Duration = Duration::from_secs(1200);
/// How many lines of a failed check are shown: all of them, as a rule.
const TAIL: usize = 300;

/// The crates that run as WebAssembly alone.
const WASM_CRATES: [&str; 4] = ["--package", "trailsift-wasm", "--package", "trailsift-worker"];

pub(super) fn format(workspace: &Workspace) -> Result<Outcome> {
    rust::component(workspace, "fmt", "cargo-fmt")?;
    Task::new(workspace, "fmt")
        .tail(TAIL)
        .advice("run `cargo fmt --all`")
        .run(cargo(workspace).args(["fmt", "--all", "--check"]))?;
    Ok(Outcome::passed())
}

pub(super) fn clippy(workspace: &Workspace) -> Result<Outcome> {
    Task::new(workspace, "clippy").limit(LIMIT).tail(TAIL).run(cargo(workspace).args([
        "clippy",
        "--all-targets",
        "--",
        "--deny",
        "warnings",
    ]))?;
    Ok(Outcome::passed())
}

pub(super) fn clippy_wasm(setup: &Setup<'_>) -> Result<Outcome> {
    let workspace = setup.workspace();
    let toolchain = setup.wasm()?;
    toolchain.prepare_clippy(workspace)?;
    Task::new(workspace, "clippy wasm").limit(LIMIT).tail(TAIL).run(
        toolchain
            .clippy()
            .current_dir(workspace.root())
            .args(WASM_CRATES)
            .args(["--target", WASM, "--all-features"])
            .args(toolchain.std("std,panic_abort"))
            .args(["--", "--deny", "warnings"]),
    )?;
    Ok(Outcome::passed())
}

pub(super) fn unit(workspace: &Workspace) -> Result<Outcome> {
    let task = Task::new(workspace, "unit").limit(LIMIT).tail(TAIL);
    task.run(cargo(workspace).args(["test", "--workspace", "--no-fail-fast"]))?;
    let log = fs::read_to_string(task.log()).context("the tests left no log")?;
    Ok(Outcome { count: Count::of_cargo(&log), skipped: Vec::new() })
}

pub(super) fn docs(workspace: &Workspace) -> Result<Outcome> {
    Task::new(workspace, "docs")
        .limit(LIMIT)
        .tail(TAIL)
        .run(cargo(workspace).args(["doc", "--no-deps"]).env("RUSTDOCFLAGS", "--deny warnings"))?;
    Ok(Outcome::passed())
}

fn cargo(workspace: &Workspace) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(workspace.root());
    command
}
