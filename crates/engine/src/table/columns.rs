//! The columns of a table, and how an entry's values find theirs.
//!
//! A member of the entry whose key has no dot is the path of that name, and its column is made when the key first
//! appears. Every other path is a wish: of the member whose key it begins with, the core's own walk finds the values, so
//! that dots in keys, indexes, stars and arrays mean here what they mean everywhere.

use alloc::{borrow::ToOwned, collections::BTreeMap, string::String, vec, vec::Vec};
use core::ops::Range;

use trailsift_core::{Number, View, values_at};

use super::{
    Sizes,
    cell::{Cell, Kind, Values, number_bytes, push_value, same},
    column::Column,
    plain::TooLong,
};
use crate::{
    json::{Json, unescape},
    members::Members,
};

/// Keys that are remembered as they are written. More of them are looked at anew in each entry.
const KEYS: usize = 4096;

/// Places for the key that was last met with a certain look.
const RECENT: usize = 256;

#[derive(Clone, Debug)]
pub(super) struct Columns {
    pub(super) list: Vec<Column>,
    pub(super) by_path: BTreeMap<String, usize>,
    /// Whether a key that was not wished for gets a column.
    discovers: bool,
    /// Columns that may be discovered.
    most: usize,
    /// Some key got no column for want of room: a path that is not here may lead somewhere.
    pub(super) incomplete: bool,
    wishes: Vec<(String, usize)>,
    /// Wishes that begin with a star: their walk begins at the entry.
    whole: Vec<(String, usize)>,
    keys: Vec<Key>,
    by_key: BTreeMap<Vec<u8>, usize>,
    /// By [`look`]; most are found here.
    recent: Vec<usize>,
    /// Of each column, the row in which a wish was last granted, and the length of the key that did.
    granted: Vec<(usize, usize)>,
    scratch: Scratch,
}

/// Room to put the values of a list together.
#[derive(Clone, Debug, Default)]
struct Scratch {
    /// In the order of the walk, which is the entry's from its end.
    walked: Vec<u8>,
    starts: Vec<usize>,
    list: Vec<u8>,
}

impl Scratch {
    fn clear(&mut self) {
        self.walked.clear();
        self.starts.clear();
        self.list.clear();
    }

    fn push(&mut self, value: Cell<'_>) -> Option<()> {
        self.starts.push(self.walked.len());
        push_value(&mut self.walked, value)
    }

    /// All values, in the order of the entry.
    fn cell(&mut self) -> Cell<'_> {
        match self.starts.len() {
            0 => Cell::MISSING,
            1 => Values::of(&self.walked).next().unwrap_or(Cell::MISSING),
            _ => {
                let mut end = self.walked.len();
                for start in self.starts.iter().rev() {
                    self.list.extend_from_slice(self.walked.get(*start..end).unwrap_or_default());
                    end = *start;
                }
                Cell { kind: Kind::List, bytes: &self.list }
            }
        }
    }
}

/// A member's key, as it is written.
#[derive(Clone, Debug)]
struct Key {
    written: Vec<u8>,
    /// The key that followed last time.
    next: usize,
    /// What its value is for.
    uses: Vec<Use>,
}

#[derive(Clone, Debug)]
struct Use {
    column: usize,
    /// Bytes of the path that the key takes up; of several keys the longest counts.
    length: usize,
    /// The path from the member on.
    rest: Option<String>,
    /// Whether no key of another length can lead there.
    lone: bool,
}

impl Columns {
    /// `discovers`: whether the entries' own members get columns, at most so many.
    pub(super) const fn new(discovers: bool, most: usize) -> Self {
        Self {
            list: Vec::new(),
            by_path: BTreeMap::new(),
            discovers,
            most,
            incomplete: false,
            wishes: Vec::new(),
            whole: Vec::new(),
            keys: Vec::new(),
            by_key: BTreeMap::new(),
            recent: Vec::new(),
            granted: Vec::new(),
            scratch: Scratch { walked: Vec::new(), starts: Vec::new(), list: Vec::new() },
        }
    }

    /// Makes a column for a path. Of rows that were read before it knows nothing.
    pub(super) fn wish(&mut self, path: &str, sizes: &Sizes) {
        if self.by_path.contains_key(path) {
            return;
        }
        let column = self.add(path.to_owned(), sizes, 0);
        let wishes = if begins_with_star(path) { &mut self.whole } else { &mut self.wishes };
        wishes.push((path.to_owned(), column));
    }

    fn add(&mut self, path: String, sizes: &Sizes, segments: usize) -> usize {
        let column = self.list.len();
        self.list.push(Column::new(sizes, segments));
        self.granted.push((usize::MAX, 0));
        self.by_path.insert(path, column);
        column
    }

    /// Reads the entry that lies within `text` into a row of the open segment, behind so many whole ones.
    pub(super) fn read(
        &mut self,
        text: &[u8],
        within: Range<usize>,
        row: usize,
        segments: usize,
        sizes: &Sizes,
    ) -> Result<(), TooLong> {
        let mut before = None;
        // It is whole: there are no errors.
        for member in Members::new(text, within.start).map_while(Result::ok) {
            let known = self.find(member.key, before, segments, sizes);
            let Some(known) = known else {
                for part in self.uses_of(member.key, segments, sizes) {
                    self.put(&part, member.value, row, sizes)?;
                }
                continue;
            };
            before = Some(known);
            let Some(key) = self.keys.get_mut(known) else { continue };
            match key.uses.as_slice() {
                [] => {}
                // No other key leads to a member's own column.
                [Use { column, rest: None, lone: true, .. }] => {
                    if let Some(column) = self.list.get_mut(*column) {
                        put_value(column, member.value, None, row, sizes, &mut self.scratch)?;
                    }
                }
                _ => {
                    let uses = core::mem::take(&mut key.uses);
                    for part in &uses {
                        self.put(part, member.value, row, sizes)?;
                    }
                    if let Some(key) = self.keys.get_mut(known) {
                        key.uses = uses;
                    }
                }
            }
        }
        for (path, column) in &self.whole {
            if let Some(column) = self.list.get_mut(*column) {
                let entry = text.get(within.clone()).unwrap_or_default();
                put_value(column, entry, Some(path), row, sizes, &mut self.scratch)?;
            }
        }
        Ok(())
    }

    /// Grants a wish, if no longer key of the entry has.
    fn put(&mut self, part: &Use, value: &[u8], row: usize, sizes: &Sizes) -> Result<(), TooLong> {
        if let Some((granted, length)) = self.granted.get_mut(part.column) {
            // The row number may be that of an earlier segment; then the column is empty.
            let fresh = self.list.get(part.column).is_some_and(|column| column.len() <= row);
            if *granted == row && !fresh && *length > part.length {
                return Ok(());
            }
            (*granted, *length) = (row, part.length);
        }
        let Some(column) = self.list.get_mut(part.column) else { return Ok(()) };
        put_value(column, value, part.rest.as_deref(), row, sizes, &mut self.scratch)
    }

    /// The number of a key; most entries have the keys of the one before, in its order.
    fn find(
        &mut self,
        written: &[u8],
        before: Option<usize>,
        segments: usize,
        sizes: &Sizes,
    ) -> Option<usize> {
        let is_it =
            |guess: usize| self.keys.get(guess).is_some_and(|key| same(&key.written, written));
        let next = match before {
            Some(before) => self.keys.get(before)?.next,
            None => 0,
        };
        if is_it(next) {
            return Some(next);
        }
        self.recent.resize(RECENT, 0);
        let look = look(written);
        let recent = self.recent.get(look).copied().filter(|recent| is_it(*recent));
        let found = match recent.or_else(|| self.by_key.get(written).copied()) {
            Some(found) => found,
            None if self.keys.len() < KEYS => {
                let uses = self.uses_of(written, segments, sizes);
                let key = Key { written: written.to_vec(), next: 0, uses };
                self.keys.push(key);
                self.by_key.insert(written.to_vec(), self.keys.len() - 1);
                self.keys.len() - 1
            }
            None => return None,
        };
        if let Some(recent) = self.recent.get_mut(look) {
            *recent = found;
        }
        if let Some(key) = before.and_then(|before| self.keys.get_mut(before)) {
            key.next = found;
        }
        Some(found)
    }

    /// What the value behind a key is for; discovers its column.
    fn uses_of(&mut self, written: &[u8], segments: usize, sizes: &Sizes) -> Vec<Use> {
        let key = unescape(written);
        // No path is broken text.
        let Ok(key) = core::str::from_utf8(&key) else { return vec![] };
        let mut uses = Vec::new();
        for (path, column) in &self.wishes {
            let Some(rest) = path.strip_prefix(key) else { continue };
            let rest = match rest.strip_prefix('.') {
                Some(rest) => Some(rest.to_owned()),
                None if rest.is_empty() => None,
                None => continue,
            };
            uses.push(Use { column: *column, length: key.len(), rest, lone: is_member(path) });
        }
        if self.discovers && is_member(key) && !self.wishes.iter().any(|(path, _)| path == key) {
            let column = match self.by_path.get(key) {
                Some(column) => Some(*column),
                None if self.list.len() < self.most => {
                    Some(self.add(key.to_owned(), sizes, segments))
                }
                None => {
                    self.incomplete = true;
                    None
                }
            };
            uses.extend(column.map(|column| Use {
                column,
                length: key.len(),
                rest: None,
                lone: true,
            }));
        }
        uses
    }

    /// Ends the open segment at so many rows.
    pub(super) fn seal(&mut self, rows: usize, sizes: &Sizes) -> Result<(), TooLong> {
        for column in &mut self.list {
            column.seal(rows, sizes)?;
        }
        self.find_repeats();
        Ok(())
    }

    /// Drops plain segments that say what an earlier column's says.
    fn find_repeats(&mut self) {
        use super::segment::Segment;
        for later in 1..self.list.len() {
            let (before, rest) = self.list.split_at_mut(later);
            let Some(column) = rest.first_mut() else { return };
            let Some(last @ Segment::Plain(_)) = column.segments.last() else { continue };
            let same = before.iter().position(|other| other.segments.last() == Some(last));
            if let Some(same) = same {
                column.alias_last(same);
            }
        }
    }

    /// No more rows will come.
    pub(super) fn close(&mut self) {
        self.list.iter_mut().for_each(Column::close);
        (self.keys, self.by_key) = (Vec::new(), BTreeMap::new());
        self.scratch = Scratch::default();
    }

    /// Takes in the columns of a later reading of the same entries.
    pub(super) fn append(&mut self, other: Self) {
        let first = self.list.len();
        for mut column in other.list {
            column.renumber(first);
            self.list.push(column);
            self.granted.push((usize::MAX, 0));
        }
        let paths = other.by_path.into_iter().map(|(path, column)| (path, column + first));
        self.by_path.extend(paths);
    }

    pub(super) fn memory(&self) -> usize {
        let columns = self.list.iter().map(|column| column.memory() + size_of::<Column>());
        let keys = self.keys.iter().map(|key| 2 * key.written.len() + 2 * size_of::<Key>());
        columns.sum::<usize>()
            + keys.sum::<usize>()
            + self.scratch.walked.capacity()
            + self.scratch.list.capacity()
    }
}

/// A number below [`RECENT`] by which keys mostly differ.
fn look(written: &[u8]) -> usize {
    let byte = |at: usize| written.get(at).map_or(0, |byte| usize::from(*byte));
    let (middle, last) = (written.len() / 2, written.len().saturating_sub(1));
    (byte(0) * 7 + byte(middle) * 31 + byte(last) * 3 + written.len() * 57) % RECENT
}

/// Whether a path is a member of the entry itself: whatever else is in the entry, no other key leads there.
pub(super) fn is_member(path: &str) -> bool {
    path != "*" && !path.contains('.')
}

fn begins_with_star(path: &str) -> bool {
    path == "*" || path.starts_with("*.")
}

/// Puts what a path leads to in a value into a column.
fn put_value(
    column: &mut Column,
    value: &[u8],
    path: Option<&str>,
    row: usize,
    sizes: &Sizes,
    scratch: &mut Scratch,
) -> Result<(), TooLong> {
    let mut room = [0; 16];
    let json = match (path, value) {
        (None, [b'"', inner @ .., b'"']) => {
            return if inner.contains(&b'\\') {
                column.put(row, Cell::text(&unescape(inner)), sizes)
            } else {
                column.put(row, Cell::text(inner), sizes)
            };
        }
        (None, [b'{', ..]) => return column.put(row, Cell::bare(Kind::Object), sizes),
        (None, [b'[', ..]) | (Some(_), _) => Json::new(value),
        (None, [b't', ..]) => return column.put(row, Cell::bare(Kind::True), sizes),
        (None, [b'f', ..]) => return column.put(row, Cell::bare(Kind::False), sizes),
        (None, [b'-' | b'0'..=b'9', ..]) => {
            let number = core::str::from_utf8(value).ok().and_then(Number::parse);
            let cell = number.map_or(Cell::bare(Kind::Null), |number| Cell {
                kind: Kind::Number,
                bytes: number_bytes(number, &mut room),
            });
            return column.put(row, cell, sizes);
        }
        _ => return column.put(row, Cell::bare(Kind::Null), sizes),
    };
    scratch.clear();
    let mut whole = Some(());
    values_at(json, path, |view| {
        let (kind, bytes): (_, &[u8]) = match view {
            View::Null | View::Array => (Kind::Null, &[]),
            View::Bool(false) => (Kind::False, &[]),
            View::Bool(true) => (Kind::True, &[]),
            View::Object => (Kind::Object, &[]),
            View::Number(number) => (Kind::Number, number_bytes(*number, &mut room)),
            View::Text(text) => (Kind::Text, text),
        };
        whole = whole.and_then(|()| scratch.push(Cell { kind, bytes }));
    });
    whole.ok_or(TooLong)?;
    column.put(row, scratch.cell(), sizes)
}
