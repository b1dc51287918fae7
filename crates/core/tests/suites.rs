//! The public test suites of neighbours, as far as they fit; `docs/language-differences.md` tells of what differs.

#![allow(clippy::expect_used, clippy::panic, reason = "tests may stop at the first surprise")]

#[path = "suites/known.rs"]
mod known;
#[path = "suites/liqe.rs"]
mod liqe;
#[path = "suites/luqum.rs"]
mod luqum;
#[path = "suites/tantivy.rs"]
mod tantivy;
mod tree;
