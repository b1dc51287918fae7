//! Habits of other languages: words next to each other that look like one condition, and are read as several.

use alloc::{format, string::String, vec::Vec};

use super::{Lowering, is_lower_case_operator};
use crate::{
    Code, Diagnostic, Span,
    syntax::{
        ast::{Chain, Field, Join, Node, Prefixed, Term, Value},
        in_quotes,
    },
};

impl Lowering<'_> {
    /// `type = f` and `client_name:My App`, each told once.
    pub(super) fn warn_of_habits(&mut self, chain: &Chain) {
        let mut rest = chain.items.as_slice();
        let mut joins = chain.joins.as_slice();
        while let Some((item, behind)) = rest.split_first() {
            let adjacent = joins.iter().take_while(|join| **join == Join::Adjacent).count();
            let next = behind.get(..adjacent).unwrap_or_default();
            let read = self.comparison(item, next).or_else(|| self.unquoted_space(item, next));
            let read = read.unwrap_or_default();
            rest = behind.get(read..).unwrap_or_default();
            joins = joins.get(read + 1..).unwrap_or_default();
        }
    }

    /// A field's name, a sign of comparison and a value, all as words. How many items behind the first it takes up.
    fn comparison(&mut self, name: &Node, next: &[Node]) -> Option<usize> {
        let [sign, value, ..] = next else { return None };
        let (name, value) = (bare(name)?, bare(value)?);
        self.options.schema.resolve(name.literal()?)?;
        let written = match sign {
            Node::Prefixed(Prefixed { operator, node, .. }) => operator.to(bare(node)?.span),
            sign => bare(sign)?.span,
        };
        let (field, value_text) = (name.span.of(self.text), value.span.of(self.text));
        let (code, fixed) = match written.of(self.text) {
            "=" | "==" => (Code::EqualsSign, format!("{field}:{value_text}")),
            "!=" | "<>" => (Code::EqualsSign, format!("NOT {field}:{value_text}")),
            sign @ ("<" | "<=" | ">" | ">=") => {
                (Code::RangeWithoutField, format!("{field}:{sign}{value_text}"))
            }
            _ => return None,
        };
        let sign = written.of(self.text);
        self.report(
            Diagnostic::warning(
                code,
                written,
                format!("`{sign}` compares nothing here; these are words to look for"),
            )
            .suggest(
                name.span.to(value.span),
                fixed.clone(),
                format!("write `{fixed}`"),
            ),
        );
        Some(2)
    }

    /// A value that goes on behind a space. How many items behind the first it seems to take up.
    fn unquoted_space(&mut self, field: &Node, next: &[Node]) -> Option<usize> {
        let Node::Field(Field { name, body, .. }) = field else { return None };
        let Node::Value(Value::Term(first)) = &**body else { return None };
        let quotes = first.span.of(self.text).starts_with('\'');
        if first.quoted
            || quotes
            || first.literal().is_none()
            || self.options.schema.resolve(name).is_none()
        {
            return None;
        }
        let words: Vec<&Term> = next.iter().map_while(bare).collect();
        let words = words.iter().take_while(|word| {
            word.literal().is_some_and(|text| {
                !is_lower_case_operator(text) && text.contains(char::is_alphanumeric)
            })
        });
        let words: Vec<_> = words.collect();
        let span = first.span.to(words.last()?.span);
        let text = span.of(self.text);
        let (fixed, title) = if first.span.of(self.text).ends_with(',') {
            let values: Vec<_> = text.split(',').map(str::trim).filter(|v| !v.is_empty()).collect();
            (format!("({})", values.join(" OR ")), "look for any of them")
        } else {
            (in_quotes(text), "put the whole value in quotes")
        };
        self.report(
            Diagnostic::warning(
                Code::UnquotedSpace,
                span,
                format!(
                    "the value of `{name}` ends at the space; what follows is looked for by itself"
                ),
            )
            .suggest(span, fixed, title),
        );
        Some(words.len())
    }

    /// `type:f,ip:10.1.2.3`: another field within a value, behind a sign that parts conditions elsewhere.
    pub(super) fn warn_of_separator(&mut self, term: &Term) {
        let schema = self.options.schema;
        let written = term.span.of(self.text);
        if schema.is_open() || term.literal() != Some(written) {
            return;
        }
        let found = written.match_indices([',', ';', '|']).find(|(at, _)| {
            let behind = written.get(at + 1..).unwrap_or_default();
            behind
                .split_once(':')
                .is_some_and(|(name, value)| !value.is_empty() && schema.resolve(name).is_some())
        });
        let Some((at, sign)) = found else { return };
        let place = Span::new(term.span.start + at, term.span.start + at + 1);
        let operator = if sign == "|" { " OR " } else { " AND " };
        self.report(
            Diagnostic::warning(
                Code::RawAmpersand,
                place,
                format!("`{sign}` is part of the value here"),
            )
            .suggest(place, operator, format!("write `{}`", operator.trim())),
        );
    }

    /// `date>2026-06-10` and `type!=f` in one word.
    pub(super) fn warn_of_sign_in_word(&mut self, word: &str, span: Span) {
        let Some(at) = word.find(['=', '<', '>']) else { return };
        let (name, sign) = word.split_at(at);
        let (name, not) = match name.strip_suffix('!') {
            Some(name) => (name, "NOT "),
            None => (name, ""),
        };
        let schema = self.options.schema;
        // An escape in the text would shift the place; then nothing is said.
        if schema.is_open() || schema.resolve(name).is_none() || span.of(self.text) != word {
            return;
        }
        let value = sign.trim_start_matches('=');
        let (code, fixed) = if sign.starts_with('=') {
            (Code::EqualsSign, format!("{not}{name}:{value}"))
        } else {
            (Code::RangeWithoutField, format!("{name}:{sign}"))
        };
        let place = Span::new(span.start + name.len(), span.start + at + 1);
        let written: String = place.of(self.text).into();
        self.report(
            Diagnostic::warning(
                code,
                place,
                format!("`{written}` does not make a field; this looks for the text `{word}`"),
            )
            .suggest(span, fixed.clone(), format!("write `{fixed}`")),
        );
    }
}

/// A term of its own, without quotes.
fn bare(node: &Node) -> Option<&Term> {
    match node {
        Node::Value(Value::Term(term)) if !term.quoted => Some(term),
        _ => None,
    }
}
