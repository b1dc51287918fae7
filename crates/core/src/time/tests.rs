//! Times as they are written and read: partial dates, offsets, leap days, and arithmetic on `now`.

use alloc::{format, string::ToString};

use proptest::prelude::*;

use super::{arithmetic::evaluate, *};

fn interval(text: &str) -> Option<(alloc::string::String, alloc::string::String)> {
    let (interval, _) = parse_interval(text.as_bytes())?;
    Some((interval.start.to_string(), interval.end.to_string()))
}

#[track_caller]
fn assert_interval(text: &str, start: &str, end: &str) {
    assert_eq!(interval(text), Some((start.to_string(), end.to_string())), "{text}");
}

#[test]
fn a_partial_date_is_its_whole_unit() {
    assert_interval("2018", "2018-01-01T00:00:00.000Z", "2019-01-01T00:00:00.000Z");
    assert_interval("2018-12", "2018-12-01T00:00:00.000Z", "2019-01-01T00:00:00.000Z");
    assert_interval("2024-02-29", "2024-02-29T00:00:00.000Z", "2024-03-01T00:00:00.000Z");
    assert_interval("2018-12-10T01", "2018-12-10T01:00:00.000Z", "2018-12-10T02:00:00.000Z");
    assert_interval("2018-12-10T01:59", "2018-12-10T01:59:00.000Z", "2018-12-10T02:00:00.000Z");
    assert_interval("2018-12-10 01:00:59", "2018-12-10T01:00:59.000Z", "2018-12-10T01:01:00.000Z");
    assert_interval(
        "2018-12-10T01:00:00.9Z",
        "2018-12-10T01:00:00.900Z",
        "2018-12-10T01:00:01.000Z",
    );
    assert_interval(
        "2023-11-20 11:45:00.123456",
        "2023-11-20T11:45:00.123456000Z",
        "2023-11-20T11:45:00.123457000Z",
    );
    assert_interval(
        "2023-11-20T11:45:00+05:30",
        "2023-11-20T06:15:00.000Z",
        "2023-11-20T06:15:01.000Z",
    );
}

#[test]
fn what_is_no_date() {
    for text in [
        "",
        "18",
        "2018-",
        "2018-13",
        "2018-00",
        "2018-02-29",
        "2018-12-10T",
        "2018-12-10T24",
        "2018-12-10T1:00",
        "2018-12-10T01:60",
        "2018-12-10T01:00:61",
        "2018-12-10T01:00:00.",
        "2018-12-10Z",
        "2018-12-10T01:00:00+24:00",
        "2018-12-10T01:00:00ZZ",
        "2018-12-10x",
        "2018/12/10",
        "١٩٩٩",
    ] {
        assert_eq!(interval(text), None, "{text}");
    }
}

#[test]
fn arithmetic_follows_the_calendar() {
    let now = Timestamp::parse(b"2026-03-31T10:20:30.500Z");
    for (text, start, end) in [
        ("now-7d", "2026-03-24T10:20:30.500Z", "2026-03-24T10:20:30.500000001Z"),
        ("now-1h/h", "2026-03-31T09:00:00.000Z", "2026-03-31T10:00:00.000Z"),
        ("now-1M", "2026-02-28T10:20:30.500Z", "2026-02-28T10:20:30.500000001Z"),
        ("now/w", "2026-03-30T00:00:00.000Z", "2026-04-06T00:00:00.000Z"),
        ("now/M-1d", "2026-02-28T00:00:00.000Z", "2026-03-28T00:00:00.000Z"),
        ("2024-02-29||+1y/d", "2025-02-28T00:00:00.000Z", "2025-03-01T00:00:00.000Z"),
        ("2018-12-10T00:00:00.999Z||+1d", "2018-12-11T00:00:00.999Z", "2018-12-11T00:00:01.000Z"),
        ("2018-12-10||-d", "2018-12-09T00:00:00.000Z", "2018-12-10T00:00:00.000Z"),
    ] {
        let found = evaluate(text, now).unwrap().unwrap_or_else(|| panic!("{text}"));
        assert_eq!(
            (found.start.to_string().as_str(), found.end.to_string().as_str()),
            (start, end),
            "{text}"
        );
    }
    for text in
        ["nowish", "now-", "now-7", "now-7x", "now//", "now+99999999999999999999d", "x||+1d"]
    {
        assert_eq!(evaluate(text, now), Ok(None), "{text}");
    }
    assert_eq!(evaluate("now-7d", None), Err(NoClock));
}

proptest! {
    #[test]
    fn agrees_with_jiff(seconds in -62_135_596_800i64..253_370_764_800, nanos in 0u32..1_000_000_000, offset in -86_340i32..86_340) {
        let instant = jiff::Timestamp::new(seconds, nanos as i32);
        prop_assume!(instant.is_ok());
        let instant = instant.unwrap();
        let ours = Timestamp { seconds: instant.as_second(), nanos: instant.subsec_nanosecond().unsigned_abs() };
        prop_assume!(instant.subsec_nanosecond() >= 0);
        // What jiff writes, at any offset of whole minutes, is read as the same instant, and what we write, by jiff.
        let offset = jiff::tz::Offset::from_seconds(offset / 60 * 60).unwrap();
        let written = instant.display_with_offset(offset).to_string();
        prop_assert_eq!(Timestamp::parse(written.as_bytes()), Some(ours), "{}", written);
        let read: jiff::Timestamp = format!("{ours}").parse().unwrap();
        prop_assert_eq!(read, instant);
    }

    #[test]
    fn never_panics(text in ".{0,40}", now in any::<i64>()) {
        let _ = parse_interval(text.as_bytes());
        let _ = evaluate(&text, Some(Timestamp::from_millis(now)));
    }

    #[test]
    fn expressions_never_panic(text in "now([+-][0-9]{0,19}[yMwdhHms]|/[yMwdhHms]){0,4}", now in any::<i64>()) {
        let _ = evaluate(&text, Some(Timestamp::from_millis(now)));
    }
}
