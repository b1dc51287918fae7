//! The body of an append to checked entries. Not the stored form, and no numbers yet. What an entry is, and in which
//! forms entries may come, is the engine's to say: whatever it splits from a file it splits from a body.
//!
//! All or nothing: one bad entry refuses the body, and the refusal names every bad one (the first
//! [`REPORTED_LINES`]).

use std::fmt;

use sha2::{Digest, Sha256};
use trailsift_engine::split::{Broken, Splitter, Step};

use crate::{
    entry::{self, Entry, Reason},
    kind::Kind,
};

/// The longest body, in bytes.
pub const SIZE_LIMIT: usize = 8 << 20;

/// The most entries in a body.
pub const ENTRY_LIMIT: usize = 10_000;

/// How many bad lines a refusal names.
pub const REPORTED_LINES: usize = 100;

/// A checked body.
#[derive(Clone, Debug)]
pub struct Batch<'a> {
    /// The entries in the body's order; at least one.
    pub entries: Vec<Entry<'a>>,
    /// The line on which each begins; the first is 1.
    pub lines: Vec<u64>,
    body: &'a [u8],
}

impl Batch<'_> {
    /// The SHA-256 of the body, by which a repeated batch without ids is known. Made when it is asked for: most entries
    /// have ids.
    #[must_use]
    pub fn body_hash(&self) -> [u8; 32] {
        Sha256::digest(self.body).into()
    }
}

/// A bad entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// The line on which the entry begins, or on which an array breaks off; the first is 1.
    pub line: u64,
    /// What is wrong.
    pub reason: Reason,
}

/// Why a body is refused. Nothing of a refused body is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No entry in it.
    Empty,
    /// Longer than [`SIZE_LIMIT`].
    TooLarge,
    /// More entries than [`ENTRY_LIMIT`].
    TooMany,
    /// Not UTF-8 from that line on.
    NotText {
        /// The line, the first is 1.
        line: u64,
    },
    /// Bad entries: the first [`REPORTED_LINES`] of them, and how many there are.
    Bad {
        /// The first of them.
        lines: Vec<BadLine>,
        /// All of them.
        count: usize,
    },
}

impl Refusal {
    /// Whether the reason is a limit: 413 in HTTP. A body whose only fault is an entry above the limit is one too.
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        match self {
            Self::TooLarge | Self::TooMany => true,
            Self::Bad { lines, count } => {
                *count == lines.len()
                    && lines.iter().all(|bad| matches!(bad.reason, Reason::TooLarge { .. }))
            }
            Self::Empty | Self::NotText { .. } => false,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the body holds no entries"),
            Self::TooLarge => write!(f, "the body is longer than {SIZE_LIMIT} bytes"),
            Self::TooMany => write!(f, "the body holds more than {ENTRY_LIMIT} entries"),
            Self::NotText { line } => write!(f, "line {line}: not UTF-8"),
            Self::Bad { lines, count } => {
                if let Some(BadLine { line, reason }) = lines.first() {
                    write!(f, "line {line}: {reason}")?;
                }
                match count.saturating_sub(1) {
                    0 => Ok(()),
                    1 => f.write_str(" (and 1 more bad line)"),
                    more => write!(f, " (and {more} more bad lines)"),
                }
            }
        }
    }
}

/// Cuts a body into entries and checks each.
///
/// # Errors
/// The [`Refusal`] of the whole body.
pub fn parse<'a>(body: &'a [u8], kind: &Kind) -> Result<Batch<'a>, Refusal> {
    if body.len() > SIZE_LIMIT {
        return Err(Refusal::TooLarge);
    }
    if let Err(error) = std::str::from_utf8(body) {
        let good = body.get(..error.valid_up_to()).unwrap_or_default();
        return Err(Refusal::NotText { line: 1 + line_feeds(good) });
    }
    let mut reading =
        Reading { kind, entries: Vec::new(), lines: Vec::new(), bad: Vec::new(), bad_count: 0 };
    reading.read(body);
    let Reading { entries, lines, bad, bad_count, .. } = reading;
    if bad_count > 0 {
        Err(Refusal::Bad { lines: bad, count: bad_count })
    } else if entries.len() > ENTRY_LIMIT {
        Err(Refusal::TooMany)
    } else if entries.is_empty() {
        Err(Refusal::Empty)
    } else {
        Ok(Batch { entries, lines, body })
    }
}

struct Reading<'a, 'k> {
    kind: &'k Kind,
    entries: Vec<Entry<'a>>,
    lines: Vec<u64>,
    bad: Vec<BadLine>,
    bad_count: usize,
}

impl<'a> Reading<'a, '_> {
    fn read(&mut self, body: &'a [u8]) {
        let mut splitter = Splitter::new();
        let (mut line, mut counted) = (1, 0);
        loop {
            match splitter.step(body, true) {
                Step::Entry(range) => {
                    line += line_feeds(body.get(counted..range.start).unwrap_or_default());
                    counted = range.start;
                    self.add(line, body.get(range).unwrap_or_default());
                }
                Step::Broken(Broken { offset, line, reason, .. }) => {
                    self.refuse(line, Reason::Broken { reason, offset });
                }
                Step::More | Step::End => return,
            }
        }
    }

    fn add(&mut self, line: u64, bytes: &'a [u8]) {
        match entry::check(bytes, self.kind) {
            // One more than the limit is enough to know.
            Ok(entry) if self.entries.len() <= ENTRY_LIMIT => {
                self.entries.push(entry);
                self.lines.push(line);
            }
            Ok(_) => {}
            Err(reason) => self.refuse(line, reason),
        }
    }

    fn refuse(&mut self, line: u64, reason: Reason) {
        self.bad_count += 1;
        if self.bad.len() < REPORTED_LINES {
            self.bad.push(BadLine { line, reason });
        }
    }
}

fn line_feeds(bytes: &[u8]) -> u64 {
    bytes.iter().map(|byte| u64::from(*byte == b'\n')).sum()
}

#[cfg(test)]
mod tests {
    use trailsift_core::Schema;
    use trailsift_engine::json::MAX_DEPTH;

    use super::*;

    fn parse(body: &[u8]) -> Result<Batch<'_>, Refusal> {
        super::parse(body, Kind::of(Schema::by_name("event").unwrap()))
    }

    fn bytes(body: &str) -> Vec<String> {
        let batch = parse(body.as_bytes()).unwrap();
        batch.entries.iter().map(|entry| String::from_utf8(entry.bytes.to_vec()).unwrap()).collect()
    }

    fn refused(body: &str) -> String {
        parse(body.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn every_form_gives_the_entries_own_bytes() {
        let wanted = [r#"{"a": 1}"#, r#"{"b":"\u00e9 ü"}"#];
        for body in [
            "{\"a\": 1}\n{\"b\":\"\\u00e9 ü\"}",
            "\u{feff}{\"a\": 1}\r\n\r\n  {\"b\":\"\\u00e9 ü\"}  \n\n",
            "[{\"a\": 1},{\"b\":\"\\u00e9 ü\"}]",
            " \n[ {\"a\": 1}\n,\n {\"b\":\"\\u00e9 ü\"} ]\n",
            "{\"a\": 1} {\"b\":\"\\u00e9 ü\"}",
            "{\"logs\":[{\"a\": 1},{\"b\":\"\\u00e9 ü\"}],\"continuation_token\":\"\"}",
        ] {
            assert_eq!(bytes(body), wanted, "{body}");
        }
        assert_eq!(bytes("[{\n \"a\": 1\n}]"), ["{\n \"a\": 1\n}"]);
        let pretty = "{\n \"a\": 1\n}\n{\n \"b\": 2\n}\n";
        assert_eq!(bytes(pretty), ["{\n \"a\": 1\n}", "{\n \"b\": 2\n}"]);
        assert_eq!(parse(pretty.as_bytes()).unwrap().lines, [1, 4]);
    }

    #[test]
    fn bodies_without_entries() {
        for body in ["", " \n\n", "[]", " [ ] ", "\u{feff}", "{\"logs\":[]}"] {
            assert_eq!(parse(body.as_bytes()).unwrap_err(), Refusal::Empty, "{body:?}");
        }
    }

    #[test]
    fn every_bad_line_is_named() {
        let Err(Refusal::Bad { lines, count }) =
            parse(b"{\"a\":1}\n{\"a\":x}\n\n7\n{\"occurred_at\":\"?\"}")
        else {
            panic!("refused")
        };
        assert_eq!(count, 3);
        let named: Vec<_> = lines.iter().map(|bad| bad.line).collect();
        assert_eq!(named, [2, 4, 5]);
        assert_eq!(refused("{}\nx"), "line 2: not JSON: `x` where a value is expected (at byte 3)");
        assert_eq!(refused("[{},\n\n7]"), "line 3: an entry is a JSON object, and this is none");
    }

    #[test]
    fn an_array_cut_in_the_middle_says_where() {
        assert_eq!(
            refused("[{\"a\":1},\n{\"a\":"),
            "line 2: not JSON: it ends in the middle (at byte 15)"
        );
        assert_eq!(refused("[{\"a\":1}"), "line 1: not JSON: it ends in the middle (at byte 8)");
        assert_eq!(
            refused("[{},7\n"),
            "line 1: an entry is a JSON object, and this is none (and 1 more bad line)"
        );
        assert!(refused("x\nx\nx").ends_with(" (and 2 more bad lines)"));
    }

    #[test]
    fn what_a_query_could_not_read_is_no_entry() {
        let nested =
            |depth: usize| format!(r#"{{"a":{}{}}}"#, "[".repeat(depth - 1), "]".repeat(depth - 1));
        let limit = (1..1_000).rev().find(|depth| parse(nested(*depth).as_bytes()).is_ok());
        assert_eq!(limit, usize::try_from(MAX_DEPTH).ok());
        assert_eq!(
            refused(&format!("{{}}\n{}", nested(200))),
            "line 2: not JSON: it nests deeper than 128 levels (at byte 135)"
        );
        assert!(parse("[".repeat(500_000).as_bytes()).is_err());
    }

    #[test]
    fn only_the_first_hundred_are_listed() {
        let body = "x\n".repeat(5_000);
        let Err(Refusal::Bad { lines, count }) = parse(body.as_bytes()) else { panic!("refused") };
        assert_eq!((lines.len(), count), (REPORTED_LINES, 5_000));
    }

    #[test]
    fn limits() {
        let most = "{}\n".repeat(ENTRY_LIMIT);
        assert_eq!(parse(most.as_bytes()).unwrap().entries.len(), ENTRY_LIMIT);
        assert_eq!(parse(format!("{most}{{}}").as_bytes()).unwrap_err(), Refusal::TooMany);
        let array = format!("[{}{{}}]", "{},".repeat(ENTRY_LIMIT));
        assert_eq!(parse(array.as_bytes()).unwrap_err(), Refusal::TooMany);
        assert_eq!(parse(&vec![b' '; SIZE_LIMIT + 1]).unwrap_err(), Refusal::TooLarge);
        let large = format!("{{\"a\":\"{}\"}}", "a".repeat(entry::SIZE_LIMIT));
        let refusal = parse(large.as_bytes()).unwrap_err();
        assert!(refusal.is_too_large());
        assert!(!parse(format!("{large}\nx").as_bytes()).unwrap_err().is_too_large());
    }

    #[test]
    fn text_that_is_not_utf8() {
        assert_eq!(parse(b"{}\n{\"a\":\"\xff\"}").unwrap_err(), Refusal::NotText { line: 2 });
    }
}
