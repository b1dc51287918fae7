//! How many rows fall into each stretch of time, with edges that a calendar has.

use alloc::{format, string::ToString, sync::Arc, vec, vec::Vec};

use trailsift_core::{
    Filter, Timestamp,
    time::{Unit, parse_interval},
};

use super::{
    Bitmap, Field, Missing, Table, cell::Cell, column::Column, dates, facets::each_row,
    field::Asked, segment::Segment,
};

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
    /// needs no more. The field's first value that is a date is a row's time: of its paths, the first that leads to one.
    ///
    /// ```
    /// # use trailsift_core::{Filter, time::Unit};
    /// # use trailsift_engine::table::{Builder, Field, Settings};
    /// # let mut builder = Builder::new(Settings::default());
    /// # let log = br#"{"date":"2026-06-10T12:00:07Z"}{"date":"2026-06-10T12:00:17Z"}{}"#;
    /// # builder.push(log).unwrap();
    /// # let mut table = builder.finish();
    /// let histogram = table.histogram(&Filter::All, Field::at(&["date"]), 5).unwrap();
    /// assert_eq!((histogram.step.count, histogram.step.unit), (5, Unit::Second));
    /// assert_eq!(histogram.edges[0].to_string(), "2026-06-10T12:00:05.000Z");
    /// assert_eq!((histogram.counts, histogram.undated), (vec![1, 0, 1], 1));
    /// ```
    ///
    /// # Errors
    ///
    /// What the table does not have and the filter or the field needs.
    pub fn histogram(
        &mut self,
        filter: &Filter,
        field: Field<'_>,
        buckets: usize,
    ) -> Result<Histogram, Missing> {
        let mut missing = self.missing(filter);
        let asked = self.asked(field, &mut missing);
        if !missing.is_empty() {
            return Err(missing);
        }
        let rows = self.find(filter)?;
        let parts = self.dated(&asked, &rows);
        let ends = self.dates_ends(&parts);
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
        let counts = self.dates_between(&edges, &parts);
        let undated = rows.count() - counts.iter().sum::<u64>();
        let edges = edges.into_iter().map(|seconds| Timestamp { seconds, nanos: 0 }).collect();
        Ok(Histogram { step, edges, counts, undated })
    }

    /// The columns of a field, each with the rows whose time is in it.
    fn dated(&self, asked: &Asked, rows: &Arc<Bitmap>) -> Vec<Part<'_>> {
        // What an event code stands for is no date.
        let columns = asked.columns.iter().filter(|_| asked.derived.is_none());
        let mut left = Arc::clone(rows);
        let mut parts = Vec::with_capacity(asked.columns.len());
        for index in columns {
            let Some(column) = self.columns.list.get(*index) else { continue };
            let rows = match asked.only() {
                Some(_) => Arc::clone(&left),
                None => {
                    let mut dated = Bitmap::none(self.len());
                    for row in left.rows() {
                        self.with_cell(*index, row, &mut |cell| {
                            if first_date(cell).is_some() {
                                dated.insert(row);
                            }
                        });
                    }
                    let mut others = dated.clone().negated();
                    others.and(&left);
                    left = Arc::new(others);
                    Arc::new(dated)
                }
            };
            let ids = self.count_ids(&rows, *index);
            parts.push(Part { column, rows, ids });
        }
        parts
    }

    /// The first and the last date.
    fn dates_ends(&self, parts: &[Part<'_>]) -> Option<(Timestamp, Timestamp)> {
        let mut ends = None;
        let mut widen = |low: Timestamp, high: Timestamp| {
            let (first, last) = ends.unwrap_or((low, high));
            ends = Some((first.min(low), last.max(high)));
        };
        for part in parts {
            self.each_loose_date(part, |date, _| widen(date, date));
            for (words, segment) in self.segments(part) {
                if let Segment::Dates(dates, _) = segment {
                    dates.ends(words).into_iter().for_each(|(low, high)| widen(low, high));
                }
            }
        }
        ends
    }

    /// How many dates lie between each two edges, which are seconds since 1970.
    fn dates_between(&self, edges: &[i64], parts: &[Part<'_>]) -> Vec<u64> {
        let mut counts = vec![0; edges.len().saturating_sub(1)];
        for part in parts {
            self.each_loose_date(part, |date, count| {
                let at = edges.partition_point(|edge| *edge <= date.seconds).saturating_sub(1);
                counts.get_mut(at).into_iter().for_each(|bucket| *bucket += count);
            });
            for (words, segment) in self.segments(part) {
                if let Segment::Dates(dates, _) = segment {
                    dates.count(words, edges, &mut counts);
                }
            }
        }
        counts
    }

    /// Calls `each` with the dates that are no integers, and how many rows have them.
    fn each_loose_date(&self, part: &Part<'_>, mut each: impl FnMut(Timestamp, u64)) {
        let cells = part.column.dictionary.cells().zip(&part.ids);
        for (cell, count) in cells.filter(|(_, count)| **count > 0) {
            first_date(cell).into_iter().for_each(|date| each(date, *count));
        }
        for (words, segment) in self.segments(part) {
            if let Segment::Plain(plain) = segment {
                each_row(words, |row| {
                    first_date(plain.get(row)).into_iter().for_each(|date| each(date, 1));
                });
            }
        }
    }

    /// The segments of a column, each with its rows.
    fn segments<'t>(
        &'t self,
        part: &'t Part<'t>,
    ) -> impl Iterator<Item = (&'t [u64], &'t Segment)> {
        part.column.segments.iter().enumerate().map(|(number, segment)| {
            let words = self.words(&part.rows, number * self.settings.sizes.segment);
            (words, self.resolve(segment, number))
        })
    }
}

/// A column with the rows whose time is in it, and how often each of its ids is in these.
struct Part<'t> {
    column: &'t Column,
    rows: Arc<Bitmap>,
    ids: Vec<u64>,
}

fn first_date(cell: Cell<'_>) -> Option<Timestamp> {
    let mut texts = cell.values().filter(|value| value.kind == super::cell::Kind::Text);
    texts.find_map(|value| dates::parse(value.bytes))
}
