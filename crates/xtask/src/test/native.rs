//! The checks that cargo itself runs.

use std::fs;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use super::outcome::{self, Count, Outcome};
use crate::process::Task;
use crate::setup::Setup;
use crate::setup::rust::{self, WASM};
use crate::workspace::Workspace;

/// Compiling everything anew on two busy cores.
const LIMIT: Duration = Duration::from_secs(1200);
/// How many lines of a failed check are shown: all of them, as a rule.
const TAIL: usize = 300;

/// The crates that run as WebAssembly alone.
const WASM_CRATES: [&str; 6] = [
    "--package",
    "trailsift-wasm",
    "--package",
    "trailsift-verify",
    "--package",
    "trailsift-worker",
];

/// The manifest of the fuzz targets.
pub(super) const FUZZ: &str = "crates/core/fuzz/Cargo.toml";

pub(super) fn format(workspace: &Workspace) -> Result<Outcome> {
    rust::component(workspace, "fmt", "cargo-fmt")?;
    Task::new(workspace, "fmt")
        .tail(TAIL)
        .advice("run `cargo fmt --all`")
        .run(cargo(workspace).args(["fmt", "--all", "--check"]))?;
    Task::new(workspace, "fmt fuzz")
        .tail(TAIL)
        .advice(&format!("run `cargo fmt --manifest-path {FUZZ}`"))
        .run(cargo(workspace).args(["fmt", "--manifest-path", FUZZ, "--check"]))?;
    Ok(Outcome::passed())
}

pub(super) fn clippy(workspace: &Workspace) -> Result<Outcome> {
    Task::new(workspace, "clippy").limit(LIMIT).tail(TAIL).run(cargo(workspace).args([
        "clippy",
        "--workspace",
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
    // As it is shipped, and with the routes that panic: each has code that the other has not.
    for (what, features) in
        [("clippy wasm", &[][..]), ("clippy wasm faults", &["--all-features"][..])]
    {
        Task::new(workspace, what).limit(LIMIT).tail(TAIL).run(
            toolchain
                .clippy()
                .current_dir(workspace.root())
                .args(WASM_CRATES)
                .args(["--target", WASM])
                .args(features)
                .args(toolchain.std("std,panic_abort"))
                .args(["--", "--deny", "warnings"]),
        )?;
    }
    Ok(Outcome::passed())
}

pub(super) fn unit(workspace: &Workspace) -> Result<Outcome> {
    let task = Task::new(workspace, "unit").limit(LIMIT).tail(TAIL);
    // A test says that it skipped, and passes: what passing tests say has to be shown.
    task.run(cargo(workspace).args([
        "test",
        "--workspace",
        "--no-fail-fast",
        "--",
        "--show-output",
    ]))?;
    let log = fs::read_to_string(task.log()).context("the tests left no log")?;
    Ok(Outcome { count: Count::of_cargo(&log), skipped: outcome::skipped_in_cargo(&log) })
}

/// The fuzz targets, which are a workspace of their own. They are checked, not run: that takes a nightly compiler.
pub(super) fn fuzz(workspace: &Workspace) -> Result<Outcome> {
    Task::new(workspace, "fuzz").limit(LIMIT).tail(TAIL).run(
        cargo(workspace)
            .args(["clippy", "--locked", "--manifest-path", FUZZ])
            .arg("--target-dir")
            .arg(workspace.scratch("fuzz"))
            .args(["--", "--deny", "warnings"])
            // Nothing is linked, so libFuzzer itself need not be there, nor a C++ compiler for it.
            .env("CUSTOM_LIBFUZZER_PATH", "none/libfuzzer.a"),
    )?;
    Ok(Outcome::passed())
}

pub(super) fn docs(workspace: &Workspace) -> Result<Outcome> {
    Task::new(workspace, "docs").limit(LIMIT).tail(TAIL).run(
        cargo(workspace)
            .args(["doc", "--workspace", "--no-deps", "--document-private-items"])
            .env("RUSTDOCFLAGS", "--deny warnings"),
    )?;
    Ok(Outcome::passed())
}

fn cargo(workspace: &Workspace) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(workspace.root());
    command
}
