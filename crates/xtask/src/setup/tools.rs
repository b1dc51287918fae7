//! Commands that cargo builds: the two that turn a compiled crate into what JavaScript loads, and a peer of benchmarks.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use super::Lock;
use crate::process::Task;
use crate::progress::say;
use crate::workspace::Workspace;

pub(super) fn wasm_bindgen(workspace: &Workspace) -> Result<PathBuf> {
    let version = workspace.locked_version("wasm-bindgen")?;
    cargo_install(workspace, "wasm-bindgen", "wasm-bindgen-cli", &version, &HASTE)
}

/// worker-build is released together with the crate `worker`, under its version.
pub(super) fn worker_build(workspace: &Workspace) -> Result<PathBuf> {
    let version = workspace.locked_version("worker")?;
    cargo_install(workspace, "worker-build", "worker-build", &version, &HASTE)
}

/// ripgrep, whose own profile is what its users have.
pub(super) fn ripgrep(workspace: &Workspace, version: &str) -> Result<PathBuf> {
    cargo_install(workspace, "rg", "ripgrep", version, &[])
}

/// A command that runs for seconds need not be optimised for minutes.
const HASTE: [(&str, &str); 4] = [
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1"),
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "0"),
];

/// The program `name` of `package`, built from source into the cache where it is not there yet.
fn cargo_install(
    workspace: &Workspace,
    name: &str,
    package: &str,
    version: &str,
    profile: &[(&str, &str)],
) -> Result<PathBuf> {
    let root = workspace.cache(format!("{name}-{version}"));
    let program = root.join("bin").join(name);
    if program.is_file() {
        return Ok(program);
    }
    let _lock = Lock::hold(workspace, name)?;
    if program.is_file() {
        return Ok(program);
    }
    fs::create_dir_all(&root)
        .with_context(|| format!("cannot make the folder {}", root.display()))?;
    say(name, &format!("building version {version} from source, one to two minutes"));
    Task::new(workspace, &format!("{name} {version}"))
        .limit(Duration::from_secs(1200))
        .advice("look whether the machine reaches the registry of crates, then repeat")
        .run(
            Command::new("cargo")
                // Not in the checkout, whose `.cargo` is for the project's own crates.
                .current_dir(&root)
                .args(["install", package, "--version", &format!("={version}"), "--root"])
                .arg(&root)
                .env("CARGO_TARGET_DIR", root.join("target"))
                .envs(profile.iter().copied()),
        )?;
    // Hundreds of megabytes that nothing reads again.
    let _ = fs::remove_dir_all(root.join("target"));
    Ok(program)
}
