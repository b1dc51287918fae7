//! Sample logs: the same seed gives the same bytes, on every machine. The generator decides what happens
//! (who signs in when, from where) and writes it at once, front to back; while doing so it counts, so that
//! what a query must find is known without reading the entries back.

mod agenda;
mod auth0;
mod cerbos;
mod clock;
mod event;
mod fga;
mod json;
mod people;
mod random;
#[cfg(test)]
mod tests;
mod truth;

use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::PathBuf;

use anyhow::{Context, bail};

use clock::{Millis, Slots};
use json::Line;

pub(crate) use clock::Window;
pub(crate) use random::Random;
pub(crate) use truth::Truth;

/// What to generate. Without `--start` and `--end` the entries fall on 2026-06-10, UTC.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Whose log.
    #[arg(long, value_enum)]
    kind: Kind,
    /// How many entries to write.
    #[arg(long, default_value_t = 1000)]
    entries: u64,
    /// Another seed gives other entries; the same one gives the same.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The time of the first entries, RFC 3339; alone it means the day that begins then.
    #[arg(long)]
    start: Option<String>,
    /// The time before which the last entries lie, RFC 3339; alone it means the day that ends then.
    #[arg(long)]
    end: Option<String>,
    /// The FGA store's id, a ULID.
    #[arg(long)]
    store: Option<String>,
    /// Auth0: of a thousand sessions, how many are sign-ins from an office (10.0.0.0/14) that a policy denies.
    #[arg(long, default_value_t = 0)]
    denied: u64,
    /// The file to write; standard output when absent.
    #[arg(long)]
    output: Option<PathBuf>,
    /// Write no entries but one JSON object of what is known about them: counts, ids, first and last time.
    #[arg(long)]
    truth: bool,
}

/// The kinds of log, named as the query language names their schemas.
#[derive(Clone, Copy, Debug, PartialEq, clap::ValueEnum)]
pub(crate) enum Kind {
    /// Auth0 tenant log.
    Auth0,
    /// Log of an Auth0 FGA store.
    Fga,
    /// Cerbos access log.
    CerbosAccess,
    /// Cerbos decision log; pairs with the access log of the same seed, window and number of entries.
    CerbosDecision,
    /// App-scoped audit events.
    Event,
}

/// All that decides a run's bytes.
#[derive(Clone, Debug)]
pub(crate) struct Spec {
    /// Whose log.
    pub(crate) kind: Kind,
    /// How many entries.
    pub(crate) entries: u64,
    /// Another seed gives other entries.
    pub(crate) seed: u64,
    /// The time that they fall into.
    pub(crate) window: Window,
    /// The FGA store's id; none for an id that follows from window and seed.
    pub(crate) store: Option<String>,
    /// Auth0's sign-ins from an office that a policy denies, of a thousand sessions.
    pub(crate) denied: u64,
}

/// Writes the entries, or the truth about them, that `args` asks for.
///
/// # Errors
/// A time or store id that does not parse; an output that cannot be written. A reader that stops early,
/// as `head` does, is no error.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let spec = args.spec()?;
    let written = match &args.output {
        None => write(&spec, args.truth, io::stdout().lock()),
        Some(path) => {
            let file =
                File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
            write(&spec, args.truth, file)
        }
    };
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written.context("cannot write the entries"),
    }
}

fn write(spec: &Spec, truth: bool, output: impl Write) -> io::Result<()> {
    let mut output = BufWriter::with_capacity(1 << 20, output);
    let mut entries = Entries::new(spec);
    if truth {
        while entries.advance().is_some() {}
        writeln!(output, "{}", entries.truth().to_json())?;
    } else {
        while let Some(line) = entries.advance() {
            output.write_all(line)?;
        }
    }
    output.flush()
}

impl Args {
    fn spec(&self) -> anyhow::Result<Spec> {
        if let Some(store) = &self.store {
            if self.kind != Kind::Fga {
                bail!("--store belongs to --kind fga");
            }
            let letter =
                |byte: u8| matches!(byte, b'0'..=b'9' | b'A'..=b'Z') && !b"ILOU".contains(&byte);
            if store.len() != 26 || !store.bytes().all(letter) {
                bail!(
                    "--store `{store}` is not a ULID: 26 of the letters 0-9 and A-Z without I, L, O, U"
                );
            }
        }
        Ok(Spec {
            kind: self.kind,
            entries: self.entries,
            seed: self.seed,
            window: Window::parse(self.start.as_deref(), self.end.as_deref())?,
            store: self.store.clone(),
            denied: self.denied,
        })
    }
}

/// The entries of one run, one by one; as an iterator each is a line of JSON without its newline.
pub(crate) struct Entries {
    source: Box<dyn Source>,
    slots: Slots,
    times: Random,
    line: Line,
    truth: Truth,
}

/// A kind of log in the making.
trait Source {
    /// Writes one entry as one object, of a moment at or shortly before `slot`, and counts it.
    fn write(&mut self, slot: Millis, line: &mut Line, truth: &mut Truth);
}

impl Entries {
    /// A run that has not begun.
    pub(crate) fn new(spec: &Spec) -> Entries {
        let Spec { kind, entries, seed, window, store, denied } = spec;
        let source: Box<dyn Source> = match kind {
            Kind::Auth0 => Box::new(auth0::Auth0::new(*window, *entries, *seed, *denied)),
            Kind::Fga => Box::new(fga::Fga::new(*window, *entries, *seed, store.as_deref())),
            Kind::CerbosAccess => Box::new(cerbos::Access::new(*seed)),
            Kind::CerbosDecision => Box::new(cerbos::Decision::new(*seed)),
            Kind::Event => Box::new(event::Events::new(*window, *seed)),
        };
        Entries {
            source,
            slots: Slots::new(*window, *entries),
            times: Random::new(*seed, 0),
            line: Line::default(),
            truth: Truth::default(),
        }
    }

    /// The next entry with its newline, until the run ends.
    pub(crate) fn advance(&mut self) -> Option<&[u8]> {
        let slot = self.slots.next(&mut self.times)?;
        self.line.clear();
        self.source.write(slot, &mut self.line, &mut self.truth);
        self.line.newline();
        self.truth.written(self.line.as_bytes().len());
        Some(self.line.as_bytes())
    }

    /// What is known about the entries so far.
    pub(crate) fn truth(&self) -> &Truth {
        &self.truth
    }
}

impl Iterator for Entries {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        let mut line = self.advance()?.to_vec();
        line.pop();
        Some(line)
    }
}
