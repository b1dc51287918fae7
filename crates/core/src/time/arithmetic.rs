//! Date arithmetic: `now-7d`, `now-1h/h`, `2018-12-10||+1M/d`. The clock is an input.

use super::{Civil, Interval, Timestamp, Unit, parse_interval};

/// A date speaks of `now`, and no clock was passed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoClock;

/// The instant `count` units after `start`; `None` past the calendar's ends.
pub(super) fn plus(start: Timestamp, count: i64, unit: Unit) -> Option<Timestamp> {
    let seconds = |each: i64| {
        let seconds = start.seconds.checked_add(count.checked_mul(each)?)?;
        Some(Timestamp { seconds, nanos: start.nanos })
    };
    let months = |each: i64| {
        let (date, time) = Civil::at(start);
        let day = date.plus_months(count.checked_mul(each)?)?.start();
        Some(Timestamp { seconds: day.seconds + time, nanos: start.nanos })
    };
    match unit {
        Unit::Year => months(12),
        Unit::Month => months(1),
        Unit::Week => seconds(7 * 86_400),
        Unit::Day => seconds(86_400),
        Unit::Hour => seconds(3600),
        Unit::Minute => seconds(60),
        Unit::Second => seconds(1),
        Unit::Fraction => Some(start.plus_nanos(1)),
    }
}

/// The start of the unit that holds `instant`.
fn floor(instant: Timestamp, unit: Unit) -> Timestamp {
    let (date, _) = Civil::at(instant);
    let multiple_of =
        |n: i64| Timestamp { seconds: instant.seconds - instant.seconds.rem_euclid(n), nanos: 0 };
    match unit {
        Unit::Year => Civil { month: 1, day: 1, ..date }.start(),
        Unit::Month => Civil { day: 1, ..date }.start(),
        // 1970-01-01 was a Thursday, three days after a Monday.
        Unit::Week => {
            let day = date.days() - (date.days() + 3).rem_euclid(7);
            Timestamp { seconds: day * 86_400, nanos: 0 }
        }
        Unit::Day => multiple_of(86_400),
        Unit::Hour => multiple_of(3600),
        Unit::Minute => multiple_of(60),
        Unit::Second => multiple_of(1),
        Unit::Fraction => instant,
    }
}

fn unit(letter: char) -> Option<Unit> {
    Some(match letter {
        'y' => Unit::Year,
        'M' => Unit::Month,
        'w' => Unit::Week,
        'd' => Unit::Day,
        'h' | 'H' => Unit::Hour,
        'm' => Unit::Minute,
        's' => Unit::Second,
        _ => return None,
    })
}

/// The interval that a date or an expression over one names: the last rounding's unit, else the anchor's own width
/// (for `now`, one nanosecond).
///
/// `None` where it is neither; `Err` where it needs a clock that is not there.
pub(crate) fn evaluate(text: &str, now: Option<Timestamp>) -> Result<Option<Interval>, NoClock> {
    let (anchor, steps) = if let Some(steps) = text.strip_prefix("now") {
        if !(steps.is_empty() || steps.starts_with(['+', '-', '/'])) {
            return Ok(None);
        }
        (None, steps)
    } else if let Some((date, steps)) = text.split_once("||") {
        (Some(date), steps)
    } else {
        return Ok(parse_interval(text.as_bytes()).map(|(interval, _)| interval));
    };
    let Some((anchor, anchor_unit)) = (match anchor {
        Some(date) => parse_interval(date.as_bytes()),
        None => {
            let start = now.ok_or(NoClock)?;
            Some((Interval { start, end: start.plus_nanos(1) }, Unit::Fraction))
        }
    }) else {
        return Ok(None);
    };
    Ok(apply(anchor, anchor_unit, steps))
}

fn apply(anchor: Interval, anchor_unit: Unit, mut steps: &str) -> Option<Interval> {
    let mut start = anchor.start;
    let mut width = None;
    while let Some(operator) = steps.chars().next() {
        steps = steps.get(1..)?;
        let count = match operator {
            '/' => 0,
            '+' | '-' => {
                let digits = steps.bytes().take_while(u8::is_ascii_digit).count();
                let (count, rest) = steps.split_at_checked(digits)?;
                steps = rest;
                // A bare unit is one of it.
                let count: i64 = if count.is_empty() { 1 } else { count.parse().ok()? };
                if operator == '-' { -count } else { count }
            }
            _ => return None,
        };
        let unit = unit(steps.chars().next()?)?;
        steps = steps.get(1..)?;
        if operator == '/' {
            start = floor(start, unit);
            width = Some(unit);
        } else {
            start = plus(start, count, unit)?;
        }
    }
    let end = match width {
        Some(unit) => plus(start, 1, unit)?,
        None if anchor_unit == Unit::Fraction => {
            let width = (anchor.end.nanos + 1_000_000_000 - anchor.start.nanos) % 1_000_000_000;
            start.plus_nanos(width)
        }
        None => plus(start, 1, anchor_unit)?,
    };
    Some(Interval { start, end })
}
