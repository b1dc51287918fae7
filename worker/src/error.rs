//! Everything that can go wrong with a request, as data. The words are each surface's own: see its `error` module.

use trailsift_core::Diagnostics;
use trailsift_engine::split::Broken;
use trailsift_trail::{batch, token::TokenError};

/// Why a request is not answered as it was meant.
#[derive(Debug)]
pub(crate) enum Problem {
    /// No credential, or one that is not good.
    Unauthenticated(CredentialError),
    /// A good credential that may not do this; any of these scopes would do.
    Forbidden(&'static [&'static str]),
    /// A parameter that is not what it should be.
    Parameter {
        /// Its name.
        name: &'static str,
        /// What is wrong with it.
        what: String,
    },
    /// A parameter that has to be there and is not.
    MissingParameter(&'static str),
    /// A parameter that the path does not know, with the one that was probably meant.
    UnknownParameter {
        /// As it came.
        name: String,
        /// The known name that is the fewest slips away.
        nearest: Option<&'static str>,
    },
    /// A parameter that may come once and came again.
    RepeatedParameter(&'static str),
    /// A query that means nothing.
    Query {
        /// The parameter it came in.
        name: &'static str,
        /// Its text.
        text: String,
        /// Whether the text is one of several that make the query together: its places are its own.
        is_part: bool,
        /// Why.
        diagnostics: Diagnostics,
    },
    /// A query that does not come as text.
    QueryEncoding,
    /// A continuation token that is refused.
    Token(TokenError),
    /// A body that is refused.
    Batch(batch::Refusal),
    /// A body to filter that does not hold entries alone.
    Entries {
        /// The first of the places.
        broken: Vec<Broken>,
        /// How many there are in what was read.
        count: u64,
    },
    /// A body that could not be read to its end.
    BodyCut,
    /// A body that is packed in a way that is not unpacked here: what it is.
    Packed(&'static str),
    /// A body that is packed, and damaged: how.
    Damaged(&'static str),
    /// Not there.
    Missing(Missing),
    /// There, but not with this method; these would do.
    Method(&'static str),
    /// An append that names another schema than the trail has.
    OtherSchema {
        /// The trail's.
        schema: String,
    },
    /// An idempotency key that stands for another body.
    KeyReused {
        /// The first entry that differs, from 0.
        place: usize,
    },
    /// A search deeper than the vendor allows.
    TooDeep {
        /// The page, from 0.
        page: u64,
    },
    /// A search that has to read more than one request can.
    TooMuch,
    /// A trail that holds as many entries as one can.
    Full,
    /// An object did not answer in time. Asking again is safe.
    Unavailable,
    /// Our own fault. The reason is for the operator and never sent.
    Internal(String),
}

/// What is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    /// No such path.
    Path,
    /// No such trail.
    Trail,
    /// No such entry.
    Entry,
    /// No such connector.
    Connector,
    /// No checkpoints: the deployment has no key to sign them with.
    Checkpoint,
    /// No proof: entries that it would follow from are past their time.
    Proof,
}

/// What is wrong with a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CredentialError {
    /// There is none.
    Absent,
    /// Another scheme than the surface speaks.
    Scheme,
    /// Basic, but not base 64.
    NotBase64,
    /// Basic, but not one user and one password.
    NotAPair,
    /// Nobody we know.
    Unknown,
    /// A token of ours that is past its time.
    Expired,
    /// A token of ours for another API.
    Audience,
}

impl Problem {
    /// An internal error, for use in `map_err`.
    pub(crate) fn internal(reason: impl std::fmt::Display) -> Self {
        Self::Internal(reason.to_string())
    }

    /// A bad parameter.
    pub(crate) fn parameter(name: &'static str, what: impl Into<String>) -> Self {
        Self::Parameter { name, what: what.into() }
    }
}

impl From<worker::Error> for Problem {
    fn from(error: worker::Error) -> Self {
        Self::Internal(error.to_string())
    }
}

/// The start of what a client sent, to be shown in a message.
pub(crate) fn shown(text: &str) -> String {
    text.chars().take(100).collect()
}

/// A diagnostic in one line: the sentence, what to write instead, and the place, counted in characters from 1.
pub(crate) fn in_a_line(diagnostics: &Diagnostics, text: &str) -> String {
    let first = diagnostics.first();
    let mut line = first.message.clone();
    if let Some(suggestion) = first.suggestions.first() {
        line.push_str("; ");
        line.push_str(&suggestion.title);
    } else if let Some(help) = &first.help {
        line.push_str("; ");
        line.push_str(help);
    }
    let before = text.get(..first.span().start).unwrap_or(text);
    line.push_str(&format!(" (at character {})", before.chars().count() + 1));
    line
}
