//! The keys of the objects at one place of the entries, and what their values are for.
//!
//! A wish is a path that is not followed to its end yet, and so has a column of its own to fill. At each object the key
//! that takes up most of it leads on, the last of several alike: as [`trailsift_core::Value::descend`] has it.

use alloc::{borrow::ToOwned, collections::BTreeMap, string::String, vec::Vec};

use super::cell::same;
use crate::json::unescape;

/// Places for the key that was last met with a certain look.
const RECENT: usize = 256;

#[derive(Clone, Debug, Default)]
pub(super) struct Level {
    pub(super) wishes: Vec<Wish>,
    pub(super) keys: Vec<Key>,
    /// Whether several keys of one object may lead to the same wish: one holds a dot, or is written in escapes.
    pub(super) contested: bool,
    /// Whether a wish may begin with the number of an element.
    pub(super) is_indexed: bool,
    by_key: BTreeMap<Vec<u8>, usize>,
    /// By [`look`]; most are found here.
    recent: Vec<usize>,
}

#[derive(Clone, Debug)]
pub(super) struct Wish {
    /// The path from here on.
    pub(super) path: String,
    pub(super) column: usize,
    /// In which object it was last granted, and the length of the key that did.
    pub(super) granted: (u64, usize),
}

/// A member's key, as it is written.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) written: Vec<u8>,
    /// The key that followed last time.
    next: usize,
    /// What its value is for.
    pub(super) uses: Vec<Use>,
    /// The column that the value itself belongs to.
    pub(super) own: Option<usize>,
    /// Whether all else that it is for begins with a key.
    pub(super) is_plain: bool,
    /// The object that it was last met in.
    pub(super) object: u64,
    /// Where the wishes go on if the value is an object.
    pub(super) below: Option<usize>,
}

#[derive(Clone, Debug)]
pub(super) struct Use {
    pub(super) column: usize,
    /// The wish; `None` where no other key leads to the column.
    pub(super) wish: Option<usize>,
    /// Bytes of the path that the key takes up.
    pub(super) length: usize,
    /// The path from the member on.
    pub(super) rest: Option<String>,
}

impl Use {
    /// Whether what is left of the path begins with a key.
    pub(super) fn goes_on(&self) -> bool {
        self.rest.as_ref().is_some_and(|rest| !begins_with_star(rest))
    }
}

impl Level {
    pub(super) fn wish(&mut self, path: &str, column: usize) {
        self.is_indexed |= path.starts_with(|first: char| first.is_ascii_digit());
        self.wishes.push(Wish { path: path.to_owned(), column, granted: (0, 0) });
    }

    /// The key that followed last time, if it stands at `at` again: its number, and where it ends.
    #[inline(always)]
    pub(super) fn foresee(
        &self,
        text: &[u8],
        at: usize,
        before: Option<usize>,
    ) -> Option<(usize, usize)> {
        let next = match before {
            Some(before) => self.keys.get(before)?.next,
            None => 0,
        };
        let written = self.keys.get(next)?.written.as_slice();
        let end = at + written.len();
        let is_there = text.get(end) == Some(&b'"') && same(text.get(at..end)?, written);
        is_there.then_some((next, end + 1))
    }

    /// The number of a key, if it is known; most objects have the keys of the one before, in its order.
    #[inline(never)]
    pub(super) fn find(&mut self, written: &[u8], before: Option<usize>) -> Option<usize> {
        let is_it =
            |guess: usize| self.keys.get(guess).is_some_and(|key| same(&key.written, written));
        let next = match before {
            Some(before) => self.keys.get(before)?.next,
            None => 0,
        };
        if is_it(next) {
            return Some(next);
        }
        self.recent.resize(RECENT, 0);
        let look = look(written);
        let recent = self.recent.get(look).copied().filter(|recent| is_it(*recent));
        let found = recent.or_else(|| self.by_key.get(written).copied())?;
        if let Some(recent) = self.recent.get_mut(look) {
            *recent = found;
        }
        if let Some(key) = before.and_then(|before| self.keys.get_mut(before)) {
            key.next = found;
        }
        Some(found)
    }

    /// Remembers a key; its number.
    pub(super) fn add(&mut self, written: &[u8], uses: Vec<Use>, below: Option<usize>) -> usize {
        let number = self.keys.len();
        self.contested |= !uses.is_empty() && written.iter().any(|b| matches!(b, b'.' | b'\\'));
        let own = uses.iter().find(|part| part.rest.is_none()).map(|part| part.column);
        let is_plain = uses.iter().all(|part| part.rest.is_none() || part.goes_on());
        let written_again = written.to_vec();
        self.keys.push(Key {
            written: written_again,
            next: 0,
            uses,
            own,
            is_plain,
            object: 0,
            below,
        });
        self.by_key.insert(written.to_vec(), number);
        number
    }

    /// Which wishes a key could grant, by the key without escapes.
    pub(super) fn uses_of(&self, key: &str) -> Vec<Use> {
        let mut uses = Vec::new();
        for (number, wish) in self.wishes.iter().enumerate() {
            let Some(rest) = wish.path.strip_prefix(key) else { continue };
            let rest = match rest.strip_prefix('.') {
                Some(rest) => Some(rest.to_owned()),
                None if rest.is_empty() => None,
                None => continue,
            };
            let (column, length) = (wish.column, key.len());
            // To a path without a dot leads no other key.
            let wish = wish.path.contains('.').then_some(number);
            uses.push(Use { column, wish, length, rest });
        }
        uses
    }

    /// Whether a wish is granted by a key of this object, and no longer one has done so before.
    #[inline]
    pub(super) fn grant(&mut self, part: &Use, object: u64) -> bool {
        if self.refuses(part, object) {
            return false;
        }
        if let Some(wish) = part.wish.and_then(|wish| self.wishes.get_mut(wish)) {
            wish.granted = (object, part.length);
        }
        true
    }

    /// Whether a longer key of this object has granted the wish.
    pub(super) fn refuses(&self, part: &Use, object: u64) -> bool {
        let wish = part.wish.and_then(|wish| self.wishes.get(wish));
        wish.is_some_and(|wish| wish.granted.0 == object && wish.granted.1 > part.length)
    }

    pub(super) fn memory(&self) -> usize {
        let keys = self.keys.iter().map(|key| 2 * key.written.len() + 2 * size_of::<Key>());
        let wishes = self.wishes.iter().map(|wish| wish.path.len() + size_of::<Wish>());
        keys.sum::<usize>() + wishes.sum::<usize>() + self.recent.capacity() * size_of::<usize>()
    }
}

/// A key as text, escapes resolved; `None` where it is broken, as no path is.
pub(super) fn name(written: &[u8]) -> Option<String> {
    String::from_utf8(unescape(written).into_owned()).ok()
}

/// A number below [`RECENT`] by which keys mostly differ.
fn look(written: &[u8]) -> usize {
    let byte = |at: usize| written.get(at).map_or(0, |byte| usize::from(*byte));
    let (middle, last) = (written.len() / 2, written.len().saturating_sub(1));
    (byte(0) * 7 + byte(middle) * 31 + byte(last) * 3 + written.len() * 57) % RECENT
}

/// Whether a path is a member of the entry itself: whatever else is in the entry, no other key leads there.
pub(super) fn is_member(path: &str) -> bool {
    path != "*" && !path.contains('.')
}

pub(super) fn begins_with_star(path: &str) -> bool {
    path == "*" || path.starts_with("*.")
}
