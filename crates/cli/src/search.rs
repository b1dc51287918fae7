//! A query over files: what matches goes to the output, what is wrong with them to standard error.

use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Error, Result};
use trailsift_core::Query;
use trailsift_engine::{
    plan::Plan,
    scan::{Match, Report, Scan},
};

use crate::args::{Args, Check};
use crate::input::{self, Input};
use crate::say;

/// What is read at a time: few enough bytes to stay in a processor's own cache until they are looked at.
const CHUNK: usize = 256 << 10;
/// Broken entries that are shown of each log.
const SHOWN: usize = 5;

/// What is told of each file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Entries,
    Count,
    Name,
}

/// What has been found so far, and where it goes.
pub(crate) struct Search<W> {
    plan: Plan,
    check: Option<Check>,
    told: Told,
    with_filename: bool,
    /// How many matches of a file are wanted.
    wanted: u64,
    output: W,
    buffer: Vec<u8>,
    /// The present log, as it is told of.
    name: String,
    /// Matches in the present file, and in any.
    found: u64,
    matched: bool,
    trouble: bool,
    /// Why nothing more can be written.
    unwritable: Option<io::Error>,
}

impl<W: Write> Search<W> {
    /// A search that has read nothing.
    pub(crate) fn new(query: &Query, args: &Args, output: W) -> Self {
        Self {
            plan: Plan::new(query.filter()),
            check: args.check,
            told: match (args.count, args.files_with_matches) {
                (true, _) => Told::Count,
                (false, true) => Told::Name,
                (false, false) => Told::Entries,
            },
            with_filename: args.with_filename,
            wanted: args.max_count.unwrap_or(u64::MAX),
            output,
            buffer: vec![0; CHUNK],
            name: String::new(),
            found: 0,
            matched: false,
            trouble: false,
            unwritable: None,
        }
    }

    /// Whether something matched.
    pub(crate) fn matched(&self) -> bool {
        self.matched
    }

    /// Whether something went wrong.
    pub(crate) fn trouble(&self) -> bool {
        self.trouble
    }

    /// Reads `files` in turn, standard input when there are none. A reader of the output that stopped early, as `head`
    /// does, ends it quietly.
    pub(crate) fn files(&mut self, files: &[PathBuf]) {
        let stdin = [PathBuf::from("-")];
        let files = if files.is_empty() { &stdin } else { files };
        for path in files {
            self.file(path, files.len() > 1);
            if self.unwritable.is_some() {
                break;
            }
        }
        self.flush();
        match self.unwritable.take() {
            Some(error) if error.kind() != ErrorKind::BrokenPipe => {
                self.complain("standard output", &error.into());
            }
            _ => {}
        }
    }

    fn file(&mut self, path: &Path, is_one_of_many: bool) {
        let name = input::name(path);
        let input = match Input::open(path) {
            Ok(input) => input,
            Err(error) => return self.complain(&name, &error),
        };
        self.found = 0;
        input.logs(|member, log| {
            if self.is_done() {
                return false;
            }
            self.name = shown(&format!("{name}{member}"));
            if let Err(error) = log.and_then(|mut log| self.log(&mut log)) {
                self.complain(&self.name.clone(), &error);
            }
            self.unwritable.is_none()
        });
        self.matched |= self.found > 0;
        let found = self.found;
        match self.told {
            Told::Count if is_one_of_many || self.with_filename => {
                self.write(format!("{name}:{found}\n").as_bytes());
            }
            Told::Count => self.write(format!("{found}\n").as_bytes()),
            Told::Name if found > 0 => self.write(format!("{name}\n").as_bytes()),
            Told::Name | Told::Entries => {}
        }
    }

    /// Whether nothing more of the present file is wanted.
    fn is_done(&self) -> bool {
        self.found >= self.wanted || self.told == Told::Name && self.found > 0
    }

    /// One log, from its first byte to its last.
    fn log(&mut self, log: &mut dyn Read) -> Result<()> {
        let mut scan = match self.check {
            None => Scan::new(),
            Some(Check::All) => Scan::checked(),
            Some(Check::Stop) => Scan::strict(),
        };
        let outcome = self.scan(&mut scan, log);
        self.report(scan.report());
        outcome
    }

    fn scan(&mut self, scan: &mut Scan, log: &mut dyn Read) -> Result<()> {
        let plan = self.plan.clone();
        loop {
            let mut buffer = std::mem::take(&mut self.buffer);
            let read = log.read(&mut buffer);
            let chunk = buffer.get(..*read.as_ref().unwrap_or(&0)).unwrap_or_default();
            if !chunk.is_empty() {
                scan.push(chunk, &plan, |found| self.print(&found));
            }
            self.buffer = buffer;
            match read {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
            // Whoever waits at a pipe sees a match when it has come.
            self.flush();
            if self.unwritable.is_some() || scan.is_stopped() || self.is_done() {
                return Ok(());
            }
        }
        scan.finish(&plan, |found| self.print(&found));
        Ok(())
    }

    fn print(&mut self, found: &Match<'_>) {
        // A chunk may hold more than is wanted.
        if self.is_done() {
            return;
        }
        self.found += 1;
        if self.told == Told::Entries {
            if self.with_filename {
                self.write(format!("{}:", self.name).as_bytes());
            }
            self.write(found.bytes);
            self.write(b"\n");
        }
    }

    fn write(&mut self, bytes: &[u8]) {
        if self.unwritable.is_none() {
            self.unwritable = self.output.write_all(bytes).err();
        }
    }

    fn flush(&mut self) {
        if self.unwritable.is_none() {
            self.unwritable = self.output.flush().err();
        }
    }

    /// Says what was broken, the first few places and how many in all.
    fn report(&mut self, report: &Report) {
        let name = self.name.clone();
        for broken in report.first_broken.iter().take(SHOWN) {
            self.complain(&name, &Error::msg(broken.to_string()));
        }
        if report.broken > SHOWN as u64 {
            self.complain(&name, &Error::msg(format!("{} broken entries in all", report.broken)));
        }
    }

    /// Says what went wrong, behind what was found before.
    fn complain(&mut self, name: &str, error: &Error) {
        self.trouble = true;
        self.flush();
        let line = shown(&format!("trailsift: {name}: {error:#}"));
        say(&format!("{line}\n"));
    }
}

/// Names of files and members are strangers' text: nothing in them may steer a terminal.
fn shown(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}
