//! One line of JSON, written front to back into a reused buffer. It builds no tree, which keeps it fast,
//! and checks no nesting, which the tests do.

use super::clock::{Millis, Moment};

/// A JSON text in the making. Commas come by themselves; who opens an object or array ends it.
#[derive(Default)]
pub(super) struct Line {
    bytes: Vec<u8>,
    /// Write text as some encoders do: all but ASCII as `\u` escapes, and `/` as `\/`.
    pub(super) ascii: bool,
}

impl Line {
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Starts an object: the whole line, or an element of an array.
    pub(super) fn open(&mut self) {
        self.separate();
        self.bytes.push(b'{');
    }

    /// Starts a member that is an object.
    pub(super) fn object(&mut self, key: &str) {
        self.key(key);
        self.bytes.push(b'{');
    }

    /// Starts a member that is an array.
    pub(super) fn array(&mut self, key: &str) {
        self.key(key);
        self.bytes.push(b'[');
    }

    pub(super) fn end(&mut self) {
        self.bytes.push(b'}');
    }

    pub(super) fn end_array(&mut self) {
        self.bytes.push(b']');
    }

    /// Ends the line.
    pub(super) fn newline(&mut self) {
        self.bytes.push(b'\n');
    }

    pub(super) fn text(&mut self, key: &str, value: &str) {
        self.parts(key, &[value]);
    }

    /// A member whose text is put together from parts.
    pub(super) fn parts(&mut self, key: &str, parts: &[&str]) {
        self.key(key);
        self.quoted(parts);
    }

    pub(super) fn optional(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(key, value);
        }
    }

    pub(super) fn number(&mut self, key: &str, value: u64) {
        self.key(key);
        self.digits(value, 1);
    }

    /// A decimal fraction of `value` ten-thousandths.
    pub(super) fn decimal(&mut self, key: &str, value: i64) {
        self.key(key);
        if value < 0 {
            self.bytes.push(b'-');
        }
        self.digits(value.unsigned_abs() / 10_000, 1);
        self.bytes.push(b'.');
        self.digits(value.unsigned_abs() % 10_000, 4);
    }

    pub(super) fn boolean(&mut self, key: &str, value: bool) {
        self.key(key);
        self.bytes.extend_from_slice(if value { b"true" } else { b"false" });
    }

    pub(super) fn null(&mut self, key: &str) {
        self.key(key);
        self.bytes.extend_from_slice(b"null");
    }

    /// An RFC 3339 time in UTC with milliseconds.
    pub(super) fn time(&mut self, key: &str, at: Millis) {
        self.key(key);
        self.bytes.push(b'"');
        self.bytes.extend_from_slice(Moment::new(at).rfc3339().as_bytes());
        self.bytes.push(b'"');
    }

    pub(super) fn texts<T: AsRef<str>>(&mut self, key: &str, items: &[T]) {
        self.array(key);
        for item in items {
            self.item(&[item.as_ref()]);
        }
        self.end_array();
    }

    /// An element of an array: a text put together from parts.
    pub(super) fn item(&mut self, parts: &[&str]) {
        self.separate();
        self.quoted(parts);
    }

    fn separate(&mut self) {
        if !matches!(self.bytes.last(), None | Some(b'{' | b'[')) {
            self.bytes.push(b',');
        }
    }

    fn key(&mut self, key: &str) {
        self.separate();
        self.quoted(&[key]);
        self.bytes.push(b':');
    }

    fn digits(&mut self, value: u64, width: usize) {
        let text = value.to_string();
        self.bytes.extend(std::iter::repeat_n(b'0', width.saturating_sub(text.len())));
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn quoted(&mut self, parts: &[&str]) {
        self.bytes.push(b'"');
        for part in parts {
            let plain = |byte: &u8| {
                *byte >= b' '
                    && *byte != b'"'
                    && *byte != b'\\'
                    && !(self.ascii && (*byte == b'/' || *byte >= 0x80))
            };
            if part.as_bytes().iter().all(plain) {
                self.bytes.extend_from_slice(part.as_bytes());
            } else {
                self.escaped(part);
            }
        }
        self.bytes.push(b'"');
    }

    fn escaped(&mut self, text: &str) {
        for letter in text.chars() {
            match letter {
                '"' => self.bytes.extend_from_slice(b"\\\""),
                '\\' => self.bytes.extend_from_slice(b"\\\\"),
                '\n' => self.bytes.extend_from_slice(b"\\n"),
                '\t' => self.bytes.extend_from_slice(b"\\t"),
                '/' if self.ascii => self.bytes.extend_from_slice(b"\\/"),
                letter if letter < ' ' || (self.ascii && !letter.is_ascii()) => {
                    for unit in letter.encode_utf16(&mut [0; 2]) {
                        self.bytes.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
                    }
                }
                letter => {
                    self.bytes.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
                }
            }
        }
    }
}
