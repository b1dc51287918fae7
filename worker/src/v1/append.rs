//! `POST /v1/trails/{trail}/entries`: a batch into a trail, all or nothing, exactly once.

use axum::response::Response;
use http::{HeaderName, StatusCode};
use serde_json::json;
use trailsift_core::Schema;
use trailsift_trail::{
    batch::{self, Batch, Refusal},
    chunk::{KeyHash, id_hash, key_hash},
    kind::{self, Kind},
    sequencer::{Incoming as Entry, Receipt},
};

use super::{asked_schema, trail_name};
use crate::{
    body,
    credentials::{self, scope},
    error::Problem,
    incoming::Incoming,
    parameters::Parameters,
    query, reply,
    site::Site,
    surface::Surface,
    trail_client::{Appended, TrailClient},
};

/// The trail of who read what. We write it ourselves.
const RESERVED: &str = "access-log";
/// The longest idempotency key, in bytes.
const KEY_LIMIT: usize = 255;

/// Appends the body's entries and says which numbers they have, once they are durable.
///
/// # Errors
/// What speaks against the batch; nothing of it is stored then.
pub(super) async fn answer(site: &Site, incoming: &Incoming) -> Result<Response, Problem> {
    let grant = credentials::bearer(site, incoming, Surface::Ours)?.with(scope::APPEND)?;
    let name = trail_name(incoming)?;
    if name == RESERVED {
        return Err(Problem::parameter("trail", "this trail is written by the server alone"));
    }
    let parameters = Parameters::parse(&incoming.query)?;
    let asked = asked_schema(&parameters)?;
    let idempotency_key = idempotency_key(incoming)?;
    let body = body::whole(body::plain(incoming)?, batch::SIZE_LIMIT).await?;
    let body = body.ok_or(Problem::Batch(Refusal::TooLarge))?;
    let trail = TrailClient::new(site, &grant.tenant, &name)?;

    let schema = match asked {
        Some(schema) => schema,
        None => query::schema(kind::default_schema(&name))?,
    };
    let receipt =
        match append(site, &trail, &body, schema, asked.is_some(), idempotency_key).await? {
            Appended::Done(receipt) => receipt,
            // The trail was made with another schema than its name stands for.
            Appended::Recheck(schema) => {
                let schema = query::schema(&schema)?;
                match append(site, &trail, &body, schema, false, idempotency_key).await? {
                    Appended::Done(receipt) => receipt,
                    Appended::Recheck(_) => {
                        return Err(Problem::internal("a trail changed its schema"));
                    }
                }
            }
        };
    let Receipt { accepted, duplicates, first_seq, last_seq } = receipt;
    let answer = json!({
        "accepted": accepted,
        "duplicates": duplicates,
        "first_seq": first_seq,
        "last_seq": last_seq,
    });
    Ok(reply::json(StatusCode::OK, &answer))
}

fn idempotency_key(incoming: &Incoming) -> Result<Option<&str>, Problem> {
    let name = HeaderName::from_static("idempotency-key");
    if !incoming.headers.contains_key(&name) {
        return Ok(None);
    }
    let bad = || Problem::parameter("Idempotency-Key", "is 1 to 255 visible ASCII characters");
    let key = incoming.header(name).ok_or_else(bad)?.trim();
    if key.is_empty() || key.len() > KEY_LIMIT { Err(bad()) } else { Ok(Some(key)) }
}

async fn append(
    site: &Site,
    trail: &TrailClient,
    body: &[u8],
    schema: &'static Schema,
    schema_is_asked: bool,
    idempotency_key: Option<&str>,
) -> Result<Appended, Problem> {
    let batch = batch::parse(body, Kind::of(schema)).map_err(Problem::Batch)?;
    let entries = keyed(&batch, idempotency_key);
    trail.append(site, schema.name(), schema_is_asked, &entries).await
}

/// The entries with what makes each unique: the sender's id, else its place in the batch.
fn keyed<'a>(batch: &'a Batch<'_>, idempotency_key: Option<&str>) -> Vec<Entry<'a>> {
    let place_key = |place: usize| -> KeyHash {
        let place = (place as u64).to_le_bytes();
        match idempotency_key {
            Some(key) => key_hash("idempotency key", &[key.as_bytes(), &place]),
            None => key_hash("body", &[&batch.body_hash, &place]),
        }
    };
    let entries = batch.entries.iter().enumerate().map(|(place, entry)| Entry {
        key: entry.key.as_deref().or(entry.id.as_deref()).map_or_else(|| place_key(place), id_hash),
        key_is_place: entry.key.is_none() && entry.id.is_none() && idempotency_key.is_some(),
        id: entry.id.as_deref(),
        time: entry.time,
        lacks: entry.lacks,
        bytes: entry.bytes,
    });
    entries.collect()
}
