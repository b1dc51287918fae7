//! Auth0's Management API: the logs endpoints. They read the tenant's trail `auth0`.

mod checkpoint;
pub(crate) mod error;
mod parameters;
mod search;

use axum::{Extension, Router, extract::State, response::Response, routing::get};
use http::StatusCode;

use self::parameters::{Listing, Search};
use crate::{
    credentials::{self, scope},
    error::{Missing, Problem},
    incoming::Incoming,
    parameters::Parameters,
    reading, reply,
    site::Site,
    surface::Surface,
    trail_client::TrailClient,
};

/// The trail that this API reads.
const TRAIL: &str = "auth0";

/// The routes.
pub(crate) fn routes() -> Router<Site> {
    Router::new()
        .route("/api/v2/logs", get(list))
        .route("/api/v2/logs/{id}", get(one))
        .route("/api/v2/users/{id}/logs", get(of_user))
}

#[worker::send]
async fn list(State(site): State<Site>, Extension(incoming): Extension<Incoming>) -> Response {
    listed(&site, &incoming).await.unwrap_or_else(|problem| Surface::Auth0.answer(problem))
}

#[worker::send]
async fn one(State(site): State<Site>, Extension(incoming): Extension<Incoming>) -> Response {
    found(&site, &incoming).await.unwrap_or_else(|problem| Surface::Auth0.answer(problem))
}

#[worker::send]
async fn of_user(State(site): State<Site>, Extension(incoming): Extension<Incoming>) -> Response {
    users(&site, &incoming).await.unwrap_or_else(|problem| Surface::Auth0.answer(problem))
}

fn trail(site: &Site, incoming: &Incoming) -> Result<TrailClient, Problem> {
    let grant = credentials::bearer(site, incoming, Surface::Auth0)?.with(scope::LOGS)?;
    TrailClient::new(site, &grant.tenant, TRAIL)
}

async fn listed(site: &Site, incoming: &Incoming) -> Result<Response, Problem> {
    let trail = trail(site, incoming)?;
    let response = match Listing::read(&Parameters::parse(&incoming.query)?)? {
        Listing::Checkpoint(checkpoint) => {
            checkpoint::answer(&trail, &checkpoint, &incoming.origin).await?
        }
        Listing::Search(search) => search::answer(&trail, &search).await?,
    };
    Ok(error::rate_limited(response))
}

async fn found(site: &Site, incoming: &Incoming) -> Result<Response, Problem> {
    let trail = trail(site, incoming)?;
    let id = incoming.segment(3)?;
    let missing = Problem::Missing(Missing::Entry);
    let Some(sequence) = trail.find(&id).await? else { return Err(missing) };
    let entry = reading::one(&trail, sequence).await?.ok_or(missing)?;
    Ok(error::rate_limited(reply::bytes(StatusCode::OK, reply::JSON, entry)))
}

/// The entries of one user: a search of which the query is given. A user whom no entry names has none.
async fn users(site: &Site, incoming: &Incoming) -> Result<Response, Problem> {
    let trail = trail(site, incoming)?;
    let id = incoming.segment(3)?;
    let mut search = Search::read(&Parameters::parse(&incoming.query)?)?;
    search.query = format!("user_id:\"{}\"", id.replace('\\', "\\\\").replace('"', "\\\""));
    Ok(error::rate_limited(search::answer(&trail, &search).await?))
}
