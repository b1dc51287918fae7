//! `POST /oauth/token`: access tokens for clients with a secret.
//!
//! Clients send the same five values in every way there is: as a form, as JSON, with the client in a Basic header, and
//! one with the audience in the query. All are accepted; where a value comes twice, the body's counts.

use axum::{Router, response::Response};
use http::{StatusCode, header};
use serde_json::json;

use crate::{
    body, clock, credentials,
    error::{CredentialError, Problem},
    handler::post,
    incoming::Incoming,
    parameters::Parameters,
    reply,
    signing::{self, Claims},
    site::Site,
    surface::Surface,
};

/// More than any client sends.
const BODY_LIMIT: usize = 64 << 10;

/// The routes.
pub(crate) fn routes() -> Router<Site> {
    Router::new().route("/oauth/token", post(Surface::OAuth, issue))
}

/// What a client asks for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Ask {
    grant_type: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    audience: Option<String>,
    scope: Option<String>,
}

impl Ask {
    fn set(&mut self, name: &str, value: &str) {
        let place = match name {
            "grant_type" => &mut self.grant_type,
            "client_id" => &mut self.client_id,
            "client_secret" => &mut self.client_secret,
            "audience" => &mut self.audience,
            "scope" => &mut self.scope,
            _ => return,
        };
        if !value.is_empty() {
            *place = Some(value.to_owned());
        }
    }

    /// The values of query, header and body, in this order: a later one counts.
    fn read(incoming: &Incoming, body: &[u8]) -> Result<Self, Problem> {
        let mut ask = Self::default();
        for parameter in Parameters::parse(&incoming.query)?.iter() {
            ask.set(&parameter.name, &parameter.value);
        }
        if let Some(header) = incoming.header(header::AUTHORIZATION) {
            let (id, secret) = credentials::basic_pair(header).map_err(Problem::Unauthenticated)?;
            // RFC 6749 2.3.1: both are encoded as in a form first.
            ask.set("client_id", &crate::parameters::decode(&id)?);
            ask.set("client_secret", &crate::parameters::decode(&secret)?);
        }
        let body = std::str::from_utf8(body).map_err(|_| Problem::QueryEncoding)?.trim();
        if body.starts_with('{') {
            let members: serde_json::Map<String, serde_json::Value> = serde_json::from_str(body)
                .map_err(|_| Problem::parameter("body", "is not JSON"))?;
            for (name, value) in &members {
                if let Some(value) = value.as_str() {
                    ask.set(name, value);
                }
            }
        } else {
            for parameter in Parameters::parse(body)?.iter() {
                ask.set(&parameter.name, &parameter.value);
            }
        }
        Ok(ask)
    }
}

async fn issue(site: &Site, incoming: &Incoming) -> Result<Response, Problem> {
    let body = body::whole(incoming.body.as_deref(), BODY_LIMIT).await?;
    let body = body.ok_or_else(|| Problem::parameter("body", "is too long"))?;
    let ask = Ask::read(incoming, &body)?;
    let grant_type = required(ask.grant_type, "grant_type")?;
    if grant_type != "client_credentials" {
        return Ok(refused(
            StatusCode::FORBIDDEN,
            "unsupported_grant_type",
            &format!("Unsupported grant type: {}", grant_type.chars().take(64).collect::<String>()),
        ));
    }
    let id = required(ask.client_id, "client_id")?;
    let secret = required(ask.client_secret, "client_secret")?;
    let book = site.book()?;
    let client =
        book.client(&id, &secret).ok_or(Problem::Unauthenticated(CredentialError::Unknown))?;
    let audience = match ask.audience {
        None => format!("{}/", incoming.origin),
        Some(audience) if is_ours(&audience, &incoming.host) => audience,
        Some(audience) => {
            let shown: String = audience.chars().take(200).collect();
            let said = format!("Service not enabled within domain: {shown}");
            return Ok(refused(StatusCode::FORBIDDEN, "access_denied", &said));
        }
    };
    let scope = granted(&client.scopes, ask.scope.as_deref());
    let claims = Claims::new(&client.id, &audience, &scope, &client.tenant, clock::now() / 1000);
    let token = signing::sign(&site.signing_key()?, &claims).map_err(Problem::internal)?;
    let answer = json!({
        "access_token": token,
        "scope": scope,
        "expires_in": signing::LIFETIME,
        "token_type": "Bearer",
    });
    Ok(reply::json(StatusCode::OK, &answer))
}

fn required(value: Option<String>, name: &'static str) -> Result<String, Problem> {
    value.ok_or(Problem::MissingParameter(name))
}

/// Whether an audience is a URL of this host. The Management API's is `https://HOST/api/v2/`, FGA's `https://HOST/`.
fn is_ours(audience: &str, host: &str) -> bool {
    let rest = audience.strip_prefix("https://").or_else(|| audience.strip_prefix("http://"));
    rest.and_then(|rest| rest.split('/').next())
        .is_some_and(|named| named.eq_ignore_ascii_case(host))
}

/// The scopes that are both the client's and asked for; all of the client's when none is asked for.
fn granted(has: &[String], asked: Option<&str>) -> String {
    let asked: Option<Vec<&str>> = asked.map(|asked| asked.split_whitespace().collect());
    let wanted =
        has.iter().filter(|scope| asked.as_ref().is_none_or(|asked| asked.contains(&&***scope)));
    wanted.map(String::as_str).collect::<Vec<_>>().join(" ")
}

/// RFC 6749 5.2, with the statuses that Auth0 gives.
pub(crate) fn answer(problem: &Problem) -> Response {
    match problem {
        Problem::Unauthenticated(_) => {
            refused(StatusCode::UNAUTHORIZED, "access_denied", "Unauthorized")
        }
        Problem::MissingParameter(name) => refused(
            StatusCode::BAD_REQUEST,
            "invalid_request",
            &format!("Missing required parameter: {name}"),
        ),
        Problem::Parameter { name, what } => {
            refused(StatusCode::BAD_REQUEST, "invalid_request", &format!("The {name} {what}"))
        }
        Problem::QueryEncoding | Problem::BodyCut => {
            refused(StatusCode::BAD_REQUEST, "invalid_request", "The request is not readable text")
        }
        Problem::Missing(_) => refused(StatusCode::NOT_FOUND, "not_found", "Not Found"),
        Problem::Method(_) => {
            refused(StatusCode::METHOD_NOT_ALLOWED, "invalid_request", "Method Not Allowed")
        }
        Problem::Unavailable => refused(
            StatusCode::SERVICE_UNAVAILABLE,
            "temporarily_unavailable",
            "Try again in a moment",
        ),
        _ => refused(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "Internal error"),
    }
}

fn refused(status: StatusCode, error: &str, description: &str) -> Response {
    reply::json(status, &json!({ "error": error, "error_description": description }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn audiences_of_this_host() {
        for audience in ["https://h:1/api/v2/", "http://h:1/", "https://H:1"] {
            assert!(is_ours(audience, "h:1"), "{audience}");
        }
        for audience in [
            "h:1",
            "https://h:2/",
            "https://h:1.evil.example/",
            "https://evil.example/h:1/",
            "urn:x",
        ] {
            assert!(!is_ours(audience, "h:1"), "{audience}");
        }
    }

    #[test]
    fn scopes_are_never_more_than_the_clients() {
        let has = ["a".to_owned(), "b".to_owned()];
        assert_eq!(granted(&has, None), "a b");
        assert_eq!(granted(&has, Some("b c")), "b");
        assert_eq!(granted(&has, Some("c")), "");
    }
}
