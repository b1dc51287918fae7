//! What the trail knows about a kind of log beyond its [`Schema`]: where ids live, which form they have, what an entry
//! may leave to the receipt. Not the fields a query may name: those are the schema's.

use trailsift_core::Schema;

use crate::ids::{self, Form};

/// A kind of log, as the trail sees it.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    schema: &'static str,
    /// Top-level members that hold the id under which the entry is served; the first that is present counts, and all
    /// that are absent are added when the entry is served.
    pub id_members: &'static [&'static str],
    /// The top-level member that holds the sender's own id, where that is another one.
    pub key_member: Option<&'static str>,
    /// The top-level member that holds the entry's own time.
    pub time_member: Option<&'static str>,
    /// Whether an entry without a time is refused; otherwise it is taken with the time of its receipt. Cerbos has no
    /// entry without one, and a list by time would be wrong if we invented it.
    pub time_required: bool,
    /// A member in which the time of receipt is served when the entry does not have it itself.
    pub receipt_member: Option<&'static str>,
    /// The form of the ids that the trail gives.
    pub id_form: Form,
}

const KINDS: &[Kind] = &[
    Kind {
        schema: "auth0",
        // Real entries hold the same id twice.
        id_members: &["log_id", "_id"],
        key_member: None,
        time_member: Some("date"),
        time_required: false,
        receipt_member: None,
        id_form: Form::LogId,
    },
    Kind {
        schema: "fga",
        id_members: &["id"],
        key_member: None,
        time_member: Some("timestamp"),
        time_required: false,
        receipt_member: None,
        id_form: Form::Ulid,
    },
    Kind {
        schema: "cerbos-access",
        id_members: &["callId"],
        key_member: None,
        time_member: Some("timestamp"),
        time_required: true,
        receipt_member: None,
        id_form: Form::Ulid,
    },
    Kind {
        schema: "cerbos-decision",
        id_members: &["callId"],
        key_member: None,
        time_member: Some("timestamp"),
        time_required: true,
        receipt_member: None,
        id_form: Form::Ulid,
    },
    Kind {
        schema: "event",
        id_members: &["id"],
        key_member: Some("event_id"),
        time_member: Some("occurred_at"),
        time_required: false,
        receipt_member: Some("received_at"),
        id_form: Form::Ulid,
    },
];

/// A log without a schema: nothing is looked for in its entries and nothing is added to them.
static ANY: Kind = Kind {
    schema: "any",
    id_members: &[],
    key_member: None,
    time_member: None,
    time_required: false,
    receipt_member: None,
    id_form: Form::Ulid,
};

impl Kind {
    /// The kind of log with that schema's name.
    #[must_use]
    pub fn of(schema: &Schema) -> &'static Self {
        KINDS.iter().find(|kind| kind.schema == schema.name()).unwrap_or(&ANY)
    }

    /// The schema's name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.schema
    }

    /// Whether entries may have the form that Cerbos stored before it knew two kinds of decisions, see
    /// [`crate::cerbos`].
    #[must_use]
    pub fn has_old_form(&self) -> bool {
        self.schema == "cerbos-decision"
    }
}

/// The longest name that a trail may have, in bytes.
pub const NAME_LIMIT: usize = 64;

/// The trail of who read what. The server alone writes it.
pub const ACCESS_LOG: &str = "access-log";

/// Whether a trail may have this name: 1 to 64 of `A-Z a-z 0-9 . _ -`, the first no dot.
#[must_use]
pub fn is_trail_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= NAME_LIMIT
        && !name.starts_with('.')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

/// The schema of a trail that a vendor's surface reads: that surface finds it by its name, so that it can have no other.
#[must_use]
pub fn vendor_schema(trail: &str) -> Option<&'static str> {
    match trail {
        "auth0" => Some("auth0"),
        "access" => Some("cerbos-access"),
        "decision" => Some("cerbos-decision"),
        // The store's id, which is what the FGA surface asks for.
        name if ids::is_ulid(name) => Some("fga"),
        _ => None,
    }
}

/// The schema of a trail whose first append names none: it follows from the trail's name.
#[must_use]
pub fn default_schema(trail: &str) -> &'static str {
    vendor_schema(trail).unwrap_or("event")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_schema_and_agrees_with_it() {
        for kind in KINDS {
            let schema = Schema::by_name(kind.schema).unwrap();
            assert_eq!(Kind::of(schema), kind);
            assert_eq!(schema.time_field(), kind.time_member);
            let id = kind.key_member.or(kind.id_members.first().copied());
            assert_eq!(schema.id_field(), id);
        }
        assert_eq!(Kind::of(Schema::by_name("any").unwrap()), &ANY);
    }

    #[test]
    fn names() {
        for name in ["auth0", "a", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "app.events_2-x"] {
            assert!(is_trail_name(name), "{name}");
        }
        for name in ["", ".x", "a/b", "a b", "ä", &"a".repeat(65), "a\0b"] {
            assert!(!is_trail_name(name), "{name}");
        }
        assert_eq!(default_schema("01ARZ3NDEKTSV4RRFFQ69G5FAV"), "fga");
        assert_eq!((vendor_schema("billing"), default_schema("billing")), (None, "event"));
    }
}
