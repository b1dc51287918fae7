//! Cerbos' Admin API: the audit log. It reads the tenant's trails `access` and `decision`.
//!
//! The answer is a stream of lines, one an entry; an empty one where nothing is found. Beyond Cerbos, `query` (or `q`)
//! narrows any filter.

pub(crate) mod error;
mod parameters;

use std::{collections::VecDeque, ops::ControlFlow};

use axum::{Extension, Router, body::Body, extract::State, response::Response, routing::get};
use futures_util::stream;
use http::StatusCode;
use trailsift_core::{Dialect, Query};
use trailsift_trail::{
    directory::{Direction, Order, Window},
    sweep::Sweep,
};

use self::parameters::{Ask, Kind, Which};
use crate::{
    clock,
    credentials::{self, scope},
    error::{Missing, Problem},
    incoming::Incoming,
    ndjson::{self, PIECE},
    parameters::Parameters,
    query,
    reading::Reader,
    reply,
    site::Site,
    surface::Surface,
    trail_client::TrailClient,
};

/// The routes.
pub(crate) fn routes() -> Router<Site> {
    Router::new().route("/admin/auditlog/list/{kind}", get(list))
}

#[worker::send]
async fn list(State(site): State<Site>, Extension(incoming): Extension<Incoming>) -> Response {
    listed(&site, &incoming).await.unwrap_or_else(|problem| Surface::Cerbos.answer(problem))
}

impl Kind {
    const fn trail(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Decision => "decision",
        }
    }

    const fn schema(self) -> &'static str {
        match self {
            Self::Access => "cerbos-access",
            Self::Decision => "cerbos-decision",
        }
    }

    const fn member(self) -> &'static str {
        match self {
            Self::Access => "accessLogEntry",
            Self::Decision => "decisionLogEntry",
        }
    }
}

async fn listed(site: &Site, incoming: &Incoming) -> Result<Response, Problem> {
    let parameters = Parameters::parse(&incoming.query)?;
    let ask = match Ask::read(&incoming.segment(3)?, &parameters, clock::now()) {
        Ok(ask) => ask,
        Err(fault) => return Ok(error::refused(&fault)),
    };
    let query = query::read(
        "query",
        &ask.query,
        &query::options(Dialect::Q, query::schema(ask.kind.schema())?),
    )?;
    let grant = credentials::basic(site, incoming)?.with(scope::AUDIT_LOG)?;
    let trail = TrailClient::new(site, &grant.tenant, ask.kind.trail())?;
    let mut lines = match Lines::start(&trail, &ask, query).await {
        Err(Problem::Missing(Missing::Trail)) => return Ok(empty()),
        lines => lines?,
    };
    // The first piece tells whether there is an answer at all.
    let first = match lines.next().await {
        Err(Problem::Missing(Missing::Trail)) => return Ok(empty()),
        first => first?,
    };
    let body = match first {
        None => Body::empty(),
        Some(first) if lines.is_over() => Body::from(first),
        Some(first) => {
            ndjson::body(stream::unfold((Some(first), Some(lines)), |(first, lines)| async move {
                let mut lines = lines?;
                if let Some(first) = first {
                    return Some((Ok(first), (None, Some(lines))));
                }
                match lines.next().await {
                    Ok(piece) => Some((Ok(piece?), (None, Some(lines)))),
                    // The status is out already: Cerbos says it in the last line.
                    Err(problem) => Some((Ok(error::line(&problem)), (None, None))),
                }
            }))
        }
    };
    Ok(reply::bytes(StatusCode::OK, reply::NDJSON, body))
}

/// The answer where there is nothing, also where a tenant has no log yet.
fn empty() -> Response {
    reply::bytes(StatusCode::OK, reply::NDJSON, Body::empty())
}

/// The lines of an answer, piece by piece.
struct Lines {
    reader: Reader,
    sweep: Sweep<Vec<u8>>,
    ready: VecDeque<Vec<u8>>,
    query: Query,
    kind: Kind,
    /// How many more entries are wanted.
    left: u64,
    read_all: bool,
}

impl Lines {
    async fn start(trail: &TrailClient, ask: &Ask, query: Query) -> Result<Self, Problem> {
        let (window, direction, left) = match &ask.which {
            Which::Tail(count) => (Window::ALL, Direction::Descending, *count),
            Which::Between(lo, hi) => {
                (Window { lo: *lo, hi: *hi, ..Window::ALL }, Direction::Ascending, u64::MAX)
            }
            Which::Lookup(id) => {
                let sequence = trail.find(id).await?.unwrap_or(0);
                (Window { first: sequence, last: sequence, ..Window::ALL }, Direction::Ascending, 1)
            }
        };
        let reader = Reader::new(trail, window, Order::Time, direction);
        let sweep = Sweep::new(direction);
        Ok(Self {
            reader,
            sweep,
            ready: VecDeque::new(),
            query,
            kind: ask.kind,
            left,
            read_all: false,
        })
    }

    /// Whether the last piece was given out.
    fn is_over(&self) -> bool {
        self.left == 0 || self.read_all && self.ready.is_empty()
    }

    /// The next piece; `None` at the end.
    async fn next(&mut self) -> Result<Option<Vec<u8>>, Problem> {
        let mut piece = Vec::new();
        while !self.is_over() && piece.len() < PIECE {
            match self.ready.pop_front() {
                Some(entry) => {
                    self.left -= 1;
                    piece.extend_from_slice(
                        format!(r#"{{"result":{{"{}":"#, self.kind.member()).as_bytes(),
                    );
                    ndjson::push_line(&mut piece, &entry);
                    piece.pop();
                    piece.extend_from_slice(b"}}\n");
                }
                None => self.read().await?,
            }
        }
        Ok((!piece.is_empty()).then_some(piece))
    }

    async fn read(&mut self) -> Result<(), Problem> {
        let Some(pieces) = self.reader.next().await? else {
            self.ready.extend(self.sweep.ready(None));
            self.read_all = true;
            return Ok(());
        };
        let (query, sweep) = (&self.query, &mut self.sweep);
        let _ = pieces.each(|entry| {
            if entry.matches(query.matcher()) {
                sweep.push(entry.time, entry.sequence, entry.bytes.into_owned());
            }
            Ok(ControlFlow::Continue(()))
        })?;
        self.ready.extend(self.sweep.ready(pieces.next.as_ref()));
        self.read_all = pieces.next.is_none();
        Ok(())
    }
}
