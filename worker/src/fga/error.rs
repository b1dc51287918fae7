//! Auth0 FGA when something is wrong: `{"code","message"}`, with the codes of OpenFGA's API.

use axum::response::Response;
use http::{StatusCode, header};
use serde_json::json;

use crate::{
    error::{self, CredentialError, Missing, Problem},
    reply,
};

/// The answer.
pub(crate) fn answer(problem: &Problem) -> Response {
    let (status, code, message) = words(problem);
    let response = reply::json(status, &json!({ "code": code, "message": message }));
    match problem {
        Problem::Unavailable => reply::with(response, header::RETRY_AFTER, "1"),
        Problem::Method(allowed) => reply::with(response, header::ALLOW, allowed),
        _ => response,
    }
}

fn words(problem: &Problem) -> (StatusCode, &'static str, String) {
    let invalid = |message: String| (StatusCode::BAD_REQUEST, "validation_error", message);
    match problem {
        Problem::Unauthenticated(error) => {
            let (code, message) = match error {
                CredentialError::Absent | CredentialError::Scheme => {
                    ("bearer_token_missing", "missing bearer token")
                }
                CredentialError::Audience => {
                    ("auth_failed_invalid_audience", "the token is for another audience")
                }
                CredentialError::Expired => ("invalid_claims", "the token is expired"),
                CredentialError::Unknown
                | CredentialError::NotBase64
                | CredentialError::NotAPair => {
                    ("auth_failed_invalid_bearer_token", "invalid bearer token")
                }
            };
            (StatusCode::UNAUTHORIZED, code, message.to_owned())
        }
        Problem::Forbidden(scopes) => (
            StatusCode::FORBIDDEN,
            "forbidden",
            format!("the token lacks the scope {}", scopes.join(" or ")),
        ),
        Problem::Parameter { name, what } => invalid(format!("{name}: {what}")),
        Problem::UnknownParameter { name, nearest } => {
            let name = error::shown(name);
            let meant =
                nearest.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            invalid(format!(
                "query: `{name}` is neither a parameter nor a condition of the form field:value{meant}"
            ))
        }
        Problem::Query { name, text, is_part, diagnostics } => {
            let line = error::in_a_line(diagnostics, text);
            let part =
                if *is_part { format!("in `{}`: ", error::shown(text)) } else { String::new() };
            invalid(format!("{name}: {part}{line}"))
        }
        Problem::QueryEncoding => invalid("the query string is not UTF-8".to_owned()),
        Problem::Token(error) => {
            (StatusCode::BAD_REQUEST, "invalid_continuation_token", error.to_string())
        }
        Problem::Missing(Missing::Trail | Missing::Entry | Missing::Connector) => (
            StatusCode::NOT_FOUND,
            "store_id_not_found",
            "there is no log for this store".to_owned(),
        ),
        Problem::Missing(_) | Problem::Method(_) => {
            (StatusCode::NOT_FOUND, "undefined_endpoint", "there is no such endpoint".to_owned())
        }
        Problem::Unavailable => {
            (StatusCode::SERVICE_UNAVAILABLE, "unavailable", "try again in a moment".to_owned())
        }
        Problem::MissingParameter(_)
        | Problem::RepeatedParameter(_)
        | Problem::Batch(_)
        | Problem::Entries { .. }
        | Problem::BodyCut
        | Problem::Packed(_)
        | Problem::Damaged(_)
        | Problem::OtherSchema { .. }
        | Problem::KeyReused { .. }
        | Problem::Full
        | Problem::TooDeep { .. }
        | Problem::TooMuch
        | Problem::Internal(_) => {
            (StatusCode::INTERNAL_SERVER_ERROR, "internal_error", "internal error".to_owned())
        }
    }
}
