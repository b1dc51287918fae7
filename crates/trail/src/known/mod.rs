//! The keys of all entries of a trail, by which an entry that comes again is known. Not what a key is made of, and not
//! where rows are kept.
//!
//! Keys of entries in chunks are in a map. Sealing takes them out of memory: they go into runs of at most
//! [`KEYS_PER_RUN`], one row each, and only a mark of 3 bytes of each stays (see `group.rs`). Marks say in which runs
//! a key may be, and those rows then say whether it is. So memory grows by some 3.2 bytes a key, and a key that is new
//! costs a row about once in 2^32 divided by the number of all keys.
//!
//! The last run is written anew until it is full; what is full never changes. Full groups of 64 runs have rows of
//! their own, so that a start reads them instead of their runs.

mod group;
mod run;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use self::{
    group::Group,
    run::{Key, Span},
};
pub use self::{
    group::{GroupRow, RUNS_PER_GROUP},
    run::{KEYS_PER_RUN, RunRow},
};
use crate::chunk::KeyHash;

/// Where the rows of runs are.
pub trait Runs {
    /// The [`RunRow::bytes`] of a run.
    ///
    /// # Errors
    /// What went wrong, for the operator.
    fn run(&self, number: u64) -> Result<Vec<u8>, String>;
}

/// The memory of a trail's keys. Rebuilt from rows whenever it is lost.
///
/// ```
/// use std::{cell::RefCell, collections::BTreeMap};
/// use trailsift_trail::{chunk::id_hash, known::{Known, Runs}};
///
/// #[derive(Default)]
/// struct Rows(BTreeMap<u64, Vec<u8>>);
/// impl Runs for Rows {
///     fn run(&self, number: u64) -> Result<Vec<u8>, String> {
///         self.0.get(&number).cloned().ok_or_else(|| "no such row".to_owned())
///     }
/// }
///
/// let (mut known, mut rows) = (Known::default(), Rows::default());
/// known.note(id_hash("a"), 1);
/// known.note(id_hash("b"), 2);
/// let sealing = known.seal(1, &rows)?;
/// for run in sealing.runs() {
///     rows.0.insert(run.number, run.bytes.clone());
/// }
/// known.apply(sealing);
/// assert_eq!(known.find(&[id_hash("b"), id_hash("c"), id_hash("a")], &rows)?, [Some(2), None, Some(1)]);
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug)]
pub struct Known {
    hot: HashMap<KeyHash, u64>,
    /// In the order of their runs. The last is open, the others are full; all have a key that is not forgotten.
    groups: Vec<Group>,
    /// The number of the next run.
    next_run: u64,
    /// Entries up to here are gone, and their keys mean nothing any more.
    forgotten: u64,
    run_limit: usize,
}

impl Default for Known {
    fn default() -> Self {
        let (hot, groups) = (HashMap::new(), Vec::new());
        Self { hot, groups, next_run: 0, forgotten: 0, run_limit: KEYS_PER_RUN }
    }
}

/// What has to be written so that keys may leave memory. Nothing has changed before it is [applied](Known::apply).
#[derive(Clone, Debug)]
pub struct Sealing {
    rows: Vec<RunRow>,
    full: Vec<GroupRow>,
    last: u64,
    /// The last group as it becomes, and those after it.
    changed: Vec<Group>,
    next_run: u64,
}

impl Sealing {
    /// Rows of runs, in the order of their numbers. The first may be there already: then it is replaced.
    #[must_use]
    pub fn runs(&self) -> &[RunRow] {
        &self.rows
    }

    /// Rows of groups that are full now.
    #[must_use]
    pub fn groups(&self) -> &[GroupRow] {
        &self.full
    }
}

/// The first rows that are needed: those with lower numbers can go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Living {
    /// The number of a run.
    pub run: u64,
    /// The number of a group.
    pub group: u64,
}

impl Known {
    /// The memory that rows describe, in the order of their numbers: those of all groups, and those of the runs that
    /// are in none of them, from number [`RUNS_PER_GROUP`] times that of groups on. `forgotten` is the number of the
    /// last entry that retention took, 0 if it took none. Keys in chunks are to be [noted](Self::note) again.
    ///
    /// # Errors
    /// When a row is missing or not readable, or one could not be read.
    pub fn load(
        groups: impl IntoIterator<Item = Result<GroupRow, String>>,
        runs: impl IntoIterator<Item = Result<RunRow, String>>,
        forgotten: u64,
    ) -> Result<Self, String> {
        let mut known = Self::default();
        for row in groups {
            let row = row?;
            let group = Group::of(&row)?;
            if known.groups.last().is_some_and(|last| last.number() + 1 != group.number()) {
                return Err(format!("group {} of keys is not the next", row.number));
            }
            known.next_run = (group.number() + 1) * RUNS_PER_GROUP;
            known.groups.push(group);
        }
        let (mut first, mut spans, mut marks) = (known.next_run, Vec::new(), Vec::new());
        for row in runs {
            let row = row?;
            if known.groups.is_empty() && spans.is_empty() {
                first = row.number;
                known.next_run = first;
            }
            if row.number != known.next_run || row.number / RUNS_PER_GROUP != first / RUNS_PER_GROUP
            {
                return Err(format!("run {} of keys is not the next", row.number));
            }
            let span = Span::of(&row)?;
            marks.extend(span.marks(&row)?);
            spans.push(span);
            known.next_run += 1;
        }
        if !spans.is_empty() {
            marks.sort_unstable();
            known.groups.push(Group::new(first, spans, marks.into_iter()));
        }
        known.forget(forgotten);
        Ok(known)
    }

    /// Takes the key of an entry in a chunk. One that is noted already stays the earlier entry's.
    pub fn note(&mut self, key: KeyHash, sequence: u64) {
        self.hot.entry(key).or_insert(sequence);
    }

    /// The numbers of the entries that have these keys. The row of each run that may hold some is read once.
    ///
    /// # Errors
    /// When a row cannot be read.
    pub fn find(&self, keys: &[KeyHash], runs: &impl Runs) -> Result<Vec<Option<u64>>, String> {
        let hot = keys.iter().map(|key| self.hot.get(key).copied());
        let mut found = hot.collect();
        // What was sealed last is the likeliest to come again.
        for group in self.groups.iter().rev() {
            self.find_in(group, keys, runs, &mut found)?;
        }
        Ok(found)
    }

    fn find_in(
        &self,
        group: &Group,
        keys: &[KeyHash],
        runs: &impl Runs,
        found: &mut Vec<Option<u64>>,
    ) -> Result<(), String> {
        let slots = keys.iter().zip(&*found).map(|(key, found)| match found {
            Some(_) => 0,
            None => group.slots_with(key),
        });
        let slots: Vec<u64> = slots.collect();
        let any = slots.iter().fold(0, |any, slots| any | slots);
        for (run, span) in group.runs().rev().filter(|(_, span)| self.forgotten < span.last) {
            let slot = 1 << (run % RUNS_PER_GROUP);
            if any & slot == 0 {
                continue;
            }
            let mut row = None;
            let unknown = keys.iter().zip(&slots).zip(&mut *found);
            for ((key, _), found) in
                unknown.filter(|((_, slots), found)| *slots & slot != 0 && found.is_none())
            {
                let row: &mut Vec<u8> = match &mut row {
                    Some(row) => row,
                    none => none.insert(runs.run(run)?),
                };
                let sequence = span.find(span.records(run, row)?, key);
                *found = sequence.filter(|sequence| self.forgotten < *sequence);
            }
        }
        Ok(())
    }

    /// What to write so that the keys of entries up to `last` may leave memory. The row of the last run is read when
    /// there is room in it.
    ///
    /// # Errors
    /// When that row cannot be read.
    pub fn seal(&self, last: u64, runs: &impl Runs) -> Result<Sealing, String> {
        let leaving = self.hot.iter().filter(|(_, sequence)| **sequence <= last);
        let mut leaving: Vec<Key> = leaving.map(|(hash, sequence)| (*sequence, *hash)).collect();
        let (rows, changed, full) = (Vec::new(), Vec::new(), Vec::new());
        let mut sealing = Sealing { rows, full, last, changed, next_run: self.next_run };
        if leaving.is_empty() {
            return Ok(sealing);
        }
        let mut first_run = self.next_run;
        if let Some((run, span)) = self.open_run() {
            let keys = span.keys(run, &runs.run(run)?)?;
            leaving.extend(keys.iter().filter(|(sequence, _)| self.forgotten < *sequence));
            first_run = run;
        }
        leaving.sort_unstable();
        for (number, keys) in (first_run..).zip(run::cut(&leaving, self.run_limit)) {
            sealing.rows.extend(run::row(number, keys));
            sealing.next_run = number + 1;
        }
        let group_of = |row: &RunRow| row.number / RUNS_PER_GROUP;
        for rows in sealing.rows.chunk_by(|row, next| group_of(row) == group_of(next)) {
            sealing.changed.push(self.grown(rows)?);
        }
        let before = self.groups.last().filter(|group| group.number() < first_run / RUNS_PER_GROUP);
        let mut groups: Vec<&Group> = before.into_iter().chain(&sealing.changed).collect();
        groups.pop();
        sealing.full = groups.into_iter().map(Group::row).collect();
        Ok(sealing)
    }

    /// The last run, if more keys may go into it.
    fn open_run(&self) -> Option<(u64, Span)> {
        let last = self.groups.last()?.runs().next_back();
        last.filter(|(_, span)| span.count < self.run_limit)
    }

    /// The group of these runs, with those before them.
    fn grown(&self, rows: &[RunRow]) -> Result<Group, String> {
        let (mut spans, mut marks) = (Vec::new(), Vec::new());
        for row in rows {
            let span = Span::of(row)?;
            marks.extend(span.marks(row)?);
            spans.push(span);
        }
        marks.sort_unstable();
        let first = rows.first().map_or(self.next_run, |row| row.number);
        let group = self.groups.last().filter(|group| group.number() == first / RUNS_PER_GROUP);
        Ok(match group {
            Some(group) => group.with(first, &spans, &marks),
            None => Group::new(first, spans, marks.into_iter()),
        })
    }

    /// Lets the keys go whose rows are written.
    pub fn apply(&mut self, sealing: Sealing) {
        let Sealing { last, changed, next_run, .. } = sealing;
        self.hot.retain(|_, sequence| last < *sequence);
        self.hot.shrink_to(2 * self.hot.len());
        if let Some(first) = changed.first() {
            self.groups.retain(|group| group.number() < first.number());
        }
        self.groups.extend(changed);
        self.next_run = next_run;
    }

    /// Which rows are needed once retention has taken the entries up to `last`.
    #[must_use]
    pub fn living_after(&self, last: u64) -> Living {
        let last = last.max(self.forgotten);
        let mut runs = self.groups.iter().flat_map(Group::runs);
        let run = runs.find(|(_, span)| last < span.last).map_or(self.next_run, |(run, _)| run);
        Living { run, group: run / RUNS_PER_GROUP }
    }

    /// Forgets the keys of entries up to `last`: an entry with one of them is new again.
    pub fn forget(&mut self, last: u64) {
        let last = last.max(self.forgotten);
        self.forgotten = last;
        self.hot.retain(|_, sequence| last < *sequence);
        self.groups.retain(|group| last < group.last());
    }

    /// How many bytes of memory it takes, about.
    #[must_use]
    pub fn memory(&self) -> usize {
        let hot = self.hot.capacity() * (size_of::<(KeyHash, u64)>() + 1);
        hot + self.groups.iter().map(Group::memory).sum::<usize>()
    }
}
