//! Syntax tree to filter: fields found in the schema, operators given their meaning, values their types.

mod compare;
mod complaint;
mod habit;
mod likely;
mod range;
mod value;
mod vocabulary;

use alloc::{boxed::Box, collections::BTreeMap, format, string::String, vec::Vec};

use crate::{
    Code, Diagnostic, FieldType, Filter, Options, Span,
    diagnostic::has_room,
    filter::{Leaf, Target, Test, TextTest, ValueTest, Word},
    pattern::{Pattern, Piece},
    schema::Resolved,
    syntax::ast::{Ast, Chain, Field, Join, Node, Prefix, Prefixed, Term, Value},
};

/// Gives the tree its meaning. The filter is meaningless where some diagnostic is an error.
pub(crate) fn lower(ast: &Ast, text: &str, options: &Options) -> (Filter, Vec<Diagnostic>) {
    let mut lowering = Lowering::new(text, options);
    let filter = ast.root.as_ref().map_or(Filter::All, |root| lowering.node(root, None));
    (filter, lowering.diagnostics)
}

/// The filter of a term that belongs to no field.
pub(crate) fn lower_bare(pieces: &[Piece], options: &Options) -> Filter {
    let mut lowering = Lowering::new("", options);
    let term = Term { span: Span::new(0, 0), pieces: pieces.to_vec(), quoted: true };
    lowering.bare(&Value::Term(term))
}

struct Lowering<'a> {
    text: &'a str,
    options: &'a Options,
    /// Whether this is within the parentheses behind a field's colon.
    in_field_group: bool,
    diagnostics: Vec<Diagnostic>,
    /// Parts of the query of which one diagnostic has said all; if it is no error, all but errors.
    explained: Vec<(Span, bool)>,
}

impl<'a> Lowering<'a> {
    fn new(text: &'a str, options: &'a Options) -> Self {
        let (diagnostics, explained) = (Vec::new(), Vec::new());
        Self { text, options, in_field_group: false, diagnostics, explained }
    }

    /// Says something, unless enough has been said.
    fn report(&mut self, diagnostic: Diagnostic) {
        let place = diagnostic.span();
        let said = |(span, error): &(Span, bool)| {
            let within = span.start <= place.start && place.end <= span.end;
            within && (*error || !diagnostic.is_error())
        };
        if self.has_room(diagnostic.is_error()) && !self.explained.iter().any(said) {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Says all that there is to say of a part of the query.
    fn explain(&mut self, part: Span, diagnostic: Diagnostic) {
        let error = diagnostic.is_error();
        self.report(diagnostic);
        self.explained.push((part, error));
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
                self.all(chain, field)
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

    fn all(&mut self, chain: &Chain, field: Option<&Resolved>) -> Filter {
        chain.items.iter().for_each(|item| self.warn_of_idle_plus(item));
        let parts = chain.items.iter().map(|item| self.node(item, field)).collect();
        Filter::And(parts)
    }

    /// Alternatives. Among terms that only stand next to each other `+` and `-` keep Lucene's meaning: what is required
    /// must hold, what is prohibited must not, and of the rest at least one must where nothing is required.
    fn any(&mut self, chain: &Chain, field: Option<&Resolved>) -> Filter {
        // Who reads words as one condition has no precedence in mind.
        if field.is_some() || !self.warn_of_habits(chain) {
            self.warn_of_precedence(chain);
        }
        let (mut required, mut prohibited, mut optional) = (Vec::new(), Vec::new(), Vec::new());
        for (part, node) in parts_of(chain) {
            match part {
                Part::Required => required.push(self.node(node, field)),
                Part::Prohibited => prohibited.push(self.node(node, field).negated()),
                Part::Optional => {
                    self.warn_of_idle_plus(node);
                    optional.push(match node {
                        // Its habits have been looked at with those of the whole.
                        Node::All(all) => self.all(all, field),
                        node => self.node(node, field),
                    });
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

    fn field(&mut self, field: &Field) -> Filter {
        match field.name.as_str() {
            "_exists_" => self.existence(field),
            "_missing_" => {
                let fixed = Some("NOT _exists_".into());
                let what = "`_missing_`; write `NOT _exists_`";
                self.refuse_in_strict(field.name_span, what, fixed);
                self.existence(field).negated()
            }
            "*" if matches!(&*field.body, Node::Value(Value::Term(term)) if term.is_star()) => {
                Filter::All
            }
            name => match self.resolve(name, field) {
                Some(_) if self.range_in_parentheses(field) => Filter::NONE,
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
            let error = Diagnostic::error(
                Code::EmptyValue,
                field.body.span(),
                format!("`{}` needs the name of a field", field.name),
            )
            .help(format!("for example `{}:user_id`", field.name));
            let whole = field.name_span.to(field.body.span());
            self.report(match self.each_named(field) {
                Some(fixed) => error.suggest(whole, fixed, "ask for each of them"),
                None => error,
            });
            return Filter::NONE;
        };
        let place =
            Field { name: name.into(), name_span: field.body.span(), body: field.body.clone() };
        match self.resolve(name, &place) {
            Some(resolved) => self.exists(&resolved),
            None => Filter::NONE,
        }
    }

    /// `_exists_:(a OR b)` with a question for each name.
    fn each_named(&self, field: &Field) -> Option<String> {
        let mut names = Vec::new();
        let Node::Group(group) = &*field.body else { return None };
        literal_terms(&group.node, &mut names)?;
        let mut out = String::new();
        let mut at = group.span.start;
        for name in names {
            out.push_str(Span::new(at, name.start).of(self.text));
            out.push_str(&field.name);
            out.push(':');
            at = name.start;
        }
        out.push_str(Span::new(at, group.span.end).of(self.text));
        Some(out)
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
        self.in_bare_fields(term)
    }

    /// A bare term that is looked for in the schema's bare fields: one leaf for all fields that it means the same in.
    fn in_bare_fields(&mut self, term: &Term) -> Filter {
        let mut tests: Vec<(FieldType, Option<ValueTest>)> = Vec::new();
        let mut leaves: Vec<(ValueTest, Vec<Word>)> = Vec::new();
        for field in self.options.schema.bare() {
            let kind = field.kind();
            let known = tests.iter().find(|(other, _)| *other == kind);
            let test = match known {
                Some((_, test)) => test.clone(),
                None => {
                    let test = self.quiet(|this| this.term_test(term, kind));
                    tests.push((kind, test.clone()));
                    test
                }
            };
            // It need not suit each of the fields.
            let Some(test) = test else { continue };
            match leaves.iter_mut().find(|(other, _)| *other == test) {
                Some((_, paths)) => paths.extend(field.paths()),
                None => leaves.push((test, field.paths())),
            }
        }
        let leaf = |(test, paths)| {
            Filter::Leaf(Leaf { target: Target::Paths(paths), test: Test::Is(Box::new(test)) })
        };
        Filter::any_of(leaves.into_iter().map(leaf).collect())
    }

    /// Lowers without diagnostics; nothing where there was an error.
    fn quiet<T, E>(&mut self, lower: impl FnOnce(&mut Self) -> Result<T, E>) -> Option<T> {
        let before = self.diagnostics.len();
        let found = lower(self).ok();
        let said = self.diagnostics.drain(before..);
        found.filter(|_| said.filter(Diagnostic::is_error).count() == 0)
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
                    if self.lower_case_operator_in_group(term, field) {
                        return Filter::NONE;
                    }
                    self.warn_of_field(term, field);
                } else if !term.quoted {
                    self.warn_of_separator(term, field);
                }
                self.term(term, field)
            }
            Value::Range(range) => self.range(range, field),
        }
    }
}

/// The places of a group's terms, if it has nothing else, and no wildcards.
fn literal_terms(node: &Node, places: &mut Vec<Span>) -> Option<()> {
    match node {
        Node::Value(Value::Term(term)) => {
            term.literal()?;
            places.push(term.span);
            Some(())
        }
        Node::Any(chain) | Node::All(chain) => {
            chain.items.iter().try_for_each(|item| literal_terms(item, places))
        }
        Node::Group(group) => literal_terms(&group.node, places),
        Node::Prefixed(prefixed) => literal_terms(&prefixed.node, places),
        Node::Value(Value::Range(_)) | Node::Field(_) | Node::Broken(_) => None,
    }
}

/// What an alternative is to the others.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Required,
    Prohibited,
    Optional,
}

/// The alternatives and their parts, those with a sign of their own without it.
fn parts_of(chain: &Chain) -> impl Iterator<Item = (Part, &Node)> {
    chain.items.iter().enumerate().map(|(index, item)| {
        // The join to the left decides; the first operand has only one to its right.
        let join = chain.joins.get(index.saturating_sub(1));
        match item {
            Node::Prefixed(Prefixed { prefix, node, .. }) if join == Some(&Join::Adjacent) => {
                let required = *prefix == Prefix::Required;
                (if required { Part::Required } else { Part::Prohibited }, &**node)
            }
            other => (Part::Optional, other),
        }
    })
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
    let mut places: BTreeMap<(Target, bool), (usize, Texts)> = BTreeMap::new();
    for alternative in alternatives {
        match plain_texts(alternative) {
            Ok((place, texts)) => {
                let (_, others) = places.entry(place).or_insert_with(|| {
                    parts.push(Filter::NONE);
                    (parts.len() - 1, Texts::default())
                });
                others.add(texts);
            }
            Err(other) => parts.push(other),
        }
    }
    for ((target, ignore_case), (place, texts)) in places {
        let text = match <[Word; 1]>::try_from(texts.sorted()) {
            Ok([text]) => TextTest::Equals(text.into_owned()),
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

/// A set of texts in the making. Lists, of which each may hold every event code, are merged as they come: hundreds of
/// them may say the same.
#[derive(Default)]
struct Texts {
    /// Sorted, without duplicates.
    lists: Vec<Word>,
    single: Vec<Word>,
}

impl Texts {
    fn add(&mut self, mut texts: Vec<Word>) {
        if texts.len() == 1 {
            self.single.append(&mut texts);
        } else if self.lists.is_empty() {
            self.lists = texts;
        } else if self.lists != texts {
            self.lists.append(&mut texts);
            self.lists.sort_unstable();
            self.lists.dedup();
        }
    }

    fn sorted(mut self) -> Vec<Word> {
        self.lists.append(&mut self.single);
        self.lists.sort_unstable();
        self.lists.dedup();
        self.lists
    }
}

/// The place, whether case is ignored, and the texts of a leaf that asks for nothing but whole texts; else the filter
/// itself.
fn plain_texts(filter: Filter) -> Result<((Target, bool), Vec<Word>), Filter> {
    let Filter::Leaf(Leaf { target, test: Test::Is(mut test) }) = filter else {
        return Err(filter);
    };
    let ignore_case = test.ignore_case;
    let text = test.text.take();
    let only_text = *test == ValueTest { ignore_case, ..ValueTest::default() };
    match text {
        Some(TextTest::Equals(text)) if only_text => {
            Ok(((target, ignore_case), alloc::vec![Word::Owned(text)]))
        }
        Some(TextTest::OneOf(texts)) if only_text => Ok(((target, ignore_case), texts)),
        text => {
            test.text = text;
            Err(Filter::Leaf(Leaf { target, test: Test::Is(test) }))
        }
    }
}
