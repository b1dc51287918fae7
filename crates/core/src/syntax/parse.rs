//! OR over AND over NOT: a short loop over the words of [`super::lex`], with recovery.

use alloc::{boxed::Box, string::String, vec::Vec};

use super::{
    Dialect,
    ast::{Ast, Bound, Chain, Field, Group, Join, Node, Prefix, Prefixed, Range, Term, Value},
    lex::{self, Operator},
};
use crate::{Code, Diagnostic, Limits, Span, pattern::Piece};

/// Diagnostics past this many are dropped: nobody reads them, and a hostile query may ask for thousands.
const MOST_DIAGNOSTICS: usize = 64;

/// Parses `text`. The tree is whole where no diagnostic is an error; else it has [`Node::Broken`] parts.
///
/// ```
/// use trailsift_core::{Dialect, Limits, syntax};
///
/// let (ast, diagnostics) = syntax::parse("type:f AND", Dialect::Q, &Limits::DEFAULT);
/// assert!(ast.root.is_some());
/// assert_eq!(diagnostics[0].code.as_str(), "dangling-operator");
/// ```
#[must_use]
pub fn parse(text: &str, dialect: Dialect, limits: &Limits) -> (Ast, Vec<Diagnostic>) {
    let mut parser =
        Parser { text, at: 0, dialect, limits, depth: 0, clauses: 0, diagnostics: Vec::new() };
    if text.len() > limits.text {
        parser.too_long();
        return (Ast { root: None }, parser.diagnostics);
    }
    let root = parser.query();
    (Ast { root }, parser.diagnostics)
}

struct Parser<'t> {
    text: &'t str,
    /// The byte that is read next.
    at: usize,
    dialect: Dialect,
    limits: &'t Limits,
    depth: usize,
    clauses: usize,
    diagnostics: Vec<Diagnostic>,
}

/// Where an operand stands, which decides whether a colon makes a field.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Query,
    /// In the parentheses behind a field's colon.
    FieldGroup,
}

impl<'t> Parser<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn next_char(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn take<T>(
        &mut self,
        lexer: impl nom::Parser<&'t str, Output = T, Error = lex::NoWord>,
    ) -> Option<(T, Span)> {
        let (found, length) = lex::word(self.rest(), lexer)?;
        let span = Span::new(self.at, self.at + length);
        self.at = span.end;
        Some((found, span))
    }

    fn skip_space(&mut self) {
        self.take(lex::space);
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < MOST_DIAGNOSTICS {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Gives up on all that is left.
    fn stop(&mut self) -> Node {
        let span = Span::new(self.at, self.text.len());
        self.at = self.text.len();
        Node::Broken(span)
    }

    fn query(&mut self) -> Option<Node> {
        self.skip_space();
        if self.rest().is_empty() {
            return None;
        }
        let mut parts = Vec::new();
        while !self.rest().is_empty() {
            if self.next_char() == Some(')') {
                let span = Span::new(self.at, self.at + 1);
                self.at += 1;
                self.skip_space();
                self.report(
                    Diagnostic::error(Code::UnexpectedBracket, span, "this `)` closes nothing")
                        .help("a `)` that belongs to a value is written `\\)` or in quotes")
                        .suggest(span, "", "remove `)`"),
                );
                continue;
            }
            parts.push(self.alternatives(Place::Query));
        }
        // More than one part only after a stray bracket, which is an error: how they join no longer matters.
        if parts.len() > 1 {
            let joins = alloc::vec![Join::Adjacent; parts.len() - 1];
            return Some(Node::Any(Chain { items: parts, joins }));
        }
        parts.pop().or(Some(Node::Broken(Span::new(0, self.text.len()))))
    }

    /// The lowest precedence: OR, and adjacency in `q`.
    fn alternatives(&mut self, place: Place) -> Node {
        let mut items = alloc::vec![self.conjunction(place)];
        let mut joins = Vec::new();
        loop {
            if let Some(operator) = self.operator(Operator::Or) {
                items.push(self.operand_of(operator, place, Self::conjunction));
                joins.push(Join::Operator(operator));
            } else if self.dialect == Dialect::Q && self.at_operand() {
                items.push(self.conjunction(place));
                joins.push(Join::Adjacent);
            } else {
                break;
            }
        }
        chain(items, joins, Node::Any)
    }

    /// The middle precedence: AND, and adjacency in `fga`.
    fn conjunction(&mut self, place: Place) -> Node {
        let mut items = alloc::vec![self.prefixed(place)];
        let mut joins = Vec::new();
        loop {
            if let Some(operator) = self.operator(Operator::And) {
                items.push(self.operand_of(operator, place, Self::prefixed));
                joins.push(Join::Operator(operator));
            } else if self.dialect == Dialect::Fga && self.at_operand() {
                items.push(self.prefixed(place));
                joins.push(Join::Adjacent);
            } else {
                break;
            }
        }
        chain(items, joins, Node::All)
    }

    /// Reads the binary operator `wanted`, if it is next.
    fn operator(&mut self, wanted: Operator) -> Option<Span> {
        self.skip_space();
        let (found, _) = lex::word(self.rest(), lex::binary(self.dialect))?;
        if found != wanted {
            return None;
        }
        self.take(lex::binary(self.dialect)).map(|(_, span)| span)
    }

    /// What a binary operator joins on its right, with a diagnostic where there is nothing.
    fn operand_of(
        &mut self,
        operator: Span,
        place: Place,
        parse: impl FnOnce(&mut Self, Place) -> Node,
    ) -> Node {
        self.skip_space();
        if !self.at_operand() {
            // Of several operators in a row the last may stay.
            let run = self.skip_operators();
            let stays = run.is_some() && self.at_operand();
            let end =
                if stays { run.map(|(_, last)| last.start) } else { run.map(|(_, last)| last.end) };
            self.dangling(operator, "after", end.unwrap_or(operator.end));
        }
        if self.at_operand() { parse(self, place) } else { Node::Broken(operator) }
    }

    /// Reads binary operators that stand where a condition should; the first of them and the last.
    fn skip_operators(&mut self) -> Option<(Span, Span)> {
        let mut run = None;
        while let Some((_, span)) = self.take(lex::binary(self.dialect)) {
            run = Some((run.map_or(span, |(first, _)| first), span));
            self.skip_space();
        }
        run
    }

    /// An operator with nothing on one side; without the text up to `end` the query makes sense.
    fn dangling(&mut self, operator: Span, side: &str, end: usize) {
        let word = operator.of(self.text);
        let diagnostic = Diagnostic::error(
            Code::DanglingOperator,
            operator,
            alloc::format!("`{word}` has nothing {side} it"),
        )
        .labelled(alloc::format!("expected a condition {side} this"))
        .help(alloc::format!("to look for the word itself, put it in quotes: `\"{word}\"`"));
        let removed = Span::new(operator.start, end);
        let title = alloc::format!("remove `{}`", removed.of(self.text).trim_end());
        let removal = self.with_space(removed);
        self.report(diagnostic.suggest(removal, "", title));
    }

    /// The span with the space before it, so that removing it leaves no gap; at the start, the space behind it. One
    /// that has a gap itself stays as it is.
    fn with_space(&self, span: Span) -> Span {
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

    /// Whether an operand may begin here: not at the end, a closing bracket or a binary operator.
    fn at_operand(&self) -> bool {
        !matches!(self.next_char(), None | Some(')'))
            && lex::word(self.rest(), lex::binary(self.dialect)).is_none()
    }

    /// NOT and its spellings, any number of them, then an operand.
    fn prefixed(&mut self, place: Place) -> Node {
        let mut prefixes = Vec::new();
        loop {
            self.skip_space();
            match self.take(lex::prefix) {
                Some((operator, span)) => prefixes.push((operator, span)),
                None => break,
            }
        }
        if let Some((_, first)) = prefixes.first()
            && prefixes.len() + self.depth > self.limits.depth
        {
            return self.too_deep(*first);
        }
        let mut node = self.operand(place, prefixes.last().map(|(_, span)| *span));
        for (operator, span) in prefixes.into_iter().rev() {
            let prefix = match operator {
                Operator::Required => Prefix::Required,
                Operator::Not | Operator::And | Operator::Or => Prefix::Not,
            };
            node = Node::Prefixed(Prefixed { prefix, operator: span, node: Box::new(node) });
        }
        node
    }

    /// One condition. `before` is the prefix operator that wants it, if any.
    fn operand(&mut self, place: Place, before: Option<Span>) -> Node {
        if !self.at_operand() {
            let run = self.skip_operators();
            return match (before, run) {
                (Some(prefix), run) => {
                    let end = run.map_or(prefix.end, |(_, last)| last.end);
                    self.dangling(prefix, "after", end);
                    Node::Broken(prefix)
                }
                (None, Some((operator, last))) => {
                    self.dangling(operator, "before", last.end);
                    Node::Broken(operator)
                }
                (None, None) => Node::Broken(Span::new(self.at, self.at)),
            };
        }
        self.clauses += 1;
        if self.clauses > self.limits.clauses {
            let most = self.limits.clauses;
            let span = Span::new(self.at, self.text.len());
            self.report(
                Diagnostic::error(
                    Code::TooManyClauses,
                    span,
                    alloc::format!("a query has at most {most} conditions"),
                )
                .help("several values of one field can be a range or a pattern"),
            );
            return self.stop();
        }
        if self.next_char() == Some('(') {
            return self.group(place);
        }
        if place == Place::Query
            && !self.at_quote()
            && let Some((name, span)) = self.take(lex::field_name)
        {
            let name_span = Span::new(span.start, span.end - 1);
            let body = Box::new(self.field_body(span));
            return Node::Field(Field { name, name_span, body });
        }
        self.value(place)
    }

    fn group(&mut self, place: Place) -> Node {
        let open = Span::new(self.at, self.at + 1);
        if self.depth >= self.limits.depth {
            return self.too_deep(open);
        }
        self.at += 1;
        self.skip_space();
        if self.next_char() == Some(')') {
            self.at += 1;
            let span = Span::new(open.start, self.at);
            self.report(
                Diagnostic::error(Code::EmptyGroup, span, "this group is empty")
                    .help("to look for a bracket, put it in quotes: `\"()\"`"),
            );
            return Node::Broken(span);
        }
        self.depth += 1;
        let node = Box::new(self.alternatives(place));
        self.depth -= 1;
        self.skip_space();
        if self.next_char() == Some(')') {
            self.at += 1;
            let span = Span::new(open.start, self.at);
            self.quote_modifier();
            return Node::Group(Group { span, node });
        }
        let end = Span::new(self.text.len(), self.text.len());
        if !self.limit_reached() {
            self.report(
                Diagnostic::error(Code::UnclosedBracket, open, "this `(` is never closed").suggest(
                    end,
                    ")",
                    "add `)` at the end",
                ),
            );
        }
        Node::Group(Group { span: Span::new(open.start, self.at), node })
    }

    fn too_deep(&mut self, place: Span) -> Node {
        let most = self.limits.depth;
        self.report(Diagnostic::error(
            Code::TooDeep,
            place,
            alloc::format!("groups and negations nest at most {most} deep"),
        ));
        self.stop()
    }

    /// Whether parsing stopped early, so that what is missing at the end is no news.
    fn limit_reached(&self) -> bool {
        let limits = [Code::TooDeep, Code::TooManyClauses];
        self.diagnostics.iter().any(|diagnostic| limits.contains(&diagnostic.code))
    }

    /// What stands behind a field's colon; `name` includes the colon.
    fn field_body(&mut self, name: Span) -> Node {
        self.skip_space();
        self.warn_of_sign(name);
        self.warn_of_equals();
        let before_not = lex::word(self.rest(), lex::not_word).is_some();
        if !self.at_operand() || before_not {
            let field = Span::new(name.start, name.end - 1).of(self.text);
            let here = Span::new(name.start, name.end);
            let insert = Span::new(name.end, name.end);
            let error =
                Diagnostic::error(Code::EmptyValue, here, alloc::format!("`{field}` has no value"))
                    .labelled("expected a value behind the colon");
            self.report(if matches!(field, "_exists_" | "_missing_") {
                error.help(alloc::format!("name a field, for example `{field}:user_id`"))
            } else {
                error
                    .help(alloc::format!("`{field}:*` finds entries that have the field at all"))
                    .suggest(insert, "*", "any value")
                    .suggest(insert, "\"\"", "an empty value")
            });
            return Node::Broken(here);
        }
        if self.next_char() == Some('(') {
            return self.group(Place::FieldGroup);
        }
        self.value(Place::FieldGroup)
    }

    /// `type:=f` looks for the value `=f`.
    fn warn_of_equals(&mut self) {
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
    fn warn_of_sign(&mut self, name: Span) {
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

    fn at_quote(&self) -> bool {
        match self.next_char() {
            Some('"') => true,
            Some('\'') => self.dialect == Dialect::Fga,
            _ => false,
        }
    }

    /// A quoted text, a range, a comparison or a term.
    fn value(&mut self, place: Place) -> Node {
        match self.next_char() {
            Some('"') => self.quoted('"'),
            Some('\'') if self.dialect == Dialect::Fga => self.quoted('\''),
            Some('[' | '{') => self.range(),
            Some('<' | '>') if place == Place::FieldGroup => self.comparison(),
            _ => self.term(place),
        }
    }

    fn quoted(&mut self, mark: char) -> Node {
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
            more.into_iter().for_each(|piece| pieces.push(piece));
            span = span.to(after);
        } else {
            self.quote_modifier();
        }
        self.finish_term(Term { span, pieces: pieces.0, quoted: true })
    }

    fn term(&mut self, place: Place) -> Node {
        let start = self.at;
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
        if raw.len() > 2 && raw.starts_with('/') && raw.ends_with('/') {
            self.regex(span);
        }
        if place == Place::Query {
            self.warn_of_bare(raw, span);
        }
        self.warn_of_quotes(span);
        self.warn_of_ampersand(span);
        self.finish_term(Term { span, pieces, quoted: false })
    }

    /// A word of its own that looks like part of something else.
    fn warn_of_bare(&mut self, raw: &str, span: Span) {
        let diagnostic = if raw.starts_with(':') {
            let before = self.text.get(..span.start).unwrap_or_default().trim_end().len();
            let error = Diagnostic::error(
                Code::DetachedColon,
                Span::new(span.start, span.start + 1),
                "a field's colon stands right behind its name",
            );
            if before == 0 {
                error
            } else {
                error.suggest(Span::new(before, span.start), "", "remove the space")
            }
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
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit() || "=-.".contains(c)))
        {
            Diagnostic::warning(
                Code::RangeWithoutField,
                span,
                "a comparison belongs to a field; this looks for the text itself",
            )
            .help(alloc::format!("for example `status_code:{raw}`"))
        } else {
            return;
        };
        self.report(diagnostic);
    }

    fn finish_term(&mut self, term: Term) -> Node {
        let stars = term.pieces.iter().filter(|piece| **piece == Piece::AnyRun).count();
        if stars > self.limits.stars {
            let most = self.limits.stars;
            self.report(Diagnostic::error(
                Code::TooManyStars,
                term.span,
                alloc::format!("a value has at most {most} `*`"),
            ));
            return Node::Broken(term.span);
        }
        Node::Value(Value::Term(term))
    }

    /// `[a TO b]`, brackets mixable.
    fn range(&mut self) -> Node {
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
                    alloc::format!("`{word}` is written in upper case in a range"),
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
                    close,
                    alloc::format!("add `{close}` at the end"),
                ),
            );
            return Node::Broken(Span::new(start, self.at));
        };
        self.at += 1;
        let span = Span::new(start, self.at);
        if to.is_none() || low.text.as_deref() == Some("") || high.text.as_deref() == Some("") {
            self.incomplete_range(span, to.is_some());
            return Node::Broken(span);
        }
        self.quote_modifier();
        let high = Bound { inclusive: closing == ']', ..high };
        Node::Value(Value::Range(Range { span, low, high, comparison: false }))
    }

    fn incomplete_range(&mut self, span: Span, has_to: bool) {
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

    fn bound(&mut self, inclusive: bool) -> Bound {
        self.skip_space();
        let found = self.take(lex::bound);
        let ((text, quoted), span) =
            found.unwrap_or(((String::new(), false), Span::new(self.at, self.at)));
        if quoted {
            self.skip_space_before_closing();
        }
        let open = !quoted && text == "*";
        Bound { span, text: (!open).then_some(text), inclusive }
    }

    /// Space between a quoted bound and the bracket; space before `TO` belongs to `TO`.
    fn skip_space_before_closing(&mut self) {
        if lex::word(self.rest(), lex::to).is_none() {
            self.skip_space();
        }
    }

    /// `>=x` and its like.
    fn comparison(&mut self) -> Node {
        let Some(((sign, inclusive), sign_span)) = self.take(lex::comparison) else {
            return self.stop();
        };
        self.skip_space();
        let bound = match self.next_char() {
            Some('"') => self.quoted('"'),
            Some('\'') if self.dialect == Dialect::Fga => self.quoted('\''),
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
                self.report(Diagnostic::error(
                    Code::EmptyValue,
                    sign_span.to(bound.span()),
                    alloc::format!("`{sign}` needs a plain value behind it"),
                ));
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
    fn quote_modifier(&mut self) {
        if let Some(((sign, _), span)) = self.take(lex::modifier) {
            self.modifier(sign, span, "");
        }
    }

    /// `~n` is refused, `^n` is ignored.
    fn modifier(&mut self, sign: char, span: Span, stem: &str) {
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

    fn regex(&mut self, span: Span) {
        let raw = span.of(self.text);
        let inner = Span::new(span.start + 1, span.end - 1).of(self.text);
        let pattern = inner.replace(".*", "*").replace(".+", "?*");
        self.report(
            Diagnostic::error(Code::Regex, span, "regular expressions are not supported")
                .help("`*` stands for any characters, `?` for one")
                .suggest(span, alloc::format!("*{pattern}*"), "use wildcards")
                .suggest(span, alloc::format!("\"{raw}\""), "look for this text itself"),
        );
    }

    /// Quotes that do not quote: typographic ones, and single ones in `q`.
    fn warn_of_quotes(&mut self, span: Span) {
        let raw = span.of(self.text);
        if raw.starts_with(['“', '”', '„', '«', '‘', '’']) {
            let straight: String =
                raw.chars().map(|c| if "“”„«»‘’".contains(c) { '"' } else { c }).collect();
            self.report(
                Diagnostic::error(Code::SmartQuotes, span, "typographic quotes do not quote")
                    .help("use straight quotes: `\"`")
                    .suggest(span, straight, "use straight quotes"),
            );
        } else if self.dialect == Dialect::Q
            && raw.len() > 2
            && raw.starts_with('\'')
            && raw.ends_with('\'')
        {
            let inner = Span::new(span.start + 1, span.end - 1).of(self.text);
            self.report(
                Diagnostic::warning(
                    Code::SingleQuotes,
                    span,
                    "single quotes are part of the value here",
                )
                .suggest(span, alloc::format!("\"{inner}\""), "use double quotes"),
            );
        }
    }

    /// In a URL a raw `&` may have been meant as AND, as it is in the other dialect.
    fn warn_of_ampersand(&mut self, span: Span) {
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

    fn too_long(&mut self) {
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

/// Several operands as a chain; one is itself.
fn chain(mut items: Vec<Node>, joins: Vec<Join>, node: impl FnOnce(Chain) -> Node) -> Node {
    if joins.is_empty() && items.len() == 1 {
        return items.remove(0);
    }
    node(Chain { items, joins })
}
