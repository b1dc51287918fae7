//! Where the entries lie in the input: four bytes an entry, where what parts them is always as long.

use alloc::vec::Vec;
use core::ops::Range;

#[derive(Clone, Debug)]
pub(super) struct Rows {
    segments: Vec<Ranges>,
    open: Vec<Range<u64>>,
    /// Rows of a segment.
    segment: usize,
}

/// The entries of one segment.
#[derive(Clone, Debug)]
enum Ranges {
    /// Starts from `base`. An entry ends `gap` bytes before the next; the last one at `end`.
    Even { base: u64, starts: Vec<u32>, gap: u64, end: u64 },
    /// Starts from `base`, and lengths.
    Uneven { base: u64, starts: Vec<(u32, u32)> },
    /// Of gigabytes.
    Wide(Vec<Range<u64>>),
}

impl Rows {
    pub(super) const fn new(segment: usize) -> Self {
        Self { segments: Vec::new(), open: Vec::new(), segment }
    }

    pub(super) fn len(&self) -> usize {
        self.segments.len() * self.segment + self.open.len()
    }

    /// Rows of the open segment.
    pub(super) fn open(&self) -> usize {
        self.open.len()
    }

    pub(super) fn push(&mut self, range: Range<u64>) {
        self.open.push(range);
    }

    pub(super) fn seal(&mut self) {
        self.segments.push(Ranges::of(&self.open));
        self.open.clear();
    }

    /// The open segment is the last one, and whole.
    pub(super) fn close(&mut self) {
        self.open = Vec::from(self.open.as_slice());
        self.segments.shrink_to_fit();
    }

    pub(super) fn get(&self, row: usize) -> Option<Range<u64>> {
        match self.segments.get(row / self.segment) {
            Some(ranges) => ranges.get(row % self.segment),
            None => self.open.get(row - self.segments.len() * self.segment).cloned(),
        }
    }

    pub(super) fn memory(&self) -> usize {
        let ranges = |ranges: &Vec<Range<u64>>| ranges.capacity() * size_of::<Range<u64>>();
        let segment = |segment: &Ranges| match segment {
            Ranges::Even { starts, .. } => starts.capacity() * size_of::<u32>(),
            Ranges::Uneven { starts, .. } => starts.capacity() * size_of::<(u32, u32)>(),
            Ranges::Wide(wide) => ranges(wide),
        };
        ranges(&self.open) + self.segments.iter().map(segment).sum::<usize>()
    }
}

impl Ranges {
    fn of(rows: &[Range<u64>]) -> Self {
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
            return Self::Wide(Vec::new());
        };
        let (base, end) = (first.start, last.end);
        if u32::try_from(end - base).is_err() {
            return Self::Wide(rows.to_vec());
        }
        let gap = |pair: &[Range<u64>]| match pair {
            [before, after] => after.start - before.end,
            _ => 0,
        };
        let start = |row: &Range<u64>| (row.start - base) as u32;
        let even = rows.windows(2).next().map_or(0, gap);
        if rows.windows(2).all(|pair| gap(pair) == even) {
            Self::Even { base, starts: rows.iter().map(start).collect(), gap: even, end }
        } else {
            let starts = rows.iter().map(|row| (start(row), (row.end - row.start) as u32));
            Self::Uneven { base, starts: starts.collect() }
        }
    }

    fn get(&self, row: usize) -> Option<Range<u64>> {
        match self {
            Self::Even { base, starts, gap, end } => {
                let start = base + u64::from(*starts.get(row)?);
                let next = starts.get(row + 1).map(|next| base + u64::from(*next) - gap);
                Some(start..next.unwrap_or(*end))
            }
            Self::Uneven { base, starts } => {
                let (start, length) = starts.get(row)?;
                let start = base + u64::from(*start);
                Some(start..start + u64::from(*length))
            }
            Self::Wide(rows) => rows.get(row).cloned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of a log whose entries are so long and so far from each other, row by row.
    fn check(length: impl Fn(u64) -> u64, gap: impl Fn(u64) -> u64) {
        let mut start = 1 << 33;
        let mut all = Vec::new();
        let mut rows = Rows::new(64);
        for row in 0..200 {
            all.push(start..start + length(row));
            start += length(row) + gap(row);
        }
        for range in &all {
            rows.push(range.clone());
            if rows.open() == 64 {
                rows.seal();
            }
        }
        rows.close();
        assert_eq!(rows.len(), 200);
        let found: Vec<_> = (0..200).map(|row| rows.get(row).unwrap()).collect();
        assert_eq!(found, all);
        assert_eq!(rows.get(200), None);
    }

    #[test]
    fn every_row_lies_where_it_was() {
        check(|row| 10 + row % 7, |_| 1);
        check(|row| 10 + row % 7, |_| 0);
        check(|row| 10 + row % 7, |row| row % 3);
        check(|row| row << 24, |_| 2);
        check(|_| 2, |row| if row == 70 { 1 << 40 } else { 1 });
    }
}
