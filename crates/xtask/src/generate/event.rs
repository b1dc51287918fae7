//! App-scoped audit events, the project's own shape: who did what to whom, in which application.

use super::Source;
use super::agenda::Agenda;
use super::clock::{Millis, Window};
use super::json::Line;
use super::people::{Directory, User};
use super::random::{Alphabet, Random, Ulids};
use super::truth::Truth;

/// The state of one run.
pub(super) struct Events {
    window: Window,
    directory: Directory,
    random: Random,
    agenda: Agenda<Step>,
    ids: Ulids,
}

#[derive(Clone, Copy)]
struct Step {
    kind: &'static Kind,
    app: &'static str,
    actor: Actor,
    user: usize,
    /// The target's index where the step is done to someone else.
    target: usize,
    salt: u64,
}

#[derive(Clone, Copy, PartialEq)]
enum Actor {
    User,
    Administrator,
    Service,
}

/// A type of event and how it mostly ends.
struct Kind {
    name: &'static str,
    outcome: &'static str,
    reason: Option<&'static str>,
    target: &'static str,
}

const fn kind(name: &'static str, target: &'static str) -> Kind {
    Kind { name, outcome: "success", reason: None, target }
}

const fn refused(
    name: &'static str,
    outcome: &'static str,
    reason: &'static str,
    target: &'static str,
) -> Kind {
    Kind { name, outcome, reason: Some(reason), target }
}

static LOGIN: Kind = kind("login.succeeded", "session");
static LOGIN_FAILED: Kind = refused("login.failed", "failure", "wrong password", "account");
static LOGIN_DENIED: Kind = refused("login.failed", "denied", "account is \"locked\"", "account");
static FACTOR: Kind = kind("mfa.passed", "session");
static FACTOR_FAILED: Kind = refused("mfa.failed", "failure", "code expired", "session");
static ISSUED: Kind = kind("token.issued", "token");
static REFRESHED: Kind = kind("token.refreshed", "token");
static REVOKED: Kind = kind("token.revoked", "token");
static LOGOUT: Kind = kind("logout.succeeded", "session");
static RESET: Kind = kind("password.reset_requested", "account");
static CHANGED: Kind = kind("password.changed", "account");
static VERIFIED: Kind = kind("email.verified", "account");
static PROVIDER: Kind = kind("provider.changed", "provider");
static DEACTIVATED: Kind = kind("account.deactivated", "account");
static GRANTED: Kind = kind("role.granted", "account");
static GRANT_DENIED: Kind = refused("role.granted", "denied", "not an owner of the org", "account");
static EXPORTED: Kind = kind("audit.exported", "export");
static KEY: Kind = kind("api_key.created", "api_key");

const APPS: [(u32, &str); 4] =
    [(50, "app_documents"), (25, "app_billing"), (20, "app_support"), (5, "app_admin")];

#[derive(Clone, Copy)]
enum Script {
    Login,
    Failure,
    Reset,
    Service,
    Administration,
    Guessing,
}

const SCRIPTS: [(u32, Script); 6] = [
    (560, Script::Login),
    (90, Script::Failure),
    (40, Script::Reset),
    (220, Script::Service),
    (84, Script::Administration),
    (6, Script::Guessing),
];

const SECOND: u64 = 1000;
const MINUTE: u64 = 60 * SECOND;

impl Events {
    pub(super) fn new(window: Window, seed: u64) -> Events {
        Events {
            window,
            directory: Directory::new(seed),
            random: Random::new(seed, 8),
            agenda: Agenda::new(),
            ids: Ulids::default(),
        }
    }

    fn step(&mut self, slot: Millis) -> (Millis, Step) {
        loop {
            match self.agenda.due(slot) {
                Some(step) => return step,
                None => self.begin(slot),
            }
        }
    }

    fn begin(&mut self, at: Millis) {
        let random = &mut self.random;
        let script = random.weighted(&SCRIPTS);
        let mut step = Step {
            kind: &LOGIN,
            app: random.weighted(&APPS),
            actor: match script {
                Script::Service => Actor::Service,
                Script::Administration => Actor::Administrator,
                _ => Actor::User,
            },
            user: self.directory.someone(random),
            target: self.directory.someone(random),
            salt: random.bits(),
        };
        let mut due = at;
        let agenda = &mut self.agenda;
        let mut plan = |kind: &'static Kind, gap: u64| {
            step.kind = kind;
            agenda.plan(due, step);
            due += gap as Millis;
        };
        match script {
            Script::Login => {
                plan(&LOGIN, random.between(100, 900));
                if random.permille(200) {
                    let failed = random.permille(100);
                    plan(if failed { &FACTOR_FAILED } else { &FACTOR }, random.between(50, 500));
                }
                plan(&ISSUED, random.between(15 * MINUTE, 50 * MINUTE));
                for _ in 0..random.below(4) {
                    plan(&REFRESHED, random.between(15 * MINUTE, 50 * MINUTE));
                }
                if random.permille(400) {
                    plan(&LOGOUT, 0);
                }
            }
            Script::Failure => {
                for _ in 0..random.between(1, 3) {
                    plan(&LOGIN_FAILED, random.between(4 * SECOND, 40 * SECOND));
                }
                if random.permille(200) {
                    plan(&LOGIN_DENIED, 0);
                }
            }
            Script::Reset => {
                plan(&RESET, random.between(MINUTE, 20 * MINUTE));
                plan(&CHANGED, random.between(SECOND, MINUTE));
                plan(if random.permille(300) { &VERIFIED } else { &LOGIN }, 0);
            }
            Script::Service => plan(&ISSUED, 0),
            Script::Administration => {
                for _ in 0..random.between(1, 4) {
                    plan(
                        random.pick(&[
                            &GRANTED,
                            &GRANTED,
                            &GRANT_DENIED,
                            &DEACTIVATED,
                            &PROVIDER,
                            &REVOKED,
                            &EXPORTED,
                            &KEY,
                        ]),
                        random.between(5 * SECOND, 5 * MINUTE),
                    );
                }
            }
            Script::Guessing => {
                for _ in 0..random.between(15, 70) {
                    plan(&LOGIN_FAILED, random.between(200, 3 * SECOND));
                }
            }
        }
    }
}

impl Source for Events {
    fn write(&mut self, slot: Millis, line: &mut Line, truth: &mut Truth) {
        let (received, step) = self.step(slot);
        let random = &mut self.random;
        let occurred = (received - random.between(20, 3000) as Millis).max(self.window.start);
        let user = self.directory.user(step.user);
        let target = self.directory.user(step.target);
        let mut steady = Random::new(step.salt, 9);
        let session = steady.token(Alphabet::Base64Url, 32);
        line.ascii = random.permille(80);
        line.open();
        line.text("id", &self.ids.next(received, random));
        line.text("event_id", &random.uuid());
        line.text("app_id", step.app);
        line.text("type", step.kind.name);
        line.time("occurred_at", occurred);
        line.time("received_at", received);
        actor(line, &step, user);
        targets(line, &step, user, target, random);
        line.text("outcome", step.kind.outcome);
        line.optional("reason", step.kind.reason);
        line.parts("request_id", &["req_", &random.token(Alphabet::Base64Url, 24)]);
        metadata(line, &step, user, &session, random);
        line.end();
        truth.at(occurred);
        truth.count("type", step.kind.name);
        truth.count("app_id", step.app);
        truth.count("outcome", step.kind.outcome);
        if step.actor != Actor::Service {
            truth.distinct("users", user.number);
        }
    }
}

fn actor(line: &mut Line, step: &Step, user: &User) {
    line.object("actor");
    if step.actor == Actor::Service {
        line.text("type", "service");
        line.text("id", "svc_order_sync");
        line.text("name", "Order Sync");
        line.text("ip", "192.0.2.44");
        line.text("user_agent", "order-sync/3.4.1 (+https://sync.example.com/about)");
    } else {
        line.text("type", if step.actor == Actor::User { "user" } else { "admin" });
        line.text("id", &user.id);
        line.text("name", &user.name);
        line.text("ip", if step.salt.is_multiple_of(3) { &user.ipv6 } else { &user.ipv4 });
        line.text("user_agent", user.agent.long);
    }
    line.end();
}

fn targets(line: &mut Line, step: &Step, user: &User, target: &User, random: &mut Random) {
    let subject = if step.actor == Actor::Administrator { target } else { user };
    line.array("targets");
    line.open();
    line.text("type", step.kind.target);
    match step.kind.target {
        "account" => {
            line.text("id", &subject.id);
            line.text("name", &subject.name);
        }
        "provider" => {
            line.text("id", subject.connection.id);
            line.text("name", subject.connection.name);
        }
        other => line.parts("id", &[other, "_", &random.token(Alphabet::Base64Url, 20)]),
    }
    line.end();
    if let Some(organization) = subject.organization {
        line.open();
        line.text("type", "organization");
        line.text("id", organization.id);
        line.text("name", organization.name);
        line.end();
    }
    line.end_array();
}

/// What the application adds: free in shape.
fn metadata(line: &mut Line, step: &Step, user: &User, session: &str, random: &mut Random) {
    line.object("metadata");
    line.text("session_id", session);
    line.text("provider", user.connection.name);
    line.text("trace_id", &random.token(Alphabet::Hex, 32));
    line.text("release", "documents@2026.6.1+build/4711");
    line.object("geo");
    line.text("city", user.place.city);
    line.text("country", user.place.country_code);
    line.decimal("latitude", user.place.latitude);
    line.decimal("longitude", user.place.longitude);
    line.end();
    match step.actor {
        Actor::Administrator => {
            line.object("changes");
            line.object("role");
            line.text("before", "reader");
            line.texts("after", &["reader", "editor"]);
            line.end();
            line.end();
            line.text("ticket", &format!("SUP-{}", random.between(1000, 9999)));
            line.text(
                "note",
                "asked for by phone; \u{201e}bitte bis Freitag\u{201c}\nC:\\tickets\\open",
            );
        }
        Actor::Service => {
            line.texts("scope", &["read:orders", "write:orders"]);
            line.number("expires_in", 86_400);
            line.null("subject");
            line.text("jti", &random.token(Alphabet::Base64Url, 22));
        }
        Actor::User => {
            line.text("scope", "openid profile email offline_access");
            line.number("login_count", random.between(1, 900));
            line.boolean("remembered", random.permille(400));
            line.text("path", "/authorize?response_type=code&prompt=login");
            line.number("risk", random.below(100));
        }
    }
    line.end();
}
