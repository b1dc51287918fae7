//! Values and names as a query writes them: bare where that reads back as the same, else quoted or escaped.

use alloc::{format, string::String, vec};

use super::{
    Dialect,
    ast::{Node, Term, Value},
    parse,
};
use crate::{
    Limits,
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
    // A sign is part of a value behind a colon, and an operator in a field's group.
    let sign = text.starts_with(['+', '-', '!']);
    if term.is_some_and(|term| term.pieces == literal.pieces) && !sign {
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
    let plain = write_pieces(pattern, |c| !matches!(c, '\\' | '*' | '?'));
    let term = behind_colon(&plain, dialect);
    if term.is_some_and(|term| term.pieces == pattern.pieces) && !plain.starts_with(['+', '-', '!'])
    {
        plain
    } else {
        write_pieces(pattern, char::is_alphanumeric)
    }
}

/// A value that belongs to no field.
#[must_use]
pub fn write_bare(pattern: &Pattern, dialect: Dialect) -> String {
    let plain = write_pieces(pattern, |c| !matches!(c, '\\' | '*' | '?'));
    match alone(&plain, dialect) {
        Some(term) if term.pieces == pattern.pieces => plain,
        _ => match pattern.pieces.as_slice() {
            [Piece::Text(text)] => in_quotes(text),
            _ => write_pieces(pattern, char::is_alphanumeric),
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

fn write_pieces(pattern: &Pattern, plain: impl Fn(char) -> bool) -> String {
    let mut out = String::new();
    for piece in &pattern.pieces {
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

/// The bare term that `written` is behind a field's colon, if it is just that, and nothing is to be said against it.
fn behind_colon(written: &str, dialect: Dialect) -> Option<Term> {
    let query = format!("x:{written}");
    let (ast, diagnostics) = parse(&query, dialect, &Limits::DEFAULT);
    let Some(Node::Field(field)) = ast.root else { return None };
    let Node::Value(Value::Term(term)) = *field.body else { return None };
    let whole = term.span.start == 2 && term.span.end == query.len();
    (diagnostics.is_empty() && !term.quoted && whole).then_some(term)
}

/// The same without a field.
fn alone(written: &str, dialect: Dialect) -> Option<Term> {
    let (ast, diagnostics) = parse(written, dialect, &Limits::DEFAULT);
    let Some(Node::Value(Value::Term(term))) = ast.root else { return None };
    let whole = term.span.start == 0 && term.span.end == written.len();
    let word = matches!(term.literal(), Some("and" | "or" | "not" | "And" | "Or" | "Not"));
    (diagnostics.is_empty() && !term.quoted && whole && !word).then_some(term)
}
