//! `GET /v1/trails/{trail}/export`: entries to take away, and what proves them.
//!
//! `format=ndjson` gives a page of lines, each an entry's own bytes with what its leaf needs. Its header `Link` names
//! the page after it (`next`) and its proof bundle (`describedby`), which is this path with `format=bundle`, the numbers
//! of the first and the last entry that were looked at, and the query with its `now`. Both give the same whenever they
//! are asked for: an entry's number, bytes and leaf never change.

use axum::response::Response;
use http::{StatusCode, header};
use trailsift_core::{Matcher, Query};
use trailsift_proof::{
    bundle::{Bundle, Earlier, Proof},
    line::Line,
};
use trailsift_trail::{
    directory::{Direction, Order, Window},
    notary::encoded,
    time,
    wire::Trail,
};

use super::{QUERY_PARAMETERS, known_parameters, number, proofs, query_options};
use crate::{
    clock,
    error::Problem,
    incoming::Incoming,
    parameters::Parameters,
    proving::{Prover, Signed},
    query,
    reading::{self, Reader, Served},
    reply,
    site::Site,
    trail_client::TrailClient,
};

const LIMIT: u64 = 1000;
/// How many entries a page of lines or a bundle has at most.
const MOST: u64 = 10_000;

/// What is exported.
struct Asked {
    trail: TrailClient,
    /// The number to begin with.
    from: u64,
    /// The number to end with, at most.
    to: Option<u64>,
    /// How many entries the trail has, as far as this export sees.
    size: u64,
    query: Option<Query>,
    /// The parameters that say what the query means, each with its `&`.
    query_text: String,
}

/// The page of lines, or the bundle.
///
/// # Errors
/// [`Problem::Parameter`], [`Problem::Query`], and what reading and proving give.
pub(super) async fn answer(site: &Site, incoming: &Incoming) -> Result<Response, Problem> {
    let trail = proofs::readable(site, incoming)?;
    let known = ["format", "from", "to", "size", "limit", "since"];
    let parameters = known_parameters(incoming, &[QUERY_PARAMETERS, &known])?;
    let not_with = |name: &'static str, format: &str| match parameters.filled(name) {
        None => Ok(()),
        Some(_) => Err(Problem::parameter(name, format!("does not go with format={format}"))),
    };
    match parameters.filled("format") {
        None | Some("ndjson") => {
            not_with("since", "ndjson")?;
            lines(&Asked::new(trail, &parameters).await?, &parameters).await
        }
        Some("bundle") => {
            not_with("limit", "bundle")?;
            bundle(site, &Asked::new(trail, &parameters).await?, &parameters).await
        }
        Some(_) => Err(Problem::parameter("format", "is ndjson or bundle")),
    }
}

impl Asked {
    async fn new(trail: TrailClient, parameters: &Parameters) -> Result<Self, Problem> {
        let described = trail.describe().await?;
        let size = number(parameters, "size")?.unwrap_or(described.last);
        if size > described.last {
            let what = format!("the trail has {} entries", described.last);
            return Err(Problem::parameter("size", what));
        }
        let from = number(parameters, "from")?.unwrap_or(described.first);
        if from < described.first {
            let what = format!("the first entry that is still there is {}", described.first);
            return Err(Problem::parameter("from", what));
        }
        if from > size + 1 {
            return Err(Problem::parameter("from", format!("there are {size} entries")));
        }
        let to = number(parameters, "to")?;
        let (query, query_text) = match parameters.filled("q") {
            None => (None, String::new()),
            Some(text) => {
                let (query, query_text) = read(text, parameters, &described)?;
                (Some(query), query_text)
            }
        };
        Ok(Self { trail, from, to, size, query, query_text })
    }

    fn reader(&self, last: u64) -> Reader {
        let window = Window { first: self.from, last, ..Window::ALL };
        let filter = self.query.as_ref().map(Query::filter);
        Reader::new(&self.trail, window, Order::Sequence, Direction::Ascending, filter)
    }

    fn matcher(&self) -> Option<&Matcher> {
        self.query.as_ref().map(Query::matcher)
    }
}

/// The query, and the parameters that make it mean the same at any time.
fn read(
    text: &str,
    parameters: &Parameters,
    described: &Trail,
) -> Result<(Query, String), Problem> {
    let mut options = query_options(parameters, query::schema(&described.schema)?)?;
    let mut fixed = String::new();
    for name in QUERY_PARAMETERS {
        if let Some(value) = parameters.filled(name) {
            fixed.push_str(&format!("&{name}={}", encoded(value)));
        }
    }
    if parameters.filled("now").is_none() {
        let now = clock::now();
        options.now = Some(trailsift_core::Timestamp::from_millis(now));
        fixed.push_str(&format!("&now={}", encoded(&time::rfc3339(now))));
    }
    Ok((query::read("q", text, &options)?, fixed))
}

async fn lines(asked: &Asked, parameters: &Parameters) -> Result<Response, Problem> {
    let limit = match number(parameters, "limit")? {
        None => LIMIT,
        Some(limit @ 1..=MOST) => limit,
        Some(_) => return Err(Problem::parameter("limit", "is a whole number from 1 to 10000")),
    };
    let limit = usize::try_from(limit).map_err(Problem::internal)?;
    let reader = asked.reader(asked.to.unwrap_or(u64::MAX).min(asked.size));
    let page = reading::page(reader, limit, asked.matcher(), line).await?;
    // Where nothing was looked at the page ends before it begins.
    let to = page.position().unwrap_or(asked.from - 1);
    let here = format!("/v1/trails/{}/export", asked.trail.name);
    let link = |format: &str, from: u64, to: Option<u64>, rel: &str| {
        let to = to.map_or_else(String::new, |to| format!("&to={to}"));
        let size = number(parameters, "size").ok().flatten();
        let size = size.map_or_else(String::new, |size| format!("&size={size}"));
        let limit = if format == "bundle" { String::new() } else { format!("&limit={limit}") };
        let query = &asked.query_text;
        format!("<{here}?format={format}&from={from}{to}{size}{limit}{query}>; rel=\"{rel}\"")
    };
    let mut links = link("bundle", asked.from, Some(to), "describedby");
    if page.has_more() {
        links.push_str(", ");
        links.push_str(&link("ndjson", to + 1, asked.to, "next"));
    }
    let response = reply::bytes(StatusCode::OK, reply::NDJSON, page.into_entries().concat());
    Ok(reply::with(response, header::LINK, &links))
}

fn line(entry: Served<'_>) -> Vec<u8> {
    let mut line = Vec::with_capacity(entry.own.len() + 128);
    let Served { sequence, id, received, own, .. } = entry;
    Line { sequence, id: id.into(), received_at: received, bytes: own.into() }.write(&mut line);
    line
}

async fn bundle(site: &Site, asked: &Asked, parameters: &Parameters) -> Result<Response, Problem> {
    let Asked { from, to, size, .. } = *asked;
    let to = to.ok_or(Problem::MissingParameter("to"))?;
    if to > size || to < from - 1 {
        return Err(Problem::parameter("to", format!("is a number from {} to {size}", from - 1)));
    }
    let count = to + 1 - from;
    if count > MOST && asked.query.is_none() {
        return Err(too_many());
    }
    let mut prover = Prover::new(site, &asked.trail)?;
    let proof = if asked.query.is_some() {
        let sequences = found(asked, to, &mut prover).await?;
        prover.prove(|hashes| Proof::filtered(sequences.iter().copied(), size, hashes)).await?
    } else {
        let mut reader = asked.reader(to);
        while let Some(piece) = reader.next().await? {
            prover.keep(&piece, |hashes| Proof::contiguous(from, count, size, hashes))?;
            if reader.is_spent(reading::RANKING_READS) {
                return Err(Problem::TooMuch);
            }
        }
        prover.prove(|hashes| Proof::contiguous(from, count, size, hashes)).await?
    };
    let proof = proof.map_err(Problem::internal)?;
    let Signed { note, .. } = prover.checkpoint(size).await?;
    let origin = prover.notary().origin().to_owned();
    let mut bundle = Bundle::new(&origin, prover.notary().verifier(), &note, proof);
    if let Some(since) = number(parameters, "since")? {
        if since > size {
            return Err(Problem::parameter(
                "since",
                format!("is a number of entries up to {size}"),
            ));
        }
        let Signed { note, .. } = prover.checkpoint(since).await?;
        let earlier = prover.prove(|hashes| Earlier::new(&note, since, size, hashes)).await?;
        bundle.earlier = Some(earlier.map_err(Problem::internal)?);
    }
    Ok(reply::bytes(StatusCode::OK, reply::JSON, bundle.to_json()))
}

/// The numbers of the entries that are meant. Of each piece that is read the prover keeps what their proofs need.
async fn found(asked: &Asked, to: u64, prover: &mut Prover<'_>) -> Result<Vec<u64>, Problem> {
    let mut found = Vec::new();
    let mut reader = asked.reader(to);
    while let Some(piece) = reader.next().await? {
        let before = found.len();
        let _ = piece.each(asked.matcher(), |entry, is_meant| {
            if is_meant {
                found.push(entry.sequence);
            }
            Ok(std::ops::ControlFlow::Continue(()))
        })?;
        if found.len() as u64 > MOST {
            return Err(too_many());
        }
        let here = found.get(before..).unwrap_or_default();
        prover.keep(&piece, |hashes| Proof::filtered(here.iter().copied(), asked.size, hashes))?;
        if reader.is_spent(reading::RANKING_READS) {
            return Err(Problem::TooMuch);
        }
    }
    Ok(found)
}

fn too_many() -> Problem {
    Problem::parameter("to", "a bundle has at most 10000 entries: ask for a shorter range")
}
