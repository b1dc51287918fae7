//! A filter as canonical text: a query that means the same, in the dialect that is asked for.

use alloc::{
    boxed::Box,
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};
use core::ops::Bound;

use crate::{
    Dialect, Field, Filter, Number, Options, Schema,
    address::{self, AddressRange},
    filter::{DateRange, Leaf, NumberRange, Target, Test, TextTest, ValueTest, Word},
    lower::lower_bare,
    pattern::{Pattern, Piece},
    syntax::{in_quotes, quote_value, write_bare, write_name, write_pattern},
};

/// The canonical text of a filter that was compiled with these options.
///
/// Compiled again with the same options it gives an equal filter. Fields are named as the schema names them, values
/// are quoted where they must be, every operator is written.
///
/// ```
/// use trailsift_core::{Options, Schema, compile, print};
///
/// let options = Options { schema: Schema::by_name("auth0").unwrap(), ..Options::default() };
/// let query = compile("+type:s  -user_name: 'x'  date:2026-06", &options).unwrap();
/// let text = print(query.filter(), &options);
/// assert_eq!(text, "type:s AND NOT user_name:\"'x'\"");
/// assert_eq!(compile(&text, &options).unwrap().filter(), query.filter());
/// ```
#[must_use]
pub fn print(filter: &Filter, options: &Options) -> String {
    let printer = Printer { schema: options.schema, dialect: options.dialect, options };
    printer.filter(filter, Strength::Loosest)
}

/// How tightly the place binds that a filter is printed in: what binds less is put in parentheses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    /// The whole query.
    Loosest,
    /// An operand of OR.
    Or,
    /// An operand of AND.
    And,
    /// The operand of NOT.
    Not,
}

struct Printer<'a> {
    schema: &'static Schema,
    dialect: Dialect,
    options: &'a Options,
}

impl Printer<'_> {
    fn filter(&self, filter: &Filter, place: Strength) -> String {
        if let Some(bare) = self.bare(filter, place) {
            return bare;
        }
        match filter {
            Filter::All => "*:*".into(),
            // What holds in no entry; AND of nothing is everything.
            Filter::Or(parts) if parts.is_empty() => "NOT *:*".into(),
            Filter::And(parts) if parts.is_empty() => "*:*".into(),
            Filter::And(parts) => self.chain(parts, " AND ", Strength::And, place),
            Filter::Or(parts) => self.chain(parts, " OR ", Strength::Or, place),
            Filter::Not(inner) => format!("NOT {}", self.filter(inner, Strength::Not)),
            Filter::Leaf(leaf) => self.leaf(leaf),
        }
    }

    fn chain(&self, parts: &[Filter], operator: &str, own: Strength, place: Strength) -> String {
        let parts: Vec<_> = parts.iter().map(|part| self.filter(part, own)).collect();
        let text = parts.join(operator);
        // Its own operator within itself is a group too: it was one when it was written. AND within OR gets
        // parentheses that it does not need, but that a reader does.
        if place == Strength::Loosest || parts.len() == 1 { text } else { format!("({text})") }
    }

    /// Terms without a field, where the filter is just what they mean in this schema.
    fn bare(&self, filter: &Filter, place: Strength) -> Option<String> {
        let first = match filter {
            Filter::Or(parts) => parts.first()?,
            other => other,
        };
        let Filter::Leaf(Leaf { target: Target::Paths(paths), test: Test::Is(test) }) = first
        else {
            return None;
        };
        let mut searched = self.schema.bare().flat_map(Field::paths);
        if !paths.iter().all(|path| searched.any(|other| other == *path)) {
            return None;
        }
        let term = |pieces: &[Piece]| write_bare(pieces, self.dialect);
        let means = |pieces: &[Piece], wanted: &Filter| lower_bare(pieces, self.options) == *wanted;
        match test.text.as_ref()? {
            TextTest::Equals(text) => {
                let pieces = literal(text);
                means(&pieces, filter).then(|| term(&pieces))
            }
            TextTest::Matches(Pattern { pieces }) => means(pieces, filter).then(|| term(pieces)),
            TextTest::OneOf(texts) => {
                let last = TextTest::Equals(texts.last()?.clone().into_owned());
                let test = ValueTest { text: Some(last), ..(**test).clone() };
                let target = Target::Paths(paths.clone());
                let leaf = Filter::Leaf(Leaf { target, test: Test::Is(Box::new(test)) });
                if matches!(filter, Filter::Or(_)) || !means(&literal(texts.last()?), &leaf) {
                    return None;
                }
                let texts: Vec<_> = texts.iter().map(|text| term(&literal(text))).collect();
                let text = texts.join(" OR ");
                Some(if place <= Strength::Or { text } else { format!("({text})") })
            }
            TextTest::Between(..) => None,
        }
    }

    fn leaf(&self, leaf: &Leaf) -> String {
        let Target::Paths(paths) = &leaf.target else { return self.anywhere(&leaf.test) };
        match &leaf.test {
            Test::Exists => match self.name(paths) {
                // Names that mean something else before a `*`.
                name if matches!(name.as_str(), "_exists_" | "_missing_" | "*") => {
                    format!("_exists_:{}", in_quotes(&name))
                }
                name => format!("{name}:*"),
            },
            Test::Is(test) => self.test(paths, test),
        }
    }

    /// The field whose values lie at these paths.
    fn name(&self, paths: &[Word]) -> String {
        let declared = self.schema.name_of(paths);
        write_name(declared.as_deref().or(paths.first().map(|path| &**path)).unwrap_or_default())
    }

    fn test(&self, paths: &[Word], test: &ValueTest) -> String {
        let name = self.name(paths);
        if test.text.is_none() {
            if let Some(date) = &test.date {
                return format!("{name}:{}", date_range(date));
            }
            if let Some(address) = &test.address {
                return format!("{name}:{}", address_range(address));
            }
        }
        match &test.text {
            Some(TextTest::Equals(text)) => format!("{name}:{}", self.value(text)),
            Some(TextTest::OneOf(texts)) => {
                if let Some((field, value)) = self.schema.derived_from(paths, texts) {
                    return format!("{field}:{value}");
                }
                let texts: Vec<_> = texts.iter().map(|text| self.value(text)).collect();
                format!("{name}:({})", texts.join(" OR "))
            }
            Some(TextTest::Matches(pattern)) => {
                format!("{name}:{}", write_pattern(pattern, self.dialect))
            }
            Some(TextTest::Between(low, high)) => {
                format!("{name}:{}", range(low, high, String::clone))
            }
            None => match (&test.number, test.boolean) {
                (Some(number), _) => format!("{name}:{}", number_range(number)),
                (None, Some(boolean)) => format!("{name}:{boolean}"),
                (None, None) => format!("{name}:null"),
            },
        }
    }

    fn value(&self, text: &str) -> String {
        quote_value(text, self.dialect)
    }

    /// A bare term without a schema.
    fn anywhere(&self, test: &Test) -> String {
        let Test::Is(test) = test else { return "*".into() };
        let Some(TextTest::Matches(Pattern { pieces })) = &test.text else { return "*".into() };
        let inner = match pieces.as_slice() {
            [Piece::AnyRun] => &[],
            [Piece::AnyRun, inner @ .., Piece::AnyRun] => inner,
            all => all,
        };
        if inner.is_empty() {
            return in_quotes("");
        }
        write_bare(inner, self.dialect)
    }
}

/// The pieces of a text without wildcards.
fn literal(text: &str) -> Vec<Piece> {
    if text.is_empty() { Vec::new() } else { vec![Piece::Text(text.into())] }
}

fn range<T>(low: &Bound<T>, high: &Bound<T>, write: impl Fn(&T) -> String) -> String {
    let end = |bound: &Bound<T>| match bound {
        Bound::Included(value) | Bound::Excluded(value) => {
            let text = write(value);
            let plain = text.chars().all(|c| c.is_alphanumeric() || ".:-+_|".contains(c));
            let word = text.eq_ignore_ascii_case("to") || text.is_empty();
            if plain && !word { text } else { in_quotes(&text) }
        }
        Bound::Unbounded => "*".into(),
    };
    let open = if matches!(low, Bound::Excluded(_)) { '{' } else { '[' };
    let close = if matches!(high, Bound::Excluded(_)) { '}' } else { ']' };
    format!("{open}{} TO {}{close}", end(low), end(high))
}

fn number_range(number: &NumberRange) -> String {
    match (&number.low, &number.high) {
        (Bound::Included(low), Bound::Included(high)) if low == high => low.text(),
        (low, high) => range(low, high, |number: &Number| number.text()),
    }
}

fn date_range(date: &DateRange) -> String {
    let low = date.from.map_or(Bound::Unbounded, Bound::Included);
    let high = date.until.map_or(Bound::Unbounded, Bound::Excluded);
    range(&low, &high, ToString::to_string)
}

fn address_range(range: &AddressRange) -> String {
    format!("[{} TO {}]", address::text(range.first), address::text(range.last))
}
