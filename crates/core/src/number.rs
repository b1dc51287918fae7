//! JSON numbers, compared without losing digits: integers exactly up to 64 bits and beyond, others as `f64`.

mod big;
mod decimal;

use alloc::{format, string::String};
use core::cmp::Ordering;

use serde::{Deserialize, Serialize};

/// A number of an entry or of a query.
///
/// `1000`, `1e3` and `1000.0` are the same number. There is no NaN.
///
/// ```
/// use trailsift_core::Number;
///
/// let exact = Number::parse("9007199254740993").unwrap();
/// assert!(exact > Number::parse("9007199254740992").unwrap());
/// assert_eq!(Number::parse("1e3"), Number::parse("1000"));
/// assert_eq!(Number::parse("12ab"), None);
/// ```
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Number {
    /// A whole number between -2^63 and 2^64 - 1.
    Integer(#[serde(with = "integer")] i128),
    /// Any other.
    Float(f64),
}

/// Integers beyond what JSON consumers keep exact travel as text.
mod integer {
    use alloc::string::String;

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    const SAFE: i128 = 1 << 53;

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Form {
        Whole(i64),
        Text(String),
    }

    pub(super) fn serialize<S: Serializer>(value: &i128, to: S) -> Result<S::Ok, S::Error> {
        match i64::try_from(*value) {
            Ok(whole) if (-SAFE..=SAFE).contains(value) => to.serialize_i64(whole),
            _ => to.collect_str(value),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<i128, D::Error> {
        match Form::deserialize(from)? {
            Form::Whole(whole) => Ok(whole.into()),
            Form::Text(text) => text.parse().map_err(D::Error::custom),
        }
    }
}

impl Number {
    /// Reads JSON's notation, and a leading `+` or zeros besides. `None` where the text is no number.
    #[must_use]
    #[inline]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
        // f64's parser also knows "inf", "nan" and ".5"; a query for those means the words.
        if !digits.starts_with(|c: char| c.is_ascii_digit())
            || digits.ends_with('.')
            || !text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'))
        {
            return None;
        }
        if digits.bytes().all(|b| b.is_ascii_digit()) && digits.len() <= 20 {
            let whole: i128 = text.parse().ok()?;
            if (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(&whole) {
                return Some(Self::Integer(whole));
            }
        }
        let float = decimal::parse(digits).filter(|float| float.is_finite())?;
        Some(Self::Float(if text.starts_with('-') { -float } else { float }))
    }

    /// The shortest decimal text that reads back as the same number, without an exponent.
    #[must_use]
    pub fn text(self) -> String {
        match self {
            Self::Integer(whole) => format!("{whole}"),
            Self::Float(float) => {
                let sign = if float.is_sign_negative() { "-" } else { "" };
                format!("{sign}{}", decimal::text(float.abs()))
            }
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "bounded before the cast")]
#[expect(clippy::cast_precision_loss, reason = "only whole parts below 2^100 are cast back")]
fn compare_integer_float(whole: i128, float: f64) -> Ordering {
    const BEYOND: f64 = 1e30;
    if float >= BEYOND {
        return Ordering::Less;
    }
    if float <= -BEYOND {
        return Ordering::Greater;
    }
    let floor = float as i128;
    let fraction = float - floor as f64;
    whole.cmp(&floor).then_with(|| {
        if fraction > 0.0 {
            Ordering::Less
        } else if fraction < 0.0 {
            Ordering::Greater
        } else {
            Ordering::Equal
        }
    })
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        match (*self, *other) {
            (Self::Integer(a), Self::Integer(b)) => a.cmp(&b),
            (Self::Integer(a), Self::Float(b)) => compare_integer_float(a, b),
            (Self::Float(a), Self::Integer(b)) => compare_integer_float(b, a).reverse(),
            // Finite by construction; zero's sign does not count.
            (Self::Float(a), Self::Float(b)) => a.partial_cmp(&b).unwrap_or(Ordering::Equal),
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Number {}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        Number::parse(text).unwrap_or_else(|| panic!("{text} is a number"))
    }

    #[test]
    fn orders_across_representations() {
        let ascending = [
            "-1e40",
            "-9223372036854775808",
            "-1.5",
            "-1",
            "-0.5",
            "0",
            "0.5",
            "1",
            "1.5",
            "9007199254740992",
            "9007199254740993",
            "18446744073709551615",
            "1e40",
        ];
        for (i, low) in ascending.iter().enumerate() {
            for (j, high) in ascending.iter().enumerate() {
                assert_eq!(number(low).cmp(&number(high)), i.cmp(&j), "{low} against {high}");
            }
        }
    }

    #[test]
    fn spellings_of_one_number_are_equal_and_read_back() {
        for text in ["1000", "1e3", "1000.0", "+1000", "01000", "1E+3"] {
            assert_eq!(number(text), number("1000"), "{text}");
        }
        assert_eq!(number("-0"), number("0.0"));
        assert_eq!(number("1e3").text(), "1000");
        assert_eq!(number("0.25").text(), "0.25");
    }

    #[test]
    fn words_are_not_numbers() {
        for text in ["", "-", "inf", "NaN", ".5", "5.", "1e999", "0x10", "1 2", "1-2", "--1"] {
            assert_eq!(Number::parse(text), None, "{text}");
        }
    }

    #[test]
    fn survives_json() {
        for text in ["0", "-5", "9007199254740993", "18446744073709551615", "0.1", "1e40"] {
            let json = serde_json::to_string(&number(text)).unwrap();
            let back: Number = serde_json::from_str(&json).unwrap();
            assert_eq!(back, number(text), "{json}");
        }
    }
}
