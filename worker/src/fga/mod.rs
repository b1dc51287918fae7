//! Auth0 FGA's Logging API. A store's log is the tenant's trail with the store's id.
//!
//! Pages go in the order of receipt, so that a poller that keeps its token misses no late entry; `sort` turns the
//! order round. A store exists once something was appended to its trail.

mod conditions;
pub(crate) mod error;
mod parameters;

use axum::{Router, response::Response};
use http::StatusCode;
use trailsift_core::Dialect;
use trailsift_trail::{ids, page::Page};

use self::parameters::Ask;
use crate::{
    credentials::{self, scope},
    error::Problem,
    handler::get,
    incoming::Incoming,
    paging::{Asked, Paging},
    parameters::Parameters,
    query,
    reading::{self, PageEntry},
    reply,
    site::Site,
    surface::Surface,
    trail_client::TrailClient,
};

/// After so many entries without a match an empty page's token moves on all the same, so that a poller with a rare
/// filter does not read the same entries for ever.
const FORGOTTEN: u64 = 10_000;

/// The routes.
pub(crate) fn routes() -> Router<Site> {
    Router::new().route("/stores/{store_id}/logs", get(Surface::Fga, listed))
}

async fn listed(site: &Site, incoming: &Incoming) -> Result<Response, Problem> {
    let grant = credentials::bearer(site, incoming, Surface::Fga)?.with(scope::FGA_LOGS)?;
    let store = incoming.segment(1)?;
    if !ids::is_ulid(&store) {
        return Err(Problem::parameter("store_id", "must match ^[0-9A-HJKMNP-TV-Z]{26}$"));
    }
    let ask = Ask::read(&Parameters::parse(&incoming.query)?)?;
    let trail = TrailClient::new(site, &grant.tenant, &store)?;
    let described = trail.describe().await?;
    let options = query::options(Dialect::Fga, query::schema(&described.schema)?);
    let query = ask.conditions.read(&options)?;
    let asked = Asked {
        query: (query::dialect_name(Dialect::Fga), &ask.conditions.text()),
        direction: ask.direction,
        token: ask.token.as_deref(),
    };
    let paging = Paging::new(site, &trail, &described, &asked)?;
    let page = paging.page(&query, (ask.lo, ask.hi), ask.page_size).await?;

    // Nothing newer: the same token, to be used again later.
    let position = match (paging.from, page.position()) {
        (Some(from), Some(read)) if is_unchanged(&page, read.abs_diff(from)) => Some(from),
        (from, read) => read.or(from),
    };
    let token = position.map_or_else(String::new, |position| paging.token(position));
    let mut body = br#"{"logs":["#.to_vec();
    body.extend_from_slice(&reading::joined(page.entries()));
    body.extend_from_slice(format!(r#"],"continuation_token":"{token}"}}"#).as_bytes());
    Ok(reply::bytes(StatusCode::OK, reply::JSON, body))
}

/// Whether an empty page leaves its token as it was, though it looked at so many entries. One that had to stop before
/// the end never does: it would stop there again.
fn is_unchanged(page: &Page<PageEntry>, read: u64) -> bool {
    page.entries().is_empty() && !page.has_more() && read < FORGOTTEN
}
