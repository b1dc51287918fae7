//! Bytes to entries: where each begins and ends, and which are broken.
//!
//! Reads one JSON value after the other, with or without line feeds between them: NDJSON, pretty-printed objects, an
//! array of entries, pages of an API such as `{"logs":[…]}`, and any sequence of these. What Cerbos' Admin API and Auth0's
//! log streams wrap around an entry is taken off. It works chunk by chunk and holds no bytes itself. It does not decompress,
//! and does not look at what an entry says.

mod page;
mod wrapped;

use core::{fmt, iter, ops::Range};

use crate::{
    json::{self, Expected, JsonError, Reason},
    members,
    split::page::Envelope,
};

pub(crate) use page::{begins_page, may_hold_entries};
pub(crate) use wrapped::wrapped;

/// The longest entry, in bytes. What is longer is no entry but a mistake, and memory is not without end.
pub const LONGEST_ENTRY: usize = 64 << 20;

/// What some Windows programs put before UTF-8 text.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// What stands next in the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// An entry: a whole JSON object, as a range of the buffer.
    Entry(Range<usize>),
    /// Something that is no entry. Reading goes on behind it.
    Broken(Broken),
    /// The buffer ends within an entry; [`Splitter::consume`] says how much of it is done with.
    More,
    /// Nothing is left.
    End,
}

/// Something that is no entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Where it begins, in bytes from the start of all the input.
    pub start: u64,
    /// Where it stops being JSON, likewise.
    pub offset: u64,
    /// The line on which it begins, from 1.
    pub line: u64,
    /// Why.
    pub reason: BrokenReason,
}

/// Why something is no entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BrokenReason {
    /// It is not JSON.
    Json(Reason),
    /// It is JSON, but no object.
    NotAnObject,
    /// It is longer than [`LONGEST_ENTRY`].
    TooLong,
}

impl fmt::Display for BrokenReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(reason) => reason.fmt(f),
            Self::NotAnObject => f.write_str("an entry is a JSON object, and this is none"),
            Self::TooLong => {
                write!(f, "an entry is not longer than {} MiB, and this is", LONGEST_ENTRY >> 20)
            }
        }
    }
}

/// `line 3, byte 1204: …`
impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, byte {}: {}", self.line, self.offset, self.reason)
    }
}

/// Finds entries in bytes that arrive in chunks.
///
/// The caller keeps a buffer, and calls [`Self::step`] until it answers [`Step::More`]; then it drops
/// [`Self::consume`] bytes from the buffer's front, appends the next chunk, and goes on. For bytes that are all there,
/// see [`entries`].
#[derive(Clone, Debug)]
pub struct Splitter {
    within: Within,
    /// Whether every byte of an entry is checked, or only as much read as it takes to find its end.
    checked: bool,
    /// The next byte of the buffer.
    at: usize,
    /// Bytes of the input before the buffer.
    before: u64,
    /// Line feeds of the input up to the buffer's byte `counted`, which is never behind `at`.
    lines: u64,
    counted: usize,
    /// The margin of the buffer's first byte; see [`Self::margin`].
    margin: Option<usize>,
}

/// What the next bytes are part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Within {
    /// Nothing: values follow one another.
    Sequence,
    /// An array of entries; of a page's, if `page`.
    Array { page: bool, due: Due },
    /// The rest of a page, behind its array.
    PageRest,
    /// Something broken, up to a line that may begin an entry.
    Lost(Lost),
}

/// What an array wants next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    ElementOrEnd,
    Element,
    CommaOrEnd,
}

/// How to find back from something broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Lost {
    /// Goes on at a line that begins with an opening brace behind so many other characters; `None`: at any line.
    indent: Option<usize>,
    /// What it goes on with.
    array: Option<bool>,
}

/// What an object of a sequence is.
enum Object {
    /// An entry that ends here.
    Entry(usize),
    /// A page whose array begins here.
    Page(usize),
}

impl Default for Splitter {
    fn default() -> Self {
        Self {
            within: Within::Sequence,
            checked: true,
            at: 0,
            margin: Some(0),
            before: 0,
            lines: 0,
            counted: 0,
        }
    }
}

impl Splitter {
    /// A splitter at the start of its input.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A splitter that skips what an entry holds: its end is found, its inside is not checked.
    pub(crate) fn unchecked() -> Self {
        Self { checked: false, ..Self::default() }
    }

    /// Where the next value of a sequence begins, if it is an object and nothing was begun.
    pub(crate) fn next_object(&self, buffer: &[u8]) -> Option<usize> {
        let at = json::skip_space(buffer, self.at);
        (self.within == Within::Sequence && buffer.get(at) == Some(&b'{')).then_some(at)
    }

    /// Where the next value begins, if it is an object of a sequence or an element of an array, and nothing was begun;
    /// and whether it may be a page, as none is in an array.
    pub(crate) fn next_entry(&self, buffer: &[u8]) -> Option<(usize, bool)> {
        let mut at = json::skip_space(buffer, self.at);
        let may_be_page = match self.within {
            Within::Sequence => true,
            Within::Array { due: Due::ElementOrEnd | Due::Element, .. } => false,
            Within::Array { due: Due::CommaOrEnd, .. } if buffer.get(at) == Some(&b',') => {
                at = json::skip_space(buffer, at + 1);
                false
            }
            Within::Array { .. } | Within::PageRest | Within::Lost(_) => return None,
        };
        (buffer.get(at) == Some(&b'{')).then_some((at, may_be_page))
    }

    /// Goes on at `at`, which is behind whole values of a sequence or an array.
    pub(crate) fn go_on(&mut self, at: usize) {
        self.at = at;
        if let Within::Array { due, .. } = &mut self.within {
            *due = Due::CommaOrEnd;
        }
    }

    /// As [`Self::go_on`], where the line feeds in between are known.
    pub(crate) fn go_on_counted(&mut self, buffer: &[u8], between: Range<usize>, line_feeds: u64) {
        self.at = between.start;
        self.count_lines(buffer);
        self.lines += line_feeds;
        (self.at, self.counted) = (between.end, between.end);
    }

    /// Gives up on an entry that began at `start` of the buffer and is longer than any is, and on the rest of its line.
    pub(crate) fn too_long(&mut self, buffer: &[u8], start: usize) -> Broken {
        self.at = json::skip_space(buffer, start);
        let broken = self.broken(buffer, self.at, BrokenReason::TooLong);
        self.lose(buffer, self.at);
        broken
    }

    /// Describes an object that was split off, begins at `start` of the buffer and is broken at `error`.
    pub(crate) fn broken_entry(&self, buffer: &[u8], start: usize, error: JsonError) -> Broken {
        let lines = line_feeds(buffer.get(self.counted..start).unwrap_or_default());
        Broken {
            start: self.before + start as u64,
            offset: self.before + error.offset as u64,
            line: self.lines + lines + 1,
            reason: BrokenReason::Json(error.reason),
        }
    }

    fn value_end(&self, buffer: &[u8], at: usize, containers: u32) -> Result<usize, JsonError> {
        if self.checked {
            json::value_end_within(buffer, at, containers)
        } else {
            members::find_end(buffer, json::skip_space(buffer, at), containers)
        }
    }

    /// How many bytes at the front of `buffer` are done with. The next buffer is to begin behind them.
    pub fn consume(&mut self, buffer: &[u8]) -> usize {
        self.count_lines(buffer);
        let done = self.at.min(buffer.len());
        self.margin = self.margin(buffer.get(..done).unwrap_or_default());
        self.before += done as u64;
        (self.at, self.counted) = (0, 0);
        done
    }

    /// How many bytes of the input lie before the buffer.
    #[must_use]
    pub const fn before(&self) -> u64 {
        self.before
    }

    /// Finds what stands next. `last` says that no bytes will follow the buffer's.
    pub fn step(&mut self, buffer: &[u8], last: bool) -> Step {
        if self.before == 0 && self.at == 0 && !buffer.is_empty() {
            if buffer.starts_with(BYTE_ORDER_MARK) {
                self.at = BYTE_ORDER_MARK.len();
            } else if BYTE_ORDER_MARK.starts_with(buffer) && !last {
                return Step::More;
            }
        }
        loop {
            if let Within::Lost(lost) = self.within
                && !self.find_back(buffer, lost)
            {
                return if last { Step::End } else { Step::More };
            }
            match self.advance(buffer, last) {
                Ok(Some(step)) => return step,
                Ok(None) => {}
                Err(JsonError { reason: Reason::End, .. }) if !last => return Step::More,
                Err(_) if self.is_done(buffer) => {
                    self.at = buffer.len();
                    return Step::End;
                }
                Err(error) => {
                    self.at = json::skip_space(buffer, self.at);
                    let reason = BrokenReason::Json(error.reason);
                    let broken = self.broken(buffer, error.offset, reason);
                    self.lose(buffer, error.offset);
                    return Step::Broken(broken);
                }
            }
        }
    }

    /// Whether the input may end here: between values, not within one.
    fn is_done(&self, buffer: &[u8]) -> bool {
        self.within == Within::Sequence && json::skip_space(buffer, self.at) == buffer.len()
    }

    /// One value, bracket, comma or member of a page. `None` when it was no entry and all is well.
    fn advance(&mut self, buffer: &[u8], last: bool) -> Result<Option<Step>, JsonError> {
        let at = json::skip_space(buffer, self.at);
        let next = json::byte(buffer, at)?;
        match (self.within, next) {
            (Within::Sequence, b'[') => {
                self.enter_array(at, false);
            }
            (Within::Sequence, b'{') => match self.object(buffer, at)? {
                Object::Entry(end) => return Ok(Some(self.entry(buffer, at, end))),
                Object::Page(array) => self.enter_array(array, true),
            },
            (Within::Array { page, due: Due::ElementOrEnd | Due::CommaOrEnd }, b']') => {
                self.at = at + 1;
                self.within = if page { Within::PageRest } else { Within::Sequence };
            }
            (Within::Array { page, due: Due::CommaOrEnd }, b',') => {
                self.at = at + 1;
                self.within = Within::Array { page, due: Due::Element };
            }
            (Within::Array { due: Due::CommaOrEnd, .. }, _) => {
                let reason = Reason::Unexpected(next, Expected::CommaOrBracket);
                return Err(JsonError { offset: at, reason });
            }
            (Within::PageRest, b'}') => {
                self.at = at + 1;
                self.within = Within::Sequence;
            }
            (Within::PageRest, b',') => {
                let value = json::key_end(buffer, json::skip_space(buffer, at + 1))?;
                self.at = self.value_end(buffer, value, 1)?;
            }
            (Within::PageRest, _) => {
                let reason = Reason::Unexpected(next, Expected::CommaOrBrace);
                return Err(JsonError { offset: at, reason });
            }
            (Within::Sequence | Within::Array { .. } | Within::Lost(_), _) => {
                let end = self.value_end(buffer, at, 0)?;
                if end == buffer.len() && next != b'{' && !last {
                    // A number may go on in the next chunk.
                    return Err(JsonError { offset: end, reason: Reason::End });
                }
                if let Within::Array { page, .. } = self.within {
                    self.within = Within::Array { page, due: Due::CommaOrEnd };
                }
                if next == b'{' {
                    return Ok(Some(self.entry(buffer, at, end)));
                }
                self.at = at;
                let broken = self.broken(buffer, at, BrokenReason::NotAnObject);
                self.at = end;
                return Ok(Some(Step::Broken(broken)));
            }
        }
        Ok(None)
    }

    /// Past the object at `at`, or to the array that makes it a page.
    fn object(&self, buffer: &[u8], at: usize) -> Result<Object, JsonError> {
        let mut at = json::skip_space(buffer, at + 1);
        if json::byte(buffer, at)? == b'}' {
            return Ok(Object::Entry(at + 1));
        }
        let mut envelope = Envelope::default();
        loop {
            let value = json::skip_space(buffer, json::key_end(buffer, at)?);
            if envelope.holds_entries(buffer, at, value)? {
                return Ok(Object::Page(value));
            }
            at = json::skip_space(buffer, self.value_end(buffer, value, 1)?);
            match json::byte(buffer, at)? {
                b'}' => return Ok(Object::Entry(at + 1)),
                b',' => at = json::skip_space(buffer, at + 1),
                other => {
                    let reason = Reason::Unexpected(other, Expected::CommaOrBrace);
                    return Err(JsonError { offset: at, reason });
                }
            }
        }
    }

    fn enter_array(&mut self, bracket: usize, page: bool) {
        self.at = bracket + 1;
        self.within = Within::Array { page, due: Due::ElementOrEnd };
    }

    fn entry(&mut self, buffer: &[u8], start: usize, end: usize) -> Step {
        self.at = end;
        Step::Entry(wrapped(buffer, start).unwrap_or(start..end))
    }

    /// Describes what begins at the splitter's place.
    fn broken(&mut self, buffer: &[u8], offset: usize, reason: BrokenReason) -> Broken {
        self.count_lines(buffer);
        Broken {
            start: self.before + self.at as u64,
            offset: self.before + offset as u64,
            line: self.lines + 1,
            reason,
        }
    }

    /// Counts the line feeds up to the splitter's place, each once however much is broken.
    fn count_lines(&mut self, buffer: &[u8]) {
        self.lines += line_feeds(buffer.get(self.counted..self.at).unwrap_or_default());
        self.counted = self.at;
    }

    /// Gives up on what begins at the splitter's place and breaks at `offset`.
    ///
    /// What breaks on its first line is taken for a line of its own, so that the next line has its chance. What spans
    /// lines goes on to the next that begins as it did: behind a line without its closing brace that is the very next
    /// one, behind a broken entry of many lines the next entry.
    fn lose(&mut self, buffer: &[u8], offset: usize) {
        let start = self.at;
        let broken = buffer.get(start..offset).unwrap_or_default();
        let indent = memchr::memchr(b'\n', broken).map(|_| {
            let before = buffer.get(..start).unwrap_or_default();
            self.margin(before).unwrap_or_default()
        });
        let array = match self.within {
            Within::Array { page, .. } => Some(page),
            Within::Sequence | Within::PageRest | Within::Lost(_) => None,
        };
        self.within = Within::Lost(Lost { indent, array });
    }

    /// How far into its line the byte behind `before` stands, where `before` begins the buffer; `None` where something
    /// stands on that line already that no line begins with.
    fn margin(&self, before: &[u8]) -> Option<usize> {
        let (line, carried) = match memchr::memrchr(b'\n', before) {
            Some(line_feed) => (before.get(line_feed + 1..).unwrap_or_default(), Some(0)),
            None => (before, self.margin),
        };
        let begins = line.iter().all(|b| may_stand_before_entry(*b));
        carried.filter(|_| begins).map(|carried| carried + line.len())
    }

    /// Goes to the next line that may begin an entry; whether there is one in the buffer.
    fn find_back(&mut self, buffer: &[u8], lost: Lost) -> bool {
        loop {
            let rest = buffer.get(self.at..).unwrap_or_default();
            let Some(line_feed) = memchr::memchr(b'\n', rest) else {
                self.at = buffer.len();
                return false;
            };
            let line = rest.get(line_feed + 1..).unwrap_or_default();
            let indent = lost.indent.unwrap_or_default();
            let Some(prefix) = line.get(..indent) else { return false };
            let Some(first) = line.get(indent) else { return false };
            self.at += line_feed + 1;
            let begins_as_before =
                *first == b'{' && prefix.iter().all(|b| may_stand_before_entry(*b));
            if lost.indent.is_none() || begins_as_before {
                self.at += indent;
                self.within = lost.array.map_or(Within::Sequence, |page| Within::Array {
                    page,
                    due: Due::ElementOrEnd,
                });
                return true;
            }
        }
    }
}

const fn may_stand_before_entry(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'[' | b',')
}

pub(crate) fn line_feeds(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

/// The entries of bytes that are all there, and what is broken among them.
///
/// ```
/// use trailsift_engine::split::entries;
///
/// let log = b"{\"type\":\"s\"}\n{\"type\":\n{\"type\":\"f\"}\n";
/// let found: Vec<_> = entries(log).collect();
/// assert_eq!(found[0], Ok(0..12));
/// assert_eq!(found[1].as_ref().unwrap_err().line, 2);
/// assert_eq!(found[2], Ok(22..34));
/// ```
pub fn entries(bytes: &[u8]) -> impl Iterator<Item = Result<Range<usize>, Broken>> {
    let mut splitter = Splitter::new();
    iter::from_fn(move || match splitter.step(bytes, true) {
        Step::Entry(range) => Some(Ok(range)),
        Step::Broken(broken) => Some(Err(broken)),
        Step::More | Step::End => None,
    })
}

#[cfg(test)]
mod tests;
