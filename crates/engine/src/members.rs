//! The members of an object one after the other, as they are written: no tree, no copies, and of what they hold only
//! as much read as it takes to find where it ends.
//!
//! What is not here: escapes are neither resolved nor checked ([`Json::text`](crate::json::Json::text) resolves them,
//! [`names`] compares), duplicate keys are all given, and of a nested value nothing is checked but its strings' ends and
//! that its brackets are balanced. Whether an entry is JSON is for [`value_end`](crate::json::value_end) to say.

use core::{iter::FusedIterator, ops::Range};

use crate::{
    json::{self, Expected, JsonError, MAX_DEPTH, Reason, fail},
    simd::{BLOCK, Block, Vector, prefix_xor},
};

/// A member of an object, as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member<'a> {
    /// What stands between the key's quotes, escapes and all.
    pub key: &'a [u8],
    /// The value's own bytes, without white space around them; a string's with its quotes.
    pub value: &'a [u8],
}

/// The members of the object that begins at a place in some text. It ends behind the closing brace, or with the first
/// error.
///
/// The text may go on behind the object; a search of it is faster than one of the object alone, as it need not be
/// careful at the object's end.
///
/// ```
/// use trailsift_engine::members::Members;
///
/// let text = br#"{"type":"f", "details":{"ip":["::1"]}} tail"#;
/// let mut members = Members::new(text, 0);
/// let found: Vec<_> = members.by_ref().map(|member| member.unwrap()).collect();
/// assert_eq!((found[0].key, found[0].value), (b"type".as_slice(), br#""f""#.as_slice()));
/// assert_eq!((found[1].key, found[1].value), (b"details".as_slice(), br#"{"ip":["::1"]}"#.as_slice()));
/// assert_eq!(members.end(), 38);
///
/// assert!(Members::new(br#"{"type":"f" "#, 0).any(|member| member.is_err()));
/// ```
#[derive(Clone, Debug)]
pub struct Members<'a> {
    text: &'a [u8],
    at: usize,
    due: Due,
}

/// What may stand next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    Brace,
    CommaOrEnd,
    Nothing,
}

impl<'a> Members<'a> {
    /// The members of the object whose opening brace is at `at`. Anything else there is an error.
    #[must_use]
    pub const fn new(text: &'a [u8], at: usize) -> Self {
        Self { text, at, due: Due::Brace }
    }

    /// How far the text has been read: past the closing brace, once the members have ended without an error.
    #[must_use]
    pub const fn end(&self) -> usize {
        self.at
    }

    /// The next member's places; the text has them.
    #[inline(always)]
    pub(crate) fn step(&mut self) -> Result<Option<Place>, JsonError> {
        let text = self.text;
        if self.due == Due::Brace {
            match json::byte(text, self.at)? {
                b'{' => self.at += 1,
                other => return fail(self.at, Reason::Unexpected(other, Expected::Value)),
            }
        }
        let mut at = json::skip_space(text, self.at);
        match (json::byte(text, at)?, self.due) {
            (b'}', _) => {
                self.at = at + 1;
                return Ok(None);
            }
            (b',', Due::CommaOrEnd) => at = json::skip_space(text, at + 1),
            (other, Due::CommaOrEnd) => {
                return fail(at, Reason::Unexpected(other, Expected::CommaOrBrace));
            }
            _ => {}
        }
        let key = at + 1;
        let mut escaped = false;
        let after_key = match json::byte(text, at)? {
            b'"' => string_end(text, at, &mut escaped)?,
            other => return fail(at, Reason::Unexpected(other, Expected::Key)),
        };
        at = json::skip_space(text, after_key);
        match json::byte(text, at)? {
            b':' => at = json::skip_space(text, at + 1),
            other => return fail(at, Reason::Unexpected(other, Expected::Colon)),
        }
        let end = find_end(text, at, 1)?;
        self.at = end;
        self.due = Due::CommaOrEnd;
        Ok(Some(Place { key: key..after_key - 1, escaped, value: at..end }))
    }
}

/// Where a member stands in the text.
pub(crate) struct Place {
    pub(crate) key: Range<usize>,
    /// Whether the key is written with escapes.
    pub(crate) escaped: bool,
    pub(crate) value: Range<usize>,
}

impl<'a> Iterator for Members<'a> {
    type Item = Result<Member<'a>, JsonError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.due == Due::Nothing {
            return None;
        }
        let text = self.text;
        let part = |range| text.get(range).unwrap_or_default();
        let member = |Place { key, value, .. }| Member { key: part(key), value: part(value) };
        let found = self.step().transpose();
        if !matches!(found, Some(Ok(_))) {
            self.due = Due::Nothing;
        }
        found.map(|found| found.map(member))
    }
}

impl FusedIterator for Members<'_> {}

/// Whether a key, as it is written between its quotes, is `name`.
///
/// ```
/// use trailsift_engine::members::names;
///
/// assert!(names(br"\u0074ype", b"type"));
/// assert!(!names(b"typ", b"type"));
/// ```
#[must_use]
#[inline]
pub fn names(key: &[u8], name: &[u8]) -> bool {
    key == name || json::unescaped_prefix(key, name) == Some(name.len())
}

/// Past the value at `at`, which lies in so many containers. Numbers and words are checked, strings and
/// containers are skipped.
#[inline]
pub(crate) fn find_end(text: &[u8], at: usize, containers: u32) -> Result<usize, JsonError> {
    match json::byte(text, at)? {
        b'"' => string_end(text, at, &mut false),
        b'{' | b'[' => container_end(text, at, containers),
        _ => json::scalar_end(text, at),
    }
}

/// What carries over from one block to the next.
#[derive(Clone, Copy, Default)]
struct Carried {
    /// The next byte follows a backslash that escapes it.
    escaped: bool,
    /// All bits, within a string.
    string: u64,
}

/// A bit for each byte of a block.
struct Marks {
    opens: u64,
    closes: u64,
    /// Control characters within strings.
    controls: u64,
}

/// Past the container whose opening bracket is at `at`.
pub(crate) fn container_end(
    text: &[u8],
    mut at: usize,
    containers: u32,
) -> Result<usize, JsonError> {
    let opening = json::byte(text, at)?;
    let mut depth = containers;
    let mut carried = Carried::default();
    loop {
        let Some(block) = block(text, at) else { return fail(text.len(), Reason::End) };
        let marks = Marks::of(block, &mut carried);
        let (opens, closes) = (marks.opens.count_ones(), marks.closes.count_ones());
        let mut end = 64;
        if closes + containers < depth && depth + opens <= MAX_DEPTH {
            // Whatever their order, neither the end nor a depth that is too great can be among them.
            depth = depth + opens - closes;
        } else {
            let mut brackets = marks.opens | marks.closes;
            while brackets != 0 {
                let place = brackets.trailing_zeros();
                brackets &= brackets - 1;
                if marks.opens >> place & 1 == 0 {
                    depth -= 1;
                    if depth == containers {
                        end = place;
                        break;
                    }
                } else if depth < MAX_DEPTH {
                    depth += 1;
                } else {
                    return fail(at + place as usize, Reason::TooDeep);
                }
            }
        }
        let control = marks.controls.trailing_zeros();
        if control < end {
            let at = at + control as usize;
            return fail(at, Reason::ControlCharacter(json::byte(text, at)?));
        }
        if end < 64 {
            at += end as usize;
            return match (opening, json::byte(text, at)?) {
                (b'{', b'}') | (b'[', b']') => Ok(at + 1),
                (b'{', other) => fail(at, Reason::Unexpected(other, Expected::CommaOrBrace)),
                (_, other) => fail(at, Reason::Unexpected(other, Expected::CommaOrBracket)),
            };
        }
        at += BLOCK;
    }
}

impl Marks {
    #[inline(always)]
    fn of(block: Block, carried: &mut Carried) -> Self {
        let mut quotes = block.bits(|part| part.eq(Vector::splat(b'"')));
        let backslashes = block.bits(|part| part.eq(Vector::splat(b'\\')));
        if backslashes != 0 || carried.escaped {
            quotes &= !escaped(backslashes, &mut carried.escaped);
        }
        let strings = prefix_xor(quotes) ^ carried.string;
        carried.string = 0_u64.wrapping_sub(strings >> 63);
        // Braces are brackets with one bit more.
        let bracket =
            |part: Vector, brace: u8| part.or(Vector::splat(0x20)).eq(Vector::splat(brace));
        Self {
            opens: block.bits(|part| bracket(part, b'{')) & !strings,
            closes: block.bits(|part| bracket(part, b'}')) & !strings,
            controls: block.bits(|part| part.at_most(Vector::splat(0x1F))) & strings,
        }
    }
}

/// The bytes behind a run of backslashes that escapes them, which one of an odd length does. What is escaped within a
/// run is a backslash too, and need not be told.
#[inline(always)]
const fn escaped(backslashes: u64, carried: &mut bool) -> u64 {
    const EVEN: u64 = 0x5555_5555_5555_5555;
    // A backslash that is escaped itself begins no run.
    let first = *carried as u64;
    let backslashes = backslashes & !first;
    let starts = backslashes & !(backslashes << 1);
    // Adding a run's first bit to it clears the run and sets the bit behind it.
    let (even, _) = backslashes.overflowing_add(starts & EVEN);
    let (odd, is_open) = backslashes.overflowing_add(starts & !EVEN);
    // A run that reaches the end of the block is odd if it begins at an odd place.
    *carried = is_open;
    first | even & !backslashes & !EVEN | odd & !backslashes & EVEN
}

/// Past the string whose opening quote is at `at`; `escaped` is set where it holds an escape. Escapes are not checked.
#[inline(always)]
fn string_end(text: &[u8], at: usize, escaped: &mut bool) -> Result<usize, JsonError> {
    let at = json::plain_end(text, at + 1);
    match json::byte(text, at)? {
        b'"' => Ok(at + 1),
        b'\\' => {
            *escaped = true;
            escaped_string_end(text, at)
        }
        control => fail(at, Reason::ControlCharacter(control)),
    }
}

/// Past the string that holds a backslash at `at`, which nothing escapes.
#[inline(never)]
fn escaped_string_end(text: &[u8], mut at: usize) -> Result<usize, JsonError> {
    let mut carried = false;
    loop {
        let Some(block) = block(text, at) else { return fail(text.len(), Reason::End) };
        let backslashes = block.bits(|part| part.eq(Vector::splat(b'\\')));
        let quotes = block.bits(|part| part.eq(Vector::splat(b'"')));
        let controls = block.bits(|part| part.at_most(Vector::splat(0x1F)));
        let found = quotes & !escaped(backslashes, &mut carried) | controls;
        if found != 0 {
            at += found.trailing_zeros() as usize;
            return match json::byte(text, at)? {
                b'"' => Ok(at + 1),
                control => fail(at, Reason::ControlCharacter(control)),
            };
        }
        at += BLOCK;
    }
}

/// The block that begins at `at`, with spaces behind the text's end; `None` at its end.
#[inline(always)]
fn block(text: &[u8], at: usize) -> Option<Block> {
    let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
    Some(match rest.first_chunk() {
        Some(block) => Block::load(block),
        None => {
            let mut padded = [b' '; BLOCK];
            padded.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
            Block::load(&padded)
        }
    })
}

#[cfg(test)]
mod tests;
