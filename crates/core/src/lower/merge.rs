//! Alternatives of one place as one look at the entry.

use alloc::{boxed::Box, collections::BTreeMap, vec::Vec};

use crate::{
    Filter,
    filter::{Leaf, Target, Test, TextTest, ValueTest, Word},
    order,
};

/// Alternatives that ask one place for one text each become a single leaf that asks for one of several: one look at
/// the entry, however many values.
pub(super) fn merged(alternatives: Vec<Filter>) -> Vec<Filter> {
    let mut parts = Vec::with_capacity(alternatives.len());
    let mut places: BTreeMap<(Target, bool), (usize, Texts)> = BTreeMap::new();
    for alternative in alternatives {
        match plain_texts(alternative) {
            Ok((place, texts)) => {
                let (_, others) = places.entry(place).or_insert_with(|| {
                    parts.push(Filter::NONE);
                    (parts.len() - 1, Texts::default())
                });
                others.add(texts);
            }
            Err(other) => parts.push(other),
        }
    }
    for ((target, ignore_case), (place, texts)) in places {
        let text = match <[Word; 1]>::try_from(texts.sorted()) {
            Ok([text]) => TextTest::Equals(text.into_owned()),
            Err(texts) => TextTest::OneOf(texts),
        };
        let text = Some(text);
        let test = Box::new(ValueTest { text, ignore_case, ..ValueTest::default() });
        if let Some(part) = parts.get_mut(place) {
            *part = Filter::Leaf(Leaf { target, test: Test::Is(test) });
        }
    }
    parts
}

/// A set of texts in the making. Lists, of which each may hold every event code, are merged as they come: hundreds of
/// them may say the same.
#[derive(Default)]
struct Texts {
    /// Sorted, without duplicates.
    lists: Vec<Word>,
    single: Vec<Word>,
}

impl Texts {
    fn add(&mut self, mut texts: Vec<Word>) {
        if texts.len() == 1 {
            self.single.append(&mut texts);
        } else if self.lists.is_empty() {
            self.lists = texts;
        } else if self.lists != texts {
            self.lists.append(&mut texts);
            order::sort(&mut self.lists, Word::cmp);
            self.lists.dedup();
        }
    }

    fn sorted(mut self) -> Vec<Word> {
        self.lists.append(&mut self.single);
        order::sort(&mut self.lists, Word::cmp);
        self.lists.dedup();
        self.lists
    }
}

/// The place, whether case is ignored, and the texts of a leaf that asks for nothing but whole texts; else the filter
/// itself.
fn plain_texts(filter: Filter) -> Result<((Target, bool), Vec<Word>), Filter> {
    let Filter::Leaf(Leaf { target, test: Test::Is(mut test) }) = filter else {
        return Err(filter);
    };
    let ignore_case = test.ignore_case;
    let text = test.text.take();
    let only_text = *test == ValueTest { ignore_case, ..ValueTest::default() };
    match text {
        Some(TextTest::Equals(text)) if only_text => {
            Ok(((target, ignore_case), alloc::vec![Word::Owned(text)]))
        }
        Some(TextTest::OneOf(texts)) if only_text => Ok(((target, ignore_case), texts)),
        text => {
            test.text = text;
            Err(Filter::Leaf(Leaf { target, test: Test::Is(test) }))
        }
    }
}
