//! Which values a column has in the rows of a filter, and how often.

mod tally;
mod top;
mod values;

use alloc::{vec, vec::Vec};

use trailsift_core::{Filter, Number};

use self::{top::Top, values::Values};
use super::{
    Bitmap, Field, Missing, Table,
    bitmap::Ones,
    cell::{Cell, Kind},
    field::Asked,
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

/// The values of one field.
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

    fn value(&self) -> FacetValue {
        match self {
            Self::Bool(value) => FacetValue::Bool(*value),
            Self::Number(number) => FacetValue::Number(*number),
            Self::Text(text) => FacetValue::Text(text.to_vec()),
        }
    }
}

impl<'a> From<&'a FacetValue> for Atom<'a> {
    fn from(value: &'a FacetValue) -> Self {
        match value {
            FacetValue::Bool(value) => Self::Bool(*value),
            FacetValue::Number(number) => Self::Number(*number),
            FacetValue::Text(text) => Self::Text(text),
        }
    }
}

impl Table {
    /// For each field, the `top` most frequent values in the rows that the filter means, and how many there are.
    ///
    /// A row with several values, at one path or at several, counts once for each different one. What is remembered
    /// meanwhile takes about four bytes for each of the table's rows, however many values there are.
    ///
    /// ```
    /// # use trailsift_core::Filter;
    /// # use trailsift_engine::table::{Builder, FacetValue, Field, Settings};
    /// # let mut builder = Builder::new(Settings::default());
    /// # builder.push(br#"{"t":"f"}{"t":["f","s"]}{"t":null}"#).unwrap();
    /// # let mut table = builder.finish();
    /// let facets = table.facets(&Filter::All, &[Field::at(&["t"])], 1).unwrap();
    /// assert_eq!((facets[0].distinct, facets[0].rows), (2, 2));
    /// assert_eq!(facets[0].top[0].value, FacetValue::Text(b"f".to_vec()));
    /// assert_eq!(facets[0].top[0].count, 2);
    /// ```
    ///
    /// # Errors
    ///
    /// What the table does not have and the filter or a field needs.
    pub fn facets(
        &mut self,
        filter: &Filter,
        fields: &[Field<'_>],
        top: usize,
    ) -> Result<Vec<Facets>, Missing> {
        let mut missing = self.missing(filter);
        let asked: Vec<Asked> =
            fields.iter().map(|field| self.asked(*field, &mut missing)).collect();
        if !missing.is_empty() {
            return Err(missing);
        }
        let rows = self.find(filter)?;
        Ok(asked.iter().map(|asked| facets(&Values::new(self, asked, &rows), top)).collect())
    }

    /// How many different values a field has in the rows that the filter means.
    ///
    /// # Errors
    ///
    /// As [`Self::facets`].
    pub fn distinct(&mut self, filter: &Filter, field: Field<'_>) -> Result<u64, Missing> {
        let facets = self.facets(filter, &[field], 0)?;
        Ok(facets.first().map_or(0, |facets| facets.distinct))
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

/// Counts the values; those of a dictionary, which are there once, without a second look.
fn facets(values: &Values<'_>, top: usize) -> Facets {
    let Some(once) = values.once() else { return tally::facets(values, top) };
    let (mut facets, mut best) = (Facets::default(), Top::new(top));
    for (cell, count) in once {
        if let Some(atom) = Atom::of(cell) {
            facets.rows += count;
            facets.distinct += 1;
            best.offer(&atom, count);
        }
    }
    facets.top = best.facets();
    facets
}
