//! The columns of a table, and how an entry's values find theirs.
//!
//! A member of the entry whose key has no dot is the path of that name, and its column is made when the key first
//! appears. Every other path is a wish, and followed object by object ([`Level`]); where an array or a star is on the
//! way, the core's own walk finds the values, so that all that a path can mean it means here, too.

use alloc::{borrow::ToOwned, collections::BTreeMap, string::String, vec, vec::Vec};
use core::ops::Range;

use super::{
    Sizes,
    cell::Cell,
    column::Column,
    level::{Level, Use, begins_with_star, is_member, name},
    plain::TooLong,
    values::{Scratch, put_value},
};
use crate::members::Members;

/// Keys that are remembered as they are written, at all levels. More of them are looked at anew in each entry.
const KEYS: usize = 8192;

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
    /// Wishes that begin with a star: their walk begins at the entry.
    whole: Vec<(String, usize)>,
    /// The entry itself, and what lies below.
    levels: Vec<Level>,
    /// Keys that are remembered.
    keys: usize,
    /// Objects that were walked.
    objects: u64,
    scratch: Scratch,
}

/// An object that is being walked.
struct Walk<'t> {
    members: Members<'t>,
    level: usize,
    /// The key before.
    before: Option<usize>,
    /// Its number among all objects.
    object: u64,
}

/// Where a row is written to.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// Of the open segment.
    pub(super) row: usize,
    /// Whole ones before it.
    pub(super) segments: usize,
    pub(super) sizes: Sizes,
}

impl Columns {
    /// `discovers`: whether the entries' own members get columns, at most so many.
    pub(super) fn new(discovers: bool, most: usize) -> Self {
        Self {
            list: Vec::new(),
            by_path: BTreeMap::new(),
            discovers,
            most,
            incomplete: false,
            whole: Vec::new(),
            levels: vec![Level::default()],
            keys: 0,
            objects: 0,
            scratch: Scratch::new(),
        }
    }

    /// Makes a column for a path. Of rows that were read before it knows nothing.
    pub(super) fn wish(&mut self, path: &str, sizes: &Sizes) {
        if self.by_path.contains_key(path) {
            return;
        }
        let column = self.add(path.to_owned(), sizes, 0);
        if begins_with_star(path) {
            self.whole.push((path.to_owned(), column));
        } else if let Some(entry) = self.levels.first_mut() {
            entry.wish(path, column);
        }
    }

    fn add(&mut self, path: String, sizes: &Sizes, segments: usize) -> usize {
        let column = self.list.len();
        self.list.push(Column::new(sizes, segments));
        self.by_path.insert(path, column);
        column
    }

    /// Reads the entry that lies within `text` into a row.
    pub(super) fn read(
        &mut self,
        text: &[u8],
        within: Range<usize>,
        place: Place,
    ) -> Result<(), TooLong> {
        self.objects += 1;
        let members = Members::new(text, within.start);
        let mut walk = Walk { members, level: 0, before: None, object: self.objects };
        // Objects that are walked later on: as deep as the longest wish.
        let mut open = Vec::new();
        loop {
            // It is whole: there are no errors.
            let Some(Ok(member)) = walk.members.next() else {
                match open.pop() {
                    Some(outer) => walk = outer,
                    None => break,
                }
                continue;
            };
            let found = match self.levels.get_mut(walk.level) {
                Some(level) => level.find(member.key, walk.before),
                None => None,
            };
            let Some(found) = found.or_else(|| self.learn(walk.level, member.key, place)) else {
                let uses = self.uses_of(walk.level, member.key, place);
                self.put_all(&uses, &walk, None, member.value, place)?;
                continue;
            };
            walk.before = Some(found);
            let level = self.levels.get_mut(walk.level);
            let Some(key) = level.and_then(|level| level.keys.get_mut(found)) else { continue };
            match key.uses.as_slice() {
                [] => {}
                [Use { column, wish: None, .. }] => {
                    if let Some(column) = self.list.get_mut(*column) {
                        put_value(column, member.value, None, place, &mut self.scratch)?;
                    }
                }
                _ => {
                    let (uses, below) = (core::mem::take(&mut key.uses), key.below);
                    let goes_on = self.put_all(&uses, &walk, below, member.value, place);
                    let level = self.levels.get_mut(walk.level);
                    if let Some(key) = level.and_then(|level| level.keys.get_mut(found)) {
                        key.uses = uses;
                    }
                    if let Some(level) = below.filter(|_| goes_on == Ok(true)) {
                        self.objects += 1;
                        let members = Members::new(member.value, 0);
                        let inner = Walk { members, level, before: None, object: self.objects };
                        open.push(core::mem::replace(&mut walk, inner));
                    }
                    goes_on?;
                }
            }
        }
        for (path, column) in &self.whole {
            if let Some(column) = self.list.get_mut(*column) {
                let entry = text.get(within.clone()).unwrap_or_default();
                put_value(column, entry, Some(path), place, &mut self.scratch)?;
            }
        }
        Ok(())
    }

    /// Puts a value where a key's uses say. Whether the wishes go on below, in the members of the value.
    fn put_all(
        &mut self,
        uses: &[Use],
        walk: &Walk<'_>,
        below: Option<usize>,
        value: &[u8],
        place: Place,
    ) -> Result<bool, TooLong> {
        let Some(level) = self.levels.get_mut(walk.level) else { return Ok(false) };
        // A longer key may have granted some: then each is followed by itself.
        let is_object = value.first() == Some(&b'{');
        let goes_on = below.is_some()
            && is_object
            && uses.iter().all(|part| !part.goes_on() || !level.refuses(part, walk.object));
        for part in uses {
            if !level.grant(part, walk.object) {
                continue;
            }
            let Some(column) = self.list.get_mut(part.column) else { continue };
            if goes_on && part.goes_on() {
                if column.len() > place.row {
                    column.put(place.row, Cell::MISSING, &place.sizes)?;
                }
            } else {
                put_value(column, value, part.rest.as_deref(), place, &mut self.scratch)?;
            }
        }
        Ok(goes_on && uses.iter().any(Use::goes_on))
    }

    /// Remembers a key; its number. `None` where there are too many.
    fn learn(&mut self, level: usize, written: &[u8], place: Place) -> Option<usize> {
        if self.keys >= KEYS {
            return None;
        }
        self.keys += 1;
        let uses = self.uses_of(level, written, place);
        let mut below = Level::default();
        for part in uses.iter().filter(|part| part.goes_on()) {
            below.wish(part.rest.as_deref().unwrap_or_default(), part.column);
        }
        let below = (!below.wishes.is_empty()).then(|| {
            self.levels.push(below);
            self.levels.len() - 1
        });
        Some(self.levels.get_mut(level)?.add(written, uses, below))
    }

    /// What the value behind a key is for. A new member of the entry itself gets its column.
    fn uses_of(&mut self, level: usize, written: &[u8], place: Place) -> Vec<Use> {
        let Some(key) = name(written) else { return Vec::new() };
        let Some(found) = self.levels.get(level) else { return Vec::new() };
        let mut uses = found.uses_of(&key);
        if level > 0 || !is_member(&key) {
            return uses;
        }
        let length = key.len();
        match uses.iter_mut().find(|part| part.rest.is_none()) {
            // No other key leads to a member.
            Some(wish) => wish.wish = None,
            None if self.discovers => {
                let column = match self.by_path.get(&key) {
                    Some(column) => Some(*column),
                    None if self.list.len() < self.most => {
                        Some(self.add(key, &place.sizes, place.segments))
                    }
                    None => {
                        self.incomplete = true;
                        None
                    }
                };
                let part = |column| Use { column, wish: None, length, rest: None };
                uses.extend(column.map(part));
            }
            None => {}
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
        self.levels = Vec::new();
        self.scratch = Scratch::new();
    }

    /// Takes in the columns of a later reading of the same entries.
    pub(super) fn append(&mut self, other: Self) {
        let first = self.list.len();
        for mut column in other.list {
            column.renumber(first);
            self.list.push(column);
        }
        let paths = other.by_path.into_iter().map(|(path, column)| (path, column + first));
        self.by_path.extend(paths);
    }

    pub(super) fn memory(&self) -> usize {
        let columns = self.list.iter().map(|column| column.memory() + size_of::<Column>());
        let levels = self.levels.iter().map(Level::memory).sum::<usize>();
        columns.sum::<usize>() + levels + self.scratch.memory()
    }
}
