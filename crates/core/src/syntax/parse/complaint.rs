//! What the parser has to say of a query: the sentences, the places and the fixes.

use alloc::{format, string::ToString};

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
            format!("`{word}` has nothing {side} it"),
        )
        .labelled(format!("expected a condition {side} this"))
        .help(format!("to look for the word itself, put it in quotes: `\"{word}\"`"));
        let removed = Span::new(self.run_start(operator.start, end), end);
        let title = format!("remove `{}`", removed.of(self.text).trim_end());
        let removal = self.with_space(removed);
        self.report(diagnostic.suggest(removal, "", title));
    }

    /// Where the run of operators begins that ends the query, or a group, at `end`: without its last one the others
    /// would dangle in turn.
    pub(super) fn run_start(&self, start: usize, end: usize) -> usize {
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

    /// An operand with what negates it and the operator that joins it: without them the rest makes sense.
    pub(super) fn with_its_operator(&self, operand: Span) -> Span {
        let before = self.text.get(..operand.start).unwrap_or_default();
        let mut rest = before.trim_end();
        let ends = |rest: &str, word: &str| {
            let head = rest.strip_suffix(word)?;
            let apart = head.is_empty() || head.ends_with(|c: char| c.is_whitespace() || c == '(');
            apart.then(|| head.trim_end().len())
        };
        while let Some(end) = ["NOT", "!", "-", "+"].iter().find_map(|word| ends(rest, word)) {
            rest = rest.get(..end).unwrap_or_default();
        }
        if let Some(end) = ["AND", "OR", "&&", "||", "&"].iter().find_map(|word| ends(rest, word)) {
            return Span::new(end, operand.end);
        }
        let behind = self.text.get(operand.end..).unwrap_or_default();
        let operator = behind.trim_start();
        let length = lex::word(operator, lex::binary(self.dialect)).map_or(0, |(_, length)| length);
        let end = if length > 0 { self.text.len() - operator.len() + length } else { operand.end };
        if rest.is_empty() {
            self.with_space(Span::new(0, end))
        } else {
            Span::new(rest.len(), end)
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
                format!("groups and negations nest at most {most} deep"),
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
                format!("behind a colon, `{sign}` is part of the value"),
            )
            .suggest(
                Span::new(name.start, span.end),
                format!("NOT {field}{value}"),
                format!("exclude `{value}` instead"),
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
            let warning = Diagnostic::warning(
                Code::RawAmpersand,
                span,
                format!("a lone `{raw}` is a word to look for"),
            );
            let before = self.text.get(..span.start).unwrap_or_default().trim_end();
            let behind = self.text.get(span.end..).unwrap_or_default().trim_start();
            let joins =
                |text: &str| !(text.is_empty() || text.ends_with('(') || text.starts_with(')'));
            if joins(before) && joins(behind) {
                warning.suggest(span, operator, format!("write `{operator}`"))
            } else {
                warning.suggest(span, format!("\"{raw}\""), "look for this text itself")
            }
        } else if raw.len() > 2
            && raw.starts_with('/')
            && raw.ends_with('/')
            && raw.matches('/').count() == 2
        {
            let inner = raw.trim_matches('/');
            Diagnostic::warning(Code::Regex, span, "the slashes are part of the text to look for")
                .help("regular expressions are not supported; `*` stands for any characters")
                .suggest(span, format!("*{inner}*"), "use wildcards")
        } else if matches!(raw, "+" | "-") {
            let title = format!("remove `{raw}`");
            Diagnostic::warning(
                Code::DanglingOperator,
                span,
                format!("a lone `{raw}` is a word to look for"),
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
            .help(format!("write the field before it: `field:{raw}`"))
        } else {
            return;
        };
        self.report(diagnostic);
    }

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
                .suggest(span, "*", format!("everything that begins with `{stem}`"))
        };
        self.report(diagnostic);
    }

    /// `/a.b/` and `/a/i` behind a field's colon: a path, or an expression that was meant as one.
    pub(super) fn warn_of_expression(&mut self, raw: &str, span: Span) {
        let Some((inner, flags)) = raw.strip_prefix('/').and_then(|rest| rest.rsplit_once('/'))
        else {
            return;
        };
        let flagged =
            !flags.is_empty() && flags.len() < 4 && flags.chars().all(|c| "imsxug".contains(c));
        let signs = inner.contains(['.', '+', '?', '*', '(', '[', '|', '^', '$', '{']);
        if inner.is_empty() || inner.contains('/') || !(flagged || (flags.is_empty() && signs)) {
            return;
        }
        let warning = Diagnostic::warning(Code::Regex, span, "the slashes are part of the value")
            .help(
                "regular expressions are not supported; `*` stands for any characters, `?` for one",
            );
        let warning = if inner.chars().all(|c| c.is_alphanumeric() || "*?_-".contains(c)) {
            warning.suggest(span, format!("*{inner}*"), "use wildcards")
        } else {
            warning
        };
        let quoted = crate::syntax::in_quotes(span.of(self.text));
        self.report(warning.suggest(span, quoted, "look for this text itself"));
    }

    pub(super) fn regex(&mut self, span: Span) {
        let inner = Span::new(span.start + 1, span.end - 1).of(self.text);
        let mut error =
            Diagnostic::error(Code::Regex, span, "regular expressions are not supported")
                .help("`*` stands for any characters, `?` for one");
        let mut pattern = format!("*{}*", inner.replace(".*", "*").replace(".+", "?*"));
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
                    let whole = crate::syntax::in_quotes(&format!("{inner}{text}"));
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
                format!("a query has at most {most} bytes; this one has {length}"),
            )
            .help("a long list of values can often be a range or a pattern"),
        );
    }
}
