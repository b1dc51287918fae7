//! One entry: what it brings, checked against its kind. Not what JSON is, which the engine says for all of Trailsift;
//! not the form in which it is served, see [`crate::served`]; not the query fields, which a filter reads from the bytes.

use std::fmt;

use trailsift_core::Value as _;
use trailsift_engine::{json::Json, split::BrokenReason};

use crate::{
    cerbos,
    kind::Kind,
    time::{self, Millis},
};

/// The longest entry, in bytes.
pub const SIZE_LIMIT: usize = 1 << 20;

/// The longest id that an entry may bring, in bytes. A vendor's has 26 or 56.
pub const ID_LIMIT: usize = 256;

/// A checked entry of a batch, borrowing the batch's body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The bytes as they came: one JSON object.
    pub bytes: &'a [u8],
    /// The id under which the entry is served, if it brings one.
    pub id: Option<String>,
    /// The sender's own id, by which a repeated entry is known, where its kind keeps that apart from `id` and the
    /// entry brings it. An entry without is known by `id`.
    pub key: Option<String>,
    /// The entry's own time, if it brings one.
    pub time: Option<Millis>,
    /// What has to be added when the entry is served.
    pub lacks: Lacks,
}

/// What the bytes of an entry do not hold, and so is added whenever the entry is served. One byte of a stored chunk:
/// the bits never change their meaning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lacks(pub u8);

impl Lacks {
    pub(crate) const FIRST_ID: u8 = 1;
    pub(crate) const SECOND_ID: u8 = 2;
    pub(crate) const TIME: u8 = 4;
    pub(crate) const RECEIPT: u8 = 8;
    pub(crate) const NEW_FORM: u8 = 16;

    pub(crate) const fn has(self, bit: u8) -> bool {
        self.0 & bit != 0
    }

    fn set(&mut self, bit: u8, on: bool) {
        if on {
            self.0 |= bit;
        }
    }
}

/// Why an entry is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Not JSON, or no object.
    Broken {
        /// What the engine says of it.
        reason: BrokenReason,
        /// Where it stops being an entry, in bytes from the start of the body.
        offset: u64,
    },
    /// Longer than [`SIZE_LIMIT`].
    TooLarge {
        /// Its length in bytes.
        bytes: usize,
    },
    /// A member that has to be text is something else.
    NotText {
        /// The member.
        member: &'static str,
    },
    /// A member that has to be text holds half of a surrogate pair, which no text does.
    NotUnicode {
        /// The member.
        member: &'static str,
    },
    /// An id of no characters.
    EmptyId {
        /// The member.
        member: &'static str,
    },
    /// An id longer than [`ID_LIMIT`].
    LongId {
        /// The member.
        member: &'static str,
        /// Its length in bytes.
        bytes: usize,
    },
    /// An id under which another entry is served, and this one brings a key of its own that says that it is not the
    /// same.
    TakenId {
        /// The id.
        id: String,
    },
    /// No time, and entries of this kind need one of their own.
    NoTime {
        /// The member.
        member: &'static str,
    },
    /// A time that is none.
    BadTime {
        /// The member.
        member: &'static str,
        /// What it holds, cut short.
        text: String,
    },
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Broken { reason: BrokenReason::Json(reason), offset } => {
                write!(f, "not JSON: {reason} (at byte {offset})")
            }
            Self::Broken { reason, .. } => reason.fmt(f),
            Self::TooLarge { bytes } => {
                write!(f, "{bytes} bytes, and an entry may have {SIZE_LIMIT}")
            }
            Self::NotText { member } => write!(f, "`{member}` is not text"),
            Self::NotUnicode { member } => {
                write!(f, "`{member}` holds half of a surrogate pair, which is no character")
            }
            Self::EmptyId { member } => write!(f, "`{member}` is empty"),
            Self::LongId { member, bytes } => {
                write!(f, "`{member}` has {bytes} bytes, and an id may have {ID_LIMIT}")
            }
            Self::TakenId { id } => {
                write!(f, "the id `{}` belongs to another entry", id.escape_debug())
            }
            Self::NoTime { member } => write!(f, "`{member}` is missing"),
            Self::BadTime { member, text } => {
                write!(f, "`{member}` is `{text}`, not a date such as 2026-07-01T09:30:00.000Z")
            }
        }
    }
}

/// Checks one entry.
///
/// `bytes` are what [`trailsift_engine::split`] calls an entry: one whole JSON object.
///
/// # Errors
/// The first reason that speaks against the entry.
pub fn check<'a>(bytes: &'a [u8], kind: &Kind) -> Result<Entry<'a>, Reason> {
    if bytes.len() > SIZE_LIMIT {
        return Err(Reason::TooLarge { bytes: bytes.len() });
    }
    let members = Members::read(Json::new(bytes), kind);
    let mut lacks = Lacks::default();
    let mut id = None;
    for (member, bit) in kind.id_members.iter().zip([Lacks::FIRST_ID, Lacks::SECOND_ID]) {
        let found = members.id(member)?;
        lacks.set(bit, found.is_none());
        id = id.or(found);
    }
    let key = match kind.key_member {
        Some(member) => members.id(member)?,
        None => None,
    };
    let time = match kind.time_member {
        Some(member) => members.time(member)?,
        None => None,
    };
    if let (None, Some(member)) = (time, kind.time_member) {
        if kind.time_required {
            return Err(Reason::NoTime { member });
        }
        lacks.set(Lacks::TIME, true);
    }
    if let Some(member) = kind.receipt_member {
        lacks.set(Lacks::RECEIPT, members.value(member).is_none());
    }
    if kind.has_old_form() {
        lacks.set(Lacks::NEW_FORM, members.old_form);
    }
    Ok(Entry { bytes, id, key, time, lacks })
}

/// The members of an entry that its kind asks for, in their order.
struct Members<'a> {
    wanted: Vec<(&'static str, Json<'a>)>,
    old_form: bool,
}

impl<'a> Members<'a> {
    fn read(entry: Json<'a>, kind: &Kind) -> Self {
        let mut wanted = Vec::new();
        let (mut has_old_form, mut has_new_form) = (false, false);
        for (key, value) in entry.members() {
            let is_key = |name: &&str| name.as_bytes() == &*key;
            let asked = kind.id_members.iter().chain(&kind.key_member).chain(&kind.time_member);
            if let Some(name) = asked.chain(&kind.receipt_member).find(|name| is_key(name)) {
                wanted.push((*name, value));
            }
            has_old_form |= cerbos::OLD_MEMBERS.iter().any(is_key);
            has_new_form |= cerbos::NEW_MEMBERS.iter().any(is_key);
        }
        Self { wanted, old_form: has_old_form && !has_new_form }
    }

    /// The last member of that name, if it is not null.
    fn value(&self, member: &str) -> Option<Json<'a>> {
        let found = self.wanted.iter().rev().find(|(name, _)| *name == member);
        found.map(|(_, value)| *value).filter(|value| value.bytes() != b"null")
    }

    fn text(&self, member: &'static str) -> Result<Option<String>, Reason> {
        let Some(value) = self.value(member) else { return Ok(None) };
        let text = value.text().ok_or(Reason::NotText { member })?;
        String::from_utf8(text.into_owned()).map(Some).map_err(|_| Reason::NotUnicode { member })
    }

    fn id(&self, member: &'static str) -> Result<Option<String>, Reason> {
        match self.text(member)? {
            Some(id) if id.is_empty() => Err(Reason::EmptyId { member }),
            Some(id) if id.len() > ID_LIMIT => Err(Reason::LongId { member, bytes: id.len() }),
            id => Ok(id),
        }
    }

    fn time(&self, member: &'static str) -> Result<Option<Millis>, Reason> {
        let Some(text) = self.text(member)? else { return Ok(None) };
        match time::parse(&text) {
            Some(time) => Ok(Some(time)),
            None => Err(Reason::BadTime { member, text: text.chars().take(64).collect() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use trailsift_core::Schema;

    use super::*;

    fn kind(name: &str) -> &'static Kind {
        Kind::of(Schema::by_name(name).unwrap())
    }

    fn checked<'a>(text: &'a str, name: &str) -> Entry<'a> {
        check(text.as_bytes(), kind(name)).unwrap()
    }

    #[test]
    fn what_an_entry_brings() {
        let text = r#"{"date":"2026-07-01T09:30:00.1234Z" , "log_id":"a","_id":"a","x":"\u0041"}"#;
        let entry = checked(text, "auth0");
        assert_eq!((entry.id.as_deref(), entry.key, entry.lacks), (Some("a"), None, Lacks(0)));
        assert_eq!(entry.time, time::parse("2026-07-01T09:30:00.123Z"));
        assert_eq!(entry.bytes, text.as_bytes());
    }

    #[test]
    fn null_is_absent_and_the_last_of_two_equal_members_counts() {
        let text = r#"{"log_id":null,"date":"x","date":"2026-07-01T09:30:00Z"}"#;
        let entry = checked(text, "auth0");
        assert_eq!((entry.id, entry.time.is_some()), (None, true));
    }

    #[test]
    fn escaped_keys_are_keys() {
        assert_eq!(checked(r#"{"log\u005fid":"a"}"#, "auth0").id.as_deref(), Some("a"));
    }

    #[test]
    fn the_senders_own_id_is_the_key() {
        let entry = checked(r#"{"event_id":"mine","id":"theirs"}"#, "event");
        assert_eq!((entry.id.as_deref(), entry.key.as_deref()), (Some("theirs"), Some("mine")));
        let entry = checked(r#"{"id":"theirs"}"#, "event");
        assert_eq!((entry.id.as_deref(), entry.key), (Some("theirs"), None));
    }

    #[test]
    fn half_a_surrogate_pair_is_no_part_of_an_id_but_may_stand_elsewhere() {
        let entry = checked(r#"{"\ud800":"\udfff","log_id":"\ud83e\udd80"}"#, "auth0");
        assert_eq!(entry.id.as_deref(), Some("\u{1f980}"));
        let refused = check(br#"{"log_id":"\ud800"}"#, kind("auth0"));
        assert_eq!(refused, Err(Reason::NotUnicode { member: "log_id" }));
    }

    #[test]
    fn reasons() {
        let reason =
            |text: &str, name: &str| check(text.as_bytes(), kind(name)).unwrap_err().to_string();
        assert_eq!(reason(r#"{"log_id":7}"#, "auth0"), "`log_id` is not text");
        assert_eq!(reason(r#"{"log_id":""}"#, "auth0"), "`log_id` is empty");
        assert_eq!(reason(r#"{"callId":"a"}"#, "cerbos-access"), "`timestamp` is missing");
        assert_eq!(
            reason(r#"{"date":"yesterday"}"#, "auth0"),
            "`date` is `yesterday`, not a date such as 2026-07-01T09:30:00.000Z"
        );
        assert_eq!(reason(r#"{"date":1}"#, "auth0"), "`date` is not text");
        let long = format!(r#"{{"log_id":"{}"}}"#, "a".repeat(ID_LIMIT + 1));
        assert_eq!(reason(&long, "auth0"), "`log_id` has 257 bytes, and an id may have 256");
        let large = format!(r#"{{"a":"{}"}}"#, "a".repeat(SIZE_LIMIT));
        assert!(matches!(check(large.as_bytes(), kind("any")), Err(Reason::TooLarge { .. })));
    }
}
