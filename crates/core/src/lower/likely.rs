//! What was likely meant by a date, an address or a whole query that is written in another way than ours.

use alloc::{
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};

use core::net::Ipv4Addr;

use crate::{Number, Timestamp, address::AddressRange, time::evaluate};

/// The dates that were likely meant, the likeliest first.
pub(super) fn dates(text: &str) -> Vec<String> {
    let lower = text.to_ascii_lowercase();
    let compact: String = lower.chars().filter(|c| !c.is_whitespace()).collect();
    // A slash within a date is no sign of a range.
    let range = ["..", "--", "~", "/"].iter().find_map(|sign| {
        let (low, high) = text.split_once(sign)?;
        let [low, high] = [low, high].map(|bound| real(bound.trim_matches('.').into()));
        Some(format!("[{} TO {}]", low?, high?))
    });
    if let Some(range) = range {
        return vec![range];
    }
    match compact.as_str() {
        "today" => return vec!["now/d".into()],
        "yesterday" => return vec!["now-1d/d".into()],
        "tomorrow" => return vec!["now+1d/d".into()],
        _ if compact.starts_with(['-', '+']) => {
            return real(arithmetic(&format!("now{compact}"))).into_iter().collect();
        }
        _ if compact.starts_with("now") => return real(arithmetic(&compact)).into_iter().collect(),
        _ => {}
    }
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return of_digits(text).into_iter().collect();
    }
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    let date = |year: &str, month: &str, day: &str| {
        // The last day of a shorter month, where there is no such day.
        let days = [day, "30", "29", "28"];
        let last = |day: &&str| *day == days[0] || matches!(days[0], "29" | "30" | "31");
        days.iter()
            .filter(|day| last(day))
            .find_map(|day| real(format!("{year}-{month:0>2}-{day:0>2}")))
    };
    match parts.as_slice() {
        [year, month, day] if year.len() == 4 => date(year, month, day).into_iter().collect(),
        // The day or the month first: both, where both are dates.
        [first, second, year] if year.len() == 4 => {
            let mut dates: Vec<String> = [date(year, second, first), date(year, first, second)]
                .into_iter()
                .flatten()
                .collect();
            dates.dedup();
            dates
        }
        // As far as it is a date.
        [year, ..] if year.len() == 4 => {
            let month = text.get(..7).and_then(|month| real(month.into()));
            month.or_else(|| real((*year).into())).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// Seconds or milliseconds since 1970, told apart by their length; or a day without its dashes.
fn of_digits(text: &str) -> Option<String> {
    let number: i64 = text.parse().ok()?;
    match text.len() {
        10 => Some(Timestamp { seconds: number, nanos: 0 }.to_string()),
        13 => Some(Timestamp::from_millis(number).to_string()),
        _ => {
            let (year, rest) = text.split_at_checked(4)?;
            let (month, day) = rest.split_at_checked(2)?;
            real(format!("{year}-{month}-{day}"))
        }
    }
}

/// `now-7days` as `now-7d`: of each word its first letter, and of `month` and `minute` the right one.
fn arithmetic(compact: &str) -> String {
    let mut out = String::from("now");
    let mut rest = compact.get(3..).unwrap_or_default();
    while let Some(c) = rest.chars().next() {
        let word = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
        if word == 0 {
            out.push(c);
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        } else {
            out.push(if rest.starts_with("mo") { 'M' } else { c });
            rest = rest.get(word..).unwrap_or_default();
        }
    }
    out
}

/// The text, if it is a date; whatever the clock says.
fn real(text: String) -> Option<String> {
    matches!(evaluate(&text, Some(Timestamp::from_millis(0))), Ok(Some(_))).then_some(text)
}

/// The addresses that were likely meant: a range, or all that begin so.
pub(super) fn addresses(text: &str) -> Option<String> {
    let is = |text: &str| AddressRange::parse(text).is_some();
    if let Some((first, last)) = text.split_once('-').or_else(|| text.split_once("..")) {
        return (is(first) && is(last)).then(|| format!("[{first} TO {last}]"));
    }
    let given = text.trim_end_matches('.');
    let numbers = given.split('.').count();
    let zeros = format!("{given}{}", ".0".repeat(4_usize.saturating_sub(numbers)));
    (numbers < 4 && is(&zeros)).then(|| format!("{given}.*"))
}

/// The numbers that were likely meant: `4xx`, `400-499`, `100ms`.
pub(super) fn numbers(text: &str) -> Option<String> {
    let number = |text: &str| Number::parse(text).is_some();
    if let Some(first) = text.strip_suffix("xx").filter(|first| first.len() == 1 && number(first)) {
        return Some(format!("[{first}00 TO {first}99]"));
    }
    let range = text.split_once("..").or_else(|| text.split_once('-'));
    if let Some((low, high)) = range {
        return (number(low) && number(high)).then(|| format!("[{low} TO {high}]"));
    }
    let bare = text.trim_end_matches(|c: char| c.is_alphabetic());
    (bare != text && number(bare)).then(|| bare.to_string())
}

/// The truth value that was likely meant.
pub(super) fn truths(text: &str) -> Option<&'static str> {
    match &*text.to_ascii_lowercase() {
        "true" | "yes" | "y" | "on" | "1" => Some("true"),
        "false" | "no" | "n" | "off" | "0" => Some("false"),
        _ => None,
    }
}

/// What was encoded for an address, where a colon is; a plus sign is a space there.
pub(super) fn decoded(text: &str) -> Option<String> {
    if !text.contains("%3A") && !text.contains("%3a") {
        return None;
    }
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'%' => {
                let mut digit = || char::from(bytes.next()?).to_digit(16);
                u8::try_from(16 * digit()? + digit()?).ok()?
            }
            b'+' => b' ',
            byte => byte,
        });
    }
    String::from_utf8(out).ok()
}

/// The network or the address that was likely meant.
pub(super) fn network(text: &str) -> Option<String> {
    let (address, prefix) = text.split_once('/').unwrap_or((text, ""));
    // A mask: as many bits as it begins with.
    let mask =
        prefix.parse::<Ipv4Addr>().ok().map(|mask| mask.to_bits().leading_ones().to_string());
    let prefix = mask.as_deref().unwrap_or(prefix);
    if prefix.contains('/') {
        return None;
    }
    let address = address.trim_matches(['[', ']']);
    let numbers = address.split('.').filter(|part| !part.is_empty()).count();
    let four = !address.contains(':') && (1..=4).contains(&numbers);
    let most = if four { 32 } else { 128 };
    let whole = if four && numbers < 4 {
        let given = address.trim_matches('.');
        format!("{given}{}", ".0".repeat(4 - numbers))
    } else {
        address.to_string()
    };
    let fixed = match prefix.parse::<u32>() {
        Ok(bits) => format!("{whole}/{}", bits.min(most)),
        Err(_) if numbers < 4 && four => format!("{whole}/{}", 8 * numbers),
        Err(_) => whole,
    };
    (fixed != text && AddressRange::parse(&fixed).is_some()).then_some(fixed)
}

/// A network as the prefix that the vendor's service knows: `10.1.0.0/16` is `10.1.*`.
pub(super) fn prefix_of(network: &str) -> Option<String> {
    let (address, bits) = network.split_once('/')?;
    let numbers = match bits {
        "8" => 1,
        "16" => 2,
        "24" => 3,
        _ => return None,
    };
    let kept: Vec<&str> = address.split('.').take(numbers).collect();
    (!address.contains(':') && kept.len() == numbers).then(|| format!("{}.*", kept.join(".")))
}
