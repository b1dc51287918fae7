//! Decision log entries: who asked to do what with which resource, and what the policies said.

use super::calls::{Call, Calls, Kind};
use super::{Detail, metadata, peer, policy_source};
use crate::generate::Source;
use crate::generate::clock::Millis;
use crate::generate::json::Line;
use crate::generate::people::User;
use crate::generate::random::{Alphabet, Random};
use crate::generate::truth::Truth;

/// The state of one run.
pub(crate) struct Decision(Calls);

impl Decision {
    pub(crate) fn new(seed: u64) -> Decision {
        Decision(Calls::new(seed))
    }
}

/// A kind of resource, its actions, and the policy that rules it.
struct Resource {
    kind: &'static str,
    policy: &'static str,
    source: &'static str,
    actions: [&'static str; 4],
}

#[rustfmt::skip]
const RESOURCES: [(u32, &Resource); 4] = [
    (45, &Resource { kind: "document", policy: "resource.document.vdefault", source: "document.yaml", actions: ["view", "edit", "share", "delete"] }),
    (25, &Resource { kind: "invoice", policy: "resource.invoice.vdefault", source: "billing/invoice.yaml", actions: ["view", "approve", "pay", "void"] }),
    (20, &Resource { kind: "album:object", policy: "resource.album_object.vdefault", source: "album_object.yaml", actions: ["view", "edit", "flag", "delete"] }),
    (10, &Resource { kind: "leave_request", policy: "resource.leave_request.v20210210/acme.hr", source: "acme/leave_request.yaml", actions: ["view", "create", "approve", "defer"] }),
];
const ROLES: [&[&str]; 5] =
    [&["user"], &["user", "editor"], &["employee"], &["employee", "manager"], &["admin"]];

impl Source for Decision {
    fn write(&mut self, slot: Millis, line: &mut Line, truth: &mut Truth) {
        let call = self.0.next(slot);
        let mut random = Random::new(call.salt, 2);
        let user = self.0.directory.user(call.step.user);
        let embedded = call.step.kind == Kind::Unpaired;
        let id = if embedded { &call.other_id } else { &call.id };
        let resource = random.weighted(&RESOURCES);
        line.ascii = random.permille(80);
        line.open();
        line.text("callId", id);
        line.time("timestamp", call.at);
        if embedded {
            // Clients insist on a peer, also where nobody called.
            line.object("peer");
            line.text("userAgent", "cerbos-embedded/0.9.1");
            line.end();
        } else {
            peer(line, &call, user);
        }
        let denied = if call.step.kind == Kind::Plan {
            truth.count("kind", "planResources");
            plan(line, user, resource, &mut random)
        } else {
            truth.count("kind", "checkResources");
            check(line, &call, user, resource, &mut random, truth)
        };
        if !embedded {
            metadata(line, &call, Detail::Correlation);
        }
        if random.permille(200) {
            audit_trail(line, resource);
        }
        if embedded {
            line.object("policySource");
            line.object("embeddedPdp");
            line.text("url", "https://bundles.example.com/acme/main.wasm");
            line.text("commitHash", &random.token(Alphabet::Hex, 40));
            line.end();
            line.end();
        } else if random.permille(250) {
            policy_source(line, call.revision());
        }
        line.end();
        truth.at(call.at);
        truth.distinct("users", user.number);
        truth.count("outcome", if denied { "some_denied" } else { "all_allowed" });
        super::remember(&call, id, truth);
    }
}

/// Writes `checkResources`; says whether anything was denied.
fn check(
    line: &mut Line,
    call: &Call,
    user: &User,
    resource: &Resource,
    random: &mut Random,
    truth: &mut Truth,
) -> bool {
    let request = random.uuid();
    let actions =
        resource.actions.get(..random.between(1, 3) as usize).unwrap_or(&resource.actions);
    let ids: Vec<String> = (0..call.step.resources)
        .map(|_| format!("{}_{}", resource.kind.chars().next().unwrap_or('r'), random.digits(6)))
        .collect();
    let roles = random.pick(&ROLES);
    line.object("checkResources");
    line.array("inputs");
    for id in &ids {
        line.open();
        line.text("requestId", &request);
        line.object("resource");
        line.text("kind", resource.kind);
        line.text("id", id);
        attributes(line, user, random);
        line.end();
        principal(line, user, roles);
        line.texts("actions", actions);
        if random.permille(120) {
            line.object("auxData");
            line.object("jwt");
            line.text("iss", "https://login.example.com/");
            line.text("sub", &user.id);
            line.texts("aud", &["https://api.example.com/documents"]);
            line.number("exp", call.at as u64 / 1000 + 3600);
            line.end();
            line.end();
        }
        line.end();
    }
    line.end_array();
    line.array("outputs");
    let mut denied = false;
    for id in &ids {
        line.open();
        line.text("requestId", &request);
        line.text("resourceId", id);
        line.object("actions");
        for (rank, action) in actions.iter().enumerate() {
            let allowed = random.permille(930 - 160 * rank as u64);
            denied |= !allowed;
            let effect = if allowed { "EFFECT_ALLOW" } else { "EFFECT_DENY" };
            truth.count("effect", effect);
            line.object(action);
            line.text("effect", effect);
            if allowed {
                line.text("policy", resource.policy);
            }
            line.end();
        }
        line.end();
        if roles.contains(&"employee") {
            line.texts("effectiveDerivedRoles", &["employee_that_owns_the_record"]);
        }
        line.end();
    }
    line.end_array();
    line.end();
    denied
}

/// Writes `planResources`; says whether everything was denied.
fn plan(line: &mut Line, user: &User, resource: &Resource, random: &mut Random) -> bool {
    let request = random.uuid();
    let action = random.pick(&resource.actions);
    let kind = random.weighted(&[
        (70, "KIND_CONDITIONAL"),
        (20, "KIND_ALWAYS_ALLOWED"),
        (10, "KIND_ALWAYS_DENIED"),
    ]);
    line.object("planResources");
    line.object("input");
    line.text("requestId", &request);
    line.text("action", action);
    principal(line, user, random.pick(&ROLES));
    line.object("resource");
    line.text("kind", resource.kind);
    attributes(line, user, random);
    line.end();
    line.boolean("includeMeta", true);
    line.end();
    line.object("output");
    line.text("requestId", &request);
    line.text("action", action);
    line.text("kind", resource.kind);
    line.text("policyVersion", "default");
    line.object("filter");
    line.text("kind", kind);
    if kind == "KIND_CONDITIONAL" {
        line.object("condition");
        line.object("expression");
        line.text("operator", "eq");
        line.array("operands");
        line.open();
        line.text("variable", "request.resource.attr.owner");
        line.end();
        line.open();
        line.text("value", &user.handle);
        line.end();
        line.end_array();
        line.end();
        line.end();
    }
    line.end();
    line.parts("filterDebug", &["(eq request.resource.attr.owner \"", &user.handle, "\")"]);
    line.end();
    line.end();
    kind == "KIND_ALWAYS_DENIED"
}

fn principal(line: &mut Line, user: &User, roles: &[&str]) {
    line.object("principal");
    line.text("id", &user.handle);
    line.texts("roles", roles);
    line.object("attr");
    line.text("name", &user.name);
    line.text("country", user.place.country_code);
    line.end();
    line.end();
}

fn attributes(line: &mut Line, user: &User, random: &mut Random) {
    line.object("attr");
    line.text("owner", if random.permille(700) { &user.handle } else { "anna.weiss0" });
    line.text(
        "title",
        random.pick(&[
            "Jahresbericht \"Entwurf\"",
            "Résumé: draft",
            "Q3 / forecast",
            "Notes",
            "予算案",
        ]),
    );
    line.boolean("public", random.permille(300));
    line.decimal("amount", random.below(90_000_000) as i64);
    if random.permille(200) {
        line.null("deletedAt");
    }
    line.end();
}

fn audit_trail(line: &mut Line, resource: &Resource) {
    line.object("auditTrail");
    line.object("effectivePolicies");
    line.object(resource.policy);
    line.object("attributes");
    line.text("driver", "git");
    line.text("source", resource.source);
    line.end();
    line.end();
    line.end();
    line.end();
}
