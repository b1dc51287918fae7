//! What a connector is told once: where it reads, as whom, and into which trail. Not what it has read.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    duration,
    kind::{ACCESS_LOG, is_trail_name, vendor_schema},
    time::Millis,
};

/// How often a connector looks for new entries, unless it is told otherwise.
pub const EVERY: Millis = 60_000;
/// The shortest and the longest time between two looks.
pub const EVERY_WITHIN: (Millis, Millis) = (1_000, 86_400_000);

/// What whoever makes a connector says of it, as it came.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wish {
    /// Its name among the tenant's connectors.
    pub name: String,
    /// What it reads; `auth0` is the only kind.
    pub r#type: Option<String>,
    /// Where: `https://demo.us.auth0.com/`.
    pub base_url: String,
    /// For whom its tokens are; the base URL's `api/v2/` by default.
    pub audience: Option<String>,
    /// A client with its secret …
    pub client_id: Option<String>,
    /// … which gets tokens,
    pub client_secret: Option<String>,
    /// or a token as it is.
    pub access_token: Option<String>,
    /// Into which trail; `auth0` by default.
    pub trail: Option<String>,
    /// How often it looks: `1m`.
    pub every: Option<String>,
}

/// What a connector works with.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Its name.
    pub name: String,
    /// Scheme and authority, without a slash at the end.
    pub base: String,
    /// For whom its tokens are.
    pub audience: String,
    /// As whom it asks.
    pub authentication: Authentication,
    /// Into which trail.
    pub trail: String,
    /// How often it looks, in milliseconds.
    pub every: Millis,
}

/// As whom a connector asks.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Authentication {
    /// As a client that gets itself tokens.
    Client {
        /// Its id.
        id: String,
        /// Its secret.
        secret: String,
    },
    /// With a token that somebody else got.
    Token(String),
}

/// Secrets stay out of logs.
impl fmt::Debug for Authentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Client { .. } => "Client",
            Self::Token(_) => "Token",
        })
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} from {} as {:?}", self.name, self.base, self.authentication)
    }
}

impl Settings {
    /// Under which name the trail keeps how far this connector has read. Another log read under the same name begins
    /// at its own start.
    #[must_use]
    pub fn source(&self) -> String {
        format!("{} {}", self.name, self.base)
    }
}

/// What is wrong with a wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The member.
    pub member: &'static str,
    /// What it should be.
    pub what: &'static str,
}

impl Wish {
    /// The settings that are meant.
    ///
    /// # Errors
    /// The first member that is not what it should be.
    ///
    /// ```
    /// use trailsift_trail::connector::Wish;
    ///
    /// let wish = Wish {
    ///     name: "eu".to_owned(),
    ///     base_url: "https://demo.eu.auth0.com/".to_owned(),
    ///     access_token: Some("eyJ".to_owned()),
    ///     ..Wish::default()
    /// };
    /// let settings = wish.settings().unwrap();
    /// assert_eq!(settings.audience, "https://demo.eu.auth0.com/api/v2/");
    /// assert_eq!((settings.trail.as_str(), settings.every), ("auth0", 60_000));
    /// ```
    pub fn settings(self) -> Result<Settings, Wrong> {
        let wrong = |member, what| Wrong { member, what };
        if !is_trail_name(&self.name) {
            return Err(wrong("name", "has 1 to 64 of A-Z a-z 0-9 . _ - and begins with no dot"));
        }
        if self.r#type.as_deref().is_some_and(|kind| kind != "auth0") {
            return Err(wrong("type", "there is auth0"));
        }
        let base = base(&self.base_url).ok_or_else(|| {
            wrong("base_url", "is https and a host, such as https://demo.us.auth0.com/")
        })?;
        let authentication = match (self.client_id, self.client_secret, self.access_token) {
            (Some(id), Some(secret), None) if !id.is_empty() && !secret.is_empty() => {
                Authentication::Client { id, secret }
            }
            (None, None, Some(token)) if is_token(&token) => Authentication::Token(token),
            _ => {
                let what = "and `client_secret` go together, or there is `access_token` alone";
                return Err(wrong("client_id", what));
            }
        };
        let trail = self.trail.unwrap_or_else(|| "auth0".to_owned());
        let is_others = vendor_schema(&trail).is_some_and(|schema| schema != "auth0");
        if !is_trail_name(&trail) || trail == ACCESS_LOG || is_others {
            return Err(wrong("trail", "is a trail of Auth0's entries"));
        }
        let every = match self.every.as_deref().map(duration::parse) {
            None => EVERY,
            Some(Ok(nanos)) => nanos / 1_000_000,
            Some(Err(_)) => 0,
        };
        if !(EVERY_WITHIN.0..=EVERY_WITHIN.1).contains(&every) {
            return Err(wrong("every", "is 1s to 24h, such as 1m"));
        }
        let audience = self.audience.unwrap_or_else(|| format!("{base}/api/v2/"));
        Ok(Settings { name: self.name, base, audience, authentication, trail, every })
    }
}

/// Scheme and authority of a URL that is nothing else. Without encryption only this machine is asked: secrets go there.
fn base(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    let is_host = |host: &str| {
        !host.is_empty()
            && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
    };
    let is_port = |port: &str| port.parse::<u16>().is_ok_and(|number| number.to_string() == port);
    let is_near = matches!(host, "127.0.0.1" | "localhost");
    let fits = match scheme {
        "https" => true,
        "http" => is_near,
        _ => false,
    };
    (fits && is_host(host) && port.is_none_or(is_port)).then(|| format!("{scheme}://{authority}"))
}

/// Whether a text can stand in a header.
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish() -> Wish {
        Wish {
            name: "eu".to_owned(),
            base_url: "https://h.example:8443".to_owned(),
            client_id: Some("c".to_owned()),
            client_secret: Some("s".to_owned()),
            every: Some("90s".to_owned()),
            ..Wish::default()
        }
    }

    #[test]
    fn a_wish_becomes_settings_and_shows_no_secret() {
        let settings = wish().settings().unwrap();
        assert_eq!((settings.base.as_str(), settings.every), ("https://h.example:8443", 90_000));
        assert!(!format!("{settings:?}").contains("\"s\""));
        let kept = serde_json::to_string(&settings).unwrap();
        assert_eq!(serde_json::from_str::<Settings>(&kept).unwrap(), settings);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let with = |change: fn(&mut Wish)| {
            let mut wish = wish();
            change(&mut wish);
            wish.settings().unwrap_err().member
        };
        assert_eq!(with(|wish| wish.name.clear()), "name");
        assert_eq!(with(|wish| wish.r#type = Some("okta".to_owned())), "type");
        assert_eq!(with(|wish| wish.client_secret = None), "client_id");
        assert_eq!(with(|wish| wish.access_token = Some("t".to_owned())), "client_id");
        assert_eq!(with(|wish| wish.trail = Some("access".to_owned())), "trail");
        assert_eq!(with(|wish| wish.trail = Some("access-log".to_owned())), "trail");
        assert_eq!(with(|wish| wish.every = Some("1ms".to_owned())), "every");
        assert_eq!(with(|wish| wish.every = Some("x".to_owned())), "every");
        for url in [
            "",
            "h.example",
            "ftp://h.example",
            "http://h.example",
            "https://",
            "https://u:p@h.example/",
            "https://h.example/path",
            "https://h.example?q",
            "https://h.example:99999",
            "https://h.example:",
            "http://127.0.0.1.example",
            "https://h\r\n.example",
        ] {
            let wish = Wish { base_url: url.to_owned(), ..wish() };
            assert_eq!(wish.settings().unwrap_err().member, "base_url", "{url}");
        }
        let near = Wish { base_url: "http://127.0.0.1:8787/".to_owned(), ..wish() };
        assert_eq!(near.settings().unwrap().base, "http://127.0.0.1:8787");
    }
}
