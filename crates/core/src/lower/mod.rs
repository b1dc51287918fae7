//! Syntax tree to filter: fields found in the schema, operators given their meaning, values their types.

mod habit;
mod value;
mod vocabulary;

use alloc::{boxed::Box, collections::BTreeMap, format, string::String, vec::Vec};

use crate::{
    Code, Diagnostic, Dialect, Filter, Options,
    diagnostic::has_room,
    filter::{Leaf, Target, Test, TextTest, ValueTest},
    pattern::{Pattern, Piece},
    schema::Resolved,
    suggest::nearest,
    syntax::ast::{Ast, Chain, Field, Join, Node, Prefix, Prefixed, Term, Value},
};

/// Gives the tree its meaning. The filter is meaningless where some diagnostic is an error.
pub(crate) fn lower(ast: &Ast, text: &str, options: &Options) -> (Filter, Vec<Diagnostic>) {
    let mut lowering = Lowering { text, options, in_field_group: false, diagnostics: Vec::new() };
    let filter = ast.root.as_ref().map_or(Filter::All, |root| lowering.node(root, None));
    (filter, lowering.diagnostics)
}

struct Lowering<'a> {
    text: &'a str,
    options: &'a Options,
    /// Whether this is within the parentheses behind a field's colon.
    in_field_group: bool,
    diagnostics: Vec<Diagnostic>,
}

impl Lowering<'_> {
    /// Says something, unless enough has been said.
    fn report(&mut self, diagnostic: Diagnostic) {
        if self.has_room(diagnostic.is_error()) {
            self.diagnostics.push(diagnostic);
        }
    }

    fn has_room(&self, for_error: bool) -> bool {
        has_room(&self.diagnostics, for_error)
    }

    /// `field` is the field whose group this is, if it is one's.
    fn node(&mut self, node: &Node, field: Option<&Resolved>) -> Filter {
        match node {
            Node::Any(chain) => self.any(chain, field),
            Node::All(chain) => {
                if field.is_none() {
                    self.warn_of_habits(chain);
                }
                chain.items.iter().for_each(|item| self.warn_of_idle_plus(item));
                let parts = chain.items.iter().map(|item| self.node(item, field)).collect();
                Filter::And(parts)
            }
            Node::Prefixed(Prefixed { prefix: Prefix::Not, node, .. }) => {
                self.node(node, field).negated()
            }
            Node::Prefixed(Prefixed { prefix: Prefix::Required, node, .. }) => {
                self.node(node, field)
            }
            Node::Group(group) => {
                let outer = core::mem::replace(&mut self.in_field_group, field.is_some());
                let filter = self.node(&group.node, field);
                self.in_field_group = outer;
                filter
            }
            Node::Field(field) => self.field(field),
            Node::Value(value) => match field {
                Some(field) => self.leaf(value, field),
                None => self.bare(value),
            },
            Node::Broken(_) => Filter::NONE,
        }
    }

    /// Alternatives. Among terms that only stand next to each other `+` and `-` keep Lucene's meaning: what is required
    /// must hold, what is prohibited must not, and of the rest at least one must where nothing is required.
    fn any(&mut self, chain: &Chain, field: Option<&Resolved>) -> Filter {
        self.warn_of_precedence(chain);
        if field.is_none() {
            self.warn_of_habits(chain);
        }
        let (mut required, mut prohibited, mut optional) = (Vec::new(), Vec::new(), Vec::new());
        for (index, item) in chain.items.iter().enumerate() {
            // The join to the left decides; the first operand has only one to its right.
            let join = chain.joins.get(index.saturating_sub(1));
            match item {
                Node::Prefixed(Prefixed { prefix, node, .. }) if join == Some(&Join::Adjacent) => {
                    let filter = self.node(node, field);
                    match prefix {
                        Prefix::Required => required.push(filter),
                        Prefix::Not => prohibited.push(filter.negated()),
                    }
                }
                other => {
                    self.warn_of_idle_plus(other);
                    optional.push(self.node(other, field));
                }
            }
        }
        let mut parts = required;
        if parts.is_empty() && !optional.is_empty() {
            parts.push(Filter::any_of(merged(optional)));
        }
        parts.append(&mut prohibited);
        Filter::all_of(parts)
    }

    /// `+a OR b`: in other parsers a would be required.
    fn warn_of_idle_plus(&mut self, item: &Node) {
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
    fn warn_of_precedence(&mut self, chain: &Chain) {
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

    fn reading(&self, chain: &Chain) -> String {
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

    fn field(&mut self, field: &Field) -> Filter {
        match field.name.as_str() {
            "_exists_" => self.existence(field),
            "_missing_" => self.existence(field).negated(),
            "*" if matches!(&*field.body, Node::Value(Value::Term(term)) if term.is_star()) => {
                Filter::All
            }
            name => match self.resolve(name, field) {
                Some(resolved) => {
                    self.warn_of_values(name, &field.body);
                    self.node(&field.body, Some(&resolved))
                }
                None => Filter::NONE,
            },
        }
    }

    /// `_exists_:name`
    fn existence(&mut self, field: &Field) -> Filter {
        let name = match &*field.body {
            Node::Value(Value::Term(term)) => term.literal().filter(|name| !name.is_empty()),
            _ => None,
        };
        if matches!(&*field.body, Node::Broken(_)) {
            return Filter::NONE;
        }
        let Some(name) = name else {
            self.report(
                Diagnostic::error(
                    Code::EmptyValue,
                    field.body.span(),
                    format!("`{}` needs the name of a field", field.name),
                )
                .help(format!("for example `{}:user_id`", field.name)),
            );
            return Filter::NONE;
        };
        let place =
            Field { name: name.into(), name_span: field.body.span(), body: field.body.clone() };
        match self.resolve(name, &place) {
            Some(resolved) => self.exists(&resolved),
            None => Filter::NONE,
        }
    }

    fn resolve(&mut self, name: &str, field: &Field) -> Option<Resolved> {
        let schema = self.options.schema;
        let resolved = schema.resolve(name);
        if resolved.is_none() {
            self.unknown_field(name, field);
        } else if self.options.strict && !schema.vendor_searches(name) {
            self.report(
                Diagnostic::error(
                    Code::NotInVendor,
                    field.name_span,
                    format!("the vendor's service does not search `{name}`"),
                )
                .help("without strict mode every field can be searched"),
            );
        }
        resolved
    }

    fn unknown_field(&mut self, name: &str, field: &Field) {
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

    fn some_fields(&self) -> String {
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

    /// A value that belongs to no field.
    fn bare(&mut self, value: &Value) -> Filter {
        let term = match value {
            Value::Term(term) => term,
            Value::Range(range) => {
                self.report(
                    Diagnostic::error(
                        Code::RangeWithoutField,
                        range.span,
                        "a range belongs to a field",
                    )
                    .help(format!(
                        "write the field before it: `field:{}`",
                        range.span.of(self.text)
                    )),
                );
                return Filter::NONE;
            }
        };
        if term.is_star() {
            return Filter::All;
        }
        if !term.quoted {
            self.warn_of_bare(term);
        }
        let schema = self.options.schema;
        let before = self.diagnostics.len();
        if term.literal().is_none() {
            // Once, not for each of the fields.
            self.refuse_wildcards(term);
        }
        if self.diagnostics.len() > before {
            return Filter::NONE;
        }
        if schema.is_open() {
            return Filter::Leaf(Leaf { target: Target::Anywhere, test: self.anywhere(term) });
        }
        self.warn_of_bare_word(term);
        let mut parts = Vec::new();
        for field in schema.bare() {
            if let Some(resolved) = schema.resolve(field.name()) {
                parts.push(self.quiet(|this| this.term(term, &resolved)));
            }
        }
        Filter::any_of(parts)
    }

    /// Lowers without diagnostics: a bare term need not suit each of the fields that it searches.
    fn quiet(&mut self, lower: impl FnOnce(&mut Self) -> Filter) -> Filter {
        let before = self.diagnostics.len();
        let filter = lower(self);
        let said = self.diagnostics.drain(before..);
        if said.filter(Diagnostic::is_error).count() > 0 { Filter::NONE } else { filter }
    }

    /// A bare term without a schema: part of any string, whatever its case.
    fn anywhere(&self, term: &Term) -> Test {
        let mut pieces = alloc::vec![Piece::AnyRun];
        pieces.extend(term.pieces.iter().cloned());
        pieces.push(Piece::AnyRun);
        pieces.dedup_by(|a, b| *a == Piece::AnyRun && *b == Piece::AnyRun);
        Test::Is(Box::new(ValueTest {
            text: Some(TextTest::Matches(Pattern { pieces })),
            ignore_case: true,
            ..Default::default()
        }))
    }

    /// Words that look like something else.
    fn warn_of_bare(&mut self, term: &Term) {
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
    fn warn_of_field(&mut self, term: &Term) {
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

    fn exists(&self, field: &Resolved) -> Filter {
        let test = match field.derived {
            // What no entry holds is there when its code is known.
            Some(derived) => Test::Is(Box::new(ValueTest {
                text: Some(TextTest::OneOf(derived.codes(|_| true))),
                ignore_case: self.options.ignore_case,
                ..ValueTest::default()
            })),
            None => Test::Exists,
        };
        Filter::Leaf(Leaf { target: Target::Paths(field.paths.clone()), test })
    }

    fn leaf(&mut self, value: &Value, field: &Resolved) -> Filter {
        match value {
            Value::Term(term) if term.is_star() => self.exists(field),
            Value::Term(term) => {
                if self.in_field_group {
                    self.warn_of_field(term);
                } else if !term.quoted {
                    self.warn_of_separator(term);
                }
                self.term(term, field)
            }
            Value::Range(range) => self.range(range, field),
        }
    }
}

fn is_lower_case_operator(word: &str) -> bool {
    let operator = ["and", "or", "not"].iter().any(|operator| operator.eq_ignore_ascii_case(word));
    operator && word.chars().any(char::is_lowercase)
}

fn holds_lower_case_operator(node: &Node) -> bool {
    match node {
        Node::All(chain) => chain.items.iter().any(holds_lower_case_operator),
        Node::Value(Value::Term(term)) => {
            !term.quoted && term.literal().is_some_and(is_lower_case_operator)
        }
        _ => false,
    }
}

/// Alternatives that ask one place for one text each become a single leaf that asks for one of several: one look at
/// the entry, however many values.
fn merged(alternatives: Vec<Filter>) -> Vec<Filter> {
    let mut parts = Vec::with_capacity(alternatives.len());
    let mut places: BTreeMap<(Target, bool), (usize, Vec<String>)> = BTreeMap::new();
    for alternative in alternatives {
        match plain_texts(alternative) {
            Ok((place, mut texts)) => {
                let (_, others) = places.entry(place).or_insert_with(|| {
                    parts.push(Filter::NONE);
                    (parts.len() - 1, Vec::new())
                });
                others.append(&mut texts);
            }
            Err(other) => parts.push(other),
        }
    }
    for ((target, ignore_case), (place, mut texts)) in places {
        texts.sort_unstable();
        texts.dedup();
        let text = match <[String; 1]>::try_from(texts) {
            Ok([text]) => TextTest::Equals(text),
            Err(texts) => TextTest::OneOf(texts),
        };
        let text = Some(text);
        let test = Box::new(ValueTest { text, ignore_case, ..ValueTest::default() });
        if let Some(part) = parts.get_mut(place) {
            *part = Filter::Leaf(Leaf { target, test: Test::Is(test) });
        }
    }
    parts
}

/// The place, whether case is ignored, and the texts of a leaf that asks for nothing but whole texts; else the filter
/// itself.
fn plain_texts(filter: Filter) -> Result<((Target, bool), Vec<String>), Filter> {
    let Filter::Leaf(Leaf { target, test: Test::Is(mut test) }) = filter else {
        return Err(filter);
    };
    let ignore_case = test.ignore_case;
    let text = test.text.take();
    let only_text = *test == ValueTest { ignore_case, ..ValueTest::default() };
    match text {
        Some(TextTest::Equals(text)) if only_text => Ok(((target, ignore_case), alloc::vec![text])),
        Some(TextTest::OneOf(texts)) if only_text => Ok(((target, ignore_case), texts)),
        text => {
            test.text = text;
            Err(Filter::Leaf(Leaf { target, test: Test::Is(test) }))
        }
    }
}
