//! Reading a trail: chunks from its object, piece by piece, decoded here, where there is CPU to spare.

use std::{borrow::Cow, ops::ControlFlow};

use trailsift_core::Matcher;
use trailsift_engine::json::Json;
use trailsift_trail::{
    chunk::{self, Meta, Stored},
    directory::{Direction, Order, Window},
    kind::Kind,
    page::{Offer, Page},
    served,
    wire::{self, Read, Reply, Request},
};

use crate::{
    error::Problem,
    query,
    trail_client::{TrailClient, unexpected},
};

/// How many bytes of chunks are asked for first: a page of ordinary entries lies in them.
const FIRST: u64 = 1 << 20;
/// How many are asked for then. An isolate has 128 MB for all that it does.
const LATER: u64 = 8 << 20;

/// A page ends when its entries have this many bytes, however few they are.
const PAGE_BYTES: usize = 8 << 20;
/// The longest entry that is held in case it is wanted, in bytes.
const LARGE: usize = 16 << 10;

/// How many bytes of chunks a page may read; where it has found little by then, it is short. A request has its limit of
/// CPU, and somebody waits.
const PAGE_READS: u64 = if SMALL_LIMITS { 2 << 20 } else { 256 << 20 };
/// How many bytes of chunks a ranking may read. It cannot be cut short: what comes first may come last.
pub(crate) const RANKING_READS: u64 = if SMALL_LIMITS { 2 << 20 } else { 2 << 30 };
/// Tests reach the limits with a few megabytes.
const SMALL_LIMITS: bool = cfg!(feature = "fault-injection");

/// Reads the entries of a window.
pub(crate) struct Reader {
    trail: TrailClient,
    read: Read,
    done: bool,
    bytes: u64,
}

/// Some chunks.
pub(crate) struct Pieces {
    payloads: Vec<u8>,
    chunks: Vec<Meta>,
    /// The chunk that comes after these.
    pub(crate) next: Option<Meta>,
    kind: &'static Kind,
    window: Window,
    direction: Direction,
}

/// An entry as it is served.
pub(crate) struct Served<'a> {
    pub(crate) sequence: u64,
    pub(crate) id: &'a str,
    pub(crate) time: i64,
    pub(crate) bytes: Cow<'a, [u8]>,
}

/// An entry that may be served later. A large one is not held until then: a thousand of them would not fit.
pub(crate) enum Kept {
    Bytes(Vec<u8>),
    Number(u64),
}

impl Kept {
    /// The entry's bytes.
    ///
    /// # Errors
    /// As [`one`].
    pub(crate) async fn bytes(self, trail: &TrailClient) -> Result<Vec<u8>, Problem> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            Self::Number(sequence) => {
                let lost = || Problem::Internal(format!("entry {sequence} was there and is not"));
                one(trail, sequence).await?.ok_or_else(lost)
            }
        }
    }
}

impl Served<'_> {
    /// The entry, to be served later.
    pub(crate) fn keep(self) -> Kept {
        if self.bytes.len() > LARGE {
            Kept::Number(self.sequence)
        } else {
            Kept::Bytes(self.bytes.into_owned())
        }
    }

    /// Whether the entry is meant.
    pub(crate) fn matches(&self, matcher: &Matcher) -> bool {
        matches(&self.bytes, matcher)
    }
}

/// Whether an entry as it is served is meant.
pub(crate) fn matches(entry: &[u8], matcher: &Matcher) -> bool {
    matcher.matches(Json::new(entry))
}

impl Reader {
    /// A reader at the window's start. What is appended while it reads is not seen: its first answer tells where the
    /// trail ends.
    pub(crate) fn new(
        trail: &TrailClient,
        window: Window,
        order: Order,
        direction: Direction,
    ) -> Self {
        let read = Read { window, order, direction, after: None, budget: FIRST };
        Self { trail: trail.clone(), read, done: false, bytes: 0 }
    }

    /// The next chunks; `None` at the end.
    ///
    /// # Errors
    /// As [`TrailClient::ask`].
    pub(crate) async fn next(&mut self) -> Result<Option<Pieces>, Problem> {
        if self.done {
            return Ok(None);
        }
        let message =
            wire::message(&Request::Read(self.read.clone()), 0).map_err(Problem::internal)?;
        let (reply, payloads) = self.trail.ask(&message).await?;
        let Reply::Chunks { trail, chunks, next } = reply else { return Err(unexpected(&reply)) };
        self.read.window.last = self.read.window.last.min(trail.last);
        self.read.after = chunks.last().map(|chunk| chunk.first);
        self.read.budget = LATER;
        self.done = next.is_none();
        self.bytes += chunks.iter().map(|chunk| chunk.bytes).sum::<u64>();
        if chunks.is_empty() {
            return Ok(None);
        }
        let kind = Kind::of(query::schema(&trail.schema)?);
        Ok(Some(Pieces {
            payloads,
            chunks,
            next,
            kind,
            window: self.read.window,
            direction: self.read.direction,
        }))
    }
}

impl Reader {
    /// Whether there is more to read that this request cannot read: it has read `most` bytes, or the platform is about
    /// to end it.
    pub(crate) fn is_spent(&self, most: u64) -> bool {
        !self.done && (self.bytes >= most || worker::signal::is_near_cpu_limit())
    }
}

impl Pieces {
    /// The number of the entry that comes last in the reader's direction.
    fn end(&self) -> Option<u64> {
        let last = self.chunks.last()?;
        Some(match self.direction {
            Direction::Ascending => last.last(),
            Direction::Descending => last.first,
        })
    }

    /// Hands over each entry of the window in the order of numbers and of the reader's direction, until it is told to
    /// stop.
    ///
    /// # Errors
    /// When a chunk is not readable, or what `take` gives.
    pub(crate) fn each(
        &self,
        mut take: impl FnMut(Served<'_>) -> Result<ControlFlow<()>, Problem>,
    ) -> Result<ControlFlow<()>, Problem> {
        let payloads = wire::payloads(&self.payloads, &self.chunks).map_err(Problem::internal)?;
        for (meta, payload) in self.chunks.iter().zip(payloads) {
            let mut entries = chunk::decode(payload, meta.first).map_err(Problem::internal)?;
            if self.direction == Direction::Descending {
                entries.reverse();
            }
            for stored in &entries {
                if self.window.holds(stored.sequence, stored.time)
                    && take(self.serve(stored, meta))?.is_break()
                {
                    return Ok(ControlFlow::Break(()));
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn serve<'a>(&self, stored: &Stored<'a>, meta: &Meta) -> Served<'a> {
        let Stored { sequence, id, time, lacks, bytes } = *stored;
        let bytes = served::served(bytes, lacks, self.kind, id, time, meta.received);
        Served { sequence, id, time, bytes }
    }
}

/// An entry of a page.
pub(crate) struct PageEntry {
    pub(crate) id: String,
    pub(crate) bytes: Vec<u8>,
}

/// The bytes of a page's entries with commas between them.
pub(crate) fn joined(entries: &[PageEntry]) -> Vec<u8> {
    entries.iter().map(|entry| &*entry.bytes).collect::<Vec<_>>().join(&b',')
}

/// A page of what the reader reads, in the order of numbers: at most `limit` entries, fewer when they are large, none
/// perhaps when a request cannot read as far as the next one lies. It then says that there may be more, and its position
/// lies behind all that was read. Without a matcher every entry is on it.
///
/// # Errors
/// As [`Reader::next`].
pub(crate) async fn page(
    mut reader: Reader,
    limit: usize,
    matcher: Option<&Matcher>,
) -> Result<Page<PageEntry>, Problem> {
    let mut page = Page::new(limit);
    let mut bytes = 0;
    while let Some(pieces) = reader.next().await? {
        let read = pieces.each(|entry| {
            let matching = matcher.is_none_or(|matcher| entry.matches(matcher));
            if matching && bytes > 0 && bytes + entry.bytes.len() > PAGE_BYTES {
                page.cut();
                return Ok(ControlFlow::Break(()));
            }
            let Served { sequence, id, bytes: text, .. } = entry;
            let matching =
                matching.then(|| PageEntry { id: id.to_owned(), bytes: text.into_owned() });
            bytes += matching.as_ref().map_or(0, |entry| entry.bytes.len());
            let is_full = page.offer(sequence, matching) == Offer::Full;
            Ok(if is_full { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })?;
        if read.is_break() {
            break;
        }
        if pieces.next.is_some() && (page.is_full() || reader.is_spent(PAGE_READS)) {
            if let (false, Some(end)) = (page.is_full(), pieces.end()) {
                // Entries of another time than the window's were not even offered.
                page.offer(end, None);
            }
            page.cut();
            break;
        }
    }
    Ok(page)
}

/// The one entry with that number.
///
/// # Errors
/// As [`Reader::next`].
pub(crate) async fn one(trail: &TrailClient, sequence: u64) -> Result<Option<Vec<u8>>, Problem> {
    let window = Window { first: sequence, last: sequence, ..Window::ALL };
    let mut reader = Reader::new(trail, window, Order::Sequence, Direction::Ascending);
    let mut found = None;
    if let Some(pieces) = reader.next().await? {
        let _ = pieces.each(|entry| {
            found = Some(entry.bytes.into_owned());
            Ok(ControlFlow::Break(()))
        })?;
    }
    Ok(found)
}
