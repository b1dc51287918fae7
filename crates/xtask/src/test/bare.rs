//! The libraries on a target that has no `std`: it fails when `std` slips in through a dependency or a
//! feature, which no build for this machine or for WebAssembly would notice.

use std::time::Duration;

use anyhow::Result;

use super::outcome::Outcome;
use crate::process::Task;
use crate::setup::Setup;

/// A microcontroller without an operating system.
const BARE: &str = "thumbv7em-none-eabi";

pub(super) fn check(setup: &Setup<'_>) -> Result<Outcome> {
    let workspace = setup.workspace();
    let toolchain = setup.std_builder()?;
    Task::new(workspace, "no_std")
        .limit(Duration::from_secs(900))
        .tail(100)
        .advice("look which dependency or `use` brings `std` into core, engine or proof")
        .run(
            toolchain
                .cargo()
                .current_dir(workspace.root())
                .args([
                    "check",
                    "-p",
                    "trailsift-core",
                    "-p",
                    "trailsift-engine",
                    "-p",
                    "trailsift-proof",
                ])
                .args(["--target", BARE])
                .args(toolchain.std("core,alloc")),
        )?;
    Ok(Outcome::passed())
}
