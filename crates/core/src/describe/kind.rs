//! Conditions that say what kind of event is meant: the sentence's noun and its adjective.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::{
    noun,
    tree::Subject,
    words::{LONGEST, list, quoted},
};
use crate::{
    Schema,
    events::{Category, EVENTS, Outcome},
    filter::{Test, TextTest},
};

/// Any of these kinds of events.
#[derive(Default)]
pub(super) struct Kind {
    outcomes: Vec<Outcome>,
    categories: Vec<Category>,
    /// Names of events, ready to be told.
    names: Vec<String>,
    /// Codes without a name, ready to be told.
    codes: Vec<String>,
    /// Whatever has a name.
    any: bool,
}

impl Kind {
    /// What any of the tests asks for; `None` where they are of something else.
    pub(super) fn new(schema: &Schema, subject: Subject<'_>, tests: &[&Test]) -> Option<Self> {
        let Subject::Paths([path]) = subject else { return None };
        let place = (schema.name(), path.as_str());
        if !matches!(
            place,
            ("auth0" | "event", "type") | ("event", "outcome") | ("fga", "request.operation")
        ) {
            return None;
        }
        let mut texts: Vec<&str> = Vec::new();
        for test in tests {
            let Test::Is(test) = test else { return None };
            match &test.text {
                Some(TextTest::Equals(text)) if !test.null => texts.push(text),
                Some(TextTest::OneOf(some)) => texts.extend(some.iter().map(String::as_str)),
                _ => return None,
            }
        }
        let mut kind = Self::default();
        match place {
            ("auth0", _) => kind.add_codes(&texts),
            (_, "outcome") => {
                let all = Outcome::ALL.iter().copied();
                kind.outcomes = all.filter(|outcome| texts.contains(&outcome.as_str())).collect();
                if kind.outcomes.len() != texts.len() {
                    return None;
                }
            }
            _ if texts.contains(&"") => return None,
            _ => {
                let known = schema.field(path)?.known_values();
                let name = |text: &&str| match known.contains(text) {
                    true => text.to_string(),
                    false => quoted(text, '"'),
                };
                kind.names = texts.iter().map(name).collect();
            }
        }
        let named = kind.any || !kind.outcomes.is_empty() || !kind.categories.is_empty();
        (named || !kind.names.is_empty()).then_some(kind)
    }

    /// Auth0's codes: as categories if they are some, else also as outcomes, and by name what is left.
    fn add_codes(&mut self, texts: &[&str]) {
        let mut held = [false; EVENTS.len()];
        for text in texts {
            let place = EVENTS.binary_search_by(|event| event.code.cmp(text));
            match place.ok().and_then(|place| held.get_mut(place)) {
                Some(held) => *held = true,
                None => self.codes.push(quoted(text, '"')),
            }
        }
        let events = || EVENTS.iter().zip(&held);
        if events().all(|(_, held)| *held) {
            self.any = true;
            return;
        }
        let mut left: Vec<_> =
            events().filter(|(_, held)| **held).map(|(event, _)| event).collect();
        if left.len() > 1 {
            let whole = |category: &&Category| {
                events().all(|(event, held)| *held || event.category != **category)
            };
            let mut categories: Vec<_> = Category::ALL.iter().filter(whole).copied().collect();
            if !left.iter().all(|event| categories.contains(&event.category)) {
                let whole = |outcome: &&Outcome| {
                    events().all(|(event, held)| *held || event.outcome != **outcome)
                };
                self.outcomes = Outcome::ALL.iter().filter(whole).copied().collect();
                left.retain(|event| !self.outcomes.contains(&event.outcome));
                categories.retain(|category| left.iter().any(|event| event.category == *category));
            }
            left.retain(|event| !categories.contains(&event.category));
            self.categories = categories;
        }
        self.names = left.iter().map(|event| quoted(event.name, '"')).collect();
    }

    /// How many kinds these are.
    pub(super) fn len(&self) -> usize {
        self.outcomes.len() + self.categories.len() + self.names.len() + self.codes.len()
    }

    /// The one outcome that this is, and nothing else.
    fn outcome(&self) -> Option<Outcome> {
        self.outcomes.first().copied().filter(|_| self.len() == 1)
    }

    /// "logins and logouts", "logins, \"Breached password\" events or failures".
    fn plural(&self, word: &str, noun: &str) -> String {
        let mut items: Vec<String> = Vec::new();
        items.extend(self.categories.iter().map(|category| plural(*category)));
        if items.is_empty() && self.outcomes.is_empty() && self.codes.is_empty() {
            let mut names = list(&self.names, word);
            if self.names.len() > LONGEST {
                // "and 4 others" becomes "and 4 other events".
                names.pop();
            }
            return format!("{names} {noun}");
        }
        items.extend(self.outcomes.iter().map(|outcome| plural_outcome(*outcome).to_string()));
        items.extend(self.names.iter().map(|name| format!("{name} {noun}")));
        items.extend(self.codes.iter().map(|code| format!("{noun} with the code {code}")));
        list(&items, word)
    }

    /// As clauses with a subject and a verb each; of Auth0's events only.
    pub(super) fn clauses(&self, negated: bool) -> Vec<String> {
        let outcomes: Vec<_> = self.outcomes.iter().map(ToString::to_string).collect();
        let categories: Vec<_> = self.categories.iter().map(|c| singular(*c)).collect();
        let known = if self.any { &["known".to_string()][..] } else { &[] };
        [
            ("category", categories.as_slice()),
            ("outcome", &outcomes),
            ("event", &self.names),
            ("event code", &self.codes),
            ("event", known),
        ]
        .iter()
        .filter(|(_, values)| !values.is_empty())
        .map(|(subject, values)| match (negated, values) {
            (false, _) => format!("{subject} is {}", list(values, "or")),
            (true, [_]) => format!("{subject} is not {}", list(values, "nor")),
            (true, _) => format!("{subject} is neither {}", list(values, "nor")),
        })
        .collect()
    }
}

/// The sentence's noun with its adjective, and what is told behind it of other kinds. `alone` is the noun that stands
/// for itself.
pub(super) fn subject(
    kinds: &[(Kind, bool)],
    schema: &Schema,
    alone: &str,
) -> (String, Vec<String>) {
    let noun = noun(schema);
    let find = |wanted: &dyn Fn(&Kind) -> bool| {
        kinds.iter().position(|(kind, negated)| !negated && !kind.any && wanted(kind))
    };
    let at = |place: Option<usize>| place.and_then(|place| kinds.get(place)).map(|(kind, _)| kind);
    let mut adjective = find(&|kind| kind.outcome().is_some());
    let mut main = find(&|kind| kind.outcomes.is_empty());
    let outcome = at(adjective).and_then(Kind::outcome);
    let simple = at(main).is_some_and(|kind| kind.names.is_empty() && kind.codes.is_empty());
    if main.is_none() && matches!(outcome, None | Some(Outcome::Warning)) {
        main = adjective.take().or_else(|| find(&|_| true));
    } else if outcome == Some(Outcome::Warning) && !simple {
        adjective = None;
    }
    let outcome = at(adjective).and_then(Kind::outcome);
    let mut text = match (outcome, at(main)) {
        (None, None) => alone.into(),
        (None, Some(main)) => main.plural("and", noun),
        (Some(Outcome::Warning), Some(main)) => {
            let names: Vec<_> = main.categories.iter().map(|c| singular(*c)).collect();
            format!("{} warnings", list(&names, "and"))
        }
        (Some(outcome), main) => {
            let main = main.map_or(noun.into(), |main| main.plural("and", noun));
            let adjective = if outcome == Outcome::Failure { "failed" } else { "successful" };
            format!("{adjective} {main}")
        }
    };
    let mut relatives = Vec::new();
    for (place, (kind, negated)) in kinds.iter().enumerate() {
        if kind.any {
            text.push_str(if *negated { " of no known type" } else { " of a known type" });
        } else if *negated {
            let neither = if kind.len() > 1 { "neither" } else { "not" };
            relatives.push(format!("that are {neither} {}", kind.plural("nor", noun)));
        } else if Some(place) != adjective && Some(place) != main {
            // An outcome adds to a kind; a second kind is a surprise.
            let also = kind.outcomes.is_empty() || adjective.is_some();
            let also = if also { "also " } else { "" };
            relatives.push(format!("that are {also}{}", kind.plural("or", noun)));
        }
    }
    (text, relatives)
}

fn singular(category: Category) -> String {
    match category {
        Category::Mfa => "MFA".into(),
        Category::ApiOperation => "API operation".into(),
        Category::SilentAuth => "silent authentication".into(),
        other => other.as_str().replace('-', " "),
    }
}

fn plural(category: Category) -> String {
    let end = match category {
        Category::Login
        | Category::LoginStep
        | Category::Logout
        | Category::Signup
        | Category::SilentAuth
        | Category::AuthorizationRequest
        | Category::TokenExchange
        | Category::EmailVerification
        | Category::ApiOperation
        | Category::Notification => "s",
        _ => " events",
    };
    singular(category) + end
}

const fn plural_outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Success => "successes",
        Outcome::Failure => "failures",
        Outcome::Warning => "warnings",
    }
}
