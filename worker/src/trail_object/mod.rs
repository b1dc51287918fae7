//! The object that owns one trail: Cloudflare's side of [`trailsift_trail::keeper`]. It filters nothing and knows no
//! vendor: entries were checked before they come here, and are decoded where they go.
//!
//! What it keeps in memory is rebuilt from SQLite when it starts and whenever something went wrong.

mod storage;

use std::{
    cell::{Cell, RefCell},
    panic::AssertUnwindSafe,
};

use trailsift_trail::{
    keeper::{self, Appended, Ask, Batch, Database, Keeper, Policy, Selection},
    time::Millis,
    wire::{self, Reply, Request, Source, Trail},
};
use worker::{DurableObject, Env, Response, State, console_error, durable_object};

use self::storage::Rows;
use crate::{bucket::Segments, clock, panics, query, random, site::Site};

/// How many bytes of payloads go with an answer, so that a page of the newest entries takes one call.
const INLINE: u64 = 4 << 20;

/// When trails are tended. Tests reach it with a few hundred kilobytes.
const POLICY: Policy = if cfg!(feature = "fault-injection") {
    Policy { seal_bytes: 256 << 10, seal_age: 1000, retry: 500, ..Policy::DEFAULT }
} else {
    Policy::DEFAULT
};

/// A trail.
#[durable_object]
pub struct TrailObject {
    state: State,
    site: Site,
    /// Thrown away after a panic, so that nothing half-changed is ever seen again.
    memory: AssertUnwindSafe<RefCell<Option<Keeper>>>,
    /// For when the alarm is set, as far as is known.
    alarm: AssertUnwindSafe<Cell<Option<Millis>>>,
    /// Before then nothing is tried again: the store failed.
    not_before: AssertUnwindSafe<Cell<Millis>>,
}

impl DurableObject for TrailObject {
    fn new(state: State, env: Env) -> Self {
        Self {
            state,
            site: Site::new(env),
            memory: AssertUnwindSafe(RefCell::new(None)),
            alarm: AssertUnwindSafe(Cell::new(None)),
            not_before: AssertUnwindSafe(Cell::new(0)),
        }
    }

    async fn fetch(&self, mut request: worker::Request) -> worker::Result<Response> {
        let message = request.bytes().await?;
        #[cfg(feature = "fault-injection")]
        {
            crate::fault::silence_if_asked(&message).await;
            if crate::fault::is_alarm(&message) {
                self.alarm().await?;
            }
        }
        // From here on nothing waits, so no other request comes between.
        let answer = panics::caught_now(|| self.answer(&message)).and_then(|answer| answer);
        let answer = match answer {
            Ok(answer) => answer,
            Err(reason) => {
                console_error!("trail object: {reason}");
                // Whatever the memory says now may not be what is stored.
                self.memory.replace(None);
                wire::message(&Reply::Failed { reason }, 0).map_err(|error| error.to_string())?
            }
        };
        self.set_alarm().await;
        Response::from_bytes(answer)
    }

    /// Runs at least once for each time that it is set for, perhaps twice, perhaps late.
    async fn alarm(&self) -> worker::Result<Response> {
        self.alarm.set(None);
        let done = panics::caught(self.work()).await.and_then(|done| done);
        if let Err(reason) = done {
            console_error!("trail object: {reason}");
            // Whatever the memory says now may not be what is stored; there is something to do all the same.
            self.memory.replace(None);
            let again = self.now().saturating_add(POLICY.retry);
            self.not_before.set(again);
            self.wake(again).await;
        } else {
            self.set_alarm().await;
        }
        Response::empty()
    }
}

impl TrailObject {
    fn rows(&self) -> Rows {
        Rows::new(self.state.storage())
    }

    /// Seals what is to be sealed, and removes what is past its time.
    async fn work(&self) -> Result<(), String> {
        let name = self.state.id().name().ok_or("the trail object has no name")?;
        let (tenant, trail) = name.rsplit_once('\0').ok_or("the trail object has another name")?;
        let segments =
            Segments::new(&self.site, tenant, trail).map_err(|problem| format!("{problem:?}"))?;
        // Entries are sealed and expire also where the key to sign with is not what it should be.
        let notary = self.site.notary(tenant, trail).unwrap_or_else(|problem| {
            console_error!("trail object: no checkpoint is signed: {problem:?}");
            None
        });
        let (rows, notary) = (self.rows(), notary.as_ref());
        keeper::work(&self.memory, &rows, &segments, &POLICY, notary, || self.now()).await
    }

    #[cfg_attr(
        not(feature = "fault-injection"),
        expect(clippy::unused_self, reason = "a test's clock is the object's own")
    )]
    fn now(&self) -> Millis {
        #[cfg(feature = "fault-injection")]
        if let Some(name) = self.state.id().name() {
            return clock::now() + crate::fault::storage::ahead(&name);
        }
        clock::now()
    }

    /// Sets the alarm for when there is something to do, where it is not set for that already. A trail whose alarm
    /// could not be set is tended after the next request.
    async fn set_alarm(&self) {
        let wanted = self.memory.borrow().as_ref().and_then(|keeper| keeper.wake_at(&POLICY));
        if let Some(wanted) = wanted {
            self.wake(wanted.max(self.now()).max(self.not_before.get())).await;
        }
    }

    async fn wake(&self, at: Millis) {
        if self.alarm.get().is_some_and(|set| set <= at) {
            return;
        }
        let date = worker::js_sys::Date::new(&(at as f64).into());
        match self.state.storage().set_alarm(worker::ScheduledTime::new(date)).await {
            Ok(()) => {
                #[cfg(feature = "counts")]
                crate::counts::wrote(1);
                self.alarm.set(Some(at));
            }
            Err(error) => console_error!("trail object: the alarm is not set: {error}"),
        }
    }

    fn answer(&self, message: &[u8]) -> Result<Vec<u8>, String> {
        let (request, rest) = wire::split::<Request>(message).map_err(text)?;
        let rows = self.rows();
        let mut memory = self.memory.borrow_mut();
        if memory.is_none() {
            *memory = Keeper::load(&rows)?;
        }
        let reply = match (request, &mut *memory) {
            (Request::Append { schema, count, source }, memory) => {
                append(memory, &rows, &schema, (rest, count), source.as_ref(), self.now())?
            }
            #[cfg(feature = "fault-injection")]
            (Request::Fault(wire::Fault::Alarm), _) => Reply::Done,
            #[cfg(feature = "fault-injection")]
            (Request::Fault(_), _) => crate::fault::panic_in_object(),
            (Request::Source { name }, _) => Reply::Source(rows.source(&name)?),
            (_, None) => Reply::NoTrail,
            (Request::Select(ask), Some(keeper)) => return pieces(keeper, &rows, &ask),
            (Request::Payloads { firsts }, Some(_)) => return payloads(&rows, &firsts),
            (Request::Describe, Some(keeper)) => Reply::Trail(described(keeper)),
            (Request::Hashes { nodes }, Some(keeper)) => {
                Reply::Hashes(nodes.into_iter().map(|node| keeper.tree().hash(node)).collect())
            }
            (Request::Find { id }, Some(keeper)) => Reply::Number(keeper.find(&id, &rows)?),
            (Request::ReceivedBy { then }, Some(keeper)) => {
                Reply::ReceivedBy(keeper.received_by(then))
            }
            (Request::Listed, Some(keeper)) => {
                keeper.mark_listed(&rows)?;
                Reply::Done
            }
            (Request::Retain(age), Some(keeper)) => {
                keeper.retain(&rows, age)?;
                Reply::Trail(described(keeper))
            }
        };
        wire::message(&reply, 0).map_err(text)
    }
}

fn described(keeper: &Keeper) -> Trail {
    let row = keeper.trail();
    Trail {
        schema: row.schema.clone(),
        first: keeper.directory().first(),
        last: keeper.directory().last(),
        sealed: keeper.directory().last_sealed(),
        created: row.created,
        retention: row.retention,
    }
}

fn append(
    memory: &mut Option<Keeper>,
    rows: &Rows,
    schema: &str,
    (rest, count): (&[u8], usize),
    source: Option<&Source>,
    now: Millis,
) -> Result<Reply, String> {
    let entries = wire::entries(rest, count).map_err(text)?;
    let schema = query::known_schema(schema).ok_or_else(|| format!("no schema `{schema}`"))?;
    let source = source.map(|source| (&*source.name, &*source.checkpoint));
    let batch = Batch { schema, entries: &entries, source };
    let random = &mut random::number;
    Ok(match Keeper::append(memory, rows, &POLICY, &batch, now, random)? {
        Appended::Done(receipt) => {
            let listed = memory.as_ref().is_some_and(|keeper| keeper.trail().listed);
            Reply::Appended { receipt, listed }
        }
        Appended::OtherSchema(schema) => Reply::OtherSchema { schema },
        Appended::KeyReused { place } => Reply::KeyReused { place },
        Appended::TakenIds { places } => Reply::TakenIds { places },
        Appended::Behind => Reply::Behind,
        Appended::Full => Reply::Full,
    })
}

/// The pieces that a reader needs, with the payloads of the first of them as far as they are chunks and not too many.
fn pieces(keeper: &Keeper, rows: &Rows, ask: &Ask) -> Result<Vec<u8>, String> {
    let Selection { pieces, next } = keeper.select(rows, ask)?;
    let mut left = INLINE.min(ask.budget);
    let mut inline = Vec::new();
    for piece in &pieces {
        let fits = inline.is_empty() || piece.meta.bytes <= left;
        if piece.sealed.is_some() || !fits {
            break;
        }
        left = left.saturating_sub(piece.meta.bytes);
        let missing = || format!("chunk {} is missing", piece.meta.first);
        inline.push(rows.payload(piece.meta.first)?.ok_or_else(missing)?);
    }
    let trail = described(keeper);
    let reply = Reply::Pieces { trail, pieces, next, inline: inline.len() };
    with_payloads(&reply, &inline)
}

fn payloads(rows: &Rows, firsts: &[u64]) -> Result<Vec<u8>, String> {
    let payloads: Vec<_> =
        firsts.iter().map(|first| rows.payload(*first)).collect::<Result<_, _>>()?;
    let lengths = payloads
        .iter()
        .map(|payload| payload.as_ref().map(|payload| payload.len() as u64))
        .collect();
    let there: Vec<_> = payloads.into_iter().flatten().collect();
    with_payloads(&Reply::Payloads { lengths }, &there)
}

fn with_payloads(reply: &Reply, payloads: &[Vec<u8>]) -> Result<Vec<u8>, String> {
    let mut message = wire::message(reply, payloads.iter().map(Vec::len).sum()).map_err(text)?;
    payloads.iter().for_each(|payload| message.extend_from_slice(payload));
    Ok(message)
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
