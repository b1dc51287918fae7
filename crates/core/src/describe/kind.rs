//! Conditions that say what kind of event is meant: the sentence's noun and its adjective.

use alloc::string::String;

use super::{
    noun,
    tree::Subject,
    words::{count, list, quote, say},
};
use crate::{
    Schema,
    events::{Category, EVENTS, Outcome},
    filter::{Test, TextTest},
};

/// Any of these kinds of events.
#[derive(Default)]
pub(super) struct Kind {
    /// A bit for each.
    outcomes: u32,
    /// A bit for each.
    categories: u32,
    /// Names of events, ready to be told, one a line.
    names: String,
    /// Codes without a name, ready to be told, one a line.
    codes: String,
    /// Whatever has a name.
    any: bool,
}

const fn bit(category: Category) -> u32 {
    1 << category as u32
}

const fn outcome_bit(outcome: Outcome) -> u32 {
    1 << outcome as u32
}

const FAILURE: u32 = outcome_bit(Outcome::Failure);
const WARNING: u32 = outcome_bit(Outcome::Warning);

impl Kind {
    /// What any of the tests asks for; `None` where they are of something else.
    pub(super) fn new(schema: &Schema, subject: Subject<'_>, tests: &[&Test]) -> Option<Self> {
        let Subject::Paths([path]) = subject else { return None };
        let mut kind = Self::default();
        let mut held = [false; EVENTS.len()];
        for test in tests {
            let Test::Is(test) = test else { return None };
            match &test.text {
                Some(TextTest::Equals(text)) if !test.null => {
                    kind.add(schema, path, text, &mut held)?;
                }
                Some(TextTest::OneOf(texts)) => {
                    for text in texts {
                        kind.add(schema, path, text, &mut held)?;
                    }
                }
                _ => return None,
            }
        }
        kind.add_events(&held);
        (kind.any || kind.outcomes | kind.categories != 0 || !kind.names.is_empty()).then_some(kind)
    }

    /// Adds a value of a field; `None` where the field or the value tells no kind. Auth0's codes become `held` events.
    fn add(&mut self, schema: &Schema, path: &str, text: &str, held: &mut [bool]) -> Option<()> {
        match (schema.name(), path) {
            ("auth0", "type") => {
                let event = EVENTS.binary_search_by(|event| event.code.cmp(text));
                match event.ok().and_then(|event| held.get_mut(event)) {
                    Some(held) => *held = true,
                    None => quote_line(&mut self.codes, text),
                }
            }
            ("event", "outcome") => {
                let mut all = Outcome::ALL.iter();
                self.outcomes |= outcome_bit(*all.find(|known| known.as_str() == text)?);
            }
            ("event", "type") | ("fga", "request.operation") if !text.is_empty() => {
                if schema.field(path)?.known_values().contains(&text) {
                    say(&mut self.names, &[text, "\n"]);
                } else {
                    quote_line(&mut self.names, text);
                }
            }
            _ => return None,
        }
        Some(())
    }

    /// Auth0's events: as categories if they are some, else also as outcomes, and by name what is left.
    fn add_events(&mut self, held: &[bool]) {
        let (mut lacking, mut missed, mut found) = (0, 0, 0);
        for (event, held) in EVENTS.iter().zip(held) {
            if *held {
                found += 1;
            } else {
                lacking |= bit(event.category);
                missed |= outcome_bit(event.outcome);
            }
        }
        self.any = found == EVENTS.len();
        if self.any || found == 0 {
            return;
        }
        let held = || EVENTS.iter().zip(held).filter(|(_, held)| **held).map(|(event, _)| event);
        if found > 1 {
            if held().any(|event| lacking & bit(event.category) != 0) {
                self.outcomes |= (FAILURE | WARNING | outcome_bit(Outcome::Success)) & !missed;
            }
            for event in held().filter(|event| self.outcomes & outcome_bit(event.outcome) == 0) {
                self.categories |= bit(event.category) & !lacking;
            }
        }
        for event in held() {
            let told = self.outcomes & outcome_bit(event.outcome) != 0;
            if !told && self.categories & bit(event.category) == 0 {
                quote_line(&mut self.names, event.name);
            }
        }
    }

    /// How many kinds these are.
    pub(super) fn len(&self) -> usize {
        let bits = self.outcomes.count_ones() + self.categories.count_ones();
        bits as usize + usize::from(self.any) + count(&self.names) + count(&self.codes)
    }

    /// Whether this is whatever has a name, and nothing else.
    fn is_any(&self) -> bool {
        self.any && self.len() == 1
    }

    /// Whether this is one outcome, and nothing else.
    fn is_outcome(&self) -> bool {
        self.outcomes != 0 && self.len() == 1
    }

    /// The categories, one a line, with `end` behind each; without, as they are in the plural.
    fn categories(&self, end: Option<&str>) -> String {
        let mut lines = String::new();
        for category in Category::ALL.iter().filter(|other| self.categories & bit(**other) != 0) {
            say_category(&mut lines, *category, end);
            say(&mut lines, &["\n"]);
        }
        lines
    }

    /// The outcomes, one a line.
    fn outcomes(&self, plural: bool) -> String {
        let mut lines = String::new();
        for outcome in Outcome::ALL.iter().filter(|other| self.outcomes & outcome_bit(**other) != 0)
        {
            let end = match outcome {
                _ if !plural => "",
                Outcome::Success => "es",
                Outcome::Failure | Outcome::Warning => "s",
            };
            say(&mut lines, &[outcome.as_str(), end, "\n"]);
        }
        lines
    }

    /// "logins and logouts", "logins, failures or \"Breached password\" events".
    fn plural(&self, out: &mut String, word: &str, noun: &str) {
        let mut lines = self.categories(None);
        say(&mut lines, &[&self.outcomes(true)]);
        if lines.is_empty() && !self.any && self.codes.is_empty() {
            list(out, &self.names, word, "other");
            return say(out, &[" ", noun]);
        }
        for name in self.names.split_terminator('\n') {
            say(&mut lines, &[name, " ", noun, "\n"]);
        }
        if self.any {
            say(&mut lines, &[noun, " of a known type\n"]);
        }
        for code in self.codes.split_terminator('\n') {
            say(&mut lines, &[noun, " with the code ", code, "\n"]);
        }
        list(out, &lines, word, "others");
    }

    /// As clauses with a subject and a verb each, one a line; of Auth0's events only.
    pub(super) fn clauses(&self, negated: bool) -> String {
        let mut lines = String::new();
        for (subject, values) in [
            ("category", &*self.categories(Some(""))),
            ("outcome", &self.outcomes(false)),
            ("event", &self.names),
            ("event code", &self.codes),
            ("event", if self.any { "known\n" } else { "" }),
        ] {
            if values.is_empty() {
                continue;
            }
            let (is, word) = match (negated, count(values)) {
                (false, _) => (" is ", "or"),
                (true, 1) => (" is not ", "nor"),
                (true, _) => (" is neither ", "nor"),
            };
            say(&mut lines, &[subject, is]);
            list(&mut lines, values, word, "others");
            say(&mut lines, &["\n"]);
        }
        lines
    }
}

fn quote_line(lines: &mut String, text: &str) {
    quote(lines, text);
    say(lines, &["\n"]);
}

fn say_category(out: &mut String, category: Category, end: Option<&str>) {
    let plural = match category {
        Category::Mfa
        | Category::Password
        | Category::Account
        | Category::Organization
        | Category::AttackProtection
        | Category::RateLimit
        | Category::KeyManagement
        | Category::Provisioning
        | Category::Extensibility
        | Category::System => " events",
        _ => "s",
    };
    match category {
        Category::Mfa => say(out, &["MFA"]),
        Category::ApiOperation => say(out, &["API operation"]),
        Category::SilentAuth => say(out, &["silent authentication"]),
        other => other.as_str().split('-').enumerate().for_each(|(index, part)| {
            say(out, &[if index > 0 { " " } else { "" }, part]);
        }),
    }
    say(out, &[end.unwrap_or(plural)]);
}

/// The sentence's noun with its adjective; what is told behind it of other kinds, one a line. `alone` is the noun that
/// stands for itself.
pub(super) fn subject(
    out: &mut String,
    relatives: &mut String,
    kinds: &[(Kind, bool)],
    schema: &Schema,
    alone: &str,
) {
    let noun = noun(schema);
    let (mut adjective, mut main, mut outcomes) = (None, None, None);
    for (kind, negated) in kinds {
        let place = match kind {
            kind if *negated || kind.is_any() => continue,
            kind if kind.is_outcome() => &mut adjective,
            kind if kind.outcomes == 0 => &mut main,
            _ => &mut outcomes,
        };
        place.get_or_insert(kind);
    }
    let warns = adjective.is_some_and(|kind| kind.outcomes == WARNING);
    if main.is_none() && (warns || adjective.is_none()) {
        main = adjective.take().or(outcomes);
    }
    match (adjective, main) {
        (None, None) => say(out, &[alone]),
        (None, Some(main)) => main.plural(out, "and", noun),
        (Some(_), Some(main)) if warns && main.names.is_empty() && main.codes.is_empty() => {
            list(out, &main.categories(Some("")), "and", "other");
            say(out, &[" warnings"]);
        }
        (Some(outcome), main) => {
            if warns {
                adjective = None;
            } else {
                say(out, &[if outcome.outcomes == FAILURE { "failed " } else { "successful " }]);
            }
            match main {
                Some(main) => main.plural(out, "and", noun),
                None => say(out, &[noun]),
            }
        }
    }
    for (kind, negated) in kinds {
        let told = |other: Option<&Kind>| other.is_some_and(|other| core::ptr::eq(other, kind));
        if kind.is_any() {
            say(out, &[if *negated { " of no known type" } else { " of a known type" }]);
        } else if !told(adjective) && !told(main) {
            let (how, word) = match (negated, kind.len()) {
                (true, 1) => ("not ", "nor"),
                (true, _) => ("neither ", "nor"),
                // An outcome adds to a kind; a second kind is a surprise.
                (false, _) if kind.outcomes != 0 && adjective.is_none() => ("", "or"),
                (false, _) => ("also ", "or"),
            };
            say(relatives, &["that are ", how]);
            kind.plural(relatives, word, noun);
            say(relatives, &["\n"]);
        }
    }
}
