//! `POST /v1/trails/{trail}/entries`: a batch into a trail, all or nothing, exactly once.

use axum::response::Response;
use http::{HeaderName, StatusCode};
use serde_json::json;
use trailsift_core::Schema;
use trailsift_trail::{
    batch::{self, BadLine, Batch, REPORTED_LINES, Refusal},
    chunk::{KeyHash, id_hash, key_hash, sender_hash},
    entry::Reason,
    kind::{self, Kind},
    sequencer::{Incoming as Entry, Receipt},
};

use super::{asked_schema, known_parameters, trail_name};
use crate::{
    credentials::{self, scope},
    error::Problem,
    incoming::Incoming,
    packed::UnpackedReader,
    query, reply,
    site::Site,
    surface::Surface,
    trail_client::{Appended, TrailClient},
};

/// The longest idempotency key, in bytes.
const KEY_LIMIT: usize = 255;

/// Appends the body's entries and says which numbers they have, once they are durable.
///
/// # Errors
/// What speaks against the batch; nothing of it is stored then.
pub(super) async fn answer(site: &Site, incoming: &Incoming) -> Result<Response, Problem> {
    let grant = credentials::bearer(site, incoming, Surface::Ours)?.with(scope::APPEND)?;
    let name = trail_name(incoming)?;
    if name == kind::ACCESS_LOG {
        return Err(Problem::parameter("trail", "this trail is written by the server alone"));
    }
    let parameters = known_parameters(incoming, &[&["schema"]])?;
    let asked = asked_schema(&parameters)?;
    if let (Some(asked), Some(schema)) = (asked, kind::vendor_schema(&name))
        && asked.name() != schema
    {
        let what = format!("the trail `{name}` is read as `{schema}` and can have no other");
        return Err(Problem::parameter("schema", what));
    }
    let idempotency_key = idempotency_key(incoming)?;
    let body = UnpackedReader::of(incoming)?.whole(batch::SIZE_LIMIT).await?;
    let body = body.ok_or(Problem::Batch(Refusal::TooLarge))?;
    let trail = TrailClient::new(site, &grant.tenant, &name)?;

    let schema = match asked {
        Some(schema) => schema,
        None => query::schema(kind::default_schema(&name))?,
    };
    let receipt = match append(site, &trail, &body, schema, idempotency_key).await? {
        Outcome::Done(receipt) => receipt,
        Outcome::OtherSchema(schema) if asked.is_some() => {
            return Err(Problem::OtherSchema { schema });
        }
        // The trail was made with another schema than its name stands for.
        Outcome::OtherSchema(schema) => {
            let schema = query::schema(&schema)?;
            match append(site, &trail, &body, schema, idempotency_key).await? {
                Outcome::Done(receipt) => receipt,
                Outcome::OtherSchema(_) => {
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

enum Outcome {
    Done(Receipt),
    /// Nothing was appended: the entries have to be checked against this schema.
    OtherSchema(String),
}

async fn append(
    site: &Site,
    trail: &TrailClient,
    body: &[u8],
    schema: &'static Schema,
    idempotency_key: Option<&str>,
) -> Result<Outcome, Problem> {
    let batch = batch::parse(body, Kind::of(schema)).map_err(Problem::Batch)?;
    let entries = keyed(&batch, idempotency_key);
    match trail.append(site, schema.name(), &entries, None).await? {
        Appended::Done(receipt) => Ok(Outcome::Done(receipt)),
        Appended::OtherSchema(schema) => Ok(Outcome::OtherSchema(schema)),
        Appended::TakenIds(places) => Err(Problem::Batch(taken_ids(&batch, &places))),
    }
}

fn taken_ids(batch: &Batch<'_>, places: &[usize]) -> Refusal {
    let bad_line = |place: &usize| {
        let (entry, line) = (batch.entries.get(*place)?, batch.lines.get(*place)?);
        let reason = Reason::TakenId { id: entry.id.clone()? };
        Some(BadLine { line: *line, reason })
    };
    let lines = places.iter().filter_map(bad_line).take(REPORTED_LINES).collect();
    Refusal::Bad { lines, count: places.len() }
}

/// The entries with what makes each unique: the sender's id, the id that it brings, else its place in the batch.
pub(crate) fn keyed<'a>(batch: &'a Batch<'_>, idempotency_key: Option<&str>) -> Vec<Entry<'a>> {
    let place_keys = |place: usize, bytes: &[u8]| -> (KeyHash, Option<KeyHash>) {
        let place = (place as u64).to_le_bytes();
        let Some(key) = idempotency_key.map(str::as_bytes) else {
            return (key_hash("body", &[&batch.body_hash, &place]), None);
        };
        let content = key_hash("idempotency key and content", &[key, &place, bytes]);
        (key_hash("idempotency key", &[key, &place]), Some(content))
    };
    let entries = batch.entries.iter().enumerate().map(|(place, entry)| {
        let (key, content) = match (entry.key.as_deref(), entry.id.as_deref()) {
            (Some(key), _) => (sender_hash(key), None),
            (None, Some(id)) => (id_hash(id), None),
            (None, None) => place_keys(place, entry.bytes),
        };
        let (id, time, lacks, bytes) = (entry.id.as_deref(), entry.time, entry.lacks, entry.bytes);
        Entry { key, content, id, time, lacks, bytes }
    });
    entries.collect()
}
