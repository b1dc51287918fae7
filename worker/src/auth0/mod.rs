//! Auth0's Management API: the logs endpoints. They read the tenant's trail `auth0`.

mod checkpoint;
pub(crate) mod error;
mod parameters;
mod projection;
mod search;
mod span;

use axum::{Router, response::Response};
use http::StatusCode;

use self::parameters::{Listing, Search};
use crate::{
    credentials::{self, scope},
    error::{Missing, Problem},
    handler::get,
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
        .route("/api/v2/logs", get(Surface::Auth0, listed))
        .route("/api/v2/logs/{id}", get(Surface::Auth0, found))
        .route("/api/v2/users/{id}/logs", get(Surface::Auth0, users))
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
    Ok(error::with_headers(response))
}

async fn found(site: &Site, incoming: &Incoming) -> Result<Response, Problem> {
    let trail = trail(site, incoming)?;
    let id = incoming.segment(3)?;
    let missing = Problem::Missing(Missing::Entry);
    let Some(sequence) = trail.find(&id).await? else { return Err(missing) };
    let entry = reading::one(&trail, sequence).await?.ok_or(missing)?;
    Ok(error::with_headers(reply::bytes(StatusCode::OK, reply::JSON, entry)))
}

/// The entries of one user: a search of which the query is given. A user whom no entry names has none.
async fn users(site: &Site, incoming: &Incoming) -> Result<Response, Problem> {
    let trail = trail(site, incoming)?;
    let id = incoming.segment(3)?;
    let mut search = Search::read(&Parameters::parse(&incoming.query)?)?;
    search.query = format!("user_id:\"{}\"", id.replace('\\', "\\\\").replace('"', "\\\""));
    Ok(error::with_headers(search::answer(&trail, &search).await?))
}
