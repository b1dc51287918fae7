//! The reference evaluator: a filter against one parsed entry. Every faster evaluator must agree with it.
//!
//! Nothing here recurses into the entry, whose depth is a stranger's choice; only into the filter, whose depth
//! [`crate::Limits`] bounds.

use alloc::{boxed::Box, vec::Vec};

use crate::{
    filter::{Filter, Leaf, Target, Word},
    test::CompiledTest,
    value::Value,
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
    Paths(Vec<Word>, CompiledTest),
    Anywhere(CompiledTest),
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
                let test = CompiledTest::new(test);
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
            Self::Paths(paths, test) => paths.iter().any(|path| test.passes_at(entry, Some(path))),
            Self::Anywhere(test) => test.passes_anywhere(entry),
        }
    }
}
