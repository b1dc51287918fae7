//! Why an entry matched: which leaves of the filter found something in it, and where.

use alloc::{format, string::String, vec::Vec};

use crate::{
    Filter,
    filter::{Leaf, Target},
    test::CompiledTest,
    value::Value,
    walk::{self, Place},
};

/// A value of an entry that passes a leaf's test.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Found {
    /// Which leaf: its place among the filter's leaves, depth first, from 0.
    pub leaf: usize,
    /// The value's own path: `request.writes.tuple_keys.1.object`.
    pub path: String,
    /// Whether the leaf stands under a NOT, so that what was found speaks against the entry.
    pub negated: bool,
}

/// Everything that the filter's leaves find in the entry, whether or not the entry matches; in the order of the leaves,
/// then of the paths.
///
/// Written for one entry that a person looks at, not for a scan.
///
/// ```
/// # use std::borrow::Cow;
/// # use trailsift_core::{Options, Value, View, compile, explain};
/// # #[derive(Clone, Copy)]
/// # struct Json<'a>(&'a serde_json::Value);
/// # impl<'a> Value<'a> for Json<'a> {
/// #     fn view(self) -> View<'a> {
/// #         match self.0 {
/// #             serde_json::Value::String(text) => View::Text(Cow::Borrowed(text.as_bytes())),
/// #             serde_json::Value::Array(_) => View::Array,
/// #             _ => View::Object,
/// #         }
/// #     }
/// #     fn elements(self) -> impl Iterator<Item = Self> {
/// #         self.0.as_array().into_iter().flatten().map(Json)
/// #     }
/// #     fn members(self) -> impl Iterator<Item = (Cow<'a, [u8]>, Self)> {
/// #         let members = self.0.as_object().into_iter().flatten();
/// #         members.map(|(key, value)| (Cow::Borrowed(key.as_bytes()), Json(value)))
/// #     }
/// # }
/// let entry = serde_json::json!({ "tuples": [{ "user": "anne" }, { "user": "bob" }] });
/// let query = compile("tuples.user:b* AND NOT type:f", &Options::default()).unwrap();
/// let found = explain(query.filter(), Json(&entry));
/// assert_eq!((found.len(), found[0].leaf, found[0].path.as_str()), (1, 0, "tuples.1.user"));
/// ```
pub fn explain<'a>(filter: &Filter, entry: impl Value<'a>) -> Vec<Found> {
    let mut explanation = Explanation { next: 0, found: Vec::new() };
    explanation.visit(filter, false, entry);
    explanation.found
}

struct Explanation {
    next: usize,
    found: Vec<Found>,
}

impl Explanation {
    fn visit<'a>(&mut self, filter: &Filter, negated: bool, entry: impl Value<'a>) {
        match filter {
            Filter::All => {}
            Filter::And(parts) | Filter::Or(parts) => {
                parts.iter().for_each(|part| self.visit(part, negated, entry));
            }
            Filter::Not(part) => self.visit(part, !negated, entry),
            Filter::Leaf(Leaf { target, test }) => {
                let leaf = self.next;
                self.next += 1;
                let test = CompiledTest::new(test);
                let mut note = |view: &_, place: &Dotted| {
                    if test.passes(view) {
                        let key =
                            |found: &Found| (found.leaf, found.path.as_str()) < (leaf, &place.0);
                        let at = self.found.partition_point(key);
                        let found = Found { leaf, path: place.0.clone(), negated };
                        if self.found.get(at) != Some(&found) {
                            self.found.insert(at, found);
                        }
                    }
                    false
                };
                match target {
                    Target::Paths(paths) => paths.iter().for_each(|path| {
                        walk::visit(entry, Dotted::default(), Some(path), &mut note);
                    }),
                    Target::Anywhere => {
                        walk::strings(entry, Dotted::default(), &mut note);
                    }
                }
            }
        }
    }
}

/// A path with dots between its parts.
#[derive(Clone, Default)]
struct Dotted(String);

impl Dotted {
    fn with(&self, part: &str) -> Self {
        if self.0.is_empty() { Self(part.into()) } else { Self(format!("{}.{part}", self.0)) }
    }
}

impl Place for Dotted {
    fn element(&self, index: usize) -> Self {
        self.with(&format!("{index}"))
    }

    fn member(&self, key: &[u8]) -> Self {
        self.with(&String::from_utf8_lossy(key))
    }
}
