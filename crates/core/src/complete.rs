//! What could stand at the cursor: fields, operators, and values that are known or have been seen.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use serde::Serialize;

use crate::{
    Field, FieldType, Options, Span,
    fold::fold_text,
    schema::{Derived, events},
    syntax::{Cursor, Expecting, cursor, quote_value, write_name},
};

/// Completions that are given at most.
const MOST: usize = 50;

/// The field that asks whether another is there.
const EXISTS: &str = "_exists_";

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
/// use trailsift_core::{Known, Options, Schema, Seen, complete};
///
/// let options = Options { schema: Schema::by_name("auth0").unwrap(), ..Options::default() };
/// let seen = [Seen { field: "client_name", value: "My App", count: 7 }];
/// let found = complete("client_name:M", 13, &options, Known { seen: &seen, ..Known::default() });
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

/// What the caller knows of its entries.
///
/// ```
/// use trailsift_core::{Known, Options, complete};
///
/// let known = Known { fields: &["level", "message"], ..Known::default() };
/// assert_eq!(complete("me", 2, &Options::default(), known)[0].replacement, "message:");
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    /// Fields that they have. Those that the schema does not allow are passed over.
    pub fields: &'a [&'a str],
    /// Values.
    pub seen: &'a [Seen<'a>],
}

/// What could stand at the byte `at` of `text`, the likeliest first; at most 50. Nothing for a text beyond
/// [`Limits::text`](crate::Limits::text).
///
/// ```
/// use trailsift_core::{Known, Options, Schema, complete};
///
/// let options = Options { schema: Schema::by_name("auth0").unwrap(), ..Options::default() };
/// let found = complete("ty", 2, &options, Known::default());
/// assert_eq!((found[0].replacement.as_str(), found[0].detail.as_str()), ("type:", "Event code"));
/// let found = complete("type:fp", 7, &options, Known::default());
/// assert_eq!(found[0].detail, "Failed Login (Incorrect Password)");
/// ```
#[must_use]
pub fn complete(text: &str, at: usize, options: &Options, known: Known<'_>) -> Vec<Completion> {
    if text.len() > options.limits.text {
        return Vec::new();
    }
    let Some(Cursor { span, typed, expecting }) = cursor(text, at, options.dialect) else {
        return Vec::new();
    };
    let folded = fold_text(&typed);
    let ranked = Default::default();
    let mut list = List { span, typed: &typed, folded: &folded, options, known, ranked };
    match expecting {
        Expecting::Value { field, after_value } => {
            if after_value {
                list.operators(&["OR", "AND", "NOT"]);
            }
            list.values(&field);
        }
        Expecting::Field => list.fields(&|name| format!("{}:", write_name(name))),
        Expecting::Condition { after_condition } => {
            if after_condition {
                list.operators(&["AND", "OR", "NOT"]);
            }
            list.fields(&|name| format!("{}:", write_name(name)));
            list.operators(if after_condition { &[] } else { &["NOT"] });
            list.events();
            list.existence();
        }
    }
    list.finish()
}

/// Ranks that there are.
const RANKS: usize = 8;

struct List<'a> {
    span: Span,
    typed: &'a str,
    /// The same, to be looked for in any case.
    folded: &'a str,
    options: &'a Options,
    known: Known<'a>,
    /// By rank, in the order in which they were found.
    ranked: [Vec<Completion>; RANKS],
}

impl List<'_> {
    /// How well a name fits what is typed: 0 at its start, 1 at the start of one of its words, 2 anywhere.
    fn rank(&self, name: &str) -> Option<usize> {
        let name = fold_text(name);
        let at = name.find(self.folded)?;
        let before = name.get(..at).and_then(|before| before.chars().next_back());
        Some(match before {
            None => 0,
            Some(c) if !c.is_alphanumeric() => 1,
            Some(_) => 2,
        })
    }

    fn push(
        &mut self,
        rank: usize,
        replacement: String,
        label: &str,
        detail: String,
        kind: CompletionKind,
    ) {
        let completion =
            Completion { span: self.span, replacement, label: label.into(), detail, kind };
        if let Some(equals) = self.ranked.get_mut(rank) {
            equals.push(completion);
        }
    }

    fn operators(&mut self, operators: &[&str]) {
        for operator in operators {
            if self.rank(operator) == Some(0) {
                let written = format!("{operator} ");
                self.push(0, written, operator, String::new(), CompletionKind::Operator);
            }
        }
    }

    /// Fields, each as `write` writes its name.
    fn fields(&mut self, write: &dyn Fn(&str) -> String) {
        let schema = self.options.schema;
        for field in schema.fields() {
            let names = field.aliases_of().iter().copied().chain([field.name()]);
            let best = names
                .filter_map(|name| Some((self.rank(name)?, name)))
                .min_by_key(|(rank, _)| *rank);
            let by_title = || self.rank(field.title()).map(|rank| (rank + 3, field.name()));
            if let Some((rank, name)) = best.or_else(by_title) {
                let title = field.title().to_string();
                self.push(rank, write(name), name, title, CompletionKind::Field);
            }
        }
        for name in self.known.fields {
            if let Some(rank) = self.rank(name)
                && schema.resolve(name).is_some()
            {
                self.push(rank, write(name), name, String::new(), CompletionKind::Field);
            }
        }
    }

    /// Whether a field is there, behind the fields themselves.
    fn existence(&mut self) {
        if let Some(rank) = self.rank(EXISTS) {
            let detail = "Entries that have a field".into();
            self.push(rank + 3, format!("{EXISTS}:"), EXISTS, detail, CompletionKind::Field);
        }
    }

    /// Event codes by the words of their names: who types "password" may want `type:fp`.
    fn events(&mut self) {
        if self.options.schema.name() != "auth0" || self.typed.chars().count() < 3 {
            return;
        }
        for event in events::EVENTS {
            if self.rank(event.name).is_some_and(|rank| rank < 2) {
                let code = format!("type:{}", event.code);
                self.push(6, code.clone(), &code, event.name.into(), CompletionKind::Value);
            }
        }
    }

    fn values(&mut self, name: &str) {
        if matches!(name, EXISTS | "_missing_") {
            let dialect = self.options.dialect;
            return self.fields(&|name| quote_value(name, dialect));
        }
        let schema = self.options.schema;
        let resolved = schema.resolve(name);
        let field = schema.field(name);
        for Seen { value, count, .. } in self.known.seen.iter().filter(|seen| {
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
            FieldType::Date => return self.dates(name),
            _ => field.map_or(&[][..], Field::known_values),
        };
        for value in known {
            if let Some(rank) = self.rank(value) {
                self.push(rank, (*value).into(), value, String::new(), CompletionKind::Value);
            }
        }
    }

    /// Spans of time up to now, in the form that was begun: a range, or a comparison.
    fn dates(&mut self, field: &str) {
        if self.options.now.is_none() {
            return;
        }
        let signs = self.typed.len() - self.typed.trim_start_matches(['<', '>', '=']).len();
        let signs = self.typed.get(..signs).unwrap_or_default();
        for ago in ["now-1h", "now-1d", "now-7d", "now-30d"] {
            let written = match signs {
                "" => format!("[{ago} TO now]"),
                _ => format!("{signs}{ago}"),
            };
            self.begun(written);
        }
        if self.typed.starts_with(['[', '{']) {
            let from = self.typed.split_once(" TO").map_or(self.typed, |(from, _)| from).trim_end();
            let range = format!("{from} TO now]");
            if crate::compile(&format!("{}:{range}", write_name(field)), self.options).is_ok() {
                self.begun(range);
            }
        }
    }

    /// A value that goes on from what is typed.
    fn begun(&mut self, value: String) {
        let is_range = self.typed.starts_with(['[', '{']);
        let rank =
            if is_range { value.starts_with(self.typed).then_some(0) } else { self.rank(&value) };
        if let Some(rank) = rank {
            let label = value.clone();
            self.push(rank, value, &label, String::new(), CompletionKind::Value);
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
        for completion in self.ranked.into_iter().flatten() {
            let again = list.iter().any(|other| other.replacement == completion.replacement);
            if !again && list.len() < MOST {
                list.push(completion);
            }
        }
        list
    }
}
