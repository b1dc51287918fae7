//! The literals that stand in every entry that a filter matches, so that an entry without them need not be looked into.
//!
//! A literal is part of a string's text, with the string's quotes where it begins or ends it. It is sound where no
//! encoder can write the text differently but with a `\u` escape, which a search looks for as well: so it holds neither
//! what has a short escape (quotes, backslashes, slashes, control characters) nor what is no ASCII. A key has none, as
//! it may be written in other ways and need not be there at all; numbers, dates and addresses have none, as they have
//! many spellings.

use alloc::{vec, vec::Vec};
use core::mem;

use trailsift_core::{
    Filter,
    filter::{Leaf, Test, TextTest, ValueTest},
    pattern::{Pattern, Piece},
};

use crate::search::{Literal, MOST};

/// Sets of literals: of each set one stands in every entry that matches.
pub(super) fn required(filter: &Filter) -> Vec<Vec<Literal>> {
    match filter {
        Filter::And(parts) => parts.iter().flat_map(required).collect(),
        Filter::Or(parts) => one_of(parts.iter().map(required)),
        Filter::Leaf(Leaf { test: Test::Is(test), .. }) => of_test(test),
        // What does not match says nothing of what does.
        Filter::All | Filter::Not(_) | Filter::Leaf(Leaf { test: Test::Exists, .. }) => Vec::new(),
    }
}

/// The literals of which one stands in every string that passes; none where there is nothing to say.
pub(super) fn of_leaf(test: &Test) -> Vec<Literal> {
    match test {
        Test::Is(test) => longest(of_test(test)).unwrap_or_default(),
        Test::Exists => Vec::new(),
    }
}

fn longest(sets: Vec<Vec<Literal>>) -> Option<Vec<Literal>> {
    sets.into_iter().max_by_key(|set| set.iter().map(Literal::len).min())
}

/// The longest set of each part, together; nothing where a part has none, or where they are too many.
fn one_of(parts: impl Iterator<Item = Vec<Vec<Literal>>>) -> Vec<Vec<Literal>> {
    let mut all = Vec::new();
    for sets in parts {
        let Some(set) = longest(sets) else { return Vec::new() };
        for literal in set {
            if !all.contains(&literal) {
                all.push(literal);
            }
        }
        if all.len() > MOST {
            return Vec::new();
        }
    }
    if all.is_empty() { Vec::new() } else { vec![all] }
}

fn of_test(test: &ValueTest) -> Vec<Vec<Literal>> {
    // Whatever else passes need not hold the text: another kind of value, or a string that is read as one.
    let only_text = test.date.is_none()
        && test.address.is_none()
        && test.number.is_none()
        && test.boolean.is_none()
        && !test.null;
    if !only_text {
        return Vec::new();
    }
    let caseless = test.ignore_case;
    match &test.text {
        Some(TextTest::Equals(text)) => of_text(text, caseless),
        Some(TextTest::OneOf(texts)) => one_of(texts.iter().map(|text| of_text(text, caseless))),
        Some(TextTest::Matches(pattern)) if !may_be_number(pattern) => {
            of_pattern(pattern, caseless)
        }
        Some(TextTest::Matches(_) | TextTest::Between(..)) | None => Vec::new(),
    }
}

fn of_text(text: &str, caseless: bool) -> Vec<Vec<Literal>> {
    let mut parts = Parts::new(caseless);
    parts.quote();
    parts.text(text);
    parts.quote();
    parts.finish()
}

fn of_pattern(pattern: &Pattern, caseless: bool) -> Vec<Vec<Literal>> {
    let mut parts = Parts::new(caseless);
    parts.quote();
    for piece in &pattern.pieces {
        match piece {
            Piece::Text(text) => parts.text(text),
            Piece::AnyRun | Piece::AnyOne => parts.cut(),
        }
    }
    parts.quote();
    parts.finish()
}

/// Whether the decimal text of a number could match, which is not how the number need be written.
fn may_be_number(pattern: &Pattern) -> bool {
    let mut dots = 0;
    for (place, piece) in pattern.pieces.iter().enumerate() {
        let Piece::Text(text) = piece else { continue };
        for (at, byte) in text.bytes().enumerate() {
            match byte {
                b'0'..=b'9' => {}
                b'-' if place == 0 && at == 0 => {}
                b'-' if place > 0 => {}
                b'.' if dots == 0 => dots += 1,
                _ => return false,
            }
        }
    }
    true
}

/// Literals as they are put together.
struct Parts {
    caseless: bool,
    current: Vec<u8>,
    done: Vec<Vec<Literal>>,
}

impl Parts {
    fn new(caseless: bool) -> Self {
        Self { caseless, current: Vec::new(), done: Vec::new() }
    }

    /// The string begins or ends.
    fn quote(&mut self) {
        self.current.push(b'"');
    }

    fn text(&mut self, text: &str) {
        for byte in text.bytes() {
            match byte {
                b'"' | b'\\' | b'/' | ..0x20 | 0x7F.. => self.cut(),
                _ => self.current.push(byte),
            }
        }
    }

    /// Anything may stand here.
    fn cut(&mut self) {
        let bytes = mem::take(&mut self.current);
        self.done.extend(Literal::new(bytes, self.caseless).map(|literal| vec![literal]));
    }

    fn finish(mut self) -> Vec<Vec<Literal>> {
        self.cut();
        self.done
    }
}
