//! Words for lists, strangers' texts, ranges, networks and times.
//!
//! Lists are lines of one string, each with its line feed: nothing that is told holds a line feed of its own.

use alloc::string::{String, ToString};
use core::ops::Bound;

use crate::{
    Timestamp,
    address::{self, AddressRange},
    filter::DateRange,
    pattern::Piece,
    time::{civil_name, day_name},
};

/// The longest list that is told in full, and how much is told of a longer one.
const LONGEST: usize = 6;
const TOLD: usize = 3;
/// Characters told of a text.
const CHARS: usize = 100;

/// Adds text. A call is smaller than what it does, and there are many.
#[inline(never)]
pub(super) fn say(out: &mut String, parts: &[&str]) {
    parts.iter().for_each(|part| out.push_str(part));
}

/// How many lines there are.
pub(super) fn count(lines: &str) -> usize {
    lines.bytes().filter(|byte| *byte == b'\n').count()
}

/// "a, b or c"; of many, "a, b, c or 40 others".
pub(super) fn list(out: &mut String, lines: &str, word: &str, others: &str) {
    let count = count(lines);
    let told = if count > LONGEST { TOLD } else { count };
    for (index, item) in lines.split_terminator('\n').take(told).enumerate() {
        match index {
            0 => {}
            index if index + 1 == count => say(out, &[" ", word, " "]),
            _ => say(out, &[", "]),
        }
        say(out, &[item]);
    }
    if told < count {
        say(out, &[" ", word, " ", &(count - told).to_string(), " ", others]);
    }
}

/// A stranger's text between quotes, where nothing in it is hidden and none of it ends the quotation.
pub(super) fn quote(out: &mut String, text: &str) {
    let mut room = CHARS + 1;
    say(out, &["\""]);
    escape(out, text, "\"\\", &mut room);
    end_quote(out, "\"", room);
}

/// A stranger's name.
pub(super) fn quote_name(out: &mut String, name: &str) {
    let mut room = CHARS + 1;
    say(out, &["`"]);
    escape(out, name, "`\\", &mut room);
    end_quote(out, "`", room);
}

/// Wildcards between quotes; a `*` or `?` that is meant as it stands has a `\` before it.
pub(super) fn quote_pattern(out: &mut String, pieces: &[Piece]) {
    let mut room = CHARS + 1;
    say(out, &["\""]);
    for piece in pieces {
        match piece {
            Piece::Text(text) => escape(out, text, "\"\\*?", &mut room),
            Piece::AnyRun => escape(out, "*", "", &mut room),
            Piece::AnyOne => escape(out, "?", "", &mut room),
        }
    }
    end_quote(out, "\"", room);
}

/// Ends a quotation, and says whether it was cut.
fn end_quote(out: &mut String, quote: &str, room: usize) {
    say(out, &[quote, if room == 0 { "…" } else { "" }]);
}

/// Adds as many characters as there is room for, less one, with a `\` before the `special` ones. No room left means
/// that some were left out.
fn escape(out: &mut String, text: &str, special: &str, room: &mut usize) {
    for c in text.chars() {
        if *room <= 1 {
            *room = 0;
            return;
        }
        *room -= 1;
        if special.bytes().any(|special| c == char::from(special)) {
            out.push('\\');
        }
        if is_hidden(c) {
            say(out, &["\\u{"]);
            // A character has 21 bits; its zeros in front are left out.
            for place in (0..6).rev().filter(|place| *place == 0 || u32::from(c) >> (4 * place) > 0)
            {
                out.extend(char::from_digit(u32::from(c) >> (4 * place) & 15, 16));
            }
            say(out, &["}"]);
        } else {
            out.push(c);
        }
    }
}

/// Characters that cannot be seen, or that reorder or join those around them.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{feff}')
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{e0000}'..='\u{e007f}')
}

/// How the ends of a range are told: at or above, above, at or below, below.
pub(super) type Ends = [&'static str; 4];
pub(super) const NUMBERS: Ends = ["at least ", "more than ", "at most ", "less than "];
pub(super) const TEXTS: Ends = ["at or after ", "after ", "at or before ", "before "];

/// "between 1 and 5" has both its ends; any other says which. `both`: where "not" stands before it, two conditions
/// begin with "both". Whether there are two.
pub(super) fn between(
    out: &mut String,
    low: Bound<&str>,
    high: Bound<&str>,
    [from, above, to, below]: Ends,
    both: bool,
) -> bool {
    if let (Bound::Included(low), Bound::Included(high)) = (low, high)
        && low != high
    {
        say(out, &["between ", low, " and ", high]);
        return false;
    }
    let two = low != Bound::Unbounded && high != Bound::Unbounded;
    say(out, &[if both && two { "both " } else { "" }]);
    for (bound, included, excluded, and) in [(low, from, above, two), (high, to, below, false)] {
        let (end, text) = match bound {
            Bound::Included(text) => (included, text),
            Bound::Excluded(text) => (excluded, text),
            Bound::Unbounded => continue,
        };
        say(out, &[end, text, if and { " and " } else { "" }]);
    }
    two
}

/// An address, a network in its own notation, or a range of addresses; with what stands before it behind "is".
pub(super) fn network(out: &mut String, range: &AddressRange, is: bool) {
    let (first, last) = (range.first.to_bits(), range.last.to_bits());
    let hosts = first ^ last;
    let is_network = hosts & hosts.wrapping_add(1) == 0 && first & hosts == 0;
    let (before, between, end) = if hosts == 0 {
        ("", "", String::new())
    } else if is_network {
        let family_bits = if range.first.to_ipv4_mapped().is_some() { 32 } else { 128 };
        ("in ", "/", (family_bits - hosts.count_ones().min(family_bits)).to_string())
    } else {
        ("in the range ", " to ", address::text(range.last))
    };
    say(out, &[if is { before } else { "" }, &address::text(range.first), between, &end]);
}

/// The part of a second that a clock's `now` has, where it has one. It is of no interest to people.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Clock(Option<u32>);

impl Clock {
    pub(super) fn new(now: Option<Timestamp>) -> Self {
        Self(now.map(|now| now.nanos))
    }

    /// A bound without it. A range that holds `now` ends a nanosecond later.
    fn seconds(self, bound: Timestamp) -> Timestamp {
        match self.0 {
            Some(nanos) if bound.nanos == nanos || bound.nanos == nanos + 1 => {
                Timestamp { nanos: 0, ..bound }
            }
            _ => bound,
        }
    }
}

const DAY: i64 = 86_400;

/// A time with the preposition that it takes behind "events", or, where it `falls`, behind "falls" and "not".
pub(super) fn when(out: &mut String, date: &DateRange, falls: bool, now: Clock) {
    let mut bounds = [date.from, date.until];
    let seconds = bounds.map(|bound| bound.map(|at| now.seconds(at)));
    // The moment itself would be none.
    if seconds[0] != seconds[1] {
        bounds = seconds;
    }
    let (from, until) = match bounds.into() {
        (Some(from), Some(until)) if from >= until => return say(out, &["at no time"]),
        (Some(from), Some(until)) => (from, until),
        (Some(from), None) => {
            let since = match from == midnight(from) {
                _ if !falls => "since ",
                true => "on or after ",
                false => "at or after ",
            };
            say(out, &[since]);
            return instant(out, from);
        }
        (None, Some(until)) => {
            say(out, &["before "]);
            return instant(out, until);
        }
        (None, None) => return say(out, &["at any time"]),
    };
    let before = if falls { "in the time from " } else { "from " };
    if from == midnight(from) && until == midnight(until) {
        // Days are told with the last one; "until" would leave open whether it belongs to them.
        if let Some((preposition, name)) = civil_name(from, until) {
            return say(out, &[preposition, " ", &name]);
        }
        say(out, &[before]);
        day(out, from);
        say(out, &[" to "]);
        return day(out, Timestamp { seconds: until.seconds - 1, nanos: 0 });
    }
    let moment = moment(from, until);
    if moment != Moment::No || midnight(from) == midnight(until) {
        say(out, &[if moment == Moment::No { before } else { "at " }]);
        clock(out, from, moment == Moment::Second);
        if moment == Moment::No {
            say(out, &[" until "]);
            clock(out, until, false);
        }
        say(out, &[" UTC on "]);
        return day(out, from);
    }
    say(out, &[before]);
    instant(out, from);
    say(out, &[" until "]);
    instant(out, until);
}

/// The start of an instant's day.
const fn midnight(instant: Timestamp) -> Timestamp {
    let seconds = instant.seconds.saturating_sub(instant.seconds.rem_euclid(DAY));
    Timestamp { seconds, nanos: 0 }
}

fn day(out: &mut String, instant: Timestamp) {
    say(out, &[&day_name(midnight(instant)).unwrap_or_default()]);
}

/// A day where it is one's start, else with the time of day.
fn instant(out: &mut String, instant: Timestamp) {
    if instant != midnight(instant) {
        clock(out, instant, false);
        say(out, &[" UTC on "]);
    }
    day(out, instant);
}

/// The time of day, no finer than it has to be but for its `seconds`.
fn clock(out: &mut String, instant: Timestamp, seconds: bool) {
    // `2026-06-10T09:05:07.500Z`
    let text = instant.to_string();
    let (_, time) = text.split_once('T').unwrap_or_default();
    let end = match instant.nanos {
        0 if !seconds && instant.seconds % 60 == 0 => 5,
        0 => 8,
        _ => time.len().saturating_sub(1),
    };
    say(out, &[time.get(..end).unwrap_or_default()]);
}

/// What is told as one time of day.
#[derive(Clone, Copy, PartialEq)]
enum Moment {
    Minute,
    /// Or a decimal part of one.
    Second,
    No,
}

fn moment(from: Timestamp, until: Timestamp) -> Moment {
    let seconds = until.seconds.saturating_sub(from.seconds);
    if (seconds, from.seconds % 60, from.nanos, until.nanos) == (60, 0, 0, 0) {
        return Moment::Minute;
    }
    if seconds > 1 {
        return Moment::No;
    }
    let width = seconds * 1_000_000_000 + i64::from(until.nanos) - i64::from(from.nanos);
    let mut unit = 1_000_000_000;
    while unit > width.max(1) {
        unit /= 10;
    }
    if unit == width && i64::from(from.nanos) % unit == 0 { Moment::Second } else { Moment::No }
}
