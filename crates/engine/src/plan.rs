//! A filter made ready for raw bytes: what to look for before an entry is looked into, which members of it matter, and
//! how they decide.
//!
//! An entry is walked once, from brace to brace, and only then decided: of several members with one key the last wins,
//! so that nothing before the end is certain. What the walk keeps is the place of each member that a path may begin
//! with. Where a path leads on from there, and what a test makes of a value, is the core's to say.

mod anywhere;
mod literals;

use alloc::{boxed::Box, string::String, vec::Vec};
use core::ops::Range;

use trailsift_core::{
    CompiledTest, Filter, Value,
    filter::{Leaf, Target},
    order,
};

use crate::{
    json::{Json, JsonError},
    members::{Members, names},
    plan::anywhere::Anywhere,
    search::Literal,
    split::may_hold_entries,
};

/// A filter ready to be held against the bytes of entries. It says the same as the core's
/// [`Matcher`](trailsift_core::Matcher) of that filter.
///
/// ```
/// use trailsift_core::{Options, compile};
/// use trailsift_engine::{plan::Plan, scan::filter};
///
/// let query = compile("type:fp", &Options::default()).unwrap();
/// let (matches, _) = filter(br#"{"type":"s"} {"type":"fp"}"#, &Plan::new(query.filter()));
/// assert_eq!(matches, [13..26]);
/// ```
#[derive(Clone, Debug)]
pub struct Plan {
    root: Node,
    /// The keys that paths may begin with.
    keys: Vec<Key>,
    /// Of each of these at least one literal stands in every entry that matches.
    required: Vec<Vec<Literal>>,
}

#[derive(Clone, Debug)]
struct Key {
    name: Vec<u8>,
    /// The first eight bytes, or all and zeros.
    word: u64,
}

#[derive(Clone, Debug)]
enum Node {
    All,
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    Paths(Vec<Route>, CompiledTest),
    Anywhere(Anywhere),
}

/// How a path begins.
#[derive(Clone, Debug)]
enum Route {
    /// With the first of these members that is there; behind it, the rest of the path.
    Keys(Vec<(usize, Option<String>)>),
    /// With every member.
    Any(String),
}

/// What a walk has found: the members that matter, and where the object ends.
pub(crate) struct Walked<'t> {
    /// For each key of the plan the last member's value; empty where there is none.
    values: Vec<&'t [u8]>,
    object: &'t [u8],
    /// Whether it may be what the splitter calls a page.
    pub(crate) is_page: bool,
}

impl<'t> Walked<'t> {
    pub(crate) const fn new() -> Self {
        Self { values: Vec::new(), object: &[], is_page: false }
    }
}

impl Plan {
    /// Makes `filter` ready.
    #[must_use]
    pub fn new(filter: &Filter) -> Self {
        let mut keys = Vec::new();
        let root = Node::new(filter, &mut keys);
        Self { root, keys, required: literals::required(filter) }
    }

    pub(crate) fn required(&self) -> &[Vec<Literal>] {
        &self.required
    }

    /// Walks the object at `at` and keeps what matters of it; where it ends.
    ///
    /// # Errors
    ///
    /// Where it is no object that can be walked.
    #[inline]
    pub(crate) fn walk<'t>(
        &self,
        text: &'t [u8],
        at: usize,
        walked: &mut Walked<'t>,
    ) -> Result<usize, JsonError> {
        walked.values.clear();
        walked.values.resize(self.keys.len(), &[]);
        walked.is_page = false;
        let mut members = Members::new(text, at);
        while let Some(member) = members.step()? {
            if text.get(member.value.start) == Some(&b'[') {
                let name = text.get(member.key.clone()).unwrap_or_default();
                walked.is_page |= may_hold_entries(name);
            }
            let key = if member.escaped {
                let written = text.get(member.key).unwrap_or_default();
                self.keys.iter().position(|key| names(written, &key.name))
            } else {
                self.key(text, member.key)
            };
            if let Some(value) = key.and_then(|key| walked.values.get_mut(key)) {
                *value = text.get(member.value).unwrap_or_default();
            }
        }
        walked.object = text.get(at..members.end()).unwrap_or_default();
        Ok(members.end())
    }

    /// The key that is written at a place, without escapes.
    #[inline(always)]
    fn key(&self, text: &[u8], place: Range<usize>) -> Option<usize> {
        let word = word(text, &place);
        let is_same = |key: &Key| {
            key.word == word
                && key.name.len() == place.len()
                && (place.len() <= 8 || text.get(place.clone()) == Some(key.name.as_slice()))
        };
        self.keys.iter().position(is_same)
    }

    /// Whether the whole object at `at` matches.
    pub(crate) fn matches_at(&self, text: &[u8], at: usize) -> bool {
        let mut walked = Walked::new();
        self.walk(text, at, &mut walked).is_ok() && self.matches(&walked)
    }

    /// Whether the object that was walked matches.
    #[inline]
    pub(crate) fn matches(&self, walked: &Walked<'_>) -> bool {
        self.root.matches(walked)
    }
}

/// Up to eight bytes as a number.
#[inline(always)]
fn word(text: &[u8], place: &Range<usize>) -> u64 {
    let length = place.len();
    match text.get(place.start..).and_then(|rest| rest.first_chunk()) {
        Some(bytes) if length >= 8 => u64::from_le_bytes(*bytes),
        Some(bytes) => u64::from_le_bytes(*bytes) & ((1 << (8 * length)) - 1),
        None => {
            let bytes = text.get(place.clone()).unwrap_or_default();
            bytes.iter().take(8).rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
        }
    }
}

impl Node {
    fn new(filter: &Filter, keys: &mut Vec<Key>) -> Self {
        let mut each = |parts: &[Filter]| {
            let mut parts: Vec<_> = parts.iter().map(|part| Self::new(part, keys)).collect();
            // Cheap tests first: the others may not be needed.
            order::sort(&mut parts, |a, b| a.cost().cmp(&b.cost()));
            parts
        };
        match filter {
            Filter::All => Self::All,
            Filter::And(parts) => Self::And(each(parts)),
            Filter::Or(parts) => Self::Or(each(parts)),
            Filter::Not(part) => Self::Not(Box::new(Self::new(part, keys))),
            Filter::Leaf(Leaf { target, test }) => {
                let ready = CompiledTest::new(test);
                match target {
                    Target::Paths(paths) => {
                        let routes = paths.iter().map(|path| Route::new(path, keys)).collect();
                        Self::Paths(routes, ready)
                    }
                    Target::Anywhere => {
                        Self::Anywhere(Anywhere::new(ready, literals::of_leaf(test)))
                    }
                }
            }
        }
    }

    /// Roughly how long it takes, in tests of one plain value.
    fn cost(&self) -> usize {
        match self {
            Self::All => 0,
            Self::And(parts) | Self::Or(parts) => parts.iter().map(Self::cost).sum(),
            Self::Not(part) => part.cost(),
            Self::Paths(routes, _) => routes.iter().map(Route::cost).sum(),
            Self::Anywhere(_) => 1000,
        }
    }

    fn matches(&self, walked: &Walked<'_>) -> bool {
        match self {
            Self::All => true,
            Self::And(parts) => parts.iter().all(|part| part.matches(walked)),
            Self::Or(parts) => parts.iter().any(|part| part.matches(walked)),
            Self::Not(part) => !part.matches(walked),
            Self::Paths(routes, test) => routes.iter().any(|route| route.passes(walked, test)),
            Self::Anywhere(anywhere) => anywhere.matches(walked.object),
        }
    }
}

impl Route {
    fn new(path: &str, keys: &mut Vec<Key>) -> Self {
        if begins_with_any(path) {
            return Self::Any(path.into());
        }
        let dots = path.match_indices('.').map(|(at, _)| at);
        // A key may hold dots itself: the longest that is there is the one that the core takes.
        let mut ends: Vec<usize> = dots.chain([path.len()]).collect();
        ends.reverse();
        let part = |end: usize| {
            let (name, rest) = path.split_at_checked(end).unwrap_or((path, ""));
            (slot(name.as_bytes(), keys), rest.strip_prefix('.').map(Into::into))
        };
        Self::Keys(ends.into_iter().map(part).collect())
    }

    fn cost(&self) -> usize {
        match self {
            Self::Keys(keys) => keys.len() * keys.len(),
            Self::Any(_) => 100,
        }
    }

    #[inline]
    fn passes(&self, walked: &Walked<'_>, test: &CompiledTest) -> bool {
        let keys = match self {
            Self::Keys(keys) => keys,
            Self::Any(path) => return test.passes_at(Json::new(walked.object), Some(path)),
        };
        let found = keys.iter().find_map(|(key, rest)| {
            let value = walked.values.get(*key).filter(|value| !value.is_empty())?;
            Some((*value, rest.as_deref()))
        });
        let Some((value, mut rest)) = found else { return false };
        let mut value = Json::new(value);
        // As the core walks a path, for as long as it leads from object to object.
        while let Some(path) = rest {
            match value.bytes().first() {
                Some(b'{') if !begins_with_any(path) => match value.descend(path) {
                    Some(next) => (value, rest) = next,
                    None => return false,
                },
                Some(b'{' | b'[') => break,
                _ => return false,
            }
        }
        if rest.is_none() && value.bytes().first() != Some(&b'[') {
            test.passes(&value.view())
        } else {
            test.passes_at(value, rest)
        }
    }
}

/// Whether a path's first part is the `*` that stands for every key.
fn begins_with_any(path: &str) -> bool {
    path == "*" || path.starts_with("*.")
}

/// The place of a key among those that are kept.
fn slot(name: &[u8], keys: &mut Vec<Key>) -> usize {
    keys.iter().position(|key| key.name == name).unwrap_or_else(|| {
        keys.push(Key { name: name.into(), word: word(name, &(0..name.len())) });
        keys.len() - 1
    })
}
