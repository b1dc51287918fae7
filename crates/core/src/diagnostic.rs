//! What is wrong with a query, as data: a code, a sentence, the places, and fixes that a program can apply.
//!
//! Nothing here draws text; [`crate::render`] does, and each surface has its own shape.

use alloc::{string::String, vec::Vec};
use core::fmt;

use serde::Serialize;

/// A range of bytes in the query's text; both ends lie on character boundaries.
///
/// ```
/// use trailsift_core::Span;
///
/// let name = Span::new(0, 4);
/// assert_eq!(name.of("type:f"), "type");
/// assert_eq!(name.to(Span::new(5, 6)), Span::new(0, 6));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// One past the last byte; equal to `start` for a place between two characters.
    pub end: usize,
}

impl Span {
    /// The bytes from `start` up to, not including, `end`.
    #[must_use]
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The text under the span; empty when the span does not belong to `text`.
    #[must_use]
    pub fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or_default()
    }
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The query has no meaning; nothing can be answered.
    Error,
    /// The query is answered, but perhaps not as its author meant.
    Warning,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// The kinds of diagnostics. Their texts are stable: programs and the manual refer to them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
        pub enum Code {
            $($(#[$doc])* #[serde(rename = $text)] $name,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The code as it is shown and documented, in kebab case.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

codes! {
    /// The text is longer than [`crate::Limits::text`].
    TooLong = "too-long",
    /// Groups nest deeper than [`crate::Limits::depth`].
    TooDeep = "too-deep",
    /// More conditions than [`crate::Limits::clauses`].
    TooManyClauses = "too-many-clauses",
    /// More `*` in one value than [`crate::Limits::stars`], or more `?` than [`crate::Limits::question_marks`].
    TooManyStars = "too-many-stars",
    /// A quoted value that is never closed; a warning where a word holds a quote of its own.
    UnclosedQuote = "unclosed-quote",
    /// Text right behind a closing quote, or a quoted field name.
    TouchingQuote = "touching-quote",
    /// A group or a range that is never closed.
    UnclosedBracket = "unclosed-bracket",
    /// A closing bracket that nothing opened.
    UnexpectedBracket = "unexpected-bracket",
    /// An operator with nothing to join or to negate; a warning where it is a lone sign, which is a word to look for.
    DanglingOperator = "dangling-operator",
    /// A field without a value.
    EmptyValue = "empty-value",
    /// A colon with a space before it, so that it makes no field.
    DetachedColon = "detached-colon",
    /// A field within another field's group, where it is part of a value.
    FieldInGroup = "field-in-group",
    /// A group with nothing in it.
    EmptyGroup = "empty-group",
    /// A range without `TO`, or with a `to` in lower case.
    MissingTo = "missing-to",
    /// A range whose lower bound lies above its upper one.
    ReversedRange = "reversed-range",
    /// A `*` or `?` at the end of a range's bound, where it is itself.
    LiteralWildcard = "literal-wildcard",
    /// A range that belongs to no field, or (a warning) a word that looks like a comparison.
    RangeWithoutField = "range-without-field",
    /// A field that the schema does not have.
    UnknownField = "unknown-field",
    /// A word behind an operator that looks like another value of the field before it.
    LoneValue = "lone-value",
    /// A value without quotes that seems to go on behind a space; an error where the rest of it has no meaning.
    UnquotedSpace = "unquoted-space",
    /// One word as the value of a field of sentences, which is matched whole.
    WholeText = "whole-text",
    /// A value that no event has, on a field that the event code tells.
    UnknownValue = "unknown-value",
    /// A value that is no date, on a field of dates; a warning where it is an instant that hardly any entry has.
    BadDate = "bad-date",
    /// A value that is no number, on a field of numbers.
    BadNumber = "bad-number",
    /// A value that is neither `true` nor `false`, on a field of truth values.
    BadBool = "bad-bool",
    /// An address or a network that is written wrong, on a field of addresses.
    BadAddress = "bad-address",
    /// `now` where the clock was not passed in.
    NoClock = "no-clock",
    /// `~`: fuzzy or proximity search.
    Fuzzy = "fuzzy",
    /// `/…/`: a regular expression.
    Regex = "regex",
    /// `^n`: a boost, which has no meaning for a log.
    Boost = "boost",
    /// `and`, `or` or `not` in lower case, which are words to look for; an error where the field holds no words.
    LowerCaseOperator = "lower-case-operator",
    /// Typographic quotes where straight ones are meant.
    SmartQuotes = "smart-quotes",
    /// Single quotes in `q`, where they are ordinary characters.
    SingleQuotes = "single-quotes",
    /// `=` or another language's word of comparison where `:` is meant; an error where what follows has no meaning.
    EqualsSign = "equals-sign",
    /// A raw `&` in `q`, or another sign that parts conditions elsewhere, where it is an ordinary character; an
    /// error where the rest has no meaning.
    RawAmpersand = "raw-ampersand",
    /// A query that was encoded for an address, so that its colon is no colon.
    PercentEncoded = "percent-encoded",
    /// `-` or `!` right after a field's colon, where it belongs to the value; an error before quotes or a group.
    NegatedValue = "negated-value",
    /// Terms that only stand next to each other in a group that also has an operator.
    MixedOperators = "mixed-operators",
    /// Something that the vendor's own service refuses, in strict mode.
    NotInVendor = "not-in-vendor",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A place in the query and what is to be said of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is said of it; may be empty, then the place alone is marked.
    pub text: String,
}

/// An edit that a program can make on the author's behalf.
///
/// ```
/// use trailsift_core::{Options, check};
///
/// let mut text = String::from("type:(f OR fp");
/// let edit = check(&text, &Options::default()).remove(0).suggestions.remove(0);
/// text.replace_range(edit.span.start..edit.span.end, &edit.replacement);
/// assert_eq!(text, "type:(f OR fp)");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Suggestion {
    /// What to replace; empty for an insertion.
    pub span: Span,
    /// What to put there.
    pub replacement: String,
    /// What the edit does, as the words on a button.
    pub title: String,
}

/// One thing to tell the query's author.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// The kind, stable across versions.
    pub code: Code,
    /// Whether the query can be answered all the same.
    pub severity: Severity,
    /// One sentence, in lower case, with the author's input in backticks.
    pub message: String,
    /// What to do about it, where there is more to say than a suggestion's title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The places; the first is the one that matters most.
    pub labels: Vec<Label>,
    /// Edits that would mend it; the first is the likeliest.
    pub suggestions: Vec<Suggestion>,
}

impl Diagnostic {
    /// An error at one place.
    pub fn error(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, span, message.into())
    }

    /// A warning at one place.
    pub fn warning(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, span, message.into())
    }

    fn new(severity: Severity, code: Code, span: Span, message: String) -> Self {
        let labels = alloc::vec![Label { span, text: String::new() }];
        Self { code, severity, message, help: None, labels, suggestions: Vec::new() }
    }

    /// Says something of the first place.
    #[must_use]
    pub fn labelled(mut self, text: impl Into<String>) -> Self {
        if let Some(label) = self.labels.first_mut() {
            label.text = text.into();
        }
        self
    }

    /// Marks one more place.
    #[must_use]
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Offers an edit.
    #[must_use]
    pub fn suggest(
        mut self,
        span: Span,
        replacement: impl Into<String>,
        title: impl Into<String>,
    ) -> Self {
        self.suggestions.push(Suggestion {
            span,
            replacement: replacement.into(),
            title: title.into(),
        });
        self
    }

    /// The place that matters most, or the text's start.
    #[must_use]
    pub fn span(&self) -> Span {
        self.labels.first().map_or(Span::new(0, 0), |label| label.span)
    }

    /// All that it is about: its places, and what its fixes would replace.
    pub(crate) fn reach(&self) -> Span {
        let fixed = self.suggestions.iter().map(|suggestion| suggestion.span);
        fixed.fold(self.span(), Span::to)
    }

    /// Whether it keeps the query from being answered.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// Diagnostics of one query that are kept by each of its readers.
const MOST: usize = 64;

/// Whether there is room for one more: nobody reads thousands, and a hostile query may ask for them. The first error
/// always has, or the query would seem to have a meaning.
pub(crate) fn has_room(diagnostics: &[Diagnostic], for_error: bool) -> bool {
    diagnostics.len() < MOST || for_error && !diagnostics.iter().any(Diagnostic::is_error)
}
