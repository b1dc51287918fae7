//! `GET /v1/trails/{trail}/entries`: a page of a trail in the order of receipt, with any query.
//!
//! `cursor` leads to the next page and is null on the last; `checkpoint` is where a poller goes on later, and is there
//! whenever an entry was looked at. Both are tokens of the same kind.

use axum::response::Response;
use http::StatusCode;
use trailsift_trail::{
    directory::{Direction, Order},
    page,
    token::{self, Listing},
};

use super::{error::diagnostics_json, query_options, trail_name};
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

const LIMIT: usize = 100;
const MOST: usize = 1000;

/// The page.
///
/// # Errors
/// [`Problem::Query`], [`Problem::Token`], [`Problem::Parameter`], and what reading gives.
pub(super) async fn answer(site: &Site, incoming: &Incoming) -> Result<Response, Problem> {
    let grant = credentials::bearer(site, incoming, Surface::Ours)?.with(scope::READ)?;
    let trail = TrailClient::new(site, &grant.tenant, &trail_name(incoming)?)?;
    let parameters = Parameters::parse(&incoming.query)?;
    let limit = limit(&parameters)?;
    let direction = direction(&parameters)?;
    let described = trail.describe().await?;
    let schema = query::schema(&described.schema)?;
    let options = query_options(&parameters, schema)?;
    let text = parameters.last("q").unwrap_or_default();
    let query = query::read("q", text, &options)?;

    let key = site.signing_key()?;
    let listing = Listing {
        tenant: &trail.tenant,
        trail: &trail.name,
        query: (query::dialect_name(options.dialect), text),
        direction,
    };
    let from = match parameters.filled("cursor") {
        None => None,
        Some(cursor) => {
            Some(token::open(&key, &listing, cursor, described.last).map_err(Problem::Token)?)
        }
    };

    let window = page::window_after(from, direction);
    let reader = Reader::new(&trail, window, Order::Sequence, direction);
    let page = reading::page(reader, limit, Some(query.matcher())).await?;

    let token = |position: Option<u64>| match position {
        Some(position) => serde_json::Value::from(token::mint(&key, &listing, position)),
        None => serde_json::Value::Null,
    };
    let checkpoint = token(page.position().or(from));
    let cursor = if page.has_more() { checkpoint.clone() } else { serde_json::Value::Null };
    let mut tail = format!(r#"],"cursor":{cursor},"checkpoint":{checkpoint}"#);
    if !query.warnings().is_empty() {
        tail.push_str(&format!(r#","warnings":{}"#, diagnostics_json(text, query.warnings())));
    }
    tail.push('}');
    let mut body = br#"{"entries":["#.to_vec();
    body.extend_from_slice(&reading::joined(page.entries()));
    body.extend_from_slice(tail.as_bytes());
    Ok(reply::bytes(StatusCode::OK, reply::JSON, body))
}

fn limit(parameters: &Parameters) -> Result<usize, Problem> {
    match parameters.filled("limit").map(str::parse) {
        None => Ok(LIMIT),
        Some(Ok(limit @ 1..=MOST)) => Ok(limit),
        Some(_) => Err(Problem::parameter("limit", "is a whole number from 1 to 1000")),
    }
}

fn direction(parameters: &Parameters) -> Result<Direction, Problem> {
    match parameters.filled("order") {
        None | Some("asc") => Ok(Direction::Ascending),
        Some("desc") => Ok(Direction::Descending),
        Some(_) => Err(Problem::parameter("order", "is asc (the oldest received first) or desc")),
    }
}
