//! From text to something that can be held against entries, in one call.

use alloc::{boxed::Box, string::String, vec::Vec};
use core::fmt;

use crate::{
    Code, Diagnostic, Dialect, Filter, Limits, Matcher, Schema, Span, Timestamp, lower, render,
    syntax,
};

/// How a query is to be read.
///
/// ```
/// use trailsift_core::{Dialect, Options, Schema, Timestamp};
///
/// let options = Options {
///     dialect: Dialect::Fga,
///     schema: Schema::by_name("fga").unwrap(),
///     now: Timestamp::parse(b"2026-06-10T12:00:00Z"),
///     ..Options::default()
/// };
/// assert!(!options.strict);
/// ```
#[derive(Clone, Debug)]
pub struct Options {
    /// How it is written. Default: `q`.
    pub dialect: Dialect,
    /// What fields there are. Default: `any`.
    pub schema: &'static Schema,
    /// Whether to refuse what the vendor's own service refuses. Default: no.
    pub strict: bool,
    /// What time it is, for `now`. Default: not known.
    pub now: Option<Timestamp>,
    /// Whether letters' case is ignored in values. Default: no, but for bare terms of the schema `any`.
    pub ignore_case: bool,
    /// How large a query may be.
    pub limits: Limits,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            dialect: Dialect::default(),
            schema: Schema::ANY,
            strict: false,
            now: None,
            ignore_case: false,
            limits: Limits::DEFAULT,
        }
    }
}

/// A query that has a meaning.
///
/// ```
/// use trailsift_core::{Options, compile};
///
/// let query = compile("type:f and ip:10.1.2.3", &Options::default()).unwrap();
/// let warnings: Vec<_> = query.warnings().iter().map(|warning| warning.code.as_str()).collect();
/// assert_eq!(warnings, ["lower-case-operator"]);
/// ```
#[derive(Clone, Debug)]
pub struct Query {
    filter: Filter,
    matcher: Matcher,
    warnings: Vec<Diagnostic>,
}

impl Query {
    /// What is meant.
    #[must_use]
    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    /// The filter, ready to be held against entries.
    #[must_use]
    pub fn matcher(&self) -> &Matcher {
        &self.matcher
    }

    /// What the query's author may want to know all the same.
    #[must_use]
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }
}

/// What is wrong with a query: one diagnostic or more, in the order of their places; at least one is an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostics {
    text: String,
    first: Box<Diagnostic>,
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// All of them, warnings too.
    #[must_use]
    pub fn as_slice(&self) -> &[Diagnostic] {
        &self.list
    }

    /// The first error.
    #[must_use]
    pub fn first(&self) -> &Diagnostic {
        &self.first
    }

    /// All of them, warnings too.
    #[must_use]
    pub fn into_vec(self) -> Vec<Diagnostic> {
        self.list
    }
}

/// Every diagnostic with the query's text and carets under it, as for a terminal.
impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.list.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            f.write_str(&render::render(&self.text, diagnostic))?;
        }
        Ok(())
    }
}

impl core::error::Error for Diagnostics {}

fn read(text: &str, options: &Options) -> (Filter, Vec<Diagnostic>) {
    let (ast, mut said) = syntax::parse(text, options.dialect, &options.limits);
    let (filter, more) = lower::lower(&ast, text, options, &mut said);
    let mut diagnostics: Vec<Diagnostic> = Vec::with_capacity(said.len() + more.len());
    for diagnostic in said.into_iter().chain(more) {
        // Few, and mostly in order: put where they belong, the earlier said first.
        let place = diagnostics.partition_point(|other| other.span() <= diagnostic.span());
        match place.checked_sub(1).and_then(|before| diagnostics.get_mut(before)) {
            // Both readers saw the same; the later knows the fields.
            Some(same) if (same.code, same.span()) == (diagnostic.code, diagnostic.span()) => {
                *same = diagnostic;
            }
            _ => diagnostics.insert(place, diagnostic),
        }
    }
    if diagnostics.is_empty() {
        return (filter, diagnostics);
    }
    // What is said of a value's likelihood waits until the rest is well, and of precedence until the parts are.
    let others: Vec<Span> = diagnostics
        .iter()
        .filter(|other| !is_of_likelihood(other))
        .map(Diagnostic::reach)
        .collect();
    let hidden = |span: Span| others.iter().any(|o| o.start < span.end && span.start < o.end);
    diagnostics.retain(|diagnostic| !is_of_likelihood(diagnostic) || !hidden(diagnostic.span()));
    if diagnostics.iter().any(Diagnostic::is_error) {
        diagnostics.retain(|d| d.code != Code::MixedOperators && !is_of_likelihood(d));
    }
    (filter, diagnostics)
}

fn is_of_likelihood(diagnostic: &Diagnostic) -> bool {
    matches!(diagnostic.code, Code::WholeText | Code::UnknownValue) && !diagnostic.is_error()
}

/// Reads a query.
///
/// # Errors
///
/// When something in the text has no meaning: all that is wrong with it, not only the first thing.
///
/// ```
/// use trailsift_core::{Dialect, Options, Schema, compile};
///
/// let fga = Options {
///     dialect: Dialect::Fga,
///     schema: Schema::by_name("fga").unwrap(),
///     ..Options::default()
/// };
/// let written = compile("operation:Write & object:'document:annual_report'", &fga).unwrap();
/// let quoted = compile("operation:\"Write\" AND object:document:annual_report", &fga).unwrap();
/// assert_eq!(written.filter(), quoted.filter());
///
/// let wrong = compile("operation:(Write OR", &fga).unwrap_err();
/// assert_eq!(wrong.as_slice().len(), 2);
/// ```
pub fn compile(text: &str, options: &Options) -> Result<Query, Diagnostics> {
    let (filter, diagnostics) = read(text, options);
    if let Some(first) = diagnostics.iter().find(|diagnostic| diagnostic.is_error()) {
        return Err(Diagnostics {
            text: text.into(),
            first: Box::new(first.clone()),
            list: diagnostics,
        });
    }
    let matcher = Matcher::new(&filter);
    Ok(Query { filter, matcher, warnings: diagnostics })
}

/// What is to be said of a query: errors and warnings, in the order of their places. Empty when it is fine.
///
/// ```
/// use trailsift_core::{Options, check};
///
/// assert!(check("type:f", &Options::default()).is_empty());
/// let said = check("type:f AND date:[2026 2027]", &Options::default());
/// assert_eq!(said[0].message, "a range needs `TO`");
/// ```
#[must_use]
pub fn check(text: &str, options: &Options) -> Vec<Diagnostic> {
    read(text, options).1
}
