//! What is said of quotes: one too few, one too many, and marks that do not quote.

use alloc::{format, string::ToString};

use super::{Parser, Place};
use crate::{
    Code, Diagnostic, Dialect, Span,
    syntax::{ast::Node, in_quotes, lex, write_name},
};

impl Parser<'_> {
    /// A quoted text without its closing quote.
    pub(super) fn not_closed(&mut self, mark: char, quoted: Span, place: Place) -> Node {
        if let Some(broken) = self.half_typographic(quoted) {
            return broken;
        }
        let inside = Span::new(quoted.start + 1, quoted.end);
        let end = inside.start + lex::next_condition(inside.of(self.text), self.dialect);
        let quote = Span::new(quoted.start, end);
        if place == Place::Query && quoted.end == end && inside.of(self.text).trim().is_empty() {
            let removed = self.with_its_operator(quote);
            let title = format!("remove `{mark}`");
            self.report(never_closed(mark, quoted.start).suggest(removed, "", title));
        } else {
            self.unclosed_quote(mark, quoted.start, end);
        }
        self.at = end;
        Node::Broken(quote)
    }

    /// A quote that never ends; what it was to hold likely ends at `end`.
    pub(super) fn unclosed_quote(&mut self, mark: char, open: usize, end: usize) {
        let inside = Span::new(open + 1, end).of(self.text);
        // A backslash at its end would take the closing quote in.
        let backslashes = inside.bytes().rev().take_while(|b| *b == b'\\').count();
        let closing = if backslashes % 2 == 1 { format!("\\{mark}") } else { mark.to_string() };
        let at_end = if end == self.text.len() { "at the end" } else { "before what follows" };
        let title = format!("add `{mark}` {at_end}");
        self.report(never_closed(mark, open).suggest(Span::new(end, end), closing, title));
    }

    /// `"My App”`: opened by a straight quote, closed by a typographic one.
    pub(super) fn half_typographic(&mut self, quoted: Span) -> Option<Node> {
        let inside = lex::near(quoted.of(self.text).get(1..)?);
        let ends_word = |(at, mark): &(usize, &str)| {
            let behind = inside.get(at + mark.len()..).unwrap_or_default();
            behind.chars().next().is_none_or(|c| lex::is_space(c) || c == ')')
        };
        let (at, mark) = inside.match_indices(['”', '“', '»']).find(ends_word)?;
        let span = Span::new(quoted.start, quoted.start + 1 + at + mark.len());
        self.smart_quotes(span, inside.get(..at).unwrap_or_default());
        self.at = span.end;
        Some(Node::Broken(span))
    }

    /// `"My App OR x:"a"`: what seems to close the quote opens the next one.
    pub(super) fn closed_by_next(&mut self, mark: char, inside: Span) -> Option<Node> {
        let text = inside.of(self.text);
        let (_, name) = text.rsplit_once(lex::is_space)?;
        let (_, length) = lex::word(name, lex::field_name)?;
        if length < name.len() {
            return None;
        }
        let before = text.get(..text.len() - length).unwrap_or_default();
        let value = before.get(..lex::next_condition(before, self.dialect)).unwrap_or_default();
        let end = inside.start + value.trim_end().len();
        self.unclosed_quote(mark, inside.start - 1, end);
        self.at = end;
        Some(Node::Broken(Span::new(inside.start - 1, end)))
    }

    /// `"A", "B"`: a list as other languages write it.
    pub(super) fn quoted_list(&mut self, mark: char, first: Span) -> Option<Node> {
        let comma = Span::new(self.at, self.at + 1);
        let mut items = first.of(self.text).to_string();
        let mut end = None;
        while self.next_char() == Some(',') {
            self.at += 1;
            self.skip_space();
            let Some(((_, true), item)) = self.take(lex::quoted(mark)) else { break };
            items.push_str(" OR ");
            items.push_str(item.of(self.text));
            end = Some(item.end);
        }
        self.at = end.unwrap_or(comma.start);
        let whole = Span::new(first.start, end?);
        self.report(
            Diagnostic::error(Code::TouchingQuote, comma, "a comma parts no values")
                .help("several values are written `(a OR b)`")
                .suggest(whole, format!("({items})"), "look for any of them"),
        );
        Some(Node::Broken(whole))
    }

    /// `"a"b`, and `"a":b`. Gives the end of what is told of.
    pub(super) fn touching_quote(
        &mut self,
        mark: char,
        quoted: Span,
        behind: Span,
        may_be_field: bool,
    ) -> usize {
        let inner = Span::new(quoted.start + 1, quoted.end - 1).of(self.text);
        let text = behind.of(self.text);
        if may_be_field && text.starts_with(':') {
            self.report(
                Diagnostic::error(Code::TouchingQuote, quoted, "a field's name is not quoted")
                    .suggest(quoted, write_name(inner), "remove the quotes"),
            );
            return behind.end;
        }
        let error = Diagnostic::error(
            Code::TouchingQuote,
            behind,
            "text stands right behind a closing quote",
        )
        .also(Span::new(quoted.end - 1, quoted.end), "closed here")
        .help(format!("a quote that belongs to the value is written `\\{mark}`"));
        // In `"a"*"b"` the star was likely meant as one.
        let end = if text.starts_with(['*', '?']) { None } else { self.last_quote(mark, behind) };
        let whole = Span::new(quoted.start, end.unwrap_or(behind.end));
        let value = Span::new(quoted.start + 1, whole.end - 1).of(self.text);
        self.report(if end.is_some() && !value.contains('\\') {
            error.suggest(whole, in_quotes(value), "put all of it in quotes")
        } else if text.contains(['"', '\'', '\\']) {
            error
        } else {
            let place = Span::new(behind.start, behind.start);
            error
                .suggest(whole, in_quotes(&format!("{inner}{text}")), "put all of it in quotes")
                .suggest(place, " ", "part them with a space")
        });
        whole.end
    }

    /// The end of a value that holds quotes itself, if it was to be in quotes: behind the only quote before the next
    /// condition, or the one that ends the word.
    fn last_quote(&self, mark: char, word: Span) -> Option<usize> {
        let rest = lex::near(self.text.get(word.end..)?);
        let rest = rest.get(..lex::next_condition(rest, self.dialect))?;
        match rest.find(mark) {
            Some(at) if at + 1 == rest.len() => Some(word.end + rest.len()),
            None if word.of(self.text).ends_with(mark) => Some(word.end),
            _ => None,
        }
    }

    pub(super) fn smart_quotes(&mut self, span: Span, inside: &str) {
        let straight = in_quotes(inside);
        self.report(
            Diagnostic::error(Code::SmartQuotes, span, "typographic quotes do not quote")
                .help("use straight quotes: `\"`")
                .suggest(span, straight, "use straight quotes"),
        );
    }

    /// Quotes that do not quote: typographic ones, and single ones in `q`.
    pub(super) fn warn_of_quotes(&mut self, span: Span) {
        let raw = span.of(self.text);
        if let Some(word) = raw.strip_suffix(['”', '»']).filter(|word| !word.contains(['“', '«']))
        {
            let mark = Span::new(span.start + word.len(), span.end);
            self.report(
                Diagnostic::warning(Code::SmartQuotes, mark, "this quote closes nothing").suggest(
                    mark,
                    "",
                    "remove it",
                ),
            );
        } else if raw.contains('"') && has_lone_quote(raw) {
            self.lone_quote(span);
        } else if self.dialect == Dialect::Q && raw.starts_with('\'') {
            let Some(length) = self.single_quoted(span) else { return };
            let span = Span::new(span.start, span.start + length);
            let inner = Span::new(span.start + 1, span.end - 1).of(self.text);
            self.report(
                Diagnostic::warning(
                    Code::SingleQuotes,
                    span,
                    "single quotes are part of the value here",
                )
                .suggest(span, in_quotes(inner), "use double quotes"),
            );
        }
    }

    /// `anne"`: a quote in a word that opens nothing.
    fn lone_quote(&mut self, word: Span) {
        let raw = word.of(self.text);
        let mark = word.start + raw.rfind('"').unwrap_or_default();
        let mark = Span::new(mark, mark + 1);
        let warning =
            Diagnostic::warning(Code::UnclosedQuote, mark, "this `\"` is part of the text here");
        let warning =
            if mark.end < word.end { warning } else { warning.suggest(mark, "", "remove it") };
        self.report(if raw.contains('\\') {
            warning
        } else {
            warning.suggest(word, in_quotes(raw), "look for this text itself")
        });
    }

    /// How long the text is that single quotes were meant to hold, quotes included: to one that ends a word.
    fn single_quoted(&self, term: Span) -> Option<usize> {
        let text = self.text.get(term.start..)?;
        let near = lex::near(text);
        let closing = |(at, _): &(usize, &str)| {
            let behind = near.get(at + 1..).unwrap_or_default();
            *at > 1 && behind.chars().next().is_none_or(|c| lex::is_space(c) || ")]}".contains(c))
        };
        near.match_indices('\'').find(closing).map(|(at, _)| at + 1)
    }
}

/// Whether a word holds a quote without its partner.
fn has_lone_quote(raw: &str) -> bool {
    (raw.matches('"').count() - raw.matches("\\\"").count()) % 2 == 1
}

fn never_closed(mark: char, open: usize) -> Diagnostic {
    let message = format!("this `{mark}` is never closed");
    Diagnostic::error(Code::UnclosedQuote, Span::new(open, open + 1), message)
        .help(format!("a `{mark}` that belongs to a value is written `\\{mark}`"))
}
