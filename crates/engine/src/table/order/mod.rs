//! The order of cells, and the first rows in it without sorting all.

mod first;

use alloc::{sync::Arc, vec::Vec};
use core::cmp::Ordering;

use trailsift_core::{Filter, Number, Timestamp, order};

pub(super) use first::Sorted;
use first::{First, Packed};

use super::{
    Bitmap, Field, Missing, Table,
    cell::{Cell, Kind},
    column::Column,
    dates,
    digits::Written,
    field::Asked,
    segment::Segment,
};

/// By what to sort, and which way.
#[derive(Clone, Copy, Debug)]
pub struct Sort<'f> {
    /// The field. Of its paths, the first that leads to a value counts.
    pub field: Field<'f>,
    /// Whether the greatest come first.
    pub descending: bool,
}

/// Of so many rows, one is remembered with what it is sorted by. Where more are wanted, their numbers are sorted.
const ROWS_OF_ONE: usize = 32;

/// Of the rows of a segment, as many are always remembered so.
const SEGMENT_ROWS_OF_ONE: usize = 64;

/// A cell's place among others: that of its first value. Text that is a date is one, whatever its spelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place<'a> {
    Bool(bool),
    Number(Number),
    Date(Timestamp),
    Text(Written<'a>),
    Object,
}

impl<'a> Place<'a> {
    /// `None` where there is nothing to sort by.
    fn of(cell: Cell<'a>, asked: &Asked) -> Option<Self> {
        let mut values = cell.values().filter_map(|value| asked.told(value));
        let value = values.find(|value| value.kind != Kind::Null)?;
        Some(match value.kind {
            Kind::False => Self::Bool(false),
            Kind::True => Self::Bool(true),
            Kind::Number => Self::Number(super::cell::number(value.bytes)),
            Kind::Text => match dates::parse(value.bytes) {
                Some(date) => Self::Date(date),
                None => Self::Text(Written::Bytes(value.bytes)),
            },
            Kind::Object => Self::Object,
            Kind::Missing | Kind::Null | Kind::List => return None,
        })
    }
}

/// The rank of a cell without a value: behind all others, whichever way.
const LAST: u32 = u32::MAX;

impl Table {
    /// Rows that the filter means: in the order of the input, or sorted; `limit` of them from the `offset`-th on.
    ///
    /// Equal cells keep the order of the input. Rows without a value, or with `null`, come last either way. Below them
    /// the order is: `false`, `true`, numbers, dates, other text by its bytes, objects. Of several values the first
    /// counts. Few rows are found without sorting all, those before `offset` among the few.
    ///
    /// ```
    /// # use trailsift_core::Filter;
    /// # use trailsift_engine::table::{Builder, Field, Settings, Sort};
    /// # let mut builder = Builder::new(Settings::default());
    /// # builder.push(br#"{"n":10}{"n":9}{}{"n":100}"#).unwrap();
    /// # let mut table = builder.finish();
    /// let sort = Sort { field: Field::at(&["n"]), descending: true };
    /// assert_eq!(table.select(&Filter::All, Some(sort), 0, 10).unwrap(), [3, 0, 1, 2]);
    /// assert_eq!(table.select(&Filter::All, None, 1, 2).unwrap(), [1, 2]);
    /// ```
    ///
    /// # Errors
    ///
    /// What the table does not have and the filter or the sorting needs.
    pub fn select(
        &mut self,
        filter: &Filter,
        sort: Option<Sort<'_>>,
        offset: usize,
        limit: usize,
    ) -> Result<Vec<u32>, Missing> {
        let mut missing = self.missing(filter);
        let asked = sort.map(|sort| self.asked(sort.field, &mut missing));
        if !missing.is_empty() {
            return Err(missing);
        }
        let rows = self.find(filter)?;
        let sorted = asked.filter(|asked| !asked.columns.is_empty()).zip(sort);
        let Some((asked, Sort { descending, .. })) = sorted else {
            return Ok(rows.rows().skip(offset).take(limit).collect());
        };
        let wanted = offset.saturating_add(limit).min(self.rows.len());
        let ranks = asked.only().and_then(|index| Some((index, self.ranks(index, descending)?)));
        let least = self.settings.sizes.segment / SEGMENT_ROWS_OF_ONE;
        let is_few = wanted <= least.max(self.rows.len() / ROWS_OF_ONE);
        let mut sorted = match (ranks, asked.only()) {
            (Some((index, ranks)), _) if is_few => self.first_by_rank(&rows, index, &ranks, wanted),
            (Some((index, ranks)), _) => {
                let rank = |row| self.with_id(index, row, |id| rank_of(&ranks, id));
                numbers(&rows, &|a, b| rank(a).cmp(&rank(b)))
            }
            (None, Some(index)) if is_few => {
                self.first_of_column(&rows, &asked, index, descending, wanted)
            }
            _ if is_few => {
                let mut first = First::new(wanted);
                rows.rows()
                    .for_each(|row| first.take(self.key(&asked, row, descending), row as usize));
                first.rows()
            }
            _ => {
                let key = |row| self.key(&asked, row, descending);
                numbers(&rows, &|a, b| key(a).cmp(&key(b)))
            }
        };
        sorted.truncate(wanted);
        sorted.drain(..offset.min(sorted.len()));
        Ok(sorted)
    }

    /// Of each id of a column its rank; `None` where not all cells are ids.
    fn ranks(&mut self, index: usize, descending: bool) -> Option<Arc<[u32]>> {
        let column = self.columns.list.get(index)?;
        if !column.segments.iter().all(Segment::has_ids) {
            return None;
        }
        if let Some(ranks) = self.cache.ranks(index, descending) {
            return Some(ranks);
        }
        let asked = Asked { columns: Vec::from([index]), derived: None };
        let place = |id: u32| Place::of(column.dictionary.get(id), &asked);
        let mut ids: Vec<u32> = (0..u32::MAX).take(column.dictionary.len()).collect();
        order::sort_numbers(&mut ids, &|a, b| place(a).cmp(&place(b)));
        let mut ranks = alloc::vec![LAST; column.dictionary.len()];
        for (rank, alike) in (0_u32..).zip(ids.chunk_by(|a, b| place(*a) == place(*b))) {
            for id in alike.iter().filter(|id| place(**id).is_some()) {
                if let Some(place) = ranks.get_mut(*id as usize) {
                    *place = if descending { LAST - 1 - rank } else { rank };
                }
            }
        }
        let ranks: Arc<[u32]> = ranks.into();
        self.cache.keep_ranks(index, descending, &ranks);
        Some(ranks)
    }

    fn first_by_rank(&self, rows: &Bitmap, index: usize, ranks: &[u32], wanted: usize) -> Vec<u32> {
        let Some(column) = self.columns.list.get(index) else { return Vec::new() };
        let rank = |id: u32| rank_of(ranks, id);
        let mut first = First::new(wanted);
        for (number, segment) in column.segments.iter().enumerate() {
            let start = number * self.settings.sizes.segment;
            let words = self.words(rows, start);
            match segment {
                Segment::Ids8(ids) => first.offer(words, start, ids, |id| rank((*id).into())),
                Segment::Ids16(ids) => first.offer(words, start, ids, |id| rank((*id).into())),
                Segment::Ids32(ids) => first.offer(words, start, ids, |id| rank(*id)),
                Segment::Sparse(ids, _) => {
                    let id = ids.in_order();
                    first.offer_each(words, start, |row| rank(id(row).unwrap_or(0)));
                }
                _ => first.offer_each(words, start, |row| rank(segment.id(row).unwrap_or(0))),
            }
        }
        first.rows()
    }

    fn first_of_column(
        &self,
        rows: &Bitmap,
        asked: &Asked,
        index: usize,
        descending: bool,
        wanted: usize,
    ) -> Vec<u32> {
        let Some(column) = self.columns.list.get(index) else { return Vec::new() };
        let segments = || {
            (0_usize..).zip(&column.segments).map(|(number, segment)| {
                let start = number * self.settings.sizes.segment;
                (start, self.words(rows, start), self.resolve(segment, number))
            })
        };
        if digits_alike(segments().map(|(_, _, segment)| segment)) {
            let mut first = First::new(wanted);
            for (start, words, segment) in segments() {
                let Segment::Digits(digits) = segment else { continue };
                first.offer_each(words, start, |row| {
                    Packed::new(digits.packed(row).unwrap_or_default(), descending)
                });
            }
            return first.rows();
        }
        if column.segments.iter().all(|segment| matches!(segment, Segment::Dates(..))) {
            let mut first = First::new(wanted);
            for (start, words, segment) in segments() {
                let Segment::Dates(dates, _) = segment else { continue };
                first.offer_each(words, start, |row| match dates.get(row) {
                    // The complement of an integer is in the opposite order.
                    Ok(nanos) => (0, in_order(if descending { !nanos } else { nanos })),
                    Err(_) => (1, 0),
                });
            }
            return first.rows();
        }
        let mut first = First::new(wanted);
        for (start, words, segment) in segments() {
            let key = |row| Key { place: place_in(column, segment, row, asked), descending };
            first.offer_each(words, start, key);
        }
        first.rows()
    }

    /// What a row is sorted by.
    #[inline(never)]
    fn key(&self, asked: &Asked, row: u32, descending: bool) -> Key<'_> {
        let size = self.settings.sizes.segment;
        let (number, row) = (row as usize / size, row as usize % size);
        let place = asked.columns.iter().find_map(|column| {
            let column = self.columns.list.get(*column)?;
            let segment = self.resolve(column.segments.get(number)?, number);
            place_in(column, segment, row, asked)
        });
        Key { place, descending }
    }

    /// What `with` makes of the id in a row of a column that has ids.
    fn with_id<T>(&self, column: usize, row: u32, with: impl FnOnce(u32) -> T) -> T {
        let size = self.settings.sizes.segment;
        let column = self.columns.list.get(column);
        let segment = column.and_then(|column| column.segments.get(row as usize / size));
        with(segment.and_then(|segment| segment.id(row as usize % size)).unwrap_or_default())
    }
}

/// All rows in an order, of equal ones the first first: with no more memory than their numbers take.
fn numbers(rows: &Bitmap, order: &dyn Fn(u32, u32) -> Ordering) -> Vec<u32> {
    let mut all = Vec::with_capacity(rows.count() as usize);
    all.extend(rows.rows());
    order::sort_numbers(&mut all, order);
    all
}

fn rank_of(ranks: &[u32], id: u32) -> (u64, u64) {
    (0, ranks.get(id as usize).copied().unwrap_or(LAST).into())
}

/// An integer as one without a sign, of the same order.
const fn in_order(number: i64) -> u64 {
    number.cast_unsigned() ^ 1 << 63
}

/// A place to sort by, the greatest first if `descending`; what is nowhere comes last.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Key<'a> {
    place: Option<Place<'a>>,
    descending: bool,
}

impl Sorted for Key<'_> {}

impl Ord for Key<'_> {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        let upwards = match (self.place, other.place) {
            (Some(a), Some(b)) => a.cmp(&b),
            (a, b) => return a.is_none().cmp(&b.is_none()),
        };
        if self.descending { upwards.reverse() } else { upwards }
    }
}

impl PartialOrd for Key<'_> {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Whether all segments are digits, of one length.
fn digits_alike<'t>(mut segments: impl Iterator<Item = &'t Segment>) -> bool {
    let mut length = None;
    segments.all(|segment| match segment {
        Segment::Digits(digits) => *length.get_or_insert(digits.length()) == digits.length(),
        _ => false,
    })
}

#[inline(never)]
fn place_in<'t>(
    column: &'t Column,
    segment: &'t Segment,
    row: usize,
    asked: &Asked,
) -> Option<Place<'t>> {
    match segment {
        Segment::Plain(plain) => Place::of(plain.get(row), asked),
        // No code of an event is a date, or has so many digits.
        Segment::Dates(..) | Segment::Digits(_) if asked.derived.is_some() => None,
        Segment::Dates(dates, _) => Some(Place::Date(dates::instant(dates.get(row).ok()?))),
        Segment::Digits(digits) => Some(Place::Text(digits.written(row)?)),
        _ => Place::of(column.dictionary.get(segment.id(row)?), asked),
    }
}
