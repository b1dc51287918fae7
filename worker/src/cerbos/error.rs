//! Cerbos' Admin API when something is wrong, as its gateway from gRPC writes it: `{"error":{"code","message"}}` once
//! the call was understood, `{"code","message"}` where the path or a parameter could not even be parsed.

use axum::response::Response;
use http::{StatusCode, header};
use serde_json::{Value, json};

use super::parameters::Fault;
use crate::{
    error::{self, CredentialError, Missing, Problem},
    reply,
};

/// gRPC's codes.
const INVALID_ARGUMENT: u8 = 3;
const DEADLINE_EXCEEDED: u8 = 4;
const NOT_FOUND: u8 = 5;
const PERMISSION_DENIED: u8 = 7;
const UNIMPLEMENTED: u8 = 12;
const INTERNAL: u8 = 13;
const UNAVAILABLE: u8 = 14;
const UNAUTHENTICATED: u8 = 16;

/// The answer to a request that cannot be parsed or is not valid.
pub(crate) fn refused(fault: &Fault) -> Response {
    match fault {
        Fault::Unparsable(message) => unwrapped(INVALID_ARGUMENT, message),
        Fault::Invalid(message) => wrapped(INVALID_ARGUMENT, message),
    }
}

/// The answer.
pub(crate) fn answer(problem: &Problem) -> Response {
    match problem {
        Problem::Missing(Missing::Path) => unwrapped(NOT_FOUND, "Not Found"),
        Problem::Method(allowed) => {
            reply::with(unwrapped(UNIMPLEMENTED, "Method Not Allowed"), header::ALLOW, allowed)
        }
        Problem::QueryEncoding => unwrapped(INVALID_ARGUMENT, "the query string is not UTF-8"),
        Problem::Query { name, text, diagnostics, .. } => {
            let line = error::in_a_line(diagnostics, text);
            unwrapped(INVALID_ARGUMENT, &format!("parsing field \"{name}\": {line}"))
        }
        Problem::Unavailable => {
            let (code, message) = code_and_message(problem);
            reply::with(wrapped(code, message), header::RETRY_AFTER, "1")
        }
        _ => {
            let (code, message) = code_and_message(problem);
            wrapped(code, message)
        }
    }
}

/// The last line of a stream that broke off.
pub(crate) fn line(problem: &Problem) -> Vec<u8> {
    let (code, message) = code_and_message(problem);
    format!("{}\n", wrapped_body(code, message)).into_bytes()
}

fn code_and_message(problem: &Problem) -> (u8, &str) {
    match problem {
        Problem::Unauthenticated(error) => {
            let message = match error {
                CredentialError::Absent => "authentication required",
                CredentialError::Scheme => "unsupported authentication method",
                CredentialError::NotBase64 => "failed to decode credentials",
                CredentialError::NotAPair => "invalid credentials",
                CredentialError::Unknown | CredentialError::Expired | CredentialError::Audience => {
                    "incorrect credentials"
                }
            };
            (UNAUTHENTICATED, message)
        }
        Problem::Forbidden(_) => {
            (PERMISSION_DENIED, "the credential does not allow to read the audit log")
        }
        Problem::TooMuch => (
            DEADLINE_EXCEEDED,
            "more of the log has to be read than one request can: narrow it by `between` or `since`",
        ),
        Problem::Unavailable => (UNAVAILABLE, "the log is not available, try again in a moment"),
        _ => (INTERNAL, "internal error"),
    }
}

fn wrapped(code: u8, message: &str) -> Response {
    reply::json(status(code), &wrapped_body(code, message))
}

fn wrapped_body(code: u8, message: &str) -> Value {
    json!({ "error": { "code": code, "message": message } })
}

fn unwrapped(code: u8, message: &str) -> Response {
    reply::json(status(code), &json!({ "code": code, "message": message }))
}

fn status(code: u8) -> StatusCode {
    match code {
        INVALID_ARGUMENT => StatusCode::BAD_REQUEST,
        DEADLINE_EXCEEDED => StatusCode::GATEWAY_TIMEOUT,
        NOT_FOUND => StatusCode::NOT_FOUND,
        PERMISSION_DENIED => StatusCode::FORBIDDEN,
        UNIMPLEMENTED => StatusCode::NOT_IMPLEMENTED,
        UNAVAILABLE => StatusCode::SERVICE_UNAVAILABLE,
        UNAUTHENTICATED => StatusCode::UNAUTHORIZED,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
