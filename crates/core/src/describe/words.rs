//! Words for values: lists, quoted texts, ranges, networks, times.

use alloc::{
    format,
    string::{String, ToString},
};
use core::ops::Bound;

use crate::{
    Timestamp,
    address::{self, AddressRange},
    filter::DateRange,
    pattern::Piece,
    time::{civil_name, day_name},
};

/// The longest list that is told in full, and how much is told of a longer one.
pub(super) const LONGEST: usize = 6;
const TOLD: usize = 3;
/// Characters told of a text.
const CHARS: usize = 100;

/// "a, b or c"; of many, "a, b, c or 40 others".
pub(super) fn list(items: &[String], word: &str) -> String {
    let told = if items.len() > LONGEST { TOLD } else { items.len().saturating_sub(1) };
    let (head, tail) = items.split_at_checked(told).unwrap_or_default();
    let last = match tail {
        [only] => only.clone(),
        others => format!("{} others", others.len()),
    };
    match head {
        [] => last,
        head => format!("{} {word} {last}", head.join(", ")),
    }
}

/// A stranger's text between `quote`s, where nothing in it is hidden and none of it ends the quotation.
pub(super) fn quoted(text: &str, quote: char) -> String {
    write_quoted(&mut text.chars().map(|c| (c, c == '\\' || c == quote)), quote)
}

/// Wildcards between quotes; a `*` or `?` that is meant as it stands has a `\` before it.
pub(super) fn quoted_pattern(pieces: &[Piece]) -> String {
    let chars = pieces.iter().flat_map(|piece| {
        let (text, special) = match piece {
            Piece::Text(text) => (text.as_str(), "*?\\\""),
            Piece::AnyRun => ("*", ""),
            Piece::AnyOne => ("?", ""),
        };
        text.chars().map(|c| (c, special.contains(c)))
    });
    write_quoted(&mut { chars }, '"')
}

/// Each character comes with whether a `\` goes before it.
fn write_quoted(chars: &mut dyn Iterator<Item = (char, bool)>, quote: char) -> String {
    let mut out = String::from(quote);
    for (c, escaped) in chars.take(CHARS) {
        if escaped {
            out.push('\\');
        }
        if is_hidden(c) {
            out.push_str(&format!("\\u{{{:x}}}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out.push(quote);
    if chars.next().is_some() {
        out.push('…');
    }
    out
}

/// Characters that cannot be seen, or that reorder or join those around them.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{feff}')
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{e0000}'..='\u{e007f}')
}

/// How the ends of a range are told: at or above, above, at or below, below.
pub(super) type Ends = [&'static str; 4];
pub(super) const NUMBERS: Ends = ["at least", "more than", "at most", "less than"];
pub(super) const TEXTS: Ends = ["at or after", "after", "at or before", "before"];

/// "between 1 and 5" has both its ends; any other says which. It begins with [`BOTH`] where two conditions are told.
pub(super) fn between<T: PartialEq>(
    (low, high): (&Bound<T>, &Bound<T>),
    [from, above, to, below]: Ends,
    text: impl Fn(&T) -> String,
) -> String {
    if let (Bound::Included(low), Bound::Included(high)) = (low, high)
        && low != high
    {
        return format!("between {} and {}", text(low), text(high));
    }
    let low_end = match low {
        Bound::Included(low) => Some(format!("{from} {}", text(low))),
        Bound::Excluded(low) => Some(format!("{above} {}", text(low))),
        Bound::Unbounded => None,
    };
    let high_end = match high {
        Bound::Included(high) => Some(format!("{to} {}", text(high))),
        Bound::Excluded(high) => Some(format!("{below} {}", text(high))),
        Bound::Unbounded => None,
    };
    match (low_end, high_end) {
        (Some(low), Some(high)) => format!("{BOTH}{low} and {high}"),
        (Some(end), None) | (None, Some(end)) => end,
        (None, None) => "anything".into(),
    }
}

/// Needed only behind "not".
pub(super) const BOTH: &str = "both ";

/// An address, a network in its own notation, or a range of addresses.
pub(super) fn network(range: &AddressRange) -> String {
    let (first, last) = (range.first.to_bits(), range.last.to_bits());
    let hosts = first ^ last;
    let name = address::text(range.first);
    if hosts == 0 {
        return name;
    }
    let is_network = hosts & hosts.wrapping_add(1) == 0 && first & hosts == 0;
    if !is_network {
        return format!("{name} to {}", address::text(range.last));
    }
    let family_bits = if range.first.to_ipv4_mapped().is_some() { 32 } else { 128 };
    format!("{name}/{}", family_bits - hosts.count_ones().min(family_bits))
}

const DAY: i64 = 86_400;

/// A time with the preposition that it takes behind "events".
pub(super) fn when(date: &DateRange) -> String {
    let (from, until) = match (date.from, date.until) {
        (Some(from), Some(until)) if from >= until => return "at no time".into(),
        (Some(from), Some(until)) => (from, until),
        (Some(from), None) => return format!("since {}", instant(from)),
        (None, Some(until)) => return format!("before {}", instant(until)),
        (None, None) => return "at any time".into(),
    };
    if let (Some(first), Some(_)) = (day_name(from), day_name(until)) {
        // Days are told with the last one; "until" would leave open whether it belongs to them.
        let last = Timestamp { seconds: until.seconds - 1, nanos: 0 };
        return match civil_name(from, until) {
            Some((preposition, name)) => format!("{preposition} {name}"),
            None => format!("from {first} to {}", day(last)),
        };
    }
    if let Some(clock) = moment(from, until) {
        return format!("at {clock} UTC on {}", day(from));
    }
    if midnight(from) == midnight(until) {
        return format!("from {} until {} UTC on {}", clock(from), clock(until), day(from));
    }
    format!("from {} until {}", instant(from), instant(until))
}

/// A time behind "falls" or "not".
pub(super) fn falls(date: &DateRange) -> String {
    let when = when(date);
    if let Some(instant) = when.strip_prefix("since ") {
        let on = if instant.contains(':') { "at" } else { "on" };
        return format!("{on} or after {instant}");
    }
    if when.starts_with("from ") { format!("in the time {when}") } else { when }
}

/// The start of an instant's day.
const fn midnight(instant: Timestamp) -> Timestamp {
    let seconds = instant.seconds.saturating_sub(instant.seconds.rem_euclid(DAY));
    Timestamp { seconds, nanos: 0 }
}

fn day(instant: Timestamp) -> String {
    day_name(midnight(instant)).unwrap_or_default()
}

/// A day where it is one's start, else with the time of day.
fn instant(instant: Timestamp) -> String {
    day_name(instant).unwrap_or_else(|| format!("{} UTC on {}", clock(instant), day(instant)))
}

/// The time of day, no finer than it has to be.
fn clock(instant: Timestamp) -> String {
    let time = instant.seconds.rem_euclid(DAY);
    let (hours, minutes, seconds) = (time / 3600, time / 60 % 60, time % 60);
    let mut text = format!("{hours:02}:{minutes:02}");
    if seconds != 0 || instant.nanos != 0 {
        text.push_str(&format!(":{seconds:02}"));
    }
    if instant.nanos != 0 {
        let fraction = format!(".{:09}", instant.nanos);
        text.push_str(fraction.trim_end_matches('0'));
    }
    text
}

/// The time of day of a minute, a second, or a decimal part of one, as it was written.
fn moment(from: Timestamp, until: Timestamp) -> Option<String> {
    let seconds = until.seconds.checked_sub(from.seconds).filter(|seconds| *seconds <= 60)?;
    if (seconds, from.seconds % 60, from.nanos, until.nanos) == (60, 0, 0, 0) {
        return Some(clock(from));
    }
    let width = seconds * 1_000_000_000 + i64::from(until.nanos) - i64::from(from.nanos);
    let digits = (0..=9_u32).find(|digits| 10_i64.pow(9 - digits) == width)?;
    if i64::from(from.nanos) % width != 0 {
        return None;
    }
    let whole = clock(Timestamp { nanos: 0, ..from });
    let second = if from.seconds % 60 == 0 { ":00" } else { "" };
    Some(match digits {
        0 => format!("{whole}{second}"),
        digits => {
            let fraction = (i64::from(from.nanos) / width).to_string();
            format!("{whole}{second}.{fraction:0>width$}", width = digits as usize)
        }
    })
}
