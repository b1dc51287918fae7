//! Syntax tree to filter: fields found in the schema, operators given their meaning, values their types.

mod bare;
mod compare;
mod complaint;
mod habit;
mod likely;
mod merge;
mod range;
mod separator;
mod value;
mod vocabulary;

pub(crate) use bare::lower_bare;

use alloc::{boxed::Box, format, string::String, vec::Vec};

use crate::{
    Code, Diagnostic, Filter, Options, Span,
    diagnostic::has_room,
    filter::{Leaf, Target, Test, TextTest, ValueTest},
    schema::Resolved,
    syntax::ast::{Ast, Chain, Field, Join, Node, Prefix, Prefixed, Value},
};

/// Gives the tree its meaning, and adds to what has been `said` of it. The filter is meaningless where some diagnostic is
/// an error.
pub(crate) fn lower(
    ast: &Ast,
    text: &str,
    options: &Options,
    said: &mut Vec<Diagnostic>,
) -> (Filter, Vec<Diagnostic>) {
    let mut lowering = Lowering::new(text, options);
    let filter = ast.root.as_ref().map_or(Filter::All, |root| lowering.node(root, None));
    said.retain(|diagnostic| diagnostic.is_error() || !lowering.is_explained(diagnostic));
    (filter, lowering.diagnostics)
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
        if self.has_room(diagnostic.is_error()) && !self.is_explained(&diagnostic) {
            self.diagnostics.push(diagnostic);
        }
    }

    fn is_explained(&self, diagnostic: &Diagnostic) -> bool {
        let place = diagnostic.span();
        self.explained.iter().any(|(part, error)| {
            let within = part.start <= place.start && place.end <= part.end;
            within && (*error || !diagnostic.is_error())
        })
    }

    /// Says all that there is to say of a part of the query.
    fn explain(&mut self, part: Span, diagnostic: Diagnostic) {
        let error = diagnostic.is_error();
        if self.has_room(error) {
            self.report(diagnostic);
            self.explained.push((part, error));
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
            parts.push(Filter::any_of(merge::merged(optional)));
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
