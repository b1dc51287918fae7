//! The members of an object one after the other, as they are written: no tree, no copies, and of what they hold only
//! as much read as it takes to find where it ends.
//!
//! What is not here: escapes are neither resolved nor checked ([`Json::text`](crate::json::Json::text) resolves them,
//! [`names`] compares), duplicate keys are all given, and of a nested value nothing is checked but its strings' ends and
//! that its brackets are balanced. Whether an entry is JSON is for [`value_end`](crate::json::value_end) to say.

mod containers;
mod strings;

use core::{iter::FusedIterator, ops::Range};

use crate::{
    json::{self, Expected, JsonError, Reason, fail},
    members::{
        containers::container_end,
        strings::{Bytes, Ends},
    },
};

/// A member of an object, as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member<'a> {
    /// What stands between the key's quotes, escapes and all.
    pub key: &'a [u8],
    /// The value's own bytes, without white space around them; a string's with its quotes.
    pub value: &'a [u8],
}

/// The members of the object that begins at a place in some text. It ends behind the closing brace, or with the first
/// error.
///
/// The text may go on behind the object; a search of it is faster than one of the object alone, as it need not be
/// careful at the object's end.
///
/// ```
/// use trailsift_engine::members::Members;
///
/// let text = br#"{"type":"f", "details":{"ip":["::1"]}} tail"#;
/// let mut members = Members::new(text, 0);
/// let found: Vec<_> = members.by_ref().map(|member| member.unwrap()).collect();
/// assert_eq!((found[0].key, found[0].value), (b"type".as_slice(), br#""f""#.as_slice()));
/// assert_eq!((found[1].key, found[1].value), (b"details".as_slice(), br#"{"ip":["::1"]}"#.as_slice()));
/// assert_eq!(members.end(), 38);
///
/// assert!(Members::new(br#"{"type":"f" "#, 0).any(|member| member.is_err()));
/// ```
#[derive(Clone, Debug)]
pub struct Members<'a> {
    text: &'a [u8],
    at: usize,
    due: Due,
    ends: Ends,
}

/// What may stand next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    Brace,
    CommaOrEnd,
    Nothing,
}

impl<'a> Members<'a> {
    /// The members of the object whose opening brace is at `at`. Anything else there is an error.
    #[must_use]
    pub fn new(text: &'a [u8], at: usize) -> Self {
        Self { text, at, due: Due::Brace, ends: Ends::new() }
    }

    /// How far the text has been read: past the closing brace, once the members have ended without an error.
    #[must_use]
    pub const fn end(&self) -> usize {
        self.at
    }

    /// The next member's places; the text has them.
    ///
    /// Where nothing but the member stands, as programs write it, no more than that is looked at.
    #[inline(always)]
    pub(crate) fn step(&mut self) -> Result<Option<Place>, JsonError> {
        let text = self.text;
        let quote = match text.get(self.at..).and_then(|rest| rest.first_chunk()) {
            Some(b",\"") if self.due == Due::CommaOrEnd => self.at + 1,
            _ => match self.next_key()? {
                Some(quote) => quote,
                None => return Ok(None),
            },
        };
        let mut escaped = false;
        let after_key = self.ends.string_end(text, quote, &mut escaped)?;
        let value = match text.get(after_key..).and_then(|rest| rest.first_chunk()) {
            Some([b':', first]) if *first > b' ' => after_key + 1,
            _ => after_colon(text, after_key)?,
        };
        let end = match json::byte(text, value)? {
            b'"' => self.ends.string_end(text, value, &mut false)?,
            b'{' | b'[' => container_end(text, value, 1, &self.ends.bytes)?,
            _ => json::scalar_end(text, value)?,
        };
        self.at = end;
        self.due = Due::CommaOrEnd;
        Ok(Some(Place { key: quote + 1..after_key - 1, escaped, value: value..end }))
    }

    /// The next key's opening quote; none where the object ends.
    #[inline(never)]
    fn next_key(&mut self) -> Result<Option<usize>, JsonError> {
        let text = self.text;
        if self.due == Due::Brace {
            match json::byte(text, self.at)? {
                b'{' => self.at += 1,
                other => return fail(self.at, Reason::Unexpected(other, Expected::Value)),
            }
        }
        let mut at = json::skip_space(text, self.at);
        match (json::byte(text, at)?, self.due) {
            (b'}', _) => {
                self.at = at + 1;
                return Ok(None);
            }
            (b',', Due::CommaOrEnd) => at = json::skip_space(text, at + 1),
            (other, Due::CommaOrEnd) => {
                return fail(at, Reason::Unexpected(other, Expected::CommaOrBrace));
            }
            _ => {}
        }
        match json::byte(text, at)? {
            b'"' => Ok(Some(at)),
            other => fail(at, Reason::Unexpected(other, Expected::Key)),
        }
    }
}

/// Where the value begins behind a key that ends at `at`.
#[inline(never)]
fn after_colon(text: &[u8], at: usize) -> Result<usize, JsonError> {
    let at = json::skip_space(text, at);
    match json::byte(text, at)? {
        b':' => Ok(json::skip_space(text, at + 1)),
        other => fail(at, Reason::Unexpected(other, Expected::Colon)),
    }
}

/// Where a member stands in the text.
pub(crate) struct Place {
    pub(crate) key: Range<usize>,
    /// Whether the key is written with escapes.
    pub(crate) escaped: bool,
    pub(crate) value: Range<usize>,
}

impl<'a> Iterator for Members<'a> {
    type Item = Result<Member<'a>, JsonError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.due == Due::Nothing {
            return None;
        }
        let text = self.text;
        let part = |range| text.get(range).unwrap_or_default();
        let member = |Place { key, value, .. }| Member { key: part(key), value: part(value) };
        let found = self.step().transpose();
        if !matches!(found, Some(Ok(_))) {
            self.due = Due::Nothing;
        }
        found.map(|found| found.map(member))
    }
}

impl FusedIterator for Members<'_> {}

/// Whether a key, as it is written between its quotes, is `name`.
///
/// ```
/// use trailsift_engine::members::names;
///
/// assert!(names(br"\u0074ype", b"type"));
/// assert!(!names(b"typ", b"type"));
/// ```
#[must_use]
#[inline]
pub fn names(key: &[u8], name: &[u8]) -> bool {
    key == name || json::unescaped_prefix(key, name) == Some(name.len())
}

/// Past the value at `at`, which lies in so many containers. Numbers and words are checked, strings and
/// containers are skipped.
pub(crate) fn find_end(text: &[u8], at: usize, containers: u32) -> Result<usize, JsonError> {
    match json::byte(text, at)? {
        b'"' => Ends::new().string_end(text, at, &mut false),
        b'{' | b'[' => container_end(text, at, containers, &Bytes::new()),
        _ => json::scalar_end(text, at),
    }
}

#[cfg(test)]
mod tests;
