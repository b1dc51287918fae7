//! What a step found, counted the same way whoever ran the tests.

use std::fmt;
use std::ops::AddAssign;

use crate::process::Failure;

/// Tests that passed, failed and were skipped; a check that is no suite counts as one test.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) passed: u64,
    pub(super) failed: u64,
    pub(super) skipped: u64,
}

/// A step that ran to its end.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) count: Count,
    /// Why something was skipped, a line each.
    pub(super) skipped: Vec<String>,
}

impl Outcome {
    /// One check that passed.
    pub(super) fn passed() -> Self {
        Self { count: Count { passed: 1, ..Count::default() }, skipped: Vec::new() }
    }

    /// A step with nothing to run in `place`.
    pub(super) fn nothing(place: &str) -> Self {
        Self {
            count: Count { skipped: 1, ..Count::default() },
            skipped: vec![format!("there is nothing in {place} yet")],
        }
    }
}

impl Count {
    /// What the log of `cargo test -- --show-output` counts: the sum over its binaries and documentation. A test
    /// that says it skipped did not pass.
    pub(super) fn of_cargo(log: &str) -> Self {
        let mut sum = Self::default();
        for line in log.lines().filter_map(|line| line.trim().strip_prefix("test result: ")) {
            // `ok. 12 passed; 0 failed; 1 ignored; 0 measured; …`
            let (_, numbers) = line.split_once(". ").unwrap_or(("", line));
            for (number, what) in numbers.split("; ").filter_map(|part| part.split_once(' ')) {
                let number = number.parse().unwrap_or(0);
                match what {
                    "passed" => sum.passed += number,
                    "failed" => sum.failed += number,
                    "ignored" => sum.skipped += number,
                    _ => {}
                }
            }
        }
        let whole = skips(log).filter(|skip| skip.whole).count() as u64;
        sum.passed = sum.passed.saturating_sub(whole);
        sum.skipped += whole;
        sum
    }

    /// What the log of `node --test` counts, in its last lines: `ℹ pass 3`.
    pub(super) fn of_node(log: &str) -> Self {
        let number = |name: &str| {
            log.lines()
                .rev()
                .filter_map(|line| line.trim().strip_prefix("ℹ ")?.strip_prefix(name))
                .find_map(|number| number.trim().parse().ok())
                .unwrap_or(0)
        };
        Self {
            passed: number("pass "),
            failed: number("fail ") + number("cancelled "),
            skipped: number("skipped ") + number("todo "),
        }
    }

    /// What a script says on its last line: `12 passed, 0 failed`, and `, 1 skipped` where something was.
    pub(super) fn of_script(log: &str) -> Self {
        let counts = |line: &str| {
            let (passed, rest) = line.trim().split_once(" passed, ")?;
            let (failed, rest) = rest.split_once(" failed")?;
            let skipped = match rest {
                "" => "0",
                rest => rest.strip_prefix(", ")?.strip_suffix(" skipped")?,
            };
            Some(Self {
                passed: passed.parse().ok()?,
                failed: failed.parse().ok()?,
                skipped: skipped.parse().ok()?,
            })
        };
        log.lines().rev().find_map(counts).unwrap_or_default()
    }

    /// A step that failed: by the tests that failed in it, else as a whole.
    pub(super) fn of_failure(error: &anyhow::Error) -> Self {
        let log = error.downcast_ref::<Failure>().and_then(|failure| failure.read_log().ok());
        let mut count = log.map_or_else(Self::default, |log| {
            let mut count = Self::of_cargo(&log);
            count += Self::of_node(&log);
            count += Self::of_script(&log);
            count
        });
        count.failed = count.failed.max(1);
        count
    }
}

/// A Rust test that said it had nothing to test with; libtest knows no such thing and counts it as passed.
struct Skip<'a> {
    test: &'a str,
    reason: &'a str,
    /// Whether nothing of it ran.
    whole: bool,
}

/// The tests of a log that said `skipped: reason`, or `skipped in part: reason`.
fn skips(log: &str) -> impl Iterator<Item = Skip<'_>> {
    let mut test = None;
    log.lines().filter_map(move |line| {
        // `---- module::name stdout ----`, and what it said until the next empty line.
        if let Some(header) = line.strip_prefix("---- ") {
            test = header.strip_suffix(" stdout ----");
        } else if line.is_empty() {
            test = None;
        }
        let (whole, reason) = match line.strip_prefix("skipped in part: ") {
            Some(reason) => (false, reason),
            None => (true, line.strip_prefix("skipped: ")?),
        };
        Some(Skip { test: test?, reason, whole })
    })
}

/// What Rust tests skipped, each with its reason.
pub(super) fn skipped_in_cargo(log: &str) -> Vec<String> {
    skips(log)
        .map(|Skip { test, reason, whole }| {
            format!("{test}{}: {reason}", if whole { "" } else { ", in part" })
        })
        .collect()
}

/// What a script skipped: its lines `skipped: reason`.
pub(super) fn skipped_in_script(log: &str) -> Vec<String> {
    log.lines().filter_map(|line| line.strip_prefix("skipped: ")).map(str::to_owned).collect()
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Count, skipped_in_cargo, skipped_in_script};

    #[test]
    fn cargo_counts_each_binary() {
        let log = "running 3 tests\ntest result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s\n\
                   test result: FAILED. 5 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s\n";
        assert_eq!(Count::of_cargo(log), Count { passed: 8, failed: 2, skipped: 1 });
    }

    #[test]
    fn a_rust_test_that_skips_did_not_pass_and_its_reason_is_told() {
        let log = "test a ... ok\n\nsuccesses:\n\n---- a stdout ----\nskipped: no suite\n\n\
                   ---- b::c stdout ----\nread 3 rows\nskipped in part: no codes\n\n\
                   skipped: not said by a test\n\nsuccesses:\n    a\n    b::c\n\n\
                   test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s\n";
        assert_eq!(Count::of_cargo(log), Count { passed: 2, failed: 0, skipped: 1 });
        assert_eq!(skipped_in_cargo(log), ["a: no suite", "b::c, in part: no codes"]);
    }

    #[test]
    fn node_counts_at_its_end() {
        let log = "✔ pass 900 (1ms)\nℹ tests 5\nℹ suites 0\nℹ pass 3\nℹ fail 1\nℹ cancelled 0\nℹ skipped 1\nℹ todo 0\n";
        assert_eq!(Count::of_node(log), Count { passed: 3, failed: 1, skipped: 1 });
    }

    #[test]
    fn a_script_counts_on_its_last_line() {
        let log = "ok 1 passed, perhaps\nok more\n12 passed, 3 failed\n";
        assert_eq!(Count::of_script(log), Count { passed: 12, failed: 3, skipped: 0 });
        assert_eq!(Count::of_script("ok\n"), Count::default());
        let log = "ok 1\nskipped: no file\n1 passed, 0 failed, 1 skipped\n";
        assert_eq!(Count::of_script(log), Count { passed: 1, failed: 0, skipped: 1 });
        assert_eq!(skipped_in_script(log), ["no file"]);
    }

    #[test]
    fn the_last_line_says_skipped_only_when_something_was() {
        assert_eq!(Count { passed: 2, failed: 0, skipped: 0 }.to_string(), "2 passed, 0 failed");
        assert_eq!(
            Count { passed: 2, failed: 1, skipped: 3 }.to_string(),
            "2 passed, 1 failed, 3 skipped"
        );
    }
}
