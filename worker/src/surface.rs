//! Which API a path belongs to, and so in whose words it is answered.

use axum::response::Response;
use worker::console_error;

use crate::{auth0, cerbos, error::Problem, fga, ndjson::BrokenOff, oauth, v1};

/// An API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Surface {
    /// `/oauth/…`: OAuth's error shape.
    OAuth,
    /// `/api/…`: Auth0's Management API.
    Auth0,
    /// `/stores/…`: Auth0 FGA's Logging API.
    Fga,
    /// `/admin/…`: Cerbos' Admin API.
    Cerbos,
    /// `/v1/…` and all that is nobody's: our own.
    Ours,
}

impl Surface {
    /// The API of a path.
    pub(crate) fn of(path: &str) -> Self {
        match path.split('/').nth(1) {
            Some("oauth") => Self::OAuth,
            Some("api") => Self::Auth0,
            Some("stores") => Self::Fga,
            Some("admin") => Self::Cerbos,
            _ => Self::Ours,
        }
    }

    /// The answer to a request that went wrong, in the API's own words. What is our own fault goes to the log, and
    /// only there.
    pub(crate) fn answer(self, problem: Problem) -> Response {
        self.log(&problem);
        match self {
            Self::OAuth => oauth::answer(&problem),
            Self::Auth0 => auth0::error::answer(&problem),
            Self::Fga => fga::error::answer(&problem),
            Self::Cerbos => cerbos::error::answer(&problem),
            Self::Ours => v1::error::answer(&problem),
        }
    }

    /// The end of a stream that goes wrong once its status is out: Cerbos says it in the last line, all others break
    /// the transfer off.
    ///
    /// # Errors
    /// [`BrokenOff`], which the client sees as a transfer that is not complete.
    pub(crate) fn break_off(self, problem: &Problem) -> Result<Vec<u8>, BrokenOff> {
        self.log(problem);
        match self {
            Self::Cerbos => Ok(cerbos::error::line(problem)),
            _ => Err(BrokenOff(format!("{problem:?}"))),
        }
    }

    fn log(self, problem: &Problem) {
        if let Problem::Internal(reason) = problem {
            console_error!("{self:?}: {reason}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        for (path, surface) in [
            ("/oauth/token", Surface::OAuth),
            ("/api/v2/logs", Surface::Auth0),
            ("/stores/x/logs", Surface::Fga),
            ("/admin/auditlog/list/1", Surface::Cerbos),
            ("/v1/trails", Surface::Ours),
            ("/storesque", Surface::Ours),
            ("/", Surface::Ours),
            ("", Surface::Ours),
        ] {
            assert_eq!(Surface::of(path), surface, "{path}");
        }
    }
}
