//! Where in a query the cursor is: within a field's value, or where a condition may stand. For completion.

use alloc::{string::String, vec::Vec};

use super::{Dialect, lex};
use crate::Span;

/// The word at the cursor and what it is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// The whole word; empty where the cursor stands between words.
    pub(crate) span: Span,
    /// The part of it before the cursor, without an opening quote. A range's or a comparison's signs are part of it.
    pub(crate) typed: String,
    pub(crate) expecting: Expecting,
}

/// What may stand at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expecting {
    /// A condition, or behind one also an operator.
    Condition { after_condition: bool },
    /// A field, with the colon that is there already.
    Field,
    /// A value of this field, or behind one in its group also an operator.
    Value { field: String, after_value: bool },
}

/// Looks at the text before the byte `at`; `None` where nothing can be completed: right behind a bracket or a quote, past
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
                    let sign = matches!(rest, "-" | "+" | "!").then_some(1);
                    let prefix = lex::word(rest, lex::prefix).map(|(_, length)| length);
                    if let Some(length) = sign.or(prefix.filter(|length| *length < rest.len())) {
                        self.at += length;
                        self.after_condition = false;
                        continue;
                    }
                    let open = self.groups.len();
                    if let Some(found) = self.condition(rest)? {
                        return Some(found);
                    }
                    self.after_condition = self.groups.len() == open;
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
        let mut field = self.group_field();
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
            // An operator can stand behind its value only.
            self.after_condition = false;
        }
        let start = self.at;
        if rest.is_empty() {
            return Some(Some(self.word_of(field, start, String::new())));
        }
        if rest.starts_with(['[', '{']) {
            let Some(length) = rest.find([']', '}']) else {
                return Some(Some(self.range_of(field, start, rest)));
            };
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
            return Some(Some(self.quoted_of(field, start, inside)));
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

    fn group_field(&self) -> Option<String> {
        self.groups.last().cloned().flatten()
    }

    fn word(&self, start: usize, typed: String) -> Cursor {
        self.word_of(self.group_field(), start, typed)
    }

    /// The word that begins at `start` and goes on behind the cursor.
    fn word_of(&self, field: Option<String>, start: usize, typed: String) -> Cursor {
        let behind = self.behind();
        let touches = start < self.end || !behind.starts_with(char::is_whitespace);
        if field.is_none()
            && let Some(whole) = self.text.get(start..)
            && let Some((_, length)) = lex::word(whole, lex::field_name)
            && start + length > self.end
        {
            let span = Span::new(start, start + length);
            return Cursor { span, typed, expecting: Expecting::Field };
        }
        let more = if touches {
            lex::word(behind, lex::term(self.dialect)).map_or(0, |(_, n)| n)
        } else {
            0
        };
        self.found(field, start, self.end + more, typed)
    }

    /// The quoted text that begins at `start`: up to its closing quote, where the one behind the cursor looks like it.
    fn quoted_of(&self, field: Option<String>, start: usize, typed: String) -> Cursor {
        let whole = self.text.get(start..).unwrap_or_default();
        let closed = whole.chars().next().and_then(|mark| lex::word(whole, lex::quoted(mark)));
        if let Some(((_, true), length)) = closed
            && let Some(after) = whole.get(length..)
            && (after.is_empty() || after.starts_with(|c: char| lex::is_space(c) || c == ')'))
        {
            return self.found(field, start, start + length, typed);
        }
        self.word_of(field, start, typed)
    }

    /// The range that begins at `start`: up to its closing bracket, unless another one begins before.
    fn range_of(&self, field: Option<String>, start: usize, typed: &str) -> Cursor {
        let behind = self.behind();
        let closing = behind
            .find(['[', '{', ']', '}', '('])
            .filter(|at| behind.get(*at..).is_some_and(|rest| rest.starts_with([']', '}'])));
        match closing {
            Some(at) => self.found(field, start, self.end + at + 1, typed.into()),
            None => self.word_of(field, start, typed.into()),
        }
    }

    fn behind(&self) -> &'t str {
        self.text.get(self.end..).unwrap_or_default()
    }

    fn found(&self, field: Option<String>, start: usize, end: usize, typed: String) -> Cursor {
        let after = self.after_condition;
        let expecting = match field {
            Some(field) => Expecting::Value { field, after_value: after },
            None => Expecting::Condition { after_condition: after },
        };
        Cursor { span: Span::new(start.min(self.end), end), typed, expecting }
    }
}
