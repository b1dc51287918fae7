//! Auth0 FGA's Logging API. A store's log is the tenant's trail with the store's id.
//!
//! Pages go in the order of receipt, so that a poller that keeps its token misses no late entry; `sort` turns the
//! order round. A store exists once something was appended to its trail.

pub(crate) mod error;
mod parameters;

use axum::{Extension, Router, extract::State, response::Response, routing::get};
use http::StatusCode;
use trailsift_core::Dialect;
use trailsift_trail::{
    directory::{Order, Window},
    ids, page,
    token::{self, Listing},
};

use self::parameters::Ask;
use crate::{
    credentials::{self, scope},
    error::Problem,
    incoming::Incoming,
    parameters::Parameters,
    query,
    reading::{self, Reader},
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
    Router::new().route("/stores/{store_id}/logs", get(logs))
}

#[worker::send]
async fn logs(State(site): State<Site>, Extension(incoming): Extension<Incoming>) -> Response {
    listed(&site, &incoming).await.unwrap_or_else(|problem| Surface::Fga.answer(problem))
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
    let query = query::read("query", &ask.query, &options)?;

    let key = site.signing_key()?;
    let listing = Listing {
        tenant: &trail.tenant,
        trail: &trail.name,
        query: (query::dialect_name(Dialect::Fga), &ask.query),
        direction: ask.direction,
    };
    let from = match &ask.token {
        None => None,
        Some(text) => {
            Some(token::open(&key, &listing, text, described.last).map_err(Problem::Token)?)
        }
    };

    let window = Window { lo: ask.lo, hi: ask.hi, ..page::window_after(from, ask.direction) };
    let reader = Reader::new(&trail, window, Order::Sequence, ask.direction);
    let page = reading::page(reader, ask.page_size, Some(query.matcher())).await?;

    // Nothing newer: the same token, to be used again later.
    let position = match (from, page.position()) {
        (Some(from), Some(read))
            if page.entries().is_empty() && read.abs_diff(from) < FORGOTTEN =>
        {
            Some(from)
        }
        (from, read) => read.or(from),
    };
    let token = position.map_or_else(String::new, |position| token::mint(&key, &listing, position));
    let mut body = br#"{"logs":["#.to_vec();
    body.extend_from_slice(&reading::joined(page.entries()));
    body.extend_from_slice(format!(r#"],"continuation_token":"{token}"}}"#).as_bytes());
    Ok(reply::bytes(StatusCode::OK, reply::JSON, body))
}
