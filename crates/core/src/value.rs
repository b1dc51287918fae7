//! What the evaluator asks of an entry. The core knows no JSON library: whoever has a value implements [`Value`].

use alloc::borrow::Cow;

use crate::Number;

/// What a value is. Containers are looked into through [`Value::elements`] and [`Value::members`].
#[derive(Clone, Debug, PartialEq)]
pub enum View<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string with its escapes resolved. Not necessarily UTF-8: logs hold broken text, and it is matched as bytes.
    Text(Cow<'a, [u8]>),
    /// An array.
    Array,
    /// An object.
    Object,
}

/// A borrowed JSON value, cheap to copy. [`crate::Matcher`] has an example of one.
///
/// Members come in the entry's own order, with duplicates: the evaluator lets the last one win, as `JSON.parse` does.
pub trait Value<'a>: Copy {
    /// What the value is.
    fn view(self) -> View<'a>;

    /// The elements of an array; nothing for any other value.
    fn elements(self) -> impl Iterator<Item = Self>;

    /// The members of an object with their keys; nothing for any other value.
    fn members(self) -> impl Iterator<Item = (Cow<'a, [u8]>, Self)>;

    /// The member that a dotted path leads to first, and what is left of the path.
    ///
    /// A key that holds dots itself is tried before a shorter one: on `{"a.b": 1, "a": {"b": 2}}` the path `a.b`
    /// leads to 1. `None` when no key fits, or when the value is no object.
    fn descend(self, path: &str) -> Option<(Self, Option<&str>)> {
        let mut found: Option<(usize, Self)> = None;
        for (key, value) in self.members() {
            let longest = found.as_ref().map_or(0, |(length, _)| *length);
            let Some(rest) = path.as_bytes().strip_prefix(&*key) else { continue };
            let at_boundary = rest.is_empty() || rest.first() == Some(&b'.');
            if at_boundary && (found.is_none() || key.len() >= longest) {
                found = Some((key.len(), value));
            }
        }
        let (length, value) = found?;
        Some((value, path.get(length..)?.strip_prefix('.')))
    }
}
