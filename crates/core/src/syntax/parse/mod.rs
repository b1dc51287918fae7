//! OR over AND over NOT: a short loop over the words of [`super::lex`], with recovery.

mod bracket;
mod complaint;
mod quote;
mod range;
mod sign;
mod value;

use alloc::{boxed::Box, vec::Vec};

use super::{
    Dialect,
    ast::{Ast, Chain, Field, Group, Join, Node, Prefix, Prefixed},
    lex::{self, Operator},
};
use crate::{Code, Diagnostic, Limits, Span};

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
    /// Behind a field's colon, in parentheses or not: each value is the field's.
    Field,
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

    fn at_space_or_end(&self, at: usize) -> bool {
        let behind = self.text.get(at..).unwrap_or_default();
        behind.chars().next().is_none_or(|c| c.is_whitespace() || c == ')')
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
                let before = self.text.get(..span.start).unwrap_or_default();
                let apart = |c: char| c.is_whitespace() || matches!(c, '(' | ')');
                // Without the bracket what it parts would be one word.
                let glues = !before.is_empty()
                    && !before.ends_with(apart)
                    && self.next_char().is_some_and(|c| !apart(c));
                self.skip_space();
                // What an operator joins here stood before the bracket.
                if !parts.is_empty() {
                    self.skip_operators();
                }
                self.report(
                    Diagnostic::error(Code::UnexpectedBracket, span, "this `)` closes nothing")
                        .help("a `)` that belongs to a value is written `\\)` or in quotes")
                        .suggest(span, if glues { " " } else { "" }, "remove `)`"),
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
        self.skip_stray_sign();
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
            && !self.at_typographic_quote()
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
            let error = Diagnostic::error(Code::EmptyGroup, span, "this group is empty")
                .help("to look for a bracket, put it in quotes: `\"()\"`");
            self.report(if place == Place::Field {
                error.suggest(span, "*", "look for any value")
            } else {
                error.suggest(self.with_its_operator(span), "", "remove the group")
            });
            return Node::Broken(span);
        }
        self.depth += 1;
        let node = Box::new(self.alternatives(place));
        self.depth -= 1;
        self.skip_space();
        if self.next_char() == Some(')') {
            self.at += 1;
            let span = Span::new(open.start, self.at);
            self.modifiers();
            return Node::Group(Group { span, node });
        }
        let end = Span::new(self.text.len(), self.text.len());
        if !self.limit_reached() {
            let error = Diagnostic::error(Code::UnclosedBracket, open, "this `(` is never closed");
            let empty = self.text.get(open.end..).unwrap_or_default().trim().is_empty();
            self.report(if empty && place == Place::Field {
                error.suggest(open, "*", "look for any value")
            } else if empty {
                error.suggest(self.with_its_operator(open), "", "remove `(`")
            } else {
                error.suggest(end, ")", "add `)` at the end")
            });
        }
        Node::Group(Group { span: Span::new(open.start, self.at), node })
    }

    /// What stands behind a field's colon; `name` includes the colon.
    fn field_body(&mut self, name: Span) -> Node {
        self.skip_space();
        if let Some(broken) = self.sign_behind_colon(name) {
            return broken;
        }
        let before_not = lex::word(self.rest(), lex::not_word_and_space);
        let before_not = before_not.filter(|(_, length)| {
            let behind = self.rest().get(*length..).unwrap_or_default();
            lex::word(behind, lex::binary(self.dialect)).is_none()
        });
        if let Some(broken) = self.operator_for_value(name) {
            return broken;
        }
        if !self.at_operand() || lex::word(self.rest(), lex::not_word).is_some() {
            let field = Span::new(name.start, name.end - 1).of(self.text);
            let here = Span::new(name.start, name.end);
            let insert = Span::new(name.end, name.end);
            let error =
                Diagnostic::error(Code::EmptyValue, here, alloc::format!("`{field}` has no value"))
                    .labelled("expected a value behind the colon");
            let space = if self.at_space_or_end(name.end) { "" } else { " " };
            self.report(if matches!(field, "_exists_" | "_missing_") {
                error.help(alloc::format!("name a field, for example `{field}:user_id`"))
            } else {
                let error = error
                    .help(alloc::format!("`{field}:*` finds entries that have the field at all"));
                let error = match before_not {
                    Some((_, length)) => error.suggest(
                        Span::new(name.start, self.at + length),
                        alloc::format!("NOT {field}:"),
                        "put the NOT before the field",
                    ),
                    None => error,
                };
                error.suggest(insert, alloc::format!("*{space}"), "look for any value")
            });
            return Node::Broken(here);
        }
        if let Some(broken) = self.odd_brackets() {
            return broken;
        }
        if self.next_char() == Some('(') {
            return self.group(Place::Field);
        }
        self.value(Place::Field)
    }
}

/// Several operands as a chain; one is itself.
fn chain(mut items: Vec<Node>, joins: Vec<Join>, node: impl FnOnce(Chain) -> Node) -> Node {
    if joins.is_empty() && items.len() == 1 {
        return items.remove(0);
    }
    node(Chain { items, joins })
}
