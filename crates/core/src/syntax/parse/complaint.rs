//! What the parser has to say of a query: the sentences, the places and the fixes.

use super::Parser;
use crate::{
    Code, Diagnostic, Dialect, Span,
    diagnostic::has_room,
    pattern::Piece,
    syntax::{ast::Node, lex},
};

impl Parser<'_> {
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        if has_room(&self.diagnostics, diagnostic.is_error()) {
            self.diagnostics.push(diagnostic);
        }
    }

    /// An operator with nothing on one side; without the text up to `end` the query makes sense.
    pub(super) fn dangling(&mut self, operator: Span, side: &str, end: usize) {
        let word = operator.of(self.text);
        let diagnostic = Diagnostic::error(
            Code::DanglingOperator,
            operator,
            alloc::format!("`{word}` has nothing {side} it"),
        )
        .labelled(alloc::format!("expected a condition {side} this"))
        .help(alloc::format!("to look for the word itself, put it in quotes: `\"{word}\"`"));
        let removed = Span::new(self.run_start(operator.start, end), end);
        let title = alloc::format!("remove `{}`", removed.of(self.text).trim_end());
        let removal = self.with_space(removed);
        self.report(diagnostic.suggest(removal, "", title));
    }

    /// Where the run of operators begins that ends the query, or a group, at `end`: without its last one the others
    /// would dangle in turn.
    fn run_start(&self, start: usize, end: usize) -> usize {
        let behind = self.text.get(end..).unwrap_or_default().trim_start();
        if !(behind.is_empty() || behind.starts_with(')')) {
            return start;
        }
        let mut start = start;
        loop {
            let before = self.text.get(..start).unwrap_or_default().trim_end();
            let words = ["AND", "OR", "NOT", "&&", "||", "!", "-", "+"];
            let word = words.iter().find(|word| {
                before.strip_suffix(**word).is_some_and(|rest| {
                    rest.is_empty() || rest.ends_with(|c: char| c.is_whitespace() || c == '(')
                })
            });
            match word {
                Some(word) => start = before.len() - word.len(),
                None => return start,
            }
        }
    }

    /// The span with the space before it, so that removing it leaves no gap; at the start, the space behind it. One
    /// that has a gap itself stays as it is.
    pub(super) fn with_space(&self, span: Span) -> Span {
        if span.of(self.text).ends_with(char::is_whitespace) {
            return span;
        }
        let before = self.text.get(..span.start).unwrap_or_default().trim_end().len();
        if before > 0 {
            return Span::new(before, span.end);
        }
        let after = self.text.get(span.end..).unwrap_or_default();
        Span::new(span.start, self.text.len() - after.trim_start().len())
    }

    pub(super) fn too_deep(&mut self, place: Span) -> Node {
        let most = self.limits.depth;
        self.report(
            Diagnostic::error(
                Code::TooDeep,
                place,
                alloc::format!("groups and negations nest at most {most} deep"),
            )
            .help("`a OR (b OR c)` is `a OR b OR c`, and two negations cancel out"),
        );
        self.stop()
    }

    /// Whether parsing stopped early, so that what is missing at the end is no news.
    pub(super) fn limit_reached(&self) -> bool {
        let limits = [Code::TooDeep, Code::TooManyClauses];
        self.diagnostics.iter().any(|diagnostic| limits.contains(&diagnostic.code))
    }

    /// `type:=f` looks for the value `=f`.
    pub(super) fn warn_of_equals(&mut self) {
        if self.next_char() != Some('=') {
            return;
        }
        let sign = Span::new(self.at, self.at + 1);
        self.report(
            Diagnostic::warning(Code::EqualsSign, sign, "behind a colon, `=` is part of the value")
                .suggest(sign, "", "remove `=`"),
        );
    }

    /// `type:-f` looks for the value `-f`; its author may have meant `NOT type:f`.
    pub(super) fn warn_of_sign(&mut self, name: Span) {
        let Some(sign @ ('-' | '!')) = self.next_char() else { return };
        let Some((pieces, length)) = lex::word(self.rest(), lex::term(self.dialect)) else {
            return;
        };
        let span = Span::new(self.at, self.at + length);
        let number = span
            .of(self.text)
            .strip_prefix('-')
            .is_some_and(|digits| digits.starts_with(|c: char| c.is_ascii_digit()));
        if number || pieces == [Piece::Text(sign.into())] {
            return;
        }
        let field = Span::new(name.start, name.end).of(self.text);
        let value = Span::new(self.at + 1, span.end).of(self.text);
        self.report(
            Diagnostic::warning(
                Code::NegatedValue,
                Span::new(self.at, self.at + 1),
                alloc::format!("behind a colon, `{sign}` is part of the value"),
            )
            .suggest(
                Span::new(name.start, span.end),
                alloc::format!("NOT {field}{value}"),
                alloc::format!("exclude `{value}` instead"),
            ),
        );
    }

    /// A word of its own that looks like part of something else.
    pub(super) fn warn_of_bare(&mut self, raw: &str, span: Span) {
        let diagnostic = if raw.starts_with(':') {
            let before = self.text.get(..span.start).unwrap_or_default().trim_end().len();
            let error = Diagnostic::error(
                Code::DetachedColon,
                Span::new(span.start, span.start + 1),
                "a field's colon stands right behind its name",
            );
            if before == 0 || before == span.start {
                error.help("name the field before it, or put the text in quotes")
            } else {
                error.suggest(Span::new(before, span.start), "", "remove the space")
            }
        } else if matches!(raw, "&" | "|") {
            let operator = if raw == "&" { "AND" } else { "OR" };
            Diagnostic::warning(
                Code::RawAmpersand,
                span,
                alloc::format!("a lone `{raw}` is a word to look for"),
            )
            .suggest(span, operator, alloc::format!("write `{operator}`"))
        } else if raw.len() > 2
            && raw.starts_with('/')
            && raw.ends_with('/')
            && raw.matches('/').count() == 2
        {
            let inner = raw.trim_matches('/');
            Diagnostic::warning(Code::Regex, span, "the slashes are part of the text to look for")
                .help("regular expressions are not supported; `*` stands for any characters")
                .suggest(span, alloc::format!("*{inner}*"), "use wildcards")
        } else if matches!(raw, "+" | "-") {
            let title = alloc::format!("remove `{raw}`");
            Diagnostic::warning(
                Code::DanglingOperator,
                span,
                alloc::format!("a lone `{raw}` is a word to look for"),
            )
            .help("a sign belongs to what follows it without a space")
            .suggest(self.with_space(span), "", title)
        } else if raw
            .strip_prefix(['<', '>'])
            .filter(|rest| !rest.trim_start_matches('=').is_empty())
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit() || "=-.".contains(c)))
        {
            Diagnostic::warning(
                Code::RangeWithoutField,
                span,
                "a comparison belongs to a field; this looks for the text itself",
            )
            .help(alloc::format!("write the field before it: `field:{raw}`"))
        } else {
            return;
        };
        self.report(diagnostic);
    }

    pub(super) fn incomplete_range(&mut self, span: Span, has_to: bool) {
        let diagnostic = if has_to {
            Diagnostic::error(Code::EmptyValue, span, "a range needs both bounds")
                .help("`*` is an open end: `[2018-12-10 TO *]`")
        } else {
            let inner = Span::new(span.start + 1, span.end - 1).of(self.text);
            let error = Diagnostic::error(Code::MissingTo, span, "a range needs `TO`")
                .help("a range is written `[low TO high]`; `*` is an open end");
            match inner.split_once(char::is_whitespace) {
                Some((low, high)) if !high.trim().is_empty() => error.suggest(
                    Span::new(span.start + 1, span.end - 1),
                    alloc::format!("{low} TO {}", high.trim()),
                    "add `TO`",
                ),
                _ => error,
            }
        };
        self.report(diagnostic);
    }

    /// `~n` is refused, `^n` is ignored.
    pub(super) fn modifier(&mut self, sign: char, span: Span, stem: &str) {
        let diagnostic = if sign == '^' {
            Diagnostic::warning(
                Code::Boost,
                span,
                "a boost (`^`) ranks search results; log entries are not ranked, so it is ignored",
            )
            .suggest(span, "", "remove it")
        } else if stem.is_empty() {
            Diagnostic::error(Code::Fuzzy, span, "proximity search (`~`) is not supported")
                .help("write the words as they stand, with `*` for what lies between them")
                .suggest(span, "", "remove it")
        } else {
            Diagnostic::error(Code::Fuzzy, span, "fuzzy search (`~`) is not supported")
                .help("`*` stands for any characters, `?` for one; a `~` of the value is written `\\~`")
                .suggest(span, "*", alloc::format!("everything that begins with `{stem}`"))
        };
        self.report(diagnostic);
    }

    pub(super) fn regex(&mut self, span: Span) {
        let inner = Span::new(span.start + 1, span.end - 1).of(self.text);
        let mut error =
            Diagnostic::error(Code::Regex, span, "regular expressions are not supported")
                .help("`*` stands for any characters, `?` for one");
        let mut pattern = alloc::format!("*{}*", inner.replace(".*", "*").replace(".+", "?*"));
        while pattern.contains("**") {
            pattern = pattern.replace("**", "*");
        }
        // What is left of other expressions would be looked for as it stands.
        if pattern.chars().all(|c| c.is_alphanumeric() || matches!(c, '*' | '?' | '_' | '-')) {
            error = error.suggest(span, pattern, "use wildcards");
        }
        let quoted = crate::syntax::in_quotes(span.of(self.text));
        self.report(error.suggest(span, quoted, "look for this text itself"));
    }

    /// `"a"b`, and `"a":b`.
    pub(super) fn touching_quote(&mut self, quoted: Span, behind: Span, may_be_field: bool) {
        let inner = Span::new(quoted.start + 1, quoted.end - 1).of(self.text);
        let diagnostic =
            if may_be_field && behind.of(self.text).starts_with(':') {
                Diagnostic::error(Code::TouchingQuote, quoted, "a field's name is not quoted")
                    .suggest(quoted, crate::syntax::write_name(inner), "remove the quotes")
            } else {
                Diagnostic::error(
                    Code::TouchingQuote,
                    behind,
                    "text stands right behind a closing quote",
                )
                .also(Span::new(quoted.end - 1, quoted.end), "closed here")
                .help("a quote that belongs to the value is written `\\\"`")
            };
        self.report(diagnostic);
    }

    pub(super) fn smart_quotes(&mut self, span: Span, inside: &str) {
        let straight = crate::syntax::in_quotes(inside);
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
                .suggest(
                    span,
                    crate::syntax::in_quotes(inner),
                    "use double quotes",
                ),
            );
        }
    }

    /// How long the text is that single quotes were meant to hold, quotes included: to one that ends a word.
    fn single_quoted(&self, term: Span) -> Option<usize> {
        let text = self.text.get(term.start..)?;
        let near = text.get(..text.floor_char_boundary(lex::LINE))?;
        let closing = |(at, _): &(usize, &str)| {
            let behind = near.get(at + 1..).unwrap_or_default();
            *at > 1 && behind.chars().next().is_none_or(|c| c.is_whitespace() || c == ')')
        };
        near.match_indices('\'').find(closing).map(|(at, _)| at + 1)
    }

    /// In a URL a raw `&` may have been meant as AND, as it is in the other dialect.
    pub(super) fn warn_of_ampersand(&mut self, span: Span) {
        if self.dialect != Dialect::Q {
            return;
        }
        let raw = span.of(self.text);
        let Some((before, after)) = raw.split_once('&') else { return };
        if before.is_empty() || lex::word(after, lex::field_name).is_none() {
            return;
        }
        let sign = Span::new(span.start + before.len(), span.start + before.len() + 1);
        self.report(
            Diagnostic::warning(Code::RawAmpersand, sign, "`&` is part of the value here").suggest(
                sign,
                " AND ",
                "write `AND`",
            ),
        );
    }

    pub(super) fn too_long(&mut self) {
        let most = self.limits.text;
        let length = self.text.len();
        // Marked from the first character that is too many.
        let from = (0..=most).rev().find(|at| self.text.is_char_boundary(*at)).unwrap_or_default();
        self.report(
            Diagnostic::error(
                Code::TooLong,
                Span::new(from, length),
                alloc::format!("a query has at most {most} bytes; this one has {length}"),
            )
            .help("a long list of values can often be a range or a pattern"),
        );
    }
}
