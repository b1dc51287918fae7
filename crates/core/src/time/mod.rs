//! Dates as intervals: `2018-12` is the whole month, `2018-12-10T01:00` the whole minute.
//!
//! No clock and no time zones beyond an offset: the calendar is the proleptic Gregorian one, in UTC. Kept here rather
//! than taken from a date library because an entry's date is read once for each entry and filter, from bytes, and
//! partial dates with their width are the language's own. The tests hold it against `jiff`.

mod arithmetic;
mod names;

use core::fmt;

use serde::{Deserialize, Serialize};

pub(crate) use arithmetic::{NoClock, evaluate};
pub(crate) use names::{civil_name, day_name};

/// An instant in UTC, exact to the nanosecond.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Timestamp {
    /// Seconds since 1970-01-01T00:00:00Z; negative before.
    pub seconds: i64,
    /// Nanoseconds within the second, 0 to 999,999,999.
    pub nanos: u32,
}

impl Timestamp {
    /// The start of the year 0, the first that can be written.
    pub const FIRST: Self = Self { seconds: -62_167_219_200, nanos: 0 };
    /// The last nanosecond of the year 9999, the last that can be written.
    pub const LAST: Self = Self { seconds: 253_402_300_799, nanos: 999_999_999 };

    /// From milliseconds since 1970-01-01T00:00:00Z, as JavaScript's `Date.now()` has them.
    ///
    /// ```
    /// use trailsift_core::Timestamp;
    ///
    /// let instant = Timestamp::from_millis(1_781_092_800_123);
    /// assert_eq!(instant.to_string(), "2026-06-10T12:00:00.123Z");
    /// assert_eq!(instant.as_millis(), 1_781_092_800_123);
    /// ```
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self { seconds: millis.div_euclid(1000), nanos: millis.rem_euclid(1000) as u32 * 1_000_000 }
    }

    /// Milliseconds since 1970-01-01T00:00:00Z, rounded down.
    #[must_use]
    pub fn as_millis(self) -> i64 {
        self.seconds.saturating_mul(1000).saturating_add(i64::from(self.nanos / 1_000_000))
    }

    /// The instant at which a written date begins; the date is at least a whole day's (`2018-12-10`).
    ///
    /// Reads RFC 3339 and its usual neighbours: a space for the `T`, no seconds, no offset (then UTC), any number of
    /// fraction digits (those past the ninth are dropped).
    ///
    /// ```
    /// use trailsift_core::Timestamp;
    ///
    /// let noon = Timestamp::parse(b"2026-06-10T12:00:00+02:00").unwrap();
    /// assert_eq!(noon.to_string(), "2026-06-10T10:00:00.000Z");
    /// assert_eq!(Timestamp::parse(b"2026-06"), None);
    /// ```
    #[must_use]
    #[inline]
    pub fn parse(text: &[u8]) -> Option<Self> {
        let (interval, unit) = parse_interval(text)?;
        (unit >= Unit::Day).then_some(interval.start)
    }

    fn plus_nanos(self, nanos: u32) -> Self {
        let total = u64::from(self.nanos) + u64::from(nanos);
        let carry = i64::from(total >= NANOS);
        let nanos = u32::try_from(total % NANOS).unwrap_or_default();
        Self { seconds: self.seconds.saturating_add(carry), nanos }
    }
}

const NANOS: u64 = 1_000_000_000;

/// RFC 3339 in UTC with milliseconds, the way that the vendors write it; finer fractions in full.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (date, time) = Civil::at(*self);
        write!(f, "{:04}-{:02}-{:02}T", date.year, date.month, date.day)?;
        write!(f, "{:02}:{:02}:{:02}.", time / 3600, time / 60 % 60, time % 60)?;
        if self.nanos.is_multiple_of(1_000_000) {
            write!(f, "{:03}Z", self.nanos / 1_000_000)
        } else {
            write!(f, "{:09}Z", self.nanos)
        }
    }
}

/// From `start` up to, not including, `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// The first instant.
    pub start: Timestamp,
    /// The first instant after it.
    pub end: Timestamp,
}

/// What the last written part of a date names, and so how long the interval is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// `2018`
    Year,
    /// `2018-12`
    Month,
    /// A week; only in date arithmetic. Weeks begin on Monday.
    Week,
    /// `2018-12-10`
    Day,
    /// `2018-12-10T01`
    Hour,
    /// `2018-12-10T01:00`
    Minute,
    /// `2018-12-10T01:00:00`
    Second,
    /// `2018-12-10T01:00:00.5`: a tenth of a second, and so on.
    Fraction,
}

/// A day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Civil {
    year: i64,
    month: i64,
    day: i64,
}

impl Civil {
    const fn leap(year: i64) -> bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    const fn days_in_month(year: i64, month: i64) -> i64 {
        match month {
            2 if Self::leap(year) => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }

    /// Days since 1970-01-01. Years are counted from March, so that the leap day comes last.
    const fn days(self) -> i64 {
        let year = if self.month <= 2 { self.year - 1 } else { self.year };
        let from_march = (self.month + 9) % 12;
        let in_year = (153 * from_march + 2) / 5 + self.day - 1;
        365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + in_year
            - 719_468
    }

    const fn from_days(days: i64) -> Self {
        let days = days + 719_468;
        let era = days.div_euclid(146_097);
        let in_era = days.rem_euclid(146_097);
        let year_of_era = (in_era - in_era / 1460 + in_era / 36_524 - in_era / 146_096) / 365;
        let in_year = in_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * in_year + 2) / 153;
        let day = in_year - (153 * from_march + 2) / 5 + 1;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        let year = year_of_era + era * 400 + (month <= 2) as i64;
        Self { year, month, day }
    }

    /// The day of an instant, and its seconds within that day.
    const fn at(instant: Timestamp) -> (Self, i64) {
        let days = instant.seconds.div_euclid(86_400);
        (Self::from_days(days), instant.seconds.rem_euclid(86_400))
    }

    const fn start(self) -> Timestamp {
        Timestamp { seconds: self.days() * 86_400, nanos: 0 }
    }

    /// The day `months` later; the day of the month is cut to the new month's length.
    fn plus_months(self, months: i64) -> Option<Self> {
        let total = self.year.checked_mul(12)?.checked_add(self.month - 1)?.checked_add(months)?;
        let (year, month) = (total.div_euclid(12), total.rem_euclid(12) + 1);
        let in_range = (-9999..=99_999).contains(&year);
        in_range.then(|| Self { year, month, day: self.day.min(Self::days_in_month(year, month)) })
    }
}

/// A cursor over the bytes of a written date.
struct Digits<'a>(&'a [u8]);

impl Digits<'_> {
    /// Exactly `n` digits.
    #[inline]
    fn number(&mut self, n: usize) -> Option<i64> {
        let (digits, rest) = self.0.split_at_checked(n)?;
        let mut value = 0;
        for byte in digits {
            value = value * 10 + i64::from(byte.is_ascii_digit().then(|| byte - b'0')?);
        }
        self.0 = rest;
        Some(value)
    }

    fn eat(&mut self, wanted: &[u8]) -> bool {
        match self.0.split_first() {
            Some((byte, rest)) if wanted.contains(byte) => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }

    /// The digits after a decimal point: nanoseconds, and the width of the last digit in nanoseconds.
    fn fraction(&mut self) -> Option<(u32, u32)> {
        let mut value = 0;
        let mut width: u32 = 1_000_000_000;
        let mut any = false;
        while let Some((byte @ b'0'..=b'9', rest)) = self.0.split_first() {
            if width > 1 {
                width /= 10;
                value += u32::from(byte - b'0') * width;
            }
            any = true;
            self.0 = rest;
        }
        any.then_some((value, width))
    }

    /// Seconds east of UTC; UTC where nothing is written.
    fn offset(&mut self) -> Option<i64> {
        if self.0.is_empty() || self.eat(b"Zz") {
            return Some(0);
        }
        let sign = if self.eat(b"+") {
            1
        } else if self.eat(b"-") {
            -1
        } else {
            return None;
        };
        let hours = self.number(2)?;
        let minutes = if self.0.is_empty() {
            0
        } else {
            self.eat(b":");
            self.number(2)?
        };
        (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
    }
}

/// The interval that a written date names, and the unit that gives its length. `None` where it is no date.
///
/// An offset belongs to dates with a time of day only.
///
/// ```
/// use trailsift_core::time::{Unit, parse_interval};
///
/// let (june, unit) = parse_interval(b"2026-06").unwrap();
/// assert_eq!(unit, Unit::Month);
/// assert_eq!(june.end.to_string(), "2026-07-01T00:00:00.000Z");
/// assert_eq!(parse_interval(b"2026-02-30"), None);
/// ```
#[must_use]
#[inline]
pub fn parse_interval(text: &[u8]) -> Option<(Interval, Unit)> {
    let mut digits = Digits(text);
    let year = digits.number(4)?;
    let mut date = Civil { year, month: 1, day: 1 };
    if !digits.eat(b"-") {
        return digits.0.is_empty().then(|| span_of(date.start(), Unit::Year)).flatten();
    }
    date.month = digits.number(2).filter(|month| (1..=12).contains(month))?;
    if !digits.eat(b"-") {
        return digits.0.is_empty().then(|| span_of(date.start(), Unit::Month)).flatten();
    }
    let length = Civil::days_in_month(date.year, date.month);
    date.day = digits.number(2).filter(|day| (1..=length).contains(day))?;
    let mut start = date.start();
    if !digits.eat(b"Tt ") {
        return digits.0.is_empty().then(|| span_of(start, Unit::Day)).flatten();
    }
    let mut unit = Unit::Hour;
    start.seconds += digits.number(2).filter(|hour| *hour < 24)? * 3600;
    let mut width = 0;
    if digits.eat(b":") {
        unit = Unit::Minute;
        start.seconds += digits.number(2).filter(|minute| *minute < 60)? * 60;
        if digits.eat(b":") {
            unit = Unit::Second;
            // A leap second counts as the second after it, as POSIX time does.
            start.seconds += digits.number(2).filter(|second| *second <= 60)?;
            if digits.eat(b".,") {
                unit = Unit::Fraction;
                (start.nanos, width) = digits.fraction()?;
            }
        }
    }
    start.seconds -= digits.offset()?;
    if !digits.0.is_empty() {
        return None;
    }
    if unit == Unit::Fraction {
        return Some((Interval { start, end: start.plus_nanos(width) }, unit));
    }
    span_of(start, unit)
}

/// The interval of one `unit` from `start`.
fn span_of(start: Timestamp, unit: Unit) -> Option<(Interval, Unit)> {
    let end = arithmetic::plus(start, 1, unit)?;
    Some((Interval { start, end }, unit))
}

#[cfg(test)]
mod tests;
