//! What the person in front of the terminal sees while something takes long.

use std::fs::File;
use std::io::{IsTerminal, Read, Seek, SeekFrom, Write, stderr};
use std::path::Path;
use std::time::{Duration, Instant};

/// Longer than this and a line that is not on a terminal gets company.
const QUIET: Duration = Duration::from_secs(20);
/// How often the line on a terminal is redrawn.
const REDRAW: Duration = Duration::from_millis(250);
/// A step shorter than this ends without a word.
const WORTH_A_WORD: Duration = Duration::from_secs(5);
/// Columns of a terminal that are surely there.
const WIDTH: usize = 79;

/// Says one line about what happens now, and why.
pub(crate) fn say(what: &str, doing: &str) {
    let mut out = stderr().lock();
    // A closed stderr is no reason to stop building.
    let _ = writeln!(out, "{what}: {doing}");
}

/// The elapsed time of one step: a live line on a terminal, else a line every 20 s.
#[derive(Debug)]
pub(crate) struct Progress {
    started: Instant,
    drawn: Instant,
    live: bool,
    dirty: bool,
}

impl Progress {
    pub(crate) fn start() -> Self {
        let now = Instant::now();
        Self { started: now, drawn: now, live: stderr().is_terminal(), dirty: false }
    }

    /// A clock that shows nothing.
    pub(crate) fn silent() -> Self {
        Self { live: false, ..Self::start() }
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Shows that the step is alive, with the newest line of its log.
    pub(crate) fn tick(&mut self, log: &Path) {
        if self.drawn.elapsed() < if self.live { REDRAW } else { QUIET } {
            return;
        }
        self.drawn = Instant::now();
        let line = format!("  {:>4}  {}", clock(self.elapsed()), last_line(log));
        let line: String = line.chars().take(WIDTH).collect();
        let mut out = stderr().lock();
        let _ = if self.live {
            self.dirty = true;
            write!(out, "\r\x1b[2K{line}").and_then(|()| out.flush())
        } else {
            writeln!(out, "{}", line.trim_end())
        };
    }

    /// Takes the live line away; a long step that was `done` says how long it took.
    pub(crate) fn finish(self, done: bool) -> Duration {
        let elapsed = self.elapsed();
        let mut out = stderr().lock();
        if self.dirty {
            let _ = write!(out, "\r\x1b[2K");
        }
        if done && elapsed >= WORTH_A_WORD {
            let _ = writeln!(out, "  {:>4}  done", clock(elapsed));
        }
        elapsed
    }
}

/// `7 s`, `1:05`.
pub(crate) fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        format!("{seconds} s")
    } else {
        format!("{}:{:02}", seconds / 60, seconds % 60)
    }
}

/// The last line of a log that says something, without what steers a terminal.
fn last_line(log: &Path) -> String {
    tail(log, 1).pop().unwrap_or_default()
}

/// As [`tail`], without the lines of tests that passed.
pub(crate) fn failures(log: &Path, count: usize) -> Vec<String> {
    let passed = |line: &str| line.ends_with(" ... ok") || line.trim_start().starts_with('✔');
    let mut lines = tail(log, usize::MAX);
    lines.retain(|line| !passed(line));
    lines.split_off(lines.len().saturating_sub(count))
}

/// The last `count` lines of a log that say something, oldest first.
pub(crate) fn tail(log: &Path, count: usize) -> Vec<String> {
    const END: u64 = 64 * 1024;
    let read = || -> std::io::Result<Vec<u8>> {
        let mut file = File::open(log)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(END)))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    // A log that cannot be read shows as empty: the failure that it explains is reported anyway.
    let bytes = read().unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<String> =
        text.split(['\n', '\r']).map(plain).filter(|line| !line.trim().is_empty()).collect();
    let skip = lines.len().saturating_sub(count);
    lines.into_iter().skip(skip).collect()
}

/// The line without escape sequences and other control characters.
fn plain(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            // A sequence ends with its first letter: `ESC [ 1 ; 31 m`.
            characters.by_ref().find(char::is_ascii_alphabetic);
        } else if character == '\t' {
            text.push_str("    ");
        } else if !character.is_control() {
            text.push(character);
        }
    }
    text.truncate(text.trim_end().len());
    text
}

#[cfg(test)]
mod tests {
    use super::{clock, plain};
    use std::time::Duration;

    #[test]
    fn a_line_loses_what_steers_the_terminal() {
        assert_eq!(plain("\u{1b}[1;31merror\u{1b}[0m: é\u{7} \t"), "error: é");
    }

    #[test]
    fn minutes_show_from_sixty_seconds_on() {
        assert_eq!(clock(Duration::from_secs(59)), "59 s");
        assert_eq!(clock(Duration::from_secs(65)), "1:05");
    }
}
