//! Auth0's Management API when something is wrong: `{"statusCode","error","message","errorCode"?}`. Messages are the
//! vendor's word for word where it has one; ours go on where it stops.

use axum::response::Response;
use http::{HeaderName, StatusCode, header};
use serde_json::{Map, Value};
use trailsift_core::Code;

use crate::{
    clock,
    error::{self, CredentialError, Missing, Problem},
    reply,
};

/// The answer.
pub(crate) fn answer(problem: &Problem) -> Response {
    let (status, code, message) = words(problem);
    let mut body = Map::new();
    body.insert("statusCode".to_owned(), status.as_u16().into());
    body.insert("error".to_owned(), status.canonical_reason().unwrap_or("Error").into());
    body.insert("message".to_owned(), message.into());
    if let Some(code) = code {
        body.insert("errorCode".to_owned(), code.into());
    }
    let response = with_headers(reply::json(status, &Value::Object(body)));
    match problem {
        Problem::Unavailable => reply::with(response, header::RETRY_AFTER, "1"),
        Problem::Method(allowed) => reply::with(response, header::ALLOW, allowed),
        _ => response,
    }
}

const INVALID_QUERY: Option<&str> = Some("invalid_query_string");

fn words(problem: &Problem) -> (StatusCode, Option<&'static str>, String) {
    match problem {
        Problem::Unauthenticated(CredentialError::Absent) => {
            (StatusCode::UNAUTHORIZED, None, "Missing authentication".to_owned())
        }
        Problem::Unauthenticated(_) => (StatusCode::UNAUTHORIZED, None, "Invalid token".to_owned()),
        Problem::Forbidden(scopes) => {
            let message = format!("Insufficient scope, expected any of: {}", scopes.join(","));
            (StatusCode::FORBIDDEN, Some("insufficient_scope"), message)
        }
        Problem::Parameter { name, what } => {
            let message = format!(
                "Query validation error: '{what}' on property {name} ({}).",
                described(name)
            );
            (StatusCode::BAD_REQUEST, INVALID_QUERY, message)
        }
        Problem::Query { diagnostics, .. } if diagnostics.first().code == Code::TooLong => (
            StatusCode::URI_TOO_LONG,
            None,
            "Request-URI Too Large: please refine your search".to_owned(),
        ),
        Problem::Query { text, diagnostics, .. } => {
            let ours = error::in_a_line(diagnostics, text);
            let message = format!("The search query string has an error: {ours}");
            (StatusCode::BAD_REQUEST, INVALID_QUERY, message)
        }
        Problem::QueryEncoding => {
            (StatusCode::BAD_REQUEST, INVALID_QUERY, "The query string is not UTF-8.".to_owned())
        }
        Problem::TooDeep { page } => {
            let message = format!(
                "Requesting page {} exceeds the allowed maximum of 1000 records: please consider searching by checkpoint (parameters `from` and `take`), which has no limit",
                page.saturating_add(1)
            );
            (StatusCode::BAD_REQUEST, None, message)
        }
        Problem::Missing(Missing::Entry | Missing::Trail | Missing::Connector) => {
            (StatusCode::NOT_FOUND, None, "Log not found.".to_owned())
        }
        // The live API has no other answer for a method that a path has not.
        Problem::Missing(_) | Problem::Method(_) => {
            (StatusCode::NOT_FOUND, None, "Not Found".to_owned())
        }
        Problem::Unavailable => (
            StatusCode::SERVICE_UNAVAILABLE,
            None,
            "Service unavailable, try again in a moment".to_owned(),
        ),
        Problem::TooMuch => (
            StatusCode::SERVICE_UNAVAILABLE,
            None,
            "The search has to read more of the log than one request can: please narrow it by `date` in `q`, sort by date (`sort=date:-1`) without totals, or read by checkpoint (parameters `from` and `take`), which has no limit"
                .to_owned(),
        ),
        Problem::MissingParameter(_)
        | Problem::UnknownParameter { .. }
        | Problem::RepeatedParameter(_)
        | Problem::Token(_)
        | Problem::Batch(_)
        | Problem::Entries { .. }
        | Problem::BodyCut
        | Problem::Packed(_)
        | Problem::Damaged(_)
        | Problem::OtherSchema { .. }
        | Problem::KeyReused { .. }
        | Problem::Full
        | Problem::Internal(_) => (
            StatusCode::INTERNAL_SERVER_ERROR,
            None,
            "An internal server error occurred".to_owned(),
        ),
    }
}

/// What the vendor's reference says of a parameter, which its error messages repeat.
fn described(name: &str) -> &'static str {
    match name {
        "page" => "Page index of the results to return. First page is 0",
        "per_page" => {
            "Number of results per page. Paging is disabled if parameter not sent. Default: 50. Max value: 100"
        }
        "sort" => {
            "Field to use for sorting. Use `field:order`, where order is 1 for ascending and -1 for descending"
        }
        "include_fields" => {
            "Whether specified fields are to be included (true) or excluded (false)"
        }
        "include_totals" => {
            "Return results as an array when false (default), or as an object with totals when true"
        }
        "from" => "Log Event Id from which to start retrieving logs",
        "take" => {
            "Number of entries to retrieve when using the `from` parameter. Default 50, max 100"
        }
        "search" => {
            "Retrieves logs that match the specified search criteria; no longer supported, use `q`"
        }
        _ => "Query parameter",
    }
}

/// The vendor's headers: how the answer may be cached, as recorded, and how long clients have to wait. We do not count
/// requests: there is always room.
pub(crate) fn with_headers(response: Response) -> Response {
    let response = reply::with(response, header::CACHE_CONTROL, "no-cache");
    let reset = (clock::now() / 1000 + 1).to_string();
    let headers = [
        ("x-ratelimit-limit", "50"),
        ("x-ratelimit-remaining", "49"),
        ("x-ratelimit-reset", &reset),
    ];
    headers.into_iter().fold(response, |response, (name, value)| {
        reply::with(response, HeaderName::from_static(name), value)
    })
}
