//! One walk through an entry that does both: checks every byte, and notes where the members lie that columns are made of.
//!
//! Only the objects that a path leads into are gone through member by member; any other value is checked as a whole.
//! What is noted means nothing until the entry has turned out to be whole.

use alloc::{vec, vec::Vec};
use core::ops::Range;

use super::level::Level;
use crate::{
    json::{self, Expected, JsonError, MAX_DEPTH, Reason, fail},
    split,
};

/// A member that some column may want.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) level: usize,
    /// The key's number in the level; `None` where it is new.
    pub(super) key: Option<usize>,
    /// Where the inside of the key begins.
    pub(super) name: usize,
    /// Where the value lies.
    pub(super) value: Range<usize>,
    /// The number of the object that it is a member of, among all that were walked.
    pub(super) object: u64,
    /// Whether the members of the value follow.
    pub(super) entered: bool,
    /// Whether the value is a string without escapes.
    pub(super) is_plain: bool,
}

impl Found {
    /// Whether the members that follow are all that is below the value.
    pub(super) fn leads_on(&self, text: &[u8]) -> bool {
        match text.get(self.value.start) {
            Some(b'{') => self.entered,
            other => other != Some(&b'['),
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Walker {
    /// The entry itself, and what lies below.
    pub(super) levels: Vec<Level>,
    /// Of the entry walked last, in the order in which the members begin.
    pub(super) found: Vec<Found>,
    /// Whether the splitter may call it a page.
    pub(super) is_page: bool,
    /// Objects that were walked.
    objects: u64,
    open: Vec<Outer>,
}

/// An object whose member is being walked.
#[derive(Clone, Debug)]
struct Outer {
    walked: Walked,
    /// The member's place among those that were found.
    member: usize,
}

/// The object that is being walked.
#[derive(Clone, Copy, Debug)]
struct Walked {
    level: usize,
    /// Its number.
    object: u64,
    /// The key before.
    before: Option<usize>,
    is_empty: bool,
}

impl Walker {
    pub(super) fn new() -> Self {
        let (levels, found, open) = (vec![Level::default()], Vec::new(), Vec::new());
        Self { levels, found, is_page: false, objects: 0, open }
    }

    pub(super) fn memory(&self) -> usize {
        let levels = self.levels.iter().map(Level::memory).sum::<usize>();
        levels + self.found.capacity() * size_of::<Found>()
    }

    /// Walks the object at `at`; where it ends.
    ///
    /// # Errors
    ///
    /// The first byte that is not JSON, as [`json::value_end`] has it.
    pub(super) fn walk(&mut self, text: &[u8], at: usize) -> Result<usize, JsonError> {
        self.walk_from(text, at, 0)
    }

    /// As [`Self::walk`], of an object at such a level.
    pub(super) fn walk_from(
        &mut self,
        text: &[u8],
        at: usize,
        level: usize,
    ) -> Result<usize, JsonError> {
        self.found.clear();
        self.open.clear();
        self.is_page = false;
        match json::byte(text, at)? {
            b'{' => {}
            other => return fail(at, Reason::Unexpected(other, Expected::Value)),
        }
        let mut walked = self.enter(level);
        let mut at = at + 1;
        loop {
            at = json::skip_space(text, at);
            match json::byte(text, at)? {
                b'}' => {
                    at += 1;
                    let Some(outer) = self.open.pop() else { return Ok(at) };
                    if let Some(member) = self.found.get_mut(outer.member) {
                        member.value.end = at;
                    }
                    walked = outer.walked;
                    continue;
                }
                b',' if !walked.is_empty => at = json::skip_space(text, at + 1),
                other if !walked.is_empty => {
                    return fail(at, Reason::Unexpected(other, Expected::CommaOrBrace));
                }
                _ => {}
            }
            at = self.member(text, at, &mut walked)?;
        }
    }

    fn enter(&mut self, level: usize) -> Walked {
        self.objects += 1;
        Walked { level, object: self.objects, before: None, is_empty: true }
    }

    /// Past the member whose key is at `at`, or into it.
    #[inline(always)]
    fn member(&mut self, text: &[u8], at: usize, walked: &mut Walked) -> Result<usize, JsonError> {
        match json::byte(text, at)? {
            b'"' => {}
            other => return fail(at, Reason::Unexpected(other, Expected::Key)),
        }
        let name = at + 1;
        let level = self.levels.get_mut(walked.level);
        let foreseen = level.as_ref().and_then(|level| level.foresee(text, name, walked.before));
        let (key, after) = match (foreseen, level) {
            (Some((key, after)), _) => (Some(key), after),
            (None, level) => {
                let after = json::string_end(text, at)?;
                let written = text.get(name..after - 1).unwrap_or_default();
                (level.and_then(|level| level.find(written, walked.before)), after)
            }
        };
        let mut at = json::skip_space(text, after);
        match json::byte(text, at)? {
            b':' => at = json::skip_space(text, at + 1),
            other => return fail(at, Reason::Unexpected(other, Expected::Colon)),
        }
        let object = walked.object;
        let level = walked.level;
        walked.is_empty = false;
        walked.before = key.or(walked.before);
        let known = key.and_then(|key| self.levels.get(level)?.keys.get(key));
        let first = json::byte(text, at)?;
        let (entered, is_plain) = (false, false);
        let mut found = Found { level, key, name, value: at..at, object, entered, is_plain };
        if first == b'{'
            && let Some(below) = known.and_then(|key| key.below)
        {
            if self.open.len() + 1 >= MAX_DEPTH as usize {
                return fail(at, Reason::TooDeep);
            }
            found.entered = true;
            self.open.push(Outer { walked: *walked, member: self.found.len() });
            self.found.push(found);
            *walked = self.enter(below);
            return Ok(at + 1);
        }
        found.value.end = match first {
            b'"' => {
                let (end, is_escaped) = json::string_end_escaped(text, at)?;
                found.is_plain = !is_escaped;
                end
            }
            b'{' | b'[' => json::value_end_within(text, at, self.open.len() as u32 + 1)?,
            _ => json::scalar_end(text, at)?,
        };
        let end = found.value.end;
        if first == b'[' && self.open.is_empty() {
            self.is_page |= text.get(name..after - 1).is_some_and(split::may_hold_entries);
        }
        if known.is_none_or(|key| !key.uses.is_empty()) {
            self.found.push(found);
        }
        Ok(end)
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use proptest::{prelude::*, sample::select};

    use super::*;
    use crate::table::{Sizes, columns::Columns};

    proptest! {
        /// Whatever stands there, a walk that goes into objects says of it what a check of the whole does.
        #[test]
        fn a_walk_checks_what_a_check_does(
            parts in prop::collection::vec(select(&[
                "{", "}", "[", "]", ",", ":", "\"a\"", "\"b\"", "\"a\":", "\"a\":{", "\"b\":", "1", "-", "0", "1.5e3",
                "\"x\\n\"", "\"\\x\"", "\"\\u00e9\"", "true", "nul", " ", "\n", "\"", "\u{1}", "{\"a\":1}", "{\"a\":{\"b\":{\"a\":[{}]}}}",
            ][..]), 0..12),
        ) {
            let text = format!("{{{}", parts.concat());
            let mut columns = Columns::new(true, 100);
            for path in ["a.b", "a.a.b.b", "b.a.*", "a.b.a.a"] {
                columns.wish(path, &Sizes::TINY);
            }
            let expected = json::value_end(text.as_bytes(), 0);
            for _ in 0..3 {
                let found = columns.walk(text.as_bytes(), 0);
                prop_assert_eq!(&found, &expected, "{}", text);
                if found.is_ok() {
                    columns.take_for_test(text.as_bytes());
                }
            }
        }
    }

    #[test]
    fn no_path_leads_deeper_than_entries_go() {
        let mut columns = Columns::new(true, 100);
        columns.wish(&["a"; 400].join("."), &Sizes::TINY);
        for depth in [127, 128, 129, 300] {
            let text = "{\"a\":".repeat(depth) + "1" + &"}".repeat(depth);
            for _ in 0..200 {
                let found = columns.walk(text.as_bytes(), 0);
                assert_eq!(found, json::value_end(text.as_bytes(), 0), "{depth}");
                if found.is_ok() {
                    columns.take_for_test(text.as_bytes());
                }
            }
        }
    }
}
