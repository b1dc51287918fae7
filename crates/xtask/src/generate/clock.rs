//! Time of the sample entries: the window, the rhythm of its hours, and how a moment is written. No clock
//! is read here: all time is computed.

use anyhow::{Context, bail};

use super::random::Random;

/// Milliseconds since 1970-01-01T00:00:00Z.
pub(crate) type Millis = i64;

const HOUR: Millis = 3_600_000;
const DAY: Millis = 24 * HOUR;

/// How busy each hour of a UTC day is, relative to the others.
const RHYTHM: [u64; 24] = [
    18, 14, 12, 11, 12, 18, 34, 62, 90, 100, 98, 92, 80, 88, 96, 98, 90, 76, 60, 48, 42, 36, 30, 24,
];
/// A Saturday's or Sunday's share of that, in percent.
const WEEKEND: u64 = 45;

/// The time that entries fall into: `start` belongs to it, `end` does not.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    pub(super) start: Millis,
    pub(super) end: Millis,
}

impl Window {
    /// The day that the documentation's examples speak of, 2026-06-10 in UTC.
    pub(crate) const DEFAULT: Window = Window { start: 1_781_049_600_000, end: 1_781_136_000_000 };

    /// The window between two RFC 3339 times; the first without the second spans one day.
    ///
    /// # Errors
    /// A time that does not parse or lies outside 1970 to 9999, or an empty window.
    pub(crate) fn parse(start: Option<&str>, end: Option<&str>) -> anyhow::Result<Window> {
        let parse = |name: &str, text: &str| -> anyhow::Result<Millis> {
            let time: jiff::Timestamp = text
                .parse()
                .with_context(|| format!("--{name} `{text}` is not an RFC 3339 time"))?;
            let millis = time.as_millisecond();
            if millis < 0 {
                bail!("--{name} `{text}` lies before 1970");
            }
            Ok(millis)
        };
        let start = start.map(|text| parse("start", text)).transpose()?;
        let end = end.map(|text| parse("end", text)).transpose()?;
        let window = match (start, end) {
            (None, None) => Window::DEFAULT,
            (Some(start), None) => Window { start, end: start + DAY },
            (None, Some(end)) => Window { start: end - DAY, end },
            (Some(start), Some(end)) => Window { start, end },
        };
        if window.start < 0 || window.start >= window.end {
            bail!("the window is empty: --end must lie after --start");
        }
        Ok(window)
    }
}

/// The window cut into as many slots as there are entries, narrow in busy hours and wide at night. Slot by
/// slot it yields one moment, so that times rise and exactly that many fall into the window.
pub(super) struct Slots {
    window: Window,
    entries: u64,
    next: u64,
    /// Where the piece of the window that `next` falls into begins, and the weight of all before it.
    piece: Millis,
    before: u128,
    total: u128,
}

impl Slots {
    pub(super) fn new(window: Window, entries: u64) -> Slots {
        let mut slots =
            Slots { window, entries, next: 0, piece: window.start, before: 0, total: 0 };
        let mut piece = window.start;
        while piece < window.end {
            let (end, weight) = slots.piece(piece);
            slots.total += (end - piece) as u128 * u128::from(weight);
            piece = end;
        }
        slots
    }

    pub(super) fn next(&mut self, random: &mut Random) -> Option<Millis> {
        if self.next == self.entries {
            return None;
        }
        let within = (u128::from(random.bits()) * self.total) >> 64;
        let point = (u128::from(self.next) * self.total + within) / u128::from(self.entries);
        self.next += 1;
        loop {
            let (end, weight) = self.piece(self.piece);
            let here = (end - self.piece) as u128 * u128::from(weight);
            if point < self.before + here || end >= self.window.end {
                let offset = point.saturating_sub(self.before) / u128::from(weight);
                return Some((self.piece + offset as Millis).min(self.window.end - 1));
            }
            self.before += here;
            self.piece = end;
        }
    }

    /// The end of the piece that begins at `start` (its hour's end or the window's), and its weight.
    fn piece(&self, start: Millis) -> (Millis, u64) {
        let end = (start / HOUR * HOUR + HOUR).min(self.window.end);
        let hour = (start % DAY / HOUR) as usize;
        // 1970-01-01 was a Thursday.
        let weekend = matches!((start / DAY + 4) % 7, 0 | 6);
        let weight = RHYTHM.get(hour).copied().unwrap_or(1);
        (end, if weekend { (weight * WEEKEND / 100).max(1) } else { weight })
    }
}

/// A moment as fields of the Gregorian calendar in UTC.
pub(super) struct Moment {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    milli: i64,
}

impl Moment {
    pub(super) fn new(at: Millis) -> Moment {
        let (days, rest) = (at.div_euclid(DAY), at.rem_euclid(DAY));
        let (year, month, day) = civil(days);
        Moment {
            year,
            month,
            day,
            hour: rest / HOUR,
            minute: rest / 60_000 % 60,
            second: rest / 1000 % 60,
            milli: rest % 1000,
        }
    }

    /// `2026-06-10T09:00:00.123Z`
    pub(super) fn rfc3339(&self) -> String {
        let Moment { year, month, day, hour, minute, second, milli } = self;
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
    }

    /// `20260610090000123`
    pub(super) fn digits(&self) -> String {
        let Moment { year, month, day, hour, minute, second, milli } = self;
        format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}{milli:03}")
    }

    /// `2026-06-10T09`
    pub(super) fn hour(&self) -> String {
        let Moment { year, month, day, hour, .. } = self;
        format!("{year:04}-{month:02}-{day:02}T{hour:02}")
    }
}

/// Year, month and day of a number of days since 1970-01-01: counts in eras of 400 years that begin on the
/// first of March, so that a leap day comes last.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::{DAY, HOUR, Moment, Slots, Window};
    use crate::generate::random::Random;

    #[test]
    fn moments_are_written_as_the_calendar_has_them() {
        // Every 11 hours and some from 1970 to 2106: leap years, leap centuries, all months.
        for at in (0..4_300_000_000_000).step_by(39_600_123) {
            let expected = jiff::Timestamp::from_millisecond(at).unwrap();
            assert_eq!(Moment::new(at).rfc3339(), format!("{expected:.3}"));
        }
        assert_eq!(Moment::new(Window::DEFAULT.start).rfc3339(), "2026-06-10T00:00:00.000Z");
        assert_eq!(Window::DEFAULT.end - Window::DEFAULT.start, DAY);
    }

    #[test]
    fn slots_rise_and_follow_the_day() {
        let (start, end) = ("2026-06-12T00:00:00Z", "2026-06-14T00:00:00Z");
        let window = Window::parse(Some(start), Some(end)).unwrap();
        let (mut slots, mut random) = (Slots::new(window, 10_000), Random::new(1, 0));
        let times: Vec<_> = std::iter::from_fn(|| slots.next(&mut random)).collect();
        assert_eq!(times.len(), 10_000);
        assert!(times.is_sorted());
        let hour = |hour: i64| {
            let from = window.start + hour * HOUR;
            times.iter().filter(|time| (from..from + HOUR).contains(*time)).count()
        };
        // A Friday and a Saturday.
        assert!(hour(9) > 5 * hour(3));
        assert!(hour(9) > 2 * hour(24 + 9));
    }
}
