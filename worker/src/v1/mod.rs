//! Our own API: append to trails, read them with the whole query language, filter a body without storing it.

pub(crate) mod append;
mod connectors;
pub(crate) mod error;
mod export;
mod filter;
mod list;
mod proofs;
mod trail;

use axum::{Router, response::Response, routing};
use http::StatusCode;
use serde_json::json;
use trailsift_core::{Dialect, Options, Schema, Timestamp};
use trailsift_trail::{kind, time};

use crate::{
    credentials::{self, scope},
    error::{Missing, Problem},
    handler::{get, patch, post},
    incoming::Incoming,
    parameters::Parameters,
    query, reading, reply,
    site::Site,
    surface::Surface,
    tenant_object,
    trail_client::TrailClient,
};

/// The routes.
pub(crate) fn routes() -> Router<Site> {
    Router::new()
        .merge(connectors::routes())
        .route("/v1/health", routing::get(health))
        .route("/v1/filter", post(Surface::Ours, filter::answer))
        .route("/v1/trails", get(Surface::Ours, listed))
        .route(
            "/v1/trails/{trail}",
            get(Surface::Ours, trail::answer).merge(patch(Surface::Ours, trail::change)),
        )
        .route(
            "/v1/trails/{trail}/entries",
            get(Surface::Ours, list::answer).merge(post(Surface::Ours, append::answer)),
        )
        .route("/v1/trails/{trail}/entries/{id}", get(Surface::Ours, found))
        .route("/v1/trails/{trail}/checkpoint", get(Surface::Ours, proofs::checkpoint))
        .route("/v1/trails/{trail}/proofs/inclusion", get(Surface::Ours, proofs::included))
        .route("/v1/trails/{trail}/proofs/consistency", get(Surface::Ours, proofs::grown))
        .route("/v1/trails/{trail}/export", get(Surface::Ours, export::answer))
}

/// Whether the Worker answers. Says nothing of objects and needs no credential.
async fn health() -> Response {
    reply::json(StatusCode::OK, &json!({ "status": "ok" }))
}

async fn listed(site: &Site, incoming: &Incoming) -> Result<Response, Problem> {
    let grant = credentials::bearer(site, incoming, Surface::Ours)?.with(scope::READ)?;
    known_parameters(incoming, &[])?;
    let trails = tenant_object::list(site, &grant.tenant).await?;
    let trails: Vec<_> = trails
        .into_iter()
        .map(|trail| json!({ "name": trail.name, "schema": trail.schema, "created_at": time::rfc3339(trail.created) }))
        .collect();
    Ok(reply::json(StatusCode::OK, &json!({ "trails": trails })))
}

async fn found(site: &Site, incoming: &Incoming) -> Result<Response, Problem> {
    let grant = credentials::bearer(site, incoming, Surface::Ours)?.with(scope::READ)?;
    let trail = TrailClient::new(site, &grant.tenant, &trail_name(incoming)?)?;
    known_parameters(incoming, &[])?;
    let id = incoming.segment(4)?;
    let missing = Problem::Missing(Missing::Entry);
    let Some(sequence) = trail.find(&id).await? else { return Err(missing) };
    let entry = reading::one(&trail, sequence).await?.ok_or(missing)?;
    Ok(reply::bytes(StatusCode::OK, reply::JSON, entry))
}

/// What [`query_options`] reads, and the query itself.
const QUERY_PARAMETERS: &[&str] = &["q", "dialect", "strict", "ignore_case", "now"];

/// The request's parameters: each of them one that the path knows, and each once.
fn known_parameters(incoming: &Incoming, known: &[&[&'static str]]) -> Result<Parameters, Problem> {
    Parameters::parse(&incoming.query)?.only(&known.concat())
}

/// The trail of the path.
fn trail_name(incoming: &Incoming) -> Result<String, Problem> {
    let name = incoming.segment(2)?;
    if kind::is_trail_name(&name) {
        return Ok(name);
    }
    Err(Problem::parameter(
        "trail",
        "a name has 1 to 64 of A-Z a-z 0-9 . _ - and begins with no dot",
    ))
}

/// The schema that a request names.
fn asked_schema(parameters: &Parameters) -> Result<Option<&'static Schema>, Problem> {
    let Some(name) = parameters.filled("schema") else { return Ok(None) };
    query::known_schema(name).map(Some).ok_or_else(|| {
        let names: Vec<&str> = Schema::ALL.iter().map(|schema| schema.name()).collect();
        Problem::parameter("schema", format!("there are {}", names.join(", ")))
    })
}

/// How a request wants its query to be read: `dialect` (else the one in which such logs are usually asked), `strict`,
/// `ignore_case`, and `now` for a query that was written at another time (`none`: without a clock).
fn query_options(parameters: &Parameters, schema: &'static Schema) -> Result<Options, Problem> {
    let dialect = match parameters.filled("dialect") {
        Some("q") => Dialect::Q,
        Some("fga") => Dialect::Fga,
        None if schema.name() == "fga" => Dialect::Fga,
        None => Dialect::Q,
        Some(_) => return Err(Problem::parameter("dialect", "there are q and fga")),
    };
    let mut options = query::options(dialect, schema);
    options.strict = flag(parameters, "strict")?;
    options.ignore_case = flag(parameters, "ignore_case")?;
    match parameters.filled("now") {
        None => {}
        Some("none") => options.now = None,
        Some(text) => {
            let now = Timestamp::parse(text.as_bytes());
            let now = now.ok_or_else(|| {
                Problem::parameter("now", "is a time in RFC 3339, such as 2026-07-01T09:30:00Z")
            });
            options.now = Some(now?);
        }
    }
    Ok(options)
}

/// A whole number, where there is one.
fn number(parameters: &Parameters, name: &'static str) -> Result<Option<u64>, Problem> {
    let number = parameters.filled(name).map(str::parse).transpose();
    number.map_err(|_| Problem::parameter(name, "is a whole number"))
}

fn flag(parameters: &Parameters, name: &'static str) -> Result<bool, Problem> {
    match parameters.filled(name) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Problem::parameter(name, "is true or false")),
    }
}
