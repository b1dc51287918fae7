//! What a reader may skip: small statistics of a segment, and what they say of a filter. Not the filter's meaning: that
//! is the core's, whose tests are asked.

use trailsift_core::Filter;

use crate::chunk::Corrupt;

const VERSION: u8 = 1;

/// What is known of a segment's entries and a filter without reading them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Whether some entry may match.
    pub may_match: bool,
    /// Whether some entry may not match.
    pub may_miss: bool,
}

impl Bounds {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self { may_match: true, may_miss: true };
}

/// What is kept of a segment's values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stats;

impl Stats {
    /// The bytes that [`Self::decode`] reads.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        vec![VERSION]
    }

    /// Reads what a segment was sealed with.
    ///
    /// # Errors
    /// [`Corrupt`] when the bytes are cut or of an unknown version.
    pub fn decode(bytes: &[u8]) -> Result<Self, Corrupt> {
        if bytes == [VERSION] { Ok(Self) } else { Err(Corrupt) }
    }

    /// Whether the segment may hold an entry that the filter matches, and one that it does not.
    #[must_use]
    pub fn bounds(&self, _filter: &Filter) -> Bounds {
        Bounds::UNKNOWN
    }
}
