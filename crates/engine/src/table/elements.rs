//! Paths that lead through an array of objects: its elements are walked once for all of them, not once for each.
//!
//! What is not plain to see (a key twice in one object, arrays within arrays, numbers in paths) is left to the core's
//! own walk.

use alloc::vec::Vec;
use core::ops::Range;

use super::{
    columns::{Columns, Place},
    level::Use,
    plain::TooLong,
    walk::Found,
};
use crate::json;

/// A value and its column.
#[derive(Clone, Debug)]
pub(super) struct Gathered {
    column: usize,
    value: Range<usize>,
    /// Whether it is a string without escapes.
    is_plain: bool,
}

impl Columns {
    /// Puts what is in the elements of the array where `array` begins into the columns of the level below. Whether it
    /// could: if not, nothing was put.
    pub(super) fn put_elements(
        &mut self,
        text: &[u8],
        array: usize,
        level: usize,
        place: Place,
    ) -> Result<bool, TooLong> {
        let mut gathered = core::mem::take(&mut self.gathered);
        gathered.clear();
        core::mem::swap(&mut self.walker.found, &mut self.spare);
        let is_plain = self.gather(text, array, level, place, &mut gathered).is_some();
        core::mem::swap(&mut self.walker.found, &mut self.spare);
        let mut put = Ok(());
        if is_plain {
            gathered.sort_unstable_by_key(|found| (found.column, found.value.start));
            for alike in gathered.chunk_by(|a, b| a.column == b.column) {
                put = put.and_then(|()| self.put_gathered(text, alike, place));
            }
        }
        self.gathered = gathered;
        put.map(|()| is_plain)
    }

    /// Finds all values; `None` where it is not plain to see what there is.
    fn gather(
        &mut self,
        text: &[u8],
        array: usize,
        level: usize,
        place: Place,
        gathered: &mut Vec<Gathered>,
    ) -> Option<()> {
        if self.walker.levels.get(level)?.is_indexed {
            return None;
        }
        // It is whole: there are no errors.
        let mut at = json::skip_space(text, array + 1);
        loop {
            at = match text.get(at)? {
                b'{' => {
                    let end = self.walker.walk_from(text, at, level).ok()?;
                    let found = core::mem::take(&mut self.walker.found);
                    let all = found
                        .iter()
                        .try_for_each(|member| self.gather_member(text, member, place, gathered));
                    self.walker.found = found;
                    all?;
                    end
                }
                b'[' => return None,
                b']' => return Some(()),
                // Behind the path is nothing.
                _ => json::scalar_end(text, at).ok()?,
            };
            at = json::skip_space(text, at);
            if text.get(at) == Some(&b',') {
                at = json::skip_space(text, at + 1);
            }
        }
    }

    fn gather_member(
        &mut self,
        text: &[u8],
        member: &Found,
        place: Place,
        gathered: &mut Vec<Gathered>,
    ) -> Option<()> {
        let Some(number) = member.key else {
            // The next entry's elements may be plain.
            self.known(text, member, place);
            return None;
        };
        let level = self.walker.levels.get_mut(member.level)?;
        let key = level.keys.get_mut(number)?;
        let is_first = key.object != member.object;
        key.object = member.object;
        let is_only = matches!(key.uses.as_slice(), [Use { wish: None, .. }]);
        let leads_on = is_only || member.leads_on(text) && key.is_plain;
        if !is_first || !leads_on || level.contested {
            return None;
        }
        let (value, is_plain) = (member.value.clone(), member.is_plain);
        gathered.extend(key.own.map(|column| Gathered { column, value, is_plain }));
        Some(())
    }

    /// Puts all that one column gets.
    fn put_gathered(
        &mut self,
        text: &[u8],
        values: &[Gathered],
        place: Place,
    ) -> Result<(), TooLong> {
        if let [Gathered { column, value, is_plain }] = values {
            self.batch.wait(*column, place.row, value, *is_plain);
            return Ok(());
        }
        let number = values.first().map_or(usize::MAX, |found| found.column);
        let Some(column) = self.list.get_mut(number) else { return Ok(()) };
        self.batch.flush_column(number, column, text, place, &mut self.scratch)?;
        self.scratch.clear();
        for found in values.iter().rev() {
            let value = text.get(found.value.clone()).unwrap_or_default();
            self.scratch.collect(value, None)?;
        }
        column.put(place.row, self.scratch.cell(), &place.sizes)
    }
}
