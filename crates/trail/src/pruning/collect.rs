//! The values of entries to statistics.

use std::{
    collections::{BTreeSet, HashSet},
    mem,
};

use trailsift_core::{Number, Timestamp, View, address};

use super::{
    Stats,
    bloom::{self, Bloom},
    column::{Column, Summary, TEXT_END, Values},
    scalar,
};

/// So many values are few, if they also have no more bytes together. Auth0's event codes in a segment are about 40.
const FEW: usize = 64;
const FEW_BYTES: usize = 1024;

/// The most texts in a segment's Bloom filter. Columns with fewer texts come first: who holds a nearly unique one has
/// more often its time, too.
const BLOOM_KEYS: usize = 16_384;

/// Gathers the values of a segment's entries.
///
/// ```
/// use trailsift_core::View;
/// use trailsift_trail::pruning::Collector;
///
/// let mut collector = Collector::default();
/// let allowed = collector.path("allowed", false);
/// collector.begin_entry();
/// collector.see(allowed, &View::Bool(true));
/// assert!(collector.finish().encode().len() < 20);
/// ```
#[derive(Debug)]
pub struct Collector {
    /// [`FEW`], but in tests.
    pub(super) few: usize,
    entries: u64,
    columns: Vec<Gathered>,
    scratch: Vec<u8>,
}

#[derive(Debug)]
struct Gathered {
    path: String,
    is_id: bool,
    values: HashSet<Vec<u8>>,
    /// How many entries have a value, and the number of the last.
    having: u64,
    last: u64,
}

impl Default for Collector {
    fn default() -> Self {
        Self { few: FEW, entries: 0, columns: Vec::new(), scratch: Vec::new() }
    }
}

impl Collector {
    /// The number under which the values at a path are seen. Ids are not looked for by their text alone, but by where
    /// they lie between others.
    pub fn path(&mut self, path: &str, is_id: bool) -> usize {
        if let Some(known) = self.columns.iter().position(|column| column.path == path) {
            return known;
        }
        let path = path.to_owned();
        self.columns.push(Gathered { path, is_id, values: HashSet::new(), having: 0, last: 0 });
        self.columns.len() - 1
    }

    /// What is seen from now on is another entry's.
    pub const fn begin_entry(&mut self) {
        self.entries += 1;
    }

    /// A value of the entry at a path, as [`trailsift_core::values_at`] gives it.
    pub fn see(&mut self, path: usize, view: &View<'_>) {
        let Some(column) = self.columns.get_mut(path) else { return };
        if column.last != self.entries {
            column.last = self.entries;
            column.having += 1;
        }
        self.scratch.clear();
        scalar::write(view, &mut self.scratch);
        if !column.values.contains(self.scratch.as_slice()) {
            column.values.insert(self.scratch.clone());
        }
    }

    /// The statistics of all entries that were seen.
    #[must_use]
    pub fn finish(self) -> Stats {
        let entries = self.entries;
        let mut columns = Vec::new();
        let mut hashed = Vec::new();
        for mut gathered in self.columns {
            let values = mem::take(&mut gathered.values);
            let (values, keys) = values_of(values, gathered.is_id, self.few);
            hashed.extend(keys.map(|keys| (keys.len(), gathered.path.clone(), keys)));
            let every = gathered.having == entries;
            columns.push(Column { path: gathered.path, every, values });
        }
        columns.sort_by(|a, b| a.path.cmp(&b.path));
        hashed.sort();
        let mut all = BTreeSet::new();
        for (_, path, keys) in hashed {
            let more = keys.iter().filter(|key| !all.contains(*key)).count();
            if all.len() + more <= BLOOM_KEYS
                && let Ok(index) = columns.binary_search_by(|column| column.path.cmp(&path))
                && let Some(Column { values: Values::Many(summary), .. }) = columns.get_mut(index)
            {
                summary.in_bloom = true;
                all.extend(keys);
            }
        }
        Stats { columns, bloom: Bloom::of(all.into_iter()) }
    }
}

/// What is kept of a column's values, and what of them would go into the Bloom filter.
fn values_of(values: HashSet<Vec<u8>>, is_id: bool, few: usize) -> (Values, Option<BTreeSet<u64>>) {
    let bytes: usize = values.iter().map(Vec::len).sum();
    if values.len() <= few && bytes <= FEW_BYTES {
        let mut values: Vec<_> = values.into_iter().collect();
        values.sort();
        return (Values::Few(values), None);
    }
    let mut summary = Summary::default();
    let mut keys = BTreeSet::new();
    for view in values.iter().filter_map(|value| scalar::view(value)) {
        match view {
            View::Null => summary.has_null = true,
            View::Bool(value) => {
                summary.has_true |= value;
                summary.has_false |= !value;
            }
            View::Object | View::Array => summary.has_object = true,
            View::Number(number) => widen(&mut summary.numbers, number),
            View::Text(text) => {
                keys.insert(bloom::text_key(&text));
                see_text(&mut summary, &text);
            }
        }
    }
    // A date is looked for by where it lies, too.
    let is_hashed = !is_id && summary.no_date && !keys.is_empty();
    (Values::Many(Box::new(summary)), is_hashed.then_some(keys))
}

fn see_text(summary: &mut Summary, text: &[u8]) {
    summary.beyond_ascii |= !text.is_ascii();
    let cut = text.get(..TEXT_END).unwrap_or(text).to_vec();
    widen(&mut summary.texts, cut);
    match Timestamp::parse(text) {
        Some(date) => widen(&mut summary.dates, date),
        None => summary.no_date = true,
    }
    if let Some(address) = address::parse(text) {
        widen(&mut summary.addresses, address);
    }
    if let Some(number) = std::str::from_utf8(text).ok().and_then(Number::parse) {
        widen(&mut summary.number_texts, number);
    }
}

fn widen<T: Ord + Clone>(ends: &mut Option<(T, T)>, value: T) {
    *ends = Some(match ends.take() {
        None => (value.clone(), value),
        Some((low, high)) => (low.min(value.clone()), high.max(value)),
    });
}
