//! The result as a page: the goals, the counts, all measurements, and what they were made with.

use std::fmt::Write as _;
use std::fs;

use super::Bench;
use super::counts::{Agreement, agreements};
use super::goals::{GOALS, Goal, Outcome};
use super::measurements::{Measurement, Measurements, median, short};

const ABOUT: &str = "\
`cargo xtask bench` writes this page: ours and its peers on the same files in one run, one program at a time, the files
in the page cache. Times are medians of all runs, which take turns. Machines and their neighbours differ by more than
most of what is compared here: only the ratios of one run mean something. They compare the time of processors where both
sides read bytes and it is known of both, else the time that passed (Chromium, and logs that were loaded before).
";

impl Bench<'_> {
    /// The whole page, in Markdown.
    pub(super) fn page(&self, command: &str) -> String {
        let mut page = format!("# Benchmarks\n\n{ABOUT}\n");
        self.circumstances(&mut page, command);
        goals(&mut page, GOALS, &self.results);
        self.counts(&mut page);
        measured(&mut page, &self.results);
        page
    }

    /// Whether all sides found the same.
    pub(super) fn agrees(&self) -> bool {
        agreements(&self.results, &self.queries).iter().all(Agreement::holds)
    }

    fn circumstances(&self, page: &mut String, command: &str) {
        let size = self.size;
        let q1 = self.queries.first().map_or("", |query| query.text.as_str());
        let rows = [
            ("command", format!("`{command}`")),
            ("date", jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M UTC").to_string()),
            ("machine", machine()),
            ("load when it began", self.load.clone()),
            ("log that is scanned", format!("{} entries, {}", size.cold, self.bytes_of_cold())),
            ("log that is asked again", format!("{} entries in random order", size.warm)),
            ("Q1", format!("`{q1}`")),
        ];
        page.push_str("| | |\n| --- | --- |\n");
        for (name, value) in rows {
            let _ = writeln!(page, "| {name} | {value} |");
        }
        if !self.failed.is_empty() {
            let _ = writeln!(page, "| **failed** | {} |", self.failed.join(", "));
        }
        for (name, version) in &self.results.versions {
            let _ = writeln!(page, "| {name} | {version} |");
        }
    }

    fn bytes_of_cold(&self) -> String {
        let bytes = self.results.named("wasm/q1").and_then(|measurement| measurement.bytes);
        bytes.map_or_else(|| "not read in this run".to_owned(), |bytes| megabytes(bytes, "MB"))
    }

    fn counts(&self, page: &mut String) {
        page.push_str("\n## Counts\n\nWhat each side found must be the same.\n\n");
        page.push_str("| question | query | entries found | by |\n| --- | --- | --- | --- |\n");
        for agreement in agreements(&self.results, &self.queries) {
            let query = self.queries.iter().find(|query| query.name == agreement.question);
            let asked = query.map_or_else(String::new, |query| {
                format!("{}: `{}`", query.about, query.text.replace('|', "\\|"))
            });
            let by: Vec<_> = agreement.counts.keys().map(String::as_str).collect();
            let found = match agreement.counts.values().next() {
                Some(count) if agreement.holds() => count.to_string(),
                _ => {
                    format!("**they differ**: {:?}", agreement.counts.values().collect::<Vec<_>>())
                }
            };
            let _ = writeln!(
                page,
                "| {} | {asked} | {found} | {} |",
                agreement.question,
                by.join(", ")
            );
        }
    }
}

/// The table of goals; whether all of them are reached.
pub(super) fn goals(page: &mut String, goals: &[Goal], results: &Measurements) -> bool {
    page.push_str("\n## Goals\n\n\"must\" is the least, \"aim\" what we want. In brackets: ours to theirs.\n\n");
    page.push_str("| what | measured | must | aim | reached |\n| --- | --- | --- | --- | --- |\n");
    let mut all = true;
    for goal in goals {
        let verdict = goal.judge(results);
        all &= matches!(verdict.outcome, Outcome::Aim | Outcome::Must);
        let reached = match verdict.outcome {
            Outcome::Aim if verdict.aim.is_empty() => "must".to_owned(),
            Outcome::Aim => "aim".to_owned(),
            Outcome::Must => "must".to_owned(),
            Outcome::Missed => "**missed**".to_owned(),
            Outcome::Open(why) => why,
        };
        let (what, measured) = (goal.what, verdict.measured);
        let _ = writeln!(
            page,
            "| {what} | {measured} | {} | {} | {reached} |",
            verdict.must, verdict.aim
        );
    }
    all
}

/// The table of everything that was measured.
pub(super) fn measured(page: &mut String, results: &Measurements) {
    page.push_str("\n## All measurements\n\n");
    page.push_str(
        "| side/question | it starts with | median | least to most | of CPU | runs | speed |\n\
         | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for (name, measurement) in results.iter() {
        if let Some(line) = line(name, measurement) {
            let _ = writeln!(page, "| {name} | {} | {line} |", start(name));
        }
    }
}

/// A measurement's columns; nothing where it was only counted.
fn line(name: &str, measurement: &Measurement) -> Option<String> {
    if let Some(why) = &measurement.absent {
        return Some(format!("{why} | | | |"));
    }
    if let Some(value) = measurement.value {
        let text = match name {
            "table/peak" => format!("{value:.2} x"),
            "table/memory" => format!("{value:.0} B/entry"),
            _ if name.starts_with("store/memory") || name.starts_with("store/process") => {
                megabytes(value, "MB")
            }
            _ if name.starts_with("store/") => short(value),
            _ => megabytes(value, "MB"),
        };
        return Some(format!("{text} | | | |"));
    }
    let ms =
        |time: Option<f64>| time.map_or_else(String::new, |time| format!("{} ms", short(time)));
    let least = measurement.wall.iter().copied().reduce(f64::min)?;
    let most = measurement.wall.iter().copied().reduce(f64::max)?;
    let speed = match (measurement.bytes, measurement.speed()) {
        (Some(_), Some(speed)) => megabytes(speed, "MB/s"),
        _ => String::new(),
    };
    Some(format!(
        "{} | {} to {} | {} | {} | {speed}",
        ms(measurement.time()),
        short(least),
        short(most),
        ms(median(&measurement.cpu)),
        measurement.wall.len(),
    ))
}

/// What a side has when its clock starts.
fn start(name: &str) -> &'static str {
    let (side, what) = name.split_once('/').unwrap_or((name, ""));
    match (side, what) {
        _ if what.contains("memory") || what == "peak" || side == "size" => "",
        ("wasm" | "json", _) | ("table", "columns-top" | "columns-all") => "bytes in memory",
        ("liqe", "q1") => "bytes in memory",
        ("native" | "ripgrep" | "jq", _) => "a file's name; its process begins",
        ("duckdb" | "duckdb-1", "warm-q1" | "warm-substring") => "a table",
        ("duckdb" | "duckdb-1", _) => "a file's name",
        ("chromium", _) => "a File",
        ("workerd", _) => "a request's body",
        ("store", _) => "a request",
        _ => "entries that were loaded",
    }
}

fn megabytes(bytes: f64, unit: &str) -> String {
    format!("{} {unit}", short(bytes / 1e6))
}

/// The processor, how many of it, the memory and the kernel, as far as Linux tells.
pub(super) fn machine() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let model = field(&read("/proc/cpuinfo"), "model name").unwrap_or_else(|| "unknown".to_owned());
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = field(&read("/proc/meminfo"), "MemTotal").unwrap_or_default();
    let kernel = read("/proc/sys/kernel/osrelease");
    format!("{model}, {processors} processors, {memory} of memory, Linux {}", kernel.trim())
}

/// The system's load of the last minutes.
pub(super) fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').take(3).collect::<Vec<_>>().join(" ")
}
