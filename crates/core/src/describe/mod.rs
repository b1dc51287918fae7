//! A filter in plain English: "failed logins from 10.1.0.0/16 on 10 June 2026". It is no query.

mod clause;
mod kind;
mod tree;
mod words;

use alloc::{string::String, vec::Vec};
use core::{cell::Cell, slice};

use crate::{
    Filter, Options, Schema,
    filter::{Test, Word},
};
use kind::Kind;
use tree::{Group, Node, Reader, Subject};
use words::{Clock, count, list, network, say, when};

/// What the filter finds, as a noun phrase for people to read, in time linear in the filter. It is not a query: events
/// are called by their names, and of long lists only the first are told.
///
/// What comes from the query's author stands in quotes, with control characters visible, and is cut after 100
/// characters. Days and times are in UTC.
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
    let clock = Clock::new(options.now);
    let teller = Teller { schema, clock, ignores_case: Cell::new(false) };
    let mut out = String::new();
    match &Reader::new(schema).node(filter, false) {
        Node::Constant(true) => say(&mut out, &["all ", noun(schema)]),
        Node::Constant(false) => say(&mut out, &["no ", noun(schema)]),
        Node::Many { every: true, parts } => phrase(&mut out, parts, false, &teller),
        node => phrase(&mut out, slice::from_ref(node), false, &teller),
    }
    if teller.ignores_case.get() {
        say(&mut out, &[", ignoring case"]);
    }
    out
}

/// What is told of.
struct Teller {
    schema: &'static Schema,
    clock: Clock,
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
fn phrase(out: &mut String, parts: &[Node<'_>], flipped: bool, teller: &Teller) {
    let schema = teller.schema;
    let phrase = Phrase { clock: teller.clock, ..Phrase::default() };
    let (mut phrase, mut clauses) = (phrase, Vec::new());
    // Both one a line.
    let (mut relatives, mut exceptions) = (String::new(), String::new());
    for part in parts {
        match part {
            Node::Group(group) => {
                let negated = group.negated != flipped;
                if group.subject == Subject::Text {
                    say(&mut phrase.texts, &["whose "]);
                    clause::clause(&mut phrase.texts, group, negated, None, teller);
                    say(&mut phrase.texts, &["\n"]);
                } else if !phrase.add_group(group, negated, schema) {
                    clauses.push(part);
                }
            }
            Node::Many { every: false, parts } if parts.iter().all(is_negated) => {
                self::phrase(&mut exceptions, parts, true, teller);
                say(&mut exceptions, &["\n"]);
            }
            _ => clauses.push(part),
        }
    }
    let start = out.len();
    let alone = if flipped { "those" } else { noun(schema) };
    kind::subject(out, &mut relatives, &phrase.kinds, schema, alone);
    phrase.places.tell(out);
    phrase.times.tell(out);
    say(&mut relatives, &[&phrase.texts]);
    if !clauses.is_empty() {
        say(&mut relatives, &["where "]);
        clause::clauses(&mut relatives, &mut clauses.into_iter(), true, flipped, teller);
        say(&mut relatives, &["\n"]);
    }
    if !relatives.is_empty() {
        say(out, &[" "]);
        list(out, &relatives, "and", "other conditions");
    }
    if !exceptions.is_empty() {
        if out.get(start..) == Some(alone) {
            out.insert_str(start, "all ");
        }
        say(out, &[if relatives.is_empty() { " except " } else { ", except " }]);
        list(out, &exceptions, "and", "others");
    }
}

fn is_negated(node: &Node<'_>) -> bool {
    matches!(node, Node::Group(Group { negated: true, .. }))
}

/// What reads better than "field is value".
#[derive(Default)]
struct Phrase {
    clock: Clock,
    /// Each with whether it is negated.
    kinds: Vec<(Kind, bool)>,
    places: Places,
    times: Places,
    /// What is said of the entry's text, one a line.
    texts: String,
}

impl Phrase {
    /// Adds each of the group's tests where every one has to pass, else all of them together. `false`: they are not
    /// that special, and nothing was added.
    fn add_group(&mut self, group: &Group<'_>, negated: bool, schema: &Schema) -> bool {
        let Subject::Paths([path]) = group.subject else { return false };
        let size = if group.every { 1 } else { group.tests.len().max(1) };
        let is_time = schema.time_field() == Some(path);
        let is_place = !schema.is_open() && matches!(&**path, "ip" | "peer.address" | "actor.ip");
        let fits = |test: &&Test| match test {
            Test::Is(test) if is_time => test.date.is_some(),
            Test::Is(test) => is_place && test.address.is_some(),
            Test::Exists => false,
        };
        if group.tests.iter().all(fits) {
            for tests in group.tests.chunks(size) {
                self.add_places(tests, negated);
            }
            return true;
        }
        let before = self.kinds.len();
        for tests in group.tests.chunks(size) {
            let Some(kind) = Kind::new(schema, group.subject, tests) else {
                self.kinds.truncate(before);
                return false;
            };
            self.kinds.push((kind, negated));
        }
        true
    }

    /// Any of the addresses or times, or none of them.
    fn add_places(&mut self, tests: &[&Test], negated: bool) {
        let mut names = String::new();
        let clock = self.clock;
        let (mut places, mut preposition) = (&mut self.times, "");
        for test in tests {
            let Test::Is(test) = test else { continue };
            if let Some(date) = &test.date {
                when(&mut names, date, negated, clock);
            } else if let Some(range) = &test.address {
                (places, preposition) = (&mut self.places, "from ");
                network(&mut names, range, false);
            }
            say(&mut names, &["\n"]);
        }
        places.add(&names, preposition, negated);
    }
}

/// "from 10.1.0.0/16 but not from 10.1.2.3": those that hold, and those that do not, one a line.
#[derive(Default)]
struct Places {
    held: String,
    not: String,
}

impl Places {
    /// Any of the names, which are one a line, or none of them.
    fn add(&mut self, names: &str, preposition: &str, negated: bool) {
        let (places, parts, word) = match (negated, count(names)) {
            (false, _) => (&mut self.held, [preposition, ""], "or"),
            (true, 1) => (&mut self.not, ["not ", preposition], "nor"),
            (true, _) => (&mut self.not, [preposition, "neither "], "nor"),
        };
        say(places, &parts);
        list(places, names, word, "others");
        say(places, &["\n"]);
    }

    fn tell(&self, out: &mut String) {
        let but = if self.held.is_empty() { " " } else { " but " };
        for (before, places) in [(" ", &self.held), (but, &self.not)] {
            if !places.is_empty() {
                say(out, &[before]);
                list(out, places, "and", "others");
            }
        }
    }
}
