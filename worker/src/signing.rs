//! Access tokens: JSON Web Tokens that we sign ourselves with HS256. Not continuation tokens, which are
//! `trailsift_trail::token`'s; the secret is the same, the keys made of it are not.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use trailsift_trail::signer::Signer;

use crate::error::CredentialError;

/// How long a token is good, in seconds: what Auth0 gives.
pub(crate) const LIFETIME: i64 = 86_400;
/// How far clocks may be apart, in seconds.
const LEEWAY: i64 = 60;
const PURPOSE: &str = "trailsift access token 1";
const ISSUER: &str = "trailsift";
/// Longer is none of ours.
const LONGEST: usize = 4096;

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claims {
    iss: String,
    /// The client.
    pub(crate) sub: String,
    /// The URL of the API that the token is for.
    pub(crate) aud: String,
    iat: i64,
    exp: i64,
    /// Scopes with spaces between them.
    pub(crate) scope: String,
    pub(crate) tenant: String,
}

impl Claims {
    /// Claims of a token made now, in seconds since 1970.
    pub(crate) fn new(sub: &str, aud: &str, scope: &str, tenant: &str, now: i64) -> Self {
        Self {
            iss: ISSUER.to_owned(),
            sub: sub.to_owned(),
            aud: aud.to_owned(),
            iat: now,
            exp: now.saturating_add(LIFETIME),
            scope: scope.to_owned(),
            tenant: tenant.to_owned(),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Header {
    alg: String,
    typ: String,
}

/// The signed token.
///
/// # Errors
/// Never with these claims; JSON says that it may.
pub(crate) fn sign(secret: &[u8], claims: &Claims) -> Result<String, serde_json::Error> {
    let header = Header { alg: "HS256".to_owned(), typ: "JWT".to_owned() };
    let mut token = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&header)?);
    token.push('.');
    token.push_str(&URL_SAFE_NO_PAD.encode(serde_json::to_vec(claims)?));
    let signature = Signer::new(PURPOSE, secret).sign(token.as_bytes());
    token.push('.');
    token.push_str(&URL_SAFE_NO_PAD.encode(signature));
    Ok(token)
}

/// Whether a credential has the form of such a token.
pub(crate) fn looks_like_token(credential: &str) -> bool {
    credential.starts_with("eyJ") && credential.split('.').count() == 3
}

/// The claims of a genuine token that is still good at `now`, in seconds since 1970.
///
/// # Errors
/// [`CredentialError::Unknown`] when we did not sign it so, [`CredentialError::Expired`].
pub(crate) fn verify(secret: &[u8], token: &str, now: i64) -> Result<Claims, CredentialError> {
    let claims = genuine(secret, token).ok_or(CredentialError::Unknown)?;
    let good = claims.iat.saturating_sub(LEEWAY)..claims.exp.saturating_add(LEEWAY);
    if good.contains(&now) { Ok(claims) } else { Err(CredentialError::Expired) }
}

fn genuine(secret: &[u8], token: &str) -> Option<Claims> {
    if token.len() > LONGEST {
        return None;
    }
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let signature: [u8; 32] = URL_SAFE_NO_PAD.decode(signature).ok()?.try_into().ok()?;
    if !Signer::new(PURPOSE, secret).is_genuine(signed.as_bytes(), &signature) {
        return None;
    }
    // The signature is right, and still only this algorithm was ever ours.
    let header: Header = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
    let claims: Claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    (header.alg == "HS256" && claims.iss == ISSUER).then_some(claims)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_781_000_000;

    fn claims() -> Claims {
        Claims::new("client", "http://h/api/v2/", "read:logs", "acme", NOW)
    }

    #[test]
    fn good_for_its_time() {
        let token = sign(b"secret", &claims()).unwrap();
        assert!(looks_like_token(&token));
        assert_eq!(verify(b"secret", &token, NOW + LIFETIME), Ok(claims()));
        assert_eq!(
            verify(b"secret", &token, NOW + LIFETIME + LEEWAY),
            Err(CredentialError::Expired)
        );
        assert_eq!(verify(b"secret", &token, NOW - LEEWAY - 1), Err(CredentialError::Expired));
        assert_eq!(verify(b"other", &token, NOW), Err(CredentialError::Unknown));
    }

    #[test]
    fn a_changed_token_is_refused() {
        let token = sign(b"secret", &claims()).unwrap();
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(verify(b"secret", &changed, NOW), Err(CredentialError::Unknown), "{at}");
        }
        let none = URL_SAFE_NO_PAD.encode(br#"{"alg":"none","typ":"JWT"}"#);
        let (_, rest) = token.split_once('.').unwrap();
        let (body, _) = rest.split_once('.').unwrap();
        for token in
            [format!("{none}.{body}."), format!("{none}.{rest}"), "..".to_owned(), String::new()]
        {
            assert_eq!(verify(b"secret", &token, NOW), Err(CredentialError::Unknown), "{token}");
        }
    }
}
