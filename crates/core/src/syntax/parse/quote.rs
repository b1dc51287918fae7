//! What is said of quotes: one too few, one too many, and marks that do not quote.

use alloc::{format, string::ToString};

use super::Parser;
use crate::{
    Code, Diagnostic, Dialect, Span,
    syntax::{in_quotes, lex},
};

impl Parser<'_> {
    /// A quote that never ends; what it was to hold likely ends at `end`.
    pub(super) fn unclosed_quote(&mut self, mark: char, open: usize, end: usize) {
        let inside = Span::new(open + 1, end).of(self.text);
        // A backslash at its end would take the closing quote in.
        let backslashes = inside.bytes().rev().take_while(|b| *b == b'\\').count();
        let closing = if backslashes % 2 == 1 { format!("\\{mark}") } else { mark.to_string() };
        let at_end = if end == self.text.len() { "at the end" } else { "before what follows" };
        self.report(
            Diagnostic::error(
                Code::UnclosedQuote,
                Span::new(open, open + 1),
                format!("this `{mark}` is never closed"),
            )
            .help(format!("a `{mark}` that belongs to a value is written `\\{mark}`"))
            .suggest(Span::new(end, end), closing, format!("add `{mark}` {at_end}")),
        );
    }

    /// `"a"b`, and `"a":b`.
    pub(super) fn touching_quote(&mut self, quoted: Span, behind: Span, may_be_field: bool) {
        let inner = Span::new(quoted.start + 1, quoted.end - 1).of(self.text);
        let diagnostic =
            if may_be_field && behind.of(self.text).starts_with(':') {
                Diagnostic::error(Code::TouchingQuote, quoted, "a field's name is not quoted")
                    .suggest(quoted, crate::syntax::write_name(inner), "remove the quotes")
            } else {
                let error = Diagnostic::error(
                    Code::TouchingQuote,
                    behind,
                    "text stands right behind a closing quote",
                )
                .also(Span::new(quoted.end - 1, quoted.end), "closed here");
                let text = behind.of(self.text);
                let mark = quoted.of(self.text).get(..1).unwrap_or_default();
                let error =
                    error.help(format!("a quote that belongs to the value is written `\\{mark}`"));
                if text.contains(['"', '\'', '\\']) {
                    error
                } else {
                    let whole = in_quotes(&format!("{inner}{text}"));
                    error.suggest(quoted.to(behind), whole, "put all of it in quotes").suggest(
                        Span::new(behind.start, behind.start),
                        " ",
                        "part them with a space",
                    )
                }
            };
        self.report(diagnostic);
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
        } else if raw.starts_with(['“', '”', '„', '«', '‘', '’']) {
            // Closed in the middle of a word, or never.
            let marks = ['“', '”', '„', '«', '»', '‘', '’'];
            self.smart_quotes(span, &raw.replace(marks, ""));
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

    /// How long the text is that single quotes were meant to hold, quotes included: to one that ends a word.
    fn single_quoted(&self, term: Span) -> Option<usize> {
        let text = self.text.get(term.start..)?;
        let near = lex::near(text);
        let closing = |(at, _): &(usize, &str)| {
            let behind = near.get(at + 1..).unwrap_or_default();
            *at > 1 && behind.chars().next().is_none_or(|c| c.is_whitespace() || c == ')')
        };
        near.match_indices('\'').find(closing).map(|(at, _)| at + 1)
    }
}
