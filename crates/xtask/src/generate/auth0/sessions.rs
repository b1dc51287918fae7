//! What people, machines and attackers do: the script of a session is drawn when it begins, its steps are
//! planned at once. How a step is written is not decided here.

use super::types::{self, Type};
use crate::generate::agenda::Agenda;
use crate::generate::clock::Millis;
use crate::generate::people::{APPLICATIONS, Application, Directory, MACHINES};
use crate::generate::random::Random;

/// The address from which the sample's one certain attack comes, whatever the seed.
pub(super) const ATTACKER: &str = "203.0.113.66";

/// What the steps of one session share.
#[derive(Clone, Copy)]
pub(super) struct Session {
    /// The user's index in the directory; a machine's session has one that is never shown.
    pub(super) user: usize,
    pub(super) application: &'static Application,
    pub(super) origin: Origin,
    /// Seed of what stays the same during the session: its id, its fingerprint.
    pub(super) salt: u64,
}

/// Where a session comes from.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Origin {
    /// The user's own address; the flag: over IPv6.
    Home(bool),
    /// A machine's fixed address.
    Machine,
    /// The address `ATTACKER`.
    KnownAttacker,
    /// An attacker's address, made of the session's salt.
    Attacker,
}

/// One entry to be.
#[derive(Clone, Copy)]
pub(super) struct Step {
    pub(super) kind: &'static Type,
    pub(super) session: Session,
}

#[derive(Clone, Copy)]
enum Script {
    Login,
    Failure,
    Silent,
    SignUp,
    Reset,
    Passwordless,
    Machine,
    Management,
    Broken,
    Odd,
    LockOut,
    Attack,
}

const SCRIPTS: [(u32, Script); 12] = [
    (470, Script::Login),
    (70, Script::Failure),
    (90, Script::Silent),
    (16, Script::SignUp),
    (16, Script::Reset),
    (20, Script::Passwordless),
    (260, Script::Machine),
    (22, Script::Management),
    (16, Script::Broken),
    (14, Script::Odd),
    (4, Script::LockOut),
    (2, Script::Attack),
];

const SECOND: u64 = 1000;
const MINUTE: u64 = 60 * SECOND;

/// Plans a session that begins at `at`; its first step is due then.
pub(super) fn begin(
    at: Millis,
    directory: &Directory,
    random: &mut Random,
    agenda: &mut Agenda<Step>,
) {
    let script = random.weighted(&SCRIPTS);
    if let Script::Attack = script {
        let attempts = random.between(20, 120);
        return attack(at, attempts, Origin::Attacker, directory, random, agenda);
    }
    let machine = matches!(script, Script::Machine | Script::Management);
    let session = Session {
        user: directory.someone(random),
        application: random.weighted(if machine { &MACHINES } else { &APPLICATIONS }),
        origin: if machine { Origin::Machine } else { Origin::Home(random.permille(350)) },
        salt: random.bits(),
    };
    let mut plan = Plan { session, due: at, agenda };
    match script {
        Script::Login => login(&mut plan, random),
        Script::Failure => {
            plan.step(random.pick(&[
                &types::WRONG_PASSWORD,
                &types::WRONG_PASSWORD,
                &types::UNKNOWN_USER,
                &types::LOGIN_FAILED,
            ]));
            for _ in 0..random.below(3) {
                plan.after(random.between(4 * SECOND, 40 * SECOND));
                plan.step(&types::WRONG_PASSWORD);
            }
        }
        Script::Silent => {
            for _ in 0..random.between(1, 4) {
                let refused = random.permille(120);
                plan.step(if refused { &types::SILENT_FAILED } else { &types::SILENT });
                plan.after(random.between(MINUTE, 15 * MINUTE));
            }
        }
        Script::SignUp if random.permille(150) => plan.step(&types::SIGN_UP_FAILED),
        Script::SignUp => {
            plan.step(&types::SIGN_UP);
            plan.after(random.between(SECOND, 4 * SECOND));
            signed_in(&mut plan, random);
            plan.after(random.between(MINUTE, 10 * MINUTE));
            plan.step(&types::EMAIL_VERIFIED);
        }
        Script::Reset => {
            plan.step(&types::RESET_REQUESTED);
            plan.after(random.between(MINUTE, 20 * MINUTE));
            plan.step(&types::PASSWORD_CHANGED);
            plan.after(random.between(5 * SECOND, 30 * SECOND));
            signed_in(&mut plan, random);
        }
        Script::Passwordless => {
            plan.step(&types::LINK_SENT);
            plan.after(random.between(10 * SECOND, 3 * MINUTE));
            signed_in(&mut plan, random);
        }
        Script::Machine => {
            let refused = random.permille(30);
            plan.step(if refused { &types::MACHINE_TOKEN_FAILED } else { &types::MACHINE_TOKEN });
        }
        Script::Management => {
            plan.step(&types::MACHINE_TOKEN);
            for _ in 0..random.between(2, 9) {
                plan.after(random.between(200, 3 * SECOND));
                let failed = random.permille(60);
                plan.step(if failed { &types::MANAGEMENT_FAILED } else { &types::MANAGEMENT });
            }
        }
        Script::Broken => plan.step(random.pick(&[
            &types::CODE_EXCHANGE_FAILED,
            &types::REFRESH_FAILED,
            &types::LOGOUT_FAILED,
        ])),
        Script::Odd => plan.step(random.pick(&[
            &types::RATE_LIMIT,
            &types::DEPRECATION,
            &types::WARNING,
            &types::MAIL_FAILED,
            &types::USER_DELETED,
        ])),
        Script::LockOut | Script::Attack => {
            for _ in 0..10 {
                plan.step(&types::WRONG_PASSWORD);
                plan.after(random.between(SECOND, 6 * SECOND));
            }
            let leaked = random.permille(300);
            plan.step(if leaked { &types::LEAKED_PASSWORD } else { &types::ACCOUNT_BLOCKED });
        }
    }
}

/// One sign-in from an office that a policy denies.
pub(super) fn deny(
    at: Millis,
    directory: &Directory,
    random: &mut Random,
    agenda: &mut Agenda<Step>,
) {
    let session = Session {
        user: directory.at_an_office(random),
        application: random.weighted(&APPLICATIONS),
        origin: Origin::Home(false),
        salt: random.bits(),
    };
    Plan { session, due: at, agenda }.step(&types::LOGIN_FAILED);
}

/// Failed logins with many users' names from one address, at last blocked.
pub(super) fn attack(
    at: Millis,
    attempts: u64,
    origin: Origin,
    directory: &Directory,
    random: &mut Random,
    agenda: &mut Agenda<Step>,
) {
    let session = Session {
        user: directory.anyone(random),
        application: random.weighted(&APPLICATIONS),
        origin,
        salt: random.bits(),
    };
    let mut plan = Plan { session, due: at, agenda };
    for _ in 0..attempts {
        plan.session.user = directory.anyone(random);
        let known = random.permille(450);
        plan.step(if known { &types::WRONG_PASSWORD } else { &types::UNKNOWN_USER });
        plan.after(random.between(150, 2 * SECOND));
    }
    plan.step(&types::ADDRESS_BLOCKED);
}

fn login(plan: &mut Plan<'_>, random: &mut Random) {
    if random.permille(110) {
        for _ in 0..random.between(1, 2) {
            plan.step(&types::WRONG_PASSWORD);
            plan.after(random.between(5 * SECOND, 25 * SECOND));
        }
    }
    if random.permille(130) {
        plan.step(&types::FACTOR_STARTED);
        plan.after(random.between(200, 900));
        plan.step(&types::FACTOR_PUSHED);
        plan.after(random.between(4 * SECOND, 25 * SECOND));
        if random.permille(80) {
            return plan.step(&types::FACTOR_FAILED);
        }
        plan.step(&types::FACTOR_PASSED);
        plan.after(random.between(100, 800));
    }
    signed_in(plan, random);
    for _ in 0..random.below(4) {
        plan.after(random.between(20 * MINUTE, 65 * MINUTE));
        plan.step(&types::REFRESH);
    }
    if random.permille(450) {
        plan.after(random.between(MINUTE, 30 * MINUTE));
        plan.step(&types::LOGOUT);
    }
}

fn signed_in(plan: &mut Plan<'_>, random: &mut Random) {
    plan.step(&types::LOGIN);
    plan.after(random.between(150, 1500));
    plan.step(&types::CODE_EXCHANGE);
}

/// A session being planned, and the time of its next step.
struct Plan<'a> {
    session: Session,
    due: Millis,
    agenda: &'a mut Agenda<Step>,
}

impl Plan<'_> {
    fn step(&mut self, kind: &'static Type) {
        self.agenda.plan(self.due, Step { kind, session: self.session });
    }

    fn after(&mut self, millis: u64) {
        self.due += millis as Millis;
    }
}
