//! Ranges: `[a TO b]`, `>=a`, and what people write in their place.

use alloc::{
    format,
    string::{String, ToString},
};

use super::{Parser, Place};
use crate::{
    Code, Diagnostic, Dialect, Span,
    syntax::{
        ast::{Bound, Node, Range, Value},
        lex,
    },
};

/// A range as far as it is written.
struct Written {
    open: Span,
    low: Bound,
    to: Option<Span>,
    /// A second `TO`, which no range has.
    more: Option<Span>,
    high: Bound,
    closing: Option<char>,
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
            self.modifiers();
            let (span, Written { low, high, .. }) = (open.to(self.here()), range);
            return Node::Value(Value::Range(Range { span, low, high, comparison: false }));
        }
        self.broken_range(range);
        Node::Broken(open.to(self.here()))
    }

    fn here(&self) -> Span {
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
        if self.next_char() == Some('"') {
            let start = self.at;
            if let Some(((text, true), span)) = self.take(lex::quoted('"')) {
                if lex::word(self.rest(), lex::to).is_none() {
                    self.skip_space();
                }
                return Bound { span, text: Some(text), inclusive };
            }
            self.at = start + 1;
            let bound = self.bare_bound(inclusive);
            self.unclosed_quote('"', start, bound.span.end);
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

    /// What is wrong with a range, and the range that was likely meant.
    fn broken_range(&mut self, mut range: Written) {
        let no_operand = range.closing.is_none() && range.to.is_none();
        let instead = if no_operand { self.operator_for_to(&mut range) } else { None };
        if range.closing.is_none() {
            self.give_back(&mut range);
        }
        let whole = range.open.to(self.here());
        let (open, close) = (range.open.of(self.text), range.closing_mark());
        let bound = |bound: &Bound| match bound.span.of(self.text).trim() {
            "" => "*".to_string(),
            // One that is never closed has been told of.
            text if text.starts_with('"') && (text.len() == 1 || !text.ends_with('"')) => {
                format!("{text}\"")
            }
            text => text.to_string(),
        };
        let (low, high) = (bound(&range.low), bound(&range.high));
        let nothing = whole.of(self.text).chars().all(|c| "[]{} ".contains(c));
        let split = if range.to.is_some() { None } else { instead.or_else(|| two_bounds(&low)) };
        let (low, high) = split.clone().unwrap_or((low, high));
        let fixed = format!("{open}{low} TO {high}{close}");
        let help = "a range is written `[low TO high]`; `*` is an open end";
        let diagnostic = if range.closing.is_none() {
            let error = Diagnostic::error(
                Code::UnclosedBracket,
                range.open,
                format!("this `{open}` is never closed"),
            )
            .help(help);
            if range.is_empty() {
                error.suggest(range.open, "", format!("remove `{open}`"))
            } else {
                error.suggest(whole, fixed.clone(), format!("write `{fixed}`"))
            }
        } else if let Some(more) = range.more {
            Diagnostic::error(Code::MissingTo, more, "a range has one `TO` and two bounds")
                .help("a word of a bound goes in quotes")
                .suggest(whole, fixed.clone(), format!("write `{fixed}`"))
        } else if range.to.is_some() || nothing {
            Diagnostic::error(Code::EmptyValue, whole, "a range needs both bounds")
                .help("`*` is an open end: `[2018-12-10 TO *]`")
                .suggest(whole, fixed.clone(), format!("write `{fixed}`"))
        } else if split.is_some() {
            Diagnostic::error(Code::MissingTo, whole, "a range needs `TO`")
                .help(help)
                .suggest(whole, fixed, "add `TO`")
        } else {
            Diagnostic::error(Code::MissingTo, whole, "a range needs `TO`")
                .help(help)
                .suggest(whole, low.clone(), "look for just this")
                .suggest(whole, format!("{open}{low} TO *{close}"), "look for this and all above")
        };
        self.report(diagnostic);
    }

    /// `[1 AND 5]`: reads on to the bracket where nothing but a bound lies between, and gives both bounds.
    fn operator_for_to(&mut self, range: &mut Written) -> Option<(String, String)> {
        let low = range.low.span.of(self.text);
        let near = lex::near(self.rest());
        let behind = near.trim_start();
        let (_, length) = lex::word(behind, lex::binary(self.dialect))?;
        let (high, _) = behind.get(length..)?.split_once([']', '}'])?;
        if low.is_empty() || high.trim().is_empty() || high.contains([':', '[', '{', '(', '"']) {
            return None;
        }
        let both = (low.into(), high.trim().into());
        self.at += near.find([']', '}'])?;
        range.closing = self.next_char();
        self.at += 1;
        Some(both)
    }

    /// Of a range that is never closed: what looks like the next condition is not a part of it.
    fn give_back(&mut self, range: &mut Written) {
        let last = if range.to.is_some() { &mut range.high } else { &mut range.low };
        let text = last.span.of(self.text);
        let next = text.match_indices(char::is_whitespace).find(|(at, space)| {
            let (before, behind) = text.split_at_checked(at + space.len()).unwrap_or_default();
            !before.trim_end_matches(*space).ends_with('\\') && lex::at_field(behind)
        });
        if let Some((at, _)) = next {
            last.span.end = last.span.start + at;
        }
        self.at = self.text.len().min(last.span.end.max(range.to.map_or(0, |to| to.end)));
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
    fn has_bounds(&self) -> bool {
        self.low.span.start < self.low.span.end && self.high.span.start < self.high.span.end
    }

    fn is_empty(&self) -> bool {
        self.low.span.start == self.low.span.end && self.to.is_none()
    }

    fn closing_mark(&self) -> char {
        let opposite = if self.low.inclusive { ']' } else { '}' };
        self.closing.unwrap_or(opposite)
    }
}

/// Two bounds without their `TO`: `1, 5`, `1 - 5`, `1..5`, `1-5`, or with nothing but a space between.
fn two_bounds(text: &str) -> Option<(String, String)> {
    let signs = [" - ", " – ", "...", "..", ", ", ",", ";", "–"];
    let parted = signs.iter().find_map(|sign| text.split_once(sign));
    let digits =
        |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || c == '.');
    let dashed = || text.split_once('-').filter(|(low, high)| digits(low) && digits(high));
    let (low, high) = parted.or_else(|| text.split_once(char::is_whitespace)).or_else(dashed)?;
    let (low, high) = (low.trim(), high.trim());
    if low.is_empty() || high.is_empty() { None } else { Some((low.into(), high.into())) }
}
