//! Texts of decimal digits, all as long as each other: two digits a byte. Ids are often such.

use alloc::vec::Vec;
use core::cmp::Ordering;

use super::{
    cell::{Cell, Kind, compare, same},
    plain::Plain,
};
use crate::simd::{Vector, WIDTH};

/// Lengths of texts that are packed. What is shorter than the first could be a date.
const SHORTEST: usize = 8;
const LONGEST: usize = 128;

/// Bytes in which is counted what is rare, and places of a needle that are tried.
const SAMPLE: usize = 1024;
const MOST_PLACES: usize = 16;

/// What stands behind the last digit of a text of odd length: no digit.
const FILL: u8 = 0xF;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Digits {
    bytes: Vec<u8>,
    /// Digits of a text.
    length: usize,
}

/// Room for the text of a row.
pub(super) struct Text([u8; LONGEST]);

impl Text {
    pub(super) const fn new() -> Self {
        Self([0; LONGEST])
    }
}

impl Digits {
    /// The cells of `plain`, if they are such texts.
    pub(super) fn of(plain: &Plain) -> Option<Self> {
        let (bytes, length) = plain.texts_of_one_length()?;
        if !(SHORTEST..=LONGEST).contains(&length) || !bytes.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let mut packed = Vec::with_capacity(plain.len() * length.div_ceil(2));
        for text in bytes.chunks_exact(length) {
            pack(text, &mut packed);
        }
        Some(Self { bytes: packed, length })
    }

    /// An empty one for as many texts of the same length.
    pub(super) fn another(&self) -> Self {
        Self { bytes: Vec::with_capacity(self.bytes.len()), length: self.length }
    }

    /// Appends a cell; whether it could: not one that is no such text.
    #[inline]
    pub(super) fn push(&mut self, cell: Cell<'_>) -> bool {
        let is_such = cell.kind == Kind::Text && cell.bytes.len() == self.length;
        if !is_such || !cell.bytes.iter().all(u8::is_ascii_digit) {
            return false;
        }
        pack(cell.bytes, &mut self.bytes);
        true
    }

    pub(super) fn pop(&mut self) {
        self.bytes.truncate(self.bytes.len().saturating_sub(self.width()));
    }

    pub(super) fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
    }

    pub(super) const fn length(&self) -> usize {
        self.length
    }

    /// Bytes of a row.
    const fn width(&self) -> usize {
        self.length.div_ceil(2)
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len() / self.width()
    }

    /// A row's digits, packed: in the order of their texts. `None` past the last row.
    #[inline]
    pub(super) fn packed(&self, row: usize) -> Option<&[u8]> {
        let start = row * self.width();
        self.bytes.get(start..start + self.width())
    }

    /// The cell in a row, written into `room`.
    #[inline]
    pub(super) fn get<'r>(&self, row: usize, room: &'r mut Text) -> Cell<'r> {
        let Some(packed) = self.packed(row) else { return Cell::MISSING };
        for (pair, byte) in room.0.as_chunks_mut::<2>().0.iter_mut().zip(packed) {
            *pair = [b'0' | byte >> 4, b'0' | byte & FILL];
        }
        Cell::text(room.0.get(..self.length).unwrap_or_default())
    }

    /// The text in a row, as it lies there. `None` past the last row.
    #[inline]
    pub(super) fn written(&self, row: usize) -> Option<Written<'_>> {
        self.packed(row).map(|packed| Written::Digits { packed, length: self.length })
    }

    /// Calls `each` with the rows whose text holds the needle, of three digits or more; with some of them twice.
    pub(super) fn each_row_with(&self, needle: &[u8], mut each: impl FnMut(usize)) {
        if needle.len() > self.length || !needle.iter().all(u8::is_ascii_digit) {
            return;
        }
        // A needle begins with the high digit of a byte, or with the low one.
        let mut needles = [Needle::new(needle, false), Needle::new(needle, true)];
        let sample = self.bytes.get(..SAMPLE).unwrap_or(&self.bytes);
        needles.iter_mut().for_each(|needle| needle.look_for_rarest(sample));
        let width = self.width();
        let mut check = |at: usize| {
            let row = at / width;
            let text = self.bytes.get(row * width..(row + 1) * width).unwrap_or_default();
            if needles.iter().any(|needle| needle.is_at(text, at - row * width)) {
                each(row);
            }
        };
        // Two bytes of each at once, where so many follow.
        let [high, low] = needles.each_ref().map(Needle::sought);
        let mut at = 0;
        while let Some(chunk) = self.bytes.get(at..at + WIDTH + 1)
            && let (Some(one), Some(other)) = (chunk.first_chunk(), chunk.last_chunk())
        {
            let (one, other) = (Vector::load(one), Vector::load(other));
            let mut found = high.in_both(one, other).or(low.in_both(one, other)).bits();
            while found != 0 {
                check(at + found.trailing_zeros() as usize);
                found &= found - 1;
            }
            at += WIDTH;
        }
        (at..self.bytes.len()).for_each(check);
    }

    pub(super) const fn memory(&self) -> usize {
        self.bytes.capacity()
    }
}

/// A text where it lies: to be compared with others.
#[derive(Clone, Copy, Debug)]
pub(super) enum Written<'a> {
    Bytes(&'a [u8]),
    Digits { packed: &'a [u8], length: usize },
}

impl Written<'_> {
    fn bytes(&self) -> impl Iterator<Item = u8> {
        let (bytes, packed, length) = match *self {
            Self::Bytes(bytes) => (bytes, &[][..], 0),
            Self::Digits { packed, length } => (&[][..], packed, length),
        };
        let digits = packed.iter().flat_map(|byte| [b'0' | byte >> 4, b'0' | byte & FILL]);
        bytes.iter().copied().chain(digits.take(length))
    }
}

impl Ord for Written<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Bytes(a), Self::Bytes(b)) => compare(a, b),
            (
                Self::Digits { packed: a, length },
                Self::Digits { packed: b, length: other_length },
            ) if length == other_length => compare(a, b),
            _ => self.bytes().cmp(other.bytes()),
        }
    }
}

impl PartialOrd for Written<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Written<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Written<'_> {}

/// Appends a text's digits.
#[inline]
fn pack(text: &[u8], packed: &mut Vec<u8>) {
    let (pairs, rest) = text.as_chunks::<2>();
    packed.extend(pairs.iter().map(|[high, low]| high << 4 | low & FILL));
    packed.extend(rest.iter().map(|high| high << 4 | FILL));
}

/// A needle as it stands in bytes.
struct Needle {
    /// The low digit of the byte before the whole ones.
    before: Option<u8>,
    /// At least one.
    whole: Vec<u8>,
    /// The high digit of the byte behind them.
    behind: Option<u8>,
    /// Which of the whole bytes is looked for, with the one behind it.
    looked_for: usize,
}

impl Needle {
    fn new(needle: &[u8], is_odd: bool) -> Self {
        let (before, rest) = needle.split_at_checked(usize::from(is_odd)).unwrap_or((needle, &[]));
        let (pairs, behind) = rest.as_chunks::<2>();
        let whole = pairs.iter().map(|[high, low]| high << 4 | low & FILL).collect();
        let digit = |digits: &[u8]| digits.first().map(|digit| digit & FILL);
        Self { before: digit(before), whole, behind: digit(behind), looked_for: 0 }
    }

    /// Looks for what is the rarest of the needle in a sample: ids have many zeros.
    fn look_for_rarest(&mut self, sample: &[u8]) {
        let places = 0..self.whole.len().min(MOST_PLACES);
        let often = |place: &usize| {
            let (one, other, mask) = self.bytes_at(*place);
            let pairs = sample.iter().zip(sample.iter().skip(1));
            pairs.filter(|(byte, behind)| **byte == one && **behind & mask == other).count()
        };
        self.looked_for = places.min_by_key(often).unwrap_or_default();
    }

    /// Whether what is looked for stands at `at` of a packed text, and all around it is the needle's own.
    #[inline]
    fn is_at(&self, text: &[u8], at: usize) -> bool {
        let Some(at) = at.checked_sub(self.looked_for) else { return false };
        let end = at + self.whole.len();
        let is = |digit: Option<u8>, found: Option<u8>| digit.is_none() || digit == found;
        let before = at.checked_sub(1).and_then(|before| text.get(before));
        text.get(at..end).is_some_and(|whole| same(whole, &self.whole))
            && is(self.before, before.map(|byte| byte & FILL))
            && is(self.behind, text.get(end).map(|byte| byte >> 4))
    }

    /// A whole byte, and what is known of the one behind it, with a mask.
    fn bytes_at(&self, place: usize) -> (u8, u8, u8) {
        match (self.whole.get(place..).unwrap_or_default(), self.behind) {
            ([one, other, ..], _) => (*one, *other, 0xFF),
            ([one], Some(behind)) => (*one, behind << 4, 0xF0),
            ([one], None) => (*one, 0, 0),
            ([], _) => (0, 0, 0),
        }
    }

    fn sought(&self) -> Sought {
        let (one, other, mask) = self.bytes_at(self.looked_for);
        Sought { one: Vector::splat(one), other: Vector::splat(other), mask: Vector::splat(mask) }
    }
}

/// Two bytes that are looked for at every place of a vector.
#[derive(Clone, Copy)]
struct Sought {
    one: Vector,
    other: Vector,
    mask: Vector,
}

impl Sought {
    /// Where a byte is the first one, and the byte behind it the second, which `behind` has at the same place.
    #[inline(always)]
    fn in_both(self, byte: Vector, behind: Vector) -> Vector {
        byte.eq(self.one).and(behind.and(self.mask).eq(self.other))
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_needle_is_found_in_the_digits_that_hold_it(
            length in 8_usize..12,
            digits in prop::collection::vec("[01]{12}", 0..30),
            needle in "[01]{3,6}",
        ) {
            let mut plain = Plain::default();
            let texts: Vec<&str> = digits.iter().filter_map(|text| text.get(..length)).collect();
            for text in &texts {
                plain.push(Cell::text(text.as_bytes())).unwrap();
            }
            let Some(packed) = Digits::of(&plain) else {
                prop_assert!(texts.is_empty());
                return Ok(());
            };
            for (row, text) in texts.iter().enumerate() {
                let (written, bytes) = (packed.written(row).unwrap(), Written::Bytes(text.as_bytes()));
                let mut room = Text::new();
                prop_assert_eq!(packed.get(row, &mut room), Cell::text(text.as_bytes()));
                prop_assert_eq!(written, bytes);
                let (shorter, longer) = (Written::Bytes(&text.as_bytes()[..7]), [text.as_bytes(), b"0"].concat());
                prop_assert!(shorter < written && written < Written::Bytes(&longer));
            }
            let mut found: Vec<usize> = Vec::new();
            packed.each_row_with(needle.as_bytes(), |row| found.push(row));
            found.sort_unstable();
            found.dedup();
            let holds = |row: &usize| texts[*row].contains(&needle);
            prop_assert_eq!(found, (0..texts.len()).filter(holds).collect::<Vec<_>>());
            for pair in (0..texts.len()).collect::<Vec<_>>().windows(2) {
                let packed = packed.packed(pair[0]).cmp(&packed.packed(pair[1]));
                prop_assert_eq!(packed, texts[pair[0]].cmp(texts[pair[1]]));
            }
        }
    }

    #[test]
    fn other_texts_are_left_as_they_are() {
        for texts in [["12345678", "1234567"], ["12345678", "1234567x"], ["1234567", "1234567"]] {
            let mut plain = Plain::default();
            for text in texts {
                plain.push(Cell::text(text.as_bytes())).unwrap();
            }
            assert_eq!(Digits::of(&plain), None);
            let mut plain = Plain::default();
            plain.push(Cell::text(b"12345678")).unwrap();
            plain.push(Cell::MISSING).unwrap();
            assert_eq!(Digits::of(&plain), None);
        }
    }
}
