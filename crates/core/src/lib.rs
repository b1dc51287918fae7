//! The Trailsift query language.
//!
//! A query is text, in the syntax of Auth0's logs API or of the Auth0 FGA Logging API: `type:f AND ip:10.1.0.0/16`.
//! This crate reads it, says what is wrong with it, and holds what it means against the entries of a log. The language
//! itself has a manual in the project's `docs/manual`.
//!
//! # From text to a filter
//!
//! [`compile`] reads a query with [`Options`]: the [`Schema`] that names the fields, the [`Dialect`], the clock. It
//! gives a [`Query`]: a [`Filter`], which says what is meant without any syntax, and its [`Matcher`], ready to be held
//! against entries of any type that implements [`Value`].
//!
//! ```
//! use trailsift_core::{Options, Schema, compile};
//!
//! let options = Options { schema: Schema::by_name("auth0").unwrap(), ..Options::default() };
//! let query = compile("type:(f OR fp) AND date:2026-06", &options).unwrap();
//! assert!(query.warnings().is_empty());
//! ```
//!
//! # What is wrong with a query
//!
//! All of it at once, as data: a [`Diagnostic`] has a stable [`Code`], a sentence, places in the text, and edits that a
//! program can apply. [`check`] gives the list, [`compile`] fails with it, [`render::render`] draws carets.
//!
//! ```
//! # use trailsift_core::{Options, Schema, compile};
//! # let options = Options { schema: Schema::by_name("auth0").unwrap(), ..Options::default() };
//! let wrong = compile("user_email:anne@example.com", &options).unwrap_err();
//! let edit = &wrong.first().suggestions[0];
//! assert_eq!((edit.replacement.as_str(), edit.title.as_str()), ("user_name", "search `user_name`"));
//! ```
//!
//! # Around a query
//!
//! - [`complete`](complete()) says what could stand at a cursor; [`edit`] adds and removes conditions in the text.
//! - [`explain`](explain()) says which conditions found something in an entry, and where.
//! - [`describe`](describe()) reads a filter aloud in English; [`print`](print()) writes it as canonical text.
//! - [`events`] names Auth0's event codes, with a category and an outcome for each.
//!
//! # What it is not
//!
//! It reads no JSON (values come through the [`Value`] trait), no clock (the time is in [`Options`]), and no files. It
//! allocates, and needs nothing else of the standard library.

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
pub mod order;
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

pub use complete::{Completion, CompletionKind, Known, Seen, complete};
pub use describe::describe;
pub use diagnostic::{Code, Diagnostic, Label, Severity, Span, Suggestion};
pub use explain::{Found, explain};
pub use filter::Filter;
pub use limits::Limits;
pub use matcher::Matcher;
pub use number::Number;
pub use print::print;
pub use query::{Diagnostics, Options, Query, check, compile};
pub use schema::{Derived, Field, FieldType, Schema, Source, events};
pub use suggest::nearest;
pub use syntax::Dialect;
pub use test::CompiledTest;
pub use time::Timestamp;
pub use value::{Value, View};
pub use walk::values_at;

#[doc = include_str!("../README.md")]
#[cfg(doctest)]
struct ReadmeDoctests;
