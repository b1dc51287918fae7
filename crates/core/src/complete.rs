//! What could stand at the cursor: fields, operators, and values that are known or have been seen.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use serde::Serialize;

use crate::{
    Field, FieldType, Options, Span,
    schema::{Derived, events},
    syntax::{Cursor, Expecting, cursor, quote_value},
};

/// Completions that are given at most.
const MOST: usize = 50;

/// What a completion is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CompletionKind {
    /// A field, with its colon.
    Field,
    /// A value.
    Value,
    /// AND, OR or NOT.
    Operator,
}

/// Something that could stand at the cursor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Completion {
    /// What to replace: the word that the cursor is in, or nothing.
    pub span: Span,
    /// What to put there.
    pub replacement: String,
    /// What to show in a list.
    pub label: String,
    /// A word of explanation; may be empty.
    pub detail: String,
    /// What it is.
    pub kind: CompletionKind,
}

/// A value that the caller has seen in its entries.
///
/// ```
/// use trailsift_core::{Options, Schema, Seen, complete};
///
/// let options = Options { schema: Schema::by_name("auth0").unwrap(), ..Options::default() };
/// let seen = [Seen { field: "client_name", value: "My App", count: 7 }];
/// let found = complete("client_name:M", 13, &options, &seen);
/// assert_eq!((found[0].replacement.as_str(), found[0].detail.as_str()), ("\"My App\"", "7 times"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen<'a> {
    /// The field, by any of its names.
    pub field: &'a str,
    /// The value.
    pub value: &'a str,
    /// How often.
    pub count: u64,
}

/// What could stand at the byte `cursor` of `text`, the likeliest first; at most 50.
///
/// ```
/// use trailsift_core::{Options, Schema, complete};
///
/// let options = Options { schema: Schema::by_name("auth0").unwrap(), ..Options::default() };
/// let found = complete("ty", 2, &options, &[]);
/// assert_eq!((found[0].replacement.as_str(), found[0].detail.as_str()), ("type:", "Event code"));
/// let found = complete("type:fp", 7, &options, &[]);
/// assert_eq!(found[0].detail, "Failed Login (Incorrect Password)");
/// ```
#[must_use]
pub fn complete(text: &str, at: usize, options: &Options, seen: &[Seen<'_>]) -> Vec<Completion> {
    let Some(Cursor { span, typed, expecting }) = cursor(text, at, options.dialect) else {
        return Vec::new();
    };
    let mut list = List { span, typed: &typed, options, ranked: Vec::new() };
    match expecting {
        Expecting::Value { field } => list.values(&field, seen),
        Expecting::Condition { after_condition } => {
            if after_condition {
                list.operators(&["AND", "OR", "NOT"]);
            }
            list.fields();
            list.operators(if after_condition { &[] } else { &["NOT"] });
            list.events();
        }
    }
    list.finish()
}

struct List<'a> {
    span: Span,
    typed: &'a str,
    options: &'a Options,
    ranked: Vec<(u8, Completion)>,
}

impl List<'_> {
    /// How well a name fits what is typed: 0 at its start, 1 at the start of one of its words, 2 anywhere.
    fn rank(&self, name: &str) -> Option<u8> {
        let (name, typed) = (name.to_lowercase(), self.typed.to_lowercase());
        let at = name.find(&typed)?;
        let before = name.get(..at).and_then(|before| before.chars().next_back());
        Some(match before {
            None => 0,
            Some(c) if !c.is_alphanumeric() => 1,
            Some(_) => 2,
        })
    }

    fn push(
        &mut self,
        rank: u8,
        replacement: String,
        label: &str,
        detail: String,
        kind: CompletionKind,
    ) {
        let completion =
            Completion { span: self.span, replacement, label: label.into(), detail, kind };
        // Behind those of its own rank.
        let place = self.ranked.partition_point(|(other, _)| *other <= rank);
        self.ranked.insert(place, (rank, completion));
    }

    fn operators(&mut self, operators: &[&str]) {
        for operator in operators {
            if self.rank(operator) == Some(0) {
                let written = format!("{operator} ");
                self.push(0, written, operator, String::new(), CompletionKind::Operator);
            }
        }
    }

    fn fields(&mut self) {
        for field in self.options.schema.fields() {
            let names = field.aliases_of().iter().copied().chain([field.name()]);
            let best = names
                .filter_map(|name| Some((self.rank(name)?, name)))
                .min_by_key(|(rank, _)| *rank);
            let by_title = || self.rank(field.title()).map(|rank| (rank + 3, field.name()));
            if let Some((rank, name)) = best.or_else(by_title) {
                let written = crate::syntax::write_name(name);
                let title = field.title().to_string();
                self.push(rank, format!("{written}:"), name, title, CompletionKind::Field);
            }
        }
    }

    /// Event codes by the words of their names: who types "password" may want `type:fp`.
    fn events(&mut self) {
        let codes =
            self.options.schema.field("type").is_some() && self.options.schema.name() == "auth0";
        if !codes || self.typed.chars().count() < 3 {
            return;
        }
        for event in events::EVENTS {
            if self.rank(event.name).is_some_and(|rank| rank < 2) {
                let code = format!("type:{}", event.code);
                self.push(6, code.clone(), &code, event.name.into(), CompletionKind::Value);
            }
        }
    }

    fn values(&mut self, name: &str, seen: &[Seen<'_>]) {
        let schema = self.options.schema;
        let resolved = schema.resolve(name);
        let field = schema.field(name);
        for Seen { value, count, .. } in seen.iter().filter(|seen| {
            seen.field == name || (resolved.is_some() && schema.resolve(seen.field) == resolved)
        }) {
            let times = if *count == 1 { "once".into() } else { format!("{count} times") };
            self.value(value, times);
        }
        if let Some(derived) = field.and_then(Field::derivation) {
            self.derived(derived);
        } else if name == "type" && schema.name() == "auth0" {
            for event in events::EVENTS {
                let by_code = self.rank(event.code);
                let by_name = self.rank(event.name).map(|rank| rank + 2);
                if let Some(rank) = by_code.or(by_name) {
                    let detail = event.name.to_string();
                    self.push(rank, event.code.into(), event.code, detail, CompletionKind::Value);
                }
            }
        }
        let kind = resolved.map_or(FieldType::Any, |resolved| resolved.kind);
        let known = match kind {
            FieldType::Bool => &["true", "false"][..],
            FieldType::Date => {
                &["[now-1h TO now]", "[now-1d TO now]", "[now-7d TO now]", "[now-30d TO now]"]
            }
            _ => field.map_or(&[][..], Field::known_values),
        };
        for value in known {
            if let Some(rank) = self.rank(value) {
                self.push(rank, (*value).into(), value, String::new(), CompletionKind::Value);
            }
        }
    }

    fn derived(&mut self, derived: Derived) {
        for value in derived.values() {
            let codes = derived.codes(|other| other == value).len();
            self.value(value, format!("{codes} event codes"));
        }
    }

    fn value(&mut self, value: &str, detail: String) {
        if let Some(rank) = self.rank(value) {
            let written = quote_value(value, self.options.dialect);
            self.push(rank, written, value, detail, CompletionKind::Value);
        }
    }

    fn finish(self) -> Vec<Completion> {
        let mut list: Vec<Completion> = Vec::new();
        for (_, completion) in self.ranked {
            let again = list.iter().any(|other| other.replacement == completion.replacement);
            if !again && list.len() < MOST {
                list.push(completion);
            }
        }
        list
    }
}
