//! Queries edited as text: what a click on a value does. What is not touched stays as it was written.

use alloc::{format, string::String, vec::Vec};

use crate::{
    Dialect, Options, Span, compile, print,
    syntax::{
        ast::{Chain, Field, Group, Join, Node, Prefixed, Value},
        is_space, modifier_end, parse, quote_value, write_name,
    },
};

/// The query with one more condition: `field` is `value`.
///
/// A query that already holds the condition comes back as it is; one that excludes it no longer does.
///
/// ```
/// use trailsift_core::{Options, edit};
///
/// let options = Options::default();
/// assert_eq!(edit::and("", "type", "f", &options), "type:f");
/// assert_eq!(edit::and("type:f", "user_id", "auth0|1", &options), "type:f AND user_id:auth0|1");
/// assert_eq!(edit::and("a:1 OR b:2", "app", "My App", &options), "(a:1 OR b:2) AND app:\"My App\"");
/// assert_eq!(edit::and("a:1 AND NOT type:f", "type", "f", &options), "a:1 AND type:f");
/// ```
#[must_use]
pub fn and(text: &str, field: &str, value: &str, options: &Options) -> String {
    add(text, field, value, false, options)
}

/// The query with one exception: `field` is not `value`.
///
/// ```
/// use trailsift_core::{Options, edit};
///
/// let options = Options::default();
/// assert_eq!(edit::and_not("type:f", "ip", "10.0.0.1", &options), "type:f AND NOT ip:10.0.0.1");
/// assert_eq!(edit::and_not("type:f AND ip:::1", "ip", "::1", &options), "type:f AND NOT ip:::1");
/// ```
#[must_use]
pub fn and_not(text: &str, field: &str, value: &str, options: &Options) -> String {
    add(text, field, value, true, options)
}

/// The query without the condition that `field` is `value`, and without its opposite.
///
/// ```
/// use trailsift_core::{Options, edit};
///
/// let options = Options::default();
/// let text = "type:(f OR fp)  AND NOT ip:\"10.0.0.1\"";
/// assert_eq!(edit::remove(text, "ip", "10.0.0.1", &options), "type:(f OR fp)");
/// assert_eq!(edit::remove(text, "type", "f", &options), "type:(fp)  AND NOT ip:\"10.0.0.1\"");
/// assert_eq!(edit::remove("type:f", "type", "f", &options), "");
/// ```
#[must_use]
pub fn remove(text: &str, field: &str, value: &str, options: &Options) -> String {
    let condition = Condition { text, field, value, options };
    condition.without(&[Sense::Is, Sense::IsNot])
}

/// Whether a condition holds or is negated where it is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sense {
    Is,
    IsNot,
}

fn add(text: &str, field: &str, value: &str, negated: bool, options: &Options) -> String {
    let condition = Condition { text, field, value, options };
    let (sense, opposite) =
        if negated { (Sense::IsNot, Sense::Is) } else { (Sense::Is, Sense::IsNot) };
    if condition.is_required(sense) {
        return text.into();
    }
    let mut rest = condition.without(&[opposite]);
    // A backslash at the very end is itself, but would escape what comes behind it now.
    if rest.bytes().rev().take_while(|b| *b == b'\\').count() % 2 == 1 {
        rest.push('\\');
    }
    let not = if negated { "NOT " } else { "" };
    let addition = format!("{not}{}:{}", write_name(field), quote_value(value, options.dialect));
    if is_blank(&rest) {
        return addition;
    }
    let joined = join(&rest, &addition, options);
    // An open bracket at the end of the last value would take the addition in: then the rest is written anew.
    let kept = Condition { text: &joined, field, value, options }.is_required(sense);
    match compile(&rest, options) {
        Ok(query) if !kept => join(&print(query.filter(), options), &addition, options),
        _ => joined,
    }
}

/// The query and one more condition that must hold.
fn join(rest: &str, addition: &str, options: &Options) -> String {
    let (ast, diagnostics) = parse(rest, options.dialect, &options.limits);
    let whole = !diagnostics.iter().any(crate::Diagnostic::is_error);
    let loose = match &ast.root {
        Some(Node::Any(_)) => true,
        // In `q` a sign at the front would come to stand within AND: it does no harm, but reads badly.
        Some(Node::All(chain)) => {
            chain.joins.contains(&Join::Adjacent) && options.dialect == Dialect::Q
        }
        _ => false,
    };
    // What does not parse cannot be put in parentheses safely; its own error stays what it was.
    if loose && whole {
        // An escaped space at the end belongs to the last value.
        let last = ast.root.as_ref().map_or(0, |root| root.span().end);
        let end = rest.trim_end_matches(is_space).len().max(last);
        let rest = rest.get(..end).unwrap_or_default().trim_start_matches(is_space);
        format!("({rest}) AND {addition}")
    } else {
        format!("{rest} AND {addition}")
    }
}

fn is_blank(text: &str) -> bool {
    text.chars().all(is_space)
}

struct Condition<'a> {
    text: &'a str,
    field: &'a str,
    value: &'a str,
    options: &'a Options,
}

impl Condition<'_> {
    /// Whether every match of the query meets the condition already, by its own words.
    fn is_required(&self, sense: Sense) -> bool {
        let (ast, _) = parse(self.text, self.options.dialect, &self.options.limits);
        ast.root.is_some_and(|root| self.requires(&root, sense))
    }

    fn requires(&self, node: &Node, sense: Sense) -> bool {
        match node {
            Node::All(chain) => chain.items.iter().any(|item| self.requires(item, sense)),
            Node::Group(group) => self.requires(&group.node, sense),
            Node::Prefixed(prefixed) => match (prefixed.prefix, sense) {
                (crate::syntax::ast::Prefix::Required, _) => self.requires(&prefixed.node, sense),
                (crate::syntax::ast::Prefix::Not, Sense::IsNot) => self.is_it(&prefixed.node),
                (crate::syntax::ast::Prefix::Not, Sense::Is) => false,
            },
            other => sense == Sense::Is && self.is_it(other),
        }
    }

    /// Whether the node is `field:value` and nothing else.
    fn is_it(&self, node: &Node) -> bool {
        match node {
            Node::Field(field) => self.is_field(field) && self.is_value(&field.body),
            Node::Group(group) => self.is_it(&group.node),
            _ => false,
        }
    }

    /// Whether the field is the one that is meant, by any of its names.
    fn is_field(&self, field: &Field) -> bool {
        let schema = self.options.schema;
        field.name == self.field
            || match (schema.resolve(&field.name), schema.resolve(self.field)) {
                (Some(a), Some(b)) => a == b,
                _ => false,
            }
    }

    fn is_value(&self, node: &Node) -> bool {
        match node {
            Node::Value(Value::Term(term)) => term.literal() == Some(self.value),
            Node::Group(group) => self.is_value(&group.node),
            _ => false,
        }
    }

    /// The query without the condition in these senses.
    fn without(&self, senses: &[Sense]) -> String {
        let (ast, _) = parse(self.text, self.options.dialect, &self.options.limits);
        let Some(root) = ast.root else { return self.text.into() };
        let mut cuts = Vec::new();
        if self.cut(&root, senses, Sense::Is, None, &mut cuts) {
            return String::new();
        }
        let mut out = String::new();
        let mut at = 0;
        // An operand's inner cuts come before its chain's: the order is the tree's, not the text's.
        while let Some(index) = first_of(&cuts) {
            let cut = cuts.swap_remove(index);
            out.push_str(Span::new(at, cut.start.max(at)).of(self.text));
            at = at.max(cut.end);
        }
        out.push_str(Span::new(at, self.text.len()).of(self.text));
        out
    }

    /// Notes what to cut out of `node`; whether nothing of it would be left.
    fn cut(
        &self,
        node: &Node,
        senses: &[Sense],
        sense: Sense,
        field: Option<&Field>,
        cuts: &mut Vec<Span>,
    ) -> bool {
        match node {
            Node::Any(chain) | Node::All(chain) => {
                self.cut_chain(chain, senses, sense, field, cuts)
            }
            Node::Prefixed(Prefixed { prefix, node, .. }) => {
                let inner = match (prefix, sense) {
                    (crate::syntax::ast::Prefix::Required, sense) => sense,
                    (crate::syntax::ast::Prefix::Not, Sense::Is) => Sense::IsNot,
                    (crate::syntax::ast::Prefix::Not, Sense::IsNot) => Sense::Is,
                };
                self.cut(node, senses, inner, field, cuts)
            }
            Node::Group(Group { node, .. }) => self.cut(node, senses, sense, field, cuts),
            Node::Field(found) if self.is_field(found) => {
                self.cut(&found.body, senses, sense, Some(found), cuts)
            }
            Node::Value(_) if field.is_some() => senses.contains(&sense) && self.is_value(node),
            Node::Field(_) | Node::Value(_) | Node::Broken(_) => false,
        }
    }

    fn cut_chain(
        &self,
        chain: &Chain,
        senses: &[Sense],
        sense: Sense,
        field: Option<&Field>,
        cuts: &mut Vec<Span>,
    ) -> bool {
        let before = cuts.len();
        let gone: Vec<bool> =
            chain.items.iter().map(|item| self.cut(item, senses, sense, field, cuts)).collect();
        if gone.iter().all(|gone| *gone) {
            cuts.truncate(before);
            return true;
        }
        // With an operand goes what joins it to the one before; the first that stays has nothing before it.
        let first = gone.iter().position(|gone| !gone).unwrap_or_default();
        let spans: Vec<Span> = chain.items.iter().map(Node::span).collect();
        for (index, _) in gone.iter().enumerate().filter(|(_, gone)| **gone) {
            let Some(span) = spans.get(index) else { continue };
            let cut = if index < first {
                spans.get(index + 1).map(|next| Span::new(span.start, next.start))
            } else {
                // With the operand goes what modifies it; what modifies the one before stays.
                let before = index.checked_sub(1).and_then(|i| spans.get(i));
                let end = modifier_end(self.text, span.end);
                before.map(|before| Span::new(modifier_end(self.text, before.end), end))
            };
            cuts.extend(cut);
        }
        false
    }
}

/// The index of the span that begins first.
fn first_of(spans: &[Span]) -> Option<usize> {
    (0..spans.len()).min_by_key(|index| spans.get(*index).map(|span| span.start))
}
