//! Habits of other languages: words next to each other that look like one condition, and are read as several.

use alloc::{format, string::String, vec::Vec};

use super::{
    Lowering,
    compare::{bare, containing},
    is_lower_case_operator,
};
use crate::{
    Code, Diagnostic, FieldType, Span,
    syntax::{
        ast::{Chain, Field, Join, Node, Prefixed, Range, Term, Value},
        in_quotes,
    },
    time::{evaluate, parse_interval},
};

/// The most words that are looked at together.
const PHRASE: usize = 16;

impl Lowering<'_> {
    /// `type = f` and `client_name:My App`, each told once; whether anything was.
    pub(super) fn warn_of_habits(&mut self, chain: &Chain) -> bool {
        let said = self.diagnostics.len();
        let items = in_order(chain);
        let mut rest = items.as_slice();
        let mut before: Option<&Node> = None;
        while let Some(((join, item), behind)) = rest.split_first() {
            let adjacent = behind.iter().take_while(|(join, _)| *join == Join::Adjacent);
            let next: Vec<&Node> = adjacent.map(|(_, node)| *node).take(PHRASE).collect();
            let mut read = None;
            if !next.is_empty() {
                let then = behind.get(next.len()).map(|(_, node)| *node);
                read = self.comparison(item, &next, then).or_else(|| self.field_habit(item, &next));
                self.lone_sign(item, &next);
            }
            if let (None, Some(before), Join::Operator(_)) = (read, before, join) {
                self.value_without_field(before, item);
            }
            before = Some(item);
            rest = behind.get(read.unwrap_or_default()..).unwrap_or_default();
        }
        self.diagnostics.len() > said
    }

    /// What follows a field's value without an operator. How many operands behind it belong to it.
    fn field_habit(&mut self, field: &Node, next: &[&Node]) -> Option<usize> {
        let Node::Field(field) = positive(field) else { return None };
        self.options.schema.resolve(&field.name)?;
        self.range_without_brackets(field, next)
            .or_else(|| self.time_of_date(field, next))
            .or_else(|| self.spaced_arithmetic(field, next))
            .or_else(|| self.opposite_ends(field, next))
            .or_else(|| self.unquoted_space(field, next))
    }

    /// `date:2026-06-01 TO 2026-06-10`
    fn range_without_brackets(&mut self, field: &Field, next: &[&Node]) -> Option<usize> {
        let [to, high, ..] = next else { return None };
        let Node::Value(Value::Term(low)) = &*field.body else { return None };
        if !is_to(to) {
            return None;
        }
        self.bracket(low.span.to(high.span()), low.span, high.span());
        Some(2)
    }

    /// `date:(2026-06-01 TO 2026-06-10)`; whether it was that.
    pub(super) fn range_in_parentheses(&mut self, field: &Field) -> bool {
        let Node::Group(group) = &*field.body else { return false };
        let (Node::Any(chain) | Node::All(chain)) = &*group.node else { return false };
        match chain.items.as_slice() {
            [Node::Value(Value::Term(low)), to, Node::Value(Value::Term(high))] if is_to(to) => {
                self.bracket(group.span, low.span, high.span);
                true
            }
            _ => false,
        }
    }

    fn bracket(&mut self, whole: Span, low: Span, high: Span) {
        let fixed = format!("[{} TO {}]", low.of(self.text), high.of(self.text));
        self.explain(
            whole,
            Diagnostic::error(
                Code::RangeWithoutField,
                whole,
                "`TO` makes a range only between square or curly brackets",
            )
            .suggest(whole, fixed.clone(), format!("write `{fixed}`")),
        );
    }

    /// `date:2026-06-10 12:00`
    fn time_of_date(&mut self, field: &Field, next: &[&Node]) -> Option<usize> {
        let Node::Value(Value::Term(date)) = &*field.body else { return None };
        let Node::Field(time) = next.first()? else { return None };
        let whole = date.span.to(time.body.span());
        let time = Span::new(time.name_span.start, whole.end).of(self.text);
        let fixed = format!("{}T{time}", date.span.of(self.text));
        parse_interval(fixed.as_bytes())?;
        self.explain(
            whole,
            Diagnostic::error(
                Code::UnquotedSpace,
                whole,
                "the date ends at the space, and a time alone is no condition",
            )
            .suggest(whole, fixed.clone(), format!("write `{fixed}`")),
        );
        Some(1)
    }

    /// `date:>now - 24h` and `date:>now -24h`
    fn spaced_arithmetic(&mut self, field: &Field, next: &[&Node]) -> Option<usize> {
        let whole = field.body.span();
        let now = whole.of(self.text).trim_start_matches(['<', '>', '=']);
        let (last, operands) = match next {
            [sign, count, ..] if is_sign(sign) => (bare(count)?.span, 2),
            [Node::Prefixed(signed), ..] => (bare(&signed.node)?.span, 1),
            _ => return None,
        };
        let whole = whole.to(last);
        let fixed: String = whole.of(self.text).split_whitespace().collect();
        let meant = fixed.trim_start_matches(['<', '>', '=']);
        let clock = Some(crate::Timestamp::from_millis(0));
        if !now.starts_with("now") || !matches!(evaluate(meant, clock), Ok(Some(_))) {
            return None;
        }
        self.explain(
            whole,
            Diagnostic::error(
                Code::UnquotedSpace,
                whole,
                "the date ends at the space, and what follows is no part of it",
            )
            .suggest(whole, fixed.clone(), format!("write `{fixed}`")),
        );
        Some(operands)
    }

    /// `type:f - type:s`
    fn lone_sign(&mut self, item: &Node, next: &[&Node]) {
        let (true, Some(after)) = (is_sign(item), next.first()) else { return };
        let (sign, after) = (item.span(), after.span());
        let written = sign.of(self.text);
        let title = if written == "-" { "exclude what follows" } else { "require what follows" };
        let behind = Span::new(sign.end, after.start);
        self.report(
            Diagnostic::warning(
                Code::DanglingOperator,
                sign,
                format!("a lone `{written}` is a word to look for"),
            )
            .help("a sign belongs to what follows it without a space")
            .suggest(behind, "", title)
            .suggest(
                sign.to(Span::new(after.start, after.start)),
                "",
                format!("remove `{written}`"),
            ),
        );
    }

    /// `date:>2026-06-01 date:<2026-06-10`, which are alternatives where nothing joins them.
    fn opposite_ends(&mut self, field: &Field, next: &[&Node]) -> Option<usize> {
        let Node::Field(other) = next.first()? else { return None };
        let (first, second) = (comparison_of(&field.body)?, comparison_of(&other.body)?);
        let opposite = first.low.text.is_some() != second.low.text.is_some();
        if other.name != field.name || !opposite || self.options.dialect != crate::Dialect::Q {
            return None;
        }
        let between = Span::new(first.span.end, other.name_span.start);
        self.report(
            Diagnostic::warning(
                Code::MixedOperators,
                field.name_span.to(second.span),
                "conditions side by side are alternatives, and of these every value meets one",
            )
            .suggest(between, " AND ", "write `AND`"),
        );
        Some(1)
    }

    /// A value that goes on behind a space. How many operands behind the first it seems to take up.
    fn unquoted_space(&mut self, field: &Field, next: &[&Node]) -> Option<usize> {
        let Node::Value(Value::Term(first)) = &*field.body else { return None };
        if first.span.of(self.text).starts_with('\'') {
            return None;
        }
        let lists = |term: &Term| term.span.of(self.text).ends_with([',', ';']);
        let list =
            lists(first) || first.quoted && next.first().and_then(|n| bare(n)).is_some_and(lists);
        if first.quoted && !list {
            return None;
        }
        if first.literal() == Some("not") {
            return self.not_behind_colon(field, first, next);
        }
        let words: Vec<&Term> = next.iter().map_while(|node| bare(node)).collect();
        let words = words.iter().take_while(|word| {
            let text = word.span.of(self.text);
            !is_lower_case_operator(text) && text.contains(char::is_alphanumeric)
        });
        let words: Vec<_> = words.collect();
        let span = first.span.to(words.last()?.span);
        // A quote of its own is half of those that are offered.
        let text = span.of(self.text).trim_matches('"');
        let pattern =
            words.iter().any(|word| word.literal().is_none()) || first.literal().is_none();
        let name = &field.name;
        let (fixed, title) = if list || (!pattern && self.holds_single_words(name)) {
            (any_of(text), "look for any of them")
        } else if pattern {
            (text.split_whitespace().collect::<Vec<_>>().join("\\ "), "make it one pattern")
        } else if self.options.schema.resolve(name).is_some_and(|f| f.kind == FieldType::Text) {
            (containing(text, self.options.dialect), "find sentences that hold all of it")
        } else {
            (in_quotes(text), "put the whole value in quotes")
        };
        self.explain(
            span,
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

    /// Whether no value of the field has a space in it.
    fn holds_single_words(&self, name: &str) -> bool {
        use FieldType::{Bool, Date, Id, Ip, Number};
        let schema = self.options.schema;
        let kind = schema.resolve(name).map(|field| field.kind);
        matches!(kind, Some(Bool | Date | Id | Ip | Number))
            || schema.field(name).is_some_and(|field| !field.known_values().is_empty())
            || (schema.name(), name) == ("auth0", "type")
    }

    /// `type:not f`
    fn not_behind_colon(&mut self, field: &Field, not: &Term, next: &[&Node]) -> Option<usize> {
        let value = bare(next.first()?)?.span;
        let name = field.name_span.of(self.text);
        let fixed = format!("NOT {name}:{}", value.of(self.text));
        self.report(
            Diagnostic::warning(
                Code::LowerCaseOperator,
                not.span,
                format!("`not` is the value of `{name}` here"),
            )
            .help("operators are written in upper case, before the field")
            .suggest(
                field.name_span.to(value),
                fixed.clone(),
                format!("write `{fixed}`"),
            ),
        );
        Some(1)
    }

    /// `user_id:a OR b`, where `b` is looked for elsewhere, and `date:>a AND <b`.
    fn value_without_field(&mut self, before: &Node, item: &Node) {
        let (Node::Field(field), Some(term)) = (positive(before), bare(item)) else { return };
        let (schema, name) = (self.options.schema, field.name_span.of(self.text));
        let Some(known) = schema.field(&field.name) else { return };
        let text = term.span.of(self.text);
        if text.starts_with(['<', '>']) {
            let fixed = format!("{name}:{text}");
            self.report(
                Diagnostic::warning(
                    Code::RangeWithoutField,
                    term.span,
                    "a comparison belongs to a field; this looks for the text itself",
                )
                .suggest(term.span, fixed.clone(), format!("write `{fixed}`")),
            );
            return;
        }
        let plain = matches!(&*field.body, Node::Value(Value::Term(_)));
        if !plain || schema.bare().any(|bare| bare == known) || is_lower_case_operator(text) {
            return;
        }
        let whole = field.body.span().to(term.span);
        self.report(
            Diagnostic::warning(
                Code::LoneValue,
                term.span,
                format!("`{text}` belongs to no field, and is not looked for in `{name}`"),
            )
            .suggest(
                whole,
                format!("({})", whole.of(self.text)),
                format!("look for both in `{name}`"),
            ),
        );
    }
}

/// The operands in the order of the text, those of AND among them, each with what joins it to the one before.
fn in_order(chain: &Chain) -> Vec<(Join, &Node)> {
    let mut items = Vec::new();
    let joins = core::iter::once(&Join::Adjacent).chain(&chain.joins);
    for (join, item) in joins.zip(&chain.items) {
        match item {
            Node::All(all) => {
                let inner = core::iter::once(join).chain(&all.joins).copied();
                items.extend(inner.zip(&all.items));
            }
            item => items.push((*join, item)),
        }
    }
    items
}

/// The node without what negates it.
pub(super) fn positive(node: &Node) -> &Node {
    match node {
        Node::Prefixed(Prefixed { node, .. }) => positive(node),
        node => node,
    }
}

fn is_sign(node: &Node) -> bool {
    bare(node).and_then(Term::literal).is_some_and(|word| matches!(word, "-" | "+"))
}

fn is_to(node: &Node) -> bool {
    bare(node).and_then(Term::literal).is_some_and(|word| word.eq_ignore_ascii_case("to"))
}

fn comparison_of(node: &Node) -> Option<&Range> {
    match node {
        Node::Value(Value::Range(range)) if range.comparison => Some(range),
        _ => None,
    }
}

/// `a, b` as `(a OR b)`.
pub(super) fn any_of(list: &str) -> String {
    let values = list.split([',', ';', '|', ' ']).map(str::trim).filter(|value| !value.is_empty());
    format!("({})", values.collect::<Vec<_>>().join(" OR "))
}
