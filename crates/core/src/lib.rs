//! The Trailsift query language.
//!
//! A query is text (`type:f AND ip:10.1.*`). [`compile`] reads it with a [`Schema`] and gives a [`Query`]: a
//! [`Filter`], which says what is meant without any syntax, ready to be held against entries.
//!
//! ```
//! use trailsift_core::{Options, Schema, compile};
//!
//! let options = Options { schema: Schema::by_name("auth0").unwrap(), ..Options::default() };
//! let query = compile("type:(f OR fp) AND date:2026-06", &options).unwrap();
//! assert!(query.warnings().is_empty());
//!
//! let wrong = compile("user_email:anne@example.com", &options).unwrap_err();
//! assert_eq!(wrong.first().suggestions[0].replacement, "user_name");
//! ```
//!
//! What it is not: it reads no JSON (values come through the [`Value`] trait), no clock (the time is in [`Options`]),
//! and no files. It allocates, and needs nothing else of the standard library.

#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod address;
mod complete;
mod describe;
mod diagnostic;
pub mod edit;
mod explain;
pub mod filter;
mod fold;
mod limits;
mod lower;
mod matcher;
mod number;
pub mod pattern;
mod print;
mod query;
pub mod render;
mod schema;
mod suggest;
pub mod syntax;
mod test;
pub mod time;
mod value;
mod walk;

pub use complete::{Completion, CompletionKind, Seen, complete};
pub use describe::describe;
pub use diagnostic::{Code, Diagnostic, Label, Severity, Span, Suggestion};
pub use explain::{Found, explain};
pub use filter::Filter;
pub use limits::Limits;
pub use matcher::Matcher;
pub use number::Number;
pub use print::print;
pub use query::{Diagnostics, Options, Query, check, compile};
pub use schema::{Field, FieldType, Schema, events};
pub use syntax::Dialect;
pub use time::Timestamp;
pub use value::{Value, View};

#[doc = include_str!("../README.md")]
#[cfg(doctest)]
struct ReadmeDoctests;
