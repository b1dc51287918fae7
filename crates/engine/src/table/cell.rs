//! What a column holds in a row: the values that its path leads to in one entry.

use alloc::{borrow::Cow, vec::Vec};
use core::cmp::Ordering;

use trailsift_core::{CompiledTest, Number, View};

/// What a cell is. The codes up to [`Kind::Object`] say all; the others come with bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Kind {
    /// The path leads nowhere, or to an array without values.
    Missing,
    Null,
    False,
    True,
    /// Some object; what is in it has paths of its own.
    Object,
    /// See [`number_bytes`].
    Number,
    /// A string's bytes, escapes resolved.
    Text,
    /// Several values: of each its kind, the length of its bytes as four bytes, and its bytes.
    List,
}

/// Kinds that are all that there is to say.
pub(super) const BARE: [Kind; 5] =
    [Kind::Missing, Kind::Null, Kind::False, Kind::True, Kind::Object];

impl Kind {
    pub(super) const fn of_code(code: u8) -> Self {
        match code {
            1 => Self::Null,
            2 => Self::False,
            3 => Self::True,
            4 => Self::Object,
            5 => Self::Number,
            6 => Self::Text,
            7 => Self::List,
            _ => Self::Missing,
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Cell<'a> {
    pub(super) kind: Kind,
    pub(super) bytes: &'a [u8],
}

impl<'a> Cell<'a> {
    pub(super) const MISSING: Self = Self::bare(Kind::Missing);

    pub(super) const fn bare(kind: Kind) -> Self {
        Self { kind, bytes: &[] }
    }

    pub(super) const fn text(bytes: &'a [u8]) -> Self {
        Self { kind: Kind::Text, bytes }
    }

    /// The values in the cell: none, itself, or those of a list.
    pub(super) fn values(self) -> Values<'a> {
        match self.kind {
            Kind::Missing => Values { one: None, rest: &[] },
            Kind::List => Values::of(self.bytes),
            _ => Values { one: Some(self), rest: &[] },
        }
    }

    /// A single value as a leaf's test sees it.
    pub(super) fn view(self) -> View<'a> {
        match self.kind {
            Kind::Missing | Kind::Null | Kind::List => View::Null,
            Kind::False => View::Bool(false),
            Kind::True => View::Bool(true),
            Kind::Object => View::Object,
            Kind::Number => View::Number(number(self.bytes)),
            Kind::Text => View::Text(Cow::Borrowed(self.bytes)),
        }
    }

    /// Whether any of its values passes.
    pub(super) fn passes(self, test: &CompiledTest) -> bool {
        self.values().any(|value| test.passes(&value.view()))
    }
}

impl PartialEq for Cell<'_> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && same(self.bytes, other.bytes)
    }
}

impl Eq for Cell<'_> {}

/// Whether two texts are the same: a word at a time, which is more than machines without a fast `memcmp` do.
#[inline]
pub(super) fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let (words, rest) = a.as_chunks::<8>();
    let (others, other_rest) = b.as_chunks::<8>();
    let word = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes);
    if !words.iter().zip(others).all(|(a, b)| word(a) == word(b)) {
        return false;
    }
    match (a.last_chunk::<8>(), b.last_chunk::<8>()) {
        (Some(a), Some(b)) => word(a) == word(b),
        _ => short_word(rest) == short_word(other_rest),
    }
}

/// Less than eight bytes as a number, of which texts as long as each other have different ones.
#[inline]
pub(super) fn short_word(bytes: &[u8]) -> u64 {
    let half = |bytes: &[u8; 4]| u64::from(u32::from_le_bytes(*bytes));
    match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(first), Some(last)) => half(first) << 32 | half(last),
        _ => bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

/// The order of two texts by their bytes, likewise.
#[inline]
pub(super) fn compare(a: &[u8], b: &[u8]) -> Ordering {
    let (words, others) = (a.as_chunks::<8>().0, b.as_chunks::<8>().0);
    for (word, other) in words.iter().zip(others) {
        let (word, other) = (u64::from_be_bytes(*word), u64::from_be_bytes(*other));
        if word != other {
            return word.cmp(&other);
        }
    }
    let done = 8 * words.len().min(others.len());
    a.get(done..).cmp(&b.get(done..))
}

/// The values of a cell, none of them a list.
pub(super) struct Values<'a> {
    one: Option<Cell<'a>>,
    rest: &'a [u8],
}

impl<'a> Values<'a> {
    /// Those of a list's bytes.
    pub(super) const fn of(list: &'a [u8]) -> Self {
        Self { one: None, rest: list }
    }

    /// Bytes of the list that are left.
    pub(super) const fn left(&self) -> usize {
        self.rest.len()
    }
}

impl<'a> Iterator for Values<'a> {
    type Item = Cell<'a>;

    fn next(&mut self) -> Option<Cell<'a>> {
        if let Some(one) = self.one.take() {
            return Some(one);
        }
        let (code, rest) = self.rest.split_first()?;
        let (length, rest) = rest.split_first_chunk()?;
        let (bytes, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        self.rest = rest;
        Some(Cell { kind: Kind::of_code(*code), bytes })
    }
}

/// Appends a value to a list. `None` where it is too long to be told.
pub(super) fn push_value(list: &mut Vec<u8>, value: Cell<'_>) -> Option<()> {
    let length = u32::try_from(value.bytes.len()).ok()?;
    list.push(value.kind as u8);
    list.extend_from_slice(&length.to_le_bytes());
    list.extend_from_slice(value.bytes);
    Some(())
}

/// A number as bytes that lose nothing: sixteen of an integer, eight of a float.
pub(super) fn number_bytes(number: Number, room: &mut [u8; 16]) -> &[u8] {
    match number {
        Number::Integer(whole) => {
            *room = whole.to_le_bytes();
            room
        }
        Number::Float(float) => {
            let [first, ..] = room.as_chunks_mut::<8>().0 else { return &[] };
            *first = float.to_le_bytes();
            first
        }
    }
}

/// What [`number_bytes`] wrote.
pub(super) fn number(bytes: &[u8]) -> Number {
    match (<[u8; 16]>::try_from(bytes), <[u8; 8]>::try_from(bytes)) {
        (Ok(whole), _) => Number::Integer(i128::from_le_bytes(whole)),
        (_, Ok(float)) => Number::Float(f64::from_le_bytes(float)),
        _ => Number::Integer(0),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn texts_are_compared_as_slices_are(a in "[ab]{0,20}", b in "[ab]{0,20}") {
            let (a, b) = (a.as_bytes(), b.as_bytes());
            prop_assert_eq!(same(a, b), a == b);
            prop_assert!(same(&[a, b].concat(), &[a, b].concat()));
            prop_assert_eq!(compare(a, b), a.cmp(b));
            let longer = [a, b].concat();
            prop_assert_eq!(compare(a, &longer), a.cmp(&longer));
        }

        #[test]
        fn numbers_lose_nothing(whole in any::<i64>(), float in any::<f64>()) {
            let mut room = [0; 16];
            for number in [Number::Integer(whole.into()), Number::Integer(i128::from(whole) * 2), Number::Float(float)] {
                let again = super::number(number_bytes(number, &mut room));
                match (number, again) {
                    (Number::Integer(a), Number::Integer(b)) => prop_assert_eq!(a, b),
                    (Number::Float(a), Number::Float(b)) => prop_assert_eq!(a.to_bits(), b.to_bits()),
                    _ => prop_assert!(false),
                }
            }
        }
    }
}
