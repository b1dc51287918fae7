//! Faults on demand, to show what becomes of them. Only in a build with the feature `fault-injection`, which is never
//! deployed.

use axum::{Extension, Router, extract::State, response::Response, routing::post};
use trailsift_trail::wire::{self, Request};

use crate::{
    credentials::{self, scope},
    error::Problem,
    incoming::Incoming,
    site::Site,
    surface::Surface,
    trail_client::TrailClient,
};

/// `POST /v1/faults/front` panics in the front, `POST /v1/faults/object/{trail}` in the object of a trail.
pub(crate) fn routes() -> Router<Site> {
    Router::new()
        .route("/v1/faults/front", post(in_front))
        .route("/v1/faults/object/{trail}", post(in_object))
}

#[worker::send]
async fn in_front(State(site): State<Site>, Extension(incoming): Extension<Incoming>) -> Response {
    match credentials::bearer(&site, &incoming, Surface::Ours) {
        Ok(_) => panic_now("front"),
        Err(problem) => Surface::Ours.answer(problem),
    }
}

#[worker::send]
async fn in_object(State(site): State<Site>, Extension(incoming): Extension<Incoming>) -> Response {
    asked(&site, &incoming).await.unwrap_or_else(|problem| Surface::Ours.answer(problem))
}

async fn asked(site: &Site, incoming: &Incoming) -> Result<Response, Problem> {
    let grant = credentials::bearer(site, incoming, Surface::Ours)?.with(scope::APPEND)?;
    let trail = TrailClient::new(site, &grant.tenant, &incoming.segment(3)?)?;
    let message = wire::message(&Request::Panic, 0).map_err(Problem::internal)?;
    let (reply, _) = trail.ask(&message).await?;
    Err(Problem::Internal(format!("the object answered {reply:?} instead of a panic")))
}

/// Panics, with the object's rows open.
pub(crate) fn panic_in_object() -> ! {
    panic_now("trail object")
}

#[expect(clippy::panic, reason = "the fault that is to be injected")]
fn panic_now(place: &str) -> ! {
    panic!("injected in the {place}")
}
