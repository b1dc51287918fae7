//! The filter: what a query means, without its syntax. It serialises, and every evaluator starts from it.

use alloc::{borrow::Cow, boxed::Box, string::String, vec::Vec};
use core::ops::Bound;

use serde::{Deserialize, Serialize};

use crate::{Number, Timestamp, address::AddressRange, pattern::Pattern};

/// A path or a text of which the schemas have many: theirs, or one that was written.
pub type Word = Cow<'static, str>;

/// Which entries are meant.
///
/// Two filters that are equal match the same entries; the reverse need not hold.
///
/// ```
/// use trailsift_core::{Filter, Options, compile};
///
/// let query = compile("type:f AND NOT _exists_:user_id", &Options::default()).unwrap();
/// let json = serde_json::to_string(query.filter()).unwrap();
/// assert_eq!(
///     json,
///     r#"{"and":[{"leaf":{"in":{"paths":["type"]},"is":{"text":{"equals":"f"}}}},"#.to_owned()
///         + r#"{"not":{"leaf":{"in":{"paths":["user_id"]},"exists":null}}}]}"#
/// );
/// let again: Filter = serde_json::from_str(&json).unwrap();
/// assert_eq!(&again, query.filter());
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Filter {
    /// Every entry.
    All,
    /// Entries that all of these match; every entry when there are none.
    And(Vec<Self>),
    /// Entries that any of these matches; no entry when there are none.
    Or(Vec<Self>),
    /// Entries that this does not match.
    Not(Box<Self>),
    /// Entries in which some value passes a test.
    Leaf(Leaf),
}

impl Filter {
    /// No entry.
    pub const NONE: Self = Self::Or(Vec::new());

    /// All of `parts`; a single one is itself.
    #[must_use]
    pub fn all_of(mut parts: Vec<Self>) -> Self {
        match parts.len() {
            1 => parts.remove(0),
            _ => Self::And(parts),
        }
    }

    /// Any of `parts`; a single one is itself.
    #[must_use]
    pub fn any_of(mut parts: Vec<Self>) -> Self {
        match parts.len() {
            1 => parts.remove(0),
            _ => Self::Or(parts),
        }
    }

    /// The opposite; two negations cancel out, and the opposite of everything is nothing.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            Self::All => Self::NONE,
            Self::Or(parts) if parts.is_empty() => Self::All,
            other => Self::Not(Box::new(other)),
        }
    }
}

/// A test, and where in the entry to look for a value that passes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Leaf {
    /// Where to look.
    #[serde(rename = "in")]
    pub target: Target,
    /// What to look for.
    #[serde(flatten)]
    pub test: Test,
}

/// Where to look.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// At any of these dotted paths; arrays on the way are looked into.
    Paths(Vec<Word>),
    /// In every string value of the entry, at any depth (keys are not values).
    Anywhere,
}

/// What to look for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// A value that is neither null nor an array without such values. An empty string or object is present.
    Exists,
    /// A scalar value that passes.
    Is(Box<ValueTest>),
}

/// A test of one scalar: a condition for each kind of value that JSON has. A kind without a condition does not pass.
///
/// A string is held against the first of `date`, `address`, `number` (with `numeric_text`) that can read it, and
/// against `text` when none can.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ValueTest {
    /// For strings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<TextTest>,
    /// Whether `text` folds case (Unicode's simple folding).
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub ignore_case: bool,
    /// For strings that are dates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<DateRange>,
    /// For strings that are addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<AddressRange>,
    /// For numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<NumberRange>,
    /// Whether `number` holds for strings that are numbers, too.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub numeric_text: bool,
    /// For `true` and `false`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub boolean: Option<bool>,
    /// Whether `null` passes.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub null: bool,
}

/// A condition on text. A pattern is also held against the decimal text of a number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextTest {
    /// The whole value.
    Equals(String),
    /// The whole value, one of several. Sorted, without duplicates.
    OneOf(Vec<Word>),
    /// The whole value, with `*` and `?`.
    Matches(Pattern),
    /// Between two texts, by code point.
    Between(Bound<String>, Bound<String>),
}

/// From `from` up to, not including, `until`; `None` is an open end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateRange {
    /// The first instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// The first instant after the range.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

impl DateRange {
    /// Whether the instant lies in it.
    #[must_use]
    pub fn contains(&self, instant: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= instant)
            && self.until.is_none_or(|until| instant < until)
    }
}

/// Between two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberRange {
    /// The lower end.
    pub low: Bound<Number>,
    /// The upper end.
    pub high: Bound<Number>,
}

impl NumberRange {
    /// Just this number.
    #[must_use]
    pub const fn exactly(number: Number) -> Self {
        Self { low: Bound::Included(number), high: Bound::Included(number) }
    }

    /// Whether the number lies in it.
    #[must_use]
    pub fn contains(&self, number: Number) -> bool {
        use core::ops::RangeBounds;
        (self.low, self.high).contains(&number)
    }
}
