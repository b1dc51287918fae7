//! Which two bytes of a literal a pass looks for: those that are least often seen together.

use alloc::vec::Vec;

use trailsift_core::order;

use super::{BLOCK, GAP, Literal, Search};

/// How much of a sample is looked at, and of a literal how many bytes, the rarest: each two of them cost a pass.
const SAMPLE: usize = 16 << 10;
const MOST_PLACES: usize = 7;

/// A literal and the two of its bytes that a pass looks for.
#[derive(Clone, Debug)]
pub(super) struct Probe {
    pub(super) literal: Literal,
    /// The place of the first of them in the literal, and how far behind it the second is.
    pub(super) first: usize,
    pub(super) gap: usize,
}

impl Probe {
    /// The probe of a literal in a log that looks like `sample`.
    ///
    /// How often each byte is seen alone says little: a quote is the most frequent of all, and yet a quote three bytes
    /// before a dot is rare.
    pub(super) fn new(literal: &Literal, sample: &[u8]) -> Self {
        let sample = sample.get(..SAMPLE).unwrap_or(sample);
        let places = rarest(literal, sample);
        let pairs = places.iter().enumerate().flat_map(|(rank, one)| {
            let rarer = places.get(..rank).unwrap_or_default();
            rarer.iter().map(|other| (*one.min(other), one.abs_diff(*other)))
        });
        let mut least = usize::MAX;
        let mut best = Self { literal: literal.clone(), first: 0, gap: 1 };
        for (first, gap) in pairs.filter(|(_, gap)| *gap <= GAP) {
            let probe = Self { first, gap, ..best.clone() };
            let search =
                Search { caseless: literal.caseless, folds: false, probes: [probe].into() };
            let hints = search.hints(sample, least);
            if hints < least {
                (least, best) = (hints, Self { first, gap, ..best });
            }
        }
        best
    }
}

impl Search {
    /// How many hints there are in the sample, or `enough` where there are more.
    fn hints(&self, sample: &[u8], enough: usize) -> usize {
        let mut hints = 0;
        self.run(sample, 0, &mut |block, events| {
            hints += events.hints.count_ones() as usize;
            (hints < enough).then_some(block + BLOCK)
        });
        hints.min(enough)
    }
}

/// The places of the literal's bytes that are seen least often, the rarest first.
fn rarest(literal: &Literal, sample: &[u8]) -> Vec<usize> {
    let mut counts = [0_u32; 256];
    for byte in sample {
        let byte = if literal.caseless { byte.to_ascii_lowercase() } else { *byte };
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count += 1;
        }
    }
    let count = |byte: &u8| counts.get(usize::from(*byte)).copied().unwrap_or_default();
    let mut places: Vec<_> = literal.bytes.iter().map(count).enumerate().collect();
    order::sort(&mut places, |(_, one), (_, other)| one.cmp(other));
    places.into_iter().take(MOST_PLACES).map(|(place, _)| place).collect()
}
