//! Decimals to floats and back, exactly, by whole numbers of any size.
//!
//! The standard library does the same faster where numbers have more than 15 digits, with tables that are as large as all
//! messages of this crate together.

use alloc::string::{String, ToString};
use core::iter::repeat_n;

use super::big::Big;

/// Digits that may tell between two floats; of those behind them it only counts whether all are zeros.
const DIGITS: usize = 800;
/// Bits of a float's whole number.
const MANTISSA: u32 = 53;
/// The power of two of a float's lowest possible bit.
const LOWEST: i64 = -1074;

/// The float nearest to a decimal without its sign: digits, a fraction, an exponent. `None` where it is none; infinite
/// where it is too large.
pub(super) fn parse(text: &str) -> Option<f64> {
    let mut start = 0_u64;
    let mut count = 0_i64;
    let mut exponent = 0_i64;
    let mut in_fraction = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'0'..=b'9' => {
                exponent -= i64::from(in_fraction);
                // Zeros in front are no digits.
                if count > 0 || byte > b'0' {
                    count += 1;
                    if count <= 19 {
                        start = 10 * start + u64::from(byte - b'0');
                    }
                }
            }
            b'.' if !in_fraction => in_fraction = true,
            b'e' | b'E' => {
                exponent += power(text.get(at + 1..)?)?;
                break;
            }
            _ => return None,
        }
    }
    Some(match count + exponent {
        _ if count == 0 => 0.0,
        ..-330 => 0.0,
        311.. => f64::INFINITY,
        _ if count <= 19 => nearest(start, exponent),
        _ => {
            let (digits, rest) = digits(text);
            ratio(digits, exponent + rest)
        }
    })
}

/// What is behind the `e`.
fn power(text: &str) -> Option<i64> {
    /// Beyond the length of any text, so that no number of zeros makes up for it.
    const MOST: i64 = 1 << 60;
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() {
        return None;
    }
    let mut power = 0_i64;
    for byte in digits.bytes() {
        let digit = byte.checked_sub(b'0').filter(|digit| *digit < 10)?;
        power = power.saturating_mul(10).saturating_add(digit.into()).min(MOST);
    }
    Some(if text.starts_with('-') { -power } else { power })
}

/// The digits that count as one number, and how many more there are.
fn digits(text: &str) -> (Big, i64) {
    /// Tens that have room in a part.
    const MOST: u64 = 10_u64.pow(19);
    let digits = text.bytes().take_while(|byte| !matches!(byte, b'e' | b'E'));
    let digits = digits.filter(|byte| *byte != b'.').skip_while(|byte| *byte == b'0');
    let mut number = Big::new(0);
    let (mut part, mut tens) = (0, 1);
    let mut rest = 0;
    let mut more = false;
    for (index, byte) in digits.enumerate() {
        if index >= DIGITS {
            more |= byte > b'0';
            rest += 1;
            continue;
        }
        part = 10 * part + u64::from(byte - b'0');
        tens *= 10;
        if tens == MOST {
            number.multiply_add(tens, part);
            (part, tens) = (0, 1);
        }
    }
    number.multiply_add(tens, part);
    if more {
        number.multiply_add(10, 1);
        rest -= 1;
    }
    (number, rest)
}

/// The float nearest to `digits * 10^exponent`.
fn nearest(digits: u64, exponent: i64) -> f64 {
    // Both are floats without loss, and so the one operation rounds once (W. D. Clinger, 1990).
    if digits <= 1 << MANTISSA && exponent.unsigned_abs() <= 22 {
        let power = (0..exponent.unsigned_abs()).fold(1.0, |power, _| power * 10.0);
        let digits = digits as f64;
        return if exponent < 0 { digits / power } else { digits * power };
    }
    let power = u32::try_from(exponent.unsigned_abs()).unwrap_or(u32::MAX);
    let Some(five) = 5_u64.checked_pow(power).map(u128::from) else {
        return ratio(Big::new(digits), exponent);
    };
    let digits = u128::from(digits);
    if exponent >= 0 {
        return rounded(digits * five, true, exponent);
    }
    let shift = digits.leading_zeros();
    let above = digits << shift;
    rounded(above / five, above % five == 0, exponent - i64::from(shift))
}

/// The same for any number of digits.
fn ratio(mut above: Big, exponent: i64) -> f64 {
    let mut below = Big::new(1);
    if exponent < 0 { &mut below } else { &mut above }.multiply_five(exponent.unsigned_abs());
    // For a quotient of 63 or 64 bits.
    let shift = 63 + below.bits() - above.bits();
    if shift < 0 { &mut below } else { &mut above }.shift(shift.unsigned_abs());
    let (quotient, whole) = above.divide(below);
    rounded(quotient.into(), whole, exponent - shift)
}

/// The float nearest to `number * 2^two`, or to a little more where that is not the `whole` number. It has more bits than
/// a float.
fn rounded(number: u128, whole: bool, two: i64) -> f64 {
    let bits = i64::from(u128::BITS - number.leading_zeros());
    let drop = (bits - i64::from(MANTISSA)).max(LOWEST - two);
    let Ok(drop_bits @ 1..128) = u32::try_from(drop) else { return 0.0 };
    let kept = number >> drop_bits;
    let rest = number & ((1 << drop_bits) - 1);
    let half = 1 << (drop_bits - 1);
    let up = rest > half || rest == half && (!whole || kept & 1 == 1);
    // A carry out of the fraction belongs to the exponent, which lies above it.
    let fraction = kept as u64 + u64::from(up);
    let exponent = (two + drop - LOWEST).unsigned_abs();
    let bits = (exponent << (MANTISSA - 1)) + fraction;
    f64::from_bits(bits.min(f64::INFINITY.to_bits()))
}

/// The shortest decimal without an exponent that reads back as the same float, which is not negative; of several the
/// nearest.
pub(super) fn text(float: f64) -> String {
    let (digits, exponent) = shortest(float);
    let mut text = digits.to_string();
    if exponent >= 0 {
        text.extend(repeat_n('0', exponent as usize));
        return text;
    }
    let fraction = exponent.unsigned_abs() as usize;
    if fraction >= text.len() {
        let zeros: String = repeat_n('0', fraction + 1 - text.len()).collect();
        text.insert_str(0, &zeros);
    }
    text.insert(text.len() - fraction, '.');
    text
}

/// The shortest `digits * 10^exponent`.
fn shortest(float: f64) -> (u64, i64) {
    if float == 0.0 {
        return (0, 0);
    }
    let (nineteen, exponent) = nineteen(float);
    // Fifteen digits always come back, and so the zeros at their end say how many are needed. Only what has lost bits at
    // its lower end needs fewer to be told from its neighbours.
    let least = if float < f64::MIN_POSITIVE { 1 } else { 15 };
    for count in least..=17 {
        let unit = 10_u64.pow(19 - count);
        let (below, rest) = (nineteen / unit, nineteen % unit);
        let nearer = rest >= unit / 2;
        let exponent = exponent + i64::from(19 - count);
        for up in [nearer, !nearer] {
            let digits = below + u64::from(up);
            if nearest(digits, exponent) == float {
                return without_zeros(digits, exponent);
            }
        }
    }
    without_zeros(nineteen, exponent)
}

fn without_zeros(mut digits: u64, mut exponent: i64) -> (u64, i64) {
    while digits.is_multiple_of(10) {
        digits /= 10;
        exponent += 1;
    }
    (digits, exponent)
}

/// The first 19 digits, and the power of ten of the last.
fn nineteen(float: f64) -> (u64, i64) {
    let field = (float.to_bits() >> (MANTISSA - 1)).cast_signed();
    let hidden = u64::from(field > 0) << (MANTISSA - 1);
    let mantissa = float.to_bits() & ((1 << (MANTISSA - 1)) - 1) | hidden;
    let two = field.max(1) - 1 + LOWEST;
    // By the logarithm of two: too few digits at first, never too many.
    let mut ten = 17 - (((two + Big::new(mantissa).bits()) * 1233) >> 12);
    loop {
        let (mut above, mut below) = (Big::new(mantissa), Big::new(1));
        if ten < 0 { &mut below } else { &mut above }.multiply_five(ten.unsigned_abs());
        let shift = two + ten;
        if shift < 0 { &mut below } else { &mut above }.shift(shift.unsigned_abs());
        let (digits, _) = above.divide(below);
        if digits >= 10_u64.pow(18) {
            return (digits, -ten);
        }
        ten += 1;
    }
}

#[cfg(test)]
mod tests {
    use alloc::{format, string::ToString};

    use proptest::prelude::*;

    use super::*;

    /// What the standard library reads.
    fn standard(text: &str) -> Option<u64> {
        text.parse::<f64>().ok().map(f64::to_bits)
    }

    fn ours(text: &str) -> Option<u64> {
        parse(text).map(f64::to_bits)
    }

    #[test]
    fn reads_what_is_half_way_between_two_floats() {
        let long = format!("9007199254740993.{}1", "0".repeat(2000));
        let zeros = format!("0.{}123e400", "0".repeat(400));
        for text in [
            "9007199254740993",
            "9007199254740995",
            &long,
            &zeros,
            "2.4703282292062327208e-324",
            "2.4703282292062328e-324",
            "4.9406564584124654e-324",
            "2.2250738585072011e-308",
            "2.2250738585072014e-308",
            "1.7976931348623157e308",
            "1.7976931348623158e308",
            "1.7976931348623159e308",
            "1e310",
            "1e-400",
            "0e999999999999999999999",
            "1e-999999999999999999999",
            "123456789012345678901234567890e-40",
        ] {
            assert_eq!(ours(text), standard(text), "{text}");
        }
    }

    #[test]
    fn writes_the_ends_of_what_there_is() {
        for bits in [0, 1, 2, 3, (1 << 52) - 1, 1 << 52, (1 << 52) + 1, f64::MAX.to_bits()] {
            let float = f64::from_bits(bits);
            assert_eq!(text(float), float.to_string());
        }
        // The gap below a power of two is half as wide as the one above.
        for field in 1..2047_u64 {
            let float = f64::from_bits(field << 52);
            assert_eq!(text(float), float.to_string());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1024))]

        #[test]
        fn reads_as_the_standard_library(text in r"[0-9]{1,25}(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,3})?") {
            prop_assert_eq!(ours(&text), standard(&text));
        }

        #[test]
        fn reads_long_numbers_as_the_standard_library(
            text in r"[0-9]{760,820}(\.[0-9]{0,200}[1-9])?(e-[0-9]{3,4})?"
        ) {
            prop_assert_eq!(ours(&text), standard(&text));
        }

        #[test]
        fn refuses_what_the_standard_library_refuses(text in r"[0-9][0-9.eE+-]{0,8}[0-9eE+-]?") {
            prop_assert_eq!(ours(&text), standard(&text));
        }

        #[test]
        fn writes_as_the_standard_library(bits in 0..f64::INFINITY.to_bits(), short in 0..1_000_000_u32) {
            let short = f64::from(short) / 1000.0;
            for float in [f64::from_bits(bits), short, short * 0.1] {
                prop_assert_eq!(text(float), float.to_string());
                prop_assert_eq!(ours(&float.to_string()), Some(float.to_bits()));
            }
        }

        /// A decimal that lies exactly between two floats, and one just beside it.
        #[test]
        fn reads_half_ways_as_the_standard_library(bits in 0..f64::MAX.to_bits(), digit in 0..3_u32) {
            let (low, high) = (f64::from_bits(bits), f64::from_bits(bits + 1));
            let half = format!("{:.1100}{digit}", low / 2.0 + high / 2.0);
            let beside = format!("{low:.1100}{digit}");
            prop_assert_eq!(ours(&half), standard(&half));
            prop_assert_eq!(ours(&beside), standard(&beside));
        }
    }
}
