//! Our own side: the native command, the npm package in Node and in Chromium, the Worker in workerd.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::Bench;
use super::queries::Query;
use crate::build::{self, Flavour};
use crate::process::Task;
use crate::progress::say;
use crate::serve::secrets::Secrets;
use crate::serve::server::{Options, Protocol, Server};
use crate::setup::Setup;

/// Compiling everything anew on two busy cores.
const LIMIT: Duration = Duration::from_secs(1200);

/// Builds the command as it is released.
pub(super) fn build_command(setup: &Setup<'_>) -> Result<PathBuf> {
    let workspace = setup.workspace();
    say("command", "building it");
    Task::new(workspace, "bench command").limit(LIMIT).tail(100).run(
        Command::new("cargo").current_dir(workspace.root()).args([
            "build",
            "--release",
            "--package",
            "trailsift",
        ]),
    )?;
    Ok(workspace.target().join("release/trailsift"))
}

impl Bench<'_> {
    /// A script of `tests/bench` with its job.
    pub(super) fn script(&mut self, script: &str, job: &Value) -> Result<()> {
        let node = self.setup.node_with_packages()?;
        let mut command = node.command("node")?;
        command
            // A million entries as JavaScript's objects take gigabytes.
            .args(["--expose-gc", "--max-old-space-size=8192"])
            .arg(self.setup.workspace().path("tests/bench").join(script))
            .arg(job.to_string());
        if script == "browser.mjs" {
            command.env("TRAILSIFT_CHROMIUM", self.setup.chromium()?);
        }
        let side = job.get("side").and_then(Value::as_str).unwrap_or_default();
        let what = format!("{script} {side}");
        self.results.script(self.setup.workspace(), &mut command, what.trim_end())
    }

    /// A program over a file.
    pub(super) fn program(
        &mut self,
        command: &Command,
        runs: u32,
        name: &str,
        file: &Path,
    ) -> Result<()> {
        let size = fs::metadata(file).with_context(|| format!("no file {}", file.display()))?.len();
        self.results.program(self.setup.workspace(), command, runs, name, size as f64)
    }

    /// The native command, which opens the file itself.
    pub(super) fn native(&mut self, query: &Query, runs: u32, file: &Path) -> Result<()> {
        let mut command = Command::new(&self.command);
        command.args(["--count", "--schema", &query.schema, &query.text]).arg(file);
        self.program(&command, runs, &format!("native/{}", query.name), file)
    }

    /// The Worker under wrangler, as `cargo xtask serve` runs it.
    pub(super) fn workerd(&mut self, file: &Path) -> Result<()> {
        build::site(self.setup)?;
        build::worker(self.setup, Flavour::Shipped)?;
        let workspace = self.setup.workspace();
        let state = workspace.scratch(format!("bench-{}", std::process::id()));
        fs::create_dir_all(&state)
            .with_context(|| format!("cannot make the folder {}", state.display()))?;
        let secrets = Secrets::load_or_create(state.join("dev.vars"))?;
        let options = Options {
            name: "bench server",
            port: None,
            protocol: Protocol::Http,
            state: &state,
            secrets: secrets.file(),
            script: None,
        };
        let server = Server::start(self.setup, &options)?;
        let job = json!({
            "file": file, "runs": self.runs, "url": server.url(), "key": secrets.key,
            "group": server.process_group(),
        });
        let outcome = self.script("workerd.mjs", &job);
        drop(server);
        // Nothing in it is needed again, and nothing breaks when it stays.
        let _ = fs::remove_dir_all(&state);
        outcome
    }
}
