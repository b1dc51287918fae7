//! Dates as they are written, and back: `2026-06-10T12:00:00.123Z` with its digits behind the point.

use trailsift_core::Timestamp;

use super::{NANOS, instant};

/// Longest text of a date: nine digits behind the point.
const LONGEST: usize = 30;

const DAY: i64 = 86_400;

/// Years whose nanoseconds fit; no part of the first and the last does.
const YEARS: core::ops::Range<i64> = 1678..2262;

/// Nanoseconds since 1970 and the number of its fraction's digits, if the text is exactly what [`Text`] writes of them.
/// Of the years at either end, which do not fit as a whole, none is.
#[inline]
pub(in crate::table) fn canonical(text: &[u8]) -> Option<(i64, u8)> {
    let (head, rest) = text.split_first_chunk::<19>()?;
    let fraction = match rest {
        [b'Z'] => &[][..],
        [b'.', fraction @ .., b'Z'] if (1..=9).contains(&fraction.len()) => fraction,
        _ => return None,
    };
    let [c, d, y, z, b'-', m, n, b'-', e, f, b'T', h, i, b':', j, k, b':', s, t] = *head else {
        return None;
    };
    let year = number(&[c, d, y, z])?;
    let (month, day) = (number(&[m, n])?, number(&[e, f])?);
    let (hour, minute, second) = (number(&[h, i])?, number(&[j, k])?, number(&[s, t])?);
    let is_date = YEARS.contains(&year)
        && (1..=12).contains(&month)
        && (1..=month_days(year, month)).contains(&day);
    // A sixtieth second is written as the one after it.
    if !is_date || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let digits = fraction.len() as u32;
    let nanos = number(fraction)? * 10_i64.pow(9_u32.saturating_sub(digits));
    let seconds = days(year, month, day) * DAY + hour * 3600 + minute * 60 + second;
    Some((seconds * NANOS + nanos, digits as u8))
}

/// The decimal number that is written so.
#[inline(always)]
fn number(digits: &[u8]) -> Option<i64> {
    let mut number = 0;
    for digit in digits {
        if !digit.is_ascii_digit() {
            return None;
        }
        number = number * 10 + i64::from(digit - b'0');
    }
    Some(number)
}

const fn month_days(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days of 400 years, whose calendar is that of the 400 before, and from the first of March of the year 0 to 1970.
const CYCLE: i64 = 146_097;
const BEFORE_1970: i64 = 719_468;

/// Days since 1970. The year begins with March, so that a day more in February moves no other.
const fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month < 3 { (year - 1, month + 9) } else { (year, month - 3) };
    let before = (month * 153 + 2) / 5;
    year * 365 + year / 4 - year / 100 + year / 400 + before + day - 1 - BEFORE_1970
}

/// Year, month and day of so many days since 1970.
const fn date(days: i64) -> (i64, i64, i64) {
    let days = days + BEFORE_1970;
    let (cycle, day) = (days / CYCLE, days % CYCLE);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (year * 365 + year / 4 - year / 100);
    let month = (day * 5 + 2) / 153;
    let day = day - (month * 153 + 2) / 5 + 1;
    let year = year + cycle * 400;
    if month < 10 { (year, month + 3, day) } else { (year + 1, month - 9, day) }
}

/// The instant of any text that is a date. Most texts are seen not to be one at a glance.
#[inline]
pub(in crate::table) fn parse(text: &[u8]) -> Option<Timestamp> {
    match text {
        [_, _, _, _, b'-', _, _, b'-', _, _, ..] => match canonical(text) {
            Some((nanos, _)) => Some(instant(nanos)),
            None => Timestamp::parse(text),
        },
        _ => None,
    }
}

/// Room to write a date's text in.
pub(in crate::table) struct Text([u8; LONGEST]);

impl Text {
    pub(in crate::table) const fn new() -> Self {
        Self(*b"0000-00-00T00:00:00.000000000Z")
    }

    pub(in crate::table) fn write(&mut self, nanos: i64, digits: u8) -> &[u8] {
        let (seconds, nanos) = (nanos.div_euclid(NANOS), nanos.rem_euclid(NANOS));
        let (year, month, day) = date(seconds.div_euclid(DAY));
        let second = seconds.rem_euclid(DAY);
        let [c, d, y, z, _, m, n, _, e, f, _, h, i, _, j, k, _, s, t, point, fraction @ ..] =
            &mut self.0;
        put(year, [c, d, y, z]);
        put(month, [m, n]);
        put(day, [e, f]);
        put(second / 3600, [h, i]);
        put(second / 60 % 60, [j, k]);
        put(second % 60, [s, t]);
        *point = if digits > 0 { b'.' } else { b'Z' };
        let (fraction, _) = fraction.split_at_mut(usize::from(digits.min(9)));
        let mut rest = nanos / 10_i64.pow(9_u32.saturating_sub(digits.into()));
        for digit in fraction.iter_mut().rev() {
            (*digit, rest) = (b'0' + (rest % 10) as u8, rest / 10);
        }
        let length = if digits > 0 { 20 + fraction.len() } else { 19 };
        if let Some(end) = self.0.get_mut(length) {
            *end = b'Z';
        }
        self.0.get(..=length).unwrap_or_default()
    }
}

/// Writes a number's last digits.
#[inline(always)]
fn put<const N: usize>(mut number: i64, digits: [&mut u8; N]) {
    for digit in digits.into_iter().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

#[cfg(test)]
mod tests {
    use alloc::{format, string::ToString};

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_text_that_is_canonical_is_written_again(nanos in -9_214_646_400_000_000_000_i64..9_214_646_400_000_000_000_i64, digits in 0_u8..=9) {
            let mut text = Text::new();
            let written = text.write(nanos, digits).to_vec();
            let (read, found) = canonical(&written).unwrap();
            prop_assert_eq!(found, digits);
            let unit = 10_i64.pow(9 - u32::from(digits));
            prop_assert_eq!(read.div_euclid(unit), nanos.div_euclid(unit));
        }

        /// What the core's own reading of dates says of a text, it is here.
        #[test]
        fn a_date_is_the_one_that_the_core_reads(
            year in 1670_u32..2270, month in 0_u32..14, day in 0_u32..33, hour in 0_u32..25, minute in 0_u32..61,
            second in 0_u32..62, fraction in "[0-9]{0,10}", other in prop::option::of((0_usize..24, "[0-9T:Z.+ -]")),
        ) {
            let point = if fraction.is_empty() { "" } else { "." };
            let text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{point}{fraction}Z");
            let mut text = text.into_bytes();
            if let Some((at, byte)) = other && let Some(old) = text.get_mut(at) {
                *old = byte.as_bytes()[0];
            }
            prop_assert_eq!(parse(&text), Timestamp::parse(&text));
            if let Some((nanos, digits)) = canonical(&text) {
                let mut room = Text::new();
                prop_assert_eq!(room.write(nanos, digits), &text);
                prop_assert_eq!(Some(instant(nanos)), Timestamp::parse(&text));
            }
        }
    }

    #[test]
    fn every_day_is_itself() {
        for day in -106_000..106_000 {
            let (year, month, of_month) = date(day);
            assert_eq!(days(year, month, of_month), day);
        }
    }

    #[test]
    fn what_would_be_written_otherwise_is_not_canonical() {
        for text in [
            "2026-06-10T12:00:60.000Z",
            "2026-06-10T12:00:00.000+00:00",
            "2026-06-10 12:00:00.000Z",
            "2026-06-10T12:00:00,000Z",
            "2026-06-10T12:00:00.000z",
            "2026-06-10",
            "2026-06-10T12:00:00.Z",
            "2026-06-10T12:00:00.0000000000Z",
            "9999-06-10T12:00:00Z",
            "2026-02-30T12:00:00Z",
        ] {
            assert_eq!(canonical(text.as_bytes()), None, "{text}");
        }
        let text = "2026-06-10T12:00:00.120Z";
        let (nanos, digits) = canonical(text.as_bytes()).unwrap();
        assert_eq!((instant(nanos).to_string().as_str(), digits), (text, 3));
    }
}
