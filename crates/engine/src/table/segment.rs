//! The cells of one column in the rows of one segment, in the form that suits them.

use alloc::{vec, vec::Vec};

use super::{
    bits,
    cell::{Cell, Kind},
    dates::{self, Dates},
    dictionary::Dictionary,
    digits::{self, Digits},
    ids::Ids,
    plain::Plain,
};

/// A segment that is whole. Ids are numbers of the column's [`Dictionary`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Segment {
    /// The same id in so many rows.
    Constant(u32, usize),
    Ids8(Vec<u8>),
    Ids16(Vec<u16>),
    Ids32(Vec<u32>),
    /// Where few of so many rows have an id.
    Sparse(Ids, usize),
    /// Dates with so many digits behind the point.
    Dates(Dates, u8),
    Plain(Plain),
    Digits(Digits),
    /// What the column of this number has in the same segment.
    Same(usize),
}

impl Segment {
    /// Ids of so many rows in as few bytes as will do.
    pub(super) fn of_ids(ids: &Ids, rows: usize) -> Self {
        let (mut least, mut greatest) = (u32::MAX, 0);
        ids.for_each(|_, id| (least, greatest) = (least.min(id), greatest.max(id)));
        let bytes = match greatest {
            0..=0xFF => 1,
            0x100..=0xFFFF => 2,
            _ => 4,
        };
        if ids.count() == rows && least == greatest {
            Self::Constant(least, rows)
        } else if ids.bytes() < bytes * rows {
            // The copy has no more room than it needs.
            Self::Sparse(ids.clone(), rows)
        } else {
            match bytes {
                1 => Self::Ids8(dense(ids, rows)),
                2 => Self::Ids16(dense(ids, rows)),
                _ => Self::Ids32(dense(ids, rows)),
            }
        }
    }

    /// The id in a row; `None` where the segment has none, or the row is past its end.
    pub(super) fn id(&self, row: usize) -> Option<u32> {
        match self {
            Self::Constant(id, rows) => (row < *rows).then_some(*id),
            Self::Ids8(ids) => ids.get(row).copied().map(u32::from),
            Self::Ids16(ids) => ids.get(row).copied().map(u32::from),
            Self::Ids32(ids) => ids.get(row).copied(),
            Self::Sparse(ids, rows) => {
                (row < *rows).then(|| ids.get(row).unwrap_or(Kind::Missing as u32))
            }
            Self::Dates(..) | Self::Plain(_) | Self::Digits(_) | Self::Same(_) => None,
        }
    }

    /// Whether its cells are ids.
    pub(super) const fn has_ids(&self) -> bool {
        !matches!(self, Self::Dates(..) | Self::Plain(_) | Self::Digits(_) | Self::Same(_))
    }

    /// Calls `with` for the cell in a row.
    pub(super) fn with_cell<T>(
        &self,
        row: usize,
        dictionary: &Dictionary,
        with: impl FnOnce(Cell<'_>) -> T,
    ) -> T {
        match self {
            Self::Plain(plain) => with(plain.get(row)),
            Self::Digits(digits) => with(digits.get(row, &mut digits::Text::new())),
            Self::Dates(dates, digits) => match dates.get(row) {
                Ok(nanos) => with(Cell::text(dates::Text::new().write(nanos, *digits))),
                Err(kind) => with(Cell::bare(kind)),
            },
            _ => with(self.id(row).map_or(Cell::MISSING, |id| dictionary.get(id))),
        }
    }

    /// Sets the bits of the rows whose id passes, where there are ids.
    pub(super) fn fill_ids(&self, verdicts: &Verdicts, words: &mut [u64]) {
        match self {
            Self::Constant(id, rows) => {
                if verdicts.of(*id) {
                    bits::fill_all(words, *rows);
                }
            }
            Self::Ids8(ids) => match verdicts.only::<u8>() {
                Some(only) => bits::fill(words, ids, |id: u8| id == only),
                None => verdicts.fill::<u8, 256>(words, ids),
            },
            Self::Ids16(ids) => match verdicts.only::<u16>() {
                Some(only) => bits::fill(words, ids, |id: u16| id == only),
                None => verdicts.fill::<u16, 65_536>(words, ids),
            },
            Self::Ids32(ids) => match verdicts.only::<u32>() {
                Some(only) => bits::fill(words, ids, |id: u32| id == only),
                None => bits::fill(words, ids, |id: u32| verdicts.of(id)),
            },
            // What is missing passes no test.
            Self::Sparse(ids, _) => {
                for (row, _) in ids.iter().filter(|(_, id)| verdicts.of(*id)) {
                    words.get_mut(row / 64).into_iter().for_each(|word| *word |= 1 << (row % 64));
                }
            }
            Self::Dates(..) | Self::Plain(_) | Self::Digits(_) | Self::Same(_) => {}
        }
    }

    /// Drops the rows whose id does not pass, where there is an array of ids; whether there is.
    pub(super) fn keep_ids(&self, words: &mut [u64], passes: impl FnMut(u32) -> bool) -> bool {
        match self {
            Self::Ids8(ids) => bits::keep(words, ids, passes),
            Self::Ids16(ids) => bits::keep(words, ids, passes),
            Self::Ids32(ids) => bits::keep(words, ids, passes),
            _ => return false,
        }
        true
    }

    pub(super) fn memory(&self) -> usize {
        match self {
            Self::Constant(..) | Self::Same(_) => 0,
            Self::Ids8(ids) => ids.capacity(),
            Self::Ids16(ids) => ids.capacity() * 2,
            Self::Ids32(ids) => ids.capacity() * 4,
            Self::Sparse(ids, _) => ids.memory(),
            Self::Dates(dates, _) => dates.memory(),
            Self::Plain(plain) => plain.memory(),
            Self::Digits(digits) => digits.memory(),
        }
    }
}

/// An id for each of so many rows.
fn dense<T: Clone + TryFrom<u32> + Default>(ids: &Ids, rows: usize) -> Vec<T> {
    let mut all = vec![T::default(); rows];
    ids.for_each(|row, id| {
        if let (Some(to), Ok(id)) = (all.get_mut(row), T::try_from(id)) {
            *to = id;
        }
    });
    all
}

/// Of each id, whether its value passes.
pub(super) struct Verdicts {
    /// 0 or 1.
    each: Vec<u8>,
    passing: usize,
    first: u32,
}

impl Verdicts {
    pub(super) fn new(each: impl Iterator<Item = bool>) -> Self {
        let mut each: Vec<u8> = each.map(u8::from).collect();
        let first = each.iter().zip(0_u32..).find(|(verdict, _)| **verdict == 1);
        let first = first.map_or(u32::MAX, |(_, id)| id);
        let passing = each.iter().map(|verdict| usize::from(*verdict)).sum();
        // Ids that there are not pass nothing.
        let all = if each.len() <= 256 { 256 } else { 65_536 };
        each.resize(each.len().max(all), 0);
        Self { passing, first, each }
    }

    #[inline]
    pub(super) fn of(&self, id: u32) -> bool {
        self.each.get(id as usize) == Some(&1)
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.passing == 0
    }

    /// The one id that passes, if it is one that fits.
    fn only<T: TryFrom<u32>>(&self) -> Option<T> {
        if self.passing == 1 { T::try_from(self.first).ok() } else { None }
    }

    /// Sets the bits of the rows whose id passes. A table of all ids that there could be needs no look at its end.
    fn fill<T: Copy + Into<usize>, const N: usize>(&self, words: &mut [u64], ids: &[T]) {
        match self.each.first_chunk::<N>() {
            Some(table) => bits::fill(words, ids, |id| table.get(id.into()) == Some(&1)),
            None => bits::fill(words, ids, |id| self.each.get(id.into()) == Some(&1)),
        }
    }
}

/// A segment that still grows.
#[derive(Clone, Debug)]
pub(super) enum Open {
    Ids(Ids),
    Dates(dates::Growing, u8),
    Plain(Plain),
    /// Where the segment before was such.
    Digits(Digits),
}

impl Open {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Ids(ids) => ids.len(),
            Self::Dates(dates, _) => dates.len(),
            Self::Plain(plain) => plain.len(),
            Self::Digits(digits) => digits.len(),
        }
    }

    pub(super) fn pop(&mut self) {
        match self {
            Self::Ids(ids) => ids.pop(),
            Self::Dates(dates, _) => dates.pop(),
            Self::Plain(plain) => plain.pop(),
            Self::Digits(digits) => digits.pop(),
        }
    }

    /// Calls `each` with every cell until it says no.
    pub(super) fn each_cell<E>(
        &self,
        dictionary: &Dictionary,
        mut each: impl FnMut(Cell<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        match self {
            Self::Ids(ids) => {
                let get = ids.in_order();
                (0..ids.len()).try_for_each(|row| match get(row) {
                    Some(id) => each(dictionary.get(id)),
                    None => each(Cell::MISSING),
                })
            }
            Self::Plain(plain) => plain.cells().try_for_each(each),
            Self::Digits(digits) => {
                let mut room = digits::Text::new();
                (0..digits.len()).try_for_each(|row| each(digits.get(row, &mut room)))
            }
            Self::Dates(dates, digits) => dates.values().try_for_each(|value| match value {
                Ok(nanos) => each(Cell::text(dates::Text::new().write(nanos, *digits))),
                Err(kind) => each(Cell::bare(kind)),
            }),
        }
    }

    pub(super) fn memory(&self) -> usize {
        match self {
            Self::Ids(ids) => ids.memory(),
            Self::Dates(dates, _) => dates.memory(),
            Self::Plain(plain) => plain.memory(),
            Self::Digits(digits) => digits.memory(),
        }
    }
}

/// Whether a cell says that there is something.
pub(super) fn is_present(cell: Cell<'_>) -> bool {
    !matches!(cell.kind, Kind::Missing | Kind::Null)
}
