//! `cargo xtask serve`: everything built, the Worker running on this machine, sample logs in its trails,
//! and lines to paste that show them.

mod lines;
mod sample;
pub(crate) mod secrets;
pub(crate) mod server;

use std::path::Path;
use std::thread;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::build;
use crate::process::interrupted;
use crate::progress::say;
use crate::setup::Setup;
use secrets::Secrets;
use server::{Options, Protocol, Server};

/// Where the local server keeps its objects between two runs.
const STATE: &str = ".wrangler/local-2";

/// How to serve.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The port on 127.0.0.1.
    #[arg(long, default_value_t = 8787)]
    port: u16,
    /// Serve https, with a certificate that wrangler signs itself.
    #[arg(long)]
    https: bool,
    /// How many sample entries of each kind to load.
    #[arg(long, default_value_t = 5_000)]
    entries: u64,
    /// Load no sample entries.
    #[arg(long)]
    no_sample: bool,
}

/// Serves until Ctrl-C.
pub(crate) fn run(setup: &Setup<'_>, args: &Args) -> Result<()> {
    let workspace = setup.workspace();
    build::all(setup)?;
    let secrets = Secrets::of_checkout(workspace)?;
    let state = workspace.path(STATE);
    let plain = Options {
        name: "server",
        port: Some(args.port),
        protocol: Protocol::Http,
        state: &state,
        secrets: secrets.file(),
        script: None,
    };
    // Samples go in by plain http, so that nothing here has to trust a certificate.
    let first = if args.https { Options { port: None, ..plain } } else { plain };
    let mut server = Server::start(setup, &first)?;
    let sample = if args.no_sample {
        sample::loaded(&state)
    } else {
        Some(sample::load(&server, &secrets, &state, args.entries)?)
    };
    if args.https {
        drop(server);
        server = Server::start(setup, &Options { protocol: Protocol::Https, ..plain })?;
    }
    let commands = lines::commands(&server, &secrets, sample.as_ref());
    println!("{}{commands}", lines::places(&server, &secrets));
    while !interrupted() {
        if let Some(status) = server.ended()? {
            bail!("the server ended by itself ({status}); its log is {}", server.log().display());
        }
        thread::sleep(Duration::from_millis(100));
    }
    say("server", "ending it");
    Ok(())
}

/// Loads a few samples into a running `server` and returns the lines that would be printed for it.
pub(crate) fn commands_of(server: &Server, secrets: &Secrets, state: &Path) -> Result<String> {
    let sample = sample::load(server, secrets, state, 500)?;
    Ok(lines::commands(server, secrets, Some(&sample)))
}
