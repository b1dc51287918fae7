//! What fields a kind of log has: names, types, where their values lie, what a bare term searches.

mod builtin;
pub mod events;

use alloc::{borrow::ToOwned, format, string::String, vec, vec::Vec};
use core::fmt;

use events::Event;

use crate::{filter::Word, suggest::nearest};

/// What the values of a field are, and so how they compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FieldType {
    /// A sentence for people.
    Text,
    /// A word from some vocabulary.
    Keyword,
    /// An identifier.
    Id,
    /// A date with a time.
    Date,
    /// A number.
    Number,
    /// `true` or `false`.
    Bool,
    /// An IP address.
    Ip,
    /// An object whose members are fields too (`details.request.method`).
    Object,
    /// Not declared: the value itself tells.
    Any,
}

/// A field of a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    name: &'static str,
    kind: FieldType,
    title: &'static str,
    aliases: &'static [&'static str],
    paths: &'static [&'static str],
    derived: Option<Derived>,
    known: &'static [&'static str],
}

/// A field that no entry holds: what the event code at the field's path stands for.
#[derive(Clone, Copy)]
pub struct Derived(pub(crate) fn(&Event) -> &'static str);

impl Derived {
    /// What an event code stands for; `None` where there is no such code.
    ///
    /// ```
    /// use trailsift_core::Schema;
    ///
    /// let outcome = Schema::by_name("auth0").unwrap().source_of("outcome").unwrap().derived.unwrap();
    /// assert_eq!((outcome.of(b"fp"), outcome.of(b"nonsense")), (Some("failure"), None));
    /// ```
    #[must_use]
    pub fn of(self, code: &[u8]) -> Option<&'static str> {
        Some(self.0(events::event(core::str::from_utf8(code).ok()?)?))
    }

    /// Every value, once, in alphabetical order.
    pub(crate) fn values(self) -> Vec<&'static str> {
        let mut values: Vec<&'static str> = Vec::new();
        for value in events::EVENTS.iter().map(self.0) {
            if let Err(place) = values.binary_search(&value) {
                values.insert(place, value);
            }
        }
        values
    }

    /// Whether some event has this value.
    pub(crate) fn is_value(self, text: &str) -> bool {
        events::EVENTS.iter().any(|event| self.0(event) == text)
    }

    /// The codes whose value passes, in order. Each value is asked about once.
    pub(crate) fn codes(self, passes: impl Fn(&'static str) -> bool) -> Vec<Word> {
        let mut asked: Vec<(&str, bool)> = Vec::new();
        let mut passes_once = |value| {
            // Most events have the value of one shortly before them.
            if let Some((_, passed)) = asked.iter().rev().find(|(other, _)| *other == value) {
                return *passed;
            }
            let passed = passes(value);
            asked.push((value, passed));
            passed
        };
        let events = events::EVENTS.iter().filter(|event| passes_once(self.0(event)));
        events.map(|event| Word::Borrowed(event.code)).collect()
    }
}

impl PartialEq for Derived {
    fn eq(&self, other: &Self) -> bool {
        core::ptr::fn_addr_eq(self.0, other.0)
    }
}

impl Eq for Derived {}

impl fmt::Debug for Derived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Derived")
    }
}

impl Field {
    const fn new(kind: FieldType, name: &'static str, title: &'static str) -> Self {
        Self { name, kind, title, aliases: &[], paths: &[], derived: None, known: &[] }
    }

    const fn aliases(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    /// Where the values lie, if at more than the path that is the field's name.
    const fn at(mut self, paths: &'static [&'static str]) -> Self {
        self.paths = paths;
        self
    }

    /// Not held by any entry, but told by the event code at `path`.
    const fn derived(
        mut self,
        path: &'static [&'static str],
        tell: fn(&Event) -> &'static str,
    ) -> Self {
        self.paths = path;
        self.derived = Some(Derived(tell));
        self
    }

    /// Values that the field has in every log of its kind.
    const fn known(mut self, values: &'static [&'static str]) -> Self {
        self.known = values;
        self
    }

    /// Values that the field has in every log of its kind; empty where they are not few.
    #[must_use]
    pub const fn known_values(&self) -> &'static [&'static str] {
        self.known
    }

    pub(crate) const fn derivation(&self) -> Option<Derived> {
        self.derived
    }

    /// The name as a query writes it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What its values are.
    #[must_use]
    pub const fn kind(&self) -> FieldType {
        self.kind
    }

    /// The name as a person reads it.
    #[must_use]
    pub const fn title(&self) -> &'static str {
        self.title
    }

    /// Other names that a query may write.
    #[must_use]
    pub const fn aliases_of(&self) -> &'static [&'static str] {
        self.aliases
    }

    pub(crate) fn paths(&self) -> Vec<Word> {
        match self.paths {
            [] => vec![Word::Borrowed(self.name)],
            paths => paths.iter().map(|path| Word::Borrowed(path)).collect(),
        }
    }
}

/// A field of a query, found in a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Resolved {
    pub(crate) kind: FieldType,
    pub(crate) paths: Vec<Word>,
    pub(crate) derived: Option<Derived>,
}

impl Resolved {
    fn declared(field: &Field) -> Self {
        Self { kind: field.kind, paths: field.paths(), derived: field.derived }
    }

    fn undeclared(paths: Vec<Word>) -> Self {
        Self { kind: FieldType::Any, paths, derived: None }
    }
}

/// Where the values of a field come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The paths at which they lie, or what they are told by.
    pub paths: Vec<Word>,
    /// How they are told, where no entry holds them.
    pub derived: Option<Derived>,
}

/// The fields of one kind of log.
///
/// ```
/// use trailsift_core::{FieldType, Schema};
///
/// let fga = Schema::by_name("fga").unwrap();
/// assert_eq!(fga.time_field(), Some("timestamp"));
/// let object = fga.fields().iter().find(|field| field.name() == "request.tuple_key.object").unwrap();
/// assert_eq!((object.kind(), object.aliases_of()), (FieldType::Keyword, &["object"][..]));
/// ```
#[derive(Debug, PartialEq, Eq)]
pub struct Schema {
    name: &'static str,
    fields: &'static [Field],
    /// Fields that a bare term searches, by name.
    bare: &'static [&'static str],
    time: Option<&'static str>,
    id: Option<&'static str>,
    /// Names that people write, and the field that they mean.
    synonyms: &'static [(&'static str, &'static str)],
    /// The fields that the vendor's own service searches; empty where it does not say.
    vendor: &'static [&'static str],
}

impl Schema {
    /// Every built-in schema.
    pub const ALL: &'static [&'static Self] = &[
        &builtin::AUTH0,
        &builtin::FGA,
        &builtin::CERBOS_ACCESS,
        &builtin::CERBOS_DECISION,
        &builtin::EVENT,
        &builtin::ANY,
    ];

    /// No fields at all: every path is allowed, and a bare term is looked for in every string.
    pub const ANY: &'static Self = &builtin::ANY;

    /// The schema of that name: `auth0`, `fga`, `cerbos-access`, `cerbos-decision`, `event` or `any`.
    #[must_use]
    pub fn by_name(name: &str) -> Option<&'static Self> {
        Self::ALL.iter().copied().find(|schema| schema.name == name)
    }

    /// The name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The fields, in the order in which a person would read them.
    #[must_use]
    pub const fn fields(&self) -> &'static [Field] {
        self.fields
    }

    /// The path of an entry's own time.
    #[must_use]
    pub const fn time_field(&self) -> Option<&'static str> {
        self.time
    }

    /// The path of an entry's own id.
    #[must_use]
    pub const fn id_field(&self) -> Option<&'static str> {
        self.id
    }

    /// Whether every field name is allowed.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.fields.is_empty()
    }

    /// The paths at which the values of a field lie, by the field's name or another that a query may write; `None`
    /// where no entry holds it: it does not exist, or its values are told by another's.
    ///
    /// ```
    /// use trailsift_core::Schema;
    ///
    /// let auth0 = Schema::by_name("auth0").unwrap();
    /// assert_eq!(auth0.paths_of("ip").unwrap(), ["ip"]);
    /// assert_eq!(auth0.paths_of("nonsense"), None);
    /// assert_eq!(Schema::ANY.paths_of("a.b").unwrap(), ["a.b"]);
    /// ```
    #[must_use]
    pub fn paths_of(&self, name: &str) -> Option<Vec<Word>> {
        let resolved = self.resolve(name)?;
        resolved.derived.is_none().then_some(resolved.paths)
    }

    /// Where the values of a field come from, by the field's name or another that a query may write; `None` where there
    /// is no such field.
    ///
    /// ```
    /// use trailsift_core::Schema;
    ///
    /// let category = Schema::by_name("auth0").unwrap().source_of("category").unwrap();
    /// assert_eq!(category.paths, ["type"]);
    /// assert_eq!(category.derived.unwrap().of(b"slo"), Some("logout"));
    /// ```
    #[must_use]
    pub fn source_of(&self, name: &str) -> Option<Source> {
        self.resolve(name).map(|Resolved { paths, derived, .. }| Source { paths, derived })
    }

    /// The field that was likely meant by a name that no field has.
    ///
    /// ```
    /// use trailsift_core::Schema;
    ///
    /// let auth0 = Schema::by_name("auth0").unwrap();
    /// assert_eq!(auth0.likely_field("user_nmae").as_deref(), Some("user_name"));
    /// assert_eq!(auth0.likely_field("colour"), None);
    /// ```
    #[must_use]
    pub fn likely_field(&self, name: &str) -> Option<String> {
        let own = || self.fields.iter().map(|field| field.name);
        let all = || own().chain(self.fields.iter().flat_map(|field| field.aliases).copied());
        // Elasticsearch's habits, then slips.
        let stem = name.strip_suffix(".keyword").or_else(|| name.strip_prefix('@'));
        let below = format!(".{name}");
        let meant = self
            .synonym(name)
            .or_else(|| own().find(|field| field.ends_with(&below)))
            .or_else(|| stem.and_then(|stem| self.field(stem)).map(|field| field.name))
            .or_else(|| stem.and_then(|stem| self.synonym(stem)))
            .or_else(|| nearest(name, all()).filter(|_| name.len() > 2));
        meant.map(String::from).or_else(|| {
            let (head, rest) = name.split_once('.').filter(|(head, _)| head.len() > 2)?;
            let whole = format!("{}.{rest}", nearest(head, own())?);
            self.resolve(&whole).is_some().then_some(whole)
        })
    }

    /// The fields that a bare term searches; none where it searches every string.
    pub(crate) fn bare(&self) -> impl Iterator<Item = &'static Field> {
        self.bare.iter().filter_map(|name| self.field(name))
    }

    /// Whether the vendor's own service searches this field.
    pub(crate) fn vendor_searches(&self, name: &str) -> bool {
        self.vendor.is_empty() || self.vendor.contains(&name)
    }

    /// The field that people who write `name` mean.
    pub(crate) fn synonym(&self, name: &str) -> Option<&'static str> {
        let found = self.synonyms.iter().find(|(written, _)| written.eq_ignore_ascii_case(name));
        found.map(|(_, meant)| *meant)
    }

    pub(crate) fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name || field.aliases.contains(&name))
    }

    /// The derived field and its value that stand for just these texts at just these paths.
    pub(crate) fn derived_from(
        &self,
        paths: &[Word],
        texts: &[Word],
    ) -> Option<(&'static str, &'static str)> {
        self.fields.iter().filter(|field| field.paths() == paths).find_map(|field| {
            let derived = field.derived?;
            if derived.codes(|_| true) == texts {
                return Some((field.name, "*"));
            }
            let mut values = derived.values().into_iter();
            let value = values.find(|value| derived.codes(|other| other == *value) == texts)?;
            Some((field.name, value))
        })
    }

    /// The field whose values lie at just these paths.
    pub(crate) fn name_of(&self, paths: &[Word]) -> Option<String> {
        let held = self.fields.iter().filter(|field| field.derived.is_none());
        held.clone()
            .find(|field| field.paths() == paths)
            .map(|field| field.name.to_owned())
            .or_else(|| {
                held.filter(|field| field.kind == FieldType::Object).find_map(|parent| {
                    let heads = parent.paths();
                    let tail = paths.first()?.strip_prefix(&**heads.first()?)?;
                    let below = tail.starts_with('.')
                        && heads.len() == paths.len()
                        && heads
                            .iter()
                            .zip(paths)
                            .all(|(head, path)| path.strip_prefix(&**head) == Some(tail));
                    below.then(|| format!("{}{tail}", parent.name))
                })
            })
    }

    /// Where the values of the field `name` lie; `None` when there is no such field.
    ///
    /// A path below an object is a field of its own: its declared type where it is declared, else any.
    pub(crate) fn resolve(&self, name: &str) -> Option<Resolved> {
        if self.is_open() {
            return Some(Resolved::undeclared(vec![Word::Owned(name.to_owned())]));
        }
        if let Some(field) = self.field(name) {
            return Some(Resolved::declared(field));
        }
        let mut end = name.len();
        while let Some(dot) = name.get(..end).and_then(|head| head.rfind('.')) {
            let (head, tail) = (name.get(..dot)?, name.get(dot..)?);
            if let Some(parent) = self.field(head)
                && parent.kind == FieldType::Object
                && tail.split('.').skip(1).all(|segment| !segment.is_empty())
            {
                let paths =
                    parent.paths().iter().map(|path| format!("{path}{tail}").into()).collect();
                return Some(Resolved::undeclared(paths));
            }
            end = dot;
        }
        None
    }
}

impl fmt::Display for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeSet;

    use super::*;

    #[test]
    fn what_a_schema_refers_to_exists() {
        for schema in Schema::ALL {
            let mut names = BTreeSet::new();
            for field in schema.fields {
                for name in core::iter::once(&field.name).chain(field.aliases) {
                    assert!(names.insert(*name), "{schema}: `{name}` twice");
                }
            }
            let referred = schema.bare.iter().chain(&schema.time).chain(&schema.id);
            let synonyms = schema.synonyms.iter().map(|(_, meant)| meant);
            for name in referred.chain(synonyms).chain(schema.vendor) {
                assert!(schema.field(name).is_some(), "{schema}: `{name}`");
            }
            for (written, _) in schema.synonyms {
                assert!(schema.field(written).is_none(), "{schema}: `{written}` is a field");
            }
        }
    }

    #[test]
    fn tuples_are_found_wherever_a_request_carries_them() {
        let schema = Schema::by_name("fga").unwrap();
        let full = schema.resolve("request.tuple_key.object").unwrap();
        assert_eq!(schema.resolve("object"), Some(full.clone()));
        assert!(full.paths.contains(&"request.writes.tuple_keys.object".into()));
        assert!(full.paths.contains(&"request.checks.tuple_key.object".into()));
    }

    #[test]
    fn paths_below_objects_are_fields_and_others_are_not() {
        let schema = Schema::by_name("auth0").unwrap();
        assert_eq!(schema.resolve("details.request.ip").unwrap().kind, FieldType::Ip);
        assert_eq!(schema.resolve("details.prompts.0.name").unwrap().kind, FieldType::Any);
        for name in ["user_email", "type.x", "details.", "details..x", ".details", ""] {
            assert_eq!(schema.resolve(name), None, "{name}");
        }
    }
}
