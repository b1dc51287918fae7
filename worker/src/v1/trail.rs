//! `/v1/trails/{trail}`: what a trail is, and for how long its entries are kept.

use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use trailsift_trail::{retention::Retention, time, wire::Trail};

use super::{known_parameters, trail_name};
use crate::{
    body,
    credentials::{self, scope},
    error::Problem,
    incoming::Incoming,
    reply,
    site::Site,
    surface::Surface,
    trail_client::TrailClient,
};

/// The longest body of a change, in bytes.
const LIMIT: usize = 4096;

/// What the trail is.
///
/// # Errors
/// As [`TrailClient::describe`].
pub(super) async fn answer(site: &Site, incoming: &Incoming) -> Result<Response, Problem> {
    let grant = credentials::bearer(site, incoming, Surface::Ours)?.with(scope::READ)?;
    known_parameters(incoming, &[])?;
    let trail = TrailClient::new(site, &grant.tenant, &trail_name(incoming)?)?;
    let described = trail.describe().await?;
    Ok(reply::json(StatusCode::OK, &shown(&trail, &described)))
}

/// A change: what it does not name stays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    retention: String,
}

/// Changes it.
///
/// # Errors
/// [`Problem::Parameter`] for a body that is no change, and as [`TrailClient::retain`].
pub(super) async fn change(site: &Site, incoming: &Incoming) -> Result<Response, Problem> {
    let grant = credentials::bearer(site, incoming, Surface::Ours)?.with(scope::ADMINISTER)?;
    known_parameters(incoming, &[])?;
    let trail = TrailClient::new(site, &grant.tenant, &trail_name(incoming)?)?;
    let body = body::whole(body::plain(incoming)?, LIMIT).await?;
    let wanted = "is JSON such as {\"retention\":\"90d\"}";
    let change: Change = body
        .and_then(|body| serde_json::from_slice(&body).ok())
        .ok_or_else(|| Problem::parameter("body", wanted))?;
    let retention: Retention = change
        .retention
        .parse()
        .map_err(|error| Problem::parameter("retention", format!("{error}")))?;
    let described = trail.retain(retention.age()).await?;
    Ok(reply::json(StatusCode::OK, &shown(&trail, &described)))
}

fn shown(trail: &TrailClient, described: &Trail) -> serde_json::Value {
    json!({
        "name": trail.name,
        "schema": described.schema,
        "created_at": time::rfc3339(described.created),
        "first_seq": described.first,
        "last_seq": described.last,
        "sealed_seq": described.sealed,
        "retention": Retention::of(described.retention).to_string(),
    })
}
