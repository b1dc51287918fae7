//! What is kept of the values at one path, and what it says of a test.

use std::{net::Ipv6Addr, ops::Bound};

use trailsift_core::{
    CompiledTest, Number, Timestamp, View,
    filter::{Test, TextTest, ValueTest},
    pattern::Piece,
};

use super::{
    Bounds,
    bloom::{self, Bloom},
    scalar,
};

/// Of the lowest and highest text so many bytes are kept. The order of texts that are cut is that of the whole ones.
pub(super) const TEXT_END: usize = 32;

/// The values at a path.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Column {
    pub(super) path: String,
    /// Whether each entry has a value there; `null` and an object are values.
    pub(super) every: bool,
    pub(super) values: Values,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Values {
    /// All of them, see [`scalar`].
    Few(Vec<Vec<u8>>),
    Many(Box<Summary>),
}

/// Between what many values lie.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Summary {
    pub(super) has_null: bool,
    pub(super) has_false: bool,
    pub(super) has_true: bool,
    pub(super) has_object: bool,
    /// Whether a text holds more than ASCII, so that folding its case is more than that of ASCII's letters.
    pub(super) beyond_ascii: bool,
    /// Whether a text is no date.
    pub(super) no_date: bool,
    /// Whether the texts are in the Bloom filter.
    pub(super) in_bloom: bool,
    pub(super) numbers: Option<(Number, Number)>,
    /// Of texts that are numbers.
    pub(super) number_texts: Option<(Number, Number)>,
    /// Of texts that are dates.
    pub(super) dates: Option<(Timestamp, Timestamp)>,
    /// Of texts that are addresses.
    pub(super) addresses: Option<(Ipv6Addr, Ipv6Addr)>,
    /// Of all texts, cut.
    pub(super) texts: Option<(Vec<u8>, Vec<u8>)>,
}

impl Column {
    /// What a leaf with that test alone finds here.
    pub(super) fn bounds(&self, test: &Test, ready: &CompiledTest, bloom: &Bloom) -> Bounds {
        // Of the values: whether one may pass, and whether one may not.
        let of_values = match &self.values {
            Values::Few(values) => any(values.iter().map(|value| {
                scalar::view(value).map_or(Bounds::UNKNOWN, |view| exactly(ready.passes(&view)))
            })),
            Values::Many(summary) => summary.bounds(test, ready, bloom),
        };
        // An entry without a value does not pass; one with several may, though one of them does not.
        Bounds { may_miss: of_values.may_miss || !self.every, ..of_values }
    }
}

const fn exactly(passes: bool) -> Bounds {
    Bounds { may_match: passes, may_miss: !passes }
}

/// Of values of several kinds, together.
fn any(kinds: impl Iterator<Item = Bounds>) -> Bounds {
    kinds.fold(Bounds { may_match: false, may_miss: false }, |all, kind| Bounds {
        may_match: all.may_match || kind.may_match,
        may_miss: all.may_miss || kind.may_miss,
    })
}

impl Summary {
    fn bounds(&self, test: &Test, ready: &CompiledTest, bloom: &Bloom) -> Bounds {
        let bare = [
            (self.has_null, View::Null),
            (self.has_false, View::Bool(false)),
            (self.has_true, View::Bool(true)),
            (self.has_object, View::Object),
        ];
        let bare = bare.iter().filter(|(has, _)| *has).map(|(_, view)| exactly(ready.passes(view)));
        let other = match test {
            Test::Exists => {
                any([self.numbers.map(|_| Bounds::ALL), self.texts.as_ref().map(|_| Bounds::ALL)]
                    .into_iter()
                    .flatten())
            }
            Test::Is(test) => {
                let numbers = self.numbers.map(|ends| numbers(test, ends));
                let texts = self.texts.as_ref().map(|ends| self.texts(test, ends, bloom));
                any(numbers.into_iter().chain(texts))
            }
        };
        any(bare.chain([other]))
    }

    fn texts(&self, test: &ValueTest, ends: &(Vec<u8>, Vec<u8>), bloom: &Bloom) -> Bounds {
        let dates = test.date.zip(self.dates).map(|(range, (low, high))| Bounds {
            may_match: range.from.is_none_or(|from| from <= high)
                && range.until.is_none_or(|until| low < until),
            may_miss: !(range.contains(low) && range.contains(high)),
        });
        if let (Some(dates), false) = (dates, self.no_date) {
            return dates;
        }
        let address = test.address.zip(self.addresses).is_some_and(|(range, (low, high))| {
            let one = range.first == range.last;
            let found = !(one && self.in_bloom) || bloom.may_hold(bloom::address_key(range.first));
            found && range.first <= high && low <= range.last
        });
        let number = test.numeric_text
            && test
                .number
                .zip(self.number_texts)
                .is_some_and(|(range, (low, high))| overlaps(low, high, &range.low, &range.high));
        let text =
            test.text.as_ref().is_some_and(|text| self.text(text, test.ignore_case, ends, bloom));
        let date = dates.is_some_and(|dates| dates.may_match);
        Bounds { may_match: date || address || number || text, may_miss: true }
    }

    /// Whether a text may pass the condition on texts.
    fn text(
        &self,
        test: &TextTest,
        ignore_case: bool,
        (low, high): &(Vec<u8>, Vec<u8>),
        bloom: &Bloom,
    ) -> bool {
        let cut = |text: &str| text.as_bytes().get(..TEXT_END).unwrap_or(text.as_bytes()).to_vec();
        let is = |wanted: &str| {
            let beyond_ascii = self.beyond_ascii || !wanted.is_ascii();
            if ignore_case && beyond_ascii {
                return true;
            }
            let between = || *low <= cut(wanted) && cut(wanted) <= *high;
            (ignore_case || between())
                && (!self.in_bloom || bloom.may_hold(bloom::text_key(wanted.as_bytes())))
        };
        match test {
            TextTest::Equals(wanted) => is(wanted),
            TextTest::OneOf(wanted) => wanted.iter().any(|wanted| is(wanted)),
            _ if ignore_case => true,
            TextTest::Between(from, to) => {
                let from = match from {
                    Bound::Included(from) | Bound::Excluded(from) => cut(from) <= *high,
                    Bound::Unbounded => true,
                };
                let to = match to {
                    Bound::Included(to) | Bound::Excluded(to) => *low <= cut(to),
                    Bound::Unbounded => true,
                };
                from && to
            }
            TextTest::Matches(pattern) => match pattern.pieces.first() {
                // What begins so lies between the ends only if they do not both lie on one side of it.
                Some(Piece::Text(prefix)) => {
                    let prefix = cut(prefix);
                    let head = |end: &'_ [u8]| end.get(..prefix.len()).unwrap_or(end).to_vec();
                    head(low) <= prefix && prefix <= head(high)
                }
                _ => true,
            },
        }
    }
}

/// Of numbers between two: a range says all of them, or a pattern of their digits says what nobody knows.
fn numbers(test: &ValueTest, (low, high): (Number, Number)) -> Bounds {
    match (&test.number, &test.text) {
        (Some(range), _) => Bounds {
            may_match: overlaps(low, high, &range.low, &range.high),
            may_miss: !(range.contains(low) && range.contains(high)),
        },
        (None, Some(TextTest::Matches(_))) => Bounds::UNKNOWN,
        (None, _) => Bounds::NONE,
    }
}

fn overlaps(low: Number, high: Number, from: &Bound<Number>, to: &Bound<Number>) -> bool {
    let above = match from {
        Bound::Included(from) => *from <= high,
        Bound::Excluded(from) => *from < high,
        Bound::Unbounded => true,
    };
    let below = match to {
        Bound::Included(to) => low <= *to,
        Bound::Excluded(to) => low < *to,
        Bound::Unbounded => true,
    };
    above && below
}
