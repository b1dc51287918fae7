//! The servers that tests talk to: one of each mode a run, started when first asked for, with its own empty
//! state, ended and forgotten with the run.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::build::{self, Flavour};
use crate::serve;
use crate::serve::secrets::Secrets;
use crate::serve::server::{Options, Protocol, Server};
use crate::setup::Setup;

/// How a server differs from the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Plain http.
    Http,
    /// https, which some clients insist on; the same Worker.
    Https,
    /// The Worker with routes that panic.
    Faulty,
}

impl Mode {
    /// Names the server in messages, its log and its folder.
    fn name(self) -> &'static str {
        match self {
            Self::Http => "test-server",
            Self::Https => "https-test-server",
            Self::Faulty => "faulty-test-server",
        }
    }
}

/// Names and values for the environment of a test.
pub(super) type Variables = Vec<(&'static str, String)>;

/// The servers of one run.
#[derive(Debug)]
pub(super) struct Servers<'a> {
    setup: &'a Setup<'a>,
    running: Vec<(Mode, Server)>,
    /// Modes that were tried and failed: once told is enough.
    broken: Vec<Mode>,
    state: PathBuf,
}

impl<'a> Servers<'a> {
    pub(super) fn new(setup: &'a Setup<'a>) -> Result<Self> {
        let state = setup.workspace().scratch(format!("state-{}", std::process::id()));
        Ok(Self { setup, running: Vec::new(), broken: Vec::new(), state })
    }

    /// What a test is told about the servers of `modes`, which run from now on.
    pub(super) fn variables(&mut self, modes: &[Mode]) -> Result<Variables> {
        let secrets = self.secrets()?;
        let mut variables =
            vec![("TRAILSIFT_DEV_VARS", secrets.file().to_string_lossy().into_owned())];
        for mode in modes {
            let name = match mode {
                Mode::Http | Mode::Faulty => "TRAILSIFT_URL",
                Mode::Https => "TRAILSIFT_HTTPS_URL",
            };
            variables.push((name, self.url(*mode)?));
            if *mode == Mode::Faulty {
                // The folder is wrangler's, below it are those of its objects and its buckets.
                let state = self.state.join(mode.name()).join("v3");
                variables.push(("TRAILSIFT_STATE", state.to_string_lossy().into_owned()));
            }
        }
        Ok(variables)
    }

    /// The lines that `cargo xtask serve` would print for the plain server, after loading samples into it.
    pub(super) fn printed_lines(&mut self) -> Result<String> {
        let secrets = self.secrets()?;
        self.url(Mode::Http)?;
        let found = self.running.iter().find(|(mode, _)| *mode == Mode::Http);
        let (_, server) = found.context("the server has gone")?;
        serve::commands_of(server, &secrets, &self.state)
    }

    /// Fresh ones for this run, not those of whoever develops here.
    fn secrets(&self) -> Result<Secrets> {
        fs::create_dir_all(&self.state)
            .with_context(|| format!("cannot make the folder {}", self.state.display()))?;
        Secrets::load_or_create(self.state.join("dev.vars"))
    }

    fn url(&mut self, mode: Mode) -> Result<String> {
        if let Some((_, server)) = self.running.iter().find(|(running, _)| *running == mode) {
            return Ok(server.url().to_owned());
        }
        if self.broken.contains(&mode) {
            bail!("not run: the server that it needs could not be started, as told above");
        }
        let server = self.start(mode).inspect_err(|_| self.broken.push(mode))?;
        let url = server.url().to_owned();
        self.running.push((mode, server));
        Ok(url)
    }

    fn start(&self, mode: Mode) -> Result<Server> {
        let (protocol, flavour) = match mode {
            Mode::Http => (Protocol::Http, Flavour::Shipped),
            Mode::Https => (Protocol::Https, Flavour::Shipped),
            Mode::Faulty => (Protocol::Http, Flavour::Faulty),
        };
        build::site(self.setup)?;
        build::worker(self.setup, flavour)?;
        let state = self.state.join(mode.name());
        fs::create_dir_all(&state)
            .with_context(|| format!("cannot make the folder {}", state.display()))?;
        let script = flavour.folder(self.setup.workspace()).join("index.js");
        let script = (flavour == Flavour::Faulty).then_some(script);
        let secrets = self.secrets()?;
        let options = Options {
            name: mode.name(),
            port: None,
            protocol,
            state: &state,
            secrets: secrets.file(),
            script: script.as_deref(),
        };
        Server::start(self.setup, &options)
    }
}

impl Drop for Servers<'_> {
    fn drop(&mut self) {
        // Ended before their folders go.
        self.running.clear();
        let _ = fs::remove_dir_all(&self.state);
    }
}
