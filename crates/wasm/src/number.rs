//! Counts, offsets and sizes as JavaScript has them: numbers that are exact up to 2^53.

use js_sys::Number;

/// A count or an offset; 2^53 bytes are nine petabytes.
#[expect(clippy::cast_precision_loss, reason = "no log is that long")]
pub(crate) const fn as_number(value: u64) -> f64 {
    value as f64
}

/// A number of JavaScript's as a size: what is less than nothing is nothing, what is too much the most there is.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "such a cast saturates, and that is what is wanted"
)]
pub(crate) const fn as_size(value: f64) -> usize {
    value as usize
}

/// A row's number; those that no row has become one that none has.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "such a cast saturates, and a table has fewer rows than the last number"
)]
pub(crate) const fn as_row(value: f64) -> u32 {
    if value >= 0.0 { value as u32 } else { u32::MAX }
}

/// A number as JavaScript writes it, for messages: our own way of writing floats would be 5 kB for them alone.
pub(crate) fn text(value: f64) -> String {
    Number::from(value).to_string_with_radix(10).map(String::from).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_numbers_are_no_surprise() {
        assert_eq!((as_size(-1.0), as_size(f64::NAN), as_size(2.9)), (0, 0, 2));
        assert_eq!(as_size(f64::INFINITY), usize::MAX);
        assert_eq!((as_row(-1.0), as_row(f64::NAN), as_row(1e20)), (u32::MAX, u32::MAX, u32::MAX));
        assert_eq!(as_row(7.0), 7);
    }
}
