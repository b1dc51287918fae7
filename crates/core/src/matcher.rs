//! The reference evaluator: a filter against one parsed entry. Every faster evaluator must agree with it.
//!
//! Nothing here recurses into the entry, whose depth is a stranger's choice; only into the filter, whose depth
//! [`crate::Limits`] bounds.

use alloc::{borrow::Cow, boxed::Box, string::String, vec, vec::Vec};
use core::ops::{Bound, RangeBounds};

use crate::{
    Number, Timestamp, address,
    filter::{Filter, Leaf, Target, Test, TextTest, ValueTest},
    fold::fold,
    pattern::CompiledPattern,
    value::{Value, View},
};

/// A filter made ready to be held against entries.
///
/// ```
/// # use std::borrow::Cow;
/// # use trailsift_core::{Matcher, Options, Value, View, compile};
/// // A value type of one's own: here, an entry with one member.
/// #[derive(Clone, Copy)]
/// enum Entry<'a> { Object(&'a str, &'a str), Text(&'a str) }
///
/// impl<'a> Value<'a> for Entry<'a> {
///     fn view(self) -> View<'a> {
///         match self {
///             Self::Object(..) => View::Object,
///             Self::Text(text) => View::Text(Cow::Borrowed(text.as_bytes())),
///         }
///     }
///     fn elements(self) -> impl Iterator<Item = Self> { None.into_iter() }
///     fn members(self) -> impl Iterator<Item = (Cow<'a, [u8]>, Self)> {
///         match self {
///             Self::Object(key, value) => Some((Cow::Borrowed(key.as_bytes()), Self::Text(value))),
///             Self::Text(_) => None,
///         }.into_iter()
///     }
/// }
///
/// let query = compile("type:f*", &Options::default()).unwrap();
/// let matcher = Matcher::new(query.filter());
/// assert!(matcher.matches(Entry::Object("type", "fp")));
/// assert!(!matcher.matches(Entry::Object("type", "s")));
/// ```
#[derive(Clone, Debug)]
pub struct Matcher {
    root: Node,
}

#[derive(Clone, Debug)]
enum Node {
    All,
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    Paths(Vec<String>, Compiled),
    Anywhere(Compiled),
}

#[derive(Clone, Debug)]
enum Compiled {
    Exists,
    Is(Box<CompiledTest>),
}

#[derive(Clone, Debug)]
pub(crate) struct CompiledTest {
    /// Everything but the text, which `text` holds ready.
    other: ValueTest,
    text: Option<CompiledText>,
}

#[derive(Clone, Debug)]
enum CompiledText {
    Equals(Vec<u8>),
    /// Sorted.
    OneOf(Vec<Vec<u8>>),
    Matches(CompiledPattern),
    Between(Bound<Vec<u8>>, Bound<Vec<u8>>),
}

impl Matcher {
    /// Makes `filter` ready.
    #[must_use]
    pub fn new(filter: &Filter) -> Self {
        Self { root: Node::new(filter) }
    }

    /// Whether `entry` is one of those that the filter means.
    pub fn matches<'a>(&self, entry: impl Value<'a>) -> bool {
        self.root.matches(entry)
    }
}

impl Node {
    fn new(filter: &Filter) -> Self {
        let each = |parts: &[Filter]| parts.iter().map(Self::new).collect();
        match filter {
            Filter::All => Self::All,
            Filter::And(parts) => Self::And(each(parts)),
            Filter::Or(parts) => Self::Or(each(parts)),
            Filter::Not(part) => Self::Not(Box::new(Self::new(part))),
            Filter::Leaf(Leaf { target, test }) => {
                let test = Compiled::new(test);
                match target {
                    Target::Paths(paths) => Self::Paths(paths.clone(), test),
                    Target::Anywhere => Self::Anywhere(test),
                }
            }
        }
    }

    fn matches<'a>(&self, entry: impl Value<'a>) -> bool {
        match self {
            Self::All => true,
            Self::And(parts) => parts.iter().all(|part| part.matches(entry)),
            Self::Or(parts) => parts.iter().any(|part| part.matches(entry)),
            Self::Not(part) => !part.matches(entry),
            Self::Paths(paths, test) => paths.iter().any(|path| any_at(entry, path, test)),
            Self::Anywhere(test) => any_string(entry, test),
        }
    }
}

/// Whether some value at the path passes. Arrays on the way are looked into: a number in the path picks an element,
/// anything else holds for each. A `*` in the path is every member of an object.
fn any_at<'a, V: Value<'a>>(entry: V, path: &str, test: &Compiled) -> bool {
    let mut open = vec![(entry, Some(path))];
    while let Some((value, path)) = open.pop() {
        match (value.view(), path) {
            (View::Array, Some(rest)) => {
                let (segment, after) = match rest.split_once('.') {
                    Some((segment, after)) => (segment, Some(after)),
                    None => (rest, None),
                };
                match index(segment) {
                    Some(index) => {
                        open.extend(value.elements().nth(index).map(|element| (element, after)));
                    }
                    None => open.extend(value.elements().map(|element| (element, path))),
                }
            }
            (View::Array, None) => open.extend(value.elements().map(|element| (element, None))),
            (View::Object, Some(rest)) => match every_member(rest) {
                Some(after) => open.extend(last_members(value).map(|member| (member, after))),
                None => open.extend(value.descend(rest)),
            },
            (_, Some(_)) => {}
            (view, None) => {
                if test.passes(&view) {
                    return true;
                }
            }
        }
    }
    false
}

/// What follows a `*` at the start of the path, which stands for every key.
fn every_member(path: &str) -> Option<Option<&str>> {
    match path.strip_prefix('*')? {
        "" => Some(None),
        rest => rest.strip_prefix('.').map(Some),
    }
}

/// The values of an object; of several members with one key only the last counts.
fn last_members<'a, V: Value<'a>>(object: V) -> impl Iterator<Item = V> {
    let mut members: Vec<(Cow<'a, [u8]>, V)> = object.members().collect();
    members.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut members = members.into_iter().peekable();
    core::iter::from_fn(move || {
        loop {
            let (key, value) = members.next()?;
            if members.peek().is_none_or(|(next, _)| *next != key) {
                return Some(value);
            }
        }
    })
}

fn index(segment: &str) -> Option<usize> {
    let digits = !segment.is_empty() && segment.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| segment.parse().ok()).flatten()
}

/// Whether some string of the entry passes.
fn any_string<'a, V: Value<'a>>(entry: V, test: &Compiled) -> bool {
    let mut open = vec![entry];
    while let Some(value) = open.pop() {
        match value.view() {
            View::Array => open.extend(value.elements()),
            View::Object => open.extend(last_members(value)),
            view @ View::Text(_) => {
                if test.passes(&view) {
                    return true;
                }
            }
            View::Null | View::Bool(_) | View::Number(_) => {}
        }
    }
    false
}

impl Compiled {
    fn new(test: &Test) -> Self {
        match test {
            Test::Exists => Self::Exists,
            Test::Is(test) => Self::Is(Box::new(CompiledTest::new(test))),
        }
    }

    fn passes(&self, view: &View<'_>) -> bool {
        match self {
            Self::Exists => *view != View::Null,
            Self::Is(test) => test.passes(view),
        }
    }
}

impl CompiledTest {
    pub(crate) fn new(test: &ValueTest) -> Self {
        let ready = |text: &str| {
            if test.ignore_case { fold(text.as_bytes()).into_owned() } else { text.into() }
        };
        let bound = |bound: &Bound<String>| bound.as_ref().map(|text| ready(text));
        let text = test.text.as_ref().map(|text| match text {
            TextTest::Equals(text) => CompiledText::Equals(ready(text)),
            TextTest::OneOf(texts) => {
                let mut texts: Vec<_> = texts.iter().map(|text| ready(text)).collect();
                texts.sort_unstable();
                CompiledText::OneOf(texts)
            }
            TextTest::Matches(pattern) => {
                CompiledText::Matches(CompiledPattern::new(pattern, ready))
            }
            TextTest::Between(low, high) => CompiledText::Between(bound(low), bound(high)),
        });
        Self { other: ValueTest { text: None, ..test.clone() }, text }
    }

    fn passes(&self, view: &View<'_>) -> bool {
        match view {
            View::Text(text) => self.passes_text(text),
            View::Number(number) => self.passes_number(*number),
            View::Bool(value) => self.other.boolean == Some(*value),
            View::Null => self.other.null,
            View::Array | View::Object => false,
        }
    }

    pub(crate) fn passes_text(&self, text: &[u8]) -> bool {
        if let Some(range) = &self.other.date
            && let Some(instant) = Timestamp::parse(text)
        {
            return range.contains(instant);
        }
        if let Some(range) = &self.other.address
            && let Some(address) = address::parse(text)
        {
            return range.contains(address);
        }
        if let Some(range) = &self.other.number
            && self.other.numeric_text
            && let Some(number) = core::str::from_utf8(text).ok().and_then(Number::parse)
        {
            return range.contains(number);
        }
        let Some(test) = &self.text else { return false };
        let text = if self.other.ignore_case { fold(text) } else { Cow::Borrowed(text) };
        match test {
            CompiledText::Equals(wanted) => *wanted == *text,
            CompiledText::OneOf(wanted) => {
                wanted.binary_search_by(|wanted| (**wanted).cmp(&text)).is_ok()
            }
            CompiledText::Matches(pattern) => pattern.matches(&text),
            CompiledText::Between(low, high) => {
                let slices = (low.as_ref().map(Vec::as_slice), high.as_ref().map(Vec::as_slice));
                RangeBounds::<[u8]>::contains(&slices, &*text)
            }
        }
    }

    fn passes_number(&self, number: Number) -> bool {
        if let Some(range) = &self.other.number {
            return range.contains(number);
        }
        match &self.text {
            Some(CompiledText::Matches(pattern)) => pattern.matches(number.text().as_bytes()),
            _ => false,
        }
    }
}
