//! Whether all sides found the same: a fast wrong answer is none.

use std::collections::BTreeMap;

use super::measurements::Measurements;
use super::queries::Query;

/// What each side counted for one question.
#[derive(Debug)]
pub(super) struct Agreement {
    pub(super) question: String,
    /// By side.
    pub(super) counts: BTreeMap<String, u64>,
}

impl Agreement {
    /// Whether all counts are the same.
    pub(super) fn holds(&self) -> bool {
        let mut counts = self.counts.values();
        let first = counts.next();
        counts.all(|count| Some(count) == first)
    }
}

/// All questions that more than one side answered.
pub(super) fn agreements(all: &Measurements, queries: &[Query]) -> Vec<Agreement> {
    let mut questions: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    for (name, measurement) in all.iter() {
        if let (Some((side, question)), Some(count)) = (question(name, queries), measurement.count)
        {
            questions.entry(question).or_default().insert(side.to_owned(), count);
        }
    }
    let all = questions.into_iter().map(|(question, counts)| Agreement { question, counts });
    all.filter(|agreement| agreement.counts.len() > 1).collect()
}

/// The side and the question that a measurement's name means; none where the question is another one at every side.
fn question<'n>(name: &'n str, queries: &[Query]) -> Option<(&'n str, String)> {
    let (side, what) = name.split_once('/')?;
    let question = match (side, what) {
        // These answer a part of Q1.
        ("liqe" | "ripgrep", _) => return None,
        ("chromium", "filter" | "json") => return Some((name, "q1".to_owned())),
        ("table" | "objects", "q1" | "substring") => format!("warm {what}"),
        ("duckdb-1", "warm-q1" | "warm-substring") => what.replace('-', " "),
        ("table" | "objects" | "chromium", _) => return None,
        _ => {
            let query = what.strip_suffix(" escaped").unwrap_or(what);
            queries.iter().find(|known| known.name == query)?;
            what.to_owned()
        }
    };
    Some((side, question))
}

#[cfg(test)]
mod tests {
    use super::agreements;
    use crate::bench::measurements::{Measurement, Measurements};
    use crate::bench::queries;

    fn of(counts: &[(&str, u64)]) -> Vec<(String, bool)> {
        let mut all = Measurements::default();
        for (name, count) in counts {
            all.add(name, Measurement { count: Some(*count), ..Measurement::default() });
        }
        let all = agreements(&all, &queries::all().unwrap());
        all.into_iter()
            .map(|agreement| (agreement.holds(), agreement.question))
            .map(|(a, b)| (b, a))
            .collect()
    }

    #[test]
    fn one_side_that_differs_is_seen() {
        let same = [("wasm/q1", 5), ("jq/q1", 5), ("chromium/filter", 5), ("liqe/q1", 9)];
        assert_eq!(of(&same), [("q1".to_owned(), true)]);
        assert_eq!(of(&[("wasm/q1", 5), ("workerd/q1", 6)]), [("q1".to_owned(), false)]);
        let other_files = [("wasm/q1", 5), ("wasm/q1 escaped", 1), ("json/q1 escaped", 2)];
        assert_eq!(of(&other_files), [("q1 escaped".to_owned(), false)]);
        assert_eq!(
            of(&[("table/q1", 1), ("duckdb-1/warm-q1", 1), ("objects/q1", 2)]),
            [("warm q1".to_owned(), false)]
        );
    }
}
