//! A filter in plain English: "failed login events from 10.1.0.0/16 on 10 June 2026".

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::ops::Bound;

use crate::{
    Filter, Options, Schema,
    address::{self, AddressRange},
    filter::{DateRange, Leaf, NumberRange, Target, Test, TextTest, ValueTest, Word},
    pattern::{Pattern, Piece},
    schema::events,
    time::{Timestamp, civil_name},
};

/// What the filter finds, as a noun phrase for people to read. It is not a query, and leaves out what is rare.
///
/// ```
/// use trailsift_core::{Options, Schema, compile, describe};
///
/// let options = Options { schema: Schema::by_name("auth0").unwrap(), ..Options::default() };
/// let text = "category:login AND outcome:failure AND ip:10.1.0.0/16 AND date:2026-06-10";
/// let query = compile(text, &options).unwrap();
/// assert_eq!(
///     describe(query.filter(), &options),
///     "failed login events from 10.1.0.0/16 on 10 June 2026"
/// );
/// ```
#[must_use]
pub fn describe(filter: &Filter, options: &Options) -> String {
    let schema = options.schema;
    let parts = match filter {
        Filter::All => return format!("all {}", noun(schema)),
        Filter::Or(parts) if parts.is_empty() => return format!("no {}", noun(schema)),
        Filter::And(parts) => parts.as_slice(),
        other => core::slice::from_ref(other),
    };
    let mut phrase = Phrase { schema, ..Phrase::new(schema) };
    parts.iter().for_each(|part| phrase.add(part));
    phrase.finish()
}

fn noun(schema: &Schema) -> &'static str {
    match schema.name() {
        "auth0" | "event" => "events",
        "fga" | "cerbos-access" => "calls",
        "cerbos-decision" => "decisions",
        _ => "entries",
    }
}

/// A noun phrase in the making.
struct Phrase {
    schema: &'static Schema,
    /// Before the noun: "failed", "login".
    adjectives: Vec<String>,
    /// Behind the noun: "from 10.1.2.3", "on 10 June 2026".
    places: Vec<String>,
    /// Behind "where": "user name is anne".
    clauses: Vec<String>,
}

impl Phrase {
    fn new(schema: &'static Schema) -> Self {
        Self { schema, adjectives: Vec::new(), places: Vec::new(), clauses: Vec::new() }
    }

    fn add(&mut self, part: &Filter) {
        let (leaf, negated) = match part {
            Filter::Leaf(leaf) => (Some(leaf), false),
            Filter::Not(inner) => match &**inner {
                Filter::Leaf(leaf) => (Some(leaf), true),
                _ => (None, false),
            },
            _ => (None, false),
        };
        let special = leaf.and_then(|leaf| self.special(leaf, negated));
        if special.is_none() {
            let clause = clause(part, self.schema, false);
            self.clauses.push(clause);
        }
    }

    /// Leaves that read better than "field is value"; `None` where there is nothing better.
    fn special(&mut self, leaf: &Leaf, negated: bool) -> Option<()> {
        let (Target::Paths(paths), Test::Is(test)) = (&leaf.target, &leaf.test) else {
            return None;
        };
        let name = self.schema.name_of(paths)?;
        let not = if negated { "not " } else { "" };
        if let (Some(date), None) = (&test.date, &test.text)
            && self.schema.time_field() == Some(name.as_str())
        {
            self.places.push(format!("{not}{}", when(date)));
            return Some(());
        }
        if let Some(address) = &test.address
            && paths.iter().any(|path| path == "ip" || path == "peer.address" || path == "actor.ip")
        {
            self.places.push(format!("{not}from {}", network(address)));
            return Some(());
        }
        match (test.text.as_ref()?, name.as_str()) {
            (TextTest::Equals(code), "type") if self.schema.name() == "auth0" && !negated => {
                self.adjectives.push(format!("\"{}\"", events::event(code)?.name));
            }
            (TextTest::OneOf(codes), "type") if self.schema.name() == "auth0" && !negated => {
                let (field, value) = self.schema.derived_from(paths, codes)?;
                match (field, value) {
                    (_, "*") => self.adjectives.push("known".into()),
                    ("outcome", "failure") => self.adjectives.insert(0, "failed".into()),
                    ("outcome", "success") => self.adjectives.insert(0, "successful".into()),
                    _ => self.adjectives.push(value.into()),
                }
            }
            (TextTest::Equals(operation), "request.operation") if !negated => {
                self.adjectives.push(operation.clone());
            }
            _ => return None,
        }
        Some(())
    }

    fn finish(self) -> String {
        let mut out = self.adjectives.join(" ");
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(noun(self.schema));
        for place in &self.places {
            out.push(' ');
            out.push_str(place);
        }
        if !self.clauses.is_empty() {
            out.push_str(" where ");
            out.push_str(&self.clauses.join(" and "));
        }
        out
    }
}

/// A filter as a clause; in parentheses where it is one of several.
fn clause(filter: &Filter, schema: &Schema, within: bool) -> String {
    let joined = |parts: &[Filter], word: &str| {
        let parts: Vec<_> = parts.iter().map(|part| clause(part, schema, true)).collect();
        let text = parts.join(word);
        if within && parts.len() > 1 { format!("({text})") } else { text }
    };
    match filter {
        Filter::All => "anything holds".into(),
        Filter::Or(parts) if parts.is_empty() => "nothing holds".into(),
        Filter::And(parts) => joined(parts, " and "),
        Filter::Or(parts) if parts.len() > 1 && !within => format!("({})", joined(parts, " or ")),
        Filter::Or(parts) => joined(parts, " or "),
        Filter::Not(inner) => match &**inner {
            Filter::Leaf(leaf) => leaf_clause(leaf, schema, true),
            other => format!("not {}", clause(other, schema, true)),
        },
        Filter::Leaf(leaf) => leaf_clause(leaf, schema, false),
    }
}

fn leaf_clause(leaf: &Leaf, schema: &Schema, negated: bool) -> String {
    let subject = match &leaf.target {
        Target::Anywhere => "any text".into(),
        Target::Paths(paths) => title(paths, schema),
    };
    match &leaf.test {
        Test::Exists if negated => format!("{subject} is missing"),
        Test::Exists => format!("{subject} is there"),
        Test::Is(test) => {
            let (verb, object) = predicate(test);
            let verb = match (verb, negated) {
                (verb, false) => verb,
                ("is", true) => "is not",
                ("is in", true) => "is not in",
                ("contains", true) => "does not contain",
                ("begins with", true) => "does not begin with",
                ("ends with", true) => "does not end with",
                (_, true) => "does not match",
            };
            format!("{subject} {verb} {object}")
        }
    }
}

fn title(paths: &[Word], schema: &Schema) -> String {
    let name = schema.name_of(paths);
    let field = name.as_ref().and_then(|name| schema.fields().iter().find(|f| f.name() == name));
    match field {
        Some(field) => {
            // "User name" within a sentence; "IP address" keeps its capitals.
            let mut chars = field.title().chars();
            let (first, second) = (chars.next(), chars.next());
            match (first, second) {
                (Some(first), Some(second)) if second.is_lowercase() => {
                    format!("{}{second}{}", first.to_lowercase(), chars.as_str())
                }
                _ => field.title().into(),
            }
        }
        None => format!(
            "`{}`",
            name.as_deref().or(paths.first().map(|path| &**path)).unwrap_or_default()
        ),
    }
}

fn predicate(test: &ValueTest) -> (&'static str, String) {
    match &test.text {
        Some(TextTest::Equals(text)) => match &test.address {
            Some(address) => ("is in", network(address)),
            None => ("is", format!("\"{text}\"")),
        },
        Some(TextTest::OneOf(texts)) => {
            let texts: Vec<_> = texts.iter().map(|text| format!("\"{text}\"")).collect();
            match texts.split_last() {
                Some((last, others)) if !others.is_empty() => {
                    ("is", format!("{} or {last}", others.join(", ")))
                }
                _ => ("is", texts.concat()),
            }
        }
        Some(TextTest::Matches(pattern)) => pattern_predicate(pattern),
        Some(TextTest::Between(low, high)) => {
            ("is", between(low, high, |text| format!("\"{text}\"")))
        }
        None => {
            if let Some(date) = &test.date {
                ("is", when(date))
            } else if let Some(address) = &test.address {
                ("is in", network(address))
            } else if let Some(NumberRange { low, high }) = &test.number {
                ("is", between(low, high, |number| number.text()))
            } else if let Some(boolean) = test.boolean {
                ("is", boolean.to_string())
            } else {
                ("is", "null".into())
            }
        }
    }
}

fn pattern_predicate(pattern: &Pattern) -> (&'static str, String) {
    match pattern.pieces.as_slice() {
        [Piece::AnyRun, Piece::Text(text), Piece::AnyRun] => ("contains", format!("\"{text}\"")),
        [Piece::Text(text), Piece::AnyRun] => ("begins with", format!("\"{text}\"")),
        [Piece::AnyRun, Piece::Text(text)] => ("ends with", format!("\"{text}\"")),
        pieces => {
            let text: String = pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Text(text) => text.as_str(),
                    Piece::AnyRun => "*",
                    Piece::AnyOne => "?",
                })
                .collect();
            ("matches", format!("\"{text}\""))
        }
    }
}

fn between<T: PartialEq>(low: &Bound<T>, high: &Bound<T>, text: impl Fn(&T) -> String) -> String {
    match (low, high) {
        (Bound::Included(low), Bound::Included(high)) if low == high => text(low),
        (Bound::Unbounded, Bound::Unbounded) => "anything".into(),
        (Bound::Included(low), Bound::Unbounded) => format!("at least {}", text(low)),
        (Bound::Excluded(low), Bound::Unbounded) => format!("more than {}", text(low)),
        (Bound::Unbounded, Bound::Included(high)) => format!("at most {}", text(high)),
        (Bound::Unbounded, Bound::Excluded(high)) => format!("less than {}", text(high)),
        (
            Bound::Included(low) | Bound::Excluded(low),
            Bound::Included(high) | Bound::Excluded(high),
        ) => {
            format!("between {} and {}", text(low), text(high))
        }
    }
}

fn network(range: &AddressRange) -> String {
    let (first, last) = (range.first.to_bits(), range.last.to_bits());
    if first == last {
        return address::text(range.first);
    }
    let hosts = first ^ last;
    let is_network = hosts & hosts.wrapping_add(1) == 0 && first & hosts == 0;
    if !is_network {
        return format!("{} to {}", address::text(range.first), address::text(range.last));
    }
    let family_bits = if range.first.to_ipv4_mapped().is_some() { 32 } else { 128 };
    format!("{}/{}", address::text(range.first), family_bits - hosts.count_ones().min(family_bits))
}

fn when(date: &DateRange) -> String {
    match (date.from, date.until) {
        (Some(from), Some(until)) => match civil_name(from, until) {
            Some((preposition, name)) => format!("{preposition} {name}"),
            None => format!("from {} until {}", instant(from), instant(until)),
        },
        (Some(from), None) => format!("since {}", instant(from)),
        (None, Some(until)) => format!("before {}", instant(until)),
        (None, None) => "at any time".into(),
    }
}

/// A day where it is one's start, else the instant.
fn instant(instant: Timestamp) -> String {
    crate::time::day_name(instant).unwrap_or_else(|| instant.to_string())
}
