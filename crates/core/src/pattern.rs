//! Wildcards: `*` is any run of characters, `?` one character. Matching takes time linear in the value; a run with `?` in
//! it is tried at each place, and [`crate::Limits::question_marks`] bounds how much that costs.

use alloc::{string::String, vec::Vec};

use memchr::memmem::Finder;
use serde::{Deserialize, Serialize};

/// One part of a value with wildcards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Piece {
    /// These characters.
    Text(String),
    /// `*`
    AnyRun,
    /// `?`
    AnyOne,
}

/// A value with wildcards; it matches the whole of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pattern {
    /// The parts, in order.
    pub pieces: Vec<Piece>,
}

/// A pattern made ready: runs of parts between the `*`.
///
/// Each run is looked for leftmost after the one before it, the last at the end of the text, and none is ever tried
/// again: a `*` takes up what lies between, so an earlier place never spoils a later run.
#[derive(Clone, Debug)]
pub(crate) struct CompiledPattern {
    runs: Vec<Run>,
}

#[derive(Clone, Debug)]
struct Run {
    parts: Vec<Part>,
    /// For a run that is nothing but text: looked for in time linear to the value, whatever the text.
    finder: Option<Finder<'static>>,
}

impl Run {
    fn new(parts: Vec<Part>) -> Self {
        let finder = match parts.as_slice() {
            [Part::Bytes(text)] => Some(Finder::new(text).into_owned()),
            _ => None,
        };
        Self { parts, finder }
    }
}

#[derive(Clone, Debug)]
enum Part {
    Bytes(Vec<u8>),
    Char,
}

impl CompiledPattern {
    /// `fold` is applied to the pattern's own text; the caller folds the values alike.
    pub(crate) fn new(pattern: &Pattern, fold: impl Fn(&str) -> Vec<u8>) -> Self {
        let mut runs = Vec::new();
        let mut run: Vec<Part> = Vec::new();
        for piece in &pattern.pieces {
            match piece {
                Piece::AnyRun => runs.push(Run::new(core::mem::take(&mut run))),
                Piece::AnyOne => run.push(Part::Char),
                Piece::Text(text) => run.push(Part::Bytes(fold(text))),
            }
        }
        runs.push(Run::new(run));
        Self { runs }
    }

    /// Whether the whole of `text` matches.
    #[inline]
    pub(crate) fn matches(&self, text: &[u8]) -> bool {
        let Some((first, others)) = self.runs.split_first() else { return text.is_empty() };
        let Some(mut rest) = strip_run(text, &first.parts) else { return false };
        let Some((last, middle)) = others.split_last() else { return rest.is_empty() };
        for run in middle {
            let Some(after) = find_run(rest, run) else { return false };
            rest = after;
        }
        ends_with_run(rest, &last.parts)
    }
}

/// What follows the run at the start of `text`.
#[inline]
fn strip_run<'t>(mut text: &'t [u8], run: &[Part]) -> Option<&'t [u8]> {
    for part in run {
        text = match part {
            Part::Bytes(bytes) => text.strip_prefix(bytes.as_slice())?,
            Part::Char => text.get(first_char(text)?..)?,
        };
    }
    Some(text)
}

/// What follows the leftmost place of the run in `text`.
#[inline]
fn find_run<'t>(mut text: &'t [u8], run: &Run) -> Option<&'t [u8]> {
    if let Some(finder) = &run.finder {
        let found = finder.find(text)?;
        return text.get(found + finder.needle().len()..);
    }
    if run.parts.is_empty() {
        return Some(text);
    }
    loop {
        if let Some(after) = strip_run(text, &run.parts) {
            return Some(after);
        }
        text = text.get(first_char(text)?..)?;
    }
}

/// Whether the run ends `text`: walked from the back.
#[inline]
fn ends_with_run(mut text: &[u8], run: &[Part]) -> bool {
    for part in run.iter().rev() {
        let shorter = match part {
            Part::Bytes(bytes) => text.strip_suffix(bytes.as_slice()),
            Part::Char => last_char(text).and_then(|at| text.get(..at)),
        };
        let Some(shorter) = shorter else { return false };
        text = shorter;
    }
    true
}

/// The length of the first character; a byte that begins none counts as one.
fn first_char(text: &[u8]) -> Option<usize> {
    let expected = match text.first()? {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => 1,
    };
    let whole = text.get(1..expected).is_some_and(|rest| rest.iter().all(is_continuation));
    Some(if whole { expected } else { 1 })
}

/// Where the last character begins.
fn last_char(text: &[u8]) -> Option<usize> {
    let back = text.iter().rev().take(4).position(|byte| !is_continuation(byte));
    let start = text.len().checked_sub(back.unwrap_or_default() + 1)?;
    let whole = text.get(start..).and_then(first_char) == Some(text.len() - start);
    Some(if whole { start } else { text.len() - 1 })
}

const fn is_continuation(byte: &u8) -> bool {
    *byte & 0xC0 == 0x80
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn compile(text: &str) -> CompiledPattern {
        let mut pieces = Vec::new();
        for c in text.chars() {
            pieces.push(match c {
                '*' => Piece::AnyRun,
                '?' => Piece::AnyOne,
                c => Piece::Text(c.into()),
            });
        }
        CompiledPattern::new(&Pattern { pieces }, |text| text.as_bytes().to_vec())
    }

    /// The textbook definition, exponential.
    fn naive(pattern: &[char], text: &[char]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some(('*', rest)) => (0..=text.len()).any(|skip| naive(rest, &text[skip..])),
            Some(('?', rest)) => !text.is_empty() && naive(rest, &text[1..]),
            Some((c, rest)) => text.first() == Some(c) && naive(rest, &text[1..]),
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_textbook(pattern in "[abé*?]{0,8}", text in "[abé日]{0,10}") {
            let chars = |s: &str| s.chars().collect::<Vec<_>>();
            prop_assert_eq!(
                compile(&pattern).matches(text.as_bytes()),
                naive(&chars(&pattern), &chars(&text))
            );
        }

        #[test]
        fn broken_text_never_panics(pattern in "[a*?]{0,8}", text in prop::collection::vec(any::<u8>(), 0..12)) {
            compile(&pattern).matches(&text);
        }
    }

    #[test]
    fn one_character_is_one_character_even_in_broken_text() {
        assert!(compile("a?b").matches("a🦀b".as_bytes()));
        assert!(compile("a?b").matches(b"a\xFFb"));
        assert!(!compile("a?b").matches(b"a\xFF\xFEb"));
        assert!(compile("a??b").matches(b"a\xE6\x97b"));
        assert!(compile("*?").matches(b"\x80\x80\x80\x80\x80"));
    }
}
