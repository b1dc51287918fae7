//! Comparisons as other languages write them: `type = f`, `type is not null`, `operation in (Check, Write)`.

use alloc::{format, string::String, vec::Vec};

use super::{Lowering, habit::positive};
use crate::{
    Code, Diagnostic, Dialect, Span,
    pattern::{Pattern, Piece},
    syntax::{
        ast::{Node, Prefixed, Term, Value},
        quote_value, write_pattern,
    },
};

/// What was likely meant, and how many of the following operands it takes up.
struct Meant {
    code: Code,
    fixed: String,
    sign: Span,
    operands: usize,
    /// Whether the words as they stand would find just the others.
    reversed: bool,
}

impl Lowering<'_> {
    /// A field's name, a sign or a word of comparison and a value, each for itself. How many operands behind the name it
    /// takes up; `then` is what an AND joins behind them.
    pub(super) fn comparison(
        &mut self,
        name: &Node,
        next: &[&Node],
        then: Option<&Node>,
    ) -> Option<usize> {
        let name = bare(positive(name))?;
        self.options.schema.resolve(name.literal()?)?;
        let field = name.span.of(self.text);
        let meant = self
            .signed(field, next)
            .or_else(|| self.worded(field, next))
            .or_else(|| self.between(field, next, then))?;
        let last = meant.operands.checked_sub(1)?;
        let last = next.get(last).copied().or(then)?.span();
        let sign = meant.sign.of(self.text);
        let (whole, said) = (
            name.span.to(last),
            format!("`{sign}` compares nothing here; these are words to look for"),
        );
        let diagnostic = if meant.reversed {
            Diagnostic::error(meant.code, meant.sign, said)
        } else {
            Diagnostic::warning(meant.code, meant.sign, said)
        };
        let title = format!("write `{}`", meant.fixed);
        self.explain(whole, diagnostic.suggest(whole, meant.fixed, title));
        Some(meant.operands)
    }

    /// `type = f`, `date >= 2026`, `date >=2026`
    fn signed(&self, field: &str, next: &[&Node]) -> Option<Meant> {
        let first = next.first()?;
        let sign = match first {
            Node::Prefixed(Prefixed { operator, node, .. }) => operator.to(bare(node)?.span),
            first => bare(first)?.span,
        };
        let written = sign.of(self.text);
        let known = ["=", "==", "!=", "<>", "<", "<=", ">", ">="].contains(&written);
        if known {
            let value = next.get(1).filter(|value| !matches!(value, Node::Group(_)))?;
            let value = self.plain(value.span());
            let reversed = matches!(written, "!=" | "<>");
            let (code, fixed) = match written {
                "=" | "==" => (Code::EqualsSign, format!("{field}:{value}")),
                "!=" | "<>" => (Code::EqualsSign, format!("NOT {field}:{value}")),
                sign => (Code::RangeWithoutField, format!("{field}:{sign}{value}")),
            };
            return Some(Meant { code, fixed, sign, operands: 2, reversed });
        }
        let bound = written.trim_start_matches(['<', '>', '=']);
        let plain = !bound.is_empty() && !bound.starts_with(['<', '>']);
        (plain && written.starts_with(['<', '>'])).then(|| Meant {
            code: Code::RangeWithoutField,
            fixed: format!("{field}:{written}"),
            sign,
            operands: 1,
            reversed: false,
        })
    }

    /// `type is f`, `user_id is not null`, `type in (f, s)`, `description contains rule`. Where every name is a field
    /// these are more likely words.
    fn worded(&self, field: &str, next: &[&Node]) -> Option<Meant> {
        if self.options.schema.is_open() {
            return None;
        }
        // `NOT` before a word is an operator, whose word is the next.
        let mut words: Vec<(&Node, bool)> = Vec::new();
        for node in next {
            let inner = positive(node);
            words.push((inner, !core::ptr::eq(inner, *node)));
        }
        let word = |at: usize| Some(bare(words.get(at)?.0)?.literal()?.to_ascii_lowercase());
        let negated = |at: usize| words.get(at).is_some_and(|(_, negated)| *negated);
        let sign = next.first()?.span();
        let first = word(0)?;
        let spelled = matches!(first.as_str(), "is" | "not") && word(1).as_deref() == Some("not");
        // How many words lead to the value, and whether a `not` is among them.
        let (verb, at, not) = match first.as_str() {
            "not" => (word(1)?, 2, true),
            "is" if spelled => (first, 2, true),
            "is" => (first, 1, negated(1)),
            _ => (first, 1, negated(0)),
        };
        let value = words.get(at)?.0;
        let no = if not { "NOT " } else { "" };
        let null =
            bare(value).and_then(Term::literal).is_some_and(|v| v.eq_ignore_ascii_case("null"));
        let fixed = match verb.as_str() {
            "is" if null && not => format!("_exists_:{field}"),
            "is" if null => format!("NOT _exists_:{field}"),
            "is" | "equals" => format!("{no}{field}:{}", self.plain(value.span())),
            "in" => format!("{no}{field}:{}", self.any_of(value)?),
            "contains" | "like" => format!("{no}{field}:{}", self.part(value)?),
            _ => return None,
        };
        Some(Meant { code: Code::EqualsSign, fixed, sign, operands: at + 1, reversed: not })
    }

    /// `date between a and b`, also where the `AND` is written as the operator.
    fn between(&self, field: &str, next: &[&Node], then: Option<&Node>) -> Option<Meant> {
        let word = bare(next.first()?)?;
        if !word.literal()?.eq_ignore_ascii_case("between") {
            return None;
        }
        let text = |node: &Node| self.plain(node.span());
        let (low, high, operands) = match (next, then) {
            ([_, low, and, high, ..], _) if bare(and)?.literal()?.eq_ignore_ascii_case("and") => {
                (text(low), text(high), 4)
            }
            ([_, low], Some(high)) => (text(low), text(high), 3),
            _ => return None,
        };
        let fixed = format!("{field}:[{low} TO {high}]");
        let (code, sign) = (Code::EqualsSign, word.span);
        Some(Meant { code, fixed, sign, operands, reversed: false })
    }

    /// A value as it is written, in our quotes where it is in single ones that do not quote.
    fn plain(&self, span: Span) -> String {
        let text = span.of(self.text);
        let inner = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
        match inner {
            Some(inner) if self.options.dialect == Dialect::Q => quote_value(inner, Dialect::Q),
            _ => text.into(),
        }
    }

    /// `(f, s)` as `(f OR s)`.
    fn any_of(&self, group: &Node) -> Option<String> {
        let Node::Group(group) = group else { return None };
        let inner = Span::new(group.span.start + 1, group.span.end - 1).of(self.text);
        let values: Vec<_> =
            inner.split([',', ' ']).filter(|value| !value.is_empty() && *value != "OR").collect();
        Some(format!("({})", values.join(" OR ")))
    }

    /// `%rule%` as `*rule*`.
    fn part(&self, value: &Node) -> Option<String> {
        let Node::Value(Value::Term(term)) = value else { return None };
        Some(containing(term.literal()?.trim_matches(['\'', '%']), self.options.dialect))
    }
}

/// The pattern of all texts that hold this one.
pub(super) fn containing(text: &str, dialect: Dialect) -> String {
    let pieces = alloc::vec![Piece::AnyRun, Piece::Text(text.into()), Piece::AnyRun];
    write_pattern(&Pattern { pieces }, dialect)
}

/// A term of its own, without quotes.
pub(super) fn bare(node: &Node) -> Option<&Term> {
    match node {
        Node::Value(Value::Term(term)) if !term.quoted => Some(term),
        _ => None,
    }
}
