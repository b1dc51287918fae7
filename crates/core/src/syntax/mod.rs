//! Text to syntax tree. Only this module knows how queries are written; the filter knows nothing of it.
//!
//! One grammar serves both dialects. Parsing never fails: it gives a tree and all diagnostics, recovering at the next
//! operator or bracket, in time linear to the text.

pub mod ast;
mod cursor;
mod lex;
mod parse;
mod quote;

pub(crate) use cursor::{Cursor, Expecting, cursor};
pub(crate) use lex::{is_space, modifier_end};
pub use parse::parse;
pub use quote::{in_quotes, quote_value, write_bare, write_name, write_pattern};

/// How a query is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// Lucene's query-string syntax as the Auth0 logs API uses it; adjacent terms are alternatives.
    #[default]
    Q,
    /// The `query=` syntax of the Auth0 FGA Logging API: `&` is AND too, single quotes quote, adjacent terms must all
    /// hold.
    Fga,
}

impl Dialect {
    /// The dialect of that name: `q` or `fga`.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        match name {
            "q" => Some(Self::Q),
            "fga" => Some(Self::Fga),
            _ => None,
        }
    }

    /// The name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Q => "q",
            Self::Fga => "fga",
        }
    }
}
