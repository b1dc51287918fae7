//! Faults on demand, to show what becomes of them. Only in a build with the feature `fault-injection`, which is never
//! deployed.

use std::time::Duration;

use axum::{Extension, Router, extract::State, response::Response, routing::post};
use trailsift_trail::wire::{self, Fault, Request};
use worker::Delay;

use crate::{
    credentials::{self, scope},
    error::Problem,
    incoming::Incoming,
    site::Site,
    surface::Surface,
    trail_client::TrailClient,
};

/// Longer than anybody waits for an object.
const SILENCE: Duration = Duration::from_secs(60);

/// `POST /v1/faults/front` panics in the front, `POST /v1/faults/object/{trail}` in the object of a trail, and
/// `POST /v1/faults/silence/{trail}` keeps that object from answering.
pub(crate) fn routes() -> Router<Site> {
    Router::new()
        .route("/v1/faults/front", post(in_front))
        .route("/v1/faults/object/{trail}", post(panic_of_object))
        .route("/v1/faults/silence/{trail}", post(silence_of_object))
}

#[worker::send]
async fn in_front(State(site): State<Site>, Extension(incoming): Extension<Incoming>) -> Response {
    match credentials::bearer(&site, &incoming, Surface::Ours) {
        Ok(_) => panic_now("front"),
        Err(problem) => Surface::Ours.answer(problem),
    }
}

#[worker::send]
async fn panic_of_object(
    State(site): State<Site>,
    Extension(incoming): Extension<Incoming>,
) -> Response {
    asked(&site, &incoming, Fault::Panic)
        .await
        .unwrap_or_else(|problem| Surface::Ours.answer(problem))
}

#[worker::send]
async fn silence_of_object(
    State(site): State<Site>,
    Extension(incoming): Extension<Incoming>,
) -> Response {
    asked(&site, &incoming, Fault::Silence)
        .await
        .unwrap_or_else(|problem| Surface::Ours.answer(problem))
}

async fn asked(site: &Site, incoming: &Incoming, fault: Fault) -> Result<Response, Problem> {
    let grant = credentials::bearer(site, incoming, Surface::Ours)?.with(scope::APPEND)?;
    let trail = TrailClient::new(site, &grant.tenant, &incoming.segment(3)?)?;
    let message = wire::message(&Request::Fault(fault), 0).map_err(Problem::internal)?;
    let (reply, _) = trail.ask(&message).await?;
    Err(Problem::Internal(format!("the object answered {reply:?} instead of going wrong")))
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
