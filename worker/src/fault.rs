//! Faults on demand, to show what becomes of them. Only in a build with the feature `fault-injection`, which is never
//! deployed.

pub(crate) mod storage;

use std::time::Duration;

use axum::{Router, response::Response};
use futures_util::{StreamExt, stream};
use http::StatusCode;
use serde_json::json;
use trailsift_trail::wire::{self, Fault, Reply, Request};
use worker::Delay;

use crate::{
    credentials::{self, scope},
    error::{Missing, Problem},
    handler::post,
    incoming::Incoming,
    ndjson, reply,
    site::Site,
    surface::Surface,
    trail_client::TrailClient,
};

/// Longer than anybody waits for an object.
const SILENCE: Duration = Duration::from_secs(60);

/// `POST /v1/faults/front` panics in the front, `POST /v1/faults/stream/{surface}` after the first line of a surface's
/// stream, `POST /v1/faults/object/{trail}` in the object of a trail, `POST /v1/faults/silence/{trail}` keeps that
/// object from answering, and `POST /v1/faults/alarm/{trail}` wakes it. What else there is, [`storage`] knows.
pub(crate) fn routes() -> Router<Site> {
    let panic = async |site: &Site, incoming: &Incoming| asked(site, incoming, Fault::Panic).await;
    let silence =
        async |site: &Site, incoming: &Incoming| asked(site, incoming, Fault::Silence).await;
    Router::new()
        .route("/v1/faults/front", post(Surface::Ours, in_front))
        .route("/v1/faults/stream/{surface}", post(Surface::Ours, in_stream))
        .route("/v1/faults/object/{trail}", post(Surface::Ours, panic))
        .route("/v1/faults/silence/{trail}", post(Surface::Ours, silence))
        .route("/v1/faults/alarm/{trail}", post(Surface::Ours, alarm))
        .merge(storage::routes())
}

async fn in_front(site: &Site, incoming: &Incoming) -> Result<Response, Problem> {
    credentials::bearer(site, incoming, Surface::Ours)?;
    panic_now("front")
}

async fn in_stream(site: &Site, incoming: &Incoming) -> Result<Response, Problem> {
    credentials::bearer(site, incoming, Surface::Ours)?;
    let surface = match &*incoming.segment(3)? {
        "v1" => Surface::Ours,
        "admin" => Surface::Cerbos,
        _ => return Err(Problem::Missing(Missing::Path)),
    };
    let first = stream::iter([Ok(b"{}\n".to_vec())]);
    let later = stream::once(async { panic_now("stream") });
    let body = ndjson::body(surface, first.chain(later));
    Ok(reply::bytes(StatusCode::OK, reply::NDJSON, body))
}

async fn alarm(site: &Site, incoming: &Incoming) -> Result<Response, Problem> {
    let reply = tell(site, incoming, Fault::Alarm).await?;
    Ok(reply::json(StatusCode::OK, &json!({ "answer": format!("{reply:?}") })))
}

async fn asked(site: &Site, incoming: &Incoming, fault: Fault) -> Result<Response, Problem> {
    let reply = tell(site, incoming, fault).await?;
    Err(Problem::Internal(format!("the object answered {reply:?} instead of going wrong")))
}

async fn tell(site: &Site, incoming: &Incoming, fault: Fault) -> Result<Reply, Problem> {
    let grant = credentials::bearer(site, incoming, Surface::Ours)?.with(scope::APPEND)?;
    let trail = TrailClient::new(site, &grant.tenant, &incoming.segment(3)?)?;
    let message = wire::message(&Request::Fault(fault), 0).map_err(Problem::internal)?;
    Ok(trail.ask(&message).await?.0)
}

/// Whether the message asks for an alarm before its time.
pub(crate) fn is_alarm(message: &[u8]) -> bool {
    matches!(wire::split(message), Ok((Request::Fault(Fault::Alarm), _)))
}

/// Waits for long where the message asks for it.
pub(crate) async fn silence_if_asked(message: &[u8]) {
    if let Ok((Request::Fault(Fault::Silence), _)) = wire::split(message) {
        Delay::from(SILENCE).await;
    }
}

/// Panics, with the object's rows open.
pub(crate) fn panic_in_object() -> ! {
    panic_now("trail object")
}

#[expect(clippy::panic, reason = "the fault that is to be injected")]
fn panic_now(place: &str) -> ! {
    panic!("injected in the {place}")
}
