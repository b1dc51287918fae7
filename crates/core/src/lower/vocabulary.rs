//! Values that no entry is likely to have: words that are not in a field's vocabulary, or not written as its values are.

use alloc::{format, vec, vec::Vec};

use super::{Lowering, habit::any_of, is_lower_case_operator};
use crate::{
    Code, Diagnostic, FieldType,
    pattern::{Pattern, Piece},
    schema::events,
    suggest::likely,
    syntax::{
        ast::{Node, Prefixed, Term, Value},
        quote_value, write_pattern,
    },
};

impl Lowering<'_> {
    /// Looks at every value that a field is asked for.
    pub(super) fn warn_of_values(&mut self, name: &str, body: &Node) {
        match body {
            Node::Value(Value::Term(term)) => self.warn_of_value(name, term),
            Node::Group(group) => self.warn_of_values(name, &group.node),
            Node::Any(chain) | Node::All(chain) => {
                chain.items.iter().for_each(|item| self.warn_of_values(name, item));
            }
            Node::Prefixed(Prefixed { node, .. }) => self.warn_of_values(name, node),
            Node::Value(Value::Range(_)) | Node::Field(_) | Node::Broken(_) => {}
        }
    }

    fn warn_of_value(&mut self, name: &str, term: &Term) {
        let schema = self.options.schema;
        let (Some(text), Some(field)) = (term.literal(), schema.field(name)) else { return };
        if self.options.ignore_case || text.is_empty() || text == "null" {
            return;
        }
        // In a group it is told of as what it is.
        if is_lower_case_operator(text) && !term.quoted {
            return;
        }
        if schema.name() == "auth0" && field.name() == "type" {
            self.warn_of_code(text, term);
        } else if !field.known_values().is_empty() && !field.known_values().contains(&text) {
            let known = field.known_values();
            let warning = Diagnostic::warning(
                Code::UnknownValue,
                term.span,
                format!("`{text}` is no value that `{name}` is known to have"),
            );
            let listed = text.split([',', ';', '|']).all(|value| known.contains(&value.trim()));
            self.report(match likely(text, known) {
                _ if listed => warning.suggest(term.span, any_of(text), "look for any of them"),
                Some(meant) => warning.suggest(term.span, meant, format!("look for `{meant}`")),
                None => warning.help(format!("the values are `{}`", known.join("`, `"))),
            });
        } else if schema.name() == "fga" && !text.contains(':') {
            let dialect = self.options.dialect;
            let fixed = match field.name() {
                "request.tuple_key.user" => quote_value(&format!("user:{text}"), dialect),
                "request.tuple_key.object" => {
                    let pieces = vec![Piece::AnyRun, Piece::Text(format!(":{text}"))];
                    write_pattern(&Pattern { pieces }, dialect)
                }
                _ => return,
            };
            self.report(
                Diagnostic::warning(
                    Code::UnknownValue,
                    term.span,
                    format!("`{text}` has no type before it, as `document:report` has"),
                )
                .suggest(term.span, fixed.clone(), format!("look for `{fixed}`")),
            );
        }
    }

    /// A code that Auth0 has not published. It may be a new one, so it is looked for all the same.
    fn warn_of_code(&mut self, text: &str, term: &Term) {
        if events::event(text).is_some() {
            return;
        }
        let codes: Vec<&str> = text.split([',', ';', '|']).map(str::trim).collect();
        if codes.len() > 1 && codes.iter().all(|code| events::event(code).is_some()) {
            let fixed = any_of(text);
            self.report(
                Diagnostic::warning(
                    Code::UnknownValue,
                    term.span,
                    format!("`{text}` is one value here, and no event code"),
                )
                .suggest(term.span, fixed, "look for any of them"),
            );
            return;
        }
        let by_name = events::EVENTS.iter().find(|event| event.name.eq_ignore_ascii_case(text));
        let by_case = || events::EVENTS.iter().find(|event| event.code.eq_ignore_ascii_case(text));
        let warning = Diagnostic::warning(
            Code::UnknownValue,
            term.span,
            format!("`{text}` is no event code that Auth0 has published"),
        );
        self.report(match by_name.or_else(by_case) {
            Some(event) => {
                let title = format!("look for `{}`, {}", event.code, event.name);
                warning.suggest(term.span, event.code, title)
            }
            None => {
                warning.help("`category:login` and `outcome:failure` look for many codes at once")
            }
        });
    }

    /// A bare word is matched against whole values, which few values are.
    pub(super) fn warn_of_bare_word(&mut self, term: &Term) {
        let Some(word) = term.literal() else { return };
        let sentences = self.options.schema.bare().any(|field| field.kind() == FieldType::Text);
        let plain = word.chars().count() > 2 && word.chars().all(char::is_alphabetic);
        let code = events::event(word).is_some();
        if term.quoted || !sentences || !plain || code || is_lower_case_operator(word) {
            return;
        }
        self.report(
            Diagnostic::warning(
                Code::WholeText,
                term.span,
                format!("a bare word is matched against whole values, and `{word}` would have to be all of one"),
            )
            .suggest(term.span, format!("*{word}*"), format!("find values that hold `{word}`"))
            .suggest(term.span, format!("\"{word}\""), "look for just this"),
        );
    }
}
