//! Ranges: `[a TO b]`, `>=a`, and what people write in their place.

use alloc::{format, string::String};

use super::{Parser, Place};
use crate::{
    Code, Diagnostic, Dialect, Span,
    syntax::{
        ast::{Bound, Node, Range, Value},
        lex,
    },
};

/// A range as far as it is written.
pub(super) struct Written {
    pub(super) open: Span,
    pub(super) low: Bound,
    pub(super) to: Option<Span>,
    /// A second `TO`, which no range has.
    pub(super) more: Option<Span>,
    pub(super) high: Bound,
    pub(super) closing: Option<char>,
}

impl Parser<'_> {
    /// `[a TO b]`, brackets mixable.
    pub(super) fn range(&mut self) -> Node {
        let open = Span::new(self.at, self.at + 1);
        let low_inclusive = self.next_char() == Some('[');
        self.at += 1;
        let low = self.bound(low_inclusive);
        let to = self.to();
        let nothing = Bound { span: self.here(), text: Some(String::new()), inclusive: true };
        let mut high = if to.is_some() { self.bound(true) } else { nothing };
        let mut more = None;
        while let Some(again) = to.and_then(|_| self.to()) {
            more.get_or_insert(again);
            high = self.bound(true);
        }
        let closing = self.next_char().filter(|c| matches!(c, ']' | '}'));
        self.at += usize::from(closing.is_some());
        high.inclusive = closing != Some('}');
        let range = Written { open, low, to, more, high, closing };
        if closing.is_some() && to.is_some() && more.is_none() && range.has_bounds() {
            let span = open.to(self.here());
            self.modifiers();
            if let Some(broken) = self.behind_range(span) {
                return broken;
            }
            if self.quotes_of_bounds(range.low.span, range.high.span) {
                return Node::Broken(span);
            }
            let Written { low, high, .. } = range;
            return Node::Value(Value::Range(Range { span, low, high, comparison: false }));
        }
        self.broken_range(range);
        Node::Broken(open.to(self.here()))
    }

    pub(super) fn here(&self) -> Span {
        Span::new(self.at, self.at)
    }

    /// The word between the bounds; one in lower case is read too, and told of.
    fn to(&mut self) -> Option<Span> {
        if self.at_lone_to() {
            self.at += 2;
            return Some(Span::new(self.at - 2, self.at));
        }
        let (word, place) = self.take(lex::to)?;
        let word_span = Span::new(place.end - 2, place.end);
        if word != "TO" {
            self.report(
                Diagnostic::error(
                    Code::MissingTo,
                    word_span,
                    format!("`TO` is written in upper case, not `{word}`"),
                )
                .suggest(word_span, "TO", "write `TO`"),
            );
        }
        Some(word_span)
    }

    /// `[TO 5]`, without the space that parts `TO` from a bound.
    fn at_lone_to(&self) -> bool {
        self.rest().strip_prefix("TO").is_some_and(|behind| behind.starts_with(lex::is_space))
    }

    fn bound(&mut self, inclusive: bool) -> Bound {
        let unwritten = Bound { span: self.here(), text: Some(String::new()), inclusive };
        // `[ TO 5]` has no lower bound.
        if lex::word(self.rest(), lex::to).is_some() {
            return unwritten;
        }
        self.skip_space();
        let mark = self.next_char().filter(|_| self.at_quote());
        let start = self.at;
        if let Some(mark) = mark {
            if let Some(((text, true), span)) = self.take(lex::quoted(mark)) {
                if lex::word(self.rest(), lex::to).is_none() {
                    self.skip_space();
                }
                return Bound { span, text: Some(text), inclusive };
            }
            self.at = start + 1;
            let bound = self.bare_bound(inclusive);
            self.unclosed_quote(mark, start, bound.span.end);
            return Bound { span: Span::new(start, bound.span.end), ..bound };
        }
        if self.at_lone_to() {
            return unwritten;
        }
        self.bare_bound(inclusive)
    }

    fn bare_bound(&mut self, inclusive: bool) -> Bound {
        let start = self.at;
        let found = self.take(lex::bound(self.dialect));
        let (text, end) =
            found.map_or((String::new(), start), |((text, length), _)| (text, start + length));
        let span = Span::new(start, end);
        // An escaped star is a text.
        let open = span.of(self.text) == "*";
        Bound { span, text: (!open).then_some(text), inclusive }
    }

    /// `>=x` and its like.
    pub(super) fn comparison(&mut self) -> Node {
        let Some(((sign, inclusive), sign_span)) = self.take(lex::comparison) else {
            return self.stop();
        };
        self.skip_space();
        let bound = match self.next_char() {
            Some('"') => self.quoted('"', Place::Field),
            Some('\'') if self.dialect == Dialect::Fga => self.quoted('\'', Place::Field),
            _ if self.at_operand() => self.term(Place::Field),
            _ => Node::Broken(sign_span),
        };
        let text = match &bound {
            Node::Value(Value::Term(term)) => term.literal().map(String::from),
            _ => None,
        };
        let Some(text) = text else {
            self.no_plain_bound(sign_span, &bound);
            return Node::Broken(sign_span.to(bound.span()));
        };
        let span = sign_span.to(bound.span());
        let given = Bound { span: bound.span(), text: Some(text), inclusive };
        let open = Bound { span, text: None, inclusive: true };
        let (low, high) = if sign == '>' { (given, open) } else { (open, given) };
        Node::Value(Value::Range(Range { span, low, high, comparison: true }))
    }

    /// `>` with nothing behind it, or with a pattern.
    fn no_plain_bound(&mut self, sign_span: Span, bound: &Node) {
        let pattern = matches!(bound, Node::Value(_));
        if bound.span() != sign_span && !pattern {
            return;
        }
        let sign = sign_span.of(self.text);
        let error = Diagnostic::error(
            Code::EmptyValue,
            sign_span.to(bound.span()),
            format!("`{sign}` needs a plain value behind it"),
        )
        .help("a number, a date or a text, without wildcards");
        self.report(if pattern {
            error.suggest(sign_span, "", "look for the pattern instead")
        } else {
            error.suggest(sign_span, "*", "look for any value")
        });
    }
}

impl Written {
    pub(super) fn has_bounds(&self) -> bool {
        self.low.span.start < self.low.span.end && self.high.span.start < self.high.span.end
    }

    pub(super) fn is_empty(&self) -> bool {
        self.low.span.start == self.low.span.end && self.to.is_none()
    }

    pub(super) fn closing_mark(&self) -> char {
        let opposite = if self.low.inclusive { ']' } else { '}' };
        self.closing.unwrap_or(opposite)
    }
}
