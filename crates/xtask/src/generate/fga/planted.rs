//! Entries about the examples of the vendor's announcement, `document:annual_report` and `user:Anne`, and
//! others that differ from them in a letter or in the operation. Every run long enough holds each once, so
//! that the announcement's queries have a known, small answer.

/// The object that the announcement asks about.
pub(super) const OBJECT: &str = "document:annual_report";
/// The user that the announcement asks about.
pub(super) const USER: &str = "user:Anne";

/// One planted entry: who is related to what, and in which call that occurs.
pub(super) struct Planted {
    pub(super) call: Call,
    pub(super) user: &'static str,
    pub(super) relation: &'static str,
    pub(super) object: &'static str,
}

/// The call, and where in it the tuple stands.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Call {
    /// A check of the tuple, with its answer.
    Check(bool),
    /// One item of a batch of checks.
    BatchCheck,
    /// The only tuple written.
    Write,
    /// One of several tuples written, neither the first nor the last.
    WriteAmongOthers,
    /// A tuple deleted.
    Delete,
    /// Deleted and written in one call, to change the relation.
    Replace,
    /// A write that was refused: it is logged like any other call.
    RefusedWrite,
    Read,
    Expand,
    ListObjects,
}

impl Call {
    pub(super) fn writes(self) -> bool {
        use Call::{Delete, RefusedWrite, Replace, Write, WriteAmongOthers};
        matches!(self, Write | WriteAmongOthers | Delete | Replace | RefusedWrite)
    }
}

const fn planted(
    call: Call,
    user: &'static str,
    relation: &'static str,
    object: &'static str,
) -> Planted {
    Planted { call, user, relation, object }
}

#[rustfmt::skip]
pub(super) const PLANTED: [Planted; 26] = [
    planted(Call::Check(true), USER, "reader", OBJECT),
    planted(Call::Write, "user:bruno", "viewer", OBJECT),
    planted(Call::Check(false), USER, "owner", "document:board_minutes"),
    planted(Call::Write, USER, "viewer", "document:annual_report_2025"),
    planted(Call::WriteAmongOthers, USER, "editor", OBJECT),
    planted(Call::Check(true), "user:Anneliese", "reader", OBJECT),
    planted(Call::Delete, "user:mallory", "owner", OBJECT),
    planted(Call::Check(true), USER, "viewer", "folder:finance"),
    planted(Call::BatchCheck, USER, "reader", OBJECT),
    planted(Call::Replace, "group:auditors#member", "reader", OBJECT),
    planted(Call::Check(false), "user:anne", "reader", OBJECT),
    planted(Call::WriteAmongOthers, USER, "viewer", "document:annual_reports"),
    planted(Call::Check(true), USER, "reader", "project:apollo"),
    planted(Call::Read, USER, "reader", OBJECT),
    planted(Call::RefusedWrite, "user:mallory", "owner", OBJECT),
    planted(Call::Check(true), USER, "reader", OBJECT),
    planted(Call::ListObjects, USER, "reader", "document"),
    planted(Call::Check(false), USER, "editor", OBJECT),
    planted(Call::Delete, USER, "reader", "folder:annual_report"),
    planted(Call::Expand, USER, "reader", OBJECT),
    planted(Call::Write, "user:*", "viewer", OBJECT),
    planted(Call::Check(true), "user:Anne Marie", "reader", "document:handbook"),
    planted(Call::Check(false), USER, "reader", "document:annual_report_2025"),
    planted(Call::Write, USER, "member", "group:auditors"),
    planted(Call::WriteAmongOthers, "user:Anneliese", "viewer", OBJECT),
    planted(Call::Delete, USER, "reader", OBJECT),
];
