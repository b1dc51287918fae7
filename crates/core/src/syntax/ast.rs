//! The syntax tree: what was written, with the place of each part. It says nothing of fields or types.

use alloc::{boxed::Box, string::String, vec::Vec};

use crate::{Span, pattern::Piece};

/// A parsed query. Parsing always gives one, also of broken text.
#[derive(Clone, Debug, PartialEq)]
pub struct Ast {
    /// The whole query; `None` where nothing is written, which means everything.
    pub root: Option<Node>,
}

/// A part of a query.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Alternatives: joined by OR, and in `q` by standing next to each other.
    Any(Chain),
    /// Conditions that hold together: joined by AND, and in `fga` by standing next to each other.
    All(Chain),
    /// An operator before one operand.
    Prefixed(Prefixed),
    /// Parentheses.
    Group(Group),
    /// A field with its value, or with a group of values.
    Field(Field),
    /// A value: a bare term, or one of a field's.
    Value(Value),
    /// Something unreadable; a diagnostic says what.
    Broken(Span),
}

/// Two or more operands of one level of precedence.
#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    /// The operands.
    pub items: Vec<Node>,
    /// What stands between each and the next: one fewer than `items`.
    pub joins: Vec<Join>,
}

/// What joins two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// A written operator.
    Operator(Span),
    /// Nothing but space; it binds exactly as the dialect's default operator does.
    Adjacent,
}

/// An operand with an operator before it.
#[derive(Clone, Debug, PartialEq)]
pub struct Prefixed {
    /// Which operator.
    pub prefix: Prefix,
    /// Where the operator stands.
    pub operator: Span,
    /// What it applies to.
    pub node: Box<Node>,
}

/// An operator before an operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prefix {
    /// `NOT`, `!` or `-`
    Not,
    /// `+`
    Required,
}

/// A part in parentheses.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// From `(` to `)`, both included.
    pub span: Span,
    /// What is inside.
    pub node: Box<Node>,
}

/// A field and what is asked of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The name with its escapes resolved.
    pub name: String,
    /// The name as written, without the colon.
    pub name_span: Span,
    /// A value, or a group in which every value is the field's.
    pub body: Box<Node>,
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Text, quoted or not, with or without wildcards.
    Term(Term),
    /// A range or a comparison.
    Range(Range),
}

/// Text to look for.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// The whole value, quotes included.
    pub span: Span,
    /// Literal text with escapes resolved, and wildcards. Neighbouring literals are one.
    pub pieces: Vec<Piece>,
    /// Whether it is quoted.
    pub quoted: bool,
}

impl Term {
    /// The text, where there are no wildcards.
    #[must_use]
    pub fn literal(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// Whether it is a lone `*`.
    #[must_use]
    pub fn is_star(&self) -> bool {
        matches!(self.pieces.as_slice(), [Piece::AnyRun])
    }
}

/// `[a TO b]`, `{a TO b}`, `>=a` and their like.
#[derive(Clone, Debug, PartialEq)]
pub struct Range {
    /// The whole range, brackets or comparison sign included.
    pub span: Span,
    /// The lower bound.
    pub low: Bound,
    /// The upper bound.
    pub high: Bound,
    /// Whether it was written with a comparison sign.
    pub comparison: bool,
}

/// One end of a range.
#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    /// Where it is written; for the unwritten end of a comparison, the comparison.
    pub span: Span,
    /// Its text; `None` for an open end.
    pub text: Option<String>,
    /// Whether the bound itself belongs to the range.
    pub inclusive: bool,
}

impl Node {
    /// From the node's first byte to its last.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Any(chain) | Self::All(chain) => chain.span(),
            Self::Prefixed(prefixed) => prefixed.operator.to(prefixed.node.span()),
            Self::Group(group) => group.span,
            Self::Field(field) => field.name_span.to(field.body.span()),
            Self::Value(Value::Term(term)) => term.span,
            Self::Value(Value::Range(range)) => range.span,
            Self::Broken(span) => *span,
        }
    }
}

impl Chain {
    /// From the first operand to the last.
    #[must_use]
    pub fn span(&self) -> Span {
        let first = self.items.first().map_or(Span::new(0, 0), Node::span);
        self.items.last().map_or(first, |last| first.to(last.span()))
    }

    /// Whether some operands stand next to each other while others are joined by an operator.
    #[must_use]
    pub fn is_mixed(&self) -> bool {
        let adjacent = self.joins.iter().filter(|join| **join == Join::Adjacent).count();
        adjacent > 0 && adjacent < self.joins.len()
    }
}
