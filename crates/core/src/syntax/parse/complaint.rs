//! What the parser has to say of a query: the sentences, the places and the fixes.

use alloc::format;

use super::Parser;
use crate::{
    Code, Diagnostic, Dialect, Span,
    diagnostic::has_room,
    syntax::{ast::Node, lex},
};

/// The operators that stand before an operand, and those between two: as text, to be looked for backwards.
const PREFIXES: [&str; 4] = ["NOT", "!", "-", "+"];
pub(super) const BINARIES: [&str; 5] = ["AND", "OR", "&&", "||", "&"];

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
        while let Some(before) = self.before_operator(start, PREFIXES.iter().chain(&BINARIES)) {
            start = before;
        }
        start
    }

    /// Where one of these operators begins, if it is what stands before the byte `end`.
    pub(super) fn before_operator<'w>(
        &self,
        end: usize,
        words: impl IntoIterator<Item = &'w &'static str>,
    ) -> Option<usize> {
        let text = self.text.get(..end).unwrap_or_default().trim_end();
        words.into_iter().find_map(|word| {
            let head = text.strip_suffix(*word)?;
            let sign = *word == "&" && self.dialect == Dialect::Fga;
            let apart = head.is_empty() || head.ends_with(|c: char| c.is_whitespace() || c == '(');
            (apart || sign).then_some(head.len())
        })
    }

    /// An operand with what negates it and the operator that joins it: without them the rest makes sense.
    pub(super) fn with_its_operator(&self, operand: Span) -> Span {
        let mut start = operand.start;
        while let Some(before) = self.before_operator(start, &PREFIXES) {
            start = before;
        }
        let rest = |start| self.text.get(..start).unwrap_or_default().trim_end();
        if let Some(before) = self.before_operator(start, &BINARIES) {
            return Span::new(rest(before).len(), operand.end);
        }
        let behind = self.text.get(operand.end..).unwrap_or_default();
        let operator = behind.trim_start();
        let length = lex::word(operator, lex::binary(self.dialect)).map_or(0, |(_, length)| length);
        let end = if length > 0 { self.text.len() - operator.len() + length } else { operand.end };
        match rest(start).len() {
            0 => self.with_space(Span::new(0, end)),
            start => Span::new(start, end),
        }
    }

    /// `type:AND` with nothing behind: the word itself was meant.
    pub(super) fn operator_for_value(&mut self, name: Span) -> Option<Node> {
        let operator = lex::word(self.rest(), lex::binary(self.dialect)).map(|(_, length)| length);
        let length = operator.or_else(|| lex::word(self.rest(), lex::not_word).map(|(_, l)| l))?;
        let word = Span::new(self.at, self.at + length);
        let behind = self.text.get(word.end..).unwrap_or_default().trim_start();
        if !(behind.is_empty() || behind.starts_with(')'))
            || !word.of(self.text).starts_with(char::is_alphabetic)
        {
            return None;
        }
        self.at = word.end;
        let field = Span::new(name.start, name.end - 1).of(self.text);
        self.report(
            Diagnostic::error(
                Code::EmptyValue,
                Span::new(name.start, name.end),
                format!("`{field}` has no value"),
            )
            .labelled("expected a value behind the colon")
            .suggest(
                word,
                crate::syntax::in_quotes(word.of(self.text)),
                format!("look for the word `{}`", word.of(self.text)),
            ),
        );
        Some(Node::Broken(name.to(word)))
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

    /// A word of its own that looks like part of something else.
    pub(super) fn odd_word(&mut self, raw: &str, span: Span) {
        if raw.starts_with(':') {
            self.detached_colon(span.start);
        } else if matches!(raw, "&" | "|" | "+" | "-") {
            self.lone_sign(raw, span);
        } else if raw.len() > 2
            && raw.starts_with('/')
            && raw.ends_with('/')
            && raw.matches('/').count() == 2
        {
            let inner = raw.trim_matches('/');
            self.report(
                Diagnostic::warning(
                    Code::Regex,
                    span,
                    "the slashes are part of the text to look for",
                )
                .help("regular expressions are not supported; `*` stands for any characters")
                .suggest(span, format!("*{inner}*"), "use wildcards"),
            );
        } else if raw
            .strip_prefix(['<', '>'])
            .filter(|rest| !rest.trim_start_matches('=').is_empty())
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit() || "=-.".contains(c)))
        {
            self.report(
                Diagnostic::warning(
                    Code::RangeWithoutField,
                    span,
                    "a comparison belongs to a field; this looks for the text itself",
                )
                .help(format!("write the field before it: `field:{raw}`")),
            );
        }
    }

    /// `type :f`, and a colon that has no name at all.
    fn detached_colon(&mut self, at: usize) {
        let before = self.text.get(..at).unwrap_or_default().trim_end().len();
        let error = Diagnostic::error(
            Code::DetachedColon,
            Span::new(at, at + 1),
            "a field's colon stands right behind its name",
        );
        self.report(if before == 0 || before == at {
            error.help("name the field before it, or put the text in quotes")
        } else {
            error.suggest(Span::new(before, at), "", "remove the space")
        });
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
