//! The Worker, built so that a panic unwinds: else a panic in the trail object leaves its caller waiting
//! for ever.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use super::stamp::Stamp;
use crate::process::{Task, path_with};
use crate::progress::say;
use crate::setup::{Lock, Setup};
use crate::workspace::Workspace;

/// workerd runs the older of WebAssembly's two kinds of exceptions, which LLVM must be told to write. It has the 128-bit
/// instructions that searching wants.
const RUSTFLAGS: &str = "-Cllvm-args=-wasm-use-legacy-eh -Ctarget-feature=+simd128";

const WORKER: [&str; 8] = [
    "Cargo.toml",
    "Cargo.lock",
    "crates/core",
    "crates/engine",
    "crates/proof",
    "crates/trail",
    "worker",
    "package-lock.json",
];

/// Which Worker is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flavour {
    /// The one that is deployed, in `worker/build`.
    Shipped,
    /// One with routes that panic, for the tests of what happens then; never deployed.
    Faulty,
    /// The one that is deployed with a route that tells what it asked of storage, for benchmarks.
    Counting,
}

impl Flavour {
    /// The folder that worker-build writes.
    pub(crate) fn folder(self, workspace: &Workspace) -> PathBuf {
        match self {
            Self::Shipped => workspace.path("worker/build"),
            Self::Faulty => workspace.products("worker-with-faults"),
            Self::Counting => workspace.products("worker-that-counts"),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Shipped => "worker",
            Self::Faulty => "worker with faults",
            Self::Counting => "worker that counts",
        }
    }

    /// What worker-build is told besides; what comes after the folder is cargo's.
    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Shipped => &["."],
            // Made smaller it would not panic otherwise, and wasm-opt takes half a minute.
            Self::Faulty => &["--no-opt", ".", "--features", "fault-injection"],
            Self::Counting => &[".", "--features", "counts"],
        }
    }
}

pub(super) fn build(setup: &Setup<'_>, flavour: Flavour) -> Result<()> {
    let workspace = setup.workspace();
    let toolchain = setup.std_builder()?;
    let stamp =
        Stamp::of(workspace, flavour.name(), &WORKER, &format!("{RUSTFLAGS} {toolchain:?}"))?;
    let folder = flavour.folder(workspace);
    if stamp.is_current(&folder.join("index.js")) {
        return Ok(());
    }
    let wasm_bindgen = setup.wasm_bindgen()?;
    let worker_build = setup.worker_build()?;
    let node = setup.node_with_packages()?;
    let _lock = toolchain.is_shared().then(|| Lock::hold(workspace, "worker")).transpose()?;

    say(flavour.name(), "compiling it to WebAssembly with panics that unwind");
    let mut command = Command::new(worker_build);
    toolchain.equip(&mut command);
    let stand_ins = toolchain.stand_ins().map(|folder| folder.join("bin"));
    let modules = workspace.path("node_modules/.bin");
    let folders = stand_ins.as_deref().into_iter().chain(node.folder()).chain([modules.as_path()]);
    command
        .current_dir(workspace.path("worker"))
        .env("PATH", path_with(folders)?)
        .env("RUSTFLAGS", RUSTFLAGS)
        // What the compiler says is the reason; where worker-build heard it is not.
        .env("RUST_BACKTRACE", "0")
        .env("WASM_BINDGEN_BIN", wasm_bindgen)
        .env("WASM_OPT_BIN", modules.join("wasm-opt"))
        .env("ESBUILD_BIN", modules.join("esbuild"))
        .args(["--release", "--panic-unwind", "--out-dir"])
        .arg(&folder)
        .args(flavour.arguments());
    Task::new(workspace, flavour.name())
        .limit(Duration::from_secs(1800))
        .tail(200)
        .run(&mut command)?;
    stamp.save()
}
