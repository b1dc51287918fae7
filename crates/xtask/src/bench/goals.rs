//! What is to be reached: each goal names two measurements, or one and a bound, with the least and what is aimed at.

use std::time::Duration;

use super::measurements::{Measurement, Measurements, short};

/// Ten million entries take their time.
pub(super) const HOURS: Duration = Duration::from_secs(3 * 3600);

/// One line of the table of goals.
pub(super) struct Goal {
    /// What is measured, for people.
    pub(super) what: &'static str,
    /// The name of our measurement.
    ours: &'static str,
    rule: Rule,
    /// The least; none where there is only an aim.
    must: Option<f64>,
    /// What we want; none where there is only a least.
    aim: Option<f64>,
}

/// How a measurement is held against a goal.
enum Rule {
    /// So many times as fast as the fastest of these, called so.
    Times(&'static [&'static str], &'static str),
    /// At least so much of the unit.
    AtLeast(Unit),
    /// At most so much of it.
    AtMost(Unit),
}

/// What a bound counts.
#[derive(Clone, Copy)]
enum Unit {
    MegabytesPerSecond,
    /// Of processors' time.
    MegabytesPerCpuSecond,
    Milliseconds,
    Megabytes,
    Kilobytes,
    BytesPerEntry,
    Share,
    PerSecond,
    Count,
}

/// How a goal came out.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Outcome {
    Aim,
    Must,
    Missed,
    /// Nothing to judge, and why.
    Open(String),
}

/// A goal held against what was measured, as text.
pub(super) struct Verdict {
    pub(super) measured: String,
    pub(super) must: String,
    pub(super) aim: String,
    pub(super) outcome: Outcome,
}

const fn times(
    what: &'static str,
    ours: &'static str,
    theirs: &'static [&'static str],
    named: &'static str,
    must: Option<f64>,
    aim: Option<f64>,
) -> Goal {
    Goal { what, ours, rule: Rule::Times(theirs, named), must, aim }
}

const fn at_most(
    what: &'static str,
    ours: &'static str,
    unit: Unit,
    must: f64,
    aim: Option<f64>,
) -> Goal {
    Goal { what, ours, rule: Rule::AtMost(unit), must: Some(must), aim }
}

const fn at_least(
    what: &'static str,
    ours: &'static str,
    unit: Unit,
    must: f64,
    aim: Option<f64>,
) -> Goal {
    Goal { what, ours, rule: Rule::AtLeast(unit), must: Some(must), aim }
}

const JSON: &str = "JSON.parse";
const DUCKDB: &str = "DuckDB, 1 thread";
const DRAIN: &str = "reading alone";

/// All goals, in the order of the table.
#[rustfmt::skip]
pub(super) const GOALS: &[Goal] = &[
    times("cold Q1, WebAssembly, bytes in memory", "wasm/q1", &["json/q1"], JSON, Some(10.0), Some(15.0)),
    times("the same; DuckDB opens the file", "wasm/q1", &["duckdb-1/q1"], DUCKDB, Some(3.6), None),
    times("the same; ripgrep opens the file", "wasm/q1", &["ripgrep/literal"], "ripgrep", None, Some(0.8)),
    times("cold Q1, every value all `\\u` escapes", "wasm/q1 escaped", &["json/q1 escaped"], JSON, Some(10.0), Some(15.0)),
    times("cold, any field's position, no usable literal", "wasm/anywhere", &["json/anywhere"], JSON, Some(4.0), Some(6.0)),
    times("cold caseless free text", "wasm/text", &["json/text"], JSON, Some(10.0), Some(16.0)),
    times("native Q1, both open the file", "native/q1", &["ripgrep/literal"], "ripgrep", Some(1.0), Some(1.5)),
    times("Chromium, a File, in a worker", "chromium/filter", &["chromium/drain", "chromium/stream"], DRAIN, Some(0.7), Some(0.9)),
    times("the same", "chromium/filter", &["chromium/json"], "TextDecoder and JSON.parse", Some(3.0), Some(5.0)),
    at_least("columns of the top level while streaming", "table/columns-top", Unit::MegabytesPerSecond, 500.0, Some(700.0)),
    times("the same; DuckDB opens the file", "table/columns-top", &["duckdb-1/columns-top"], DUCKDB, Some(2.0), None),
    at_least("columns of all leaves while streaming", "table/columns-all", Unit::MegabytesPerSecond, 250.0, Some(350.0)),
    times("the same; DuckDB opens the file", "table/columns-all", &["duckdb-1/columns-all"], DUCKDB, Some(1.0), None),
    at_most("warm Q1, nothing cached", "table/q1", Unit::Milliseconds, 2.0, Some(1.0)),
    times("the same", "table/q1", &["duckdb-1/warm-q1"], DUCKDB, Some(5.0), Some(9.0)),
    times("the same", "table/q1", &["objects/q1"], "objects and closure", Some(10.0), Some(20.0)),
    at_most("one clause edited", "table/edited", Unit::Milliseconds, 1.0, Some(0.3)),
    at_most("warm substring, near-unique", "table/substring", Unit::Milliseconds, 8.0, None),
    times("the same", "table/substring", &["duckdb-1/warm-substring"], DUCKDB, Some(5.0), Some(10.0)),
    at_most("facets of 6 fields and a histogram of 120", "table/facets", Unit::Milliseconds, 20.0, Some(8.0)),
    at_most("sorted by a column, first page", "table/sort", Unit::Milliseconds, 60.0, Some(20.0)),
    at_most("memory of the table", "table/memory", Unit::BytesPerEntry, 120.0, Some(80.0)),
    at_most("its peak, of the table", "table/peak", Unit::Share, 1.3, None),
    at_most("memory of a scan, WebAssembly", "wasm/memory", Unit::Megabytes, 24.0, None),
    at_most("the same over 2 GiB in Chromium", "chromium/filter huge memory", Unit::Megabytes, 24.0, None),
    at_least("workerd, streamed body, Q1", "workerd/q1", Unit::MegabytesPerCpuSecond, 1000.0, Some(1500.0)),
    at_most("engine.wasm in gzip", "size/gzip", Unit::Kilobytes, 250.0, Some(120.0)),
];

/// The goals of the store.
#[rustfmt::skip]
pub(super) const STORE: &[Goal] = &[
    at_least("entries appended through HTTP, 1,000 a batch", "store/append", Unit::PerSecond, 20_000.0, None),
    at_most("rows written for 1,000 entries, sealing and all", "store/rows", Unit::Count, 5.0, None),
    at_most("sealed files, of the NDJSON", "store/sealed share", Unit::Share, 0.25, None),
    at_most("R2 gets of a page of 100 that lies in one segment, in the large trail", "store/page gets large", Unit::Count, 3.0, None),
    at_most("what it reads of R2, of a middling segment", "store/page share large", Unit::Share, 1.25, None),
    at_most("its time of processors, of that in a hundredth of the trail", "store/page growth", Unit::Share, 1.5, None),
    at_least("a query that prunes nothing, over all of the large trail", "store/scan large", Unit::MegabytesPerCpuSecond, 300.0, None),
    at_most("memory of the isolate, appending", "store/memory appending", Unit::Megabytes, 100.0, None),
    at_most("the same, filling trails", "store/memory filling", Unit::Megabytes, 100.0, None),
    at_most("the same, answering queries", "store/memory asking", Unit::Megabytes, 100.0, None),
];

impl Goal {
    /// Holds the goal against what was measured.
    pub(super) fn judge(&self, all: &Measurements) -> Verdict {
        let (must, aim) = (self.bound(self.must), self.bound(self.aim));
        match self.measured(all) {
            Err(why) => {
                Verdict { measured: "–".to_owned(), must, aim, outcome: Outcome::Open(why) }
            }
            Ok((value, measured)) => {
                let reached = |bound: f64| match self.rule {
                    Rule::AtMost(_) => value <= bound,
                    Rule::Times(..) | Rule::AtLeast(_) => value >= bound,
                };
                let outcome = match (self.must.map(reached), self.aim.map(reached)) {
                    (_, Some(true)) | (Some(true), None) => Outcome::Aim,
                    (Some(true), Some(false)) => Outcome::Must,
                    _ => Outcome::Missed,
                };
                Verdict { measured, must, aim, outcome }
            }
        }
    }

    /// What the goal compares, and as text; or why there is nothing to compare.
    fn measured(&self, all: &Measurements) -> Result<(f64, String), String> {
        let ours = present(all, self.ours)?;
        let missing = || format!("{} was not measured", self.ours);
        match self.rule {
            Rule::Times(theirs, named) => {
                let mut least: Option<(f64, String)> = None;
                for name in theirs {
                    let found = ours.times_as_fast(present(all, name)?).ok_or_else(missing)?;
                    if least.as_ref().is_none_or(|(ratio, _)| found.0 < *ratio) {
                        least = Some(found);
                    }
                }
                let (ratio, figures) = least.ok_or_else(missing)?;
                Ok((ratio, format!("{ratio:.2} x {named} ({figures})")))
            }
            Rule::AtLeast(unit) | Rule::AtMost(unit) => {
                let value = unit.of(ours).ok_or_else(missing)?;
                Ok((value, unit.text(value)))
            }
        }
    }

    fn bound(&self, bound: Option<f64>) -> String {
        match (bound, &self.rule) {
            (None, _) => String::new(),
            (Some(bound), Rule::Times(..)) => format!("{bound} x"),
            (Some(bound), Rule::AtLeast(unit)) => format!("≥ {}", unit.text(bound)),
            (Some(bound), Rule::AtMost(unit)) => format!("≤ {}", unit.text(bound)),
        }
    }
}

impl Unit {
    fn of(self, measurement: &Measurement) -> Option<f64> {
        match self {
            Unit::MegabytesPerSecond => {
                Some(measurement.speed_of_cpu().or(measurement.speed())? / 1e6)
            }
            Unit::MegabytesPerCpuSecond => Some(measurement.speed_of_cpu()? / 1e6),
            Unit::Milliseconds => measurement.time(),
            Unit::Megabytes => Some(measurement.value? / 1e6),
            Unit::Kilobytes => Some(measurement.value? / 1e3),
            Unit::BytesPerEntry | Unit::Share | Unit::PerSecond | Unit::Count => measurement.value,
        }
    }

    fn text(self, value: f64) -> String {
        match self {
            Unit::MegabytesPerSecond => format!("{value:.0} MB/s"),
            Unit::MegabytesPerCpuSecond => format!("{value:.0} MB/CPU-s"),
            Unit::Milliseconds => format!("{} ms", short(value)),
            Unit::Megabytes => format!("{} MB", short(value)),
            Unit::Kilobytes => format!("{value:.0} kB"),
            Unit::BytesPerEntry => format!("{value:.0} B/entry"),
            Unit::Share => format!("{value:.2} x"),
            Unit::PerSecond => format!("{value:.0}/s"),
            Unit::Count => short(value),
        }
    }
}

fn present<'m>(all: &'m Measurements, name: &str) -> Result<&'m Measurement, String> {
    let found = all.named(name).ok_or_else(|| "not measured in this run".to_owned())?;
    match &found.absent {
        Some(why) => Err(why.clone()),
        None => Ok(found),
    }
}

#[cfg(test)]
mod tests {
    use super::{Outcome, Unit, at_most, times};
    use crate::bench::measurements::{Measurement, Measurements};

    fn measured(pairs: &[(&str, f64)]) -> Measurements {
        let mut all = Measurements::default();
        for (name, wall) in pairs {
            let bytes = Some(1e6);
            all.add(name, Measurement { wall: vec![*wall], bytes, ..Measurement::default() });
        }
        all
    }

    #[test]
    fn a_ratio_is_taken_with_the_fastest_of_the_others() {
        let goal = times("", "a", &["b", "c"], "them", Some(2.0), Some(4.0));
        let outcome =
            |a: f64, b: f64, c: f64| goal.judge(&measured(&[("a", a), ("b", b), ("c", c)])).outcome;
        assert_eq!(outcome(1.0, 4.0, 9.0), Outcome::Aim);
        assert_eq!(outcome(1.0, 9.0, 3.9), Outcome::Must);
        assert_eq!(outcome(1.0, 9.0, 1.9), Outcome::Missed);
        let verdict = goal.judge(&measured(&[("a", 2.0), ("b", 5.0), ("c", 9.0)]));
        assert_eq!((&*verdict.measured, &*verdict.must), ("2.50 x them (500 to 200 MB/s)", "2 x"));
    }

    #[test]
    fn what_is_absent_is_neither_held_nor_missed() {
        let goal = times("", "a", &["b"], "them", Some(2.0), None);
        let mut all = measured(&[("a", 1.0)]);
        assert_eq!(goal.judge(&all).outcome, Outcome::Open("not measured in this run".into()));
        all.absent("b", "no network");
        assert_eq!(goal.judge(&all).outcome, Outcome::Open("no network".into()));
    }

    #[test]
    fn a_bound_from_above_and_its_text() {
        let goal = at_most("", "a", Unit::Milliseconds, 2.0, Some(0.3));
        let verdict = goal.judge(&measured(&[("a", 1.5)]));
        assert_eq!(verdict.outcome, Outcome::Must);
        assert_eq!((&*verdict.measured, &*verdict.aim), ("1.5 ms", "≤ 0.3 ms"));
    }
}
