//! Our own API when something is wrong: `{"error":{"code","message",…}}`, with `diagnostics` for a query and `lines`
//! for a batch. Codes are stable; messages are for people.

use axum::response::Response;
use http::{StatusCode, header};
use serde_json::{Map, Value, json};
use trailsift_core::{Diagnostic, render};
use trailsift_engine::split::Broken;
use trailsift_trail::batch::{BadLine, Refusal};

use crate::{
    error::{self, CredentialError, Missing, Problem},
    reply,
};

/// The answer.
pub(crate) fn answer(problem: &Problem) -> Response {
    let (status, code, message) = words(problem);
    let mut error = Map::new();
    error.insert("code".to_owned(), code.into());
    error.insert("message".to_owned(), message.into());
    match problem {
        Problem::Query { name, text, diagnostics, .. } => {
            error.insert("parameter".to_owned(), (*name).into());
            error.insert("diagnostics".to_owned(), diagnostics_json(text, diagnostics.as_slice()));
        }
        Problem::Parameter { name, .. }
        | Problem::MissingParameter(name)
        | Problem::RepeatedParameter(name) => {
            error.insert("parameter".to_owned(), (*name).into());
        }
        Problem::UnknownParameter { name, .. } => {
            error.insert("parameter".to_owned(), error::shown(name).into());
        }
        Problem::Batch(Refusal::Bad { lines, count }) => {
            error.insert("lines".to_owned(), lines.iter().map(line_json).collect());
            error.insert("count".to_owned(), (*count).into());
        }
        Problem::Entries { broken, count } => {
            let place = |broken: &Broken| json!({ "line": broken.line, "offset": broken.offset, "reason": broken.reason.to_string() });
            error.insert("lines".to_owned(), broken.iter().map(place).collect());
            error.insert("count".to_owned(), (*count).into());
        }
        Problem::OtherSchema { schema } => {
            error.insert("schema".to_owned(), (**schema).into());
        }
        _ => {}
    }
    let response = reply::json(status, &json!({ "error": error }));
    match problem {
        Problem::Unauthenticated(_) => reply::with(response, header::WWW_AUTHENTICATE, "Bearer"),
        Problem::Unavailable => reply::with(response, header::RETRY_AFTER, "1"),
        Problem::Method(allowed) => reply::with(response, header::ALLOW, allowed),
        // RFC 9110, 15.5.16: what would have been taken.
        Problem::Packed(_) => reply::with(response, header::ACCEPT_ENCODING, "gzip"),
        _ => response,
    }
}

/// Diagnostics as JSON. Places are counted twice: in bytes of the query's UTF-8 (`span`) and in characters (Unicode
/// code points, `characters`); `rendered` is the whole as for a terminal, with carets.
pub(crate) fn diagnostics_json(text: &str, diagnostics: &[Diagnostic]) -> Value {
    let characters = |bytes: usize| text.get(..bytes).unwrap_or(text).chars().count();
    let one = |diagnostic: &Diagnostic| {
        let mut value = serde_json::to_value(diagnostic).unwrap_or_default();
        let span = diagnostic.span();
        if let Some(members) = value.as_object_mut() {
            let place = json!({ "start": characters(span.start), "end": characters(span.end) });
            members.insert("characters".to_owned(), place);
            members.insert("rendered".to_owned(), render::render(text, diagnostic).into());
        }
        value
    };
    diagnostics.iter().map(one).collect()
}

fn line_json(bad: &BadLine) -> Value {
    json!({ "line": bad.line, "reason": bad.reason.to_string() })
}

fn words(problem: &Problem) -> (StatusCode, &'static str, String) {
    let bad = |code, message: &str| (StatusCode::BAD_REQUEST, code, message.to_owned());
    match problem {
        Problem::Unauthenticated(error) => {
            let message = match error {
                CredentialError::Absent => {
                    "send a key or an access token: `Authorization: Bearer …`"
                }
                CredentialError::Scheme => "the only scheme here is `Bearer`",
                CredentialError::Expired => "the access token is expired",
                CredentialError::Audience => "the access token is for another API",
                CredentialError::Unknown
                | CredentialError::NotBase64
                | CredentialError::NotAPair => "the key or access token is not known",
            };
            (StatusCode::UNAUTHORIZED, "unauthorized", message.to_owned())
        }
        Problem::Forbidden(scopes) => {
            let message = format!("this needs the scope {}", scopes.join(" or "));
            (StatusCode::FORBIDDEN, "insufficient_scope", message)
        }
        Problem::Parameter { name, what } => bad("invalid_parameter", &format!("{name}: {what}")),
        Problem::MissingParameter(name) => bad("invalid_parameter", &format!("{name}: is missing")),
        Problem::UnknownParameter { name, nearest } => {
            let name = error::shown(name);
            let meant =
                nearest.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            bad("invalid_parameter", &format!("`{name}` is no parameter here{meant}"))
        }
        Problem::RepeatedParameter(name) => {
            bad("invalid_parameter", &format!("{name}: may come only once"))
        }
        Problem::Query { text, diagnostics, .. } => {
            bad("invalid_query", &error::in_a_line(diagnostics, text))
        }
        Problem::QueryEncoding => bad("invalid_parameter", "the query string is not UTF-8"),
        Problem::Token(error) => bad("invalid_cursor", &error.to_string()),
        Problem::Batch(refusal) if refusal.is_too_large() => {
            (StatusCode::PAYLOAD_TOO_LARGE, "batch_too_large", refusal.to_string())
        }
        Problem::Batch(refusal) => bad("invalid_batch", &refusal.to_string()),
        Problem::Entries { broken, count } => {
            let first = broken.first().map_or_else(String::new, Broken::to_string);
            let more = if *count > 1 { format!(" ({} more)", count - 1) } else { String::new() };
            bad("invalid_body", &format!("{first}{more}"))
        }
        Problem::BodyCut => bad("incomplete_body", "the body ended before it was complete"),
        Problem::Packed(form) => {
            let message = format!(
                "the body is {form}: unpack it first, or send it in gzip (Content-Encoding: gzip)"
            );
            (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_encoding", message)
        }
        Problem::Damaged(how) => bad("invalid_body", how),
        Problem::Missing(Missing::Path) => {
            (StatusCode::NOT_FOUND, "not_found", "there is no such path".to_owned())
        }
        Problem::Missing(Missing::Trail) => {
            (StatusCode::NOT_FOUND, "trail_not_found", "there is no such trail".to_owned())
        }
        Problem::Missing(Missing::Entry) => {
            (StatusCode::NOT_FOUND, "entry_not_found", "there is no such entry".to_owned())
        }
        Problem::Missing(Missing::Connector) => {
            (StatusCode::NOT_FOUND, "connector_not_found", "there is no such connector".to_owned())
        }
        Problem::Missing(Missing::Checkpoint) => (
            StatusCode::NOT_FOUND,
            "checkpoint_not_found",
            "this deployment signs no checkpoints".to_owned(),
        ),
        Problem::Missing(Missing::Proof) => (
            StatusCode::NOT_FOUND,
            "proof_not_found",
            "entries that this proof would follow from are past their time".to_owned(),
        ),
        Problem::Method(allowed) => {
            let message = format!("this path knows {allowed}");
            (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", message)
        }
        Problem::OtherSchema { schema } => {
            let message = format!("the trail has the schema `{schema}`");
            (StatusCode::CONFLICT, "other_schema", message)
        }
        Problem::KeyReused { place } => {
            let message = format!(
                "the idempotency key was used before with another body: entry {} differs",
                place.saturating_add(1)
            );
            (StatusCode::CONFLICT, "idempotency_key_reused", message)
        }
        Problem::TooMuch => (
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "more has to be read than one request can".to_owned(),
        ),
        Problem::TooDeep { .. } => bad("too_deep", "the page lies too deep"),
        Problem::Full => (
            StatusCode::INSUFFICIENT_STORAGE,
            "trail_full",
            "the trail holds as many entries as one can: append to another, or give this one a retention".to_owned(),
        ),
        Problem::Unavailable => {
            (StatusCode::SERVICE_UNAVAILABLE, "unavailable", "try again in a moment".to_owned())
        }
        Problem::Internal(_) => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "something went wrong here, not with the request".to_owned(),
        ),
    }
}
