//! How large a query may be. Every limit has a diagnostic of its own.

/// The bounds of one query. The defaults suit a service that takes queries from strangers.
///
/// ```
/// use trailsift_core::{Limits, Options, check};
///
/// let limits = Limits { clauses: 2, ..Limits::DEFAULT };
/// let said = check("a:1 b:2 c:3", &Options { limits, ..Options::default() });
/// assert_eq!(said[0].code.as_str(), "too-many-clauses");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of text: 8,192.
    pub text: usize,
    /// Groups within groups: 100.
    pub depth: usize,
    /// Conditions: 1,024.
    pub clauses: usize,
    /// `*` in one value: 32.
    pub stars: usize,
    /// `?` in one value: 64.
    pub question_marks: usize,
}

impl Limits {
    /// The defaults.
    pub const DEFAULT: Self =
        Self { text: 8192, depth: 100, clauses: 1024, stars: 32, question_marks: 64 };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
