//! Which rows a filter means, as a bitmap, and the bitmaps of the leaves that were asked for before.

use alloc::{sync::Arc, vec::Vec};

use trailsift_core::{
    Filter,
    filter::{Leaf, Target},
    order,
};

use super::{Bitmap, Lookup, Missing, Table, leaf::LeafPlan};

/// Bitmaps that are kept, of leaves and of whole filters.
const KEPT: usize = 64;

/// Of so many bytes that a table may take, these bitmaps have one.
const SHARE: usize = 16;

/// Free texts whose rows are kept: they cost a reading of all bytes.
const LEARNED: usize = 32;

/// Columns whose order is kept, each way.
const RANKED: usize = 8;

/// A row that is looked at alone costs as much as so many in a loop over all.
const ALONE: u64 = 16;

/// Results by what they answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Cache {
    /// The one used last at the end.
    kept: Vec<(Filter, Arc<Bitmap>)>,
    learned: Vec<(Leaf, Arc<Bitmap>)>,
    ranks: Vec<Ranks>,
}

/// The places of a column's ids in its order.
#[derive(Clone, Debug)]
struct Ranks {
    column: usize,
    descending: bool,
    of_ids: Arc<[u32]>,
}

impl Cache {
    fn get(&mut self, filter: &Filter) -> Option<Arc<Bitmap>> {
        let at = self.kept.iter().position(|(kept, _)| kept == filter)?;
        let found = self.kept.remove(at);
        let rows = Arc::clone(&found.1);
        self.kept.push(found);
        Some(rows)
    }

    fn has(&self, filter: &Filter) -> bool {
        self.kept.iter().any(|(kept, _)| kept == filter)
    }

    /// Keeps a bitmap in so many bytes with all others. Those that were not used for longest give way.
    fn keep(&mut self, filter: &Filter, rows: &Arc<Bitmap>, room: usize) {
        let mut kept = self.kept.iter().map(|(_, rows)| rows.memory()).sum::<usize>();
        while let Some((_, oldest)) = self.kept.first()
            && (kept + rows.memory() > room || self.kept.len() >= KEPT)
        {
            kept -= oldest.memory();
            self.kept.remove(0);
        }
        if rows.memory() <= room {
            self.kept.push((filter.clone(), Arc::clone(rows)));
        }
    }

    /// The rows that a leaf on text anywhere means.
    pub(super) fn learn(&mut self, leaf: Leaf, rows: Bitmap) {
        self.learned.retain(|(other, _)| *other != leaf);
        if self.learned.len() >= LEARNED {
            self.learned.remove(0);
        }
        self.learned.push((leaf, Arc::new(rows)));
    }

    fn learned(&self, leaf: &Leaf) -> Option<&Arc<Bitmap>> {
        self.learned.iter().find(|(other, _)| other == leaf).map(|(_, rows)| rows)
    }

    pub(super) fn ranks(&self, column: usize, descending: bool) -> Option<Arc<[u32]>> {
        let asked = |ranks: &&Ranks| ranks.column == column && ranks.descending == descending;
        self.ranks.iter().find(asked).map(|ranks| Arc::clone(&ranks.of_ids))
    }

    pub(super) fn keep_ranks(&mut self, column: usize, descending: bool, ranks: &Arc<[u32]>) {
        if self.ranks.len() >= RANKED {
            self.ranks.remove(0);
        }
        self.ranks.push(Ranks { column, descending, of_ids: Arc::clone(ranks) });
    }

    pub(super) fn memory(&self) -> usize {
        let ranks = self.ranks.iter().map(|ranks| size_of_val(&*ranks.of_ids)).sum::<usize>();
        let kept = self.kept.iter().map(|(_, rows)| rows.memory());
        kept.chain(self.learned.iter().map(|(_, rows)| rows.memory())).sum::<usize>() + ranks
    }
}

impl Table {
    /// What a filter needs that is not here.
    #[must_use]
    pub fn missing(&self, filter: &Filter) -> Missing {
        let mut missing = Missing::default();
        self.note_missing(filter, &mut missing);
        missing
    }

    /// How many rows the filter means.
    ///
    /// # Errors
    ///
    /// What the table does not have and the filter needs.
    pub fn count(&mut self, filter: &Filter) -> Result<u64, Missing> {
        Ok(self.find(filter)?.count())
    }

    /// The rows that the filter means.
    ///
    /// Bitmaps of the filter and of its leaves are kept, the last few dozen that fit into a sixteenth of the budget, so
    /// that a filter of which one condition is changed costs that one condition.
    ///
    /// # Errors
    ///
    /// What the table does not have and the filter needs.
    pub fn find(&mut self, filter: &Filter) -> Result<Arc<Bitmap>, Missing> {
        if let Some(rows) = self.cache.get(filter) {
            return Ok(rows);
        }
        let missing = self.missing(filter);
        if !missing.is_empty() {
            return Err(missing);
        }
        let rows = self.rows_of(filter);
        if !matches!(filter, Filter::Leaf(_)) {
            self.keep(filter, &rows);
        }
        Ok(rows)
    }

    /// Forgets the bitmaps of earlier questions. What took a reading of the bytes is kept.
    pub fn forget(&mut self) {
        self.cache.kept.clear();
        self.cache.ranks.clear();
    }

    fn keep(&mut self, filter: &Filter, rows: &Arc<Bitmap>) {
        let budget = self.settings.budget;
        let left = budget.saturating_sub(self.columns.memory() + self.rows.memory());
        self.cache.keep(filter, rows, left.min(budget / SHARE));
    }

    fn note_missing(&self, filter: &Filter, missing: &mut Missing) {
        match filter {
            Filter::All => {}
            Filter::And(parts) | Filter::Or(parts) => {
                parts.iter().for_each(|part| self.note_missing(part, missing));
            }
            Filter::Not(part) => self.note_missing(part, missing),
            Filter::Leaf(leaf) => match &leaf.target {
                Target::Paths(paths) => {
                    for path in paths {
                        let path: &str = path;
                        if matches!(self.lookup(path), Lookup::Unknown) {
                            missing.need(path);
                        }
                    }
                }
                Target::Anywhere => {
                    if self.cache.learned(leaf).is_none() && !missing.leaves.contains(leaf) {
                        missing.leaves.push(leaf.clone());
                    }
                }
            },
        }
    }

    fn rows_of(&mut self, filter: &Filter) -> Arc<Bitmap> {
        match filter {
            Filter::All => Arc::new(Bitmap::all(self.len())),
            Filter::And(parts) => Arc::new(self.rows_of_all(parts)),
            Filter::Or(parts) => {
                let mut rows = Bitmap::none(self.len());
                for part in parts {
                    rows.or(&self.rows_of(part));
                }
                Arc::new(rows)
            }
            Filter::Not(part) => {
                let rows = self.rows_of(part);
                Arc::new(Bitmap::clone(&rows).negated())
            }
            Filter::Leaf(leaf) => {
                if let Some(rows) = self.cache.get(filter) {
                    return rows;
                }
                if let Some(rows) = self.cache.learned(leaf) {
                    return Arc::clone(rows);
                }
                let rows = Arc::new(self.plan(leaf).rows());
                self.keep(filter, &rows);
                rows
            }
        }
    }

    /// The cheapest first. Where few rows are left, a costly leaf is held against these alone.
    fn rows_of_all(&mut self, parts: &[Filter]) -> Bitmap {
        let mut parts: Vec<(u64, &Filter)> =
            parts.iter().map(|part| (self.cost(part), part)).collect();
        order::sort(&mut parts, |(a, _), (b, _)| a.cmp(b));
        let mut found: Option<Bitmap> = None;
        let mut left = u64::from(self.len());
        for (cost, part) in parts {
            match (part, &mut found) {
                (Filter::Leaf(leaf), Some(found)) if left * ALONE < cost => {
                    self.plan(leaf).keep_passing(found);
                }
                (_, Some(found)) => found.and(&self.rows_of(part)),
                (_, None) => found = Some(Bitmap::clone(&self.rows_of(part))),
            }
            left = found.as_ref().map_or(left, Bitmap::count);
        }
        found.unwrap_or_else(|| Bitmap::all(self.len()))
    }

    /// About what it costs to find the rows, in rows of a loop.
    fn cost(&self, filter: &Filter) -> u64 {
        match filter {
            Filter::All => 0,
            Filter::And(parts) | Filter::Or(parts) => {
                parts.iter().map(|part| self.cost(part)).fold(0, u64::saturating_add)
            }
            Filter::Not(part) => self.cost(part),
            Filter::Leaf(leaf) if self.cache.has(filter) || self.cache.learned(leaf).is_some() => 0,
            Filter::Leaf(leaf) => self.plan(leaf).cost(),
        }
    }

    fn plan(&self, leaf: &Leaf) -> LeafPlan<'_> {
        let paths = match &leaf.target {
            Target::Paths(paths) => paths.as_slice(),
            Target::Anywhere => &[],
        };
        let columns = paths.iter().filter_map(|path| match self.lookup(path) {
            Lookup::Column(column) => Some(column),
            Lookup::Nowhere | Lookup::Unknown => None,
        });
        let sizes = self.settings.sizes;
        LeafPlan::new(&self.columns.list, columns.collect(), &leaf.test, self.len(), sizes)
    }
}
