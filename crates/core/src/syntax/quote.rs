//! Values and names as a query writes them: bare where that reads back as the same, else quoted or escaped.

use alloc::{boxed::Box, format, string::String, vec};

use super::{
    Dialect,
    ast::{Ast, Node, Term, Value},
    parse,
};
use crate::{
    Limits, Span,
    pattern::{Pattern, Piece},
};

/// `text` as the value behind a field's colon.
///
/// ```
/// use trailsift_core::{Dialect, syntax::quote_value};
///
/// assert_eq!(quote_value("auth0|123", Dialect::Q), "auth0|123");
/// assert_eq!(quote_value("My App", Dialect::Q), "\"My App\"");
/// assert_eq!(quote_value("say \"hi\"", Dialect::Q), r#""say \"hi\"""#);
/// ```
#[must_use]
pub fn quote_value(text: &str, dialect: Dialect) -> String {
    let literal = Pattern { pieces: vec![Piece::Text(text.into())] };
    let term = behind_colon(text, dialect);
    if term.is_some_and(|term| term.pieces == literal.pieces) && !depends_on_neighbours(text) {
        text.into()
    } else {
        in_quotes(text)
    }
}

/// `text` in double quotes.
///
/// ```
/// use trailsift_core::syntax::in_quotes;
///
/// assert_eq!(in_quotes(r#"C:\ and ""#), r#""C:\\ and \"""#);
/// ```
#[must_use]
pub fn in_quotes(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A pattern as the value behind a field's colon; its text is escaped where it could be taken for something else.
#[must_use]
pub fn write_pattern(pattern: &Pattern, dialect: Dialect) -> String {
    let plain = write_pieces(&pattern.pieces, |c| !matches!(c, '\\' | '*' | '?'));
    let term = behind_colon(&plain, dialect);
    if term.is_some_and(|term| term.pieces == pattern.pieces) && !depends_on_neighbours(&plain) {
        plain
    } else {
        write_pieces(&pattern.pieces, char::is_alphanumeric)
    }
}

/// A value that belongs to no field.
#[must_use]
pub fn write_bare(pieces: &[Piece], dialect: Dialect) -> String {
    let plain = write_pieces(pieces, |c| !matches!(c, '\\' | '*' | '?'));
    match alone(&plain, dialect) {
        Some(term) if term.pieces == pieces && !depends_on_neighbours(&plain) => plain,
        _ => match pieces {
            [] => in_quotes(""),
            [Piece::Text(text)] => in_quotes(text),
            _ => write_pieces(pieces, char::is_alphanumeric),
        },
    }
}

/// A field's name, with a backslash before what would end it.
///
/// ```
/// use trailsift_core::syntax::write_name;
///
/// assert_eq!(write_name("user name"), r"user\ name");
/// assert_eq!(write_name("$event_schema.version"), "$event_schema.version");
/// ```
#[must_use]
pub fn write_name(name: &str) -> String {
    let mut out = String::new();
    for (index, c) in name.char_indices() {
        let plain = c.is_alphanumeric() || "_.@$#%/*".contains(c) || (c == '-' && index > 0);
        if !plain {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn write_pieces(pieces: &[Piece], plain: impl Fn(char) -> bool) -> String {
    let mut out = String::new();
    for piece in pieces {
        match piece {
            Piece::AnyRun => out.push('*'),
            Piece::AnyOne => out.push('?'),
            Piece::Text(text) => {
                for c in text.chars() {
                    if !plain(c) {
                        out.push('\\');
                    }
                    out.push(c);
                }
            }
        }
    }
    out
}

/// Whether the bare value may be read in another way next to other text: a sign is an operator in a field's group or
/// belongs to one before it, and what opens an expression or a typographic quote looks for its end in what follows.
fn depends_on_neighbours(written: &str) -> bool {
    let path = |c: char| c.is_alphanumeric() || "/-_.:".contains(c);
    written.starts_with(['+', '-', '!', '&', '|', '“', '”', '„', '«', '‘', '’', '\''])
        || (written.starts_with('/') && !written.chars().all(path))
        || written.starts_with("/.")
}

/// The bare term that `written` is behind a field's colon, if it is just that, and nothing is to be said against it.
///
/// Looked at within parentheses, the tightest place that a value can stand in: an open bracket or a backslash at its
/// end would take what follows.
fn behind_colon(written: &str, dialect: Dialect) -> Option<Term> {
    let query = format!("(x:{written})");
    match *grouped(&query, dialect)? {
        Node::Field(field) => only_term(*field.body, Span::new(3, query.len() - 1)),
        _ => None,
    }
}

/// The same without a field.
fn alone(written: &str, dialect: Dialect) -> Option<Term> {
    let query = format!("({written})");
    let term = only_term(*grouped(&query, dialect)?, Span::new(1, query.len() - 1))?;
    let word = matches!(term.literal(), Some("and" | "or" | "not" | "And" | "Or" | "Not"));
    (!word).then_some(term)
}

/// What stands in the parentheses of a query, if there is nothing to say against it.
fn grouped(query: &str, dialect: Dialect) -> Option<Box<Node>> {
    match parse(query, dialect, &Limits::DEFAULT) {
        (Ast { root: Some(Node::Group(group)) }, diagnostics) if diagnostics.is_empty() => {
            Some(group.node)
        }
        _ => None,
    }
}

/// The node, if it is a bare term that takes up just this place.
fn only_term(node: Node, place: Span) -> Option<Term> {
    match node {
        Node::Value(Value::Term(term)) if !term.quoted && term.span == place => Some(term),
        _ => None,
    }
}
