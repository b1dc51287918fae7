//! Where in a query the cursor is: within a field's value, or where a condition may stand. For completion.

use alloc::{string::String, vec::Vec};

use super::{Dialect, lex};
use crate::Span;

/// The word at the cursor and what it is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// The whole word; empty where the cursor stands between words.
    pub(crate) span: Span,
    /// The part of it before the cursor, without an opening quote.
    pub(crate) typed: String,
    pub(crate) expecting: Expecting,
}

/// What may stand at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expecting {
    /// A condition, or behind one also an operator.
    Condition { after_condition: bool },
    /// A value of this field.
    Value { field: String },
}

/// Looks at the text before the byte `at`; `None` where nothing can be completed: within a range, behind a quote, past
/// the text.
pub(crate) fn cursor(text: &str, at: usize, dialect: Dialect) -> Option<Cursor> {
    let before = text.get(..at)?;
    let mut scan =
        Scan { text, at: 0, end: at, dialect, groups: Vec::new(), after_condition: false };
    scan.run(before)
}

struct Scan<'t> {
    text: &'t str,
    at: usize,
    /// The cursor.
    end: usize,
    dialect: Dialect,
    /// The open groups, each with its field if it is one's.
    groups: Vec<Option<String>>,
    after_condition: bool,
}

impl<'t> Scan<'t> {
    fn run(&mut self, before: &'t str) -> Option<Cursor> {
        loop {
            let rest = before.get(self.at..)?;
            self.at += lex::word(rest, lex::space).map_or(0, |(_, length)| length);
            let rest = before.get(self.at..)?;
            if rest.is_empty() {
                return Some(self.word(self.at, String::new()));
            }
            if let Some((_, length)) = lex::word(rest, lex::binary(self.dialect))
                // A word that the cursor still touches may become another.
                && (length < rest.len() || !rest.starts_with(char::is_alphabetic))
            {
                self.at += length;
                self.after_condition = false;
                continue;
            }
            match rest.chars().next()? {
                '(' => self.open(None),
                ')' => {
                    self.groups.pop();
                    self.at += 1;
                    self.after_condition = true;
                    continue;
                }
                _ => {
                    if let Some((_, length)) = lex::word(rest, lex::prefix)
                        && length < rest.len()
                    {
                        self.at += length;
                        continue;
                    }
                    if let Some(found) = self.condition(rest)? {
                        return Some(found);
                    }
                    self.after_condition = true;
                }
            }
        }
    }

    fn open(&mut self, field: Option<String>) {
        let inherited = self.groups.last().cloned().flatten();
        self.groups.push(field.or(inherited));
        self.at += 1;
        self.after_condition = false;
    }

    /// Reads one condition. The inner `None`: it ends before the cursor. The outer: nothing can be completed in it.
    fn condition(&mut self, rest: &'t str) -> Option<Option<Cursor>> {
        let group_field = self.groups.last().cloned().flatten();
        let mut field = group_field;
        let mut rest = rest;
        if field.is_none()
            && !self.starts_with_quote(rest)
            && let Some((name, length)) = lex::word(rest, lex::field_name)
        {
            self.at += length;
            rest = rest.get(length..)?;
            let (_, space) = lex::word(rest, lex::space).unwrap_or_default();
            self.at += space;
            rest = rest.get(space..)?;
            if rest.starts_with('(') {
                self.open(Some(name));
                return Some(None);
            }
            field = Some(name);
        }
        let start = self.at;
        if rest.is_empty() {
            return Some(Some(self.word_of(field, start, String::new())));
        }
        if rest.starts_with(['[', '{', '<', '>']) {
            let length = rest.find([']', '}']).filter(|_| rest.starts_with(['[', '{']))?;
            self.at += length + 1;
            return if length + 1 < rest.len() { Some(None) } else { None };
        }
        if self.starts_with_quote(rest) {
            let mark = rest.chars().next()?;
            let ((inside, closed), length) = lex::word(rest, lex::quoted(mark))?;
            self.at += length;
            if closed {
                return if length < rest.len() { Some(None) } else { None };
            }
            return Some(Some(self.word_of(field, start, inside)));
        }
        let (_, length) = lex::word(rest, lex::term(self.dialect))?;
        self.at += length;
        if length < rest.len() {
            return Some(None);
        }
        Some(Some(self.word_of(field, start, rest.into())))
    }

    fn starts_with_quote(&self, rest: &str) -> bool {
        rest.starts_with('"') || (self.dialect == Dialect::Fga && rest.starts_with('\''))
    }

    fn word(&self, start: usize, typed: String) -> Cursor {
        self.word_of(self.groups.last().cloned().flatten(), start, typed)
    }

    /// The word that begins at `start` and goes on behind the cursor.
    fn word_of(&self, field: Option<String>, start: usize, typed: String) -> Cursor {
        let behind = self.text.get(self.end..).unwrap_or_default();
        let touches = start < self.end || !behind.starts_with(char::is_whitespace);
        let more = if touches {
            lex::word(behind, lex::term(self.dialect)).map_or(0, |(_, n)| n)
        } else {
            0
        };
        let span = Span::new(start.min(self.end), self.end + more);
        let expecting = match field {
            Some(field) => Expecting::Value { field },
            None => Expecting::Condition { after_condition: self.after_condition },
        };
        Cursor { span, typed, expecting }
    }
}
