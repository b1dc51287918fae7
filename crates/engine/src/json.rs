//! JSON in place: where a value ends, whether it is whole, and a lazy view of it for the evaluator.
//!
//! Nothing here builds a tree or recurses: entries come from strangers, and their depth is bounded by
//! [`MAX_DEPTH`], not by the stack.

mod escapes;

use alloc::borrow::Cow;
use core::{fmt, ops::Range};

use trailsift_core::{Number, Value, View};

pub(crate) use escapes::{unescape, unescaped_prefix};

use crate::{
    members::{self, Members, Place},
    simd::{Vector, WIDTH},
};

/// Containers within containers, as serde_json's own limit has it. Deeper entries are refused, with a reason.
pub const MAX_DEPTH: u32 = 128;

/// Text that is not JSON: where, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// The byte at which it stops being JSON.
    pub offset: usize,
    /// What is wrong there.
    pub reason: Reason,
}

/// Why text is not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The text ends before the value does; with more text it might be whole.
    End,
    /// A byte that cannot stand here, and what could.
    Unexpected(u8, Expected),
    /// A control character within a string, where JSON wants an escape.
    ControlCharacter(u8),
    /// A backslash with something behind it that JSON does not know.
    BadEscape,
    /// A number that JSON does not know, such as `01` or `1.`.
    BadNumber,
    /// More containers within containers than [`MAX_DEPTH`].
    TooDeep,
}

/// What JSON wants next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Any value.
    Value,
    /// A member's key, in quotes.
    Key,
    /// The colon behind a key.
    Colon,
    /// A comma or the end of an object.
    CommaOrBrace,
    /// A comma or the end of an array.
    CommaOrBracket,
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Value => "a value",
            Self::Key => "a key in double quotes",
            Self::Colon => "`:`",
            Self::CommaOrBrace => "`,` or `}`",
            Self::CommaOrBracket => "`,` or `]`",
        })
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::End => f.write_str("it ends in the middle"),
            Self::Unexpected(byte @ 0x21..=0x7e, expected) => {
                write!(f, "`{}` where {expected} is expected", char::from(*byte))
            }
            Self::Unexpected(byte, expected) => {
                write!(f, "byte 0x{byte:02x} where {expected} is expected")
            }
            Self::ControlCharacter(b'\n') => {
                f.write_str("a string is not closed before the end of the line")
            }
            Self::ControlCharacter(byte) => {
                write!(f, "a string holds the control character 0x{byte:02x}")
            }
            Self::BadEscape => f.write_str("a string holds an escape that JSON does not know"),
            Self::BadNumber => f.write_str("a number is written in a way that JSON does not know"),
            Self::TooDeep => write!(f, "it nests deeper than {MAX_DEPTH} levels"),
        }
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not JSON at byte {}: {}", self.offset, self.reason)
    }
}

impl core::error::Error for JsonError {}

pub(crate) const fn fail<T>(offset: usize, reason: Reason) -> Result<T, JsonError> {
    Err(JsonError { offset, reason })
}

/// The byte at `at`, or the end of the text as an error.
pub(crate) fn byte(text: &[u8], at: usize) -> Result<u8, JsonError> {
    text.get(at).copied().ok_or(JsonError { offset: text.len(), reason: Reason::End })
}

/// Past the white space at `at`.
#[must_use]
pub fn skip_space(text: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = text.get(at) {
        at += 1;
    }
    at
}

/// Past the value that begins at `at` (white space before it allowed).
///
/// ```
/// use trailsift_engine::json::{Reason, value_end};
///
/// assert_eq!(value_end(br#"{"a": [1, 2]} tail"#, 0), Ok(13));
/// assert_eq!(value_end(br#"{"a": [1, 2"#, 0).unwrap_err().reason, Reason::End);
/// ```
///
/// # Errors
///
/// The first byte that is not JSON, and why; [`Reason::End`] where the text is cut.
pub fn value_end(text: &[u8], at: usize) -> Result<usize, JsonError> {
    value_end_within(text, at, 0)
}

/// As [`value_end`], of a value that lies in so many containers.
pub(crate) fn value_end_within(
    text: &[u8],
    mut at: usize,
    containers: u32,
) -> Result<usize, JsonError> {
    let mut depth = 0_u32;
    // A bit for each open container, the innermost lowest: set for an object.
    let mut objects = 0_u128;
    'value: loop {
        at = skip_space(text, at);
        match byte(text, at)? {
            open @ (b'{' | b'[') => {
                if depth + containers >= MAX_DEPTH {
                    return fail(at, Reason::TooDeep);
                }
                let object = open == b'{';
                at = skip_space(text, at + 1);
                if byte(text, at)? == if object { b'}' } else { b']' } {
                    at += 1;
                } else {
                    depth += 1;
                    objects = objects << 1 | u128::from(object);
                    if object {
                        at = key_end(text, at)?;
                    }
                    continue 'value;
                }
            }
            _ => at = scalar_end(text, at)?,
        }
        loop {
            if depth == 0 {
                return Ok(at);
            }
            at = skip_space(text, at);
            let object = objects & 1 == 1;
            match byte(text, at)? {
                b',' => {
                    at = skip_space(text, at + 1);
                    if object {
                        at = key_end(text, at)?;
                    }
                    continue 'value;
                }
                b'}' if object => {}
                b']' if !object => {}
                other => {
                    let expected =
                        if object { Expected::CommaOrBrace } else { Expected::CommaOrBracket };
                    return fail(at, Reason::Unexpected(other, expected));
                }
            }
            at += 1;
            depth -= 1;
            objects >>= 1;
        }
    }
}

/// Past a member's key and its colon; `at` is on the key's opening quote.
pub(crate) fn key_end(text: &[u8], at: usize) -> Result<usize, JsonError> {
    match byte(text, at)? {
        b'"' => {}
        other => return fail(at, Reason::Unexpected(other, Expected::Key)),
    }
    let at = skip_space(text, string_end(text, at)?);
    match byte(text, at)? {
        b':' => Ok(at + 1),
        other => fail(at, Reason::Unexpected(other, Expected::Colon)),
    }
}

pub(crate) fn scalar_end(text: &[u8], at: usize) -> Result<usize, JsonError> {
    match byte(text, at)? {
        b'"' => string_end(text, at),
        b'-' | b'0'..=b'9' => number_end(text, at),
        b't' => word_end(text, at, b"true"),
        b'f' => word_end(text, at, b"false"),
        b'n' => word_end(text, at, b"null"),
        other => fail(at, Reason::Unexpected(other, Expected::Value)),
    }
}

#[inline(always)]
fn word_end(text: &[u8], at: usize, word: &[u8]) -> Result<usize, JsonError> {
    if text.get(at..).is_some_and(|rest| rest.starts_with(word)) {
        return Ok(at + word.len());
    }
    not_word(text, at, word)
}

/// Why the word does not stand at `at`.
#[cold]
fn not_word(text: &[u8], at: usize, word: &[u8]) -> Result<usize, JsonError> {
    for (offset, wanted) in word.iter().enumerate() {
        let found = byte(text, at + offset)?;
        if found != *wanted {
            return fail(at + offset, Reason::Unexpected(found, Expected::Value));
        }
    }
    Ok(at + word.len())
}

/// Past the string whose opening quote is at `at`.
#[inline(always)]
pub(crate) fn string_end(text: &[u8], at: usize) -> Result<usize, JsonError> {
    string_end_escaped(text, at).map(|(end, _)| end)
}

/// As [`string_end`], and whether the string holds an escape.
#[inline(always)]
pub(crate) fn string_end_escaped(text: &[u8], at: usize) -> Result<(usize, bool), JsonError> {
    let at = plain_end(text, at + 1);
    if text.get(at) == Some(&b'"') {
        return Ok((at + 1, false));
    }
    Ok((rest_of_string_end(text, at)?, true))
}

/// Past the string of which no plain character stands at `at`.
fn rest_of_string_end(text: &[u8], mut at: usize) -> Result<usize, JsonError> {
    loop {
        at += match byte(text, at)? {
            b'"' => return Ok(at + 1),
            b'\\' => escape_length(text, at)?,
            control => return fail(at, Reason::ControlCharacter(control)),
        };
        at = plain_end(text, at);
    }
}

/// The first quote, backslash or control character from `at` on, or the text's end.
#[inline(always)]
pub(crate) fn plain_end(text: &[u8], mut at: usize) -> usize {
    let mut rest = text.get(at..).unwrap_or_default();
    while let Some((chunk, after)) = rest.split_first_chunk::<WIDTH>() {
        let chunk = Vector::load(chunk);
        let quote = chunk.xor(Vector::splat(b'"'));
        let backslash = chunk.xor(Vector::splat(b'\\'));
        let control = chunk.above(Vector::splat(0x1F));
        let found = quote.min(backslash).min(control).zeros();
        if found != 0 {
            return at + found.trailing_zeros() as usize;
        }
        at += WIDTH;
        rest = after;
    }
    let special = |b: &u8| matches!(b, b'"' | b'\\' | ..0x20);
    at + rest.iter().position(special).unwrap_or(rest.len())
}

/// How long the escape is whose backslash is at `at`.
fn escape_length(text: &[u8], at: usize) -> Result<usize, JsonError> {
    match byte(text, at + 1)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Ok(2),
        b'u' => {
            for digit in at + 2..at + 6 {
                if !byte(text, digit)?.is_ascii_hexdigit() {
                    return fail(at, Reason::BadEscape);
                }
            }
            Ok(6)
        }
        _ => fail(at, Reason::BadEscape),
    }
}

fn number_end(text: &[u8], at: usize) -> Result<usize, JsonError> {
    let digits = |mut at: usize| {
        while text.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        at
    };
    let start = at;
    let whole = if byte(text, at)? == b'-' { at + 1 } else { at };
    let mut at = digits(whole);
    let bad = |at: usize| {
        let cut = at >= text.len();
        fail(if cut { at } else { start }, if cut { Reason::End } else { Reason::BadNumber })
    };
    if at == whole {
        return bad(at);
    }
    if at > whole + 1 && text.get(whole) == Some(&b'0') {
        return fail(start, Reason::BadNumber);
    }
    if text.get(at) == Some(&b'.') {
        let fraction = at + 1;
        at = digits(fraction);
        if at == fraction {
            return bad(at);
        }
    }
    if let Some(b'e' | b'E') = text.get(at) {
        let sign = usize::from(matches!(text.get(at + 1), Some(b'+' | b'-')));
        let exponent = at + 1 + sign;
        at = digits(exponent);
        if at == exponent {
            return bad(at);
        }
    }
    Ok(at)
}

/// A JSON value in the bytes that hold it, read as far as it is asked.
///
/// Made from bytes that [`value_end`] has found to be a value. Of other bytes it shows what can be read and never
/// panics.
///
/// ```
/// use trailsift_engine::json::Json;
///
/// let entry = Json::new(br#"{"type":"f","type":"fp","n":1}"#);
/// assert_eq!(entry.member("type").and_then(Json::text).as_deref(), Some(b"fp".as_slice()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Json<'a>(&'a [u8]);

impl<'a> Json<'a> {
    /// The value in `bytes`; white space around it is left out.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes.trim_ascii())
    }

    /// The value's own bytes.
    #[must_use]
    pub const fn bytes(self) -> &'a [u8] {
        self.0
    }

    /// The member of that key, the last of several; `None` where there is none, and where this is no object.
    #[must_use]
    pub fn member(self, key: &str) -> Option<Self> {
        let found = self.members().filter(|(found, _)| **found == *key.as_bytes()).last();
        found.map(|(_, value)| value)
    }

    /// The value at a dotted path of members, without looking into arrays.
    #[must_use]
    pub fn at(self, path: &str) -> Option<Self> {
        path.split('.').try_fold(self, |value, key| value.member(key))
    }

    /// A string's bytes with its escapes resolved; `None` where this is no string.
    #[must_use]
    pub fn text(self) -> Option<Cow<'a, [u8]>> {
        let inner = self.0.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
        Some(unescape(inner))
    }

    /// Whether it is an object.
    #[must_use]
    pub fn is_object(self) -> bool {
        self.0.first() == Some(&b'{')
    }
}

impl<'a> Value<'a> for Json<'a> {
    fn view(self) -> View<'a> {
        match self.0.first() {
            Some(b'{') => View::Object,
            Some(b'[') => View::Array,
            Some(b'"') => self.text().map_or(View::Null, View::Text),
            Some(b't') => View::Bool(true),
            Some(b'f') => View::Bool(false),
            Some(b'-' | b'0'..=b'9') => core::str::from_utf8(self.0)
                .ok()
                .and_then(Number::parse)
                // Beyond f64: JSON.parse gives an infinity, which no query can name.
                .map_or(View::Null, View::Number),
            _ => View::Null,
        }
    }

    fn elements(self) -> impl Iterator<Item = Self> {
        Walk::new(self.0, b'[').map(|(_, value)| value)
    }

    fn members(self) -> impl Iterator<Item = (Cow<'a, [u8]>, Self)> {
        Walk::new(self.0, b'{').map(|(key, value)| (unescape(key), value))
    }

    /// As the trait has it, but no key is copied that has no escape.
    fn descend(self, path: &str) -> Option<(Self, Option<&str>)> {
        let mut found: Option<(usize, Range<usize>)> = None;
        let mut members = Members::new(self.0, 0);
        while let Ok(Some(Place { key, escaped, value })) = members.step() {
            let written = self.0.get(key).unwrap_or_default();
            let length = if escaped {
                unescaped_prefix(written, path.as_bytes())
            } else {
                path.as_bytes().starts_with(written).then_some(written.len())
            };
            let Some(length) = length else { continue };
            let ends_a_part = matches!(path.as_bytes().get(length), None | Some(b'.'));
            if ends_a_part && found.as_ref().is_none_or(|(longest, _)| length >= *longest) {
                found = Some((length, value));
            }
        }
        let (length, value) = found?;
        Some((Self(self.0.get(value)?), path.get(length..)?.strip_prefix('.')))
    }
}

/// The parts of a container, one after the other; keys are empty in an array.
struct Walk<'a> {
    text: &'a [u8],
    at: usize,
    object: bool,
}

impl<'a> Walk<'a> {
    fn new(text: &'a [u8], open: u8) -> Self {
        // Another kind of value has no parts: start at its end.
        let at = if text.first() == Some(&open) { 1 } else { text.len() };
        Self { text, at, object: open == b'{' }
    }
}

impl<'a> Iterator for Walk<'a> {
    type Item = (&'a [u8], Json<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let mut at = skip_space(self.text, self.at);
        if self.text.get(at) == Some(&b',') {
            at = skip_space(self.text, at + 1);
        }
        let mut key: &[u8] = &[];
        if self.object {
            let end =
                string_end(self.text, at).ok().filter(|_| self.text.get(at) == Some(&b'"'))?;
            key = self.text.get(at + 1..end - 1)?;
            at = key_end(self.text, at).ok()?;
        }
        let start = skip_space(self.text, at);
        self.at = members::find_end(self.text, start, 0).ok()?;
        Some((key, Json(self.text.get(start..self.at)?)))
    }
}

#[cfg(test)]
mod tests;
