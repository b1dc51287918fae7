//! A column of dates that are all written alike, as integers: `2026-06-10T12:00:00.123Z`, whatever the digits of its
//! fraction. The text is written again from the integer, byte for byte.

mod buckets;
mod text;

use alloc::vec::Vec;

use trailsift_core::{Timestamp, filter::DateRange};

pub(super) use text::{Text, canonical, parse};

use super::{bits, cell::Kind};

const NANOS: i64 = 1_000_000_000;
const MILLI: i64 = 1_000_000;

/// Stand for cells without a date; no instant that fits has these nanoseconds.
const MISSING: i64 = i64::MIN;
const NULL: i64 = i64::MIN + 1;

/// The same of offsets.
const FIRST_BARE: u32 = u32::MAX - 1;
const BARE_NULL: u32 = FIRST_BARE;
const BARE_MISSING: u32 = u32::MAX;

pub(super) fn instant(nanos: i64) -> Timestamp {
    let within = u32::try_from(nanos.rem_euclid(NANOS)).unwrap_or_default();
    Timestamp { seconds: nanos.div_euclid(NANOS), nanos: within }
}

/// The dates of a segment that still grows.
#[derive(Clone, Debug, Default)]
pub(super) struct Growing(Vec<i64>);

impl Growing {
    pub(super) fn with_capacity(rows: usize) -> Self {
        Self(Vec::with_capacity(rows))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// `false`: this is nothing that stands in a column of dates.
    pub(super) fn push_bare(&mut self, kind: Kind) -> bool {
        match kind {
            Kind::Missing => self.0.push(MISSING),
            Kind::Null => self.0.push(NULL),
            _ => return false,
        }
        true
    }

    pub(super) fn push(&mut self, nanos: i64) {
        self.0.push(nanos);
    }

    pub(super) fn pop(&mut self) {
        self.0.pop();
    }

    pub(super) fn values(&self) -> impl Iterator<Item = Result<i64, Kind>> {
        self.0.iter().map(|nanos| match *nanos {
            MISSING => Err(Kind::Missing),
            NULL => Err(Kind::Null),
            nanos => Ok(nanos),
        })
    }

    pub(super) const fn memory(&self) -> usize {
        self.0.capacity() * size_of::<i64>()
    }

    /// Packed, with the ends of each zone of so many rows.
    pub(super) fn seal(&self, zone: usize) -> Dates {
        let present = || self.values().filter_map(Result::ok);
        let low = present().min().unwrap_or_default();
        let high = present().max().unwrap_or_default();
        let unit = if present().all(|nanos| nanos % MILLI == 0) { MILLI } else { 1 };
        let width = (i128::from(high) - i128::from(low)) / i128::from(unit);
        let offsets = if width < i128::from(FIRST_BARE) {
            let offset = |value: Result<i64, Kind>| match value {
                Ok(nanos) => u32::try_from((nanos - low) / unit).unwrap_or(BARE_MISSING),
                Err(Kind::Null) => BARE_NULL,
                Err(_) => BARE_MISSING,
            };
            Offsets::Narrow { low, unit, from_low: self.values().map(offset).collect() }
        } else {
            Offsets::Wide(self.0.as_slice().to_vec())
        };
        let zones = self.0.chunks(zone).map(|rows| {
            let present = rows.iter().filter(|nanos| **nanos > NULL);
            present.fold((i64::MAX, i64::MIN), |(low, high), nanos| {
                (low.min(*nanos), high.max(*nanos))
            })
        });
        Dates { zones: zones.collect(), zone, offsets }
    }
}

/// The dates of a whole segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Dates {
    offsets: Offsets,
    /// First and last instant of each zone; the other way round where there is none.
    zones: Vec<(i64, i64)>,
    /// Rows of a zone.
    zone: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Offsets {
    /// Units from the lowest.
    Narrow {
        low: i64,
        unit: i64,
        from_low: Vec<u32>,
    },
    Wide(Vec<i64>),
}

impl Dates {
    /// The row's nanoseconds, or what else stands there.
    pub(super) fn get(&self, row: usize) -> Result<i64, Kind> {
        match &self.offsets {
            Offsets::Narrow { low, unit, from_low } => match from_low.get(row) {
                Some(&BARE_MISSING) | None => Err(Kind::Missing),
                Some(&BARE_NULL) => Err(Kind::Null),
                Some(offset) => Ok(low + i64::from(*offset) * unit),
            },
            Offsets::Wide(nanos) => match nanos.get(row) {
                Some(&MISSING) | None => Err(Kind::Missing),
                Some(&NULL) => Err(Kind::Null),
                Some(nanos) => Ok(*nanos),
            },
        }
    }

    pub(super) fn len(&self) -> usize {
        match &self.offsets {
            Offsets::Narrow { from_low, .. } => from_low.len(),
            Offsets::Wide(nanos) => nanos.len(),
        }
    }

    /// Sets the bits of the rows whose date lies in the range. Zones that lie in it, or outside, are not looked at.
    pub(super) fn fill_range(&self, range: &DateRange, words: &mut [u64]) {
        let (from, until) = (ceiling(range.from, i128::MIN), ceiling(range.until, i128::MAX));
        for (index, (low, high)) in self.zones.iter().enumerate() {
            if low > high || i128::from(*high) < from || until <= i128::from(*low) {
                continue;
            }
            let start = index * self.zone;
            let Some(words) = words.get_mut(start / 64..) else { return };
            let rows = start..self.len().min(start + self.zone);
            match &self.offsets {
                Offsets::Narrow { low, unit, from_low } => {
                    let (first, width) = units(range, *low, *unit);
                    let rows = from_low.get(rows).unwrap_or_default();
                    bits::fill(words, rows, |offset: u32| offset.wrapping_sub(first) < width);
                }
                Offsets::Wide(nanos) => {
                    let (low, last) = nanos_of(range);
                    let rows = nanos.get(rows).unwrap_or_default();
                    bits::fill(words, rows, |nanos: i64| low <= nanos && nanos <= last);
                }
            }
        }
    }

    /// Drops the rows whose date does not lie in the range, where dates are offsets; whether they are.
    pub(super) fn keep_range(&self, range: &DateRange, words: &mut [u64]) -> bool {
        let Offsets::Narrow { low, unit, from_low } = &self.offsets else { return false };
        let (first, width) = units(range, *low, *unit);
        bits::keep(words, from_low, |offset| offset.wrapping_sub(first) < width);
        true
    }

    /// The first and the last date of the rows that are in `words`.
    pub(super) fn ends(&self, words: &[u64]) -> Option<(Timestamp, Timestamp)> {
        let (mut low, mut high) = (i64::MAX, i64::MIN);
        let zones = words.chunks(self.zone / 64).zip(&self.zones);
        for ((words, (zone_low, zone_high)), start) in zones.zip((0..).step_by(self.zone)) {
            // A zone that cannot widen them is not looked at, which is nearly all of them in the end.
            if words.iter().all(|word| *word == 0) || (low <= *zone_low && *zone_high <= high) {
                continue;
            }
            if words.iter().all(|word| *word == u64::MAX) {
                (low, high) = (low.min(*zone_low), high.max(*zone_high));
                continue;
            }
            super::facets::each_row(words, |row| {
                if let Ok(nanos) = self.get(start + row) {
                    (low, high) = (low.min(nanos), high.max(nanos));
                }
            });
        }
        (low <= high).then(|| (instant(low), instant(high)))
    }

    pub(super) fn memory(&self) -> usize {
        self.zones.capacity() * size_of::<(i64, i64)>()
            + match &self.offsets {
                Offsets::Narrow { from_low, .. } => from_low.capacity() * size_of::<u32>(),
                Offsets::Wide(nanos) => nanos.capacity() * size_of::<i64>(),
            }
    }
}

/// The first whole unit from `low` on that is in a range, and how many are.
fn units(range: &DateRange, low: i64, unit: i64) -> (u32, u32) {
    let unit = i128::from(unit);
    let offset = |end: i128| {
        let units = end.saturating_sub(low.into()).saturating_add(unit - 1).div_euclid(unit);
        u32::try_from(units.clamp(0, FIRST_BARE.into())).unwrap_or(FIRST_BARE)
    };
    let first = offset(ceiling(range.from, i128::MIN));
    let end = offset(ceiling(range.until, i128::MAX));
    (first, end - first.min(end))
}

/// The nanoseconds of a range's instants, the first and the last; the other way round where there are none that fit.
pub(super) fn nanos_of(range: &DateRange) -> (i64, i64) {
    let (from, until) = (ceiling(range.from, i128::MIN), ceiling(range.until, i128::MAX));
    let first = i64::try_from(from.max((NULL + 1).into())).unwrap_or(i64::MAX);
    (first, i64::try_from((until - 1).min(i64::MAX.into())).unwrap_or(NULL))
}

/// An end of a range in nanoseconds; `open` where there is none.
fn ceiling(end: Option<Timestamp>, open: i128) -> i128 {
    let nanos =
        |end: Timestamp| i128::from(end.seconds) * i128::from(NANOS) + i128::from(end.nanos);
    end.map_or(open, nanos)
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn rows_in_a_range(
            dates in prop::collection::vec(prop_oneof![
                4 => (0_i64..40).prop_map(|n| Some(n * 500_000)),
                1 => Just(None),
                1 => any::<i64>().prop_map(Some),
            ], 0..300),
            from in prop::option::of(-3_i64..45), until in prop::option::of(-3_i64..45),
            millis in any::<bool>(),
        ) {
            let mut growing = Growing::default();
            let dates: Vec<_> = dates.into_iter().map(|date| {
                date.filter(|nanos| *nanos > NULL && (!millis || (0..1_000_000_000).contains(nanos)))
            }).collect();
            for date in &dates {
                match date {
                    Some(nanos) => growing.push(*nanos),
                    None => { growing.push_bare(Kind::Missing); }
                }
            }
            let sealed = growing.seal(64);
            let range = DateRange {
                from: from.map(|n| instant(n * 400_000)),
                until: until.map(|n| instant(n * 400_000)),
            };
            let mut words = alloc::vec![0; dates.len().div_ceil(64)];
            sealed.fill_range(&range, &mut words);
            let mut kept: Vec<u64> = alloc::vec![0x5555_5555_5555_5555; words.len()];
            if sealed.keep_range(&range, &mut kept) {
                prop_assert!(kept.iter().zip(&words).all(|(kept, word)| *kept == word & 0x5555_5555_5555_5555));
            }
            for (row, date) in dates.iter().enumerate() {
                prop_assert_eq!(sealed.get(row).ok(), *date);
                let expected = date.is_some_and(|nanos| range.contains(instant(nanos)));
                prop_assert_eq!(words[row / 64] >> (row % 64) & 1 == 1, expected);
            }
        }
    }
}
