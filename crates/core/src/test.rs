//! A leaf's test made ready: patterns cut into runs, case folded once.

use alloc::{borrow::Cow, boxed::Box, string::String, vec::Vec};
use core::ops::{Bound, RangeBounds};

use crate::{
    Number, Timestamp, address,
    filter::{Test, TextTest, ValueTest, Word},
    fold::{fold, fold_text},
    order,
    pattern::CompiledPattern,
    value::{Value, View},
    walk,
};

/// A leaf's test made ready, for an evaluator that finds the values itself.
///
/// ```
/// use trailsift_core::{CompiledTest, View, filter::Test};
///
/// let test = CompiledTest::new(&Test::Exists);
/// assert!(test.passes(&View::Object) && !test.passes(&View::Null));
/// ```
#[derive(Clone, Debug)]
pub struct CompiledTest(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Exists,
    Is(Box<CompiledValueTest>),
}

#[derive(Clone, Debug)]
pub(crate) struct CompiledValueTest {
    /// Everything but the text, which `text` holds ready.
    other: ValueTest,
    text: Option<CompiledText>,
}

#[derive(Clone, Debug)]
enum CompiledText {
    Equals(Vec<u8>),
    /// Sorted.
    OneOf(Vec<Word>),
    Matches(CompiledPattern),
    Between(Bound<Vec<u8>>, Bound<Vec<u8>>),
}

impl CompiledTest {
    /// Makes `test` ready.
    #[must_use]
    pub fn new(test: &Test) -> Self {
        Self(match test {
            Test::Exists => Kind::Exists,
            Test::Is(test) => Kind::Is(Box::new(CompiledValueTest::new(test))),
        })
    }

    /// Whether one value passes. An array never does: its elements may, see [`Self::passes_at`].
    #[must_use]
    #[inline]
    pub fn passes(&self, view: &View<'_>) -> bool {
        match &self.0 {
            Kind::Exists => *view != View::Null,
            Kind::Is(test) => test.passes(view),
        }
    }

    /// Whether a value passes that the path leads to from `value`; `None` is the value itself. Arrays are looked into.
    pub fn passes_at<'a>(&self, value: impl Value<'a>, path: Option<&str>) -> bool {
        walk::visit(value, (), path, &mut |view: &View<'a>, (): &()| self.passes(view))
    }

    /// Whether a string within `value` passes, at any depth.
    pub fn passes_anywhere<'a>(&self, value: impl Value<'a>) -> bool {
        walk::strings(value, (), &mut |view: &View<'a>, (): &()| self.passes(view))
    }
}

impl CompiledValueTest {
    pub(crate) fn new(test: &ValueTest) -> Self {
        let folded =
            |text: &str| -> String { if test.ignore_case { fold_text(text) } else { text.into() } };
        let ready = |text: &str| folded(text).into_bytes();
        let bound = |bound: &Bound<String>| bound.as_ref().map(|text| ready(text));
        let text = test.text.as_ref().map(|text| match text {
            TextTest::Equals(text) => CompiledText::Equals(ready(text)),
            TextTest::OneOf(texts) => {
                let folded =
                    |text: &Word| if test.ignore_case { folded(text).into() } else { text.clone() };
                let mut texts: Vec<Word> = texts.iter().map(folded).collect();
                order::sort(&mut texts, Word::cmp);
                CompiledText::OneOf(texts)
            }
            TextTest::Matches(pattern) => {
                CompiledText::Matches(CompiledPattern::new(pattern, ready))
            }
            TextTest::Between(low, high) => CompiledText::Between(bound(low), bound(high)),
        });
        Self { other: ValueTest { text: None, ..test.clone() }, text }
    }

    #[inline]
    fn passes(&self, view: &View<'_>) -> bool {
        match view {
            View::Text(text) => self.passes_text(text),
            View::Number(number) => self.passes_number(*number),
            View::Bool(value) => self.other.boolean == Some(*value),
            View::Null => self.other.null,
            View::Array | View::Object => false,
        }
    }

    #[inline]
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
                wanted.binary_search_by(|wanted| wanted.as_bytes().cmp(&text)).is_ok()
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
