//! Requests to the authorization API, in the shapes of OpenFGA's REST API, and what a response needs to know
//! of them.

use super::calls::{Operation, Step};
use super::planted::{Call, Planted};
use crate::generate::clock::{Millis, Moment};
use crate::generate::json::Line;
use crate::generate::people::{Directory, User};
use crate::generate::random::{Alphabet, Random, ulid_text};

/// What both bodies of a call need to know.
pub(super) struct Body<'a> {
    pub(super) step: Step,
    pub(super) planted: Option<&'static Planted>,
    pub(super) user: &'a User,
    pub(super) directory: &'a Directory,
    pub(super) model: &'a str,
    pub(super) status: u64,
    pub(super) at: Millis,
}

/// A relationship tuple.
pub(super) struct Tuple {
    user: String,
    relation: &'static str,
    object: String,
}

const SLUGS: [&str; 14] = [
    "annual_report_2024",
    "annual_report_draft",
    "q3_forecast",
    "onboarding",
    "payroll",
    "roadmap",
    "handbook",
    "press_kit",
    "contract",
    "incident_review",
    "budget",
    "salary_bands",
    "übersicht",
    "invoice",
];
const RELATIONS: [&str; 6] = ["reader", "reader", "viewer", "editor", "owner", "commenter"];

impl Body<'_> {
    /// Writes `request`.
    pub(super) fn request(&self, line: &mut Line, random: &mut Random) {
        line.object("request");
        line.text("operation", self.step.operation.name());
        match self.step.operation {
            Operation::Check => self.check(line, random),
            Operation::BatchCheck => self.batch_check(line, random),
            Operation::Write => self.write(line, random),
            Operation::Read => {
                tuple(line, "tuple_key", &self.own(random));
                line.number("page_size", 50);
                line.text("continuation_token", "");
            }
            Operation::ReadChanges => {
                line.text("type", "document");
                line.number("page_size", 100);
                line.parts(
                    "continuation_token",
                    &["eyJwayI6", &random.token(Alphabet::Base64Url, 64), "=="],
                );
            }
            Operation::Expand => {
                let own = self.own(random);
                line.text("authorization_model_id", self.model);
                line.object("tuple_key");
                line.text("relation", own.relation);
                line.text("object", &own.object);
                line.end();
            }
            Operation::ListObjects | Operation::StreamedListObjects => {
                let own = self.own(random);
                line.text("authorization_model_id", self.model);
                line.text("type", "document");
                line.text("relation", own.relation);
                line.text("user", &own.user);
                self.context(line, random);
            }
            Operation::ListUsers => {
                line.text("authorization_model_id", self.model);
                line.object("object");
                line.text("type", "document");
                line.text("id", random.pick(&SLUGS));
                line.end();
                line.text("relation", random.pick(&RELATIONS));
                line.array("user_filters");
                line.open();
                line.text("type", "user");
                line.end();
                line.end_array();
                self.context(line, random);
            }
            Operation::ReadAuthorizationModel | Operation::ReadAssertions => {
                line.text("authorization_model_id", self.model);
            }
            Operation::WriteAssertions => {
                line.text("authorization_model_id", self.model);
                line.array("assertions");
                for _ in 0..random.between(2, 6) {
                    line.open();
                    tuple(line, "tuple_key", &self.random_tuple(random));
                    line.boolean("expectation", random.permille(600));
                    line.end();
                }
                line.end_array();
            }
            Operation::WriteAuthorizationModel => model_definition(line),
        }
        line.end();
    }

    fn check(&self, line: &mut Line, random: &mut Random) {
        line.text("authorization_model_id", self.model);
        tuple(line, "tuple_key", &self.own(random));
        if random.permille(450) {
            line.object("contextual_tuples");
            line.array("tuple_keys");
            for team in ["eng", "finance", "auditors"].iter().take(random.between(1, 3) as usize) {
                line.open();
                line.parts("user", &["user:", &self.user.handle]);
                line.text("relation", "member");
                line.parts("object", &["group:", team]);
                line.end();
            }
            line.end_array();
            line.end();
        }
        self.context(line, random);
        if random.permille(200) {
            line.text("consistency", "HIGHER_CONSISTENCY");
        }
    }

    pub(super) fn batch(&self) -> u64 {
        2 + self.user.number % 4
    }

    fn batch_check(&self, line: &mut Line, random: &mut Random) {
        line.text("authorization_model_id", self.model);
        line.array("checks");
        for index in 0..self.batch() {
            line.open();
            let own = if index == 1 { self.own(random) } else { self.unplanted(random) };
            tuple(line, "tuple_key", &own);
            if random.permille(300) {
                self.context(line, random);
            }
            line.text("correlation_id", correlation(index));
            line.end();
        }
        line.end_array();
    }

    fn write(&self, line: &mut Line, random: &mut Random) {
        line.text("authorization_model_id", self.model);
        let (written, deleted) = match self.planted.map(|planted| planted.call) {
            Some(Call::Write | Call::RefusedWrite) => (vec![self.own(random)], vec![]),
            Some(Call::WriteAmongOthers) => (
                vec![self.random_tuple(random), self.own(random), self.random_tuple(random)],
                vec![],
            ),
            Some(Call::Delete) => (vec![], vec![self.random_tuple(random), self.own(random)]),
            Some(Call::Replace) => {
                let own = self.own(random);
                let before =
                    Tuple { relation: "owner", user: own.user.clone(), object: own.object.clone() };
                (vec![own], vec![before])
            }
            _ => {
                let kind = random.below(10);
                let (writes, deletes) = (
                    if kind < 8 { random.between(1, 7) } else { 0 },
                    if kind > 5 { random.between(1, 5) } else { 0 },
                );
                let mut some =
                    |count: u64| (0..count).map(|_| self.random_tuple(random)).collect::<Vec<_>>();
                (some(writes), some(deletes))
            }
        };
        for (key, tuples, condition) in [("writes", &written, true), ("deletes", &deleted, false)] {
            if tuples.is_empty() {
                continue;
            }
            line.object(key);
            line.array("tuple_keys");
            for item in tuples {
                line.open();
                members(line, item);
                if condition && random.permille(250) {
                    line.object("condition");
                    line.text("name", "non_expired_grant");
                    line.object("context");
                    line.text("grant_duration", "720h");
                    line.time("grant_time", self.at);
                    line.end();
                    line.end();
                }
                line.end();
            }
            line.end_array();
            line.end();
        }
    }

    /// Values for the model's conditions.
    fn context(&self, line: &mut Line, random: &mut Random) {
        line.object("context");
        line.text("current_time", &Moment::new(self.at).rfc3339());
        line.text(
            "ip_address",
            if random.permille(700) { &self.user.ipv4 } else { &self.user.ipv6 },
        );
        line.text("user_agent", self.user.agent.long);
        line.object("device");
        line.text("id", &random.uuid());
        line.boolean("managed", random.permille(500));
        line.number("risk", random.below(100));
        line.end();
        line.object("location");
        line.text("country", self.user.place.country_code);
        line.text("city", self.user.place.city);
        line.end();
        line.text(
            "reason",
            random.pick(&[
                "",
                "opened from \"Recent files\"",
                "link in a mail",
                "search / suggestions",
                "shared drive C:\\shared",
            ]),
        );
        line.end();
    }

    /// The tuple that the call is about: the planted one, or one of the user's.
    fn own(&self, random: &mut Random) -> Tuple {
        match self.planted {
            Some(planted) => Tuple {
                user: planted.user.to_owned(),
                relation: planted.relation,
                object: planted.object.to_owned(),
            },
            None => self.unplanted(random),
        }
    }

    fn unplanted(&self, random: &mut Random) -> Tuple {
        Tuple {
            user: format!("user:{}", self.user.handle),
            relation: random.pick(&RELATIONS),
            object: object(random),
        }
    }

    pub(super) fn random_tuple(&self, random: &mut Random) -> Tuple {
        let user = match random.below(10) {
            0 => "user:*".to_owned(),
            1 | 2 => {
                format!("group:{}#member", random.pick(&["eng", "finance", "auditors", "support"]))
            }
            3 => format!("user:{}", self.user.email),
            _ => {
                let someone = self.directory.someone(random);
                format!("user:{}", self.directory.user(someone).handle)
            }
        };
        Tuple { user, relation: random.pick(&RELATIONS), object: object(random) }
    }
}

/// Some object, never the planted one.
pub(super) fn object(random: &mut Random) -> String {
    match random.below(12) {
        0 => format!("folder:{}", random.pick(&["finance", "hr", "public", "annual_report"])),
        1 => format!("project:{}", random.pick(&["apollo", "borealis", "céladon"])),
        2 => format!("organization:{}", random.pick(&["acme", "globex"])),
        3 => format!("document:{}", ulid_text(u128::from(random.bits()) << 60)),
        _ => format!("document:{}_{}", random.pick(&SLUGS), random.below(400)),
    }
}

pub(super) fn tuple(line: &mut Line, key: &str, tuple: &Tuple) {
    line.object(key);
    members(line, tuple);
    line.end();
}

fn members(line: &mut Line, tuple: &Tuple) {
    line.text("user", &tuple.user);
    line.text("relation", tuple.relation);
    line.text("object", &tuple.object);
}

pub(super) fn correlation(index: u64) -> &'static str {
    ["a1c7", "b2d8", "c3e9", "d4fa", "e50b"].get(index as usize).copied().unwrap_or("ffff")
}

pub(super) fn model_definition(line: &mut Line) {
    line.text("schema_version", "1.1");
    line.array("type_definitions");
    for (name, relations) in [
        ("user", &[][..]),
        ("group", &["member"]),
        ("folder", &["owner", "viewer"]),
        ("document", &["owner", "editor", "commenter", "reader", "viewer"]),
    ] {
        line.open();
        line.text("type", name);
        line.object("relations");
        for relation in relations {
            line.object(relation);
            line.object("this");
            line.end();
            line.end();
        }
        line.end();
        line.end();
    }
    line.end_array();
}
