//! Access log entries: which call came from where, and how it ended.

use super::calls::{Call, Calls, Kind};
use super::{Detail, metadata, peer, policy_source};
use crate::generate::Source;
use crate::generate::clock::Millis;
use crate::generate::json::Line;
use crate::generate::random::Random;
use crate::generate::truth::Truth;

/// The state of one run.
pub(crate) struct Access(Calls);

impl Access {
    pub(crate) fn new(seed: u64) -> Access {
        Access(Calls::new(seed))
    }
}

impl Source for Access {
    fn write(&mut self, slot: Millis, line: &mut Line, truth: &mut Truth) {
        let call = self.0.next(slot);
        let mut random = Random::new(call.salt, 1);
        let (method, status) = method(&call, &mut random);
        line.ascii = random.permille(80);
        line.open();
        line.text("callId", &call.id);
        line.time("timestamp", call.at);
        let user = self.0.directory.user(call.step.user);
        peer(line, &call, user);
        metadata(line, &call, Detail::All(user));
        line.text("method", method);
        // Protobuf JSON leaves a zero out.
        if status != 0 {
            line.number("statusCode", status);
        }
        policy_source(line, call.revision());
        line.end();
        truth.at(call.at);
        truth.count("method", method);
        truth.count(
            "statusCode",
            match status {
                0 => "0",
                3 => "3",
                7 => "7",
                _ => "16",
            },
        );
        truth.distinct("users", call.step.user as u64);
        super::remember(&call, &call.id, truth);
    }
}

fn method(call: &Call, random: &mut Random) -> (&'static str, u64) {
    const CHECK: &str = "/cerbos.svc.v1.CerbosService/CheckResources";
    match call.step.kind {
        Kind::Check => (CHECK, 0),
        Kind::Plan => ("/cerbos.svc.v1.CerbosService/PlanResources", 0),
        Kind::Unpaired => random.weighted(&[
            (30, (CHECK, 3)),
            (6, (CHECK, 7)),
            (24, ("/cerbos.svc.v1.CerbosAdminService/ListAuditLogEntries", 0)),
            (14, ("/cerbos.svc.v1.CerbosAdminService/ListAuditLogEntries", 16)),
            (10, ("/cerbos.svc.v1.CerbosAdminService/AddOrUpdatePolicy", 0)),
            (8, ("/cerbos.svc.v1.CerbosAdminService/ListPolicies", 0)),
            (8, ("/cerbos.svc.v1.CerbosAdminService/ReloadStore", 0)),
        ]),
    }
}
