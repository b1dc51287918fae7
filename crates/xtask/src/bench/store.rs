//! `cargo xtask bench --store`: what a trail costs in local workerd, through HTTP: appending, sealing, pages, queries that
//! read everything, memory.
//!
//! Filled trails are kept in the cache: the second run asks them at once.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::data::{DENIED, MONTH, SEED, version};
use super::goals::{self, STORE};
use super::measurements::Measurements;
use super::report;
use crate::build::{self, Flavour};
use crate::progress::say;
use crate::serve::secrets::Secrets;
use crate::serve::server::Server;
use crate::setup::Setup;

/// The page that a whole run writes.
const PAGE: &str = "docs/benchmarks-store.md";
/// Entries of the largest trail where nobody says otherwise.
pub(super) const ENTRIES: u64 = 10_000_000;
/// Entries of the trail that is appended to by itself: a few dozen segments.
const APPENDED: u64 = 200_000;

const ABOUT: &str = "\
`cargo xtask bench --store` writes this page: one workerd, its objects and its bucket on this machine's disk, asked through
HTTP without anything in front. The Worker is the one that is deployed, with a route besides that tells what storage was
asked for. Time of processors is that of the whole workerd process, the local R2 in it too. Objects and front share one
isolate here; deployed they need not.
";

/// Measures all of it; whether every goal is reached.
pub(super) fn run(
    setup: &Setup<'_>,
    entries: u64,
    fresh: bool,
    output: Option<&Path>,
) -> Result<bool> {
    build::worker(setup, Flavour::Counting)?;
    let mut store = Store { setup, results: Measurements::default() };
    let version = version(entries)?;
    let kept = setup.workspace().cache(format!("bench/store-{version}"));
    if fresh && kept.exists() {
        fs::remove_dir_all(&kept).with_context(|| format!("cannot remove {}", kept.display()))?;
    }
    let load = report::load();
    let sizes = [("small", entries / 100), ("middle", entries / 10), ("large", entries)];
    let sizes: Vec<Value> =
        sizes.iter().map(|(name, count)| json!({ "name": name, "count": count })).collect();

    say("append", &format!("{APPENDED} entries to a fresh trail"));
    let scratch = setup.workspace().scratch(format!("store-{}", std::process::id()));
    let outcome = store.script(&scratch, "appending", &json!({ "append": APPENDED.min(entries) }));
    let _ = fs::remove_dir_all(&scratch);
    outcome?;
    say("fill", &format!("trails of up to {entries} entries, kept in {}", kept.display()));
    store.script(&kept, "filling", &json!({ "fill": sizes }))?;
    say("ask", "pages and queries");
    store.script(&kept, "asking", &json!({ "ask": sizes }))?;

    let mut page = format!("# Benchmarks of the store\n\n{ABOUT}\n");
    let rows = [
        ("command", format!("`cargo xtask bench --store{}`", arguments(entries))),
        ("date", jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M UTC").to_string()),
        ("machine", report::machine()),
        ("load when it began", load),
    ];
    page.push_str("| | |\n| --- | --- |\n");
    for (name, value) in rows {
        let _ = writeln!(page, "| {name} | {value} |");
    }
    let reached = report::goals(&mut page, STORE, &store.results);
    report::measured(&mut page, &store.results);
    println!("{page}");
    let whole = entries == ENTRIES;
    let output: Option<PathBuf> =
        output.map(Path::to_path_buf).or_else(|| whole.then(|| setup.workspace().path(PAGE)));
    if let Some(path) = output {
        fs::write(&path, &page).with_context(|| format!("cannot write {}", path.display()))?;
        say("written", &path.display().to_string());
    }
    Ok(reached)
}

fn arguments(entries: u64) -> String {
    if entries == ENTRIES { String::new() } else { format!(" --entries {entries}") }
}

struct Store<'a> {
    setup: &'a Setup<'a>,
    results: Measurements,
}

impl Store<'_> {
    /// Runs the script against a Worker whose objects lie in `state`; `name` is what it is called in measurements.
    fn script(&mut self, state: &Path, name: &str, what: &Value) -> Result<()> {
        fs::create_dir_all(state)
            .with_context(|| format!("cannot make the folder {}", state.display()))?;
        let workspace = self.setup.workspace();
        let secrets = Secrets::load_or_create(state.join("dev.vars"))?;
        let folder = Flavour::Counting.folder(workspace);
        let objects = state.join("objects");
        let server = Server::start_alone(self.setup, "store", &folder, &objects, secrets.file())?;
        let mut job = json!({
            "name": name, "url": server.url(), "key": secrets.key, "group": server.process_group(),
            "inspector": server.inspector(), "state": state, "month": [MONTH.0, MONTH.1],
            "generator": std::env::current_exe().context("this program has no name")?,
            "generate": ["generate", "--kind", "auth0", "--seed", SEED.to_string(), "--start", MONTH.0,
                "--end", MONTH.1, "--denied", DENIED.to_string()],
        });
        if let (Value::Object(job), Value::Object(what)) = (&mut job, what) {
            job.extend(what.clone());
        }
        let mut command = self.setup.node_with_packages()?.command("node")?;
        command.arg(workspace.path("tests/bench/store.mjs")).arg(job.to_string());
        let what = format!("store {name}");
        self.results.script_within(goals::HOURS, workspace, &mut command, &what)
    }
}
