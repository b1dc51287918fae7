//! Comparisons as other languages write them: `type = f`, `type is not null`, `operation in (Check, Write)`.

use alloc::{format, string::String, vec::Vec};

use super::{Lowering, habit::positive};
use crate::{
    Code, Diagnostic, Span,
    pattern::{Pattern, Piece},
    syntax::{
        ast::{Node, Prefixed, Term, Value},
        write_pattern,
    },
};

/// What was likely meant, and how many of the following operands it takes up.
struct Meant {
    code: Code,
    fixed: String,
    sign: Span,
    operands: usize,
}

impl Lowering<'_> {
    /// A field's name, a sign or a word of comparison and a value, each for itself. How many operands behind the name it
    /// takes up.
    pub(super) fn comparison(&mut self, name: &Node, next: &[&Node]) -> Option<usize> {
        let name = bare(positive(name))?;
        self.options.schema.resolve(name.literal()?)?;
        let field = name.span.of(self.text);
        let meant = self.signed(field, next).or_else(|| self.worded(field, next))?;
        let last = next.get(meant.operands.checked_sub(1)?)?.span();
        let sign = meant.sign.of(self.text);
        let whole = name.span.to(last);
        self.explain(
            whole,
            Diagnostic::warning(
                meant.code,
                meant.sign,
                format!("`{sign}` compares nothing here; these are words to look for"),
            )
            .suggest(whole, meant.fixed.clone(), format!("write `{}`", meant.fixed)),
        );
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
            let value = value.span().of(self.text);
            let (code, fixed) = match written {
                "=" | "==" => (Code::EqualsSign, format!("{field}:{value}")),
                "!=" | "<>" => (Code::EqualsSign, format!("NOT {field}:{value}")),
                sign => (Code::RangeWithoutField, format!("{field}:{sign}{value}")),
            };
            return Some(Meant { code, fixed, sign, operands: 2 });
        }
        let bound = written.trim_start_matches(['<', '>', '=']);
        let plain = !bound.is_empty() && !bound.starts_with(['<', '>']);
        (plain && written.starts_with(['<', '>'])).then(|| Meant {
            code: Code::RangeWithoutField,
            fixed: format!("{field}:{written}"),
            sign,
            operands: 1,
        })
    }

    /// `type is f`, `user_id is not null`, `type in (f, s)`, `description contains rule`, `date between a and b`. Where
    /// every name is a field these are more likely words.
    fn worded(&self, field: &str, next: &[&Node]) -> Option<Meant> {
        if self.options.schema.is_open() {
            return None;
        }
        let word = |at: usize| Some(bare(positive(next.get(at)?))?.literal()?.to_ascii_lowercase());
        let text = |at: usize| Some(next.get(at)?.span().of(self.text));
        let sign = next.first()?.span();
        let (fixed, operands) = match (word(0)?.as_str(), word(1).as_deref()) {
            ("is", Some("not")) if word(2)? == "null" => (format!("_exists_:{field}"), 3),
            ("is", Some("null")) => (format!("NOT _exists_:{field}"), 2),
            ("is", Some("not")) => (format!("NOT {field}:{}", text(2)?), 3),
            ("is" | "equals", _) => (format!("{field}:{}", text(1)?), 2),
            ("in", _) if matches!(next.first(), Some(Node::Prefixed(_))) => {
                (format!("NOT {field}:{}", self.any_of(next.get(1)?)?), 2)
            }
            ("in", _) => (format!("{field}:{}", self.any_of(next.get(1)?)?), 2),
            ("not", Some("in")) => (format!("NOT {field}:{}", self.any_of(next.get(2)?)?), 3),
            ("contains" | "like", _) => (format!("{field}:{}", self.part(next.get(1)?)?), 2),
            ("between", _) if word(2)? == "and" => {
                (format!("{field}:[{} TO {}]", text(1)?, text(3)?), 4)
            }
            _ => return None,
        };
        Some(Meant { code: Code::EqualsSign, fixed, sign, operands })
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
        Some(containing(term.literal()?.trim_matches('%'), self.options.dialect))
    }
}

/// The pattern of all texts that hold this one.
pub(super) fn containing(text: &str, dialect: crate::Dialect) -> String {
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
