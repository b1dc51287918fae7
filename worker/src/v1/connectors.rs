//! `/v1/connectors`: pull connectors, which read another instance's Auth0 log into a trail. Secrets go in and never come
//! out.

use axum::{
    Router,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use trailsift_trail::{
    connector::{Wish, Wrong},
    kind, time,
};

use super::known_parameters;
use crate::{
    body,
    connector_object::{self, Described},
    credentials::{self, Grant, scope},
    error::{Missing, Problem},
    handler::{delete, get, patch, post},
    incoming::Incoming,
    reply,
    site::Site,
    surface::Surface,
    tenant_object,
};

/// The longest body, in bytes. A token may have a few kilobytes.
const LIMIT: usize = 64 << 10;

/// The routes.
pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route("/v1/connectors", get(Surface::Ours, listed).merge(post(Surface::Ours, created)))
        .route(
            "/v1/connectors/{connector}",
            get(Surface::Ours, described)
                .merge(patch(Surface::Ours, changed))
                .merge(delete(Surface::Ours, deleted)),
        )
}

fn grant(site: &Site, incoming: &Incoming) -> Result<Grant, Problem> {
    let grant = credentials::bearer(site, incoming, Surface::Ours)?.with(scope::CONNECT)?;
    known_parameters(incoming, &[])?;
    Ok(grant)
}

async fn listed(site: &Site, incoming: &Incoming) -> Result<Response, Problem> {
    let grant = grant(site, incoming)?;
    let mut connectors = Vec::new();
    for name in tenant_object::connectors(site, &grant.tenant).await? {
        // One that was ended a moment ago is on the list for a moment.
        if let Some(found) = connector_object::describe(site, &grant.tenant, &name).await? {
            connectors.push(shown(&found));
        }
    }
    Ok(reply::json(StatusCode::OK, &json!({ "connectors": connectors })))
}

async fn created(site: &Site, incoming: &Incoming) -> Result<Response, Problem> {
    let grant = grant(site, incoming)?;
    let wish: Wish = read(incoming).await?;
    let settings =
        wish.settings().map_err(|Wrong { member, what }| Problem::parameter(member, what))?;
    // On the list first: one that runs is always on it, and one that is not there is passed over.
    tenant_object::add_connector(site, &grant.tenant, &settings.name).await?;
    let made = connector_object::create(site, &grant.tenant, settings).await?;
    let made =
        made.ok_or_else(|| Problem::parameter("name", "there is a connector of that name"))?;
    Ok(reply::json(StatusCode::CREATED, &shown(&made)))
}

async fn described(site: &Site, incoming: &Incoming) -> Result<Response, Problem> {
    let grant = grant(site, incoming)?;
    let found = connector_object::describe(site, &grant.tenant, &name(incoming)?).await?;
    answer(found)
}

/// A change: the only one is to stop it for a while, or to let it go on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    paused: bool,
}

async fn changed(site: &Site, incoming: &Incoming) -> Result<Response, Problem> {
    let grant = grant(site, incoming)?;
    let Change { paused } = read(incoming).await?;
    answer(connector_object::pause(site, &grant.tenant, &name(incoming)?, paused).await?)
}

async fn deleted(site: &Site, incoming: &Incoming) -> Result<Response, Problem> {
    let grant = grant(site, incoming)?;
    let name = name(incoming)?;
    connector_object::delete(site, &grant.tenant, &name).await?;
    tenant_object::remove_connector(site, &grant.tenant, &name).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn answer(found: Option<Described>) -> Result<Response, Problem> {
    let found = found.ok_or(Problem::Missing(Missing::Connector))?;
    Ok(reply::json(StatusCode::OK, &shown(&found)))
}

/// The connector of the path.
fn name(incoming: &Incoming) -> Result<String, Problem> {
    let name = incoming.segment(2)?;
    if kind::is_trail_name(&name) { Ok(name) } else { Err(Problem::Missing(Missing::Connector)) }
}

/// The body, JSON. What is wrong with it is told without repeating it: it holds secrets.
async fn read<T: for<'de> Deserialize<'de>>(incoming: &Incoming) -> Result<T, Problem> {
    let body = body::whole(body::plain(incoming)?, LIMIT).await?;
    let body = body.ok_or_else(|| Problem::parameter("body", "is too long"))?;
    serde_json::from_slice(&body).map_err(|error| {
        let what = match error.classify() {
            serde_json::error::Category::Data => {
                "has a member that is not known, or is not what it should be"
            }
            _ => "is not JSON",
        };
        Problem::parameter(
            "body",
            format!("{what} (line {}, column {})", error.line(), error.column()),
        )
    })
}

fn shown(connector: &Described) -> Value {
    let Described { name, base, trail, every, status } = connector;
    let state = match status {
        status if status.paused => "paused",
        status if status.fault.is_some() => "failing",
        status if status.succeeded_at.is_none() => "starting",
        _ => "running",
    };
    json!({
        "name": name,
        "type": "auth0",
        "base_url": format!("{base}/"),
        "trail": trail,
        "every": format!("{}s", every / 1000),
        "state": state,
        "accepted": status.accepted,
        "succeeded_at": status.succeeded_at.map(time::rfc3339),
        "error": status.fault,
        "failed_at": status.failed_at.map(time::rfc3339),
    })
}
