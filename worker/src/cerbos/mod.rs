//! Cerbos' Admin API: the audit log. It reads the tenant's trails `access` and `decision`.
//!
//! The answer is a stream of lines, one an entry; an empty one where nothing is found. Beyond Cerbos, `query` (or `q`)
//! narrows any filter.

pub(crate) mod error;
mod lines;
mod parameters;

use axum::{Router, body::Body, response::Response};
use futures_util::{StreamExt, stream};
use http::StatusCode;
use trailsift_core::Dialect;

use self::{
    lines::Lines,
    parameters::{Ask, Kind},
};
use crate::{
    clock,
    credentials::{self, scope},
    error::{Missing, Problem},
    handler::get,
    incoming::Incoming,
    ndjson,
    parameters::Parameters,
    query, reply,
    site::Site,
    surface::Surface,
    trail_client::TrailClient,
};

/// The routes.
pub(crate) fn routes() -> Router<Site> {
    Router::new().route("/admin/auditlog/list/{kind}", get(Surface::Cerbos, listed))
}

impl Kind {
    const fn trail(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Decision => "decision",
        }
    }

    const fn schema(self) -> &'static str {
        match self {
            Self::Access => "cerbos-access",
            Self::Decision => "cerbos-decision",
        }
    }

    const fn member(self) -> &'static str {
        match self {
            Self::Access => "accessLogEntry",
            Self::Decision => "decisionLogEntry",
        }
    }
}

async fn listed(site: &Site, incoming: &Incoming) -> Result<Response, Problem> {
    let parameters = Parameters::parse(&incoming.query)?;
    let ask = match Ask::read(&incoming.segment(3)?, &parameters, clock::now()) {
        Ok(ask) => ask,
        Err(fault) => return Ok(error::refused(&fault)),
    };
    let options = query::options(Dialect::Q, query::schema(ask.kind.schema())?);
    let query = query::read("query", &ask.query, &options)?;
    let grant = credentials::basic(site, incoming)?.with(scope::AUDIT_LOG)?;
    let trail = TrailClient::new(site, &grant.tenant, ask.kind.trail())?;
    let mut lines = match Lines::start(trail, ask.kind, &ask.which, query).await {
        Err(Problem::Missing(Missing::Trail)) => return Ok(empty()),
        lines => lines?,
    };
    // The first piece tells whether there is an answer at all.
    let first = match lines.next().await {
        Err(Problem::Missing(Missing::Trail)) => return Ok(empty()),
        first => first?,
    };
    let body = match first {
        None => Body::empty(),
        Some(first) if lines.is_over() => Body::from(first),
        Some(first) => {
            let later = stream::try_unfold(lines, |mut lines| async move {
                Ok(lines.next().await?.map(|piece| (piece, lines)))
            });
            ndjson::body(Surface::Cerbos, stream::iter([Ok(first)]).chain(later))
        }
    };
    Ok(reply::bytes(StatusCode::OK, reply::NDJSON, body))
}

/// The answer where there is nothing, also where a tenant has no log yet.
fn empty() -> Response {
    reply::bytes(StatusCode::OK, reply::NDJSON, Body::empty())
}
