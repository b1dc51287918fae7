//! What the commands need and a fresh machine lacks: each thing is looked for, else fetched or built.
//!
//! Nothing is prepared before a command asks for it, and each thing is looked at once a run. What is
//! fetched or built goes to the cache folder under its version, never into the system's folders; only
//! Debian's own packages are installed by apt.

pub(crate) mod chromium;
mod debian;
mod lock;
pub(crate) mod node;
pub(crate) mod rust;
mod tools;

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use anyhow::Result;

pub(crate) use lock::Lock;
use node::Node;
use rust::Toolchain;

use crate::workspace::Workspace;

/// What has been found or made ready in this run.
#[derive(Debug)]
pub(crate) struct Setup<'a> {
    workspace: &'a Workspace,
    wasm: OnceCell<Toolchain>,
    std_builder: OnceCell<Toolchain>,
    wasm_bindgen: OnceCell<PathBuf>,
    worker_build: OnceCell<PathBuf>,
    node: OnceCell<Node>,
    packages: OnceCell<()>,
    chromium: OnceCell<PathBuf>,
}

impl<'a> Setup<'a> {
    pub(crate) fn new(workspace: &'a Workspace) -> Self {
        Self {
            workspace,
            wasm: OnceCell::new(),
            std_builder: OnceCell::new(),
            wasm_bindgen: OnceCell::new(),
            worker_build: OnceCell::new(),
            node: OnceCell::new(),
            packages: OnceCell::new(),
            chromium: OnceCell::new(),
        }
    }

    pub(crate) fn workspace(&self) -> &'a Workspace {
        self.workspace
    }

    /// A toolchain that compiles for `wasm32-unknown-unknown`, where a panic aborts.
    pub(crate) fn wasm(&self) -> Result<&Toolchain> {
        once(&self.wasm, || rust::for_wasm(self))
    }

    /// A toolchain that builds the standard library anew: for panics that unwind, those without
    /// a message, and bare targets.
    pub(crate) fn std_builder(&self) -> Result<&Toolchain> {
        once(&self.std_builder, || rust::for_own_std(self))
    }

    /// The command `wasm-bindgen`, of exactly the version that the crates are compiled against.
    pub(crate) fn wasm_bindgen(&self) -> Result<&Path> {
        once(&self.wasm_bindgen, || tools::wasm_bindgen(self.workspace)).map(PathBuf::as_path)
    }

    /// The command `worker-build`, of the version of the crate `worker`.
    pub(crate) fn worker_build(&self) -> Result<&Path> {
        once(&self.worker_build, || tools::worker_build(self.workspace)).map(PathBuf::as_path)
    }

    /// A Node that is new enough for wrangler.
    pub(crate) fn node(&self) -> Result<&Node> {
        once(&self.node, || node::find(self.workspace))
    }

    /// Node with `node_modules` as `package-lock.json` says.
    pub(crate) fn node_with_packages(&self) -> Result<&Node> {
        let node = self.node()?;
        once(&self.packages, || node::install_packages(self.workspace, node))?;
        Ok(node)
    }

    /// A browser for the tests.
    pub(crate) fn chromium(&self) -> Result<&Path> {
        once(&self.chromium, || chromium::find(self.workspace)).map(PathBuf::as_path)
    }

    /// The command `rg` of that version, built as its authors release it.
    pub(crate) fn ripgrep(&self, version: &str) -> Result<PathBuf> {
        tools::ripgrep(self.workspace, version)
    }

    /// A folder in whose `node_modules` lies npm's `package` of that version, outside the checkout.
    pub(crate) fn npm_package(&self, package: &str, version: &str) -> Result<PathBuf> {
        node::package(self.workspace, self.node()?, package, version)
    }

    /// Sees that a small command of Unix is there, `why` it is needed.
    pub(crate) fn command(&self, name: &str, why: &str) -> Result<()> {
        debian::command(self.workspace, name, why)
    }
}

/// The cell's value, made by `make` the first time.
fn once<T>(cell: &OnceCell<T>, make: impl FnOnce() -> Result<T>) -> Result<&T> {
    if let Some(value) = cell.get() {
        return Ok(value);
    }
    let value = make()?;
    Ok(cell.get_or_init(|| value))
}
