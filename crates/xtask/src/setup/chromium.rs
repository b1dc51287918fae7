//! The browser that the tests drive.

use std::path::PathBuf;

use anyhow::{Context, Result};

use super::debian;
use crate::process::on_path;
use crate::workspace::Workspace;

/// Names under which systems install it.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

pub(super) fn find(workspace: &Workspace) -> Result<PathBuf> {
    if let Some(program) = NAMES.into_iter().find_map(on_path) {
        return Ok(program);
    }
    debian::install(workspace, "Chromium", "the tests drive the page in it", &["chromium"])?;
    on_path("chromium").context("Chromium: apt installed it, yet no `chromium` is on the path")
}
