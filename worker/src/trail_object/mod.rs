//! The object that owns one trail: it gives numbers, keeps chunks and hands them out. It filters nothing and knows no
//! vendor: entries were checked before they come here, and are decoded where they go.
//!
//! What it keeps in memory is rebuilt from SQLite when it starts and whenever a request went wrong.

mod storage;

use std::{cell::RefCell, panic::AssertUnwindSafe};

use trailsift_trail::{
    kind::Kind,
    sequencer::{PlanError, Sequencer},
    wire::{self, Read, Reply, Request, Trail},
};
use worker::{DurableObject, Env, Response, State, console_error, durable_object};

use self::storage::{Rows, TrailRow};
use crate::{clock, panics, query, random};

/// A trail.
#[durable_object]
pub struct TrailObject {
    state: State,
    /// Thrown away after a panic, so that nothing half-changed is ever seen again.
    memory: AssertUnwindSafe<RefCell<Option<Memory>>>,
}

/// What is known without reading chunks.
struct Memory {
    trail: TrailRow,
    sequencer: Sequencer,
}

impl DurableObject for TrailObject {
    fn new(state: State, _env: Env) -> Self {
        Self { state, memory: AssertUnwindSafe(RefCell::new(None)) }
    }

    async fn fetch(&self, mut request: worker::Request) -> worker::Result<Response> {
        let message = request.bytes().await?;
        #[cfg(feature = "fault-injection")]
        crate::fault::silence_if_asked(&message).await;
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
        Response::from_bytes(answer)
    }
}

impl TrailObject {
    fn answer(&self, message: &[u8]) -> Result<Vec<u8>, String> {
        let (request, rest) = wire::split::<Request>(message).map_err(|error| error.to_string())?;
        let rows = Rows::new(self.state.storage());
        let mut memory = self.memory.borrow_mut();
        if memory.is_none() {
            *memory = load(&rows)?;
        }
        let reply = match (request, &mut *memory) {
            (Request::Append { schema, count }, memory) => {
                append(&rows, memory, &schema, rest, count)?
            }
            #[cfg(feature = "fault-injection")]
            (Request::Fault(_), _) => crate::fault::panic_in_object(),
            (_, None) => Reply::NoTrail,
            (Request::Read(read), Some(memory)) => return chunks(&rows, memory, &read),
            (Request::Describe, Some(memory)) => Reply::Trail(memory.describe()),
            (Request::Find { id }, Some(memory)) => {
                Reply::Number(memory.sequencer.find(&id, &rows)?)
            }
            (Request::ReceivedBy { then }, Some(memory)) => {
                Reply::Number(Some(memory.sequencer.directory().last_received_by(then)))
            }
            (Request::Listed, Some(memory)) => {
                rows.mark_listed()?;
                memory.trail.listed = true;
                Reply::Done
            }
        };
        wire::message(&reply, 0).map_err(|error| error.to_string())
    }
}

impl Memory {
    fn describe(&self) -> Trail {
        let TrailRow { schema, created, .. } = self.trail.clone();
        Trail { schema, last: self.sequencer.directory().last(), created }
    }
}

fn load(rows: &Rows) -> Result<Option<Memory>, String> {
    let Some(trail) = rows.trail()? else { return Ok(None) };
    let mut sequencer = Sequencer::default();
    rows.chunks(|meta, keys| sequencer.apply(meta, keys).map_err(|gap| gap.to_string()))?;
    Ok(Some(Memory { trail, sequencer }))
}

fn append(
    rows: &Rows,
    memory: &mut Option<Memory>,
    schema: &str,
    rest: &[u8],
    count: usize,
) -> Result<Reply, String> {
    let entries = wire::entries(rest, count).map_err(|error| error.to_string())?;
    let known = query::known_schema(schema).ok_or_else(|| format!("no schema `{schema}`"))?;
    if let Some(Memory { trail, .. }) = memory
        && trail.schema != schema
    {
        return Ok(Reply::OtherSchema { schema: trail.schema.clone() });
    }
    let now = clock::now();
    let mut random = Ok(());
    let draw = || {
        random::number().unwrap_or_else(|error| {
            random = Err(error.to_string());
            0
        })
    };
    let fresh = Sequencer::default();
    let sequencer = memory.as_ref().map_or(&fresh, |memory| &memory.sequencer);
    let plan = match sequencer.plan(&entries, Kind::of(known).id_form, now, draw, rows) {
        Ok(plan) => plan,
        Err(PlanError::KeyReused { place }) => return Ok(Reply::KeyReused { place }),
        Err(PlanError::TakenIds { places }) => return Ok(Reply::TakenIds { places }),
        Err(error) => return Err(error.to_string()),
    };
    random?;
    let new_trail = match memory {
        Some(_) => None,
        None => Some(TrailRow { schema: schema.to_owned(), created: now, listed: false }),
    };
    if new_trail.is_some() || !plan.chunks.is_empty() {
        rows.append(new_trail.as_ref(), &plan.chunks)?;
    }
    // The rows are written; only now does the memory say so.
    if let Some(trail) = new_trail {
        *memory = Some(Memory { trail, sequencer: Sequencer::default() });
    }
    let memory = memory.as_mut().ok_or("the trail is gone")?;
    for chunk in &plan.chunks {
        memory.sequencer.apply(chunk.meta, &chunk.keys).map_err(|gap| gap.to_string())?;
    }
    Ok(Reply::Appended { receipt: plan.receipt, listed: memory.trail.listed })
}

fn chunks(rows: &Rows, memory: &Memory, read: &Read) -> Result<Vec<u8>, String> {
    let Read { window, order, direction, after, budget } = read;
    let directory = memory.sequencer.directory();
    let selection = directory.select(window, *order, *direction, *after, *budget);
    let bytes: u64 = selection.chunks.iter().map(|chunk| chunk.bytes).sum();
    let reply =
        Reply::Chunks { trail: memory.describe(), chunks: selection.chunks, next: selection.next };
    let capacity = usize::try_from(bytes).unwrap_or(0);
    let mut message = wire::message(&reply, capacity).map_err(|error| error.to_string())?;
    let Reply::Chunks { chunks, .. } = reply else { return Ok(message) };
    for chunk in chunks {
        message.extend_from_slice(&rows.payload(chunk.first)?);
    }
    Ok(message)
}
