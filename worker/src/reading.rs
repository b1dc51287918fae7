//! Reading a trail: chunks from its object and segments from R2, piece by piece, decoded here, where there is CPU to
//! spare. A reader does not see which is which, nor that chunks become a segment while it reads.

use std::{borrow::Cow, collections::VecDeque, ops::ControlFlow, rc::Rc};

use sha2::{Digest, Sha256};
use trailsift_core::{Filter, Matcher};
use trailsift_engine::json::Json;
use trailsift_proof::leaf_hash;
use trailsift_trail::{
    chunk::{self, Meta, Stored},
    directory::{Direction, Order, Piece, ReceivedBy, Sealed, Window},
    keeper::{Ask, Objects},
    kind::Kind,
    page::{Offer, Page},
    segment::Decoded,
    served,
    time::Millis,
    tree::Leaves,
    wire::{self, Reply, Request},
};

use crate::{
    error::Problem,
    query,
    trail_client::{TrailClient, unexpected},
};

/// How many bytes of entries are named first: a page of ordinary ones lies in them.
const FIRST: u64 = 1 << 20;
/// How many are named then, and how many bytes of chunks are fetched at once. An isolate has 128 MB for all that it does.
const LATER: u64 = 8 << 20;
/// How many bytes are named at once where most of them are in segments, each of which is fetched by itself.
const NAMED: u64 = 32 << 20;

/// A page ends when its entries have this many bytes, however few they are.
const PAGE_BYTES: usize = 8 << 20;
/// The longest entry that is held in case it is wanted, in bytes.
const LARGE: usize = 16 << 10;

/// How many bytes of entries a page may read; where it has found little by then, it is short. A request has its limit
/// of CPU, and somebody waits.
const PAGE_READS: u64 = if SMALL_LIMITS { 2 << 20 } else { 256 << 20 };
/// How many bytes of entries a ranking or a proof may read. Neither can be cut short: what comes first may come last.
pub(crate) const RANKING_READS: u64 = if SMALL_LIMITS { 2 << 20 } else { 2 << 30 };
/// Tests reach the limits with a few megabytes.
const SMALL_LIMITS: bool = cfg!(feature = "fault-injection");

/// Reads the entries of a window.
pub(crate) struct Reader {
    trail: TrailClient,
    /// Which entries.
    window: Window,
    /// What is asked next: the window becomes the part that no piece was named of yet.
    ask: Ask,
    /// What is to be read next, in order.
    pieces: VecDeque<Piece>,
    /// The payloads of the first of these; none of a chunk that is sealed by now.
    payloads: VecDeque<Option<Vec<u8>>>,
    /// What comes after them.
    after: Option<Piece>,
    kind: Option<&'static Kind>,
    done: bool,
    bytes: u64,
}

/// A piece that was read.
pub(crate) struct Loaded {
    content: Content,
    meta: Meta,
    /// The piece that comes after it.
    pub(crate) next: Option<Meta>,
    kind: &'static Kind,
    window: Window,
    direction: Direction,
}

enum Content {
    Chunk(Vec<u8>),
    Segment(Rc<Decoded>),
}

/// An entry as it is served.
pub(crate) struct Served<'a> {
    pub(crate) sequence: u64,
    pub(crate) id: &'a str,
    pub(crate) time: i64,
    pub(crate) bytes: Cow<'a, [u8]>,
    /// Its own bytes, to which nothing was added.
    pub(crate) own: &'a [u8],
    /// When the trail received it.
    pub(crate) received: Millis,
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
}

/// Whether an entry as it is served is meant.
pub(crate) fn matches(entry: &[u8], matcher: &Matcher) -> bool {
    matcher.matches(Json::new(entry))
}

impl Reader {
    /// A reader at the window's start. What is appended while it reads is not seen: its first answer tells where the
    /// trail ends. Pieces that hold nothing that `filter` means are passed over where that is known; it is still for
    /// the caller to ask it of each entry.
    pub(crate) fn new(
        trail: &TrailClient,
        window: Window,
        order: Order,
        direction: Direction,
        filter: Option<&Filter>,
    ) -> Self {
        let ask = Ask { window, order, direction, filter: filter.cloned(), budget: FIRST };
        Self {
            trail: trail.clone(),
            window,
            ask,
            pieces: VecDeque::new(),
            payloads: VecDeque::new(),
            after: None,
            kind: None,
            done: false,
            bytes: 0,
        }
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// As [`TrailClient::ask`], and when a segment cannot be read.
    pub(crate) async fn next(&mut self) -> Result<Option<Loaded>, Problem> {
        loop {
            // All that was examined may have been passed over.
            while self.pieces.is_empty() && !self.done {
                self.select().await?;
            }
            let Some(piece) = self.pieces.front().copied() else { return Ok(None) };
            if self.payloads.is_empty() && piece.sealed.is_none() {
                self.fetch().await?;
            }
            self.pieces.pop_front();
            let content = match (self.payloads.pop_front().flatten(), piece.sealed) {
                (Some(payload), _) => Some(Content::Chunk(payload)),
                (None, Some(sealed)) => self.segment(&piece, &sealed).await?,
                (None, None) => self.sealed_meanwhile(&piece.meta).await?,
            };
            self.bytes += piece.meta.bytes;
            // What is past its time by now is passed over.
            let (Some(content), Some(kind)) = (content, self.kind) else { continue };
            let next = self.pieces.front().or(self.after.as_ref()).map(|piece| piece.meta);
            let (window, direction) = (self.window, self.ask.direction);
            return Ok(Some(Loaded { content, meta: piece.meta, next, kind, window, direction }));
        }
    }

    /// Asks which pieces are next, and for as many of their payloads as come along.
    async fn select(&mut self) -> Result<(), Problem> {
        let request = Request::Select(self.ask.clone());
        let message = wire::message(&request, 0).map_err(Problem::internal)?;
        let (reply, rest) = self.trail.ask(&message).await?;
        let Reply::Pieces { trail, pieces, next, inline } = reply else {
            return Err(unexpected(&reply));
        };
        let lengths = pieces.iter().take(inline).map(|piece| piece.meta.bytes);
        let payloads = wire::payloads(&rest, lengths).map_err(Problem::internal)?;
        self.payloads = payloads.into_iter().map(|payload| Some(payload.to_vec())).collect();
        self.kind = Some(Kind::of(query::schema(&trail.schema)?));
        // What is appended from now on is not seen.
        self.window.last = self.window.last.min(trail.last);
        self.ask.window.last = self.ask.window.last.min(self.window.last);
        if let Some(next) = &next {
            self.ask.window = self.ask.window.from(&next.meta, self.ask.direction);
        }
        self.ask.budget = NAMED;
        self.done = next.is_none();
        self.after = next;
        self.pieces = pieces.into();
        Ok(())
    }

    /// Fetches the payloads of the chunks that are next.
    async fn fetch(&mut self) -> Result<(), Problem> {
        let mut left = LATER;
        let chunks = self.pieces.iter().take_while(|piece| {
            let fits = left > 0 && piece.sealed.is_none();
            left = left.saturating_sub(piece.meta.bytes);
            fits
        });
        let firsts = chunks.map(|piece| piece.meta.first).collect();
        let request = Request::Payloads { firsts };
        let message = wire::message(&request, 0).map_err(Problem::internal)?;
        let (reply, rest) = self.trail.ask(&message).await?;
        let Reply::Payloads { lengths } = reply else { return Err(unexpected(&reply)) };
        let there = wire::payloads(&rest, lengths.iter().flatten().copied());
        let mut there = there.map_err(Problem::internal)?.into_iter().map(<[u8]>::to_vec);
        self.payloads = lengths.iter().map(|length| length.and_then(|_| there.next())).collect();
        Ok(())
    }

    /// A segment's entries; nothing when it is past its time by now.
    async fn segment(&self, piece: &Piece, sealed: &Sealed) -> Result<Option<Content>, Problem> {
        let cache = &self.trail.last_segment;
        if let Some((_, decoded)) = cache.borrow().as_ref().filter(|(is, _)| *is == sealed.sha256) {
            return Ok(Some(Content::Segment(Rc::clone(decoded))));
        }
        // Two at once would be too much.
        cache.replace(None);
        let key = piece.key(sealed);
        let Some(bytes) = self.trail.segments.read(&key).await.map_err(Problem::internal)? else {
            return match self.where_is(&piece.meta).await? {
                None => Ok(None),
                Some(_) => Err(Problem::Internal(format!("the segment {key} is missing"))),
            };
        };
        if *Sha256::digest(&bytes) != *sealed.sha256.as_bytes() {
            return Err(Problem::Internal(format!("the segment {key} was changed")));
        }
        let decoded = Decoded::open(bytes);
        let corrupt = |corrupt| Problem::Internal(format!("the segment {key}: {corrupt}"));
        let decoded = Rc::new(decoded.map_err(corrupt)?);
        cache.replace(Some((sealed.sha256, Rc::clone(&decoded))));
        Ok(Some(Content::Segment(decoded)))
    }

    /// The entries of a chunk that became a part of a segment after it was named.
    async fn sealed_meanwhile(&self, chunk: &Meta) -> Result<Option<Content>, Problem> {
        match self.where_is(chunk).await? {
            None => Ok(None),
            Some(piece) => match piece.sealed {
                Some(sealed) => self.segment(&piece, &sealed).await,
                None => Err(Problem::Internal(format!("chunk {} is missing", chunk.first))),
            },
        }
    }

    /// The piece that holds these entries now.
    async fn where_is(&self, entries: &Meta) -> Result<Option<Piece>, Problem> {
        let window = Window { first: entries.first, last: entries.first, ..Window::ALL };
        let mut reader =
            Self::new(&self.trail, window, Order::Sequence, Direction::Ascending, None);
        reader.select().await?;
        Ok(reader.pieces.front().copied())
    }

    /// Whether there is more to read that this request cannot read: it has read `most` bytes, or the platform is about
    /// to end it.
    pub(crate) fn is_spent(&self, most: u64) -> bool {
        let is_over = self.done && self.pieces.is_empty();
        !is_over && (self.bytes >= most || worker::signal::is_near_cpu_limit())
    }

    /// The last number in the reader's direction that it answers for once it is at its end; nothing where the window
    /// holds no number of the trail's.
    fn end(&self) -> Option<u64> {
        let (first, last) = (self.window.first.max(1), self.window.last);
        let end = match self.ask.direction {
            Direction::Ascending => last,
            Direction::Descending => first,
        };
        (self.kind.is_some() && first <= last).then_some(end)
    }
}

impl Loaded {
    /// The number of the entry that comes last in the reader's direction.
    const fn end(&self) -> u64 {
        match self.direction {
            Direction::Ascending => self.meta.last(),
            Direction::Descending => self.meta.first,
        }
    }

    /// Hands over each entry of the window in the order of numbers and of the reader's direction, with whether it is
    /// meant, until it is told to stop. Without a matcher every entry is meant. Each is asked about by itself: one that
    /// holds what looks like a page of entries is still one entry.
    ///
    /// # Errors
    /// When a chunk is not readable, or what `take` gives.
    pub(crate) fn each(
        &self,
        matcher: Option<&Matcher>,
        mut take: impl FnMut(Served<'_>, bool) -> Result<ControlFlow<()>, Problem>,
    ) -> Result<ControlFlow<()>, Problem> {
        let mut visit = |stored: &Stored<'_>, received: Millis| {
            if !self.holds(stored) {
                return Ok(ControlFlow::Continue(()));
            }
            let served = self.serve(stored, received);
            let is_meant = matcher.is_none_or(|matcher| matches(&served.bytes, matcher));
            take(served, is_meant)
        };
        match &self.content {
            Content::Chunk(payload) => {
                let entries = chunk::decode(payload, self.meta.first).map_err(Problem::internal)?;
                each_way(entries.iter(), self.direction, |stored| visit(stored, self.meta.received))
            }
            Content::Segment(decoded) => each_way(decoded.entries(), self.direction, |entry| {
                visit(&entry.stored, entry.received)
            }),
        }
    }

    fn holds(&self, stored: &Stored<'_>) -> bool {
        // A segment may hold more than the chunk that was named.
        (self.meta.first..=self.meta.last()).contains(&stored.sequence)
            && self.window.holds(stored.sequence, stored.time)
    }

    fn serve<'a>(&self, stored: &Stored<'a>, received: Millis) -> Served<'a> {
        let Stored { sequence, id, time, lacks, bytes } = *stored;
        let bytes = served::served(bytes, lacks, self.kind, id, time, received);
        Served { sequence, id, time, bytes, own: stored.bytes, received }
    }

    /// The leaves of all entries that were read, those beyond the window too.
    ///
    /// # Errors
    /// When a chunk is not readable.
    pub(crate) fn leaves(&self) -> Result<Leaves, Problem> {
        let leaf = |stored: &Stored<'_>, received| leaf_hash(stored.id, received, stored.bytes);
        let (first, leaves) = match &self.content {
            Content::Chunk(payload) => {
                let entries = chunk::decode(payload, self.meta.first).map_err(Problem::internal)?;
                let received = self.meta.received;
                (self.meta.first, entries.iter().map(|stored| leaf(stored, received)).collect())
            }
            Content::Segment(decoded) => {
                let first = decoded.entries().next().map_or(1, |entry| entry.stored.sequence);
                let leaves = decoded.entries().map(|entry| leaf(&entry.stored, entry.received));
                (first, leaves.collect())
            }
        };
        Ok(Leaves::new(first, leaves))
    }
}

/// Visits all in a reader's direction, until a visit says to stop.
fn each_way<T>(
    mut all: impl DoubleEndedIterator<Item = T>,
    direction: Direction,
    mut visit: impl FnMut(T) -> Result<ControlFlow<()>, Problem>,
) -> Result<ControlFlow<()>, Problem> {
    while let Some(next) = match direction {
        Direction::Ascending => all.next(),
        Direction::Descending => all.next_back(),
    } {
        if visit(next)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// An entry of a page.
pub(crate) struct PageEntry {
    pub(crate) id: String,
    pub(crate) bytes: Vec<u8>,
}

impl PageEntry {
    /// The entry as it is served.
    pub(crate) fn new(entry: Served<'_>) -> Self {
        Self { id: entry.id.to_owned(), bytes: entry.bytes.into_owned() }
    }
}

impl AsRef<[u8]> for PageEntry {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// The bytes of a page's entries with commas between them.
pub(crate) fn joined(entries: &[PageEntry]) -> Vec<u8> {
    entries.iter().map(|entry| &*entry.bytes).collect::<Vec<_>>().join(&b',')
}

/// A page of what the reader reads, in the order of numbers: at most `limit` entries, fewer when they are large, none
/// perhaps when a request cannot read as far as the next one lies. It then says that there may be more, and its position
/// lies behind all that was read. Without a matcher every entry is on it. `keep` makes of an entry what the page holds.
///
/// # Errors
/// As [`Reader::next`].
pub(crate) async fn page<T: AsRef<[u8]>>(
    mut reader: Reader,
    limit: usize,
    matcher: Option<&Matcher>,
    keep: impl Fn(Served<'_>) -> T,
) -> Result<Page<T>, Problem> {
    let mut page = Page::new(limit);
    let mut bytes = 0;
    while let Some(piece) = reader.next().await? {
        let read = piece.each(matcher, |entry, is_meant| {
            let sequence = entry.sequence;
            if is_meant && bytes > 0 && bytes + entry.bytes.len() > PAGE_BYTES {
                page.cut();
                return Ok(ControlFlow::Break(()));
            }
            let matching = is_meant.then(|| keep(entry));
            bytes += matching.as_ref().map_or(0, |entry| entry.as_ref().len());
            let is_full = page.offer(sequence, matching) == Offer::Full;
            Ok(if is_full { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })?;
        if read.is_break() {
            return Ok(page);
        }
        // Looking on for the first entry of a next page costs nothing in what is at hand already.
        let is_full = page.is_full() && reader.payloads.is_empty();
        if piece.next.is_some() && (is_full || reader.is_spent(PAGE_READS)) {
            if !page.is_full() {
                // Entries of another time than the window's were not even offered.
                page.offer(piece.end(), None);
            }
            page.cut();
            return Ok(page);
        }
    }
    // What was passed over holds nothing that is meant.
    if let Some(end) = reader.end() {
        page.offer(end, None);
    }
    Ok(page)
}

/// How many entries of what the reader reads match, and whether that is all of them: a request that cannot read to the
/// end knows only that there are at least so many.
///
/// # Errors
/// As [`Reader::next`].
pub(crate) async fn count(mut reader: Reader, matcher: &Matcher) -> Result<(u64, bool), Problem> {
    let mut count = 0;
    while let Some(piece) = reader.next().await? {
        let _ = piece.each(Some(matcher), |_, is_meant| {
            count += u64::from(is_meant);
            Ok(ControlFlow::Continue(()))
        })?;
        if reader.is_spent(PAGE_READS) {
            return Ok((count, false));
        }
    }
    Ok((count, true))
}

/// The one entry with that number.
///
/// # Errors
/// As [`Reader::next`].
pub(crate) async fn one(trail: &TrailClient, sequence: u64) -> Result<Option<Vec<u8>>, Problem> {
    let window = Window { first: sequence, last: sequence, ..Window::ALL };
    let mut reader = Reader::new(trail, window, Order::Sequence, Direction::Ascending, None);
    let mut found = None;
    if let Some(piece) = reader.next().await? {
        let _ = piece.each(None, |entry, _| {
            found = Some(entry.bytes.into_owned());
            Ok(ControlFlow::Break(()))
        })?;
    }
    Ok(found)
}

/// The number of the last entry received by then; 0 when there is none.
///
/// # Errors
/// As [`Reader::next`].
pub(crate) async fn received_by(trail: &TrailClient, then: Millis) -> Result<u64, Problem> {
    let piece = match trail.received_by(then).await? {
        ReceivedBy::Number(number) => return Ok(number),
        ReceivedBy::Within(piece) => piece,
    };
    let before = piece.meta.first - 1;
    let window = Window { first: piece.meta.first, last: piece.meta.last(), ..Window::ALL };
    let mut reader = Reader::new(trail, window, Order::Sequence, Direction::Ascending, None);
    let Some(Loaded { content: Content::Segment(decoded), .. }) = reader.next().await? else {
        return Ok(before);
    };
    let received = decoded.entries().take_while(|entry| entry.received <= then).count();
    Ok(before + received as u64)
}
