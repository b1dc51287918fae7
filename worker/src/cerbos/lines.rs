//! The lines of an answer, piece by piece, in the order of the entries' own time. What is still to come is not read
//! before it is wanted, and no answer is held whole.

use std::{collections::VecDeque, ops::ControlFlow};

use trailsift_core::Query;
use trailsift_trail::{
    directory::{Direction, Order, Window},
    ranking::{Ranking, SortValue},
    sweep::Sweep,
};

use super::parameters::{Kind, Which};
use crate::{
    error::Problem,
    ndjson::{self, PIECE},
    reading::{self, Kept, RANKING_READS, Reader},
    trail_client::TrailClient,
};

/// How many bytes of entries may wait for their turn.
const WAITING: usize = 24 << 20;

/// The lines.
pub(super) struct Lines {
    trail: TrailClient,
    query: Query,
    kind: Kind,
    ready: VecDeque<Kept>,
    /// What is still to be read.
    rest: Option<Rest>,
}

struct Rest {
    window: Window,
    reader: Reader,
    sweep: Sweep<Kept>,
}

impl Lines {
    /// The lines of the entries that are asked for.
    ///
    /// # Errors
    /// As [`Reader::next`].
    pub(super) async fn start(
        trail: TrailClient,
        kind: Kind,
        which: &Which,
        query: Query,
    ) -> Result<Self, Problem> {
        let (ready, rest) = match which {
            Which::Tail(count) => (tail(&trail, &query, *count).await?, None),
            Which::Lookup(id) => (lookup(&trail, &query, id).await?, None),
            Which::Between(lo, hi) => {
                let window = Window { lo: *lo, hi: *hi, ..Window::ALL };
                (
                    VecDeque::new(),
                    Some(Rest {
                        window,
                        reader: by_time(&trail, window, &query),
                        sweep: Sweep::new(WAITING),
                    }),
                )
            }
        };
        Ok(Self { trail, query, kind, ready, rest })
    }

    /// Whether the last piece was given out.
    pub(super) fn is_over(&self) -> bool {
        self.ready.is_empty() && self.rest.is_none()
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// As [`Reader::next`].
    pub(super) async fn next(&mut self) -> Result<Option<Vec<u8>>, Problem> {
        let mut piece = Vec::new();
        while !self.is_over() && piece.len() < PIECE {
            let Some(entry) = self.ready.pop_front() else {
                self.read().await?;
                continue;
            };
            let entry = entry.bytes(&self.trail).await?;
            piece
                .extend_from_slice(format!(r#"{{"result":{{"{}":"#, self.kind.member()).as_bytes());
            ndjson::push_line(&mut piece, &entry);
            piece.pop();
            piece.extend_from_slice(b"}}\n");
        }
        Ok((!piece.is_empty()).then_some(piece))
    }

    async fn read(&mut self) -> Result<(), Problem> {
        let Some(rest) = &mut self.rest else { return Ok(()) };
        let pieces = rest.reader.next().await?;
        if rest.reader.is_spent(u64::MAX) {
            return Err(Problem::TooMuch);
        }
        if let Some(pieces) = &pieces {
            let sweep = &mut rest.sweep;
            let _ = pieces.each(Some(self.query.matcher()), |entry, is_meant| {
                if is_meant {
                    sweep.push(entry.time, entry.sequence, entry.bytes.len(), || entry.keep());
                }
                Ok(ControlFlow::Continue(()))
            })?;
        }
        let next = pieces.as_ref().and_then(|pieces| pieces.next.as_ref());
        self.ready.extend(rest.sweep.ready(next));
        if rest.sweep.is_pass_over(next) {
            self.ready.extend(rest.sweep.ready(None));
            match rest.sweep.next_pass() {
                Some(lo) => {
                    rest.window.lo = lo;
                    rest.reader = by_time(&self.trail, rest.window, &self.query);
                }
                None => self.rest = None,
            }
        }
        Ok(())
    }
}

fn by_time(trail: &TrailClient, window: Window, query: &Query) -> Reader {
    Reader::new(trail, window, Order::Time, Direction::Ascending, Some(query.filter()))
}

/// The last few entries that match, the newest first.
async fn tail(trail: &TrailClient, query: &Query, count: u64) -> Result<VecDeque<Kept>, Problem> {
    let direction = Direction::Descending;
    let mut ranking = Ranking::new(usize::try_from(count).unwrap_or(0), direction);
    let mut reader = Reader::new(trail, Window::ALL, Order::Time, direction, Some(query.filter()));
    while let Some(pieces) = reader.next().await? {
        let _ = pieces.each(Some(query.matcher()), |entry, is_meant| {
            if is_meant {
                ranking.push(SortValue::Integer(entry.time), entry.sequence, || entry.keep());
            }
            Ok(ControlFlow::Continue(()))
        })?;
        if ranking.is_settled_by_time(pieces.next.as_ref()) {
            break;
        }
        if reader.is_spent(RANKING_READS) {
            return Err(Problem::TooMuch);
        }
    }
    Ok(ranking.into_sorted().into())
}

/// The entry of a call, if there is one and it matches.
async fn lookup(trail: &TrailClient, query: &Query, id: &str) -> Result<VecDeque<Kept>, Problem> {
    let Some(sequence) = trail.find(id).await? else { return Ok(VecDeque::new()) };
    let entry = reading::one(trail, sequence).await?;
    Ok(entry
        .filter(|entry| reading::matches(entry, query.matcher()))
        .map(Kept::Bytes)
        .into_iter()
        .collect())
}
