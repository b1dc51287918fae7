//! The calls that a policy decision point answered. Access and decision entries are two views of one such
//! sequence, so that with the same seed, window and number of entries they pair up by call id.

use crate::generate::agenda::Agenda;
use crate::generate::clock::Millis;
use crate::generate::people::Directory;
use crate::generate::random::{Random, Ulids};

/// One call.
pub(super) struct Call {
    pub(super) at: Millis,
    pub(super) step: Step,
    /// Seed of how it is written.
    pub(super) salt: u64,
    /// The call id; a call that only one of the two logs knows has another in the other log.
    pub(super) id: String,
    /// The call id of the decision in an unpaired slot.
    pub(super) other_id: String,
}

impl Call {
    /// The commit of the policies that answered: a new one every six hours.
    pub(super) fn revision(&self) -> u64 {
        self.at as u64 / (6 * 3_600_000)
    }
}

#[derive(Clone, Copy)]
pub(super) struct Step {
    pub(super) kind: Kind,
    /// The principal: an index into the directory.
    pub(super) user: usize,
    /// How many resources are checked.
    pub(super) resources: u64,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    /// Logged by both.
    Check,
    /// Logged by both.
    Plan,
    /// The access log holds a call that led to no decision (an administrator's, or a refused one), the
    /// decision log one that an embedded decision point made without a call.
    Unpaired,
}

/// All calls of one run, in order.
pub(super) struct Calls {
    pub(super) directory: Directory,
    random: Random,
    agenda: Agenda<Step>,
    ids: Ulids,
}

impl Calls {
    pub(super) fn new(seed: u64) -> Calls {
        Calls {
            directory: Directory::new(seed),
            random: Random::new(seed, 6),
            agenda: Agenda::new(),
            ids: Ulids::default(),
        }
    }

    pub(super) fn next(&mut self, slot: Millis) -> Call {
        let (at, step) = loop {
            match self.agenda.due(slot) {
                Some(step) => break step,
                None => self.begin(slot),
            }
        };
        let random = &mut self.random;
        let salt = random.bits();
        let (id, other_id) = (self.ids.next(at, random), self.ids.next(at, random));
        Call { at, step, salt, id, other_id }
    }

    /// A user opens a page: one or several calls a moment apart.
    fn begin(&mut self, at: Millis) {
        let random = &mut self.random;
        let user = self.directory.someone(random);
        let mut due = at;
        for _ in 0..random.between(1, 5) {
            let kind = match random.below(100) {
                0..=3 => Kind::Unpaired,
                4..=17 => Kind::Plan,
                _ => Kind::Check,
            };
            let resources = random.weighted(&[(85, 1), (11, 2), (3, 3), (1, 5)]);
            self.agenda.plan(due, Step { kind, user, resources });
            due += random.between(3, 6000) as Millis;
        }
    }
}
