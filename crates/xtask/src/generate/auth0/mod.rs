//! Auth0 tenant log entries: sessions of people, machines and attackers, written in the order of ingestion.

mod details;
mod management;
mod sessions;
mod types;

use super::Source;
use super::agenda::Agenda;
use super::clock::{Millis, Moment, Window};
use super::json::Line;
use super::people::{
    ATTACK_AGENT, Agent, Application, Connection, DATABASE, Directory, EMAIL, User,
};
use super::random::{Alphabet, Random};
use super::truth::Truth;
use management::Call;
use sessions::{ATTACKER, Origin, Step};
use types::Outcome;

/// The tenant and the host name of its login pages.
const TENANT: &str = "trailsift-demo";
const HOST: &str = "login.example.com";

/// The state of one run.
pub(super) struct Auth0 {
    window: Window,
    entries: u64,
    written: u64,
    /// Sign-ins from an office that a policy denies, of a thousand sessions.
    denied: u64,
    directory: Directory,
    random: Random,
    agenda: Agenda<Step>,
    ids: LogIds,
}

impl Auth0 {
    pub(super) fn new(window: Window, entries: u64, seed: u64, denied: u64) -> Auth0 {
        let mut random = Random::new(seed, 2);
        Auth0 {
            window,
            entries,
            written: 0,
            denied,
            directory: Directory::new(seed),
            ids: LogIds::new(&mut random),
            random,
            agenda: Agenda::new(),
        }
    }

    fn step(&mut self, slot: Millis) -> (Millis, Step) {
        let Auth0 { directory, random, agenda, .. } = self;
        if self.written == self.entries / 2 {
            let attempts = (self.entries / 20).clamp(1, 60);
            sessions::attack(slot, attempts, Origin::KnownAttacker, directory, random, agenda);
        }
        self.written += 1;
        loop {
            if let Some(step) = agenda.due(slot) {
                return step;
            }
            // None are drawn where none are asked for: the other entries stay as they are.
            if self.denied > 0 && random.permille(self.denied) {
                sessions::deny(slot, directory, random, agenda);
            } else {
                sessions::begin(slot, directory, random, agenda);
            }
        }
    }
}

impl Source for Auth0 {
    fn write(&mut self, slot: Millis, line: &mut Line, truth: &mut Truth) {
        let (ingested, step) = self.step(slot);
        let random = &mut self.random;
        // An event reaches the log a moment later, now and then much later than its neighbours.
        let lag = match random.below(50) {
            0 => random.between(10_000, 90_000),
            _ => random.between(250, 2_500),
        };
        let date = (ingested - lag as Millis).max(self.window.start);
        let subject = Subject::new(&step, &self.directory, random);
        let log_id = self.ids.next(ingested, random);
        line.ascii = random.permille(80);
        line.open();
        if subject.nulls {
            line.text("_id", &log_id);
            line.text("log_id", &log_id);
        }
        head(line, &step, &subject, date, truth);
        origin(line, &step, &subject);
        actor(line, &step, &subject, truth);
        grant(line, &step, &subject, random, truth);
        details::write(line, &step, &subject, date, random);
        context(line, &step, &subject, random);
        if !subject.nulls {
            line.text("log_id", &log_id);
            line.text("_id", &log_id);
        }
        line.boolean("isMobile", subject.agent.mobile);
        location(line, &step, &subject);
        line.end();
        count(&step, date, truth);
        if self.written == 1 || self.written == self.entries / 2 || self.written == self.entries {
            truth.id("sample", &log_id);
        }
    }
}

/// Who or what an entry is about, drawn once an entry.
struct Subject<'a> {
    user: &'a User,
    /// Whether the identity is known: an attempt with an unknown name has no user id.
    known: bool,
    application: &'static Application,
    connection: &'static Connection,
    agent: &'static Agent,
    ip: String,
    session_id: String,
    fingerprint: String,
    call: Option<Call>,
    /// Whether the caller named its SDK.
    sdk: bool,
    /// Whether the tenant's edge resolved the address to a place.
    located: bool,
    /// Whether absent members are written as null and the ids come first, as some exporters do.
    nulls: bool,
}

impl<'a> Subject<'a> {
    fn new(step: &Step, directory: &'a Directory, random: &mut Random) -> Subject<'a> {
        let session = &step.session;
        let user = directory.user(session.user);
        let mut steady = Random::new(session.salt, 3);
        let attack = matches!(session.origin, Origin::Attacker | Origin::KnownAttacker);
        let ip = match session.origin {
            Origin::Home(false) => user.ipv4.clone(),
            Origin::Home(true) => user.ipv6.clone(),
            Origin::Machine => {
                let first = session.application.client_id.bytes().next().unwrap_or(1);
                format!("192.0.2.{first}")
            }
            Origin::KnownAttacker => ATTACKER.to_owned(),
            Origin::Attacker if steady.permille(250) => {
                format!("2001:db8:bad:{:x}::{:x}", steady.below(0xffff), steady.between(1, 0xffff))
            }
            // Never the known attacker's own address.
            Origin::Attacker => format!("203.0.113.{}", steady.between(67, 254)),
        };
        let passwords = matches!(
            step.kind.details,
            types::Details::Reason | types::Details::PasswordReset | types::Details::SignUp
        );
        let connection = match step.kind.details {
            types::Details::Link => &EMAIL,
            _ if attack || passwords => &DATABASE,
            _ => user.connection,
        };
        Subject {
            user,
            known: !std::ptr::eq(step.kind, &types::UNKNOWN_USER),
            application: session.application,
            connection,
            agent: if attack { &ATTACK_AGENT } else { user.agent },
            ip,
            session_id: steady.token(Alphabet::Base64Url, 32),
            fingerprint: steady.token(Alphabet::Hex, 56),
            call: Call::draw(step, random),
            sdk: steady.permille(400),
            located: steady.permille(180),
            nulls: random.permille(40),
        }
    }
}

fn head(line: &mut Line, step: &Step, subject: &Subject<'_>, date: Millis, truth: &mut Truth) {
    line.time("date", date);
    line.text("type", step.kind.code);
    let description = subject.call.as_ref().map_or(step.kind.description, Call::description);
    line.text("description", description);
    if step.kind.has(types::CONNECTION) {
        line.text("connection", subject.connection.name);
        line.text("connection_id", subject.connection.id);
        truth.count("connection", subject.connection.name);
    } else if subject.nulls {
        line.null("connection");
        line.null("connection_id");
    }
    if step.kind.has(types::CLIENT) {
        line.text("client_id", subject.application.client_id);
        // The Management API records an empty client name.
        let name = if subject.call.is_some() { "" } else { subject.application.name };
        line.text("client_name", name);
        truth.count("client_name", name);
    }
}

fn origin(line: &mut Line, step: &Step, subject: &Subject<'_>) {
    if step.kind.has(types::IP) {
        line.text("ip", &subject.ip);
    }
    if step.kind.has(types::CLIENT_IP) {
        line.text("client_ip", &subject.ip);
    }
    line.text("user_agent", subject.agent.short);
    if step.kind.has(types::HOST) {
        line.text("hostname", HOST);
    } else if subject.nulls {
        line.null("hostname");
    }
}

fn actor(line: &mut Line, step: &Step, subject: &Subject<'_>, truth: &mut Truth) {
    if step.kind.has(types::USER) {
        line.text("user_id", if subject.known { &subject.user.id } else { "" });
        line.text("user_name", &subject.user.email);
        if subject.known {
            truth.distinct("users", subject.user.number);
        }
    } else if subject.nulls {
        line.null("user_id");
        line.null("user_name");
    }
    if let Some(organization) = subject.user.organization
        && step.kind.has(types::ORGANIZATION)
    {
        line.text("organization_id", organization.id);
        line.text("organization_name", organization.name);
    }
    if step.kind.has(types::STRATEGY) {
        line.text("strategy", subject.connection.strategy);
        line.text("strategy_type", subject.connection.strategy_type);
    }
}

fn grant(
    line: &mut Line,
    step: &Step,
    subject: &Subject<'_>,
    random: &mut Random,
    truth: &mut Truth,
) {
    if step.kind.has(types::AUDIENCE) {
        line.text("audience", subject.application.audience);
    }
    if step.kind.has(types::SCOPE) {
        if random.permille(400) {
            line.texts("scope", subject.application.scope);
            truth.count("scope", "array");
        } else {
            line.text("scope", &subject.application.scope.join(" "));
            truth.count("scope", "string");
        }
    }
}

fn context(line: &mut Line, step: &Step, subject: &Subject<'_>, random: &mut Random) {
    if step.kind.has(types::SDK) && subject.sdk {
        line.object("auth0_client");
        line.text("name", subject.application.sdk.0);
        line.text("version", subject.application.sdk.1);
        if random.permille(150) {
            line.object("env");
            line.text("node", "22.14.0");
            line.end();
        }
        line.end();
    }
    if step.kind.has(types::SECURITY) {
        let (ja3, ja4) = subject.fingerprint.split_at_checked(32).unwrap_or_default();
        line.object("security_context");
        line.text("ja3", ja3);
        line.parts(
            "ja4",
            &[
                "t13d1516h2_",
                ja4.get(..12).unwrap_or_default(),
                "_",
                ja4.get(12..).unwrap_or_default(),
            ],
        );
        line.end();
    }
    line.object("$event_schema");
    line.text("version", "1.0.0");
    line.end();
    line.text("environment_name", "prod-eu-1");
    line.text("tenant_name", TENANT);
    if step.kind.has(types::REFERENCES) {
        line.object("references");
        line.text("correlation_id", &random.uuid());
        if random.permille(250) {
            line.text("trace_id", &random.token(Alphabet::Hex, 32));
        }
        line.end();
    }
}

fn location(line: &mut Line, step: &Step, subject: &Subject<'_>) {
    if !step.kind.has(types::LOCATION) || !subject.located {
        return;
    }
    line.object("location_info");
    // A private address has no place.
    if !subject.ip.starts_with("10.") {
        let place = subject.user.place;
        line.text("country_code", place.country_code);
        line.text("country_code3", place.country_code3);
        line.text("country_name", place.country);
        line.text("city_name", place.city);
        line.decimal("latitude", place.latitude);
        line.decimal("longitude", place.longitude);
        line.text("time_zone", place.time_zone);
        line.text("continent_code", place.continent);
    }
    line.end();
}

fn count(step: &Step, date: Millis, truth: &mut Truth) {
    truth.at(date);
    truth.count("type", step.kind.code);
    match step.kind.outcome {
        Outcome::SignedIn => truth.count("login", "succeeded"),
        Outcome::Refused => truth.count("login", "failed"),
        Outcome::Other => {}
    }
    if step.kind.code.starts_with('f') {
        truth.count("type_prefix", "f");
    }
    if step.session.origin == Origin::KnownAttacker {
        truth.count("ip", ATTACKER);
    }
}

/// Log ids in the vendor's form: `900`, the time of ingestion down to the microsecond, then a fixed run and
/// a counter, 56 digits in all. Each is greater than the one before.
struct LogIds {
    counter: u64,
    last: Millis,
    micros: u64,
}

impl LogIds {
    fn new(random: &mut Random) -> LogIds {
        LogIds { counter: random.below(90_000_000_000), last: Millis::MIN, micros: 0 }
    }

    fn next(&mut self, ingested: Millis, random: &mut Random) -> String {
        if ingested == self.last {
            self.micros = (self.micros + 1).min(999);
        } else {
            self.micros = random.below(500);
        }
        self.last = ingested;
        self.counter += random.between(1, 4);
        let time = Moment::new(ingested).digits();
        format!("900{time}{:03}000000000000001223372{:012}", self.micros, self.counter)
    }
}
