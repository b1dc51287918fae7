//! Entries of an FGA store's log: authorization calls in the order of their time.

mod calls;
mod planted;
mod requests;
mod responses;

use super::Source;
use super::agenda::Agenda;
use super::clock::{Millis, Window};
use super::json::Line;
use super::people::Directory;
use super::random::{Alphabet, Random, Ulids, ulid_text};
use super::truth::Truth;
use calls::{Operation, Step};
use planted::{Call, PLANTED, Planted};
use requests::Body;

/// The state of one run.
pub(super) struct Fga {
    entries: u64,
    written: u64,
    planted: usize,
    store: String,
    models: [String; 2],
    directory: Directory,
    random: Random,
    agenda: Agenda<Step>,
    ids: Ulids,
}

impl Fga {
    /// `store`: the store's ULID; without it one that follows from the window and the seed.
    pub(super) fn new(window: Window, entries: u64, seed: u64, store: Option<&str>) -> Fga {
        let mut random = Random::new(seed, 5);
        let mut ulid = |before: u64| {
            let millis = (window.start as u64).saturating_sub(before);
            ulid_text((u128::from(millis) << 80) | u128::from(random.bits()))
        };
        let (made, models) = (ulid(30 * 86_400_000), [ulid(20 * 86_400_000), ulid(86_400_000)]);
        Fga {
            entries,
            written: 0,
            planted: 0,
            store: store.map_or(made, str::to_owned),
            models,
            directory: Directory::new(seed),
            random,
            agenda: Agenda::new(),
            ids: Ulids::default(),
        }
    }

    fn step(&mut self, slot: Millis) -> (Millis, Step) {
        let Fga { directory, random, agenda, .. } = self;
        loop {
            if let Some(step) = agenda.due(slot) {
                return step;
            }
            calls::begin(slot, directory, random, agenda);
        }
    }

    /// The planted entry whose turn it is: they are spread evenly over the run.
    fn plant(&mut self) -> Option<&'static Planted> {
        let turn = self.planted as u64 * self.entries / PLANTED.len() as u64;
        let planted = PLANTED.get(self.planted).filter(|_| self.written >= turn)?;
        self.planted += 1;
        Some(planted)
    }
}

impl Source for Fga {
    fn write(&mut self, slot: Millis, line: &mut Line, truth: &mut Truth) {
        let (at, mut step) = self.step(slot);
        let planted = self.plant();
        self.written += 1;
        let random = &mut self.random;
        let mut status = match random.below(1000) {
            0..=14 => 400,
            15..=18 => 429,
            19 => 500,
            _ => 200,
        };
        if let Some(planted) = planted {
            step.operation = operation(planted.call);
            step.probing = false;
            status = if planted.call == Call::RefusedWrite { 400 } else { 200 };
        }
        let body = Body {
            step,
            planted,
            user: self.directory.user(step.user),
            directory: &self.directory,
            model: if at % 5 == 0 { &self.models[0] } else { &self.models[1] },
            status,
            at,
        };
        let id = self.ids.next(at, random);
        line.ascii = random.permille(80);
        line.open();
        line.text("id", &id);
        line.time("timestamp", at);
        line.text("store_id", &self.store);
        line.text("request_id", &random.uuid());
        line.text("client_id", step.service.client_id);
        line.text("ip", random.pick(step.service.addresses));
        line.text("user_agent", step.service.user_agent);
        line.number("status_code", status);
        line.number("duration_ms", random.between(1, 9) * random.between(1, 12));
        if random.permille(600) {
            line.text("trace_id", &random.token(Alphabet::Hex, 32));
        }
        body.request(line, random);
        body.response(line, random, truth);
        line.end();
        truth.at(at);
        truth.count("operation", step.operation.name());
        truth.count(
            "status_code",
            match status {
                200 => "200",
                400 => "400",
                429 => "429",
                _ => "500",
            },
        );
        truth.distinct("users", body.user.number);
        if let Some(planted) = planted {
            remember(planted, &id, truth);
        }
    }
}

fn operation(call: Call) -> Operation {
    match call {
        Call::Check(_) => Operation::Check,
        Call::BatchCheck => Operation::BatchCheck,
        Call::Read => Operation::Read,
        Call::Expand => Operation::Expand,
        Call::ListObjects => Operation::ListObjects,
        _ => Operation::Write,
    }
}

/// The announcement's two questions: who changed a permission on that object, and what did that user ask for.
fn remember(planted: &Planted, id: &str, truth: &mut Truth) {
    if planted.call.writes() && planted.object == planted::OBJECT {
        truth.id("annual_report_writes", id);
    }
    if matches!(planted.call, Call::Check(_)) && planted.user == planted::USER {
        truth.id("anne_checks", id);
    }
}
