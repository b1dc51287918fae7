//! The Worker in workerd, started by wrangler on a port of this machine and ended with everything it
//! started.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::process::{Group, Interrupted, interrupted};
use crate::progress::{Progress, say, tail};
use crate::setup::Setup;

/// How long workerd may take to answer its first request on a busy machine.
const START: Duration = Duration::from_secs(90);
/// How often a server is started on another port where one is taken, and what workerd calls that.
const ATTEMPTS: u32 = 5;
const TAKEN: &str = "ERR_ADDRESS_IN_USE";
/// How long one request may take.
const REQUEST: Duration = Duration::from_secs(60);

/// What a server speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Http,
    Https,
}

/// How a server is started.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options<'a> {
    /// Names it in messages, and its log.
    pub(crate) name: &'a str,
    /// The port on 127.0.0.1; a free one when none is given.
    pub(crate) port: Option<u16>,
    pub(crate) protocol: Protocol,
    /// The folder of its objects.
    pub(crate) state: &'a Path,
    /// The file of its secrets, `NAME=value` lines.
    pub(crate) secrets: &'a Path,
    /// The Worker's entry file, where it is not the one that `wrangler.toml` names.
    pub(crate) script: Option<&'a Path>,
}

/// A running server; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    group: Group,
    url: String,
    log: PathBuf,
    inspector: Option<u16>,
}

/// The answer to a request.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Server {
    /// Starts wrangler and waits until the Worker answers.
    pub(crate) fn start(setup: &Setup<'_>, options: &Options<'_>) -> Result<Self> {
        let workspace = setup.workspace();
        let node = setup.node_with_packages()?;
        let port = match options.port {
            Some(port) => checked_port(port)?,
            None => free_port()?,
        };
        let scheme = match options.protocol {
            Protocol::Http => "http",
            Protocol::Https => "https",
        };
        let mut command = node.command("wrangler")?;
        command.arg("dev");
        if let Some(script) = options.script {
            command.arg(script);
        }
        command
            // A `wrangler.json` in a folder above would be taken first.
            .args(["--config", "wrangler.toml", "--ip", "127.0.0.1", "--port", &port.to_string()])
            .args(["--inspector-port", &free_port()?.to_string()])
            .args(["--local-protocol", scheme, "--show-interactive-dev-session=false"])
            .arg("--persist-to")
            .arg(options.state)
            .arg("--env-file")
            .arg(options.secrets)
            // Off the network: no metrics, no questions, no fetching of a sample `request.cf`.
            .env("WRANGLER_SEND_METRICS", "false")
            .env("CI", "1")
            .env("CLOUDFLARE_CF_FETCH_ENABLED", "false");
        say(options.name, &format!("starting the Worker on 127.0.0.1:{port} ({scheme})"));
        let log = workspace.scratch("logs").join(format!("{}.log", options.name.replace(' ', "-")));
        Self::launch(command, format!("{scheme}://127.0.0.1:{port}"), log)
    }

    /// Starts workerd with nothing before it, and waits until the Worker answers: no page and no https, but quick to
    /// start and to kill, and the work of its process is the Worker's alone. `folder` is what worker-build wrote.
    pub(crate) fn start_alone(
        setup: &Setup<'_>,
        name: &str,
        folder: &Path,
        state: &Path,
        secrets: &Path,
    ) -> Result<Self> {
        let log = setup.workspace().scratch("logs").join(format!("{}.log", name.replace(' ', "-")));
        let mut attempt = 1;
        loop {
            let (port, inspector) = (free_port()?, free_port()?);
            let mut command = setup.node_with_packages()?.command("node")?;
            command.arg("tests/faults/workerd.mjs").args([folder, state, secrets]);
            command.args([port, inspector].map(|port| port.to_string()));
            match Self::launch(command, format!("http://127.0.0.1:{port}"), log.clone()) {
                Ok(server) => return Ok(Self { inspector: Some(inspector), ..server }),
                // Somebody else was given the port between our looking and workerd's taking it.
                Err(error) if attempt < ATTEMPTS && format!("{error:#}").contains(TAKEN) => {
                    attempt += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Starts a command that says `Ready on ` once the Worker answers, and waits for that.
    fn launch(mut command: Command, url: String, log: PathBuf) -> Result<Self> {
        if let Some(folder) = log.parent() {
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        }
        let output =
            File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let errors = output.try_clone().context("cannot write a log twice")?;
        let group = Group::start(command.stdout(output).stderr(errors))
            .context("the server could not be started")?;
        let mut server = Self { group, url, log, inspector: None };
        server.wait_until_ready()?;
        Ok(server)
    }

    /// Ends everything at once, as a machine that fails does: nothing can be put in order before.
    pub(crate) fn kill(mut self) {
        self.group.kill();
    }

    /// `http://127.0.0.1:8787`, without a slash at the end.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// What wrangler and the Worker write.
    pub(crate) fn log(&self) -> &Path {
        &self.log
    }

    /// The port of V8's inspector, where the server was started alone.
    pub(crate) fn inspector(&self) -> Option<u16> {
        self.inspector
    }

    /// The number of the group that all its processes belong to.
    pub(crate) fn process_group(&self) -> i32 {
        self.group.number()
    }

    /// How the server ended, if it did.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.group.ended()
    }

    /// Sends `body` to `path`, over plain http only.
    pub(crate) fn post(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Answer> {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .timeout_global(Some(REQUEST))
            .http_status_as_error(false)
            .proxy(None)
            .build()
            .into();
        let mut request = agent.post(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = request
            .send(body)
            .with_context(|| format!("the server does not answer POST {path}"))?;
        let body = response
            .body_mut()
            .read_to_string()
            .with_context(|| format!("the answer to POST {path} is not text"))?;
        Ok(Answer { status: response.status().as_u16(), body })
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let mut progress = Progress::start();
        let outcome = loop {
            if let Some(status) = self.ended()? {
                break Err(format!("ended before it answered ({status})"));
            }
            if interrupted() {
                progress.finish(false);
                return Err(Interrupted.into());
            }
            // wrangler writes this once workerd has loaded the Worker.
            if tail(&self.log, 50).iter().any(|line| line.contains("Ready on ")) {
                break Ok(());
            }
            if progress.elapsed() > START {
                break Err(format!("did not answer within {} s", START.as_secs()));
            }
            progress.tick(&self.log);
            thread::sleep(Duration::from_millis(50));
        };
        progress.finish(outcome.is_ok());
        if let Err(how) = outcome {
            let end = tail(&self.log, 30).join("\n  | ");
            bail!("the Worker {how}; the end of {}:\n  | {end}", self.log.display());
        }
        Ok(())
    }
}

/// A port that nobody listens on now.
fn free_port() -> Result<u16> {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port of 127.0.0.1 is free")?;
    Ok(listener.local_addr().context("a listener has no address")?.port())
}

/// The port, when nobody listens on it; after a server that has just ended it may take a moment.
fn checked_port(port: u16) -> Result<u16> {
    let started = Instant::now();
    loop {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            Ok(_) => return Ok(port),
            Err(error) if started.elapsed() > Duration::from_secs(2) => {
                bail!(
                    "port {port} of 127.0.0.1 is taken ({error}): end what listens there, or pass --port"
                );
            }
            Err(_) => thread::sleep(Duration::from_millis(100)),
        }
    }
}
