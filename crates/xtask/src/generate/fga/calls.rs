//! The calls that services make to the authorization API, and the scripts by which they follow each other.

use crate::generate::agenda::Agenda;
use crate::generate::clock::Millis;
use crate::generate::people::Directory;
use crate::generate::random::Random;

/// One call to be logged.
#[derive(Clone, Copy)]
pub(super) struct Step {
    pub(super) operation: Operation,
    /// On whose behalf: an index into the directory.
    pub(super) user: usize,
    pub(super) service: &'static Service,
    /// Part of an enumeration of objects, whose checks fail.
    pub(super) probing: bool,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Operation {
    Check,
    BatchCheck,
    Write,
    Read,
    ReadChanges,
    Expand,
    ListObjects,
    StreamedListObjects,
    ListUsers,
    ReadAuthorizationModel,
    WriteAuthorizationModel,
    ReadAssertions,
    WriteAssertions,
}

impl Operation {
    pub(super) fn name(self) -> &'static str {
        match self {
            Operation::Check => "Check",
            Operation::BatchCheck => "BatchCheck",
            Operation::Write => "Write",
            Operation::Read => "Read",
            Operation::ReadChanges => "ReadChanges",
            Operation::Expand => "Expand",
            Operation::ListObjects => "ListObjects",
            Operation::StreamedListObjects => "StreamedListObjects",
            Operation::ListUsers => "ListUsers",
            Operation::ReadAuthorizationModel => "ReadAuthorizationModel",
            Operation::WriteAuthorizationModel => "WriteAuthorizationModel",
            Operation::ReadAssertions => "ReadAssertions",
            Operation::WriteAssertions => "WriteAssertions",
        }
    }
}

/// A program that calls the API with credentials of its own.
pub(super) struct Service {
    pub(super) client_id: &'static str,
    pub(super) user_agent: &'static str,
    /// Its addresses; the last one is its way out over IPv6.
    pub(super) addresses: &'static [&'static str],
}

#[rustfmt::skip]
const SERVICES: [(u32, &Service); 4] = [
    (45, &Service { client_id: "Zr4xQm8sLk1dVw6tBn0yHc3uJg7eXf9P", user_agent: "openfga-sdk js/0.9.0",
        addresses: &["10.20.4.17", "10.20.4.18", "203.0.113.7", "2001:db8:40::17"] }),
    (30, &Service { client_id: "hG2vTb7nKq5pYs9wRd3mXz0cUj8aEf1L", user_agent: "openfga-sdk go/0.7.1",
        addresses: &["10.20.6.2", "10.20.6.3", "198.51.100.23", "2001:db8:60::2"] }),
    (15, &Service { client_id: "Wk9cMf4zRx2jNt6bQy8vLg1sHd5uPa3E", user_agent: "openfga-sdk python/0.9.5",
        addresses: &["10.20.9.40", "198.51.100.40"] }),
    (10, &Service { client_id: "Jb6tVr1yCs8mXk3qZn7wFh4pGd0eLu2A", user_agent: "fga-cli/0.7.2 (linux/amd64)",
        addresses: &["192.0.2.200", "2001:db8:c1::c1"] }),
];

#[derive(Clone, Copy)]
enum Script {
    Page,
    Batch,
    Share,
    Audit,
    Model,
    Enumeration,
}

const SCRIPTS: [(u32, Script); 6] = [
    (560, Script::Page),
    (180, Script::Batch),
    (160, Script::Share),
    (70, Script::Audit),
    (24, Script::Model),
    (6, Script::Enumeration),
];

/// Plans a run of calls; the first is due at `at`.
pub(super) fn begin(
    at: Millis,
    directory: &Directory,
    random: &mut Random,
    agenda: &mut Agenda<Step>,
) {
    use Operation as O;
    let script = random.weighted(&SCRIPTS);
    let step = Step {
        operation: O::Check,
        user: directory.someone(random),
        service: random.weighted(&SERVICES),
        probing: matches!(script, Script::Enumeration),
    };
    let mut due = at;
    let mut plan = |operation: Operation, gap: u64| {
        agenda.plan(due, Step { operation, ..step });
        due += gap as Millis;
    };
    match script {
        Script::Page => {
            if random.permille(350) {
                plan(random.pick(&[O::ListObjects, O::ListObjects, O::StreamedListObjects]), 40);
            }
            for _ in 0..random.between(1, 6) {
                plan(O::Check, random.between(5, 4000));
            }
        }
        Script::Batch => {
            plan(O::BatchCheck, random.between(10, 2000));
            if random.permille(400) {
                plan(O::Check, 0);
            }
        }
        Script::Share => {
            plan(O::Check, random.between(500, 8000));
            plan(O::Write, random.between(20, 200));
            if random.permille(300) {
                plan(O::ListUsers, 0);
            }
        }
        Script::Audit => {
            plan(O::Read, random.between(100, 900));
            plan(random.pick(&[O::Expand, O::ReadChanges, O::ListUsers, O::Read]), 0);
        }
        Script::Model => {
            plan(O::ReadAuthorizationModel, random.between(1000, 60_000));
            if random.permille(400) {
                plan(O::WriteAuthorizationModel, random.between(1000, 9000));
                plan(O::WriteAssertions, 500);
            }
            plan(O::ReadAssertions, 0);
        }
        Script::Enumeration => {
            for _ in 0..random.between(15, 80) {
                plan(O::Check, random.between(80, 600));
            }
        }
    }
}
