//! Durations as Go writes them, for Cerbos' `since`: `1h`, `1h30m`, `1.5h`, `300ms`. Not ISO 8601, no days.

/// Why a text is no duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DurationError {
    /// Nothing there.
    Empty,
    /// A number without a unit.
    NoUnit,
    /// A unit that Go does not have.
    UnknownUnit,
    /// Neither number nor unit.
    Malformed,
    /// More than 2^63 nanoseconds, Go's own limit of about 292 years.
    TooLong,
}

impl std::fmt::Display for DurationError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Empty => "the duration is empty",
            Self::NoUnit => "a number without a unit; write 30m or 1h",
            Self::UnknownUnit => "an unknown unit; there are ns, us, ms, s, m and h",
            Self::Malformed => "not a duration; write 30m, 1h or 1h30m",
            Self::TooLong => "longer than 292 years",
        })
    }
}

const UNITS: &[(&str, u64)] = &[
    ("ns", 1),
    ("us", 1_000),
    ("\u{b5}s", 1_000),
    ("\u{3bc}s", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// Nanoseconds of a Go duration, negative after a `-`.
///
/// # Errors
/// What is wrong with the text. As in Go, `0` needs no unit.
pub fn parse(text: &str) -> Result<i64, DurationError> {
    if text.is_empty() {
        return Err(DurationError::Empty);
    }
    let (negative, mut rest) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(DurationError::Malformed);
    }
    let mut nanos: u128 = 0;
    while !rest.is_empty() {
        let (part, after) = component(rest)?;
        nanos = nanos.checked_add(part).ok_or(DurationError::TooLong)?;
        rest = after;
    }
    let nanos = i64::try_from(nanos).map_err(|_| DurationError::TooLong)?;
    Ok(if negative { -nanos } else { nanos })
}

fn component(text: &str) -> Result<(u128, &str), DurationError> {
    let (whole, rest) = digits(text);
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(rest) => digits(rest),
        None => ("", rest),
    };
    if whole.is_empty() && fraction.is_empty() {
        return Err(DurationError::Malformed);
    }
    let end = rest.find(|char: char| char == '.' || char.is_ascii_digit()).unwrap_or(rest.len());
    let (unit, rest) = rest.split_at_checked(end).ok_or(DurationError::Malformed)?;
    if unit.is_empty() {
        return Err(DurationError::NoUnit);
    }
    let (_, size) =
        UNITS.iter().find(|(name, _)| *name == unit).ok_or(DurationError::UnknownUnit)?;
    let size = u128::from(*size);
    let whole: u128 = match whole {
        "" => 0,
        // Twenty digits of any unit are beyond the limit.
        digits => digits.trim_start_matches('0').get(..20).map_or_else(
            || digits.parse().map_err(|_| DurationError::TooLong),
            |_| Err(DurationError::TooLong),
        )?,
    };
    // What lies beyond eighteen decimals is below a nanosecond in every unit.
    let decimals = fraction.get(..18).unwrap_or(fraction);
    let scale = 10_u128.pow(u32::try_from(decimals.len()).unwrap_or(0));
    let part = decimals.parse::<u128>().unwrap_or(0) * size / scale;
    Ok((whole * size + part, rest))
}

fn digits(text: &str) -> (&str, &str) {
    let end = text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        const SECOND: i64 = 1_000_000_000;
        for (text, nanos) in [
            ("1h", 3600 * SECOND),
            ("30m", 1800 * SECOND),
            ("1h30m", 5400 * SECOND),
            ("1.5h", 5400 * SECOND),
            ("300ms", 300_000_000),
            ("5.123s", 5_123_000_000),
            (".5s", SECOND / 2),
            ("1.s", SECOND),
            ("-1m", -60 * SECOND),
            ("+2us", 2_000),
            ("3\u{b5}s", 3_000),
            ("3\u{3bc}s", 3_000),
            ("0", 0),
            ("0s", 0),
            ("1h1m1s1ms1us1ns", 3_661_001_001_001),
            ("0000000000000000000000000001s", SECOND),
            ("0.00000000000000000000000000001h", 0),
            ("2562047h", 2_562_047 * 3600 * SECOND),
        ] {
            assert_eq!(parse(text), Ok(nanos), "{text}");
        }
    }

    #[test]
    fn texts_that_are_none() {
        for (text, error) in [
            ("", DurationError::Empty),
            ("10", DurationError::NoUnit),
            ("1h30", DurationError::NoUnit),
            ("1d", DurationError::UnknownUnit),
            ("1 h", DurationError::UnknownUnit),
            ("h", DurationError::Malformed),
            ("-", DurationError::Malformed),
            (".s", DurationError::Malformed),
            ("--1s", DurationError::Malformed),
            ("1H", DurationError::UnknownUnit),
            ("ü", DurationError::Malformed),
            ("2562048h", DurationError::TooLong),
            ("99999999999999999999999999h", DurationError::TooLong),
        ] {
            assert_eq!(parse(text), Err(error), "{text}");
        }
    }
}
