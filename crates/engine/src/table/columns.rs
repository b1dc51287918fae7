//! The columns of a table, and how an entry's values find theirs.
//!
//! A member of the entry whose key has no dot is the path of that name, and its column is made when the key first
//! appears. Every other path is a wish, and followed object by object ([`Level`]); where an array or a star is on the
//! way, the core's own walk finds the values, so that all that a path can mean it means here, too.
//!
//! An entry is walked, then taken, and the values of several rows are put into their columns together.

use alloc::{borrow::ToOwned, collections::BTreeMap, string::String, vec::Vec};
use core::ops::Range;

use super::{
    Sizes,
    batch::Batch,
    cell::Cell,
    column::Column,
    elements::Gathered,
    level::{Level, Use, begins_with_star, is_member, name},
    plain::TooLong,
    values::{Scratch, put_value},
    walk::{Found, Walker},
};
use crate::json::{self, JsonError};

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
    pub(super) walker: Walker,
    pub(super) batch: Batch,
    /// Room for what is found in arrays.
    pub(super) spare: Vec<Found>,
    pub(super) gathered: Vec<Gathered>,
    /// Keys that are remembered.
    keys: usize,
    pub(super) scratch: Scratch,
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
            walker: Walker::new(),
            batch: Batch::default(),
            spare: Vec::new(),
            gathered: Vec::new(),
            keys: 0,
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
        } else if let Some(entry) = self.walker.levels.first_mut() {
            entry.wish(path, column);
        }
    }

    fn add(&mut self, path: String, sizes: &Sizes, segments: usize) -> usize {
        let column = self.list.len();
        self.list.push(Column::new(sizes, segments));
        self.by_path.insert(path, column);
        column
    }

    /// Walks the object at `at` of a text and checks it; where it ends.
    ///
    /// # Errors
    ///
    /// Where it is no object, as [`Walker::walk`] has it.
    pub(super) fn walk(&mut self, text: &[u8], at: usize) -> Result<usize, JsonError> {
        self.walker.walk(text, at)
    }

    /// Whether the object that was walked is what the splitter calls a page.
    pub(super) const fn is_page(&self) -> bool {
        self.walker.is_page
    }

    /// Begins a batch of rows whose entries lie in one text from `base` on.
    pub(super) fn begin(&mut self, base: usize) {
        self.batch.begin(base);
    }

    /// Takes the entry that was walked, and lies within `text`, for a row. Its values wait for [`Self::flush`].
    pub(super) fn take(
        &mut self,
        text: &[u8],
        within: Range<usize>,
        place: Place,
    ) -> Result<(), TooLong> {
        let found = core::mem::take(&mut self.walker.found);
        // Members before it are of a value that was followed as a whole.
        let mut followed = 0;
        for member in &found {
            if member.value.start >= followed && !self.member(text, member, place)? {
                followed = member.value.end;
            }
        }
        self.walker.found = found;
        self.forget_room();
        for index in 0..self.whole.len() {
            let Some((path, column)) = self.whole.get(index) else { break };
            let (path, column) = (path.clone(), *column);
            self.put(text, within.clone(), column, Some(&path), place)?;
        }
        Ok(())
    }

    /// Gives back the room that an entry of very many members took.
    fn forget_room(&mut self) {
        const USUAL: usize = 4096;
        for found in [&mut self.walker.found, &mut self.spare] {
            if found.capacity() > USUAL {
                *found = Vec::new();
            }
        }
        if self.gathered.capacity() > USUAL {
            self.gathered = Vec::new();
        }
    }

    /// Puts the values that wait into their columns.
    pub(super) fn flush(&mut self, text: &[u8], place: Place) -> Result<(), TooLong> {
        self.batch.flush(&mut self.list, text, place, &mut self.scratch)
    }

    /// Takes a whole entry alone.
    #[cfg(test)]
    pub(super) fn take_for_test(&mut self, text: &[u8]) {
        let place = Place { row: 0, segments: 0, sizes: Sizes::TINY };
        self.begin(0);
        self.take(text, 0..text.len(), place).unwrap();
        self.flush(text, place).unwrap();
    }

    /// Hands a member to its columns. Whether the members of its value are to be taken, too, if there are any.
    #[inline]
    fn member(&mut self, text: &[u8], member: &Found, place: Place) -> Result<bool, TooLong> {
        let Found { level, object, .. } = *member;
        let Some(number) = member.key.or_else(|| self.known(text, member, place)) else {
            let uses = self.uses_of(level, written(text, member), place);
            if let Some(level) = self.walker.levels.get_mut(level) {
                level.contested |= !uses.is_empty();
            }
            return self.put_all(&uses, text, member, None, place);
        };
        let Some(level) = self.walker.levels.get_mut(level) else { return Ok(true) };
        let Some(key) = level.keys.get_mut(number) else { return Ok(true) };
        if let [Use { column, wish: None, .. }] = key.uses.as_slice() {
            self.batch.wait(*column, place.row, &member.value, member.is_plain);
            return Ok(true);
        }
        let is_first = key.object != object;
        key.object = object;
        if is_first && member.leads_on(text) && key.is_plain && !level.contested {
            // No other member can lead where this one does: what is below speaks for itself.
            if let Some(column) = key.own {
                self.batch.wait(column, place.row, &member.value, member.is_plain);
            }
            return Ok(true);
        }
        let below = key.below.filter(|_| !level.contested);
        let uses = core::mem::take(&mut key.uses);
        let goes_on = self.put_all(&uses, text, member, below, place);
        let level = self.walker.levels.get_mut(member.level);
        if let Some(key) = level.and_then(|level| level.keys.get_mut(number)) {
            key.uses = uses;
        }
        goes_on
    }

    /// The number of a key, which is remembered if it is new; `None` where there are too many.
    pub(super) fn known(&mut self, text: &[u8], member: &Found, place: Place) -> Option<usize> {
        let written = written(text, member);
        let known = self.walker.levels.get_mut(member.level)?.find(written, None);
        known.or_else(|| self.learn(member.level, written, place))
    }

    /// Puts a value where a key's uses say; where the key leads to and no other key does, if that is so. Whether the
    /// wishes go on below, in the members of the value.
    fn put_all(
        &mut self,
        uses: &[Use],
        text: &[u8],
        member: &Found,
        below: Option<usize>,
        place: Place,
    ) -> Result<bool, TooLong> {
        let (number, object) = (member.level, member.object);
        let Some(level) = self.walker.levels.get(number) else { return Ok(false) };
        // A longer key may have granted some: then each is followed by itself.
        let refuses = |part: &Use| part.goes_on() && level.refuses(part, object);
        let goes_on = member.entered && !uses.iter().any(refuses);
        let is_array = text.get(member.value.start) == Some(&b'[');
        let is_put = match below.filter(|_| is_array) {
            Some(below) => {
                for part in uses.iter().filter(|part| part.goes_on()) {
                    self.take_back(part.column, place)?;
                }
                self.put_elements(text, member.value.start, below, place)?
            }
            None => false,
        };
        for part in uses {
            let level = self.walker.levels.get_mut(number);
            if !level.is_some_and(|level| level.grant(part, object)) {
                continue;
            }
            if is_put && part.goes_on() {
                continue;
            }
            if !goes_on || !part.goes_on() {
                let rest = part.rest.as_deref();
                self.put(text, member.value.clone(), part.column, rest, place)?;
                continue;
            }
            self.take_back(part.column, place)?;
        }
        Ok(goes_on)
    }

    /// Takes back what a column got in a row.
    fn take_back(&mut self, number: usize, place: Place) -> Result<(), TooLong> {
        self.batch.take_back(number, place.row);
        match self.list.get_mut(number) {
            Some(column) if column.len() > place.row => {
                column.put(place.row, Cell::MISSING, &place.sizes)
            }
            _ => Ok(()),
        }
    }

    /// Puts what a path leads to in a value into a column.
    fn put(
        &mut self,
        text: &[u8],
        value: Range<usize>,
        number: usize,
        path: Option<&str>,
        place: Place,
    ) -> Result<(), TooLong> {
        if path.is_none() {
            self.batch.wait(number, place.row, &value, false);
            return Ok(());
        }
        let Some(column) = self.list.get_mut(number) else { return Ok(()) };
        self.batch.flush_column(number, column, text, place, &mut self.scratch)?;
        let value = text.get(value).unwrap_or_default();
        put_value(column, value, path, place, &mut self.scratch)
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
            self.walker.levels.push(below);
            self.walker.levels.len() - 1
        });
        Some(self.walker.levels.get_mut(level)?.add(written, uses, below))
    }

    /// What the value behind a key is for. A new member of the entry itself gets its column.
    fn uses_of(&mut self, level: usize, written: &[u8], place: Place) -> Vec<Use> {
        let Some(key) = name(written) else { return Vec::new() };
        let Some(found) = self.walker.levels.get(level) else { return Vec::new() };
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

    /// Drops segments without ids that say what an earlier column's says.
    fn find_repeats(&mut self) {
        use super::segment::Segment;
        for later in 1..self.list.len() {
            let (before, rest) = self.list.split_at_mut(later);
            let Some(column) = rest.first_mut() else { return };
            let last = column.segments.last();
            if !matches!(last, Some(Segment::Plain(_) | Segment::Digits(_))) {
                continue;
            }
            let same = before.iter().position(|other| other.segments.last() == last);
            if let Some(same) = same {
                column.alias_last(same);
            }
        }
    }

    /// No more rows will come.
    pub(super) fn close(&mut self) {
        self.list.iter_mut().for_each(Column::close);
        self.walker = Walker::new();
        self.batch = Batch::default();
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
        let reading = self.walker.memory() + self.batch.memory() + self.scratch.memory();
        columns.sum::<usize>() + reading
    }
}

/// A member's key, as it is written.
fn written<'t>(text: &'t [u8], member: &Found) -> &'t [u8] {
    let quote = member.name.saturating_sub(1);
    let end = json::string_end(text, quote).map_or(quote, |end| end - 1);
    text.get(member.name..end).unwrap_or_default()
}
