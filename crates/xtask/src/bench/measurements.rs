//! What was measured: times, counts and sizes under the name of who did what.

use std::collections::BTreeMap;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::process::Task;
use crate::workspace::Workspace;

/// No single piece of work takes longer.
const LIMIT: Duration = Duration::from_secs(1200);

/// One side's answer to one question.
#[derive(Clone, Debug, Default)]
pub(super) struct Measurement {
    /// Milliseconds that passed, of each run.
    pub(super) wall: Vec<f64>,
    /// Milliseconds of processors' time, of each run.
    pub(super) cpu: Vec<f64>,
    /// Entries that it found.
    pub(super) count: Option<u64>,
    /// Bytes that it read.
    pub(super) bytes: Option<f64>,
    /// A size, for what is no time.
    pub(super) value: Option<f64>,
    /// Why there is nothing.
    pub(super) absent: Option<String>,
}

/// All measurements of a run, by names such as `wasm/q1`.
#[derive(Debug, Default)]
pub(super) struct Measurements {
    all: BTreeMap<String, Measurement>,
    /// Who was measured, and in which version.
    pub(super) versions: BTreeMap<String, String>,
}

impl Measurement {
    /// The median of the times that passed, in milliseconds.
    pub(super) fn time(&self) -> Option<f64> {
        median(&self.wall)
    }

    /// Bytes that it read in a second.
    pub(super) fn speed(&self) -> Option<f64> {
        Some(self.bytes? * 1000.0 / self.time()?)
    }

    /// Bytes that it read in a second of processors' time.
    pub(super) fn speed_of_cpu(&self) -> Option<f64> {
        Some(self.bytes? * 1000.0 / median(&self.cpu)?)
    }

    /// How many times as fast this is as `other`, and both's figures. Where both read bytes and both's time of
    /// processors is known, that is compared: neighbours on the machine take no part in it. Else what passed.
    pub(super) fn times_as_fast(&self, other: &Self) -> Option<(f64, String)> {
        let speeds = |ours: f64, theirs: f64| {
            let text = format!("{} to {} MB/s", short(ours / 1e6), short(theirs / 1e6));
            Some((ours / theirs, text))
        };
        if let (Some(ours), Some(theirs)) = (self.speed_of_cpu(), other.speed_of_cpu()) {
            return speeds(ours, theirs);
        }
        if let (Some(ours), Some(theirs)) = (self.speed(), other.speed()) {
            return speeds(ours, theirs);
        }
        let (ours, theirs) = (self.time()?, other.time()?);
        Some((theirs / ours, format!("{} to {} ms", short(ours), short(theirs))))
    }
}

impl Measurements {
    /// What is called `name`, unless it was not measured.
    pub(super) fn named(&self, name: &str) -> Option<&Measurement> {
        self.all.get(name)
    }

    /// All of them, by name.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Measurement)> {
        self.all.iter().map(|(name, measurement)| (name.as_str(), measurement))
    }

    /// Adds the runs of one more measurement of `name`.
    pub(super) fn add(&mut self, name: &str, more: Measurement) {
        let known = self.all.entry(name.to_owned()).or_default();
        known.wall.extend(more.wall);
        known.cpu.extend(more.cpu);
        known.count = more.count.or(known.count);
        known.bytes = more.bytes.or(known.bytes);
        known.value = more.value.or(known.value);
        known.absent = more.absent.or(known.absent.take());
    }

    /// Notes that something was not measured, and why.
    pub(super) fn absent(&mut self, name: &str, why: &str) {
        self.add(name, Measurement { absent: Some(why.to_owned()), ..Measurement::default() });
    }

    /// Runs one of the scripts of `tests/bench`, which tells a measurement a line.
    pub(super) fn script(
        &mut self,
        workspace: &Workspace,
        command: &mut Command,
        what: &str,
    ) -> Result<()> {
        self.script_within(LIMIT, workspace, command, what)
    }

    /// The same for what may take longer.
    pub(super) fn script_within(
        &mut self,
        limit: Duration,
        workspace: &Workspace,
        command: &mut Command,
        what: &str,
    ) -> Result<()> {
        let told = Task::new(workspace, &format!("bench {what}")).limit(limit).output(command)?;
        for line in told.lines() {
            let value: Value = serde_json::from_str(line)
                .with_context(|| format!("{what} tells something that is not JSON: {line}"))?;
            let name = value.get("id").and_then(Value::as_str).context("nameless measurement")?;
            match (value.get("text").and_then(Value::as_str), name.strip_prefix("version/")) {
                (Some(text), Some(who)) => {
                    self.versions.insert(who.to_owned(), text.to_owned());
                }
                _ => self.add(name, read(&value)),
            }
        }
        Ok(())
    }

    /// Runs a program over a file `runs` times; the last word that it writes is its count. That it found nothing, as
    /// its exit code 1 says, is no failure.
    pub(super) fn program(
        &mut self,
        workspace: &Workspace,
        command: &Command,
        runs: u32,
        name: &str,
        bytes: f64,
    ) -> Result<()> {
        let mut shell = Command::new("bash");
        // The shell's own clock: it knows the processors' time of what it ran, to the millisecond.
        shell.args(["-c", "TIMEFORMAT='time %R %U %S'; for ((i = 0; i < RUNS; i++)); do time \"$@\" || [ $? = 1 ] || exit; done", "bash"]);
        shell.env("RUNS", runs.to_string()).arg(command.get_program()).args(command.get_args());
        let task = Task::new(workspace, &format!("bench {name}")).limit(LIMIT);
        let told = task.output(&mut shell)?;
        let count = told.split_whitespace().last().and_then(|word| word.parse().ok());
        let times = std::fs::read_to_string(task.log()).context("the program left no log")?;
        let mut measurement = Measurement { count, bytes: Some(bytes), ..Measurement::default() };
        for line in times.lines() {
            if let Some(times) = line.strip_prefix("time ") {
                let mut seconds = times.split(' ').map_while(|word| word.parse::<f64>().ok());
                measurement.wall.push(seconds.next().unwrap_or_default() * 1000.0);
                measurement.cpu.push(seconds.sum::<f64>() * 1000.0);
            }
        }
        self.add(name, measurement);
        Ok(())
    }
}

fn read(value: &Value) -> Measurement {
    let times = |name: &str| {
        let times = value.get(name).and_then(Value::as_array).into_iter().flatten();
        times.filter_map(Value::as_f64).collect()
    };
    let number = |name: &str| value.get(name).and_then(Value::as_f64);
    Measurement {
        wall: times("wall"),
        cpu: times("cpu"),
        count: value.get("count").and_then(Value::as_u64),
        bytes: number("bytes"),
        value: number("value"),
        absent: value.get("absent").and_then(Value::as_str).map(str::to_owned),
    }
}

/// Three digits that say something.
pub(super) fn short(value: f64) -> String {
    let text = match value.abs() {
        large if large >= 100.0 => format!("{value:.0}"),
        middle if middle >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    };
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// The middle one; of an even number, the mean of the two in the middle.
pub(super) fn median(times: &[f64]) -> Option<f64> {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    let middle = times.len() / 2;
    let upper = *times.get(middle)?;
    if times.len() % 2 == 1 {
        return Some(upper);
    }
    Some((times.get(middle.checked_sub(1)?)? + upper) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::{Measurement, Measurements, median, short};

    #[test]
    fn a_median_is_the_middle_whatever_the_order() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0]), Some(3.0));
        assert_eq!(median(&[9.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[9.0, 1.0, 2.0, 3.0]), Some(2.5));
    }

    #[test]
    fn rounds_add_up() {
        let mut all = Measurements::default();
        let run = |wall: f64| Measurement {
            wall: vec![wall],
            bytes: Some(3e6),
            count: Some(7),
            ..Measurement::default()
        };
        all.add("a/b", run(2.0));
        all.add("a/b", run(4.0));
        let both = all.named("a/b").unwrap();
        assert_eq!((both.time(), both.speed(), both.count), (Some(3.0), Some(1e9), Some(7)));
    }

    #[test]
    fn time_of_processors_is_compared_where_both_have_it() {
        let run = |wall: f64, cpu: &[f64], bytes: Option<f64>| Measurement {
            wall: vec![wall],
            cpu: cpu.to_vec(),
            bytes,
            ..Measurement::default()
        };
        let ours = run(8.0, &[2.0], Some(1e6));
        let ratio = |theirs: &Measurement| ours.times_as_fast(theirs).unwrap().0;
        assert_eq!(
            ours.times_as_fast(&run(3.0, &[4.0], Some(1e6))),
            Some((2.0, "500 to 250 MB/s".to_owned()))
        );
        assert_eq!(ratio(&run(2.0, &[], Some(1e6))), 0.25);
        // Another file's bytes count; where there are none, only time does.
        assert_eq!(ratio(&run(3.0, &[4.0], Some(8e6))), 0.25);
        assert_eq!(
            run(1.0, &[9.0], None).times_as_fast(&run(5.0, &[1.0], None)),
            Some((5.0, "1 to 5 ms".to_owned()))
        );
        assert_eq!([short(0.034), short(12.34), short(100.0)], ["0.03", "12.3", "100"]);
    }
}
