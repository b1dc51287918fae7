//! What lowering has to say of a query's structure and of its fields: precedence, unknown names, words taken for more.

use alloc::{format, string::String, vec::Vec};

use super::{Lowering, holds_lower_case_operator, is_lower_case_operator};
use crate::{
    Code, Diagnostic, Dialect,
    suggest::nearest,
    syntax::ast::{Chain, Field, Join, Node, Prefix, Prefixed, Term, Value},
};

impl Lowering<'_> {
    /// `+a OR b`: in other parsers a would be required.
    pub(super) fn warn_of_idle_plus(&mut self, item: &Node) {
        let Node::Prefixed(Prefixed { prefix: Prefix::Required, operator, .. }) = item else {
            return;
        };
        if self.options.dialect == Dialect::Q {
            self.report(
                Diagnostic::warning(
                    Code::MixedOperators,
                    *operator,
                    "`+` changes nothing next to a written operator",
                )
                .help("to require a condition, join it with AND")
                .suggest(*operator, "", "remove `+`"),
            );
        }
    }

    /// Where AND and OR meet without parentheses, or adjacency and an operator, readers differ, and so do products.
    pub(super) fn warn_of_precedence(&mut self, chain: &Chain) {
        let plain = |node: &&Node| !matches!(node, Node::Prefixed(_));
        let mixes_and = chain.items.iter().any(|item| matches!(item, Node::All(_)));
        // What is said of `and` in lower case settles this too.
        if !(chain.is_mixed() || mixes_and) || chain.items.iter().any(holds_lower_case_operator) {
            return;
        }
        let and_by_adjacency =
            |item: &Node| matches!(item, Node::All(all) if all.joins.contains(&Join::Adjacent));
        let message = match (mixes_and, chain.joins.contains(&Join::Adjacent)) {
            // Only in `fga`.
            _ if chain.items.iter().any(and_by_adjacency) => {
                "conditions side by side must all hold, as with AND, which binds before OR"
            }
            (true, false) => "AND binds before OR",
            (true, true) => "AND binds first; conditions side by side are alternatives, as with OR",
            (false, _) => "conditions side by side are alternatives, as with OR",
        };
        let mut diagnostic = Diagnostic::warning(Code::MixedOperators, chain.span(), message)
            .help("parentheses make it certain; the vendor's own parser may read this another way");
        if chain.items.iter().all(|item| plain(&item)) {
            let reading = self.reading(chain);
            diagnostic = diagnostic.suggest(chain.span(), reading, "write the parentheses");
        }
        self.report(diagnostic);
    }

    pub(super) fn reading(&self, chain: &Chain) -> String {
        let mut reading = String::new();
        for item in &chain.items {
            if !reading.is_empty() {
                reading.push_str(" OR ");
            }
            match item {
                Node::All(all) => {
                    let parts: Vec<_> = all.items.iter().map(|i| i.span().of(self.text)).collect();
                    reading.push_str(&format!("({})", parts.join(" AND ")));
                }
                other => reading.push_str(other.span().of(self.text)),
            }
        }
        reading
    }

    pub(super) fn unknown_field(&mut self, name: &str, field: &Field) {
        if !self.has_room(true) {
            return;
        }
        let schema = self.options.schema;
        // Auth0's own sentence quotes the name; surfaces put the rest of that sentence before it.
        let message = match schema.name() {
            "auth0" => format!("unknown field \"{name}\""),
            _ => format!("unknown field `{name}`"),
        };
        let mut diagnostic = Diagnostic::error(Code::UnknownField, field.name_span, message);
        let names = schema.fields().iter().flat_map(|field| {
            core::iter::once(field.name()).chain(field.aliases_of().iter().copied())
        });
        let meant = schema.synonym(name).or_else(|| {
            // Elasticsearch's habits, then slips.
            let stem = name.strip_suffix(".keyword").or_else(|| name.strip_prefix('@'));
            let below = format!(".{name}");
            let fields = || schema.fields().iter().map(|field| field.name());
            let tail = fields().find(|field| field.ends_with(&below));
            tail.or_else(|| stem.and_then(|stem| schema.field(stem).map(|field| field.name())))
                .or_else(|| stem.and_then(|stem| schema.synonym(stem)))
                .or_else(|| (name.len() > 2).then(|| nearest(name, names)).flatten())
        });
        diagnostic = match meant {
            _ if matches!(name, "exists" | "has") => diagnostic
                .labelled("did you mean `_exists_`?")
                .suggest(field.name_span, "_exists_", "ask whether a field is there"),
            _ if name.chars().all(|c| c.is_ascii_digit()) => diagnostic
                .help("a time belongs to its date: `2026-06-10T12:00`; other text with a colon goes in quotes"),
            Some(meant) => diagnostic.labelled(format!("did you mean `{meant}`?")).suggest(
                field.name_span,
                meant,
                format!("search `{meant}`"),
            ),
            None => diagnostic
                .labelled(format!("not a field of the `{schema}` schema"))
                .help(self.some_fields()),
        };
        if let Node::Value(Value::Term(Term { quoted: false, span, .. })) = &*field.body
            && *span != field.name_span
        {
            let whole = field.name_span.to(*span);
            let text = whole.of(self.text);
            if !text.contains(['"', '\\', ' ']) {
                diagnostic = diagnostic.suggest(
                    whole,
                    format!("\"{text}\""),
                    "look for this text in every searched field",
                );
            }
        }
        self.report(diagnostic);
    }

    pub(super) fn some_fields(&self) -> String {
        let names: Vec<_> = self
            .options
            .schema
            .fields()
            .iter()
            .map(|field| {
                let name = field.aliases_of().first().copied().unwrap_or(field.name());
                format!("`{name}`")
            })
            .take(8)
            .collect();
        format!("fields are {} and others", names.join(", "))
    }

    /// Words that look like something else.
    pub(super) fn warn_of_bare(&mut self, term: &Term) {
        let Some(word) = term.literal() else { return };
        if is_lower_case_operator(word) {
            let upper = word.to_ascii_uppercase();
            self.report(
                Diagnostic::warning(
                    Code::LowerCaseOperator,
                    term.span,
                    format!("`{word}` is a word to look for here"),
                )
                .help("operators are written in upper case")
                .suggest(term.span, upper.clone(), format!("write `{upper}`"))
                .suggest(term.span, format!("\"{word}\""), "look for the word"),
            );
        } else {
            self.warn_of_sign_in_word(word, term.span);
        }
    }

    /// `type:(f OR ip:x)` looks for the value `ip:x` of `type`.
    pub(super) fn warn_of_field(&mut self, term: &Term) {
        let schema = self.options.schema;
        let Some((name, value)) = term.literal().and_then(|text| text.split_once(':')) else {
            return;
        };
        if term.quoted || value.is_empty() || schema.is_open() || schema.resolve(name).is_none() {
            return;
        }
        let text = term.span.of(self.text);
        self.report(
            Diagnostic::warning(
                Code::FieldInGroup,
                term.span,
                format!("in a field's group `{text}` is a value, not a field of its own"),
            )
            .help("a condition on another field stands outside the parentheses")
            .suggest(term.span, crate::syntax::in_quotes(text), "look for this value"),
        );
    }
}
