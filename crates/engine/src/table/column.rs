//! A column: the values at one path, segment by segment, and how it finds the form that suits them.
//!
//! It begins with a dictionary. Where that would hold nearly as many values as there are rows with one, the segment is
//! written anew, as dates if all are written alike, else plainly, and the column stays so. Segments that are whole are
//! never touched again.

use alloc::vec::Vec;

use super::{
    Sizes,
    cell::{BARE, Cell, Kind, same},
    dates,
    dictionary::Dictionary,
    digits::Digits,
    ids::Ids,
    plain::{Plain, TooLong},
    segment::{Open, Segment, is_present},
};

/// A dictionary of dates with more values than this costs more than their integers.
const FEW_DATES: usize = 256;

#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) dictionary: Dictionary,
    pub(super) segments: Vec<Segment>,
    open: Open,
    /// Values of the dictionary before the open segment.
    known: usize,
    /// Cells of the open segment that say something.
    present: usize,
    /// As many as there must be for the dictionary to be judged.
    judged_at: usize,
    /// The cell before.
    last: Last,
    /// Bytes of the whole segments.
    sealed: usize,
    /// How often each id is in the whole segments.
    pub(super) totals: Vec<u32>,
}

/// Bytes of a cell that is remembered.
const SHORT: usize = 48;

/// A cell and its id. It lies in the column itself: a look into the dictionary would wait for memory four times.
#[derive(Clone, Debug)]
struct Last {
    id: u32,
    kind: Kind,
    length: usize,
    bytes: [u8; SHORT],
}

impl Last {
    #[inline]
    fn is(&self, cell: Cell<'_>) -> bool {
        self.kind == cell.kind
            && self.length == cell.bytes.len()
            && self.bytes.get(..self.length).is_some_and(|bytes| same(bytes, cell.bytes))
    }

    fn set(&mut self, id: u32, cell: Cell<'_>) {
        (self.id, self.kind, self.length) = (id, cell.kind, cell.bytes.len());
        // A longer one is not found again.
        if let Some(bytes) = self.bytes.get_mut(..cell.bytes.len()) {
            bytes.copy_from_slice(cell.bytes);
        }
    }
}

impl Column {
    /// A column whose path led nowhere in the segments so far.
    pub(super) fn new(sizes: &Sizes, segments: usize) -> Self {
        let missing = u32::try_from(segments * sizes.segment).unwrap_or(u32::MAX);
        Self {
            dictionary: Dictionary::new(),
            segments: (0..segments)
                .map(|_| Segment::Constant(Kind::Missing as u32, sizes.segment))
                .collect(),
            open: Open::Ids(Ids::default()),
            known: BARE.len(),
            present: 0,
            judged_at: sizes.sample,
            last: Last { id: 0, kind: Kind::Missing, length: 0, bytes: [0; SHORT] },
            sealed: 0,
            totals: alloc::vec![missing],
        }
    }

    /// Rows of the open segment that have their cell.
    pub(super) fn len(&self) -> usize {
        self.open.len()
    }

    /// Takes back the last cell.
    pub(super) fn pop(&mut self) {
        self.open.pop();
    }

    /// The cell of a row of the open segment; cells that were left out are missing. A second one takes the first's place.
    #[inline(always)]
    pub(super) fn put(&mut self, row: usize, cell: Cell<'_>, sizes: &Sizes) -> Result<(), TooLong> {
        if self.len() > row {
            self.pop();
        }
        let Open::Ids(ids) = &mut self.open else { return self.push(row, cell, sizes) };
        if !self.last.is(cell) {
            let Ok(id) = self.dictionary.number(cell) else {
                self.give_up(None)?;
                return self.push(row, cell, sizes);
            };
            self.last.set(id, cell);
        }
        ids.push(row, self.last.id);
        if is_present(cell) {
            self.present += 1;
            if self.present >= self.judged_at {
                self.judged_at = self.present + sizes.sample;
                self.judge()?;
            }
        }
        Ok(())
    }

    #[cold]
    fn fill_up(&mut self, rows: usize) -> Result<(), TooLong> {
        match &mut self.open {
            Open::Ids(_) => {}
            Open::Dates(dates, _) => {
                while dates.len() < rows {
                    dates.push_bare(Kind::Missing);
                }
            }
            Open::Plain(plain) => {
                while plain.len() < rows {
                    plain.push(Cell::MISSING)?;
                }
            }
            Open::Digits(digits) => {
                if digits.len() < rows {
                    self.give_up(None)?;
                    return self.fill_up(rows);
                }
            }
        }
        Ok(())
    }

    /// Puts a cell where no ids are.
    fn push(&mut self, row: usize, cell: Cell<'_>, sizes: &Sizes) -> Result<(), TooLong> {
        if self.len() < row {
            self.fill_up(row)?;
        }
        match &mut self.open {
            Open::Ids(_) => self.put(row, cell, sizes),
            Open::Plain(plain) => plain.push(cell),
            Open::Digits(digits) => {
                if digits.push(cell) {
                    return Ok(());
                }
                self.give_up(None)?;
                self.push(row, cell, sizes)
            }
            Open::Dates(dates, digits) => {
                match (cell.kind, dates::canonical(cell.bytes)) {
                    (Kind::Text, Some((nanos, found))) if found == *digits => {
                        dates.push(nanos);
                        return Ok(());
                    }
                    (Kind::Text, _) => {}
                    (kind, _) => {
                        if dates.push_bare(kind) {
                            return Ok(());
                        }
                    }
                }
                self.give_up(None)?;
                self.push(row, cell, sizes)
            }
        }
    }

    /// Does without the dictionary if it does not pay.
    fn judge(&mut self) -> Result<(), TooLong> {
        if !matches!(self.open, Open::Ids(_)) {
            return Ok(());
        }
        let fresh = self.dictionary.len() - self.known;
        let unique = fresh * 2 > self.present;
        if unique || self.dictionary.len() > FEW_DATES {
            let digits = self.digits();
            if unique || digits.is_some() {
                return self.give_up(digits);
            }
        }
        Ok(())
    }

    /// How the values new in this segment are written, if they are all dates written alike.
    fn digits(&self) -> Option<u8> {
        let mut found = None;
        for cell in self.dictionary.cells().skip(self.known) {
            let (_, digits) = dates::canonical(cell.bytes).filter(|_| cell.kind == Kind::Text)?;
            if found.is_some_and(|found| found != digits) {
                return None;
            }
            found = Some(digits);
        }
        found
    }

    /// Writes the open segment anew: as dates with so many digits where all its cells are such, else plainly.
    fn give_up(&mut self, digits: Option<u8>) -> Result<(), TooLong> {
        let dates = digits.and_then(|digits| {
            let mut dates = dates::Growing::with_capacity(self.len());
            let mut push = |cell: Cell<'_>| match dates::canonical(cell.bytes) {
                Some((nanos, found)) if cell.kind == Kind::Text && found == digits => {
                    dates.push(nanos);
                    Ok(())
                }
                _ => dates.push_bare(cell.kind).then_some(()).ok_or(()),
            };
            self.open.each_cell(&self.dictionary, &mut push).ok()?;
            Some(Open::Dates(dates, digits))
        });
        let open = match dates {
            Some(dates) => dates,
            None => {
                let mut plain = Plain::default();
                self.open.each_cell(&self.dictionary, |cell| plain.push(cell))?;
                Open::Plain(plain)
            }
        };
        self.open = open;
        self.dictionary.truncate(self.known);
        Ok(())
    }

    /// Ends the open segment at so many rows.
    pub(super) fn seal(&mut self, rows: usize, sizes: &Sizes) -> Result<(), TooLong> {
        if self.present >= sizes.sample / 16 {
            self.judge()?;
        }
        if matches!(&self.open, Open::Ids(ids) if ids.count() == 0) {
            // Most keys of a log with many are in few of its segments: no room is made for what is missing.
            let missing = u32::try_from(rows).unwrap_or(u32::MAX);
            self.totals.first_mut().into_iter().for_each(|total| *total += missing);
            self.segments.push(Segment::Constant(Kind::Missing as u32, rows));
            return Ok(());
        }
        // An entry that did not fit may have left cells behind.
        while self.len() > rows {
            self.pop();
        }
        self.fill_up(rows)?;
        let segment = match &mut self.open {
            Open::Ids(ids) => {
                let segment = Segment::of_ids(ids, rows);
                self.totals.resize(self.dictionary.len(), 0);
                let missing = u32::try_from(rows - ids.count()).unwrap_or(u32::MAX);
                self.totals.first_mut().into_iter().for_each(|total| *total += missing);
                let totals = &mut self.totals;
                ids.for_each(|_, id| {
                    totals.get_mut(id as usize).into_iter().for_each(|total| *total += 1);
                });
                ids.clear();
                segment
            }
            Open::Dates(dates, digits) => {
                let segment = Segment::Dates(dates.seal(sizes.zone), *digits);
                *dates = dates::Growing::with_capacity(rows);
                segment
            }
            Open::Plain(plain) => match Digits::of(plain) {
                Some(digits) => {
                    self.open = Open::Digits(digits.another());
                    Segment::Digits(digits)
                }
                None => {
                    let next = plain.another();
                    let mut plain = core::mem::replace(plain, next);
                    plain.shrink();
                    Segment::Plain(plain)
                }
            },
            Open::Digits(digits) => {
                let next = digits.another();
                let mut digits = core::mem::replace(digits, next);
                digits.shrink();
                Segment::Digits(digits)
            }
        };
        self.sealed += segment.memory();
        self.segments.push(segment);
        self.known = self.dictionary.len();
        (self.present, self.judged_at) = (0, sizes.sample);
        Ok(())
    }

    /// The last segment is the same as that of the column of this number.
    pub(super) fn alias_last(&mut self, other: usize) {
        if let Some(last) = self.segments.last_mut() {
            self.sealed -= last.memory();
            *last = Segment::Same(other);
        }
    }

    /// Moves behind so many other columns.
    pub(super) fn renumber(&mut self, first: usize) {
        for segment in &mut self.segments {
            if let Segment::Same(other) = segment {
                *other += first;
            }
        }
    }

    /// No more rows will come.
    pub(super) fn close(&mut self) {
        self.open = Open::Ids(Ids::default());
        self.dictionary.close();
        self.segments.shrink_to_fit();
        self.totals.shrink_to_fit();
    }

    pub(super) fn memory(&self) -> usize {
        let segments = self.segments.capacity() * size_of::<Segment>();
        let totals = self.totals.capacity() * size_of::<u32>();
        segments + self.sealed + totals + self.open.memory() + self.dictionary.memory()
    }
}
