//! A filter in plain English: "failed logins from 10.1.0.0/16 on 10 June 2026". It is no query, and names no codes.

mod clause;
mod kind;
mod tree;
mod words;

use alloc::{format, string::String, vec::Vec};
use core::{cell::Cell, slice};

use crate::{Filter, Options, Schema, filter::Test};
use kind::Kind;
use tree::{Group, Node, Reader, Subject};
use words::{LONGEST, falls, list, network, when};

/// What the filter finds, as a noun phrase for people to read, in time linear in the filter. It is not a query: events
/// are called by their names, and of long lists only the first are told.
///
/// What comes from the query's author stands in quotes, with control characters visible, and is cut after 100
/// characters. Times of day are in UTC.
///
/// ```
/// use trailsift_core::{Options, Schema, compile, describe};
///
/// let options = Options { schema: Schema::by_name("auth0").unwrap(), ..Options::default() };
/// let text = "category:login AND outcome:failure AND ip:10.1.0.0/16 AND date:2026-06-10";
/// let query = compile(text, &options).unwrap();
/// assert_eq!(
///     describe(query.filter(), &options),
///     "failed logins from 10.1.0.0/16 on 10 June 2026"
/// );
/// ```
#[must_use]
pub fn describe(filter: &Filter, options: &Options) -> String {
    let schema = options.schema;
    let teller = Teller { schema, ignores_case: Cell::new(false) };
    let mut out = match &Reader::new(schema).node(filter, false) {
        Node::Constant(true) => format!("all {}", noun(schema)),
        Node::Constant(false) => format!("no {}", noun(schema)),
        Node::Many { every: true, parts } => phrase(parts, false, &teller),
        node => phrase(slice::from_ref(node), false, &teller),
    };
    if teller.ignores_case.get() {
        out.push_str(", ignoring case");
    }
    out
}

/// What is told of.
struct Teller {
    schema: &'static Schema,
    /// Whether a text was told of whose case is ignored.
    ignores_case: Cell<bool>,
}

fn noun(schema: &Schema) -> &'static str {
    match schema.name() {
        "auth0" | "event" => "events",
        "fga" | "cerbos-access" => "calls",
        "cerbos-decision" => "decisions",
        _ => "entries",
    }
}

/// A noun phrase for all of `parts`. `flipped`: for the opposite of each, of which none has parts of its own, as what
/// something else leaves out.
fn phrase(parts: &[Node<'_>], flipped: bool, teller: &Teller) -> String {
    let schema = teller.schema;
    let (mut kinds, mut places, mut times) = (Vec::new(), Places::default(), Places::default());
    let (mut clauses, mut texts, mut exceptions) = (Vec::new(), Vec::new(), Vec::new());
    for part in parts {
        match part {
            Node::Group(group) => {
                let negated = group.negated != flipped;
                match special(group, negated, schema) {
                    None if group.subject == Subject::Text => {
                        let mut text = String::from("whose ");
                        clause::clause(&mut text, group, negated, true, teller);
                        texts.push(text);
                    }
                    None => clauses.push(part),
                    Some(some) => some.into_iter().for_each(|special| match special {
                        Special::Kind(kind) => kinds.push((kind, negated)),
                        Special::From(networks) => places.add(&networks, "from ", negated),
                        Special::When(names) => times.add(&names, "", negated),
                    }),
                }
            }
            Node::Many { every: false, parts } if parts.iter().all(is_negated) => {
                exceptions.push(phrase(parts, true, teller));
            }
            _ => clauses.push(part),
        }
    }
    let alone = if flipped { "those" } else { noun(schema) };
    let (mut out, mut relatives) = kind::subject(&kinds, schema, alone);
    for places in [places, times] {
        places.tell(&mut out);
    }
    relatives.append(&mut texts);
    if !clauses.is_empty() {
        let mut text = String::from("where ");
        clause::clauses(&mut text, &clauses, true, flipped, teller);
        relatives.push(text);
    }
    if !relatives.is_empty() {
        out.push(' ');
        out.push_str(&list(&relatives, "and"));
        if relatives.len() > LONGEST {
            // "and 4 others" becomes "and 4 other conditions".
            out.pop();
            out.push_str(" conditions");
        }
    }
    if !exceptions.is_empty() {
        if out == alone {
            out.insert_str(0, "all ");
        }
        let comma = if relatives.is_empty() { "" } else { "," };
        out.push_str(&format!("{comma} except {}", list(&exceptions, "and")));
    }
    out
}

fn is_negated(node: &Node<'_>) -> bool {
    matches!(node, Node::Group(Group { negated: true, .. }))
}

/// "from 10.1.0.0/16 but not from 10.1.2.3": those that hold, and those that do not.
#[derive(Default)]
struct Places {
    held: Vec<String>,
    not: Vec<String>,
}

impl Places {
    /// Any of `names`, or none of them.
    fn add(&mut self, names: &[String], preposition: &str, negated: bool) {
        match (negated, names) {
            (false, _) => self.held.push(format!("{preposition}{}", list(names, "or"))),
            (true, [name]) => self.not.push(format!("not {preposition}{name}")),
            (true, _) => self.not.push(format!("{preposition}neither {}", list(names, "nor"))),
        }
    }

    fn tell(self, out: &mut String) {
        let but = if self.held.is_empty() { " " } else { " but " };
        for (before, places) in [(" ", self.held), (but, self.not)] {
            if !places.is_empty() {
                out.push_str(before);
                out.push_str(&list(&places, "and"));
            }
        }
    }
}

/// Conditions that read better than "field is value".
enum Special {
    Kind(Kind),
    From(Vec<String>),
    When(Vec<String>),
}

/// What is special in each of the group's tests where every one has to pass, else in all of them together.
fn special(group: &Group<'_>, negated: bool, schema: &Schema) -> Option<Vec<Special>> {
    let size = if group.every { 1 } else { group.tests.len() };
    let tests = group.tests.chunks(size.max(1));
    tests.map(|tests| special_of(group.subject, tests, negated, schema)).collect()
}

fn special_of(
    subject: Subject<'_>,
    tests: &[&Test],
    negated: bool,
    schema: &Schema,
) -> Option<Special> {
    let Subject::Paths([path]) = subject else { return None };
    if let Some(kind) = Kind::new(schema, subject, tests) {
        return Some(Special::Kind(kind));
    }
    let values =
        || tests.iter().map(|test| if let Test::Is(test) = test { Some(test) } else { None });
    if schema.time_field() == Some(path) {
        let dates =
            values().map(|test| test?.date.as_ref().map(if negated { falls } else { when }));
        return dates.collect::<Option<_>>().map(Special::When);
    }
    if !schema.is_open() && matches!(path.as_str(), "ip" | "peer.address" | "actor.ip") {
        let networks = values().map(|test| test?.address.as_ref().map(network));
        return networks.collect::<Option<_>>().map(Special::From);
    }
    None
}
