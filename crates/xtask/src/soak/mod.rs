//! `cargo xtask soak`: the Worker killed at random moments while it is written to, and what it has kept checked after
//! each start.
//!
//! Fronts send batches, the same and overlapping ones too, until each is acknowledged; the entries of one trail come to
//! be past their time meanwhile. A kill is a SIGKILL of the whole group in the middle of whatever runs: an append, a
//! seal, the removal of what is past its time. What the system was handed survives that, so this shows nothing about a
//! machine that loses its power.

mod aging;
mod client;
mod fronts;
mod ledger;
mod proofs;

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::build::{self, Flavour};
use crate::generate::Random;
use crate::process::{Interrupted, interrupted};
use crate::progress::say;
use crate::serve::secrets::Secrets;
use crate::serve::server::Server;
use crate::setup::Setup;
use aging::Aging;
use client::Client;
use ledger::{Findings, Ledger};
use proofs::{Proofs, Which};

/// How many kills a short form has.
const SHORT: u32 = 4;
/// A trail is written to for so many kills, then a new one is begun: each is read as a whole after each kill.
const KILLS_A_TRAIL: u32 = 10;
/// The longest time between the first request and the kill, in milliseconds. The build with faults seals after one
/// second.
const LONGEST: u64 = 2_500;
/// How long the last chunks of a trail may take to be sealed.
const SEALING: Duration = Duration::from_secs(60);
/// As many connections write at the same time.
const FRONTS: u64 = 3;
/// How many different things that are wrong are told.
const TOLD: usize = 20;

/// How long and how often.
#[derive(clap::Args)]
#[command(
    after_help = "The last line is `N kills, A acknowledged, L lost, D doubled`: entries, not batches. \
    The exit code is 1 when anything is lost, doubled or otherwise not as it was acknowledged; no more kills follow then."
)]
pub(crate) struct Args {
    /// How often the Worker is killed.
    #[arg(long, default_value_t = 200)]
    kills: u32,
    /// Decides what is sent and when the Worker is killed. What has happened by then differs all the same.
    #[arg(long)]
    seed: Option<u64>,
}

/// What a soak found.
#[derive(Debug, Default)]
struct Outcome {
    kills: u32,
    acknowledged: u64,
    findings: Findings,
}

/// Kills, checks and tells; whether everything acknowledged was there once, after all kills.
pub(crate) fn run(setup: &Setup<'_>, args: &Args) -> Result<bool> {
    build::worker(setup, Flavour::Faulty)?;
    let seed = args.seed.unwrap_or_else(|| jiff::Timestamp::now().as_millisecond().unsigned_abs());
    say("soak", &format!("{} kills; the same again: --seed {seed}", args.kills));
    let Outcome { kills, acknowledged, findings } = soak(setup, args.kills, seed)?;
    for wrong in findings.wrong.iter().take(TOLD) {
        say("wrong", wrong);
    }
    let Findings { lost, doubled, .. } = findings;
    println!("{kills} kills, {acknowledged} acknowledged, {lost} lost, {doubled} doubled");
    Ok(findings.is_empty())
}

/// A few kills, as a test of the Worker and of this harness.
pub(crate) fn short(setup: &Setup<'_>) -> Result<()> {
    let seed = jiff::Timestamp::now().as_millisecond().unsigned_abs();
    let Outcome { acknowledged, findings, .. } = soak(setup, SHORT, seed)?;
    if acknowledged == 0 {
        bail!("nothing was acknowledged between {SHORT} kills");
    }
    if !findings.is_empty() {
        let Findings { lost, doubled, wrong } = findings;
        let wrong = wrong.into_iter().take(TOLD).collect::<Vec<_>>().join("\n  | ");
        bail!("seed {seed}: {lost} lost, {doubled} doubled\n  | {wrong}");
    }
    Ok(())
}

/// One run.
struct Soak<'a> {
    setup: &'a Setup<'a>,
    secrets: Secrets,
    random: Random,
    seed: u64,
    /// The last one is written to.
    trails: Vec<Trail>,
    aging: Mutex<Aging>,
}

/// A trail, and what was ever wrong with it.
struct Trail {
    ledger: Mutex<Ledger>,
    findings: Findings,
    proofs: Proofs,
}

fn soak(setup: &Setup<'_>, kills: u32, seed: u64) -> Result<Outcome> {
    let folder = setup.workspace().scratch(format!("soak-{}", std::process::id()));
    fs::create_dir_all(&folder).context("cannot make a folder for the Worker's objects")?;
    let mut soak = Soak {
        setup,
        secrets: Secrets::load_or_create(folder.join("dev.vars"))?,
        random: Random::new(seed, 0),
        seed,
        trails: Vec::new(),
        aging: Mutex::default(),
    };
    let mut outcome = Outcome::default();
    for kill in 0..kills {
        // Whoever looks into it wants what was found first, and the objects as they were then.
        if soak.has_findings() {
            break;
        }
        if kill % KILLS_A_TRAIL == 0 {
            let ledger = Mutex::new(Ledger::new(format!("soak-{}", soak.trails.len())));
            soak.trails.push(Trail {
                ledger,
                findings: Findings::default(),
                proofs: Proofs::default(),
            });
        }
        soak.write_and_kill(kill)?;
        outcome.kills = kill + 1;
    }
    if !soak.has_findings() {
        soak.finish()?;
    }
    for trail in soak.trails {
        outcome.acknowledged += ledger::locked(&trail.ledger).acknowledged_entries();
        outcome.findings.besides(trail.findings);
    }
    let aging = soak.aging.into_inner().unwrap_or_else(PoisonError::into_inner);
    let (acknowledged, findings) = aging.into_result();
    outcome.acknowledged += acknowledged;
    outcome.findings.besides(findings);
    if outcome.findings.is_empty() {
        // What is left of a run that found something is kept for whoever looks into it.
        let _ = fs::remove_dir_all(&folder);
    } else {
        say("soak", &format!("the objects are kept in {}", folder.display()));
    }
    Ok(outcome)
}

impl Soak<'_> {
    /// Starts the Worker, checks what the last kill has left, writes, and kills.
    fn write_and_kill(&mut self, kill: u32) -> Result<()> {
        let mut server = self.server()?;
        let client = Client::new(&server, &self.secrets);
        self.check_last(&client)?;
        let trail = &self.trails.last().context("there is no trail to write to")?.ledger;
        let wait = Duration::from_millis(self.random.below(LONGEST));
        let ends = AtomicBool::new(false);
        thread::scope(|scope| {
            for front in 0..FRONTS {
                let random = Random::new(self.seed, 1 + u64::from(kill) * FRONTS + front);
                let (client, ends) = (&client, &ends);
                scope.spawn(move || fronts::write(client, trail, random, ends));
            }
            let random = Random::new(self.seed, u64::MAX - u64::from(kill));
            let (client, ends, aging) = (&client, &ends, &self.aging);
            scope.spawn(move || aging::write(client, aging, u64::from(kill), random, ends));
            let killed = wait_for(wait, &mut server);
            // Those that it hits are cut off in the middle; none begins after it.
            server.kill();
            ends.store(true, Ordering::Relaxed);
            killed
        })?;
        let trail = ledger::locked(trail);
        say(
            &format!("kill {}", kill + 1),
            &format!(
                "after {} ms; {} batches acknowledged, {} unsure, {} entries in {}; {} of those that age",
                wait.as_millis(),
                trail.acknowledged_batches(),
                trail.unsure(),
                trail.acknowledged_entries(),
                trail.name(),
                Aging::len(&self.aging),
            ),
        );
        Ok(())
    }

    fn has_findings(&self) -> bool {
        let mut trails = self.trails.iter();
        Aging::has_findings(&self.aging) || trails.any(|trail| !trail.findings.is_empty())
    }

    /// Sends what was never acknowledged until it is, and checks all trails once more.
    fn finish(&mut self) -> Result<()> {
        let server = self.server()?;
        let client = Client::new(&server, &self.secrets);
        self.check_last(&client)?;
        for trail in &mut self.trails {
            fronts::drain(&client, &trail.ledger)?;
            trail.wait_until_sealed(&client)?;
            trail.check(&client, Which::All)?;
        }
        Ok(())
    }

    fn server(&self) -> Result<Server> {
        let folder = self.secrets.file().with_file_name("state");
        let worker = Flavour::Faulty.folder(self.setup.workspace());
        Server::start_alone(self.setup, "soak", &worker, &folder, self.secrets.file())
    }

    fn check_last(&mut self, client: &Client) -> Result<()> {
        aging::check(client, &self.aging)?;
        self.trails.last_mut().map_or(Ok(()), |trail| trail.check(client, Which::Newest))
    }
}

impl Trail {
    /// Nothing is left in chunks after a while: no kill keeps them from being sealed for good.
    fn wait_until_sealed(&self, client: &Client) -> Result<()> {
        let started = Instant::now();
        let name = ledger::locked(&self.ledger).name().to_owned();
        while !client.is_sealed(&name)? {
            if interrupted() {
                return Err(Interrupted.into());
            }
            if started.elapsed() > SEALING {
                bail!("{name} is not sealed after {} s", SEALING.as_secs());
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// Reads it as a whole and holds it against what was sent.
    fn check(&mut self, client: &Client, proven: Which) -> Result<()> {
        let mut ledger = ledger::locked(&self.ledger);
        let listed = client.list(ledger.name())?;
        self.findings.again(ledger.check(listed));
        self.findings.wrong.extend(self.proofs.check(client, ledger.name(), proven)?);
        Ok(())
    }
}

/// Waits until it is time to kill.
fn wait_for(time: Duration, server: &mut Server) -> Result<()> {
    let started = Instant::now();
    while started.elapsed() < time {
        if interrupted() {
            return Err(Interrupted.into());
        }
        if let Some(status) = server.ended()? {
            bail!("the Worker ended by itself ({status}); its log is {}", server.log().display());
        }
        thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}
