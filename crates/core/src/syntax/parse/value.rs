//! Values: quoted text, terms, and what may follow them.

use alloc::vec::Vec;

use super::{Parser, Place};
use crate::{
    Code, Diagnostic, Dialect, Span,
    pattern::Piece,
    syntax::{
        ast::{Node, Term, Value},
        lex,
    },
};

impl Parser<'_> {
    pub(super) fn at_quote(&self) -> bool {
        match self.next_char() {
            Some('"') => true,
            Some('\'') => self.dialect == Dialect::Fga,
            _ => false,
        }
    }

    /// At a quote that does not quote, but was meant to.
    pub(super) fn at_typographic_quote(&self) -> bool {
        let mut chars = self.rest().chars();
        let closing = chars.next().and_then(closing_of);
        closing.is_some_and(|closing| {
            lex::near(chars.as_str()).lines().next().is_some_and(|line| line.contains(closing))
        })
    }

    /// A quoted text, a range, a comparison or a term.
    pub(super) fn value(&mut self, place: Place) -> Node {
        match self.next_char() {
            Some('"') => self.quoted('"', place),
            Some('\'') if self.dialect == Dialect::Fga => self.quoted('\'', place),
            Some(mark) if let Some(closing) = closing_of(mark) => self.typographic(closing),
            Some('[' | '{') => self.no_range(place).unwrap_or_else(|| self.range()),
            Some('<' | '>') if place == Place::Field => self.comparison(),
            _ => self.term(place),
        }
    }

    pub(super) fn quoted(&mut self, mark: char, place: Place) -> Node {
        let Some(((text, closed), mut span)) = self.take(lex::quoted(mark)) else {
            return self.stop();
        };
        let mut pieces = lex::Pieces::default();
        if !text.is_empty() {
            pieces.push(Piece::Text(text));
        }
        if !closed {
            return self.not_closed(mark, span, place);
        }
        // `"prod-"*` goes on behind the quotes.
        if matches!(self.next_char(), Some('*' | '?'))
            && let Some((more, after)) = self.take(lex::term(self.dialect))
        {
            if after.of(self.text).contains(mark) {
                self.touching_quote(mark, span, after, false);
                return Node::Broken(span.to(after));
            }
            more.into_iter().for_each(|piece| pieces.push(piece));
            span = span.to(after);
        } else {
            self.modifiers();
            if let Some(broken) = self.touching(mark, span, place) {
                return broken;
            }
        }
        self.finish_term(Term { span, pieces: pieces.0, quoted: true })
    }

    /// Text right behind the closing quote of `quoted`, which cannot be what was meant.
    fn touching(&mut self, mark: char, quoted: Span, place: Place) -> Option<Node> {
        if !self.at_operand() || self.next_char().is_some_and(lex::is_space) {
            return None;
        }
        if let Some(list) = self.quoted_list(mark, quoted) {
            return Some(list);
        }
        if self.stray_sign().is_some() {
            return None;
        }
        let inside = Span::new(quoted.start + 1, quoted.end - 1);
        if let Some(broken) =
            self.half_typographic(quoted).or_else(|| self.closed_by_next(mark, inside))
        {
            return Some(broken);
        }
        let (_, behind) = self.take(lex::term(self.dialect))?;
        let end = self.touching_quote(mark, quoted, behind, place == Place::Query);
        self.at = end;
        Some(Node::Broken(Span::new(quoted.start, end)))
    }

    /// A value in typographic quotes: read as if they quoted, so that one error says it all.
    fn typographic(&mut self, closing: &[char]) -> Node {
        let rest = self.rest();
        let opening = rest.chars().next().map_or(0, char::len_utf8);
        let inside = rest.get(opening..).unwrap_or_default();
        let near = lex::near(inside);
        let straight = near.find('"').filter(|_| closing.contains(&'”'));
        let typographic = near.find(closing);
        // `“a "b" c”` holds straight ones, `“a" AND x:“b”` was closed by one.
        let holds = |end: usize| near.get(..end).unwrap_or_default().matches('"').count() % 2 == 0;
        let end = typographic.filter(|end| holds(*end)).or(straight).or(typographic);
        let length = end.unwrap_or_else(|| lex::next_condition(inside, self.dialect));
        let mark = end.and_then(|end| inside.get(end..)?.chars().next());
        let whole = opening + length + mark.map_or(0, char::len_utf8);
        let span = Span::new(self.at, self.at + whole);
        self.at = span.end;
        self.smart_quotes(span, inside.get(..length).unwrap_or_default());
        Node::Broken(span)
    }

    pub(super) fn term(&mut self, place: Place) -> Node {
        let start = self.at;
        if let Some((_, span)) = self.take(lex::regex) {
            self.regex(span);
            self.modifiers();
            return Node::Broken(span);
        }
        let Some((mut pieces, mut span)) = self.take(lex::term(self.dialect)) else {
            return self.stop();
        };
        if place == Place::Query
            && let Some(broken) = self.range_in_word(span)
        {
            return broken;
        }
        let whole = span;
        let mut raw = span.of(self.text);
        if let Some((length, sign)) = lex::trailing_modifiers(raw) {
            raw = raw.get(..length).unwrap_or_default();
            span = Span::new(start, start + length);
            self.modifier(sign, Span::new(span.end, whole.end), raw);
            pieces = lex::word(raw, lex::term(self.dialect)).map_or(Vec::new(), |(p, _)| p);
        }
        if place == Place::Query {
            self.odd_word(raw, span);
        } else {
            self.warn_of_expression(raw, span);
        }
        self.warn_of_quotes(span);
        if self.warn_of_operator(span, place) {
            return Node::Broken(span);
        }
        self.finish_term(Term { span, pieces, quoted: false })
    }

    pub(super) fn finish_term(&mut self, term: Term) -> Node {
        let count = |wanted| term.pieces.iter().filter(|piece| **piece == wanted).count();
        let limits = [
            (Piece::AnyRun, '*', self.limits.stars, "; several in a row count as one"),
            (Piece::AnyOne, '?', self.limits.question_marks, "; `*` stands for any number"),
        ];
        for (piece, sign, most, more) in limits {
            if count(piece) > most {
                self.report(
                    Diagnostic::error(
                        Code::TooManyStars,
                        term.span,
                        alloc::format!("a value has at most {most} `{sign}`"),
                    )
                    .help(alloc::format!("in quotes a `{sign}` is itself{more}")),
                );
                return Node::Broken(term.span);
            }
        }
        Node::Value(Value::Term(term))
    }

    /// Modifiers behind a closing quote or bracket.
    pub(super) fn modifiers(&mut self) {
        if let Some((sign, span)) = self.take(lex::modifiers) {
            self.modifier(sign, span, "");
        }
    }
}

/// The marks that close what a typographic quote opens.
const fn closing_of(opening: char) -> Option<&'static [char]> {
    match opening {
        '“' | '”' | '„' => Some(&['”', '“']),
        '«' => Some(&['»']),
        '‘' | '’' => Some(&['’', '‘']),
        _ => None,
    }
}
