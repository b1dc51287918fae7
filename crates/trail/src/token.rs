//! Continuation tokens: where a reader goes on. Not a session: a token holds its place itself, signed, so that it can
//! be kept for ever and used on any machine.
//!
//! A token says nothing else: no tenant, no query, only tags of them, so that it is refused anywhere but where it was
//! made. It is made from the query's text and not from the filter: the text of a poller does not change when we are
//! deployed anew, and `now` inside a query moves on.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use crate::{directory::Direction, signer::Signer};

const PURPOSE: &str = "trailsift continuation token 1";

const VERSION: u8 = 1;
const BODY: usize = 26;
const SIGNATURE: usize = 16;

/// What a token belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listing<'a> {
    /// The tenant.
    pub tenant: &'a str,
    /// The trail.
    pub trail: &'a str,
    /// The dialect and the text of the query.
    pub query: (&'a str, &'a str),
    /// The direction.
    pub direction: Direction,
}

/// Why a token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenError {
    /// Not a token's form: cut, or something else altogether.
    Malformed,
    /// Not signed by us, or changed.
    Forged,
    /// Made for another trail.
    OtherTrail,
    /// Made for another query.
    OtherQuery,
    /// Made for the other direction.
    OtherDirection,
    /// Beyond the trail's end: made for a trail that is no longer there.
    Stale,
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "not a continuation token",
            Self::Forged => "the token's signature does not match",
            Self::OtherTrail => "the token belongs to another log",
            Self::OtherQuery => {
                "the token belongs to another query; send the query that it was made with"
            }
            Self::OtherDirection => "the token belongs to the other sort direction",
            Self::Stale => "the token points beyond the end of the log",
        })
    }
}

/// The token for the place after the entry with the number `position`. The same place always gives the same token.
#[must_use]
pub fn mint(key: &[u8], listing: &Listing<'_>, position: u64) -> String {
    let mut token = body(listing, position);
    let signature = Signer::new(PURPOSE, key).sign(&token);
    token.extend(signature.iter().take(SIGNATURE));
    URL_SAFE_NO_PAD.encode(token)
}

/// The position of a token. `last` is the number of the trail's last entry.
///
/// # Errors
/// Why the token is refused.
pub fn open(key: &[u8], listing: &Listing<'_>, token: &str, last: u64) -> Result<u64, TokenError> {
    // A genuine token has 56 characters; more are not worth decoding.
    if token.len() > 64 {
        return Err(TokenError::Malformed);
    }
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| TokenError::Malformed)?;
    let (body_bytes, signature) = bytes.split_at_checked(BODY).ok_or(TokenError::Malformed)?;
    let signature = <&[u8; SIGNATURE]>::try_from(signature).map_err(|_| TokenError::Malformed)?;
    if !Signer::new(PURPOSE, key).is_genuine(body_bytes, signature) {
        return Err(TokenError::Forged);
    }
    let position =
        body_bytes.get(2..10).and_then(|bytes| bytes.try_into().ok()).map(u64::from_le_bytes);
    let position = position.ok_or(TokenError::Malformed)?;
    // What the token should be here; where it differs tells why it is refused.
    let wanted = body(listing, position);
    let differs = |from: usize, to: usize| body_bytes.get(from..to) != wanted.get(from..to);
    if differs(0, 1) {
        Err(TokenError::Malformed)
    } else if differs(10, 18) {
        Err(TokenError::OtherTrail)
    } else if differs(18, 26) {
        Err(TokenError::OtherQuery)
    } else if differs(1, 2) {
        Err(TokenError::OtherDirection)
    } else if position > last {
        Err(TokenError::Stale)
    } else {
        Ok(position)
    }
}

/// Version (1 byte), direction (1), position (8), tag of the trail (8), tag of the query (8).
fn body(listing: &Listing<'_>, position: u64) -> Vec<u8> {
    let mut body = vec![VERSION, u8::from(listing.direction == Direction::Descending)];
    body.extend_from_slice(&position.to_le_bytes());
    body.extend(tag(listing.tenant, listing.trail));
    body.extend(tag(listing.query.0, listing.query.1));
    body
}

fn tag(first: &str, second: &str) -> impl Iterator<Item = u8> {
    let mut hash = Sha256::new();
    hash.update((first.len() as u64).to_le_bytes());
    hash.update(first);
    hash.update(second);
    hash.finalize().into_iter().take(8)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &[u8] = b"secret";
    const LISTING: Listing<'_> = Listing {
        tenant: "acme",
        trail: "auth0",
        query: ("q", "type:s"),
        direction: Direction::Ascending,
    };

    #[test]
    fn there_and_back() {
        for position in [0, 1, u64::MAX] {
            let token = mint(KEY, &LISTING, position);
            assert_eq!(open(KEY, &LISTING, &token, u64::MAX), Ok(position));
            assert_eq!(token, mint(KEY, &LISTING, position));
        }
    }

    #[test]
    fn a_token_that_was_given_once_stays_good() {
        let token = "AQAHAAAAAAAAABcLjP0OVMzRPZiCOvTpW66STxptFfeGddXWLSaJirxE";
        assert_eq!(open(KEY, &LISTING, token, 9), Ok(7));
    }

    #[test]
    fn it_is_refused_anywhere_else() {
        let token = mint(KEY, &LISTING, 7);
        let opened = |listing: Listing<'_>, last| open(KEY, &listing, &token, last);
        assert_eq!(opened(Listing { tenant: "other", ..LISTING }, 9), Err(TokenError::OtherTrail));
        assert_eq!(opened(Listing { trail: "other", ..LISTING }, 9), Err(TokenError::OtherTrail));
        assert_eq!(opened(Listing { query: ("q", ""), ..LISTING }, 9), Err(TokenError::OtherQuery));
        assert_eq!(
            opened(Listing { query: ("fga", "type:s"), ..LISTING }, 9),
            Err(TokenError::OtherQuery)
        );
        let direction = Direction::Descending;
        assert_eq!(opened(Listing { direction, ..LISTING }, 9), Err(TokenError::OtherDirection));
        assert_eq!(opened(LISTING, 6), Err(TokenError::Stale));
        assert_eq!(open(b"other secret", &LISTING, &token, 9), Err(TokenError::Forged));
    }

    #[test]
    fn a_changed_or_cut_token_is_refused() {
        let token = mint(KEY, &LISTING, 7);
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(open(KEY, &LISTING, &changed, 9).is_err(), "{at}");
            assert!(open(KEY, &LISTING, token.get(..at).unwrap(), 9).is_err(), "{at}");
        }
        for token in [
            "",
            "é",
            "null",
            "....",
            &"A".repeat(10_000),
            &format!("{token}A"),
            &format!(" {token}"),
        ] {
            assert_eq!(open(KEY, &LISTING, token, 9), Err(TokenError::Malformed), "{token}");
        }
    }
}
