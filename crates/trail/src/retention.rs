//! How long entries are kept after they were received. Not when they go: that is the keeper's.

use std::{fmt, str::FromStr};

use crate::time::Millis;

const HOUR: Millis = 3_600_000;
const DAY: Millis = 24 * HOUR;
/// Of 365 days: retention is a promise of how long, not a date.
const YEAR: Millis = 365 * DAY;

/// An age from one hour to ten years, or for ever. As text: `36h`, `90d`, `7y`, `forever`.
///
/// ```
/// use trailsift_trail::retention::Retention;
///
/// let ninety: Retention = "90d".parse().unwrap();
/// assert_eq!((ninety.age(), ninety.to_string().as_str()), (Some(90 * 86_400_000), "90d"));
/// assert_eq!("48h".parse::<Retention>().unwrap().to_string(), "2d");
/// assert_eq!("forever".parse::<Retention>().unwrap().age(), None);
/// assert!("0h".parse::<Retention>().is_err() && "11y".parse::<Retention>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention(Option<Millis>);

impl Retention {
    /// The retention with that age, which was one before.
    #[must_use]
    pub const fn of(age: Option<Millis>) -> Self {
        Self(age)
    }

    /// The age in milliseconds; nothing where entries are kept for ever.
    #[must_use]
    pub const fn age(self) -> Option<Millis> {
        self.0
    }
}

/// A text that is no retention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotARetention;

impl fmt::Display for NotARetention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a retention is forever, or 1h to 10y: a whole number and h, d or y")
    }
}

impl FromStr for Retention {
    type Err = NotARetention;

    fn from_str(text: &str) -> Result<Self, NotARetention> {
        if text == "forever" {
            return Ok(Self(None));
        }
        let (number, unit) = if let Some(number) = text.strip_suffix('h') {
            (number, HOUR)
        } else if let Some(number) = text.strip_suffix('d') {
            (number, DAY)
        } else {
            (text.strip_suffix('y').ok_or(NotARetention)?, YEAR)
        };
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NotARetention);
        }
        let age = number.parse().ok().and_then(|number: Millis| number.checked_mul(unit));
        age.filter(|age| (HOUR..=10 * YEAR).contains(age))
            .map(|age| Self(Some(age)))
            .ok_or(NotARetention)
    }
}

impl fmt::Display for Retention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => f.write_str("forever"),
            Some(age) if age % YEAR == 0 => write!(f, "{}y", age / YEAR),
            Some(age) if age % DAY == 0 => write!(f, "{}d", age / DAY),
            Some(age) => write!(f, "{}h", age / HOUR),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bounds_and_nothing_beyond() {
        for text in ["1h", "23h", "1d", "364d", "10y", "forever"] {
            assert_eq!(text.parse::<Retention>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "h",
            "0h",
            "-1h",
            "+1h",
            "1.5d",
            "1m",
            "87601h",
            "3651d",
            "11y",
            "Forever",
            "1 d",
            "99999999999999999999d",
            "9223372036854775807y",
        ] {
            assert_eq!(text.parse::<Retention>(), Err(NotARetention), "{text}");
        }
    }
}
