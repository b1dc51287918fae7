//! The manual, run: every query in `docs/manual` says and finds what the page says, and every table is the code's own.
//!
//! With `TRAILSIFT_BLESS=1` the messages, the fixes and the tables are written instead of compared. What a query finds
//! never is: that is for its author to say.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may stop at the first surprise")]

#[path = "manual/diagnostics.rs"]
mod diagnostics;
#[path = "manual/findings.rs"]
mod findings;
#[path = "manual/links.rs"]
mod links;
#[path = "manual/messages.rs"]
mod messages;
#[path = "manual/page.rs"]
mod page;
#[path = "manual/settings.rs"]
mod settings;
#[path = "manual/tables.rs"]
mod tables;
mod tree;
