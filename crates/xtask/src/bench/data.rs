//! The logs that all sides read: generated once, kept in the cache under what decides their bytes.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::generate::{Entries, Kind, Spec, Window};
use crate::process::{Interrupted, interrupted};
use crate::progress::say;
use crate::setup::Lock;
use crate::workspace::Workspace;

/// Of a thousand sessions: makes Q1 find two entries of a thousand.
pub(super) const DENIED: u64 = 80;
pub(super) const SEED: u64 = 1;
/// June 2026, of which Q1 asks for ten days.
pub(super) const MONTH: (&str, &str) = ("2026-06-01T00:00:00Z", "2026-07-01T00:00:00Z");
/// Entries that tell one version of the generator from another.
const SAMPLE: usize = 1000;
/// What a file picked in Chromium has at least, where it is to be huge: 2 GiB.
const HUGE: u64 = 2 << 30;

/// How much of everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size {
    /// Entries of the log that is scanned.
    pub(super) cold: u64,
    /// Entries of the log that is asked again and again.
    pub(super) warm: u64,
}

impl Size {
    /// As the goals say it.
    pub(super) const FULL: Size = Size { cold: 200_000, warm: 1_000_000 };
    /// To see that everything works.
    pub(super) const QUICK: Size = Size { cold: 20_000, warm: 50_000 };
}

/// The logs of one size.
#[derive(Debug)]
pub(super) struct Data<'a> {
    workspace: &'a Workspace,
    size: Size,
}

impl<'a> Data<'a> {
    pub(super) fn new(workspace: &'a Workspace, size: Size) -> Self {
        Self { workspace, size }
    }

    /// A tenant's month, an entry a line.
    pub(super) fn cold(&self) -> Result<PathBuf> {
        self.generated(self.size.cold)
    }

    /// A quarter as many entries, with every character of every value written as `\uXXXX`.
    pub(super) fn escaped(&self) -> Result<PathBuf> {
        let spec = spec(self.size.cold / 4)?;
        self.made(&name("escaped", &spec), |output| {
            let mut entries = Entries::new(&spec);
            while let Some(line) = entries.advance() {
                escape(line, output)?;
            }
            Ok(())
        })
    }

    /// A month of many entries, in random order: no side can make use of their being sorted by time.
    pub(super) fn warm(&self) -> Result<PathBuf> {
        let sorted = self.generated(self.size.warm)?;
        self.made(&name("shuffled", &spec(self.size.warm)?), |output| shuffle(&sorted, output))
    }

    /// The log that is scanned, again and again until it is 2 GiB, and how often that is.
    pub(super) fn huge(&self) -> Result<(PathBuf, u64)> {
        let part = self.cold()?;
        let size = fs::metadata(&part).with_context(|| told(&part))?.len();
        let times = HUGE.div_ceil(size.max(1));
        let path =
            self.made(&name(&format!("{times}-times"), &spec(self.size.cold)?), |output| {
                for _ in 0..times {
                    io::copy(&mut File::open(&part)?, output)?;
                }
                Ok(())
            })?;
        Ok((path, times))
    }

    fn generated(&self, entries: u64) -> Result<PathBuf> {
        let spec = spec(entries)?;
        self.made(&name("month", &spec), |output| {
            let mut all = Entries::new(&spec);
            while let Some(line) = all.advance() {
                output.write_all(line)?;
            }
            Ok(())
        })
    }

    /// The file of that name in the cache, written by `write` where it is not there yet.
    fn made(
        &self,
        name: &str,
        write: impl FnOnce(&mut Draft) -> io::Result<()>,
    ) -> Result<PathBuf> {
        let folder = self.workspace.cache("bench");
        let path = folder.join(name);
        let _lock = Lock::hold(self.workspace, "bench data")?;
        if path.is_file() {
            return Ok(path);
        }
        say("data", &format!("writing {}", path.display()));
        fs::create_dir_all(&folder).with_context(|| told(&folder))?;
        // Written beside and moved: a command that is interrupted leaves no half file.
        let draft = path.with_extension("part");
        let mut output = Draft(BufWriter::with_capacity(1 << 20, File::create(&draft)?));
        let written = write(&mut output).and_then(|()| output.flush());
        if interrupted() {
            return Err(Interrupted.into());
        }
        written.with_context(|| told(&draft))?;
        fs::rename(&draft, &path).with_context(|| told(&path))?;
        Ok(path)
    }
}

/// A file in the making, which Ctrl-C ends.
struct Draft(BufWriter<File>);

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if interrupted() {
            return Err(io::Error::other("interrupted"));
        }
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn told(path: &Path) -> String {
    format!("cannot write {}", path.display())
}

fn spec(entries: u64) -> Result<Spec> {
    let window = Window::parse(Some(MONTH.0), Some(MONTH.1))?;
    Ok(Spec { kind: Kind::Auth0, entries, seed: SEED, window, store: None, denied: DENIED })
}

/// A file's name: what it holds, how many entries of which seed, and the version of the generator as its bytes tell it.
fn name(what: &str, spec: &Spec) -> String {
    format!("auth0-{what}-{}.ndjson", version_of(spec))
}

/// What tells logs of so many entries from all others.
pub(super) fn version(entries: u64) -> Result<String> {
    Ok(version_of(&spec(entries)?))
}

fn version_of(spec: &Spec) -> String {
    let mut hasher = DefaultHasher::new();
    for entry in Entries::new(spec).take(SAMPLE) {
        entry.hash(&mut hasher);
    }
    let version = hasher.finish() >> 32;
    format!("{}-{}-{version:08x}", spec.entries, spec.seed)
}

/// Writes a line of JSON with each value's text as escapes alone. Keys stay, and so does all else.
fn escape(line: &[u8], output: &mut impl Write) -> io::Result<()> {
    let mut rest = line;
    while let Some(start) = rest.iter().position(|byte| *byte == b'"') {
        let (before, text) = rest.split_at(start);
        output.write_all(before)?;
        let (text, behind) = text.split_at(text_end(text));
        if behind.first() == Some(&b':') {
            output.write_all(text)?;
        } else {
            let text: String = serde_json::from_slice(text)?;
            output.write_all(b"\"")?;
            for unit in text.encode_utf16() {
                write!(output, "\\u{unit:04x}")?;
            }
            output.write_all(b"\"")?;
        }
        rest = behind;
    }
    output.write_all(rest)
}

/// Where the text that begins with a quote is over, behind the other quote.
fn text_end(text: &[u8]) -> usize {
    let mut escaped = false;
    for (index, byte) in text.iter().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return index + 1,
            _ => {}
        }
    }
    text.len()
}

/// Writes the lines of a file in an order that the seed decides.
fn shuffle(path: &Path, output: &mut impl Write) -> io::Result<()> {
    let mut lines = Vec::new();
    let (mut at, mut line) = (0_u64, Vec::new());
    let mut input = BufReader::with_capacity(1 << 20, File::open(path)?);
    while input.read_until(b'\n', &mut line)? > 0 {
        lines.push((at, line.len()));
        at += line.len() as u64;
        line.clear();
    }
    let mut random = SEED;
    for last in (1..lines.len()).rev() {
        let other = (u128::from(next(&mut random)) * (last as u128 + 1)) >> 64;
        lines.swap(last, other as usize);
    }
    let input = File::open(path)?;
    for (start, length) in lines {
        line.resize(length, 0);
        input.read_exact_at(&mut line, start)?;
        output.write_all(&line)?;
    }
    Ok(())
}

/// The next number of a short generator, SplitMix64.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut bits = *state;
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::{escape, shuffle};
    use serde_json::Value;
    use std::collections::BTreeSet;

    #[test]
    fn escaped_is_the_same_json_without_a_plain_character_in_its_values() {
        let line = "{\"a\":\"x\\\"é:\u{1f98a}\",\"b\":[\"\",{\"c:\":\"\\\\\"}],\"d\":1.50}\n";
        let mut escaped = Vec::new();
        escape(line.as_bytes(), &mut escaped).unwrap();
        let text = String::from_utf8(escaped).unwrap();
        assert_eq!(
            text,
            "{\"a\":\"\\u0078\\u0022\\u00e9\\u003a\\ud83e\\udd8a\",\"b\":[\"\",{\"c:\":\"\\u005c\"}],\"d\":1.50}\n"
        );
        let value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        assert_eq!(value(&text), value(line));
    }

    #[test]
    fn shuffled_lines_are_the_same_in_another_order() {
        let path = std::env::temp_dir().join(format!("trailsift-shuffle-{}", std::process::id()));
        let lines: String = (0..1000).map(|line| format!("{line}\n")).collect();
        std::fs::write(&path, &lines).unwrap();
        let mut shuffled = Vec::new();
        shuffle(&path, &mut shuffled).unwrap();
        std::fs::remove_file(&path).unwrap();
        let shuffled = String::from_utf8(shuffled).unwrap();
        assert_ne!(shuffled, lines);
        let set = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
        assert_eq!(set(&shuffled), set(&lines));
    }
}
