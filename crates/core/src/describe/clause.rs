//! Conditions as clauses with a subject and a verb: "user name is \"anne\"".

use alloc::string::{String, ToString};
use core::ops::Bound;

use super::{
    Teller, Word,
    kind::Kind,
    tree::{Group, Node, Subject},
    words::{
        Clock, NUMBERS, TEXTS, between, count, list, network, quote, quote_name, quote_pattern,
        say, when,
    },
};
use crate::{
    FieldType, Number, Schema,
    filter::{Test, TextTest, ValueTest},
    pattern::{Pattern, Piece},
};

/// The most conditions that are told one by one, and how many are told of more.
const MOST: usize = 12;
const TOLD: usize = 10;

/// A verb, and what it is with "not".
type Verb = (&'static str, &'static str);
const IS: Verb = ("is ", "is not ");
const FALLS: Verb = ("falls ", "does not fall ");
const SORTS: Verb = ("sorts ", "does not sort ");
const CONTAINS: Verb = ("contains ", "does not contain ");
const BEGINS: Verb = ("begins with ", "does not begin with ");
const ENDS: Verb = ("ends with ", "does not end with ");
const MATCHES: Verb = ("matches ", "does not match ");

/// Clauses, joined; those of many parts within others stand in parentheses. `flipped`: groups are told as their
/// opposite.
pub(super) fn clauses(
    out: &mut String,
    nodes: &mut dyn ExactSizeIterator<Item = &Node<'_>>,
    every: bool,
    flipped: bool,
    teller: &Teller,
) {
    let word = if every { " and " } else { " or " };
    let count = nodes.len();
    let told = if count > MOST { TOLD } else { count };
    let (open, close) = if count > 1 { ("(", ")") } else { ("", "") };
    let mut comma = "";
    for (index, node) in nodes.take(told).enumerate() {
        if index > 0 {
            say(out, &[comma, word]);
        }
        comma = "";
        match node {
            Node::Constant(_) => {}
            Node::Group(group) => {
                let within = (count > 1).then_some(every);
                if clause(out, group, group.negated != flipped, within, teller) {
                    comma = ",";
                }
            }
            Node::Many { every, parts } => {
                say(out, &[open]);
                clauses(out, &mut parts.iter(), *every, flipped, teller);
                say(out, &[close]);
            }
        }
    }
    if told < count {
        say(out, &[comma, word, &(count - told).to_string(), " other conditions"]);
    }
}

/// One group as a clause; `within` others, of which all or any hold, in parentheses where its own "and" or "or" would
/// be taken for theirs. Whether it holds one outside them.
pub(super) fn clause(
    out: &mut String,
    group: &Group<'_>,
    negated: bool,
    within: Option<bool>,
    teller: &Teller,
) -> bool {
    let schema = teller.schema;
    if schema.name() == "auth0"
        && !(group.every && group.tests.len() > 1)
        && let Some(kind) = Kind::new(schema, group.subject, &group.tests)
    {
        let lines = kind.clauses(negated);
        let brackets = within.is_some() && count(&lines) > 1;
        let (open, close) = if brackets { ("(", ")") } else { ("", "") };
        say(out, &[open]);
        for (index, line) in lines.split_terminator('\n').enumerate() {
            let word = if negated { " and " } else { " or " };
            say(out, &[if index > 0 { word } else { "" }, line]);
        }
        say(out, &[close]);
        return kind.len() > 1 && !brackets;
    }
    let start = out.len();
    let kind = match group.subject {
        Subject::Text => {
            say(out, &["text "]);
            FieldType::Any
        }
        Subject::Searched => {
            say(out, &[if negated { "no" } else { "any" }, " searched field "]);
            FieldType::Any
        }
        Subject::Paths(paths) => title(out, paths, schema),
    };
    if negated && matches!(group.tests.as_slice(), [Test::Exists]) {
        say(out, &["is missing"]);
        return false;
    }
    // "No field is …" has its "not" already.
    let negated = negated && group.subject != Subject::Searched;
    let mut telling = Telling::new(kind, negated, teller.clock);
    for test in &group.tests {
        telling.add(test);
        if let Test::Is(test) = test
            && group.subject != Subject::Text
        {
            // Numbers, dates and addresses have no case.
            let other = test.number.is_some() || test.date.is_some() || test.address.is_some();
            let ignores = test.ignore_case && test.text.is_some() && !other;
            teller.ignores_case.set(teller.ignores_case.get() || ignores);
        }
    }
    let (joined, every) = telling.finish(out, group.every);
    let brackets = every.is_some_and(|every| within == Some(!every));
    if brackets {
        out.insert(start, '(');
        say(out, &[")"]);
    }
    joined && !brackets
}

/// The field's name for people. Its type.
fn title(out: &mut String, paths: &[Word], schema: &Schema) -> FieldType {
    let name = schema.name_of(paths);
    let field = name.as_ref().and_then(|name| schema.fields().iter().find(|f| f.name() == name));
    let Some(field) = field else {
        let mut names = String::new();
        for path in paths {
            quote_name(&mut names, name.as_deref().unwrap_or(path));
            say(&mut names, &["\n"]);
            if name.is_some() {
                break;
            }
        }
        list(out, &names, "or", "others");
        say(out, &[" "]);
        return FieldType::Any;
    };
    // "User name" within a sentence; "IP address" keeps its capitals.
    let title = field.title();
    let is_word = title.as_bytes().get(1).is_some_and(u8::is_ascii_lowercase);
    let start = out.len();
    // "API request: IP address" is a heading.
    match title.split_once(": ") {
        Some((thing, part)) => say(out, &[thing, "'s ", part, " "]),
        None => say(out, &[title, " "]),
    }
    if is_word && let Some(first) = out.get_mut(start..start + 1) {
        first.make_ascii_lowercase();
    }
    field.kind()
}

/// "is 4, 5 or 6", "begins with neither \"a\" nor \"b\"", "is 4 or begins with \"5\"".
struct Telling {
    clock: Clock,
    kind: FieldType,
    negated: bool,
    /// The verb of all, as long as it is one.
    verb: Option<Verb>,
    mixed: bool,
    /// What stands behind the verb, one a line, and the same with its verb.
    objects: String,
    predicates: String,
    /// Whether two conditions are told as one.
    two: bool,
}

impl Telling {
    const fn new(kind: FieldType, negated: bool, clock: Clock) -> Self {
        Self {
            clock,
            kind,
            negated,
            verb: None,
            mixed: false,
            objects: String::new(),
            predicates: String::new(),
            two: false,
        }
    }

    /// What a test says of its subject: one thing, or any of several.
    fn add(&mut self, test: &Test) {
        let start = self.objects.len();
        let verb = match test {
            Test::Exists => self.word("present"),
            Test::Is(test) => self.say(test),
        };
        if self.objects.len() > start && !self.objects.ends_with('\n') {
            say(&mut self.objects, &["\n"]);
        }
        self.mixed |= *self.verb.get_or_insert(verb) != verb;
        for object in self.objects.get(start..).unwrap_or_default().split_terminator('\n') {
            let verb = if self.negated { verb.1 } else { verb.0 };
            say(&mut self.predicates, &[verb, object, "\n"]);
        }
    }

    fn word(&mut self, word: &str) -> Verb {
        say(&mut self.objects, &[word]);
        IS
    }

    fn say(&mut self, test: &ValueTest) -> Verb {
        let out = &mut self.objects;
        match &test.text {
            Some(TextTest::OneOf(texts)) => {
                for text in texts {
                    value(out, text);
                    say(out, &["\n"]);
                }
                IS
            }
            Some(TextTest::Equals(text)) => {
                let number = test.number.and_then(|number| exactly(number.low));
                if let Some(range) = &test.address {
                    network(out, range, true);
                } else if test.boolean.is_some()
                    || test.null
                    || number.is_some_and(|number| number.text() == *text)
                {
                    say(out, &[text]);
                } else {
                    value(out, text);
                }
                IS
            }
            Some(TextTest::Matches(pattern)) => matching(out, pattern),
            Some(TextTest::Between(low, high)) => {
                if !matches!(self.kind, FieldType::Text | FieldType::Keyword | FieldType::Id)
                    && let Some(verb) = self.typed(test)
                {
                    return verb;
                }
                let text = |bound: &Bound<String>| {
                    bound.as_ref().map(|text| {
                        let mut quoted = String::new();
                        quote(&mut quoted, text);
                        quoted
                    })
                };
                self.range(&text(low), &text(high), TEXTS);
                say(&mut self.objects, &[" by code point"]);
                SORTS
            }
            None => self.typed(test).unwrap_or_else(|| {
                self.word(match test.boolean {
                    Some(true) => "true",
                    Some(false) => "false",
                    None if test.null => "null",
                    None => "nothing",
                })
            }),
        }
    }

    /// What is said of a number, a date or an address.
    fn typed(&mut self, test: &ValueTest) -> Option<Verb> {
        let out = &mut self.objects;
        if let Some(number) = &test.number {
            match exactly(number.low) {
                Some(exact) if number.low == number.high => say(out, &[&exact.text()]),
                _ => {
                    let text = |bound: Bound<Number>| bound.map(Number::text);
                    self.range(&text(number.low), &text(number.high), NUMBERS);
                }
            }
            return Some(IS);
        }
        if let Some(date) = &test.date {
            when(out, date, true, self.clock);
            return Some(FALLS);
        }
        network(out, test.address.as_ref()?, true);
        Some(IS)
    }

    fn range(&mut self, low: &Bound<String>, high: &Bound<String>, ends: [&'static str; 4]) {
        let (low, high) = (low.as_ref().map(String::as_str), high.as_ref().map(String::as_str));
        self.two |= between(&mut self.objects, low, high, ends, self.negated);
    }

    /// Tells it. Whether there is an "and" or "or" in it; and whether it is "and", where either could be taken for one
    /// between clauses.
    fn finish(self, out: &mut String, every: bool) -> (bool, Option<bool>) {
        let several = count(&self.objects) > 1;
        let all = every != self.negated;
        let word = if all { "and" } else { "or" };
        match self.verb {
            Some((verb, _)) if !self.mixed && several => {
                let (neither, word) = if self.negated { ("neither ", "nor") } else { ("", word) };
                say(out, &[verb, neither]);
                list(out, &self.objects, word, "others");
            }
            _ => list(out, &self.predicates, word, "others"),
        }
        (several || self.two, (several && (self.mixed || every)).then_some(all))
    }
}

fn exactly(bound: Bound<Number>) -> Option<Number> {
    if let Bound::Included(number) = bound { Some(number) } else { None }
}

fn value(out: &mut String, text: &str) {
    if text.is_empty() {
        say(out, &["empty"]);
    } else {
        quote(out, text);
    }
}

fn matching(out: &mut String, pattern: &Pattern) -> Verb {
    let (verb, text) = match pattern.pieces.as_slice() {
        [Piece::AnyRun, Piece::Text(text), Piece::AnyRun] => (CONTAINS, text),
        [Piece::Text(text), Piece::AnyRun] => (BEGINS, text),
        [Piece::AnyRun, Piece::Text(text)] => (ENDS, text),
        [Piece::Text(text)] => (IS, text),
        pieces if pieces.iter().all(|piece| *piece == Piece::AnyRun) => {
            say(out, &["anything"]);
            return IS;
        }
        pieces => {
            quote_pattern(out, pieces);
            return MATCHES;
        }
    };
    quote(out, text);
    verb
}
