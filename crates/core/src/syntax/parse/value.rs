//! Values: quoted text, ranges, comparisons, terms, and what may follow them.

use alloc::{string::String, vec::Vec};

use super::{Parser, Place};
use crate::{
    Code, Diagnostic, Dialect, Span,
    pattern::Piece,
    syntax::{
        ast::{Bound, Node, Range, Term, Value},
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
            chars.take(lex::LINE).take_while(|c| *c != '\n').any(|c| closing.contains(&c))
        })
    }

    /// A quoted text, a range, a comparison or a term.
    pub(super) fn value(&mut self, place: Place) -> Node {
        match self.next_char() {
            Some('"') => self.quoted('"', place),
            Some('\'') if self.dialect == Dialect::Fga => self.quoted('\'', place),
            Some(mark) if let Some(closing) = closing_of(mark) => self.typographic(closing, place),
            Some('[' | '{') => self.range(),
            Some('<' | '>') if place == Place::FieldGroup => self.comparison(),
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
            let open = Span::new(span.start, span.start + 1);
            let end = Span::new(span.end, span.end);
            self.report(
                Diagnostic::error(
                    Code::UnclosedQuote,
                    open,
                    alloc::format!("this `{mark}` is never closed"),
                )
                .help(alloc::format!("a `{mark}` that belongs to a value is written `\\{mark}`"))
                .suggest(end, mark, alloc::format!("add `{mark}` at the end")),
            );
            return Node::Broken(span);
        }
        // `"prod-"*` goes on behind the quotes.
        if matches!(self.next_char(), Some('*' | '?'))
            && let Some((more, after)) = self.take(lex::term(self.dialect))
        {
            if after.of(self.text).contains(mark) {
                self.touching_quote(span, after, false);
                return Node::Broken(span.to(after));
            }
            more.into_iter().for_each(|piece| pieces.push(piece));
            span = span.to(after);
        } else {
            self.quote_modifier();
            if let Some(broken) = self.touching(span, place) {
                return broken;
            }
        }
        self.finish_term(Term { span, pieces: pieces.0, quoted: true })
    }

    /// Text right behind the closing quote of `quoted`, which cannot be what was meant.
    fn touching(&mut self, quoted: Span, place: Place) -> Option<Node> {
        if !self.at_operand() || self.next_char().is_some_and(char::is_whitespace) {
            return None;
        }
        let (_, behind) = self.take(lex::term(self.dialect))?;
        self.touching_quote(quoted, behind, place == Place::Query);
        Some(Node::Broken(quoted.to(behind)))
    }

    /// A value in typographic quotes: read as if they quoted, so that one error says it all.
    fn typographic(&mut self, closing: &[char], place: Place) -> Node {
        let rest = self.rest();
        let opening = rest.chars().next().map_or(0, char::len_utf8);
        let inside = rest.get(opening..).unwrap_or_default();
        let near = inside.get(..inside.floor_char_boundary(lex::LINE)).unwrap_or_default();
        let Some(length) = near.find(closing) else { return self.term(place) };
        let mark = inside.get(length..).and_then(|rest| rest.chars().next());
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
            self.quote_modifier();
            return Node::Broken(span);
        }
        let Some((mut pieces, mut span)) = self.take(lex::term(self.dialect)) else {
            return self.stop();
        };
        let whole = span;
        let mut raw = span.of(self.text);
        if let Some((length, sign)) = lex::trailing_modifier(raw) {
            raw = raw.get(..length).unwrap_or_default();
            span = Span::new(start, start + length);
            self.modifier(sign, Span::new(span.end, whole.end), raw);
            pieces = lex::word(raw, lex::term(self.dialect)).map_or(Vec::new(), |(p, _)| p);
        }
        if place == Place::Query {
            self.warn_of_bare(raw, span);
        }
        self.warn_of_quotes(span);
        self.warn_of_ampersand(span);
        self.finish_term(Term { span, pieces, quoted: false })
    }

    pub(super) fn finish_term(&mut self, term: Term) -> Node {
        let stars = term.pieces.iter().filter(|piece| **piece == Piece::AnyRun).count();
        if stars > self.limits.stars {
            let most = self.limits.stars;
            self.report(
                Diagnostic::error(
                    Code::TooManyStars,
                    term.span,
                    alloc::format!("a value has at most {most} `*`"),
                )
                .help("in quotes a `*` is itself; several in a row count as one"),
            );
            return Node::Broken(term.span);
        }
        Node::Value(Value::Term(term))
    }

    /// `[a TO b]`, brackets mixable.
    pub(super) fn range(&mut self) -> Node {
        let start = self.at;
        let low_inclusive = self.next_char() == Some('[');
        self.at += 1;
        let low = self.bound(low_inclusive);
        let to = self.take(lex::to);
        if let Some((word @ ("to" | "To" | "tO"), place)) = to {
            let word_span = Span::new(place.end - 2, place.end);
            self.report(
                Diagnostic::error(
                    Code::MissingTo,
                    word_span,
                    alloc::format!("`TO` is written in upper case, not `{word}`"),
                )
                .suggest(word_span, "TO", "write `TO`"),
            );
        }
        let high = self.bound(true);
        let closing = self.next_char().filter(|c| matches!(c, ']' | '}'));
        let Some(closing) = closing else {
            let open = Span::new(start, start + 1);
            let (mark, close) = if low_inclusive { ('[', ']') } else { ('{', '}') };
            self.at = self.text.len();
            self.report(
                Diagnostic::error(
                    Code::UnclosedBracket,
                    open,
                    alloc::format!("this `{mark}` is never closed"),
                )
                .help("a range is written `[low TO high]`; `*` is an open end")
                .suggest(
                    Span::new(self.at, self.at),
                    alloc::format!("{}{close}", missing_of(self.text, to.is_some(), &low, &high)),
                    alloc::format!("add `{close}` at the end"),
                ),
            );
            return Node::Broken(Span::new(start, self.at));
        };
        self.at += 1;
        let span = Span::new(start, self.at);
        if to.is_none() || unwritten(&low) || unwritten(&high) {
            self.incomplete_range(span, to.is_some());
            return Node::Broken(span);
        }
        self.quote_modifier();
        let high = Bound { inclusive: closing == ']', ..high };
        Node::Value(Value::Range(Range { span, low, high, comparison: false }))
    }

    pub(super) fn bound(&mut self, inclusive: bool) -> Bound {
        self.skip_space();
        let found = self.take(lex::bound);
        let ((text, quoted), span) =
            found.unwrap_or(((String::new(), false), Span::new(self.at, self.at)));
        if quoted {
            self.skip_space_before_closing();
        }
        // An escaped star is a text.
        let open = !quoted && span.of(self.text).trim_end() == "*";
        Bound { span, text: (!open).then_some(text), inclusive }
    }

    /// Space between a quoted bound and the bracket; space before `TO` belongs to `TO`.
    pub(super) fn skip_space_before_closing(&mut self) {
        if lex::word(self.rest(), lex::to).is_none() {
            self.skip_space();
        }
    }

    /// `>=x` and its like.
    pub(super) fn comparison(&mut self) -> Node {
        let Some(((sign, inclusive), sign_span)) = self.take(lex::comparison) else {
            return self.stop();
        };
        self.skip_space();
        let bound = match self.next_char() {
            Some('"') => self.quoted('"', Place::FieldGroup),
            Some('\'') if self.dialect == Dialect::Fga => self.quoted('\'', Place::FieldGroup),
            _ if self.at_operand() => self.term(Place::FieldGroup),
            _ => Node::Broken(sign_span),
        };
        let text = match &bound {
            Node::Value(Value::Term(term)) => term.literal().map(String::from),
            _ => None,
        };
        let Some(text) = text else {
            if bound.span() == sign_span || matches!(bound, Node::Value(_)) {
                let sign = sign_span.of(self.text);
                self.report(
                    Diagnostic::error(
                        Code::EmptyValue,
                        sign_span.to(bound.span()),
                        alloc::format!("`{sign}` needs a plain value behind it"),
                    )
                    .help("a number, a date or a text, without wildcards"),
                );
            }
            return Node::Broken(sign_span.to(bound.span()));
        };
        let span = sign_span.to(bound.span());
        let given = Bound { span: bound.span(), text: Some(text), inclusive };
        let open = Bound { span, text: None, inclusive: true };
        let (low, high) = if sign == '>' { (given, open) } else { (open, given) };
        Node::Value(Value::Range(Range { span, low, high, comparison: true }))
    }

    /// A modifier behind a closing quote or bracket.
    pub(super) fn quote_modifier(&mut self) {
        if let Some(((sign, _), span)) = self.take(lex::modifier) {
            self.modifier(sign, span, "");
        }
    }
}

/// Whether nothing stands where the bound should.
fn unwritten(bound: &Bound) -> bool {
    bound.span.start == bound.span.end
}

/// What a range that breaks off lacks before its bracket: a bound, or `TO` too.
fn missing_of(text: &str, has_to: bool, low: &Bound, high: &Bound) -> &'static str {
    let gap = text.ends_with(char::is_whitespace);
    match (has_to, unwritten(low), unwritten(high), gap) {
        (true, _, false, _) => "",
        (true, _, true, true) => "*",
        (true, _, true, false) => " *",
        (false, true, _, _) => "* TO *",
        // `[2026 TO` has its `TO`, but nothing behind it that would make it one.
        (false, false, _, _) if text.trim_end().ends_with(" TO") => {
            if gap {
                "*"
            } else {
                " *"
            }
        }
        (false, false, _, true) => "TO *",
        (false, false, _, false) => " TO *",
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
