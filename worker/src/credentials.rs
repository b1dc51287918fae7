//! Who asks, and what they may do. The tenant comes from here and never from a path.
//!
//! Secrets are compared over the SHA-256 of both sides and against every credential we have, so that the time it takes
//! says nothing.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::header;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::{
    clock,
    error::{CredentialError, Problem},
    incoming::Incoming,
    signing,
    site::Site,
    surface::Surface,
};

/// Scopes. Auth0's are the vendor's own names.
pub(crate) mod scope {
    /// Auth0: read the tenant's logs.
    pub(crate) const LOGS: &[&str] = &["read:logs", "read:logs_users"];
    /// FGA: read the stores' logs.
    pub(crate) const FGA_LOGS: &[&str] = &["read:fga_logs"];
    /// Cerbos: read the audit log.
    pub(crate) const AUDIT_LOG: &[&str] = &["read:audit_log"];
    /// Ours: append to trails.
    pub(crate) const APPEND: &[&str] = &["append:entries"];
    /// Ours: set how long trails are kept.
    pub(crate) const ADMINISTER: &[&str] = &["admin:trails"];
    /// Ours: make connectors, which bring credentials of other services.
    pub(crate) const CONNECT: &[&str] = &["admin:connectors"];
    /// Ours: read trails.
    pub(crate) const READ: &[&str] = &["read:entries"];
}

/// Everybody we know, as `TRAILSIFT_CREDENTIALS` has it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Book {
    clients: Vec<Client>,
    keys: Vec<StaticKey>,
    basic: Vec<Basic>,
}

/// A client of `/oauth/token`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Client {
    pub(crate) id: String,
    secret: String,
    pub(crate) tenant: String,
    pub(crate) scopes: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StaticKey {
    key: String,
    tenant: String,
    scopes: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Basic {
    user: String,
    password: String,
    tenant: String,
    scopes: Vec<String>,
}

/// What a credential allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Grant {
    pub(crate) tenant: String,
    scopes: Vec<String>,
}

impl Grant {
    /// The grant itself, if it has any of these scopes.
    ///
    /// # Errors
    /// [`Problem::Forbidden`].
    pub(crate) fn with(self, any_of: &'static [&'static str]) -> Result<Self, Problem> {
        let has = self.scopes.iter().any(|scope| any_of.contains(&&**scope));
        if has { Ok(self) } else { Err(Problem::Forbidden(any_of)) }
    }
}

impl Book {
    /// The client with that id and secret.
    pub(crate) fn client(&self, id: &str, secret: &str) -> Option<&Client> {
        let known = |client: &&Client| same(&client.id, id) & same(&client.secret, secret);
        found(self.clients.iter(), known)
    }

    fn key(&self, key: &str) -> Option<Grant> {
        let known = found(self.keys.iter(), |known| same(&known.key, key))?;
        Some(Grant { tenant: known.tenant.clone(), scopes: known.scopes.clone() })
    }

    fn basic(&self, user: &str, password: &str) -> Option<Grant> {
        let known = |basic: &&Basic| same(&basic.user, user) & same(&basic.password, password);
        let known = found(self.basic.iter(), known)?;
        Some(Grant { tenant: known.tenant.clone(), scopes: known.scopes.clone() })
    }
}

/// The grant of a bearer: a key of ours, or a token that is good for this API.
///
/// # Errors
/// [`Problem::Unauthenticated`].
pub(crate) fn bearer(site: &Site, incoming: &Incoming, surface: Surface) -> Result<Grant, Problem> {
    let credential = after_scheme(authorization(incoming)?, "bearer")
        .ok_or(Problem::Unauthenticated(CredentialError::Scheme))?;
    if signing::looks_like_token(credential) {
        let secret = site.signing_key()?;
        let claims = signing::verify(&secret, credential, clock::now() / 1000)
            .map_err(Problem::Unauthenticated)?;
        if !audience_fits(&claims.aud, surface) {
            return Err(Problem::Unauthenticated(CredentialError::Audience));
        }
        let scopes = claims.scope.split(' ').map(str::to_owned).collect();
        return Ok(Grant { tenant: claims.tenant, scopes });
    }
    site.book()?.key(credential).ok_or(Problem::Unauthenticated(CredentialError::Unknown))
}

/// The grant of a user with a password.
///
/// # Errors
/// [`Problem::Unauthenticated`].
pub(crate) fn basic(site: &Site, incoming: &Incoming) -> Result<Grant, Problem> {
    let (user, password) =
        basic_pair(authorization(incoming)?).map_err(Problem::Unauthenticated)?;
    site.book()?.basic(&user, &password).ok_or(Problem::Unauthenticated(CredentialError::Unknown))
}

/// The text of the header `Authorization`; an empty one is none.
fn authorization(incoming: &Incoming) -> Result<&str, Problem> {
    let header = incoming.header(header::AUTHORIZATION).map(str::trim);
    header
        .filter(|header| !header.is_empty())
        .ok_or(Problem::Unauthenticated(CredentialError::Absent))
}

/// User and password of a header `Basic …`: exactly one colon, as Cerbos has it.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn basic_pair(header: &str) -> Result<(String, String), CredentialError> {
    let encoded = after_scheme(header, "basic").ok_or(CredentialError::Scheme)?;
    let decoded = STANDARD.decode(encoded).map_err(|_| CredentialError::NotBase64)?;
    let text = String::from_utf8(decoded).map_err(|_| CredentialError::NotBase64)?;
    match text.split_once(':') {
        Some((user, password)) if !password.contains(':') => {
            Ok((user.to_owned(), password.to_owned()))
        }
        _ => Err(CredentialError::NotAPair),
    }
}

fn after_scheme<'a>(header: &'a str, scheme: &str) -> Option<&'a str> {
    let (written, credential) = header.split_once(' ')?;
    written.eq_ignore_ascii_case(scheme).then(|| credential.trim())
}

/// Whether a token for this audience is good for this API. `https://HOST/api/v2/` is the Management API's name alone,
/// `https://HOST/` stands for all that we serve. The host was ours when the token was made.
fn audience_fits(audience: &str, surface: Surface) -> bool {
    let path = audience
        .split_once("://")
        .and_then(|(_, rest)| rest.split_once('/'))
        .map_or("", |(_, path)| path);
    match path.trim_end_matches('/') {
        "" => true,
        "api/v2" => surface == Surface::Auth0,
        "v1" => surface == Surface::Ours,
        _ => false,
    }
}

fn same(known: &str, given: &str) -> bool {
    let (known, given) = (Sha256::digest(known), Sha256::digest(given));
    known.iter().zip(given).fold(0, |differences, (a, b)| differences | (a ^ b)) == 0
}

/// The first that fits; all are looked at.
fn found<'a, T>(all: impl Iterator<Item = &'a T>, fits: impl Fn(&&'a T) -> bool) -> Option<&'a T> {
    all.fold(None, |found, one| if fits(&one) { found.or(Some(one)) } else { found })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_book() {
        let book: Book = serde_json::from_str(
            r#"{"clients":[{"id":"c","secret":"s","tenant":"acme","scopes":["read:logs"]}],
                "keys":[{"key":"k","tenant":"acme","scopes":["append:entries"]}],
                "basic":[{"user":"u","password":"p","tenant":"acme","scopes":["read:audit_log"]}]}"#,
        )
        .unwrap();
        assert_eq!(book.client("c", "s").unwrap().tenant, "acme");
        assert!(book.client("c", "S").is_none() && book.client("", "").is_none());
        assert!(book.key("k").unwrap().with(scope::APPEND).is_ok());
        assert!(matches!(book.key("k").unwrap().with(scope::READ), Err(Problem::Forbidden(_))));
        assert!(book.basic("u", "p").is_some() && book.basic("u", "").is_none());
    }

    #[test]
    fn basic_headers() {
        let pair = |header: &str| basic_pair(header);
        assert_eq!(pair("Basic dTpw"), Ok(("u".to_owned(), "p".to_owned())));
        assert_eq!(pair("basic dTpw"), Ok(("u".to_owned(), "p".to_owned())));
        assert_eq!(pair("Bearer dTpw"), Err(CredentialError::Scheme));
        assert_eq!(pair("Basic"), Err(CredentialError::Scheme));
        assert_eq!(pair("Basic d?"), Err(CredentialError::NotBase64));
        assert_eq!(
            pair(&format!("Basic {}", STANDARD.encode("u"))),
            Err(CredentialError::NotAPair)
        );
        assert_eq!(
            pair(&format!("Basic {}", STANDARD.encode("u:p:q"))),
            Err(CredentialError::NotAPair)
        );
    }

    #[test]
    fn audiences() {
        for (audience, auth0, fga) in [
            ("https://h:1/api/v2/", true, false),
            ("https://h:1/", true, true),
            ("https://h:1", true, true),
            ("https://h:1/v1/", false, false),
            ("https://h:1/other", false, false),
        ] {
            assert_eq!(audience_fits(audience, Surface::Auth0), auth0, "{audience}");
            assert_eq!(audience_fits(audience, Surface::Fga), fga, "{audience}");
        }
    }
}
