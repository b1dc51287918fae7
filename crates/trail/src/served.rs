//! The form in which an entry is served: its own bytes, with what they lack. Not how what is lacking is found: that is
//! [`crate::entry`]'s.

use std::borrow::Cow;

use crate::{
    cerbos,
    entry::Lacks,
    kind::Kind,
    time::{self, Millis},
};

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

#[cfg(test)]
mod tests {
    use trailsift_core::Schema;

    use super::*;
    use crate::entry::check;

    fn serve(text: &str, name: &str) -> String {
        let kind = Kind::of(Schema::by_name(name).unwrap());
        let entry = check(text.as_bytes(), kind).unwrap();
        let id = entry.id.clone().unwrap_or_else(|| "NEW".to_owned());
        let time = entry.time.unwrap_or(1_000);
        let served = served(entry.bytes, entry.lacks, kind, &id, time, 2_000);
        String::from_utf8(served.into_owned()).unwrap()
    }

    #[test]
    fn a_complete_entry_is_served_as_it_came() {
        let text = r#"{"date":"2026-07-01T09:30:00.1234Z" , "log_id":"a","_id":"a","x":"\u0041"}"#;
        assert_eq!(serve(text, "auth0"), text);
    }

    #[test]
    fn what_is_missing_is_added_at_the_end() {
        assert_eq!(
            serve(r#"{"type":"s" }"#, "auth0"),
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
    fn a_null_is_replaced() {
        let served = serve(r#"{"id":null}"#, "fga");
        let value: serde_json::Value = serde_json::from_str(&served).unwrap();
        assert_eq!(value["id"], "NEW");
    }
}
