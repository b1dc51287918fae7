//! The body of an append: NDJSON, or one JSON array, to checked entries. Not the stored form, and no numbers yet.
//!
//! All or nothing: one bad entry refuses the body, and the refusal names every bad one (the first
//! [`REPORTED_LINES`]).

use std::fmt;

use serde::{
    Deserializer,
    de::{IgnoredAny, SeqAccess, Visitor},
};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

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
    /// The SHA-256 of the body, by which a repeated batch without ids is known.
    pub body_hash: [u8; 32],
}

/// A bad entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// The line on which the entry begins, or on which an array breaks off; the first is 1.
    pub line: usize,
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
        line: usize,
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
                if *count > 1 {
                    write!(f, " ({} more bad lines)", count - 1)?;
                }
                Ok(())
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
    let text = match std::str::from_utf8(body) {
        Ok(text) => text,
        Err(error) => {
            let good = body.get(..error.valid_up_to()).unwrap_or_default();
            return Err(Refusal::NotText { line: 1 + count_lines(good) });
        }
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reading = Reading { kind, entries: Vec::new(), bad: Vec::new(), bad_count: 0 };
    if text.trim_ascii_start().starts_with('[') {
        reading.array(text);
    } else {
        reading.lines(text);
    }
    let Reading { entries, bad, bad_count, .. } = reading;
    if bad_count > 0 {
        Err(Refusal::Bad { lines: bad, count: bad_count })
    } else if entries.len() > ENTRY_LIMIT {
        Err(Refusal::TooMany)
    } else if entries.is_empty() {
        Err(Refusal::Empty)
    } else {
        Ok(Batch { entries, body_hash: Sha256::digest(body).into() })
    }
}

struct Reading<'a, 'k> {
    kind: &'k Kind,
    entries: Vec<Entry<'a>>,
    bad: Vec<BadLine>,
    bad_count: usize,
}

impl<'a> Reading<'a, '_> {
    fn lines(&mut self, text: &'a str) {
        for (index, line) in text.split('\n').enumerate() {
            if !line.trim_ascii().is_empty() {
                self.add(index + 1, line);
            }
        }
    }

    fn array(&mut self, text: &'a str) {
        let mut elements = Vec::new();
        let mut json = serde_json::Deserializer::from_str(text);
        let read = json.deserialize_seq(Elements(&mut elements)).and_then(|()| json.end());
        let mut line = 1;
        let mut counted = 0;
        for element in elements {
            // A borrowed raw value is a slice of the text: its place tells the line.
            let offset = (element.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
            line += count_lines(text.as_bytes().get(counted..offset).unwrap_or_default());
            counted = offset;
            self.add(line, element);
        }
        if let Err(error) = read {
            let message = error.to_string();
            let message =
                message.rsplit_once(" at line ").map_or(&*message, |(message, _)| message);
            self.refuse(
                error.line(),
                Reason::NotJson { message: message.to_owned(), column: error.column() },
            );
        }
    }

    fn add(&mut self, line: usize, text: &'a str) {
        match entry::check(text, self.kind) {
            // One more than the limit is enough to know.
            Ok(entry) if self.entries.len() <= ENTRY_LIMIT => self.entries.push(entry),
            Ok(_) => {}
            Err(reason) => self.refuse(line, reason),
        }
    }

    fn refuse(&mut self, line: usize, reason: Reason) {
        self.bad_count += 1;
        if self.bad.len() < REPORTED_LINES {
            self.bad.push(BadLine { line, reason });
        }
    }
}

/// Collects the elements of an array as they are written, also those before the place where it breaks off.
struct Elements<'s, 'a>(&'s mut Vec<&'a str>);

impl<'a> Visitor<'a> for Elements<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON array")
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut elements: A) -> Result<(), A::Error> {
        while let Some(raw) = elements.next_element::<&'a RawValue>()? {
            self.0.push(raw.get());
            if self.0.len() > ENTRY_LIMIT {
                // Too many already; the rest is only read to its end.
                while elements.next_element::<IgnoredAny>()?.is_some() {}
            }
        }
        Ok(())
    }
}

fn count_lines(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use trailsift_core::Schema;

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
    fn both_forms_give_the_entries_own_bytes() {
        let wanted = [r#"{"a": 1}"#, r#"{"b":"\u00e9 ü"}"#];
        for body in [
            "{\"a\": 1}\n{\"b\":\"\\u00e9 ü\"}",
            "\u{feff}{\"a\": 1}\r\n\r\n  {\"b\":\"\\u00e9 ü\"}  \n\n",
            "[{\"a\": 1},{\"b\":\"\\u00e9 ü\"}]",
            " \n[ {\"a\": 1}\n,\n {\"b\":\"\\u00e9 ü\"} ]\n",
        ] {
            assert_eq!(bytes(body), wanted, "{body}");
        }
        assert_eq!(bytes("[{\n \"a\": 1\n}]"), ["{\n \"a\": 1\n}"]);
    }

    #[test]
    fn bodies_without_entries() {
        for body in ["", " \n\n", "[]", " [ ] ", "\u{feff}"] {
            assert_eq!(parse(body.as_bytes()).unwrap_err(), Refusal::Empty, "{body:?}");
        }
    }

    #[test]
    fn every_bad_line_is_named() {
        let Err(Refusal::Bad { lines, count }) =
            parse(b"{\"a\":1}\n{\"a\":\n\n7\n{\"occurred_at\":\"?\"}")
        else {
            panic!("refused")
        };
        assert_eq!(count, 3);
        let named: Vec<_> = lines.iter().map(|bad| bad.line).collect();
        assert_eq!(named, [2, 4, 5]);
        assert_eq!(refused("{}\nx"), "line 2: not JSON: expected value at column 1");
        assert_eq!(refused("[{},\n\n7]"), "line 3: an entry is a JSON object");
    }

    #[test]
    fn an_array_cut_in_the_middle_says_where() {
        assert_eq!(
            refused("[{\"a\":1},\n{\"a\":"),
            "line 2: not JSON: EOF while parsing a value at column 5"
        );
        assert_eq!(refused("[{\"a\":1}"), "line 1: not JSON: EOF while parsing a list at column 8");
        assert_eq!(refused("[{}]\n{}"), "line 2: not JSON: trailing characters at column 1");
        assert_eq!(refused("[{},7\n"), "line 1: an entry is a JSON object (1 more bad lines)");
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
