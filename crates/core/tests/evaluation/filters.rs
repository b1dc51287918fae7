//! Filters of every form, also such as no query lowers to: an evaluator takes any filter that it can read.

use std::ops::Bound;

use proptest::{prelude::*, sample::select};
use trailsift_core::{
    Filter, Number, Timestamp,
    address::{self, AddressRange},
    filter::{DateRange, Leaf, NumberRange, Target, Test, TextTest, ValueTest, Word},
    pattern::{Pattern, Piece},
};

use super::words;

pub(crate) fn filter() -> impl Strategy<Value = Filter> {
    let leaf = prop_oneof![1 => Just(Filter::All), 30 => leaf().prop_map(Filter::Leaf)];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Filter::And),
            prop::collection::vec(inner.clone(), 0..4).prop_map(Filter::Or),
            inner.prop_map(|filter| Filter::Not(Box::new(filter))),
        ]
    })
}

fn leaf() -> impl Strategy<Value = Leaf> {
    let paths = prop::collection::vec(select(words::PATHS).prop_map(Word::Borrowed), 1..3);
    let target = prop_oneof![4 => paths.prop_map(Target::Paths), 1 => Just(Target::Anywhere)];
    let test = prop_oneof![
        1 => Just(Test::Exists),
        8 => value_test().prop_map(|test| Test::Is(Box::new(test))),
    ];
    (target, test).prop_map(|(target, test)| Leaf { target, test })
}

prop_compose! {
    fn value_test()(
        text in prop::option::weighted(0.7, text_test()),
        ignore_case in any::<bool>(),
        date in prop::option::weighted(0.3, date_range()),
        address in prop::option::weighted(0.3, address_range()),
        number in prop::option::weighted(0.3, number_range()),
        numeric_text in any::<bool>(),
        boolean in prop::option::weighted(0.2, any::<bool>()),
        null in prop::bool::weighted(0.2),
    ) -> ValueTest {
        ValueTest { text, ignore_case, date, address, number, numeric_text, boolean, null }
    }
}

fn text_test() -> impl Strategy<Value = TextTest> {
    let piece = prop_oneof![
        2 => words::values().prop_map(Piece::Text),
        2 => Just(Piece::AnyRun),
        1 => Just(Piece::AnyOne),
    ];
    prop_oneof![
        words::values().prop_map(TextTest::Equals),
        prop::collection::vec(words::values().prop_map(Word::Owned), 0..5)
            .prop_map(TextTest::OneOf),
        prop::collection::vec(piece, 0..5).prop_map(|pieces| TextTest::Matches(Pattern { pieces })),
        (bound(words::values()), bound(words::values()))
            .prop_map(|(low, high)| TextTest::Between(low, high)),
    ]
}

fn bound<T: Clone + std::fmt::Debug>(
    value: impl Strategy<Value = T>,
) -> impl Strategy<Value = Bound<T>> {
    (0..3, value).prop_map(|(kind, value)| match kind {
        0 => Bound::Unbounded,
        1 => Bound::Included(value),
        _ => Bound::Excluded(value),
    })
}

fn number_range() -> impl Strategy<Value = NumberRange> {
    let number = || words::numbers().prop_map(|text| Number::parse(&text).expect("it is a number"));
    (bound(number()), bound(number())).prop_map(|(low, high)| NumberRange { low, high })
}

fn date_range() -> impl Strategy<Value = DateRange> {
    let end =
        || prop::option::of(words::dates().prop_map(|text| Timestamp::parse(text.as_bytes())));
    (end(), end())
        .prop_map(|(from, until)| DateRange { from: from.flatten(), until: until.flatten() })
}

fn address_range() -> impl Strategy<Value = AddressRange> {
    let address =
        || words::addresses().prop_filter_map("an address", |text| address::parse(text.as_bytes()));
    (address(), address()).prop_map(|(first, last)| AddressRange { first, last })
}
