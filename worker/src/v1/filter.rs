//! `POST /v1/filter`: a body's entries in, those that a query means out, as they come. Nothing is stored.
//!
//! The body is anything that the engine can cut into entries: NDJSON, an array, a page; as it is or in gzip, which its
//! first bytes tell. The answer is NDJSON, an entry a line, each byte for byte but for line breaks between its tokens.
//!
//! Warnings about the query are told in the header `trailsift-warnings`, as JSON.
//!
//! Of what cannot match no more is read than finds its end, unless `check=true` asks that every entry be checked.
//!
//! What if something in the body is no entry? Before the first piece of the answer is out it is a 400 with every such
//! place of what was read so far. Once the status is out there is no honest place for it in a stream of entries, so
//! the stream breaks off: the client sees a transfer that is not complete, never a short answer that looks whole.
//! Whoever wants to go on and to know sends `report=true` and gets lines of another kind: `{"match":…}` for an entry,
//! `{"broken":{"line","offset","reason"}}` for each of the first hundred places that are none, after the entries of the
//! same piece, and at the end `{"end":{"entries","matches","broken"}}` with all of them counted.

use axum::{body::Body, response::Response};
use futures_util::{Stream, StreamExt, stream};
use http::{HeaderName, StatusCode};
use serde_json::json;
use trailsift_core::{Diagnostic, Schema};
use trailsift_engine::{
    plan::Plan,
    scan::{Match, Scan},
    split::Broken,
};

use super::{QUERY_PARAMETERS, asked_schema, flag, known_parameters, query_options};
use crate::{
    credentials::{self, scope},
    error::Problem,
    incoming::Incoming,
    ndjson,
    packed::UnpackedReader,
    query, reply,
    site::Site,
    surface::Surface,
};

/// The longest entry that is waited for, in bytes.
const ENTRY_LIMIT: usize = 16 << 20;

/// Where warnings about the query are told; the body is entries alone.
const WARNINGS: &str = "trailsift-warnings";
const HEADER_LIMIT: usize = 4096;
const REPORTED: usize = 100;

/// The entries that match.
///
/// # Errors
/// [`Problem::Query`], [`Problem::Parameter`], [`Problem::Entries`], and those of [`UnpackedReader::read`].
pub(super) async fn answer(site: &Site, incoming: &Incoming) -> Result<Response, Problem> {
    credentials::bearer(site, incoming, Surface::Ours)?.with(scope::READ)?;
    let parameters =
        known_parameters(incoming, &[QUERY_PARAMETERS, &["schema", "report", "check"]])?;
    let schema = asked_schema(&parameters)?.unwrap_or(Schema::ANY);
    let text = parameters.last("q").unwrap_or_default();
    let query = query::read("q", text, &query_options(&parameters, schema)?)?;
    let warnings = warnings_header(query.warnings());
    let report = flag(&parameters, "report")?;
    let reader = UnpackedReader::of(incoming)?;
    let scan = if flag(&parameters, "check")? { Scan::checked() } else { Scan::new() };
    let mut filter = Filter::new(reader, Plan::new(query.filter()), scan, report);
    let first = filter.next().await?;
    if let Some(broken) = filter.refusal() {
        return Err(broken);
    }
    let body = if filter.is_over {
        Body::from(first)
    } else {
        ndjson::body(Surface::Ours, rest(first, filter))
    };
    let response = reply::bytes(StatusCode::OK, reply::NDJSON, body);
    Ok(match warnings {
        Some(warnings) => reply::with(response, HeaderName::from_static(WARNINGS), &warnings),
        None => response,
    })
}

/// The warnings as JSON that fits in a header: in ASCII, and only their codes when they are many.
fn warnings_header(warnings: &[Diagnostic]) -> Option<String> {
    if warnings.is_empty() {
        return None;
    }
    let whole = ascii(&serde_json::to_string(warnings).ok()?);
    if whole.len() <= HEADER_LIMIT {
        return Some(whole);
    }
    let codes = warnings.iter().take(REPORTED).map(|warning| json!({ "code": warning.code }));
    Some(codes.collect::<serde_json::Value>().to_string())
}

/// JSON with every other character as its escape.
fn ascii(json: &str) -> String {
    let mut units = [0; 2];
    let mut out = String::with_capacity(json.len());
    for char in json.chars() {
        if char.is_ascii() {
            out.push(char);
        } else {
            for unit in char.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out
}

/// The first piece and all that follow.
fn rest(first: Vec<u8>, filter: Filter) -> impl Stream<Item = Result<Vec<u8>, Problem>> {
    let later = stream::try_unfold(filter, |mut filter| async move {
        while !filter.is_over {
            let piece = filter.next().await?;
            if let Some(refusal) = filter.refusal() {
                return Err(refusal);
            }
            if !piece.is_empty() {
                return Ok(Some((piece, filter)));
            }
        }
        Ok(None)
    });
    stream::iter((!first.is_empty()).then_some(Ok(first))).chain(later)
}

struct Filter {
    reader: UnpackedReader,
    piece: Vec<u8>,
    scan: Scan,
    plan: Plan,
    report: bool,
    /// How many of the broken places were reported.
    reported: usize,
    is_over: bool,
}

impl Filter {
    fn new(reader: UnpackedReader, plan: Plan, scan: Scan, report: bool) -> Self {
        let piece = Vec::new();
        Self { reader, piece, scan, plan, report, reported: 0, is_over: false }
    }

    /// The refusal of what was read so far, where lines are not to report it.
    fn refusal(&self) -> Option<Problem> {
        let seen = self.scan.report();
        (!self.report && seen.broken > 0)
            .then(|| Problem::Entries { broken: seen.first_broken.clone(), count: seen.broken })
    }

    /// The lines of the next piece of the body.
    async fn next(&mut self) -> Result<Vec<u8>, Problem> {
        self.piece.clear();
        self.is_over = self.reader.read(&mut self.piece).await? == 0;
        let mut out = Vec::new();
        let take = |entry: Match<'_>| push_match(&mut out, entry.bytes, self.report);
        if self.is_over {
            self.scan.finish(&self.plan, take);
        } else {
            self.scan.push(&self.piece, &self.plan, take);
        }
        if self.scan.pending() > ENTRY_LIMIT {
            return Err(Problem::parameter(
                "body",
                format!("holds an entry of more than {ENTRY_LIMIT} bytes"),
            ));
        }
        if self.report {
            self.push_report(&mut out);
        }
        Ok(out)
    }

    fn push_report(&mut self, out: &mut Vec<u8>) {
        let seen = self.scan.report();
        for broken in seen.first_broken.iter().skip(self.reported) {
            push_broken(out, broken);
        }
        self.reported = seen.first_broken.len();
        if self.is_over {
            let end =
                json!({ "entries": seen.entries, "matches": seen.matches, "broken": seen.broken });
            ndjson::push_line(out, json!({ "end": end }).to_string().as_bytes());
        }
    }
}

fn push_match(out: &mut Vec<u8>, entry: &[u8], report: bool) {
    if report {
        out.extend_from_slice(br#"{"match":"#);
    }
    ndjson::push_line(out, entry);
    if report {
        out.pop();
        out.extend_from_slice(b"}\n");
    }
}

fn push_broken(out: &mut Vec<u8>, broken: &Broken) {
    let Broken { line, offset, reason, .. } = broken;
    let broken =
        json!({ "broken": { "line": line, "offset": offset, "reason": reason.to_string() } });
    ndjson::push_line(out, broken.to_string().as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_are_ascii_and_still_json() {
        let text = serde_json::to_string("a\"é🦀").unwrap();
        let header = ascii(&text);
        assert!(header.is_ascii());
        assert_eq!(serde_json::from_str::<String>(&header).unwrap(), "a\"é🦀");
    }
}
