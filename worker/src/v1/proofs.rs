//! `GET /v1/trails/{trail}/checkpoint`, `…/proofs/inclusion` and `…/proofs/consistency`: what a trail says of itself,
//! signed, and that an entry is in it, or that it only grew.

use axum::response::Response;
use http::StatusCode;
use serde_json::json;
use trailsift_proof::tree::{consistency, inclusion};

use super::{known_parameters, number, trail_name};
use crate::{
    credentials::{self, scope},
    error::{Missing, Problem},
    incoming::Incoming,
    parameters::Parameters,
    proving::{Prover, Signed},
    reply,
    site::Site,
    surface::Surface,
    trail_client::TrailClient,
};

/// What C2SP calls a note.
const NOTE: &str = "text/plain; charset=utf-8";

/// The checkpoint of all entries, or of the first `size`.
///
/// # Errors
/// [`Problem::Parameter`], and as [`Prover::checkpoint`].
pub(super) async fn checkpoint(site: &Site, incoming: &Incoming) -> Result<Response, Problem> {
    let trail = readable(site, incoming)?;
    let parameters = known_parameters(incoming, &[&["size", "format"]])?;
    let is_json = match parameters.filled("format") {
        None | Some("note") => false,
        Some("json") => true,
        Some(_) => return Err(Problem::parameter("format", "is note or json")),
    };
    let mut prover = Prover::new(site, &trail)?;
    let size = size(&trail, &parameters, "size").await?;
    let Signed { size, root, note } = prover.checkpoint(size).await?;
    if !is_json {
        return Ok(reply::bytes(StatusCode::OK, NOTE, note));
    }
    let key = prover.notary().verifier();
    let checkpoint = json!({
        "origin": prover.notary().origin(), "size": size, "root": root, "key": key, "checkpoint": note,
    });
    Ok(reply::json(StatusCode::OK, &checkpoint))
}

/// That the entry with the number `sequence`, or with the id `id`, is among the first `size`.
///
/// # Errors
/// [`Problem::Parameter`], and as [`Prover::prove`].
pub(super) async fn included(site: &Site, incoming: &Incoming) -> Result<Response, Problem> {
    let trail = readable(site, incoming)?;
    let parameters = known_parameters(incoming, &[&["sequence", "id", "size"]])?;
    let mut prover = Prover::new(site, &trail)?;
    let size = size(&trail, &parameters, "size").await?;
    let sequence = match (number(&parameters, "sequence")?, parameters.filled("id")) {
        (Some(_), Some(_)) => {
            return Err(Problem::parameter("sequence", "comes with no id: either names the entry"));
        }
        (Some(sequence), None) => sequence,
        (None, Some(id)) => trail.find(id).await?.ok_or(Problem::Missing(Missing::Entry))?,
        (None, None) => return Err(Problem::MissingParameter("sequence")),
    };
    if !(1..=size).contains(&sequence) {
        return Err(Problem::parameter("sequence", format!("is a number from 1 to {size}")));
    }
    let leaf = prover.leaf(sequence).await?;
    let proof = prover.prove(|hashes| inclusion(sequence - 1, size, hashes)).await?;
    let proof = proof.map_err(Problem::internal)?;
    let Signed { root, note, .. } = prover.checkpoint(size).await?;
    let answer = json!({
        "origin": prover.notary().origin(), "key": prover.notary().verifier(),
        "sequence": sequence, "leaf": leaf, "size": size, "root": root, "proof": proof, "checkpoint": note,
    });
    Ok(reply::json(StatusCode::OK, &answer))
}

/// That the first `from` entries are those with which the first `to` begin.
///
/// # Errors
/// [`Problem::Parameter`], and as [`Prover::prove`].
pub(super) async fn grown(site: &Site, incoming: &Incoming) -> Result<Response, Problem> {
    let trail = readable(site, incoming)?;
    let parameters = known_parameters(incoming, &[&["from", "to"]])?;
    let mut prover = Prover::new(site, &trail)?;
    let from = number(&parameters, "from")?.ok_or(Problem::MissingParameter("from"))?;
    let to = size(&trail, &parameters, "to").await?;
    if from > to {
        return Err(Problem::parameter("from", format!("is a number of entries up to {to}")));
    }
    let proof = prover.prove(|hashes| consistency(from, to, hashes)).await?;
    let proof = proof.map_err(Problem::internal)?;
    let Signed { root, note, .. } = prover.checkpoint(to).await?;
    let answer = json!({
        "origin": prover.notary().origin(), "key": prover.notary().verifier(),
        "from": from, "to": to, "root": root, "proof": proof, "checkpoint": note,
    });
    Ok(reply::json(StatusCode::OK, &answer))
}

/// The trail of the path, for who may read it.
pub(super) fn readable(site: &Site, incoming: &Incoming) -> Result<TrailClient, Problem> {
    let grant = credentials::bearer(site, incoming, Surface::Ours)?.with(scope::READ)?;
    TrailClient::new(site, &grant.tenant, &trail_name(incoming)?)
}

/// A number of entries that the trail has; all of them where none is asked for.
async fn size(
    trail: &TrailClient,
    parameters: &Parameters,
    name: &'static str,
) -> Result<u64, Problem> {
    let last = trail.describe().await?.last;
    match number(parameters, name)? {
        None => Ok(last),
        Some(size) if size <= last => Ok(size),
        Some(_) => Err(Problem::parameter(name, format!("the trail has {last} entries"))),
    }
}
