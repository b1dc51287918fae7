//! A connector: reads another instance's Auth0 log from where it stopped, page by page, into a trail. What it asks and
//! what an answer means; not the asking.
//!
//! How far it has read is written together with what it read, so that a connector that dies at any moment goes on where
//! the trail ends: nothing twice, nothing left out. See [`crate::keeper::Batch::source`].

mod settings;

use std::fmt;

use serde::Deserialize;

pub use settings::{Authentication, EVERY, EVERY_WITHIN, Settings, Wish, Wrong};

use crate::{notary::encoded, time::Millis};

/// How many entries a page has at most: what Auth0 gives.
const TAKE: usize = 100;
/// A token is got anew this long before it ends.
const LEEWAY: Millis = 60_000;
/// How long to wait after a failure, doubled with each one that follows.
const FIRST_WAIT: Millis = 1_000;
/// The longest wait, also where the other side asks for more.
const LONGEST_WAIT: Millis = 600_000;

/// A request to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// Get a token: `POST` this JSON to that URL.
    Token {
        /// The URL.
        url: String,
        /// The body.
        body: String,
    },
    /// Get a page: `GET` that URL with this in the header `authorization`.
    Page {
        /// The URL.
        url: String,
        /// The header.
        authorization: String,
    },
}

/// An answer, as far as it matters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// `retry-after`, in seconds.
    pub retry_after: Option<i64>,
    /// `x-ratelimit-reset`, in seconds since 1970.
    pub rate_limit_reset: Option<i64>,
    /// Its body.
    pub body: Vec<u8>,
}

/// Why a connector does not get on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The other side could not be reached, or did not answer in time.
    Unreachable(String),
    /// It is asked too often.
    Limited,
    /// It does not know the client, or the token.
    Unauthorized,
    /// The client may not read logs.
    Forbidden,
    /// It answered otherwise than it should.
    Status(u16),
    /// Its answer is no token or no page.
    Unreadable(String),
    /// The trail did not take the page.
    Refused(String),
    /// It gives the same page again and again.
    Stuck,
    /// The trail is busy, or something went wrong here. The reason is in our own log.
    Ours,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(reason) => write!(f, "cannot be reached: {reason}"),
            Self::Limited => f.write_str("asks us to wait: too many requests (429)"),
            Self::Unauthorized => f.write_str(
                "does not accept the credentials (401): make the connector anew with others",
            ),
            Self::Forbidden => {
                f.write_str("does not let us read logs (403): grant the client `read:logs`")
            }
            Self::Status(status) => write!(f, "answered with status {status}"),
            Self::Unreadable(reason) => write!(f, "gave an answer that is not readable: {reason}"),
            Self::Refused(reason) => write!(f, "gave a page that the trail refuses: {reason}"),
            Self::Stuck => f.write_str("gives the same page again and again: it ignores `from`"),
            Self::Ours => {
                f.write_str("could not be read because of a fault here; it is tried again")
            }
        }
    }
}

/// Where a connector is in its work, in memory alone.
#[derive(Debug)]
pub struct Puller<'s> {
    settings: &'s Settings,
    token: Option<Token>,
    /// The id of the last entry that was read.
    from: Option<String>,
    /// Whether a token was refused just now.
    refused: bool,
}

#[derive(Debug)]
struct Token {
    text: String,
    ends: Millis,
}

impl<'s> Puller<'s> {
    /// A connector that goes on after the entry with the id `from`; at the oldest without one.
    #[must_use]
    pub const fn new(settings: &'s Settings, from: Option<String>) -> Self {
        Self { settings, token: None, from, refused: false }
    }

    /// What to ask next.
    #[must_use]
    pub fn call(&self, now: Millis) -> Call {
        let Settings { base, audience, authentication, .. } = self.settings;
        let token = match (authentication, &self.token) {
            (Authentication::Token(token), _) => token,
            (_, Some(token)) if now < token.ends - LEEWAY => &token.text,
            (Authentication::Client { id, secret }, _) => {
                let body = serde_json::json!({
                    "grant_type": "client_credentials",
                    "client_id": id,
                    "client_secret": secret,
                    "audience": audience,
                });
                return Call::Token { url: format!("{base}/oauth/token"), body: body.to_string() };
            }
        };
        let from = encoded(self.from.as_deref().unwrap_or_default());
        Call::Page {
            url: format!("{base}/api/v2/logs?from={from}&take={TAKE}"),
            authorization: format!("Bearer {token}"),
        }
    }

    /// Takes the answer to a request for a token.
    ///
    /// # Errors
    /// Why there is none.
    pub fn take_token(&mut self, answer: &Answer, now: Millis) -> Result<(), Fault> {
        #[derive(Deserialize)]
        struct Granted {
            access_token: String,
            expires_in: i64,
        }
        checked(answer)?;
        let granted: Granted = serde_json::from_slice(&answer.body)
            .map_err(|_| Fault::Unreadable("it is no token".to_owned()))?;
        if !granted.access_token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Fault::Unreadable("a token that is no text of a header".to_owned()));
        }
        let ends = now.saturating_add(granted.expires_in.clamp(0, 1_000_000).saturating_mul(1000));
        self.token = Some(Token { text: granted.access_token, ends: ends.max(now + 2 * LEEWAY) });
        Ok(())
    }

    /// Looks at the answer to a request for a page. A token that is refused once is got anew: `None` says so.
    ///
    /// # Errors
    /// Why there is no page.
    pub fn take_page<'a>(&mut self, answer: &'a Answer) -> Result<Option<&'a [u8]>, Fault> {
        let is_ours = matches!(self.settings.authentication, Authentication::Client { .. });
        if answer.status == 401 && is_ours && !self.refused {
            self.refused = true;
            self.token = None;
            return Ok(None);
        }
        checked(answer)?;
        self.refused = false;
        Ok(Some(&answer.body))
    }

    /// Says that the entries up to the one with that id are stored.
    ///
    /// # Errors
    /// [`Fault::Stuck`] when that is where it was before.
    pub fn advance(&mut self, id: String) -> Result<(), Fault> {
        if self.from.as_ref() == Some(&id) {
            return Err(Fault::Stuck);
        }
        self.from = Some(id);
        Ok(())
    }
}

fn checked(answer: &Answer) -> Result<(), Fault> {
    match answer.status {
        200 => Ok(()),
        401 => Err(Fault::Unauthorized),
        403 => Err(Fault::Forbidden),
        429 => Err(Fault::Limited),
        status => Err(Fault::Status(status)),
    }
}

/// How long to wait after the failure with that number, from 0, in milliseconds. What the other side asks for counts,
/// within bounds.
#[must_use]
pub fn wait(failures: u32, answer: Option<&Answer>, now: Millis) -> Millis {
    let doubled = FIRST_WAIT.saturating_mul(1 << failures.min(20));
    let asked = answer.filter(|answer| answer.status == 429).and_then(|answer| {
        let until_reset =
            answer.rate_limit_reset.map(|at| at.saturating_mul(1000).saturating_sub(now));
        answer.retry_after.map(|seconds| seconds.saturating_mul(1000)).or(until_reset)
    });
    asked.unwrap_or(doubled).clamp(FIRST_WAIT, LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(authentication: Authentication) -> Settings {
        Settings {
            name: "eu".to_owned(),
            base: "https://h.example".to_owned(),
            audience: "https://h.example/api/v2/".to_owned(),
            authentication,
            trail: "auth0".to_owned(),
            every: EVERY,
        }
    }

    fn client() -> Settings {
        settings(Authentication::Client { id: "c".to_owned(), secret: "s\"".to_owned() })
    }

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, body: body.as_bytes().to_vec(), ..Answer::default() }
    }

    const TOKEN: &str = r#"{"access_token":"eyJ","expires_in":86400,"token_type":"Bearer"}"#;

    #[test]
    fn a_client_gets_a_token_then_pages_until_it_ends() {
        let settings = client();
        let mut puller = Puller::new(&settings, None);
        let Call::Token { url, body } = puller.call(0) else { panic!("no token yet") };
        assert_eq!(url, "https://h.example/oauth/token");
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(
            (&body["client_secret"], &body["audience"]),
            (&"s\"".into(), &"https://h.example/api/v2/".into())
        );
        puller.take_token(&answer(200, TOKEN), 0).unwrap();
        let page =
            |url: &str| Call::Page { url: url.to_owned(), authorization: "Bearer eyJ".to_owned() };
        assert_eq!(puller.call(1), page("https://h.example/api/v2/logs?from=&take=100"));
        assert_eq!(puller.take_page(&answer(200, "[]")), Ok(Some(&b"[]"[..])));
        assert_eq!(puller.advance("900 &a".to_owned()), Ok(()));
        assert_eq!(puller.advance("900 &a".to_owned()), Err(Fault::Stuck));
        assert_eq!(puller.call(1), page("https://h.example/api/v2/logs?from=900%20%26a&take=100"));
        assert!(matches!(puller.call(86_400_000 - LEEWAY), Call::Token { .. }));
    }

    #[test]
    fn a_refused_token_is_got_anew_once() {
        let settings = client();
        let mut puller = Puller::new(&settings, None);
        puller.take_token(&answer(200, TOKEN), 0).unwrap();
        assert_eq!(puller.take_page(&answer(401, "")), Ok(None));
        assert!(matches!(puller.call(0), Call::Token { .. }));
        puller.take_token(&answer(200, TOKEN), 0).unwrap();
        assert_eq!(puller.take_page(&answer(401, "")), Err(Fault::Unauthorized));

        let settings = settings_of_token();
        let mut puller = Puller::new(&settings, Some("900".to_owned()));
        assert!(matches!(puller.call(0), Call::Page { .. }));
        assert_eq!(puller.take_page(&answer(401, "")), Err(Fault::Unauthorized));
    }

    fn settings_of_token() -> Settings {
        settings(Authentication::Token("eyJ".to_owned()))
    }

    #[test]
    fn every_other_answer_is_a_fault() {
        let settings = client();
        let mut puller = Puller::new(&settings, None);
        for (status, fault) in [
            (403, Fault::Forbidden),
            (429, Fault::Limited),
            (500, Fault::Status(500)),
            (302, Fault::Status(302)),
            (204, Fault::Status(204)),
        ] {
            assert_eq!(puller.take_page(&answer(status, "")), Err(fault.clone()));
            assert_eq!(puller.take_token(&answer(status, ""), 0), Err(fault));
        }
        for body in ["", "[]", "{}", r#"{"access_token":"a\r\nb","expires_in":1}"#] {
            let taken = puller.take_token(&answer(200, body), 0);
            assert!(matches!(taken, Err(Fault::Unreadable(_))), "{body}");
        }
        // A token that ends at once is used all the same, else none would ever be.
        let short = r#"{"access_token":"t","expires_in":-5}"#;
        puller.take_token(&answer(200, short), 0).unwrap();
        assert!(matches!(puller.call(0), Call::Page { .. }));
    }

    #[test]
    fn waits_grow_and_what_is_asked_for_counts() {
        assert_eq!(
            (wait(0, None, 0), wait(3, None, 0), wait(99, None, 0)),
            (1_000, 8_000, LONGEST_WAIT)
        );
        let limited = |retry_after, rate_limit_reset| Answer {
            status: 429,
            retry_after,
            rate_limit_reset,
            body: vec![],
        };
        assert_eq!(wait(0, Some(&limited(Some(7), Some(100))), 0), 7_000);
        assert_eq!(wait(0, Some(&limited(None, Some(100))), 90_000), 10_000);
        assert_eq!(wait(0, Some(&limited(None, Some(i64::MIN))), i64::MAX), FIRST_WAIT);
        assert_eq!(wait(0, Some(&limited(Some(i64::MAX), None)), 0), LONGEST_WAIT);
    }
}
