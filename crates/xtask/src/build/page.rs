//! The page that the Worker serves as static assets.

use anyhow::Result;

use super::stamp::Stamp;
use crate::process::Task;
use crate::progress::say;
use crate::setup::Setup;

/// The package is named by what it is made of: its products are not read.
const PAGE: [&str; 7] = [
    "www",
    "crates/wasm",
    "crates/core",
    "crates/engine",
    "crates/proof",
    "package-lock.json",
    "LICENSE",
];

pub(super) fn build(setup: &Setup<'_>) -> Result<()> {
    let workspace = setup.workspace();
    let stamp = Stamp::of(workspace, "page", &PAGE, "")?;
    if stamp.is_current(&workspace.path("www/dist/index.html")) {
        return Ok(());
    }
    let node = setup.node_with_packages()?;
    say("page", "type-checking and bundling it");
    Task::new(workspace, "page")
        .tail(80)
        .run(node.command("npm")?.args(["run", "build", "-w", "www"]))?;
    stamp.save()
}
