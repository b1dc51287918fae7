//! `GET /v1/trails/{trail}/entries`: a page of a trail in the order of receipt, with any query.
//!
//! `totals=true` counts all entries that the query means, wherever the page is. `cursor` leads to the next page and is
//! null on the last; `checkpoint` is where a poller goes on later, and is there whenever an entry was looked at. Both are
//! tokens of the same kind. They stand before the entries, so that whoever reads the page as a log knows it for one before
//! the first of them.

use axum::response::Response;
use http::StatusCode;
use serde_json::Value;
use trailsift_trail::{
    directory::{Direction, Order, Window},
    time::Millis,
};

use super::{
    QUERY_PARAMETERS, error::diagnostics_json, flag, known_parameters, query_options, trail_name,
};
use crate::{
    credentials::{self, scope},
    error::Problem,
    incoming::Incoming,
    paging::{Asked, Paging},
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
    let parameters =
        known_parameters(incoming, &[QUERY_PARAMETERS, &["limit", "order", "cursor", "totals"]])?;
    let limit = limit(&parameters)?;
    let direction = direction(&parameters)?;
    let wants_total = flag(&parameters, "totals")?;
    let described = trail.describe().await?;
    let schema = query::schema(&described.schema)?;
    let options = query_options(&parameters, schema)?;
    let text = parameters.last("q").unwrap_or_default();
    let query = query::read("q", text, &options)?;

    let asked = Asked {
        query: (query::dialect_name(options.dialect), text),
        direction,
        token: parameters.filled("cursor"),
    };
    let paging = Paging::new(site, &trail, &described, &asked)?;
    let page = paging.page(&query, (Millis::MIN, Millis::MAX), limit).await?;

    let position = page.position().or(paging.from);
    let checkpoint: Value = position.map(|position| paging.token(position)).into();
    let cursor = if page.has_more() { checkpoint.clone() } else { Value::Null };
    let mut head = format!(r#"{{"checkpoint":{checkpoint},"cursor":{cursor}"#);
    if wants_total {
        let (all, filter) = (Window::ALL, Some(query.filter()));
        let reader = Reader::new(&trail, all, Order::Sequence, Direction::Ascending, filter);
        let (total, is_exact) = reading::count(reader, query.matcher()).await?;
        // What one request cannot read to the end is a lower bound.
        let relation = if is_exact { "eq" } else { "gte" };
        head.push_str(&format!(r#","total":{{"value":{total},"relation":"{relation}"}}"#));
    }
    if !query.warnings().is_empty() {
        head.push_str(&format!(r#","warnings":{}"#, diagnostics_json(text, query.warnings())));
    }
    head.push_str(r#","entries":["#);
    let mut body = head.into_bytes();
    body.extend_from_slice(&reading::joined(page.entries()));
    body.extend_from_slice(b"]}");
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
