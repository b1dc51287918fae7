//! Answers: a status, a few headers, bytes or a stream of them.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue, StatusCode, header};

/// JSON as every surface but Cerbos' names it.
pub(crate) const JSON: &str = "application/json; charset=utf-8";
/// Lines of JSON.
pub(crate) const NDJSON: &str = "application/x-ndjson";

/// An answer of bytes. Logs and tokens are nobody's to keep: no cache may store them (for tokens RFC 6749 5.1 says so).
pub(crate) fn bytes(
    status: StatusCode,
    content_type: &'static str,
    bytes: impl Into<Body>,
) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (status, headers, bytes.into()).into_response()
}

/// An answer of JSON.
pub(crate) fn json(status: StatusCode, value: &serde_json::Value) -> Response {
    bytes(status, JSON, value.to_string())
}

/// The same answer with one more header; a value that no header can hold is left out.
pub(crate) fn with(mut response: Response, name: HeaderName, value: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
    response
}
