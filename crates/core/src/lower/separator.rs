//! Signs within one word that part conditions or values elsewhere: `type:f,ip:x`, `a,b`, `type=f`.

use alloc::{format, string::String, vec::Vec};

use super::{Lowering, habit::any_of};
use crate::{
    Code, Diagnostic, FieldType, Span,
    schema::Resolved,
    syntax::{ast::Term, in_quotes},
};

impl Lowering<'_> {
    /// `type:f,ip:10.1.2.3`: another field within a value, behind a sign that parts conditions elsewhere.
    pub(super) fn warn_of_separator(&mut self, term: &Term, field: &Resolved) {
        let schema = self.options.schema;
        let written = term.span.of(self.text);
        if schema.is_open() || term.literal() != Some(written) {
            return;
        }
        let mut name = written;
        let found = written.match_indices([',', ';', '|']).find(|(at, _)| {
            let behind = written.get(at + 1..).unwrap_or_default();
            name = behind.split_once(':').map_or("", |(name, _)| name);
            schema.resolve(name).is_some() && behind.len() > name.len() + 1
        });
        let Some((at, sign)) = found else { return self.warn_of_list(term, field) };
        let place = Span::new(term.span.start + at, term.span.start + at + 1);
        // Two values of one field cannot both be the whole of it.
        let either = sign == "|" || schema.resolve(name).as_ref() == Some(field);
        let operator = if either { " OR " } else { " AND " };
        self.report(
            Diagnostic::warning(
                Code::RawAmpersand,
                place,
                format!("`{sign}` is part of the value here"),
            )
            .suggest(place, operator, format!("write `{}`", operator.trim())),
        );
    }

    /// `ip:10.1.2.3,10.1.2.4`
    fn warn_of_list(&mut self, term: &Term, field: &Resolved) {
        use FieldType::{Bool, Date, Id, Ip, Number};
        let text = term.span.of(self.text);
        let parts: Vec<&str> = text.split([',', ';']).collect();
        let list = parts.len() > 1 && parts.iter().all(|part| !part.is_empty());
        if !list || !matches!(field.kind, Bool | Date | Id | Ip | Number) || field.derived.is_some()
        {
            return;
        }
        let network = field.kind == Ip && text.contains('/');
        let impossible = network || matches!(field.kind, Bool | Date | Number);
        let said = format!("`{text}` is one value here");
        let (code, span) = (Code::RawAmpersand, term.span);
        let diagnostic = if impossible {
            Diagnostic::error(code, span, said)
        } else {
            Diagnostic::warning(code, span, said)
        };
        self.explain(
            term.span,
            diagnostic.suggest(term.span, any_of(text), "look for any of them"),
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
        let value = sign.trim_start_matches(['=', '<', '>']);
        // An escape in the text would shift the place; then nothing is said. Without a schema any name is one.
        let known = if schema.is_open() { is_name(name) } else { schema.resolve(name).is_some() };
        if !known || value.is_empty() || span.of(self.text) != word {
            return;
        }
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
            .suggest(span, fixed.clone(), format!("write `{fixed}`"))
            .suggest(span, in_quotes(word), "look for this text itself"),
        );
    }
}

/// Whether it looks like a field's name rather than like any word.
fn is_name(word: &str) -> bool {
    word.starts_with(char::is_alphabetic)
        && word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'))
}
