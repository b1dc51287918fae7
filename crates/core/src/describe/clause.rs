//! Conditions as clauses with a subject and a verb: "user name is \"anne\"".

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::{
    Teller,
    kind::Kind,
    tree::{Group, Node, Subject},
    words::{BOTH, NUMBERS, TEXTS, between, falls, list, network, quoted, quoted_pattern},
};
use crate::{
    FieldType, Schema,
    filter::{Test, TextTest, ValueTest},
    pattern::{Pattern, Piece},
};

/// The most conditions that are told one by one, and how many are told of more.
const MOST: usize = 12;
const TOLD: usize = 10;

/// A verb, and what it is with "not".
type Verb = (&'static str, &'static str);
const IS: Verb = ("is", "is not");
const FALLS: Verb = ("falls", "does not fall");
const SORTS: Verb = ("sorts", "does not sort");
const CONTAINS: Verb = ("contains", "does not contain");
const BEGINS: Verb = ("begins with", "does not begin with");
const ENDS: Verb = ("ends with", "does not end with");
const MATCHES: Verb = ("matches", "does not match");

/// Clauses, joined; those of many parts within others stand in parentheses. `flipped`: groups are told as their
/// opposite.
pub(super) fn clauses(
    out: &mut String,
    nodes: &[&Node<'_>],
    every: bool,
    flipped: bool,
    teller: &Teller,
) {
    let word = if every { "and" } else { "or" };
    let told = if nodes.len() > MOST { TOLD } else { nodes.len() };
    let alone = nodes.len() == 1;
    let mut comma = "";
    for (index, node) in nodes.iter().take(told).enumerate() {
        if index > 0 {
            out.push_str(&format!("{comma} {word} "));
        }
        comma = match node {
            Node::Constant(_) => "",
            Node::Group(group) => {
                if clause(out, group, group.negated != flipped, alone, teller) {
                    ","
                } else {
                    ""
                }
            }
            Node::Many { every, parts } => {
                let parts: Vec<_> = parts.iter().collect();
                out.push_str(if alone { "" } else { "(" });
                clauses(out, &parts, *every, flipped, teller);
                out.push_str(if alone { "" } else { ")" });
                ""
            }
        };
    }
    if told < nodes.len() {
        out.push_str(&format!("{comma} {word} {} other conditions", nodes.len() - told));
    }
}

/// One group as a clause. Whether it holds an "and" or "or" of its own.
pub(super) fn clause(
    out: &mut String,
    group: &Group<'_>,
    negated: bool,
    alone: bool,
    teller: &Teller,
) -> bool {
    let schema = teller.schema;
    if schema.name() == "auth0"
        && !(group.every && group.tests.len() > 1)
        && let Some(kind) = Kind::new(schema, group.subject, &group.tests)
    {
        let parts = kind.clauses(negated);
        let text = parts.join(if negated { " and " } else { " or " });
        let brackets = parts.len() > 1 && !alone;
        out.push_str(&if brackets { format!("({text})") } else { text });
        return kind.len() > 1;
    }
    let (name, kind) = match group.subject {
        Subject::Text => ("text".into(), FieldType::Any),
        Subject::Searched if negated => ("no searched field".into(), FieldType::Any),
        Subject::Searched => ("any searched field".into(), FieldType::Any),
        Subject::Paths(paths) => title(paths, schema),
    };
    out.push_str(&name);
    out.push(' ');
    if negated && matches!(group.tests.as_slice(), [Test::Exists]) {
        out.push_str("is missing");
        return false;
    }
    let mut said: Vec<(Verb, String)> = Vec::new();
    for test in &group.tests {
        say(&mut said, test, kind);
        if let Test::Is(test) = test
            && group.subject != Subject::Text
        {
            // Numbers, dates and addresses have no case.
            let other = test.number.is_some() || test.date.is_some() || test.address.is_some();
            let ignores = test.ignore_case && test.text.is_some() && !other;
            teller.ignores_case.set(teller.ignores_case.get() || ignores);
        }
    }
    // "No field is …" has its "not" already.
    predicates(out, &said, group.every, negated && group.subject != Subject::Searched)
}

/// "is 4, 5 or 6", "begins with neither \"a\" nor \"b\"", "is 4 or begins with \"5\"".
fn predicates(out: &mut String, said: &[(Verb, String)], every: bool, negated: bool) -> bool {
    let plain = |text: &String| text.strip_prefix(BOTH).unwrap_or(text).to_string();
    let word = if every != negated { "and" } else { "or" };
    match said {
        [] => out.push_str("is nothing"),
        [((_, not), object)] if negated => out.push_str(&format!("{not} {object}")),
        [(verb, object)] => {
            out.push_str(&format!("{} {}", verb.0, plain(object)));
            return object.starts_with(BOTH);
        }
        [(verb, _), ..] if said.iter().all(|(other, _)| other == verb) => {
            let objects: Vec<_> = said.iter().map(|(_, object)| plain(object)).collect();
            let (neither, word) = if negated { ("neither ", "nor") } else { ("", word) };
            out.push_str(&format!("{} {neither}{}", verb.0, list(&objects, word)));
        }
        _ => {
            let told = said.iter().map(|((verb, not), object)| match negated {
                true => format!("{not} {object}"),
                false => format!("{verb} {}", plain(object)),
            });
            let told: Vec<_> = told.collect();
            out.push_str(&list(&told, word));
        }
    }
    said.len() > 1
}

/// The field's name for people, and its type.
fn title(paths: &[String], schema: &Schema) -> (String, FieldType) {
    let name = schema.name_of(paths);
    let field = name.as_ref().and_then(|name| schema.fields().iter().find(|f| f.name() == name));
    let Some(field) = field else {
        let names = match &name {
            Some(name) => core::slice::from_ref(name),
            None => paths,
        };
        let names: Vec<_> = names.iter().map(|name| quoted(name, '`')).collect();
        return (list(&names, "or"), FieldType::Any);
    };
    // "API request: IP address" is a heading.
    let title = field.title().replace(": ", "'s ");
    // "User name" within a sentence; "IP address" keeps its capitals.
    let mut chars = title.chars();
    let title = match (chars.next(), chars.next()) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            format!("{}{second}{}", first.to_ascii_lowercase(), chars.as_str())
        }
        _ => title,
    };
    (title, field.kind())
}

/// Adds what a test says of its subject: one thing, or any of several.
fn say(said: &mut Vec<(Verb, String)>, test: &Test, kind: FieldType) {
    let test = match test {
        Test::Exists => return said.push((IS, "present".into())),
        Test::Is(test) => test,
    };
    said.push(match &test.text {
        Some(TextTest::OneOf(texts)) => {
            return said.extend(texts.iter().map(|text| (IS, value(text))));
        }
        Some(TextTest::Equals(text)) => (IS, equal(text, test)),
        Some(TextTest::Matches(pattern)) => matching(pattern),
        Some(TextTest::Between(low, high)) => {
            let is_text = matches!(kind, FieldType::Text | FieldType::Keyword | FieldType::Id);
            match typed(test) {
                Some(typed) if !is_text => typed,
                _ => {
                    let range = between((low, high), TEXTS, |text| quoted(text, '"'));
                    (SORTS, format!("{range} by code point"))
                }
            }
        }
        None => typed(test).unwrap_or_else(|| match test.boolean {
            Some(boolean) => (IS, boolean.to_string()),
            None if test.null => (IS, "null".into()),
            None => (IS, "nothing".into()),
        }),
    });
}

/// What is said of a number, a date or an address.
fn typed(test: &ValueTest) -> Option<(Verb, String)> {
    if let Some(number) = &test.number {
        let exact = number.low == number.high;
        return Some((
            IS,
            match number.low {
                core::ops::Bound::Included(number) if exact => number.text(),
                _ => between((&number.low, &number.high), NUMBERS, |number| number.text()),
            },
        ));
    }
    if let Some(date) = &test.date {
        return Some((FALLS, falls(date)));
    }
    test.address.as_ref().map(|range| {
        let name = network(range);
        let text = match (range.first == range.last, name.contains('/')) {
            (true, _) => name,
            (false, true) => format!("in {name}"),
            (false, false) => format!("in the range {name}"),
        };
        (IS, text)
    })
}

/// A text, or what else is written as it is.
fn equal(text: &str, test: &ValueTest) -> String {
    if let (Some(_), Some((_, network))) = (&test.address, typed(test)) {
        return network;
    }
    let number = test.number.is_some_and(
        |number| matches!(number.low, core::ops::Bound::Included(number) if number.text() == text),
    );
    if number || test.boolean.is_some() || test.null { text.into() } else { value(text) }
}

fn value(text: &str) -> String {
    if text.is_empty() { "empty".into() } else { quoted(text, '"') }
}

fn matching(pattern: &Pattern) -> (Verb, String) {
    let (verb, text) = match pattern.pieces.as_slice() {
        [Piece::AnyRun, Piece::Text(text), Piece::AnyRun] => (CONTAINS, text),
        [Piece::Text(text), Piece::AnyRun] => (BEGINS, text),
        [Piece::AnyRun, Piece::Text(text)] => (ENDS, text),
        [Piece::Text(text)] => (IS, text),
        pieces if pieces.iter().all(|piece| *piece == Piece::AnyRun) => {
            return (IS, "anything".into());
        }
        pieces => {
            return (MATCHES, quoted_pattern(pieces));
        }
    };
    (verb, quoted(text, '"'))
}
