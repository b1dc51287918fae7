//! The parts of a run: which sides are asked what, in which order.

use std::rc::Rc;

use anyhow::{Result, bail};
use serde_json::json;

use super::Bench;
use super::data::Size;
use super::peers::Peer;
use crate::progress::say;

/// The queries whose speed is a goal.
const TIMED: [&str; 3] = ["q1", "anywhere", "text"];
/// Runs of a question about a loaded log, after one to warm up: all ask for other values, of which there are eight.
const WARM_RUNS: u32 = 7;

impl Bench<'_> {
    /// Calls `measure` once a round.
    fn take_turns(&mut self, measure: impl Fn(&mut Self) -> Result<()>) -> Result<()> {
        for round in 1..=self.rounds {
            if self.rounds > 1 {
                say("  round", &format!("{round} of {}", self.rounds));
            }
            measure(self)?;
        }
        Ok(())
    }

    /// Every query by every side, once.
    pub(super) fn counted(&mut self) -> Result<()> {
        let file = self.data.cold()?;
        let queries = Rc::clone(&self.queries);
        let names: Vec<_> = queries.iter().map(|query| query.name.clone()).collect();
        let job = json!({ "file": file, "runs": 1, "queries": names });
        for query in queries.iter() {
            self.native(query, 1, &file)?;
        }
        self.script("wasm.mjs", &job)?;
        let theirs: Vec<_> = names.iter().map(|name| format!("duckdb-1/{name}")).collect();
        let theirs: Vec<_> = theirs.iter().map(String::as_str).collect();
        self.duckdb(&job, Some(1), &theirs)?;
        self.jq_counts(&queries, &file)
    }

    pub(super) fn cold(&mut self) -> Result<()> {
        let file = self.data.cold()?;
        let job = json!({ "file": file, "runs": self.runs, "queries": TIMED });
        let queries = Rc::clone(&self.queries);
        self.take_turns(|bench| {
            bench.script("wasm.mjs", &job)?;
            bench.script("json.mjs", &job)?;
            for query in queries.iter().filter(|query| TIMED.contains(&query.name.as_str())) {
                bench.native(query, bench.runs, &file)?;
            }
            if let Some(q1) = queries.first() {
                bench.jq(q1, &file)?;
            }
            bench.ripgrep(&file)?;
            bench.duckdb(&job, Some(1), &["duckdb-1/q1", "duckdb-1/anywhere", "duckdb-1/text"])?;
            bench.duckdb(&job, None, &["duckdb/q1", "duckdb/anywhere", "duckdb/text"])?;
            bench.with_package(Peer::Liqe, "liqe.mjs", &job, &["liqe/q1"])
        })
    }

    pub(super) fn escaped(&mut self) -> Result<()> {
        let file = self.data.escaped()?;
        let job =
            json!({ "file": file, "runs": self.runs, "queries": ["q1"], "suffix": " escaped" });
        self.take_turns(|bench| {
            bench.script("wasm.mjs", &job)?;
            bench.script("json.mjs", &job)
        })
    }

    pub(super) fn columns(&mut self) -> Result<()> {
        let file = self.data.cold()?;
        let job = json!({ "file": file, "runs": self.runs, "load": true });
        self.take_turns(|bench| {
            bench.script("columns.mjs", &job)?;
            bench.duckdb(&job, Some(1), &["duckdb-1/columns-top", "duckdb-1/columns-all"])
        })
    }

    pub(super) fn warm(&mut self) -> Result<()> {
        let file = self.data.warm()?;
        let job = |side: &str| json!({ "file": file, "runs": WARM_RUNS, "side": side });
        self.script("warm.mjs", &job("table"))?;
        self.script("warm.mjs", &job("objects"))?;
        self.with_package(Peer::Liqe, "warm.mjs", &job("liqe"), &["liqe/warm-q1"])?;
        let theirs = ["duckdb-1/warm-q1", "duckdb-1/warm-substring"];
        self.with_package(Peer::DuckDb, "warm.mjs", &job("duckdb-1"), &theirs)
    }

    pub(super) fn chromium(&mut self) -> Result<()> {
        let file = self.data.cold()?;
        let what = ["drain", "stream", "filter", "json"];
        let job = json!({ "file": file, "runs": self.runs.max(2), "what": what });
        self.take_turns(|bench| bench.script("browser.mjs", &job))
    }

    pub(super) fn huge(&mut self) -> Result<()> {
        if self.size == Size::QUICK {
            self.results.absent("chromium/filter huge memory", "not in a quick run");
            return Ok(());
        }
        let (file, times) = self.data.huge()?;
        let what = ["filter", "table"];
        let job = json!({ "file": file, "runs": 1, "suffix": " huge", "what": what });
        self.script("browser.mjs", &job)?;
        // It is the smaller log so many times: so must be what is found.
        let part = self.data.cold()?;
        let queries = Rc::clone(&self.queries);
        if let Some(q1) = queries.first() {
            self.native(q1, 1, &part)?;
        }
        let count = |name| self.results.named(name).and_then(|found| found.count);
        let (found, part) = (count("chromium/filter huge"), count("native/q1"));
        if found.is_none() || found != part.map(|count| count * times) {
            bail!(
                "Chromium found {found:?} in {}, the command {part:?} in a {times}th",
                file.display()
            );
        }
        Ok(())
    }

    pub(super) fn workerd_q1(&mut self) -> Result<()> {
        let file = self.data.cold()?;
        self.workerd(&file)
    }

    pub(super) fn sizes(&mut self) -> Result<()> {
        self.script("size.mjs", &json!({}))
    }
}
