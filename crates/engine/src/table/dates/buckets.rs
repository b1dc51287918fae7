//! How many dates of a segment lie between edges.

use alloc::vec::Vec;

use super::{Dates, FIRST_BARE, NANOS, Offsets};
use crate::table::facets::each_row;

impl Dates {
    /// Counts the rows that are in `words` between edges, in seconds since 1970: `counts` has one place less.
    pub(in crate::table) fn count(&self, words: &[u64], edges: &[i64], counts: &mut [u64]) {
        let nanos = |edge: &i64| i128::from(*edge) * i128::from(NANOS);
        match &self.offsets {
            Offsets::Narrow { low, unit, from_low } => {
                let unit = i128::from(*unit);
                let units: Vec<i128> = edges
                    .iter()
                    .map(|edge| (nanos(edge) - i128::from(*low) + unit - 1).div_euclid(unit))
                    .collect();
                let mut buckets = Buckets::new(&units, counts);
                each_row(words, |row| {
                    let offset = from_low.get(row).filter(|offset| **offset < FIRST_BARE);
                    offset.into_iter().for_each(|offset| buckets.add(*offset));
                });
            }
            Offsets::Wide(_) => each_row(words, |row| {
                if let Ok(nanos) = self.get(row) {
                    let seconds = nanos.div_euclid(NANOS);
                    let at = edges.partition_point(|edge| *edge <= seconds).saturating_sub(1);
                    counts.get_mut(at).into_iter().for_each(|count| *count += 1);
                }
            }),
        }
    }
}

/// Counts between edges. The bucket is guessed as if all were as long, and put right from there.
struct Buckets<'b> {
    edges: Vec<u32>,
    counts: &'b mut [u64],
    first: f64,
    /// Buckets a unit.
    rate: f64,
}

impl<'b> Buckets<'b> {
    #[expect(clippy::cast_precision_loss, reason = "only a guess is made of it")]
    fn new(edges: &[i128], counts: &'b mut [u64]) -> Self {
        let first = edges.first().copied().unwrap_or_default() as f64;
        let last = edges.last().copied().unwrap_or_default() as f64;
        let rate = counts.len() as f64 / (last - first).max(1.0);
        let bounded = |edge: &i128| {
            u32::try_from(*edge.clamp(&0, &i128::from(FIRST_BARE))).unwrap_or(FIRST_BARE)
        };
        Self { edges: edges.iter().map(bounded).collect(), counts, first, rate }
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is a guess")]
    fn add(&mut self, offset: u32) {
        let guess = ((f64::from(offset) - self.first) * self.rate) as u32 as usize;
        let found = match self.edges.get(guess..) {
            Some([low, high, ..]) if *low <= offset && offset < *high => guess,
            _ => self.edges.partition_point(|edge| *edge <= offset).saturating_sub(1),
        };
        if let Some(count) = self.counts.get_mut(found) {
            *count += 1;
        }
    }
}
