//! A filter held against one entry just as the manual's sentences say it: recursive, slow, and plain to read.
//!
//! It shares no code with the crate but the filter's own types: days come from `jiff`, addresses from the standard
//! library, case folding from a table of Unicode's, numbers are compared by their written digits. What it is not: an
//! evaluator for anything but tests, since it recurses into the entry.

use std::{
    cmp::Ordering,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    ops::Bound,
};

use jiff::civil::Date;
use serde_json::Value;
use trailsift_core::{
    Number, Timestamp,
    filter::{Filter, Leaf, Target, Test, TextTest, ValueTest},
    pattern::Piece,
};

/// Whether `entry` is one of those that `filter` means.
pub(crate) fn matches(filter: &Filter, entry: &Value) -> bool {
    match filter {
        Filter::All => true,
        Filter::And(parts) => parts.iter().all(|part| matches(part, entry)),
        Filter::Or(parts) => parts.iter().any(|part| matches(part, entry)),
        Filter::Not(part) => !matches(part, entry),
        Filter::Leaf(Leaf { target, test }) => {
            let mut found = Vec::new();
            match target {
                Target::Paths(paths) => {
                    for path in paths {
                        let segments: Vec<_> = path.split('.').collect();
                        at_path(entry, &segments, &mut found);
                    }
                }
                Target::Anywhere => strings(entry, &mut found),
            }
            found.into_iter().any(|value| match test {
                Test::Exists => !value.is_null(),
                Test::Is(test) => passes(test, value),
            })
        }
    }
}

/// Every value at the path that is no array; arrays are looked into wherever they stand.
fn at_path<'a>(value: &'a Value, path: &[&str], found: &mut Vec<&'a Value>) {
    match (value, path) {
        (Value::Array(elements), [first, rest @ ..]) if is_index(first) => {
            // An index too large to be one leads nowhere; it is no name either.
            if let Some(element) = first.parse().ok().and_then(|at: usize| elements.get(at)) {
                at_path(element, rest, found);
            }
        }
        (Value::Array(elements), path) => {
            elements.iter().for_each(|element| at_path(element, path, found));
        }
        (Value::Object(members), ["*", rest @ ..]) => {
            members.values().for_each(|member| at_path(member, rest, found));
        }
        (Value::Object(members), [_, ..]) => {
            // A key that holds dots itself goes before a shorter one.
            let longest = (1..=path.len()).rev().find_map(|length| {
                let (key, rest) = path.split_at(length);
                members.get(&key.join(".")).map(|member| (member, rest))
            });
            if let Some((member, rest)) = longest {
                at_path(member, rest, found);
            }
        }
        (scalar_or_object, []) => found.push(scalar_or_object),
        (_, [_, ..]) => {}
    }
}

fn is_index(segment: &str) -> bool {
    !segment.is_empty() && segment.bytes().all(|b| b.is_ascii_digit())
}

fn strings<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match value {
        Value::Array(elements) => elements.iter().for_each(|element| strings(element, found)),
        Value::Object(members) => members.values().for_each(|member| strings(member, found)),
        Value::String(_) => found.push(value),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn passes(test: &ValueTest, value: &Value) -> bool {
    match value {
        Value::Null => test.null,
        Value::Bool(value) => test.boolean == Some(*value),
        Value::Number(number) => passes_number(test, number),
        Value::String(text) => passes_string(test, text),
        Value::Array(_) | Value::Object(_) => false,
    }
}

fn passes_number(test: &ValueTest, number: &serde_json::Number) -> bool {
    let whole = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
    let number = match (whole, number.as_f64()) {
        (Some(whole), _) => Number::Integer(whole),
        (None, Some(float)) => Number::Float(float),
        (None, None) => return false,
    };
    match (&test.number, &test.text) {
        (Some(range), _) => within(&range.low, &range.high, |bound| compare(number, *bound)),
        (None, Some(TextTest::Matches(pattern))) => {
            let text = match number {
                Number::Integer(whole) => whole.to_string(),
                Number::Float(float) => float.to_string(),
            };
            wildcard(&pattern.pieces, &text, test.ignore_case)
        }
        (None, _) => false,
    }
}

fn passes_string(test: &ValueTest, text: &str) -> bool {
    if let Some(range) = &test.date
        && let Some(instant) = instant(text)
    {
        return range.from.is_none_or(|from| from <= instant)
            && range.until.is_none_or(|until| instant < until);
    }
    if let Some(range) = &test.address
        && let Some(address) = address(text)
    {
        let families = [range.first, range.last, address].map(|a| a.to_ipv4_mapped().is_some());
        // The mapped part of IPv6 is IPv4's own: a range of IPv6 alone does not reach into it.
        let [first, last, four] = families;
        return (range.first..=range.last).contains(&address) && (!four || first || last);
    }
    if let Some(range) = &test.number
        && test.numeric_text
        && let Some(number) = number(text)
    {
        return within(&range.low, &range.high, |bound| compare(number, *bound));
    }
    let folded = |text: &str| -> Vec<char> {
        text.chars().map(|c| if test.ignore_case { fold(c) } else { c }).collect()
    };
    match &test.text {
        None => false,
        Some(TextTest::Equals(wanted)) => folded(wanted) == folded(text),
        Some(TextTest::OneOf(wanted)) => wanted.iter().any(|wanted| folded(wanted) == folded(text)),
        Some(TextTest::Matches(pattern)) => wildcard(&pattern.pieces, text, test.ignore_case),
        Some(TextTest::Between(low, high)) => {
            within(low, high, |bound| folded(text).cmp(&folded(bound)))
        }
    }
}

/// Whether what `against` compares lies between the bounds.
fn within<T>(low: &Bound<T>, high: &Bound<T>, against: impl Fn(&T) -> Ordering) -> bool {
    let above = match low {
        Bound::Unbounded => true,
        Bound::Included(bound) => against(bound).is_ge(),
        Bound::Excluded(bound) => against(bound).is_gt(),
    };
    let below = match high {
        Bound::Unbounded => true,
        Bound::Included(bound) => against(bound).is_le(),
        Bound::Excluded(bound) => against(bound).is_lt(),
    };
    above && below
}

/// Simple case folding, from Unicode's own table.
fn fold(c: char) -> char {
    let folded = unicode_case_mapping::case_folded(c);
    folded.and_then(|folded| char::from_u32(folded.get())).unwrap_or(c)
}

/// Wildcards as the textbook has them, one row of the table a character of the pattern.
fn wildcard(pieces: &[Piece], text: &str, ignore_case: bool) -> bool {
    let ready = |c: char| if ignore_case { fold(c) } else { c };
    let text: Vec<char> = text.chars().map(ready).collect();
    // `reached[i]`: the pattern so far matches the first `i` characters.
    let mut reached = vec![false; text.len() + 1];
    reached[0] = true;
    let step = |reached: &[bool], fits: &dyn Fn(char) -> bool| -> Vec<bool> {
        (0..reached.len()).map(|i| i > 0 && reached[i - 1] && fits(text[i - 1])).collect()
    };
    for piece in pieces {
        match piece {
            Piece::Text(wanted) => {
                for c in wanted.chars() {
                    reached = step(&reached, &|other| ready(c) == other);
                }
            }
            Piece::AnyOne => reached = step(&reached, &|_| true),
            Piece::AnyRun => {
                let first = reached.iter().position(|reached| *reached).unwrap_or(reached.len());
                (first..reached.len()).for_each(|i| reached[i] = true);
            }
        }
    }
    reached[text.len()]
}

/// A number as digits: whether it is negative, its whole part, its fraction, without idle zeros.
fn digits(number: Number) -> (bool, String, String) {
    // The longest fraction of an f64 has 1,074 digits.
    let text = match number {
        Number::Integer(whole) => format!("{whole}.0"),
        Number::Float(float) => format!("{float:.1074}"),
    };
    let unsigned = text.trim_start_matches('-');
    let (whole, fraction) = unsigned.split_once('.').unwrap();
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    let zero = whole.is_empty() && fraction.is_empty();
    (text.starts_with('-') && !zero, whole.to_owned(), fraction.to_owned())
}

fn compare(a: Number, b: Number) -> Ordering {
    let (a_negative, a_whole, a_fraction) = digits(a);
    let (b_negative, b_whole, b_fraction) = digits(b);
    if a_negative != b_negative {
        return b_negative.cmp(&a_negative);
    }
    let magnitude = (a_whole.len(), a_whole, a_fraction).cmp(&(b_whole.len(), b_whole, b_fraction));
    if a_negative { magnitude.reverse() } else { magnitude }
}

/// A string that is a number: JSON's notation, and a leading `+` or zeros besides.
fn number(text: &str) -> Option<Number> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let exponent_digits = exponent.map(|e| e.strip_prefix(['+', '-']).unwrap_or(e));
    if !all_digits(whole) || !fraction.is_none_or(all_digits) {
        return None;
    }
    if !exponent_digits.is_none_or(all_digits) {
        return None;
    }
    if mantissa == whole && exponent.is_none() {
        // "Exactly up to 64 bits", signed or not.
        let integer = text.parse().ok().filter(|integer: &i128| {
            i64::try_from(*integer).is_ok() || u64::try_from(*integer).is_ok()
        });
        if let Some(integer) = integer {
            return Some(Number::Integer(integer));
        }
    }
    text.parse().ok().filter(|float: &f64| float.is_finite()).map(Number::Float)
}

/// A string that is an address, a port behind it left out.
fn address(text: &str) -> Option<Ipv6Addr> {
    let address = match text.parse() {
        Ok(address) => address,
        Err(_) if text.contains('%') => return None,
        Err(_) => text.parse::<SocketAddr>().ok()?.ip(),
    };
    Some(match address {
        IpAddr::V4(four) => four.to_ipv6_mapped(),
        IpAddr::V6(six) => six,
    })
}

/// A string that is a date of at least a day: RFC 3339 and its neighbours.
fn instant(text: &str) -> Option<Timestamp> {
    let (day, time) = text.split_at_checked(10)?;
    let parts: Vec<_> = day.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return None };
    let day = Date::new(padded(year, 4)?, padded(month, 2)?, padded(day, 2)?).ok()?;
    let epoch = Date::constant(1970, 1, 1);
    let days = i64::from(day.since((jiff::Unit::Day, epoch)).ok()?.get_days());
    let mut instant = Timestamp { seconds: days * 86_400, nanos: 0 };
    if time.is_empty() {
        return Some(instant);
    }
    let time = time.strip_prefix(['T', 't', ' '])?;
    let offset_at = time.find(['Z', 'z', '+', '-']).unwrap_or(time.len());
    let (time, offset) = time.split_at(offset_at);
    let (clock, fraction) = match time.split_once(['.', ',']) {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (time, None),
    };
    let clock: Vec<i64> = clock.split(':').map(|part| padded(part, 2)).collect::<Option<_>>()?;
    let (hour, minute, second) = match *clock.as_slice() {
        [hour] if fraction.is_none() => (hour, 0, 0),
        [hour, minute] if fraction.is_none() => (hour, minute, 0),
        [hour, minute, second] => (hour, minute, second),
        _ => return None,
    };
    // The sixtieth second is a leap second.
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    instant.seconds += hour * 3600 + minute * 60 + second;
    if let Some(fraction) = fraction {
        if fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        instant.nanos = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    }
    instant.seconds -= match offset {
        "" | "Z" | "z" => 0,
        offset => {
            let east = if offset.starts_with('+') { 1 } else { -1 };
            let offset = &offset[1..];
            let (hours, minutes) = match offset.len() {
                2 => (offset, "00"),
                4 => offset.split_at_checked(2)?,
                _ => offset.split_once(':')?,
            };
            let (hours, minutes): (i64, i64) = (padded(hours, 2)?, padded(minutes, 2)?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            east * (hours * 3600 + minutes * 60)
        }
    };
    Some(instant)
}

/// Exactly `length` digits.
fn padded<T: std::str::FromStr>(text: &str, length: usize) -> Option<T> {
    let digits = text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}
