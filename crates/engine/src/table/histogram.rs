//! How many rows fall into each stretch of time, with edges that a calendar has.

use alloc::{format, string::ToString, vec, vec::Vec};

use trailsift_core::{
    Filter, Timestamp,
    time::{Unit, parse_interval},
};

use super::{Bitmap, Lookup, Missing, Table, cell::Cell, facets::each_row, segment::Segment};

/// The length of a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// How many units.
    pub count: u32,
    /// Of what.
    pub unit: Unit,
}

/// Rows by time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Histogram {
    /// The length of each bucket.
    pub step: Step,
    /// Where each bucket begins, in UTC, and where the last one ends: one more than there are counts. Empty where no
    /// row has a date.
    pub edges: Vec<Timestamp>,
    /// Rows of each bucket.
    pub counts: Vec<u64>,
    /// Rows without a date.
    pub undated: u64,
}

/// Shortest first.
const STEPS: [(u32, Unit); 23] = [
    (1, Unit::Second),
    (5, Unit::Second),
    (15, Unit::Second),
    (30, Unit::Second),
    (1, Unit::Minute),
    (5, Unit::Minute),
    (15, Unit::Minute),
    (30, Unit::Minute),
    (1, Unit::Hour),
    (3, Unit::Hour),
    (6, Unit::Hour),
    (12, Unit::Hour),
    (1, Unit::Day),
    (1, Unit::Week),
    (1, Unit::Month),
    (3, Unit::Month),
    (6, Unit::Month),
    (1, Unit::Year),
    (2, Unit::Year),
    (5, Unit::Year),
    (10, Unit::Year),
    (100, Unit::Year),
    (1000, Unit::Year),
];

/// Most buckets that one is given, whatever one asks for.
const MOST: usize = 10_000;

/// 1970-01-01 was a Thursday.
const FROM_MONDAY: i64 = 3 * 86_400;

impl Step {
    /// Seconds, of units that are always as long.
    fn seconds(self) -> Option<i64> {
        let unit = match self.unit {
            Unit::Second => 1,
            Unit::Minute => 60,
            Unit::Hour => 3600,
            Unit::Day => 86_400,
            Unit::Week => 7 * 86_400,
            Unit::Year | Unit::Month | Unit::Fraction => return None,
        };
        Some(unit * i64::from(self.count))
    }

    fn months(self) -> i64 {
        i64::from(self.count) * if self.unit == Unit::Year { 12 } else { 1 }
    }

    /// The number of the bucket that holds an instant, on a line of all buckets.
    fn number(self, instant: Timestamp) -> i64 {
        let shift = if self.unit == Unit::Week { FROM_MONDAY } else { 0 };
        match self.seconds() {
            Some(seconds) => (instant.seconds + shift).div_euclid(seconds),
            None => month(instant).div_euclid(self.months()),
        }
    }

    /// Where a bucket begins, in seconds since 1970.
    fn start(self, number: i64) -> i64 {
        let shift = if self.unit == Unit::Week { FROM_MONDAY } else { 0 };
        match self.seconds() {
            Some(seconds) => number * seconds - shift,
            None => month_start(number * self.months()),
        }
    }
}

/// Months since the year 0.
fn month(instant: Timestamp) -> i64 {
    let text = instant.clamp(Timestamp::FIRST, Timestamp::LAST).to_string();
    let part = |range| text.get(range).and_then(|part: &str| part.parse::<i64>().ok()).unwrap_or(0);
    part(0..4) * 12 + part(5..7) - 1
}

/// Where a month since the year 0 begins; those outside of the calendar at its ends.
fn month_start(month: i64) -> i64 {
    if month < 0 {
        return Timestamp::FIRST.seconds;
    }
    let text = format!("{:04}-{:02}", month / 12, month % 12 + 1);
    let interval = parse_interval(text.as_bytes());
    interval.map_or(Timestamp::LAST.seconds + 1, |(interval, _)| interval.start.seconds)
}

impl Table {
    /// The rows that the filter means by time: at most so many `buckets` (at least one), all of the shortest length that
    /// needs no more. The path's first value that is a date is a row's time.
    ///
    /// ```
    /// # use trailsift_core::{Filter, time::Unit};
    /// # use trailsift_engine::table::{Builder, Settings};
    /// # let mut builder = Builder::new(Settings::default());
    /// # let log = br#"{"date":"2026-06-10T12:00:07Z"}{"date":"2026-06-10T12:00:17Z"}{}"#;
    /// # builder.push(log).unwrap();
    /// # let mut table = builder.finish();
    /// let histogram = table.histogram(&Filter::All, "date", 5).unwrap();
    /// assert_eq!((histogram.step.count, histogram.step.unit), (5, Unit::Second));
    /// assert_eq!(histogram.edges[0].to_string(), "2026-06-10T12:00:05.000Z");
    /// assert_eq!((histogram.counts, histogram.undated), (vec![1, 0, 1], 1));
    /// ```
    ///
    /// # Errors
    ///
    /// What the table does not have and the filter or the path needs.
    pub fn histogram(
        &mut self,
        filter: &Filter,
        path: &str,
        buckets: usize,
    ) -> Result<Histogram, Missing> {
        let column = match self.lookup(path) {
            Lookup::Column(column) => Some(column),
            Lookup::Nowhere => None,
            Lookup::Unknown => {
                let mut missing = self.missing(filter);
                missing.need(path);
                return Err(missing);
            }
        };
        let rows = self.find(filter)?;
        let ids = column.map(|column| self.count_ids(&rows, column)).unwrap_or_default();
        let mut ends: Option<(Timestamp, Timestamp)> = None;
        self.each_date(&rows, column, &ids, |instant, _| {
            let (low, high) = ends.unwrap_or((instant, instant));
            ends = Some((low.min(instant), high.max(instant)));
        });
        let nothing = Step { count: 1, unit: Unit::Second };
        let Some((low, high)) = ends else {
            let (edges, counts) = (Vec::new(), Vec::new());
            return Ok(Histogram { step: nothing, edges, counts, undated: rows.count() });
        };
        let wanted = i64::try_from(buckets.clamp(1, MOST)).unwrap_or(1);
        let mut steps = STEPS.iter().map(|(count, unit)| Step { count: *count, unit: *unit });
        let fits = |step: &Step| step.number(high) - step.number(low) < wanted;
        let step = steps.find(fits).unwrap_or(Step { count: 10_000, unit: Unit::Year });
        let edges: Vec<i64> =
            (step.number(low)..=step.number(high) + 1).map(|number| step.start(number)).collect();
        let mut buckets = Buckets::new(&edges);
        self.each_date(&rows, column, &ids, |instant, count| buckets.add(instant.seconds, count));
        let counts = buckets.counts;
        let undated = rows.count() - counts.iter().sum::<u64>();
        let edges = edges.into_iter().map(|seconds| Timestamp { seconds, nanos: 0 }).collect();
        Ok(Histogram { step, edges, counts, undated })
    }

    /// Calls `each` with the dates of the rows and how many rows have it; `ids` is how often each id is among them.
    fn each_date(
        &self,
        rows: &Bitmap,
        column: Option<usize>,
        ids: &[u64],
        mut each: impl FnMut(Timestamp, u64),
    ) {
        let Some(column) = column.and_then(|column| self.columns.list.get(column)) else { return };
        for (cell, count) in column.dictionary.cells().zip(ids).filter(|(_, count)| **count > 0) {
            first_date(cell).into_iter().for_each(|date| each(date, *count));
        }
        for (number, segment) in column.segments.iter().enumerate() {
            let words = self.words(rows, number * self.settings.sizes.segment);
            match self.resolve(segment, number) {
                Segment::Dates(dates, _) => dates.each_instant(words, |instant| each(instant, 1)),
                Segment::Plain(plain) => each_row(words, |row| {
                    first_date(plain.get(row)).into_iter().for_each(|date| each(date, 1));
                }),
                _ => {}
            }
        }
    }
}

fn first_date(cell: Cell<'_>) -> Option<Timestamp> {
    let mut texts = cell.values().filter(|value| value.kind == super::cell::Kind::Text);
    texts.find_map(|value| Timestamp::parse(value.bytes))
}

/// Counts between edges, in seconds since 1970. The bucket is guessed as if all were as long, and put right from there.
struct Buckets<'e> {
    edges: &'e [i64],
    counts: Vec<u64>,
    first: i64,
    /// Buckets a second.
    rate: f64,
}

impl<'e> Buckets<'e> {
    #[expect(clippy::cast_precision_loss, reason = "only a guess is made of it")]
    fn new(edges: &'e [i64]) -> Self {
        let (first, last) = (edges.first().copied(), edges.last().copied());
        let (first, last) = (first.unwrap_or_default(), last.unwrap_or_default());
        let count = edges.len().saturating_sub(1);
        let rate = count as f64 / ((last - first).max(1)) as f64;
        Self { edges, counts: vec![0; count], first, rate }
    }

    #[inline]
    #[expect(clippy::cast_precision_loss, reason = "only a guess is made of it")]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "as above")]
    fn add(&mut self, seconds: i64, count: u64) {
        let mut at = ((seconds - self.first) as f64 * self.rate) as usize;
        at = at.min(self.counts.len().saturating_sub(1));
        while at > 0 && self.edges.get(at).is_some_and(|edge| seconds < *edge) {
            at -= 1;
        }
        while self.edges.get(at + 1).is_some_and(|edge| *edge <= seconds) {
            at += 1;
        }
        if let Some(bucket) = self.counts.get_mut(at) {
            *bucket += count;
        }
    }
}
