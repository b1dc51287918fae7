//! Ids that the trail gives to entries that bring none, in the form of each vendor. Not a source of randomness.
//!
//! Both forms begin with the time of receipt and go on with the sequence number, so that ids of one trail ascend with
//! its sequence, within a batch too, without any state; the rest is random, so that ids of two trails never meet.

use crate::time::{self, Millis};

/// Crockford's base 32: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const ULID_LENGTH: usize = 26;

/// Which form ids have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// 26 characters: FGA, Cerbos, app events.
    Ulid,
    /// 56 decimal digits: Auth0.
    LogId,
}

impl Form {
    /// An id for the entry with number `sequence`, received at `received`.
    #[must_use]
    pub fn make(self, received: Millis, sequence: u64, random: u64) -> String {
        match self {
            Self::Ulid => ulid(received, sequence, random),
            Self::LogId => log_id(received, sequence, random),
        }
    }
}

/// A ULID: 48 bits of milliseconds, then 40 bits of sequence and 40 random ones.
#[must_use]
pub fn ulid(received: Millis, sequence: u64, random: u64) -> String {
    const FORTY: u64 = (1 << 40) - 1;
    let millis = u128::from(received.max(0).unsigned_abs() & ((1 << 48) - 1));
    let bits = millis << 80 | u128::from(sequence & FORTY) << 40 | u128::from(random & FORTY);
    (0..ULID_LENGTH)
        .rev()
        .map(|digit| {
            let index = (bits >> (5 * digit)) & 31;
            usize::try_from(index)
                .ok()
                .and_then(|index| ALPHABET.get(index))
                .map_or('0', |byte| char::from(*byte))
        })
        .collect()
}

/// Whether a text has a ULID's form: `^[0-9A-HJKMNP-TV-Z]{26}$`, as both FGA and Cerbos write it.
#[must_use]
pub fn is_ulid(text: &str) -> bool {
    text.len() == ULID_LENGTH && text.bytes().all(|byte| ALPHABET.contains(&byte))
}

/// Auth0's form: `900`, the time of receipt in 17 digits, and a suffix of 36 (here 16 of sequence, 20 random).
#[must_use]
pub fn log_id(received: Millis, sequence: u64, random: u64) -> String {
    format!("900{}{:016}{random:020}", time::compact(received), sequence % 10_000_000_000_000_000)
}

/// The time that an id in Auth0's form encodes: `900` and 14 or more digits, of which up to three after the 14th are
/// decimals of a second. Clients invent such ids to start at a date, of any length.
#[must_use]
pub fn log_id_time(id: &str) -> Option<Millis> {
    let digits = id.strip_prefix("900")?;
    if digits.len() < 14 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = digits.get(..17).unwrap_or(digits);
    time::parse_compact(&format!("{digits:0<17}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Millis = 1_781_000_000_123;

    #[test]
    fn widths_and_alphabets() {
        for random in [0, 1, u64::MAX] {
            assert!(is_ulid(&ulid(AT, 7, random)));
            let id = log_id(AT, 7, random);
            assert_eq!(id.len(), 56);
            assert_eq!(log_id_time(&id), Some(AT));
        }
    }

    #[test]
    fn a_known_ulid() {
        // The time part of the specification's own example.
        assert!(ulid(1_469_922_850_259, 0, 0).starts_with("01ARZ3NDEK"));
    }

    #[test]
    fn ids_ascend_with_the_sequence_whatever_the_random_part() {
        for form in [Form::Ulid, Form::LogId] {
            let ids = [form.make(AT, 9, u64::MAX), form.make(AT, 10, 0), form.make(AT + 1, 11, 0)];
            assert!(ids.is_sorted(), "{ids:?}");
        }
    }

    #[test]
    fn invented_ids_have_a_time() {
        let invented = format!("90020231204100000{}", "0".repeat(39));
        assert_eq!(log_id_time(&invented), time::parse("2023-12-04T10:00:00Z"));
        for (id, text) in [
            ("90020231204100000", "2023-12-04T10:00:00Z"),
            ("9002023120410000012", "2023-12-04T10:00:00.12Z"),
            ("90020231204100000123", "2023-12-04T10:00:00.123Z"),
            (&format!("{invented}0"), "2023-12-04T10:00:00Z"),
        ] {
            assert_eq!(log_id_time(id), time::parse(text), "{id}");
        }
    }

    #[test]
    fn other_texts_have_none() {
        for id in [
            "",
            "900",
            "9002023120410000",
            "90020231304100000",
            "9002023120410000x",
            &"9".repeat(56),
            &"1".repeat(56),
            &format!("900{}", "é".repeat(27)),
        ] {
            assert_eq!(log_id_time(id), None, "{id}");
        }
        for id in [
            "",
            "01arz3ndektsv4rrffq69g5fav",
            "01ARZ3NDEKTSV4RRFFQ69G5FAI",
            "01ARZ3NDEKTSV4RRFFQ69G5FA",
        ] {
            assert!(!is_ulid(id), "{id}");
        }
    }
}
