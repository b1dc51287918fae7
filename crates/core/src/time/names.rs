//! Dates as people say them: "10 June 2026", "June 2026".

use alloc::{format, string::String};

use super::{Civil, Timestamp, Unit, arithmetic::plus};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn month(date: Civil) -> &'static str {
    usize::try_from(date.month - 1)
        .ok()
        .and_then(|index| MONTHS.get(index))
        .copied()
        .unwrap_or_default()
}

/// The day that begins at this instant; `None` at any other time of day.
pub(crate) fn day_name(instant: Timestamp) -> Option<String> {
    let (date, time) = Civil::at(instant);
    (time == 0 && instant.nanos == 0).then(|| format!("{} {} {}", date.day, month(date), date.year))
}

/// The year, month, day, hour or minute that lies between two instants, with the preposition that it takes.
pub(crate) fn civil_name(from: Timestamp, until: Timestamp) -> Option<(&'static str, String)> {
    let is = |unit| plus(from, 1, unit) == Some(until);
    let (date, time) = Civil::at(from);
    if from.nanos != 0 {
        return None;
    }
    if is(Unit::Year) && day_name(from).is_some() && date.month == 1 && date.day == 1 {
        return Some(("in", format!("{}", date.year)));
    }
    if is(Unit::Month) && day_name(from).is_some() && date.day == 1 {
        return Some(("in", format!("{} {}", month(date), date.year)));
    }
    if is(Unit::Day) {
        return day_name(from).map(|day| ("on", day));
    }
    let day = format!("{} {} {}", date.day, month(date), date.year);
    if is(Unit::Hour) && time % 3600 == 0 {
        return Some(("in the hour from", format!("{:02}:00 on {day}", time / 3600)));
    }
    if is(Unit::Minute) && time % 60 == 0 {
        return Some(("at", format!("{:02}:{:02} on {day}", time / 3600, time / 60 % 60)));
    }
    None
}
