//! One leaf against its columns: each distinct value once, then ids to bits.

use alloc::{vec, vec::Vec};

use trailsift_core::{
    CompiledTest,
    filter::{DateRange, Test, TextTest, ValueTest},
    pattern::Piece,
};

use super::{
    Sizes,
    bitmap::{Bitmap, Ones},
    cell::{Cell, Kind},
    column::Column,
    dates::{Dates, nanos_of},
    digits::{self, Digits},
    plain::Plain,
    segment::{Segment, Verdicts},
};

/// A value that is tested costs as much as so many ids in a loop.
const TEST: u64 = 32;

pub(super) struct LeafPlan<'t> {
    all: &'t [Column],
    columns: Vec<usize>,
    test: CompiledTest,
    range: Option<DateRange>,
    /// The same in nanoseconds.
    nanos: Option<(i64, i64)>,
    /// Whether `null` passes.
    null: bool,
    needle: Option<Vec<u8>>,
    length: u32,
    sizes: Sizes,
}

impl<'t> LeafPlan<'t> {
    pub(super) fn new(
        all: &'t [Column],
        columns: Vec<usize>,
        test: &Test,
        length: u32,
        sizes: Sizes,
    ) -> Self {
        let (range, null, needle) = match test {
            Test::Exists => (Some(DateRange::default()), false, None),
            Test::Is(test) => (test.date, test.null, needle(test)),
        };
        let nanos = range.as_ref().map(nanos_of);
        let test = CompiledTest::new(test);
        Self { all, columns, test, range, nanos, null, needle, length, sizes }
    }

    /// All rows that pass.
    pub(super) fn rows(&self) -> Bitmap {
        let mut rows = Bitmap::none(self.length);
        for index in &self.columns {
            let Some(column) = self.all.get(*index) else { continue };
            let verdicts = self.verdicts(column);
            for (number, segment) in column.segments.iter().enumerate() {
                let words = rows.words_from_mut(number * self.sizes.segment);
                self.fill(segment, number, &verdicts, words);
            }
        }
        rows
    }

    fn verdicts(&self, column: &Column) -> Verdicts {
        Verdicts::new(column.dictionary.cells().map(|cell| cell.passes(&self.test)))
    }

    fn fill(&self, segment: &Segment, number: usize, verdicts: &Verdicts, words: &mut [u64]) {
        match segment {
            Segment::Dates(dates, digits) => self.fill_dates(dates, *digits, words),
            Segment::Plain(plain) => self.fill_plain(plain, words),
            // What repeats is plain: ids would be another dictionary's.
            Segment::Same(other) => match self.segment(*other, number) {
                Some(Segment::Plain(plain)) => self.fill_plain(plain, words),
                Some(Segment::Digits(digits)) => self.fill_digits(digits, words),
                _ => {}
            },
            Segment::Digits(digits) => self.fill_digits(digits, words),
            _ if verdicts.is_empty() => {}
            _ => segment.fill_ids(verdicts, words),
        }
    }

    fn segment(&self, column: usize, number: usize) -> Option<&'t Segment> {
        self.all.get(column)?.segments.get(number)
    }

    fn fill_dates(&self, dates: &Dates, digits: u8, words: &mut [u64]) {
        if let Some(range) = &self.range {
            dates.fill_range(range, words);
            if self.null {
                set(words, (0..dates.len()).filter(|row| dates.get(*row) == Err(Kind::Null)));
            }
            return;
        }
        let mut text = super::dates::Text::new();
        set(
            words,
            (0..dates.len()).filter(|row| match dates.get(*row) {
                Ok(nanos) => Cell::text(text.write(nanos, digits)).passes(&self.test),
                Err(kind) => Cell::bare(kind).passes(&self.test),
            }),
        );
    }

    fn fill_plain(&self, plain: &Plain, words: &mut [u64]) {
        let passes = |row: &usize| plain.get(*row).passes(&self.test);
        match &self.needle {
            Some(needle) => {
                set(words, plain.rows_with(needle).filter(passes));
                // The decimal text of a number is nowhere in its bytes.
                set(words, plain.rows_but_text().filter(passes));
            }
            None => set(words, plain.rows().filter(passes)),
        }
    }

    fn fill_digits(&self, digits: &Digits, words: &mut [u64]) {
        let mut room = digits::Text::new();
        let mut passes = |row: &usize| digits.get(*row, &mut room).passes(&self.test);
        match &self.needle {
            // Shorter ones stand in most rows, and seldom in bytes of their own.
            Some(needle) if needle.len() > 2 => digits.each_row_with(needle, |row| {
                if passes(&row) {
                    set(words, core::iter::once(row));
                }
            }),
            _ => set(words, (0..digits.len()).filter(passes)),
        }
    }

    /// Drops the rows that do not pass.
    pub(super) fn keep_passing(&self, rows: &mut Bitmap) {
        let mut known: Vec<Vec<u8>> = Vec::new();
        for column in self.columns.iter().filter_map(|column| self.all.get(*column)) {
            known.push(vec![0; column.dictionary.len()]);
        }
        let segments = (self.length as usize).div_ceil(self.sizes.segment);
        for number in 0..segments {
            let words = rows.words_from_mut(number * self.sizes.segment);
            let length = words.len().min(self.sizes.segment / 64);
            let words = words.get_mut(..length).unwrap_or_default();
            let cells: Vec<_> = self.cells(number).collect();
            if let ([(_, Segment::Dates(dates, _))], Some(range)) = (cells.as_slice(), &self.range)
                && !self.null
                && dates.keep_range(range, words)
            {
                continue;
            }
            if let ([(column, segment)], [known]) = (cells.as_slice(), known.as_mut_slice())
                && segment.keep_ids(words, |id| self.id_passes(column, id, known))
            {
                continue;
            }
            for (index, word) in words.iter_mut().enumerate() {
                for bit in Ones(*word) {
                    let row = index * 64 + bit as usize;
                    let mut cells = cells.iter().zip(&mut known);
                    let passes = cells.any(|((column, segment), known)| {
                        self.cell_passes(column, segment, row, known)
                    });
                    *word &= !(u64::from(!passes) << bit);
                }
            }
        }
    }

    /// The columns with their segments of a number.
    fn cells(&self, number: usize) -> impl Iterator<Item = (&'t Column, &'t Segment)> {
        self.columns.iter().filter_map(move |index| {
            let column = self.all.get(*index)?;
            match column.segments.get(number)? {
                Segment::Same(other) => Some((column, self.segment(*other, number)?)),
                segment => Some((column, segment)),
            }
        })
    }

    /// Whether the cell of one row passes. `known` has what was found of each id: 1 no, 2 yes.
    #[inline]
    fn cell_passes(
        &self,
        column: &Column,
        segment: &Segment,
        row: usize,
        known: &mut [u8],
    ) -> bool {
        if let (Segment::Dates(dates, _), Some((first, last))) = (segment, self.nanos) {
            return match dates.get(row) {
                Ok(nanos) => first <= nanos && nanos <= last,
                Err(kind) => kind == Kind::Null && self.null,
            };
        }
        match segment.id(row) {
            Some(id) => self.id_passes(column, id, known),
            None => segment.with_cell(row, &column.dictionary, |cell| cell.passes(&self.test)),
        }
    }

    /// Whether the value of an id passes, which is tested once.
    #[inline]
    fn id_passes(&self, column: &Column, id: u32, known: &mut [u8]) -> bool {
        match known.get_mut(id as usize) {
            Some(known) if *known > 0 => *known == 2,
            known => {
                let passes = column.dictionary.get(id).passes(&self.test);
                known.into_iter().for_each(|known| *known = 1 + u8::from(passes));
                passes
            }
        }
    }

    /// About what [`Self::rows`] costs, in rows of a loop over ids.
    pub(super) fn cost(&self) -> u64 {
        let mut cost = 0;
        for column in self.columns.iter().filter_map(|column| self.all.get(*column)) {
            cost += TEST * column.dictionary.len() as u64;
            for segment in &column.segments {
                let rows = self.sizes.segment as u64;
                cost += match segment {
                    Segment::Constant(..) => 0,
                    Segment::Sparse(ids, _) => ids.count() as u64,
                    Segment::Ids8(_) | Segment::Ids16(_) | Segment::Ids32(_) => rows,
                    Segment::Dates(..) if self.range.is_some() => rows,
                    Segment::Dates(..) => TEST * rows,
                    Segment::Plain(_) | Segment::Digits(_) | Segment::Same(_) => {
                        rows * if self.needle.is_some() { 4 } else { TEST }
                    }
                };
            }
        }
        cost
    }
}

fn set(words: &mut [u64], rows: impl Iterator<Item = usize>) {
    for row in rows {
        if let Some(word) = words.get_mut(row / 64) {
            *word |= 1 << (row % 64);
        }
    }
}

/// Text that is in every string that passes; `None` where there is none.
fn needle(test: &ValueTest) -> Option<Vec<u8>> {
    let other = test.date.is_some() || test.address.is_some() || test.numeric_text;
    if other || test.ignore_case {
        return None;
    }
    let text = match test.text.as_ref()? {
        TextTest::Equals(text) => text,
        TextTest::Matches(pattern) => {
            let texts = pattern.pieces.iter().filter_map(|piece| match piece {
                Piece::Text(text) => Some(text),
                Piece::AnyRun | Piece::AnyOne => None,
            });
            texts.max_by_key(|text| text.len())?
        }
        TextTest::OneOf(_) | TextTest::Between(..) => return None,
    };
    (!text.is_empty()).then(|| text.as_bytes().to_vec())
}
