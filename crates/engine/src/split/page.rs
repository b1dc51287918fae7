//! Objects that are no entries themselves, but hold them in an array: the pages of an API.
//!
//! What is told by the members before the array and by its first element, so that a page need not be there as a whole.

use crate::{
    json::{self, JsonError, Reason},
    members::Members,
};

/// The times that entries have, as the schemas call them. What has one is an entry.
const TIMES: [&[u8]; 3] = [b"date", b"timestamp", b"occurred_at"];

/// Whether an array in a member of this name may hold entries. What else it takes, the splitter knows.
pub(crate) fn may_hold_entries(name: &[u8]) -> bool {
    matches!(name, b"logs" | b"data" | b"entries")
}

/// Whether a line begins as most pages do.
#[inline]
pub(crate) fn begins_page(line: &[u8]) -> bool {
    line.starts_with(b"{\"logs\"")
        || line.starts_with(b"{\"data\":[")
        || line.starts_with(b"{\"entries\":[")
        || line.starts_with(b"{\"checkpoint\":")
}

/// What the members of an object have told so far.
#[derive(Debug, Default)]
pub(super) struct Envelope {
    /// It has a time, and is an entry whatever it holds.
    is_entry: bool,
    /// It is a page of our own API.
    is_ours: bool,
}

impl Envelope {
    /// Looks at the next member, whose key begins at `key` and whose value at `value`; whether that is the array of a
    /// page.
    pub(super) fn holds_entries(
        &mut self,
        buffer: &[u8],
        key: usize,
        value: usize,
    ) -> Result<bool, JsonError> {
        let text = buffer.get(key..).unwrap_or_default();
        let opening = json::byte(buffer, value)?;
        match text.get(1) {
            Some(b'd' | b't' | b'o') if is_time(text) && is_plain(opening) => self.is_entry = true,
            Some(b'c') => self.is_ours |= text.starts_with(b"\"checkpoint\""),
            Some(b'd' | b'e' | b'l') if opening == b'[' && !self.is_entry => {
                return self.array_of_page(buffer, text, value);
            }
            _ => {}
        }
        Ok(false)
    }

    fn array_of_page(&self, buffer: &[u8], key: &[u8], array: usize) -> Result<bool, JsonError> {
        let all_are =
            key.starts_with(b"\"logs\"") || self.is_ours && key.starts_with(b"\"entries\"");
        if !all_are && !key.starts_with(b"\"data\"") && !key.starts_with(b"\"entries\"") {
            return Ok(false);
        }
        let first = json::skip_space(buffer, array + 1);
        match json::byte(buffer, first)? {
            b'{' if all_are => Ok(true),
            b'{' => has_time(buffer, first),
            b']' => Ok(all_are),
            _ => Ok(false),
        }
    }
}

/// Whether the object at `at` has the time of an entry. What is broken before it has none.
fn has_time(buffer: &[u8], at: usize) -> Result<bool, JsonError> {
    let mut members = Members::new(buffer, at);
    loop {
        match members.step() {
            Ok(Some(member)) => {
                let key = buffer.get(member.key).unwrap_or_default();
                if TIMES.contains(&key) && is_plain(json::byte(buffer, member.value.start)?) {
                    return Ok(true);
                }
            }
            Err(error) if error.reason == Reason::End => return Err(error),
            Ok(None) | Err(_) => return Ok(false),
        }
    }
}

/// Whether `text` begins with a key that names a time.
fn is_time(text: &[u8]) -> bool {
    let name = text.get(1..).unwrap_or_default();
    TIMES
        .iter()
        .any(|time| name.strip_prefix(*time).is_some_and(|rest| rest.first() == Some(&b'"')))
}

/// Whether a value that begins so is text or a number.
const fn is_plain(opening: u8) -> bool {
    matches!(opening, b'"' | b'-' | b'0'..=b'9')
}
