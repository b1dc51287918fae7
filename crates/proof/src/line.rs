//! The lines of an export: an entry's own bytes, with what its leaf needs beside them. Not which entries are exported.
//!
//! A line is a JSON object, written in one way alone:
//!
//! ```text
//! {"sequence":7,"id":"evt_7","received_at":1782898200123,"entry":{"type":"s"}}
//! ```
//!
//! - `sequence`, the entry's number, and `received_at`, milliseconds since 1970, UTC, are plain integers;
//! - `id` is the id under which the entry is served; of its characters only `"`, `\` and those below U+0020 are escaped,
//!   as `\b`, `\t`, `\n`, `\f`, `\r` or else with four digits, `\u001f`;
//! - `entry` is last, and is what the trail received, byte for byte: everything from after `"entry":` to before the
//!   line's last `}`. No program has to write JSON anew to get at it.
//!
//! A line feed inside an entry would end the line. It stands as a space, and a member before `entry` tells where, in
//! bytes from the entry's start: `"breaks":[1,14],"entry":{ "type":"s" }`. An entry without line feeds has no such
//! member.

use alloc::{borrow::Cow, string::String, vec::Vec};
use core::{fmt, str};

/// The longest line that is read, in bytes. The trail refuses entries of more than 1 MB.
pub const MAX_LINE: usize = 16 << 20;

/// An exported entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// Its number; the trail's first is 1.
    pub sequence: u64,
    /// The id under which it is served.
    pub id: Cow<'a, str>,
    /// When the trail received it: milliseconds since 1970, UTC.
    pub received_at: i64,
    /// Its own bytes.
    pub bytes: Cow<'a, [u8]>,
}

/// Where a line stops being one, in bytes from its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotALine(pub usize);

impl fmt::Display for NotALine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a line of an export from byte {} on", self.0)
    }
}

impl core::error::Error for NotALine {}

impl<'a> Line<'a> {
    /// Appends the line, with a line feed.
    ///
    /// ```
    /// use trailsift_proof::line::Line;
    ///
    /// let line = Line { sequence: 7, id: "e".into(), received_at: 5, bytes: b"{\n}".into() };
    /// let mut export = Vec::new();
    /// line.write(&mut export);
    /// assert_eq!(export, b"{\"sequence\":7,\"id\":\"e\",\"received_at\":5,\"breaks\":[1],\"entry\":{ }}\n");
    /// assert_eq!(Line::parse(export.strip_suffix(b"\n").unwrap()), Ok(line));
    /// ```
    pub fn write(&self, out: &mut Vec<u8>) {
        push(out, format_args!("{{\"sequence\":{},\"id\":\"", self.sequence));
        push_escaped(out, &self.id);
        push(out, format_args!("\",\"received_at\":{},", self.received_at));
        let mut before = "\"breaks\":[";
        for (at, byte) in self.bytes.iter().enumerate() {
            if *byte == b'\n' {
                push(out, format_args!("{before}{at}"));
                before = ",";
            }
        }
        if before == "," {
            out.extend_from_slice(b"],");
        }
        out.extend_from_slice(b"\"entry\":");
        out.extend(self.bytes.iter().map(|byte| if *byte == b'\n' { b' ' } else { *byte }));
        out.extend_from_slice(b"}\n");
    }

    /// Reads a line, without its line feed.
    ///
    /// # Errors
    /// [`NotALine`] when it is not written as [`Line::write`] writes it, to the byte: a line has one form, so that
    /// nobody can change one unnoticed.
    pub fn parse(line: &'a [u8]) -> Result<Self, NotALine> {
        let mut rest = Rest { line, at: 0 };
        rest.expect(b"{\"sequence\":")?;
        let sequence = rest.number()?;
        rest.expect(b",\"id\":\"")?;
        let id = rest.text()?;
        rest.expect(b",\"received_at\":")?;
        let received_at = rest.number()?;
        rest.expect(b",")?;
        let breaks = if rest.expect(b"\"breaks\":[").is_ok() { rest.breaks()? } else { Vec::new() };
        rest.expect(b"\"entry\":")?;
        let bytes = match rest.left().split_last() {
            Some((b'}', bytes)) if !bytes.contains(&b'\n') => bytes,
            _ => return Err(NotALine(rest.at)),
        };
        let bytes = broken(bytes, &breaks).ok_or(NotALine(rest.at))?;
        Ok(Self { sequence, id, received_at, bytes })
    }
}

/// Puts line feeds where spaces stand for them.
fn broken<'a>(bytes: &'a [u8], breaks: &[usize]) -> Option<Cow<'a, [u8]>> {
    if breaks.is_empty() {
        return Some(Cow::Borrowed(bytes));
    }
    let mut bytes = bytes.to_vec();
    for at in breaks {
        let byte = bytes.get_mut(*at)?;
        // Every place once, and in order: a second line feed finds no space.
        if *byte != b' ' {
            return None;
        }
        *byte = b'\n';
    }
    breaks.is_sorted().then_some(Cow::Owned(bytes))
}

/// What of a line is still to be read.
struct Rest<'a> {
    line: &'a [u8],
    at: usize,
}

impl<'a> Rest<'a> {
    fn left(&self) -> &'a [u8] {
        self.line.get(self.at..).unwrap_or_default()
    }

    fn expect(&mut self, text: &[u8]) -> Result<(), NotALine> {
        if self.left().starts_with(text) {
            self.at += text.len();
            Ok(())
        } else {
            Err(NotALine(self.at))
        }
    }

    /// An integer in its one spelling.
    fn number<N: str::FromStr + fmt::Display>(&mut self) -> Result<N, NotALine> {
        // No integer of 64 bits is longer.
        let digits =
            self.left().iter().take(21).take_while(|byte| matches!(byte, b'-' | b'0'..=b'9'));
        let text = self.left().get(..digits.count()).unwrap_or_default();
        let number = str::from_utf8(text).ok().and_then(|text| text.parse().ok());
        let number: N = number.ok_or(NotALine(self.at))?;
        let mut spelled = Vec::new();
        push(&mut spelled, format_args!("{number}"));
        self.expect(&spelled)?;
        if spelled.len() == text.len() { Ok(number) } else { Err(NotALine(self.at)) }
    }

    /// The places of the line feeds, and what follows them.
    fn breaks(&mut self) -> Result<Vec<usize>, NotALine> {
        let mut breaks = Vec::new();
        loop {
            breaks.push(self.number()?);
            if self.expect(b",").is_err() {
                self.expect(b"],")?;
                return Ok(breaks);
            }
        }
    }

    /// A text and the quote behind it.
    fn text(&mut self) -> Result<Cow<'a, str>, NotALine> {
        let mut escaped = false;
        let end = self.left().iter().position(|byte| match byte {
            _ if escaped => {
                escaped = false;
                false
            }
            b'\\' => {
                escaped = true;
                false
            }
            byte => *byte == b'"',
        });
        let raw = end.and_then(|end| self.left().get(..end)).ok_or(NotALine(self.at))?;
        let raw = str::from_utf8(raw).map_err(|_| NotALine(self.at))?;
        let text = unescape(raw).ok_or(NotALine(self.at))?;
        self.at += raw.len() + 1;
        Ok(text)
    }
}

/// The text that is written so; nothing when it would be written otherwise.
fn unescape(raw: &str) -> Option<Cow<'_, str>> {
    if !raw.contains(|c: char| c == '\\' || c < ' ') {
        return Some(Cow::Borrowed(raw));
    }
    let mut quoted = String::with_capacity(raw.len() + 2);
    quoted.push('"');
    quoted.push_str(raw);
    quoted.push('"');
    let text: String = serde_json::from_str(&quoted).ok()?;
    let mut again = Vec::with_capacity(raw.len());
    push_escaped(&mut again, &text);
    (again == raw.as_bytes()).then_some(Cow::Owned(text))
}

fn push_escaped(out: &mut Vec<u8>, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            0x08 => out.extend_from_slice(b"\\b"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            0x0c => out.extend_from_slice(b"\\f"),
            b'\r' => out.extend_from_slice(b"\\r"),
            0..b' ' => push(out, format_args!("\\u{byte:04x}")),
            _ => out.push(byte),
        }
    }
}

fn push(out: &mut Vec<u8>, text: fmt::Arguments<'_>) {
    struct Sink<'a>(&'a mut Vec<u8>);
    impl fmt::Write for Sink<'_> {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0.extend_from_slice(text.as_bytes());
            Ok(())
        }
    }
    // A vector takes everything.
    let _ = fmt::Write::write_fmt(&mut Sink(out), text);
}

#[cfg(test)]
mod tests {
    use alloc::{format, string::ToString as _};

    use proptest::prelude::*;

    use super::*;

    fn written(line: &Line<'_>) -> Vec<u8> {
        let mut out = Vec::new();
        line.write(&mut out);
        assert_eq!(out.pop(), Some(b'\n'));
        assert!(!out.contains(&b'\n'));
        out
    }

    #[test]
    fn there_and_back_byte_for_byte() {
        let entries: [&[u8]; 6] = [
            b"{}",
            b"{ \"a\" : 1 }",
            b"{\n}",
            b"\n\n",
            b"",
            b"{\"a\":\"\xff\xed\xa0\x80\\u0041}\"}\r",
        ];
        for bytes in entries {
            for id in ["e", "", "a\"b\\c/\u{1}\u{1f}\n\r\t\u{8}\u{c}\u{7f}\u{2028}ü\u{202e}"] {
                let line = Line {
                    sequence: u64::MAX,
                    id: id.into(),
                    received_at: i64::MIN,
                    bytes: bytes.into(),
                };
                assert_eq!(Line::parse(&written(&line)), Ok(line));
            }
        }
    }

    #[test]
    fn a_line_is_json_with_the_entry_inside() {
        let line = Line {
            sequence: 7,
            id: "a\"\u{1}".into(),
            received_at: -5,
            bytes: b"{\n\"b\":1\n}".into(),
        };
        let value: serde_json::Value = serde_json::from_slice(&written(&line)).unwrap();
        assert_eq!(
            value,
            serde_json::json!({
                "sequence": 7, "id": "a\"\u{1}", "received_at": -5, "breaks": [1, 7], "entry": {"b": 1}
            })
        );
    }

    #[test]
    fn a_line_has_one_form() {
        let good = r#"{"sequence":7,"id":"a","received_at":5,"breaks":[1,2],"entry":{  }}"#;
        assert!(Line::parse(good.as_bytes()).is_ok());
        for (from, to) in [
            (":7", ": 7"),
            (":7", ":07"),
            (":7", ":+7"),
            (":7", ":-7"),
            (":7", ":"),
            (":7", ":18446744073709551616"),
            (":7", ":7.0"),
            (":5", ":-0"),
            (":5", ":9223372036854775808"),
            ("\"a\"", "\"\\u0061\""),
            ("\"a\"", "\"\\/\""),
            ("\"a\"", "\"\\u001F\""),
            ("\"a\"", "\"\\ud800\""),
            ("\"a\"", "\"\\x\""),
            ("\"a\"", "\"\t\""),
            ("\"a\"", "\"a\\\""),
            ("[1,2]", "[]"),
            ("[1,2]", "[1,1]"),
            ("[1,2]", "[2,1]"),
            ("[1,2]", "[0]"),
            ("[1,2]", "[99]"),
            ("[1,2]", "[1,]"),
            ("[1,2]", "[1,2"),
            ("[1,2]", "[99999999999999999999999999]"),
            ("{  }}", "{  }} "),
            ("{  }}", "{  }}\r"),
            ("{  }}", "{ \n}}"),
            ("{  }}", ""),
            ("\"entry\"", "\"entries\""),
        ] {
            let line = good.replace(from, to);
            assert!(Line::parse(line.as_bytes()).is_err(), "{line}");
        }
        assert_eq!(
            Line::parse(b"").unwrap_err().to_string(),
            "not a line of an export from byte 0 on"
        );
        assert_eq!(Line::parse(b"{\"sequence\":x"), Err(NotALine(12)));
    }

    proptest! {
        #[test]
        fn any_entry_comes_back(
            sequence in any::<u64>(), received_at in any::<i64>(), id in ".*",
            bytes in prop::collection::vec(prop_oneof![Just(b'\n'), Just(b' '), any::<u8>()], 0..60),
        ) {
            let line = Line { sequence, id: id.into(), received_at, bytes: bytes.into() };
            let text = written(&line);
            prop_assert_eq!(Line::parse(&text), Ok(line));
        }

        #[test]
        fn a_line_that_is_read_is_written_the_same(
            at in 0_usize..70, byte in any::<u8>(), any in prop::collection::vec(any::<u8>(), 0..80),
        ) {
            let _ = Line::parse(&any);
            let mut line = br#"{"sequence":7,"id":"\n","received_at":5,"breaks":[1],"entry":{  }}"#.to_vec();
            if let Some(at) = line.get_mut(at) {
                *at = byte;
            }
            if let Ok(read) = Line::parse(&line) {
                prop_assert_eq!(written(&read), line);
            }
            let _ = Line::parse(format!("{{\"sequence\":7,\"id\":\"{}", "\\".repeat(at)).as_bytes());
        }
    }
}
