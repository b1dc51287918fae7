//! Which values a column has in the rows of a filter, and how often.

use alloc::{vec, vec::Vec};
use core::cmp::Reverse;

use trailsift_core::{Filter, Number, order};

use super::{
    Bitmap, Lookup, Missing, Table,
    bitmap::Ones,
    cell::{Cell, Kind},
    dates,
    order::{First, Instant, Sorted},
    segment::Segment,
};

/// A value that is counted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FacetValue {
    /// `true` or `false`.
    Bool(bool),
    /// A number, however it is written.
    Number(Number),
    /// A string's bytes, escapes resolved.
    Text(Vec<u8>),
}

/// A value and the number of rows that have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facet {
    /// The value.
    pub value: FacetValue,
    /// Rows that have it, alone or among others.
    pub count: u64,
}

/// The values of one column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facets {
    /// The most frequent, of equally frequent ones the least.
    pub top: Vec<Facet>,
    /// How many different values there are.
    pub distinct: u64,
    /// Rows that have a value; `null`, objects and nothing are none.
    pub rows: u64,
}

/// A value where it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Atom<'a> {
    Bool(bool),
    Number(Number),
    Text(&'a [u8]),
}

/// The most frequent first.
impl Sorted for (Reverse<u64>, Atom<'_>) {}

impl<'a> Atom<'a> {
    fn of(value: Cell<'a>) -> Option<Self> {
        match value.kind {
            Kind::False => Some(Self::Bool(false)),
            Kind::True => Some(Self::Bool(true)),
            Kind::Number => Some(Self::Number(super::cell::number(value.bytes))),
            Kind::Text => Some(Self::Text(value.bytes)),
            Kind::Missing | Kind::Null | Kind::Object | Kind::List => None,
        }
    }

    fn value(self) -> FacetValue {
        match self {
            Self::Bool(value) => FacetValue::Bool(value),
            Self::Number(number) => FacetValue::Number(number),
            Self::Text(text) => FacetValue::Text(text.to_vec()),
        }
    }
}

impl Table {
    /// For each path, the `top` most frequent values in the rows that the filter means, and how many there are.
    ///
    /// A row with several values counts once for each of them.
    ///
    /// ```
    /// # use trailsift_core::Filter;
    /// # use trailsift_engine::table::{Builder, FacetValue, Settings};
    /// # let mut builder = Builder::new(Settings::default());
    /// # builder.push(br#"{"t":"f"}{"t":["f","s"]}{"t":null}"#).unwrap();
    /// # let mut table = builder.finish();
    /// let facets = table.facets(&Filter::All, &["t"], 1).unwrap();
    /// assert_eq!((facets[0].distinct, facets[0].rows), (2, 2));
    /// assert_eq!(facets[0].top[0].value, FacetValue::Text(b"f".to_vec()));
    /// assert_eq!(facets[0].top[0].count, 2);
    /// ```
    ///
    /// # Errors
    ///
    /// What the table does not have and the filter or a path needs.
    pub fn facets(
        &mut self,
        filter: &Filter,
        paths: &[&str],
        top: usize,
    ) -> Result<Vec<Facets>, Missing> {
        let mut missing = self.missing(filter);
        for path in paths {
            if matches!(self.lookup(path), Lookup::Unknown) {
                missing.need(path);
            }
        }
        if !missing.is_empty() {
            return Err(missing);
        }
        let rows = self.find(filter)?;
        let facets = paths.iter().map(|path| match self.lookup(path) {
            Lookup::Column(column) => self.facets_of(&rows, column, top),
            Lookup::Nowhere | Lookup::Unknown => Facets::default(),
        });
        Ok(facets.collect())
    }

    /// How many different values a path leads to in the rows that the filter means.
    ///
    /// # Errors
    ///
    /// As [`Self::facets`].
    pub fn distinct(&mut self, filter: &Filter, path: &str) -> Result<u64, Missing> {
        let facets = self.facets(filter, &[path], 0)?;
        Ok(facets.first().map_or(0, |facets| facets.distinct))
    }

    fn facets_of(&self, rows: &Bitmap, index: usize, top: usize) -> Facets {
        let Some(column) = self.columns.list.get(index) else { return Facets::default() };
        let unpacked = self.unpacked(column);
        let mut seen = Seen::default();
        let ids = self.count_ids(rows, index);
        for (cell, count) in column.dictionary.cells().zip(ids).filter(|(_, count)| *count > 0) {
            seen.add(cell, count);
        }
        let mut nanos: Vec<Instant> = Vec::new();
        for (number, segment) in column.segments.iter().enumerate() {
            let words = self.words(rows, number * self.settings.sizes.segment);
            let unpacked = unpacked.get(number).and_then(Option::as_ref);
            match unpacked.unwrap_or_else(|| self.resolve(segment, number)) {
                Segment::Plain(plain) => {
                    seen.may_repeat = true;
                    each_row(words, |row| seen.add(plain.get(row), 1));
                }
                Segment::Dates(dates, digits) => {
                    each_row(words, |row| {
                        nanos.extend(dates.get(row).map(|n| ((false, n), (*digits).into())))
                    });
                }
                _ => {}
            }
        }
        let (dates, counts) = written(nanos);
        for (text, count) in dates.iter().zip(counts) {
            seen.may_repeat = true;
            seen.add(Cell::text(text), count);
        }
        seen.facets(top)
    }

    /// How often each id stands in the rows.
    pub(super) fn count_ids(&self, rows: &Bitmap, index: usize) -> Vec<u64> {
        let Some(column) = self.columns.list.get(index) else { return Vec::new() };
        let mut counts = vec![0_u64; column.dictionary.len()];
        // Of many rows, those that are left out are fewer.
        if rows.count() > u64::from(rows.length()) / 2 {
            counts.iter_mut().zip(&column.totals).for_each(|(to, total)| *to = (*total).into());
            if rows.count() < u64::from(rows.length()) {
                let others = self.count_ids(&rows.clone().negated(), index);
                counts.iter_mut().zip(others).for_each(|(count, other)| *count -= other);
            }
            return counts;
        }
        for (number, segment) in column.segments.iter().enumerate() {
            let words = self.words(rows, number * self.settings.sizes.segment);
            match segment {
                Segment::Constant(id, _) => {
                    let ones = words.iter().map(|word| u64::from(word.count_ones())).sum::<u64>();
                    counts.get_mut(*id as usize).into_iter().for_each(|count| *count += ones);
                }
                Segment::Sparse(ids, _) => {
                    let mut missing =
                        words.iter().map(|word| u64::from(word.count_ones())).sum::<u64>();
                    for (row, id) in ids.iter() {
                        let one = words.get(row / 64).map_or(0, |word| word >> (row % 64) & 1);
                        missing -= one;
                        counts.get_mut(id as usize).into_iter().for_each(|count| *count += one);
                    }
                    counts.first_mut().into_iter().for_each(|count| *count += missing);
                }
                Segment::Ids8(ids) => count(words, ids, &mut counts, |id| id.into()),
                Segment::Ids16(ids) => count(words, ids, &mut counts, |id| id.into()),
                Segment::Ids32(ids) => count(words, ids, &mut counts, |id| id as usize),
                _ => {}
            }
        }
        counts
    }
}

fn count<T: Copy>(words: &[u64], ids: &[T], counts: &mut [u64], index: impl Fn(T) -> usize) {
    for (word, ids) in words.iter().zip(ids.chunks(64)) {
        if word.count_ones() as usize == ids.len() {
            for id in ids {
                counts.get_mut(index(*id)).into_iter().for_each(|count| *count += 1);
            }
        } else {
            for bit in Ones(*word) {
                let id = ids.get(bit as usize).and_then(|id| counts.get_mut(index(*id)));
                id.into_iter().for_each(|count| *count += 1);
            }
        }
    }
}

/// Calls `each` with every row of a segment that is in `words`.
pub(super) fn each_row(words: &[u64], mut each: impl FnMut(usize)) {
    for (index, word) in words.iter().enumerate() {
        for bit in Ones(*word) {
            each(index * 64 + bit as usize);
        }
    }
}

/// Dates as they are written, each once, and how often they are there.
fn written(mut nanos: Vec<Instant>) -> (Vec<Vec<u8>>, Vec<u64>) {
    Sorted::sort(&mut nanos);
    let alike = nanos.chunk_by(|a, b| a == b);
    let mut text = dates::Text::new();
    alike
        .filter_map(|alike| {
            let ((_, nanos), digits) = alike.first()?;
            let digits = u8::try_from(*digits).ok()?;
            Some((text.write(*nanos, digits).to_vec(), alike.len() as u64))
        })
        .unzip()
}

/// Values and counts so far.
#[derive(Default)]
struct Seen<'a> {
    atoms: Vec<(Atom<'a>, u64)>,
    rows: u64,
    /// Whether one value may be there several times.
    may_repeat: bool,
}

impl<'a> Seen<'a> {
    /// Takes in a cell of so many rows.
    fn add(&mut self, cell: Cell<'a>, count: u64) {
        if cell.kind == Kind::List {
            let mut atoms: Vec<Atom<'a>> = cell.values().filter_map(Atom::of).collect();
            order::sort(&mut atoms, Ord::cmp);
            atoms.dedup();
            self.rows += if atoms.is_empty() { 0 } else { count };
            self.atoms.extend(atoms.into_iter().map(|atom| (atom, count)));
            self.may_repeat = true;
        } else if let Some(atom) = Atom::of(cell) {
            self.rows += count;
            self.atoms.push((atom, count));
            // 1 and 1.0 are one number.
            self.may_repeat |= cell.kind == Kind::Number;
        }
    }

    fn facets(mut self, top: usize) -> Facets {
        if self.may_repeat {
            order::sort(&mut self.atoms, Ord::cmp);
            self.atoms.dedup_by(|(later, more), (atom, count)| {
                let same = later == atom;
                *count += if same { *more } else { 0 };
                same
            });
        }
        let distinct = self.atoms.len() as u64;
        let mut first = First::new(top.min(self.atoms.len()));
        for (index, (atom, count)) in self.atoms.iter().enumerate() {
            first.take((Reverse(*count), *atom), index);
        }
        let facet =
            |((Reverse(count), atom), _): (_, u32)| Facet { value: Atom::value(atom), count };
        Facets { top: first.sorted().into_iter().map(facet).collect(), distinct, rows: self.rows }
    }
}
