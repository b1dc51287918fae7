//! What lowering has to say of a query's structure and of its fields: precedence, unknown names, words taken for more.

use alloc::{format, string::String, vec::Vec};

use super::{
    Lowering, Part, holds_lower_case_operator, is_lower_case_operator, likely::decoded, parts_of,
};
use crate::{
    Code, Diagnostic, Dialect, FieldType, Span,
    address::AddressRange,
    schema::{Resolved, events},
    suggest::nearest,
    syntax::ast::{Chain, Field, Join, Node, Prefix, Prefixed, Term, Value},
};

/// What some programs make of a minus sign.
const DASHES: [char; 3] = ['−', '–', '—'];

/// `and(x)` and `ANDNOT`: the operators that a word seems to be, and what is behind them.
fn operators_in(word: &str) -> Option<(String, &str)> {
    if matches!(word, "ANDNOT" | "ORNOT" | "andnot" | "ornot") {
        let (first, not) = word.split_at(word.len() - "NOT".len());
        return Some((format!("{first} {not}").to_ascii_uppercase(), ""));
    }
    let (operator, _) = word.split_once('(').filter(|_| word.ends_with(')'))?;
    let known = ["and", "or", "not"].contains(&operator.to_ascii_lowercase().as_str());
    known.then(|| (operator.to_ascii_uppercase(), word.get(operator.len()..).unwrap_or_default()))
}

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
        let diagnostic = Diagnostic::warning(Code::MixedOperators, chain.span(), message)
            .help("parentheses make it certain; the vendor's own parser may read this another way")
            .suggest(chain.span(), self.reading(chain), "write the parentheses");
        self.report(diagnostic);
    }

    /// The alternatives as they are read, with every operator and the parentheses that make it plain.
    fn reading(&self, chain: &Chain) -> String {
        let text = |part| {
            let nodes = parts_of(chain).filter(move |(other, _)| *other == part);
            nodes.map(|(_, node)| self.operand(node))
        };
        let mut parts: Vec<String> = text(Part::Required).collect();
        let prohibited: Vec<_> = text(Part::Prohibited).map(|text| format!("NOT {text}")).collect();
        let optional: Vec<String> = text(Part::Optional).collect();
        // What may hold besides what must makes no difference.
        if parts.is_empty() && !optional.is_empty() {
            let any = optional.join(" OR ");
            let grouped = optional.len() > 1 && !prohibited.is_empty();
            parts.push(if grouped { format!("({any})") } else { any });
        }
        parts.extend(prohibited);
        parts.join(" AND ")
    }

    /// One of several as it is written, in parentheses where it is several itself.
    fn operand(&self, node: &Node) -> String {
        match node {
            Node::All(all) => {
                let parts: Vec<_> = all.items.iter().map(|i| i.span().of(self.text)).collect();
                format!("({})", parts.join(" AND "))
            }
            other => other.span().of(self.text).into(),
        }
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
        if name == "*" {
            let diagnostic = diagnostic.labelled("only `*:*` names no field");
            let diagnostic = self.in_any_field(diagnostic, field);
            return self.report(diagnostic);
        }
        let whole = field.name_span.to(field.body.span());
        if let Some(fixed) = self.meant_as_value(name, whole) {
            self.report(diagnostic.suggest(whole, fixed.clone(), format!("write `{fixed}`")));
            return;
        }
        let dashed = name.strip_prefix(DASHES).filter(|name| schema.resolve(name).is_some());
        let meant = schema.likely_field(name).or_else(|| {
            let special = nearest(name, ["_exists_", "_missing_"].into_iter());
            special.filter(|_| name.len() > 2).map(String::from)
        });
        diagnostic = match meant {
            _ if let Some(name) = dashed => diagnostic
                .labelled("this dash is not the minus sign")
                .suggest(field.name_span, format!("-{name}"), format!("exclude by `{name}`")),
            _ if matches!(name, "exists" | "has") => diagnostic
                .labelled("did you mean `_exists_`?")
                .suggest(field.name_span, "_exists_", "ask whether a field is there"),
            _ if name.chars().all(|c| c.is_ascii_digit()) => diagnostic
                .help("a time belongs to its date: `2026-06-10T12:00`; other text with a colon goes in quotes"),
            Some(meant) => diagnostic.labelled(format!("did you mean `{meant}`?")).suggest(
                field.name_span,
                meant.clone(),
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

    /// Whether a condition on a field is in the text.
    fn has_field(&self, text: &str) -> bool {
        text.split(|c: char| c.is_whitespace() || c == '(').any(|word| {
            let word = word.trim_start_matches(['-', '+', '!']);
            word.split_once(':').is_some_and(|(name, value)| {
                let known = name == "_exists_" || self.options.schema.resolve(name).is_some();
                known && !name.is_empty() && !value.starts_with("//")
            })
        })
    }

    /// `*:x`, which is looked for in the field that it fits, or in those that a bare term is.
    fn in_any_field(&self, diagnostic: Diagnostic, field: &Field) -> Diagnostic {
        let body = field.body.span();
        let (whole, text) = (field.name_span.to(body), body.of(self.text));
        let schema = self.options.schema;
        let fits = match &*field.body {
            Node::Value(Value::Range(_)) | Node::Broken(_) => {
                return diagnostic.help(self.some_fields());
            }
            _ if AddressRange::parse(text).is_some() => {
                schema.bare().find(|field| field.kind() == FieldType::Ip).map(|field| field.name())
            }
            _ if schema.name() == "auth0" && events::event(text).is_some() => Some("type"),
            _ => None,
        };
        let diagnostic = match fits {
            Some(name) => diagnostic.suggest(field.name_span, name, format!("search `{name}`")),
            None => diagnostic.help(self.some_fields()),
        };
        diagnostic.suggest(whole, text, "look for it in every searched field")
    }

    /// What looks like a field's name and is the beginning of a value: an address, or a second typed name of a tuple.
    fn meant_as_value(&self, name: &str, whole: Span) -> Option<String> {
        let text = whole.of(self.text);
        let schema = self.options.schema;
        if AddressRange::parse(text).is_some() {
            let field = schema.bare().find(|field| field.kind() == FieldType::Ip)?;
            return Some(format!("{}:{text}", field.name()));
        }
        // `object:document:a OR document:b`
        let before = self.text.get(..whole.start)?;
        let (field, _) = before.rsplit_once(&format!(":{name}:"))?;
        let field = field.rsplit([' ', '(']).next()?;
        schema.field(field).map(|_| format!("{field}:{text}"))
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
        let written = term.span.of(self.text);
        if let Some(query) = decoded(written).filter(|query| self.has_field(query)) {
            self.report(
                Diagnostic::warning(
                    Code::PercentEncoded,
                    term.span,
                    format!("`{written}` is encoded as in an address, and looked for as it is"),
                )
                .help("a query is encoded once, by what sends it")
                .suggest(term.span, query.clone(), format!("write `{query}`")),
            );
            return;
        }
        let Some(word) = term.literal() else { return };
        if is_lower_case_operator(word) {
            let upper = word.to_ascii_uppercase();
            let warning = Diagnostic::warning(
                Code::LowerCaseOperator,
                term.span,
                format!("`{word}` is a word to look for here"),
            )
            .help("operators are written in upper case");
            // Without something on both sides it would be no operator either.
            let warning = if self.joins(term.span, upper == "NOT") {
                warning.suggest(term.span, upper.clone(), format!("write `{upper}`"))
            } else {
                warning
            };
            self.report(warning.suggest(term.span, format!("\"{word}\""), "look for the word"));
        } else if let Some((operators, behind)) = operators_in(word) {
            let fixed = if behind.is_empty() { operators } else { format!("{operators} {behind}") };
            self.report(
                Diagnostic::warning(
                    Code::LowerCaseOperator,
                    term.span,
                    format!("`{word}` is one word to look for here"),
                )
                .help("operators are written in upper case, with a space behind them")
                .suggest(term.span, fixed.clone(), format!("write `{fixed}`")),
            );
        } else if let Some(rest) = word.strip_prefix(DASHES).filter(|rest| !rest.is_empty()) {
            self.report(
                Diagnostic::warning(
                    Code::DanglingOperator,
                    term.span,
                    "this dash is not the minus sign, and part of the text to look for",
                )
                .suggest(
                    term.span,
                    format!("-{rest}"),
                    format!("exclude `{rest}`"),
                ),
            );
        } else {
            self.warn_of_sign_in_word(word, term.span);
        }
    }

    /// Whether something stands on both sides, or `behind` at least behind.
    fn joins(&self, span: Span, only_behind: bool) -> bool {
        let (before, behind) = (self.text.get(..span.start), self.text.get(span.end..));
        let before = before.unwrap_or_default().trim_end();
        let behind = behind.unwrap_or_default().trim_start();
        (only_behind || !(before.is_empty() || before.ends_with('(')))
            && !(behind.is_empty() || behind.starts_with(')'))
    }

    /// `type:(f or s)`; whether it is an error, since no value of the field is a word.
    pub(super) fn lower_case_operator_in_group(&mut self, term: &Term, field: &Resolved) -> bool {
        use FieldType::{Bool, Date, Number};
        let Some(word) = term.literal().filter(|word| is_lower_case_operator(word)) else {
            return false;
        };
        if term.quoted {
            return false;
        }
        let refused = matches!(field.kind, Bool | Date | Number);
        let said = format!("`{word}` is a value to look for here");
        let (code, span) = (Code::LowerCaseOperator, term.span);
        let diagnostic = if refused {
            Diagnostic::error(code, span, said)
        } else {
            Diagnostic::warning(code, span, said)
        };
        let upper = word.to_ascii_uppercase();
        let diagnostic = diagnostic.help("operators are written in upper case");
        self.report(if self.joins(term.span, upper == "NOT") {
            diagnostic.suggest(term.span, upper.clone(), format!("write `{upper}`"))
        } else {
            diagnostic
        });
        refused
    }

    /// `type:(f OR ip:x)` looks for the value `ip:x` of `type`.
    pub(super) fn warn_of_field(&mut self, term: &Term, field: &Resolved) {
        let schema = self.options.schema;
        let Some((name, value)) = term.literal().and_then(|text| text.split_once(':')) else {
            return;
        };
        if term.quoted || value.is_empty() || schema.is_open() {
            return;
        }
        // In a tuple a name before the colon is a type: `user:(user:anne OR group:dev)`.
        let typed = schema.name() == "fga" && field.paths.len() > 1;
        if typed || schema.resolve(name).is_none_or(|other| other == *field) {
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
