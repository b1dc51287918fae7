//! Instants as the trail keeps them: whole milliseconds since 1970, UTC. Not a clock: nobody asks for the time here.

use jiff::{Timestamp, tz::TimeZone};

/// Milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
///
/// The finest unit in which two entries have an order: Cerbos' `between` is inclusive at the millisecond, and Auth0's
/// `date` has three decimals. An entry's own bytes keep whatever precision they came with.
pub type Millis = i64;

/// The instant that a text in RFC 3339 names, rounded down to the millisecond.
#[must_use]
pub fn parse(text: &str) -> Option<Millis> {
    trailsift_core::Timestamp::parse(text.as_bytes()).map(trailsift_core::Timestamp::as_millis)
}

/// `2026-07-01T09:30:00.123Z`. Instants that no year of four digits holds give the nearest that one does.
#[must_use]
pub fn rfc3339(at: Millis) -> String {
    civil(at).strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// `20260701093000123`, the form inside Auth0's log ids.
#[must_use]
pub fn compact(at: Millis) -> String {
    civil(at).strftime("%Y%m%d%H%M%S%3f").to_string()
}

/// The instant of a [`compact`] text, with or without its three decimals.
#[must_use]
pub fn parse_compact(text: &str) -> Option<Millis> {
    if !matches!(text.len(), 14 | 17) || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize, to: usize| text.get(from..to)?.parse::<i16>().ok();
    let small = |from: usize, to: usize| i8::try_from(part(from, to)?).ok();
    let millis = if text.len() == 17 { part(14, 17)? } else { 0 };
    let at = jiff::civil::DateTime::new(
        part(0, 4)?,
        small(4, 6)?,
        small(6, 8)?,
        small(8, 10)?,
        small(10, 12)?,
        small(12, 14)?,
        i32::from(millis) * 1_000_000,
    );
    Some(at.ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond())
}

fn civil(at: Millis) -> jiff::civil::DateTime {
    let last = jiff::civil::date(9999, 12, 31).at(23, 59, 59, 999_000_000);
    let first = jiff::civil::date(0, 1, 1).at(0, 0, 0, 0);
    let nearest = if at < 0 { first } else { last };
    Timestamp::from_millisecond(at)
        .map_or(nearest, |at| at.to_zoned(TimeZone::UTC).datetime().clamp(first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_there_and_back() {
        let at = parse("2026-07-01T11:30:00.1239+02:00").unwrap();
        assert_eq!(rfc3339(at), "2026-07-01T09:30:00.123Z");
        assert_eq!(compact(at), "20260701093000123");
        assert_eq!(parse_compact("20260701093000123"), Some(at));
        assert_eq!(parse_compact("20260701093000"), Some(at - 123));
    }

    #[test]
    fn texts_that_are_no_instant() {
        for text in
            ["", "2026", "20261301000000", "20260230000000", "2026070109300x", "+0260701093000"]
        {
            assert_eq!(parse_compact(text), None, "{text}");
        }
    }

    #[test]
    fn the_far_past_and_future_do_not_panic() {
        assert_eq!(rfc3339(i64::MAX), "9999-12-31T23:59:59.999Z");
        assert_eq!(compact(i64::MIN), "00000101000000000");
    }
}
