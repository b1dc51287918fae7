//! What the generator knows about its entries because it decided it: the counts that tests compare answers
//! to. Nothing here reads an entry back.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Map, Value, json};

use super::clock::{Millis, Moment};

/// Counts, ids and bounds of the entries written so far.
#[derive(Default)]
pub(crate) struct Truth {
    entries: u64,
    bytes: u64,
    first: Option<Millis>,
    last: Option<Millis>,
    hours: BTreeMap<Millis, u64>,
    counts: BTreeMap<&'static str, BTreeMap<&'static str, u64>>,
    distinct: BTreeMap<&'static str, HashSet<u64>>,
    ids: BTreeMap<&'static str, Vec<String>>,
}

impl Truth {
    /// One more entry whose time field says `at`.
    pub(super) fn at(&mut self, at: Millis) {
        self.first = Some(self.first.map_or(at, |first| first.min(at)));
        self.last = Some(self.last.map_or(at, |last| last.max(at)));
        *self.hours.entry(at / 3_600_000).or_default() += 1;
    }

    pub(super) fn written(&mut self, bytes: usize) {
        self.entries += 1;
        self.bytes += bytes as u64;
    }

    pub(super) fn count(&mut self, group: &'static str, key: &'static str) {
        *self.counts.entry(group).or_default().entry(key).or_default() += 1;
    }

    pub(super) fn distinct(&mut self, group: &'static str, value: u64) {
        self.distinct.entry(group).or_default().insert(value);
    }

    /// Remembers an entry by its id.
    pub(super) fn id(&mut self, group: &'static str, id: &str) {
        self.ids.entry(group).or_default().push(id.to_owned());
    }

    pub(super) fn ids_of(&self, group: &'static str) -> usize {
        self.ids.get(group).map_or(0, Vec::len)
    }

    /// `{"entries", "bytes", "first", "last", "hours": {"2026-06-10T09": n}, "counts": {group: {key: n}},
    /// "distinct": {group: n}, "ids": {group: […]}}`; `first` and `last` are null without entries.
    pub(crate) fn to_json(&self) -> Value {
        let time = |at: Millis| Moment::new(at).rfc3339();
        let hours: Map<String, Value> = self
            .hours
            .iter()
            .map(|(hour, count)| (Moment::new(hour * 3_600_000).hour(), json!(count)))
            .collect();
        let distinct: Map<String, Value> = self
            .distinct
            .iter()
            .map(|(group, values)| ((*group).to_owned(), json!(values.len())))
            .collect();
        json!({
            "entries": self.entries,
            "bytes": self.bytes,
            "first": self.first.map(time),
            "last": self.last.map(time),
            "hours": hours,
            "counts": self.counts,
            "distinct": distinct,
            "ids": self.ids,
        })
    }
}
