//! `cargo xtask build`: the npm package, the page and the Worker.

mod package;
mod page;
mod stamp;
mod worker;

use anyhow::Result;

use crate::setup::Setup;

pub(crate) use worker::Flavour;

/// What can be built by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Part {
    /// The npm package, in `crates/wasm/pkg`.
    Package,
    /// The page, in `www/dist`; it needs the package.
    Page,
    /// The Worker, in `worker/build`.
    Worker,
}

/// Which parts to build.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The parts to build; all when none is named.
    parts: Vec<Part>,
}

/// Builds what `args` names.
pub(crate) fn run(setup: &Setup<'_>, args: &Args) -> Result<()> {
    if args.parts.is_empty() {
        return all(setup);
    }
    args.parts.iter().try_for_each(|part| match part {
        Part::Package => package::build(setup),
        Part::Page => site(setup),
        Part::Worker => worker(setup, Flavour::Shipped),
    })
}

/// Builds everything that a Worker serves, each part only where what it is made of has changed.
pub(crate) fn all(setup: &Setup<'_>) -> Result<()> {
    site(setup)?;
    worker(setup, Flavour::Shipped)
}

/// Builds what the Worker serves as files: the page, with the npm package in it.
pub(crate) fn site(setup: &Setup<'_>) -> Result<()> {
    package::build(setup)?;
    page::build(setup)
}

/// Builds the npm package into `crates/wasm/pkg`.
pub(crate) fn package(setup: &Setup<'_>) -> Result<()> {
    package::build(setup)
}

/// Builds the Worker into the flavour's own folder.
pub(crate) fn worker(setup: &Setup<'_>, flavour: Flavour) -> Result<()> {
    worker::build(setup, flavour)
}
