//! What a reader may skip: small statistics of a segment, and what they say of a filter. Not the filter's meaning: that
//! is the core's, whose own tests are asked about the values that are kept.
//!
//! For each path of the schema: all values where they are few; else which kinds of values there are, between what they
//! lie, and a place in the segment's Bloom filter, which says whether one text may be among them. An entry's values are
//! those that a filter finds in it as it is served.

mod bloom;
mod collect;
mod column;
mod scalar;
mod store;

pub use collect::Collector;
use column::Column;
use trailsift_core::{
    CompiledTest,
    filter::{Filter, Leaf, Target},
};

use crate::chunk::Corrupt;
use bloom::Bloom;

/// What is known of a segment's entries and a filter without reading them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Whether some entry may match. If not, none does.
    pub may_match: bool,
    /// Whether some entry may not match. If not, all do.
    pub may_miss: bool,
}

impl Bounds {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self { may_match: true, may_miss: true };
    const ALL: Self = Self { may_match: true, may_miss: false };
    const NONE: Self = Self { may_match: false, may_miss: true };

    const fn negated(self) -> Self {
        Self { may_match: self.may_miss, may_miss: self.may_match }
    }

    const fn and(self, other: Self) -> Self {
        Self {
            may_match: self.may_match && other.may_match,
            may_miss: self.may_miss || other.may_miss,
        }
    }

    const fn or(self, other: Self) -> Self {
        self.negated().and(other.negated()).negated()
    }
}

/// What is kept of a segment's values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stats {
    /// In the order of their paths.
    columns: Vec<Column>,
    bloom: Bloom,
}

impl Stats {
    /// The bytes that [`Self::decode`] reads.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        store::encode(self)
    }

    /// Reads what a segment was sealed with.
    ///
    /// # Errors
    /// [`Corrupt`] when the bytes are cut or of an unknown version.
    pub fn decode(bytes: &[u8]) -> Result<Self, Corrupt> {
        store::decode(bytes)
    }

    /// Whether the segment may hold an entry that the filter matches, and one that it does not.
    ///
    /// ```
    /// use trailsift_core::{Options, Schema, compile};
    /// use trailsift_trail::{chunk::Stored, entry::Lacks, pruning::Stats, segment::{Entry, encode}};
    ///
    /// let schema = Schema::by_name("auth0").unwrap();
    /// let stored =
    ///     Stored { sequence: 1, id: "a", time: 0, lacks: Lacks(0), bytes: br#"{"type":"f"}"# };
    /// let segment = encode(schema, &[Entry { stored, received: 0 }]).unwrap();
    /// let stats = Stats::decode(&segment.stats).unwrap();
    ///
    /// let query = compile("type:s", &Options { schema, ..Options::default() }).unwrap();
    /// assert!(!stats.bounds(query.filter()).may_match);
    /// let query = compile("NOT type:s", &Options { schema, ..Options::default() }).unwrap();
    /// assert!(!stats.bounds(query.filter()).may_miss);
    /// ```
    #[must_use]
    pub fn bounds(&self, filter: &Filter) -> Bounds {
        let each =
            |parts: &'_ [Filter]| parts.iter().map(|part| self.bounds(part)).collect::<Vec<_>>();
        match filter {
            Filter::All => Bounds::ALL,
            Filter::And(parts) => each(parts).into_iter().fold(Bounds::ALL, Bounds::and),
            Filter::Or(parts) => each(parts).into_iter().fold(Bounds::NONE, Bounds::or),
            Filter::Not(part) => self.bounds(part).negated(),
            Filter::Leaf(leaf) => self.leaf(leaf),
        }
    }

    fn leaf(&self, leaf: &Leaf) -> Bounds {
        let Target::Paths(paths) = &leaf.target else { return Bounds::UNKNOWN };
        let ready = CompiledTest::new(&leaf.test);
        let at = |path: &str| match self.column(path) {
            Some(column) => column.bounds(&leaf.test, &ready, &self.bloom),
            None => Bounds::UNKNOWN,
        };
        paths.iter().map(|path| at(path)).fold(Bounds::NONE, Bounds::or)
    }

    fn column(&self, path: &str) -> Option<&Column> {
        let found = self.columns.binary_search_by(|column| column.path.as_str().cmp(path));
        found.ok().and_then(|index| self.columns.get(index))
    }
}

#[cfg(test)]
mod tests;
