//! Packages of Debian and its kin, by apt.

use std::fs;
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};

use super::Lock;
use crate::process::{Task, on_path};
use crate::progress::say;
use crate::workspace::Workspace;

/// Installs `packages` for `what`, which is `why` they are needed.
///
/// # Errors
/// One sentence with the line to run by hand, where there is no apt or no right to use it.
pub(super) fn install(
    workspace: &Workspace,
    what: &str,
    why: &str,
    packages: &[&str],
) -> Result<()> {
    let names = packages.join(" ");
    if !has_apt() {
        bail!(
            "{what}: {why}, and there is no apt here to install {names} with: install it by hand"
        );
    }
    if !rustix::process::geteuid().is_root() {
        bail!(
            "{what}: {why}; run `sudo apt-get install --no-install-recommends {names}` and repeat"
        );
    }
    let _lock = Lock::hold(workspace, "apt")?;
    say(what, &format!("{why}: installing {names} with apt"));
    if lists_are_missing() {
        update(workspace)?;
    }
    if get(workspace, what, packages).is_ok() {
        return Ok(());
    }
    // Lists that are some days old name versions that the server no longer has.
    update(workspace)?;
    get(workspace, what, packages)
}

/// Makes sure that the command `name` is there; Debian's package of the same name brings it.
pub(super) fn command(workspace: &Workspace, name: &str, why: &str) -> Result<()> {
    if on_path(name).is_some() { Ok(()) } else { install(workspace, name, why, &[name]) }
}

/// Whether apt is what installs software here.
pub(super) fn has_apt() -> bool {
    on_path("apt-get").is_some()
}

fn get(workspace: &Workspace, what: &str, packages: &[&str]) -> Result<()> {
    Task::new(workspace, &format!("{what}: apt-get install"))
        .limit(Duration::from_secs(900))
        .advice("look whether the machine reaches a Debian mirror, then repeat")
        .run(apt_get().args(["install", "-y", "--no-install-recommends"]).args(packages))
        .map(drop)
}

fn update(workspace: &Workspace) -> Result<()> {
    say("apt", "fetching the lists of packages");
    Task::new(workspace, "apt-get update")
        .limit(Duration::from_secs(300))
        .advice("look whether the machine reaches a Debian mirror, then repeat")
        .run(apt_get().arg("update"))
        .map(drop)
}

/// apt that never asks, waits for another apt for two minutes, and gives a dead server up.
fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").args([
        "-o",
        "DPkg::Lock::Timeout=120",
        "-o",
        "Acquire::Retries=2",
        "-o",
        "Acquire::http::Timeout=30",
        "-o",
        "Acquire::https::Timeout=30",
    ]);
    command
}

/// Container images come without the lists.
fn lists_are_missing() -> bool {
    let Ok(entries) = fs::read_dir("/var/lib/apt/lists") else { return true };
    !entries.flatten().any(|entry| entry.file_name().to_string_lossy().contains("_Packages"))
}
