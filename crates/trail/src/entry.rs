//! One entry: its bytes checked against its kind, and the form in which it is served. Not the query fields: a
//! filter reads those from the bytes.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;

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
    /// The sender's own id, by which a repeated entry is known. Often the same as `id`.
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
    const FIRST_ID: u8 = 1;
    const SECOND_ID: u8 = 2;
    const TIME: u8 = 4;
    const RECEIPT: u8 = 8;
    const NEW_FORM: u8 = 16;

    const fn has(self, bit: u8) -> bool {
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
    /// Not JSON. `column` counts bytes from 1 on the line where reading stopped.
    NotJson {
        /// What was expected, in serde_json's words.
        message: String,
        /// Where reading stopped.
        column: usize,
    },
    /// JSON, but no object.
    NotAnObject,
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
            Self::NotJson { message, column } => {
                write!(f, "not JSON: {message} at column {column}")
            }
            Self::NotAnObject => f.write_str("an entry is a JSON object"),
            Self::TooLarge { bytes } => {
                write!(f, "{bytes} bytes, and an entry may have {SIZE_LIMIT}")
            }
            Self::NotText { member } => write!(f, "`{member}` is not text"),
            Self::EmptyId { member } => write!(f, "`{member}` is empty"),
            Self::LongId { member, bytes } => {
                write!(f, "`{member}` has {bytes} bytes, and an id may have {ID_LIMIT}")
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
/// `text` is one JSON value with no other text around it, at most white space.
///
/// # Errors
/// The first reason that speaks against the entry.
pub fn check<'a>(text: &'a str, kind: &Kind) -> Result<Entry<'a>, Reason> {
    let text = text.trim_matches([' ', '\t', '\n', '\r']);
    if text.len() > SIZE_LIMIT {
        return Err(Reason::TooLarge { bytes: text.len() });
    }
    let members = Members::read(text, kind)?;
    let mut lacks = Lacks::default();
    let mut id = None;
    for (member, bit) in kind.id_members.iter().zip([Lacks::FIRST_ID, Lacks::SECOND_ID]) {
        let found = members.id(member)?;
        lacks.set(bit, found.is_none());
        id = id.or(found);
    }
    let key = match kind.key_member {
        Some(member) => members.id(member)?.or_else(|| id.clone()),
        None => id.clone(),
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
        lacks.set(Lacks::RECEIPT, members.raw(member).is_none());
    }
    if kind.has_old_form() {
        lacks.set(Lacks::NEW_FORM, members.old_form);
    }
    Ok(Entry { bytes: text.as_bytes(), id, key, time, lacks })
}

/// The bytes under which an entry is served: its own, with what it lacks.
///
/// Members are added at the end, where JSON's rule that the last of two equal keys counts puts them before a `null`.
#[must_use]
pub fn served<'a>(
    bytes: &'a [u8],
    lacks: Lacks,
    kind: &Kind,
    id: &str,
    time: Millis,
    received: Millis,
) -> Cow<'a, [u8]> {
    if lacks == Lacks::default() {
        return Cow::Borrowed(bytes);
    }
    let bytes =
        if lacks.has(Lacks::NEW_FORM) { cerbos::new_form(bytes) } else { Cow::Borrowed(bytes) };
    let Some((b'}', head)) = bytes.split_last() else { return bytes };
    let head = head.trim_ascii_end();
    let mut out = Vec::with_capacity(bytes.len() + 160);
    out.extend_from_slice(head);
    let mut first = head == b"{";
    let mut add = |member: &str, value: &str| {
        if !std::mem::take(&mut first) {
            out.push(b',');
        }
        push_text(&mut out, member);
        out.push(b':');
        push_text(&mut out, value);
    };
    for (member, bit) in kind.id_members.iter().zip([Lacks::FIRST_ID, Lacks::SECOND_ID]) {
        if lacks.has(bit) {
            add(member, id);
        }
    }
    if let (Some(member), true) = (kind.time_member, lacks.has(Lacks::TIME)) {
        add(member, &time::rfc3339(time));
    }
    if let (Some(member), true) = (kind.receipt_member, lacks.has(Lacks::RECEIPT)) {
        add(member, &time::rfc3339(received));
    }
    out.push(b'}');
    Cow::Owned(out)
}

/// Appends a JSON string. An id of ours needs no escapes, but one that came in another member may.
fn push_text(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(serde_json::Value::from(text).to_string().as_bytes());
}

/// The members of an entry that its kind asks for, as they are written; of two equal ones the last.
struct Members<'a> {
    wanted: Vec<(&'static str, &'a RawValue)>,
    old_form: bool,
}

impl<'a> Members<'a> {
    fn read(text: &'a str, kind: &Kind) -> Result<Self, Reason> {
        let mut json = serde_json::Deserializer::from_str(text);
        let read =
            MembersOf(kind).deserialize(&mut json).and_then(|members| json.end().map(|()| members));
        let error = match read {
            Ok(members) => return Ok(members),
            Err(error) => error,
        };
        if error.is_data() && !text.starts_with('{') {
            // Another value, if the rest of it is in order.
            return Err(match serde_json::from_str::<IgnoredAny>(text) {
                Ok(_) => Reason::NotAnObject,
                Err(error) => not_json(&error),
            });
        }
        Err(not_json(&error))
    }

    /// The member's value, if it is there and not null.
    fn raw(&self, member: &str) -> Option<&'a RawValue> {
        let found = self.wanted.iter().rev().find(|(name, _)| *name == member);
        found.map(|(_, raw)| *raw).filter(|raw| raw.get() != "null")
    }

    fn text(&self, member: &'static str) -> Result<Option<String>, Reason> {
        let Some(raw) = self.raw(member) else { return Ok(None) };
        serde_json::from_str(raw.get()).map(Some).map_err(|_| Reason::NotText { member })
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

fn not_json(error: &serde_json::Error) -> Reason {
    let text = error.to_string();
    // serde_json ends its messages with the position, which has a field of its own here.
    let message =
        text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message).to_owned();
    Reason::NotJson { message, column: error.column() }
}

struct MembersOf<'k>(&'k Kind);

impl<'de> DeserializeSeed<'de> for MembersOf<'_> {
    type Value = Members<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for MembersOf<'_> {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let kind = self.0;
        let mut members = Members { wanted: Vec::new(), old_form: false };
        let mut has_new_form = false;
        while let Some(Key(key)) = map.next_key::<Key<'de>>()? {
            let asked = kind.id_members.iter().chain(&kind.key_member).chain(&kind.time_member);
            if let Some(name) = asked.chain(&kind.receipt_member).find(|name| **name == key) {
                members.wanted.push((name, map.next_value()?));
                continue;
            }
            members.old_form |= cerbos::OLD_MEMBERS.contains(&&*key);
            has_new_form |= cerbos::NEW_MEMBERS.contains(&&*key);
            map.next_value::<IgnoredAny>()?;
        }
        members.old_form &= !has_new_form;
        Ok(members)
    }
}

/// A key, borrowed where it has no escapes.
struct Key<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyText;
        impl<'de> Visitor<'de> for KeyText {
            type Value = Key<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(KeyText)
    }
}

#[cfg(test)]
mod tests {
    use trailsift_core::Schema;

    use super::*;

    fn kind(name: &str) -> &'static Kind {
        Kind::of(Schema::by_name(name).unwrap())
    }

    fn serve(text: &str, name: &str) -> String {
        let entry = check(text, kind(name)).unwrap();
        let id = entry.id.clone().unwrap_or_else(|| "NEW".to_owned());
        let time = entry.time.unwrap_or(1_000);
        let served = served(entry.bytes, entry.lacks, kind(name), &id, time, 2_000);
        String::from_utf8(served.into_owned()).unwrap()
    }

    #[test]
    fn a_complete_entry_is_served_as_it_came() {
        let text = r#"{"date":"2026-07-01T09:30:00.1234Z" , "log_id":"a","_id":"a","x":"\u0041"}"#;
        let entry = check(text, kind("auth0")).unwrap();
        assert_eq!((entry.id.as_deref(), entry.key.as_deref()), (Some("a"), Some("a")));
        assert_eq!(entry.time, time::parse("2026-07-01T09:30:00.123Z"));
        assert_eq!(serve(text, "auth0"), text);
    }

    #[test]
    fn what_is_missing_is_added_at_the_end() {
        assert_eq!(
            serve(r#" {"type":"s" } "#, "auth0"),
            r#"{"type":"s","log_id":"NEW","_id":"NEW","date":"1970-01-01T00:00:01.000Z"}"#
        );
        assert_eq!(
            serve(r#"{"log_id":"a\"b","date":"2026-07-01T09:30:00Z"}"#, "auth0"),
            r#"{"log_id":"a\"b","date":"2026-07-01T09:30:00Z","_id":"a\"b"}"#
        );
        assert_eq!(serve("{}", "fga"), r#"{"id":"NEW","timestamp":"1970-01-01T00:00:01.000Z"}"#);
        assert_eq!(
            serve(r#"{"event_id":"mine","occurred_at":"2026-07-01T09:30:00Z"}"#, "event"),
            r#"{"event_id":"mine","occurred_at":"2026-07-01T09:30:00Z","id":"NEW","received_at":"1970-01-01T00:00:02.000Z"}"#
        );
        assert_eq!(serve("{ }", "any"), "{ }");
    }

    #[test]
    fn null_is_absent_and_the_last_of_two_equal_members_counts() {
        let entry =
            check(r#"{"log_id":null,"date":"x","date":"2026-07-01T09:30:00Z"}"#, kind("auth0"))
                .unwrap();
        assert_eq!((entry.id, entry.time.is_some()), (None, true));
        let served = serve(r#"{"id":null}"#, "fga");
        let value: serde_json::Value = serde_json::from_str(&served).unwrap();
        assert_eq!(value["id"], "NEW");
    }

    #[test]
    fn escaped_keys_are_keys() {
        let entry = check(r#"{"log\u005fid":"a"}"#, kind("auth0")).unwrap();
        assert_eq!(entry.id.as_deref(), Some("a"));
    }

    #[test]
    fn the_senders_own_id_is_the_key() {
        let entry = check(r#"{"event_id":"mine","id":"theirs"}"#, kind("event")).unwrap();
        assert_eq!((entry.id.as_deref(), entry.key.as_deref()), (Some("theirs"), Some("mine")));
        let entry = check(r#"{"id":"theirs"}"#, kind("event")).unwrap();
        assert_eq!(entry.key.as_deref(), Some("theirs"));
    }

    #[test]
    fn reasons() {
        let reason = |text: &str, name: &str| check(text, kind(name)).unwrap_err().to_string();
        assert_eq!(reason("[1]", "any"), "an entry is a JSON object");
        assert_eq!(reason("17", "any"), "an entry is a JSON object");
        assert_eq!(reason("nul", "any"), "not JSON: EOF while parsing a value at column 3");
        assert_eq!(reason(r#"{"a":1,}"#, "any"), "not JSON: trailing comma at column 8");
        assert_eq!(
            reason(r#"{"a":1} {"a":2}"#, "any"),
            "not JSON: trailing characters at column 9"
        );
        assert_eq!(reason(r#"{"a":"#, "any"), "not JSON: EOF while parsing a value at column 5");
        assert_eq!(
            reason("{\"a\":\"\u{1}\"}", "any").split(" at").next(),
            Some("not JSON: control character (\\u0000-\\u001F) found while parsing a string")
        );
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
        assert!(matches!(check(&large, kind("any")), Err(Reason::TooLarge { .. })));
    }

    #[test]
    fn deep_nesting_is_no_danger() {
        let deep = format!(r#"{{"a":{}{}}}"#, "[".repeat(200_000), "]".repeat(200_000));
        assert!(check(&deep, kind("any")).is_ok());
        assert!(check(&"[".repeat(500_000), kind("any")).is_err());
    }
}
