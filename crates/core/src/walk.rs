//! The values of an entry that a leaf looks at: at a path, or every string.
//!
//! Iterative: the entry's depth is a stranger's choice. [`Place`] follows along where somebody wants to know where a
//! value was found, and costs nothing where nobody does.

use alloc::{borrow::Cow, vec, vec::Vec};

use crate::{
    order,
    value::{Value, View},
};

/// Where in an entry the walk is.
pub(crate) trait Place: Clone {
    /// An element of the array here.
    fn element(&self, index: usize) -> Self;
    /// A member of the object here.
    fn member(&self, key: &[u8]) -> Self;
}

/// Nobody asks.
impl Place for () {
    fn element(&self, _: usize) {}
    fn member(&self, _: &[u8]) {}
}

/// Calls `found` for each scalar (and each object) at the path until it says yes; whether it did. Without a path, for
/// the value itself.
///
/// Arrays on the way are looked into: a number in the path picks an element, anything else holds for each. A `*` in the
/// path is every member of an object.
pub(crate) fn visit<'a, V: Value<'a>, P: Place>(
    entry: V,
    start: P,
    path: Option<&str>,
    found: &mut impl FnMut(&View<'a>, &P) -> bool,
) -> bool {
    let mut open = vec![(entry, path, start)];
    while let Some((value, path, place)) = open.pop() {
        match (value.view(), path) {
            (View::Array, path) => match path.and_then(first_index) {
                Some((index, after)) => {
                    let element = value.elements().nth(index);
                    open.extend(element.map(|element| (element, after, place.element(index))));
                }
                None => open.extend(elements(value, &place).map(|(e, place)| (e, path, place))),
            },
            (View::Object, Some(rest)) => match every_member(rest) {
                Some(after) => {
                    open.extend(
                        last_members(value)
                            .into_iter()
                            .map(|(key, member)| (member, after, place.member(&key))),
                    );
                }
                None => open.extend(value.descend(rest).map(|(member, after)| {
                    let dot = usize::from(after.is_some());
                    let length = rest.len() - after.map_or(0, str::len) - dot;
                    let key = rest.as_bytes().get(..length).unwrap_or_default();
                    (member, after, place.member(key))
                })),
            },
            (_, Some(_)) => {}
            (view, None) => {
                if found(&view, &place) {
                    return true;
                }
            }
        }
    }
    false
}

/// Calls `found` for each value that a path leads to, as a leaf's test sees them: arrays are looked into, so that what it
/// is called for are scalars and objects. Without a path they are `value` itself or, if that is an array, what is in it.
///
/// [`crate::CompiledTest`] and this make up what a leaf means; an evaluator that keeps values rather than entries builds
/// on both.
///
/// ```
/// # use std::borrow::Cow;
/// use trailsift_core::{Value, View, values_at};
///
/// #[derive(Clone, Copy)]
/// struct Text(&'static str);
///
/// impl Value<'static> for Text {
///     fn view(self) -> View<'static> { View::Text(Cow::Borrowed(self.0.as_bytes())) }
///     fn elements(self) -> impl Iterator<Item = Self> { None.into_iter() }
///     fn members(self) -> impl Iterator<Item = (Cow<'static, [u8]>, Self)> { None.into_iter() }
/// }
///
/// let mut found = 0;
/// values_at(Text("f"), None, |_| found += 1);
/// values_at(Text("f"), Some("a"), |_| found += 1);
/// assert_eq!(found, 1);
/// ```
pub fn values_at<'a, V: Value<'a>>(value: V, path: Option<&str>, mut found: impl FnMut(&View<'a>)) {
    visit(value, (), path, &mut |view, ()| {
        found(view);
        false
    });
}

/// Calls `found` for each string value of the entry until it says yes; whether it did.
pub(crate) fn strings<'a, V: Value<'a>, P: Place>(
    entry: V,
    start: P,
    found: &mut impl FnMut(&View<'a>, &P) -> bool,
) -> bool {
    let mut open = vec![(entry, start)];
    while let Some((value, place)) = open.pop() {
        match value.view() {
            View::Array => open.extend(elements(value, &place)),
            View::Object => open.extend(
                last_members(value).into_iter().map(|(key, member)| (member, place.member(&key))),
            ),
            view @ View::Text(_) => {
                if found(&view, &place) {
                    return true;
                }
            }
            View::Null | View::Bool(_) | View::Number(_) => {}
        }
    }
    false
}

fn elements<'a, V: Value<'a>, P: Place>(array: V, place: &P) -> impl Iterator<Item = (V, P)> {
    array.elements().enumerate().map(|(index, element)| (element, place.element(index)))
}

/// The number that a path begins with, and what follows it.
fn first_index(path: &str) -> Option<(usize, Option<&str>)> {
    let (segment, after) = match path.split_once('.') {
        Some((segment, after)) => (segment, Some(after)),
        None => (path, None),
    };
    let digits = !segment.is_empty() && segment.bytes().all(|b| b.is_ascii_digit());
    if !digits {
        return None;
    }
    // No array is as long as a number that does not fit.
    Some((segment.parse().unwrap_or(usize::MAX), after))
}

/// What follows a `*` at the start of the path, which stands for every key.
fn every_member(path: &str) -> Option<Option<&str>> {
    match path.strip_prefix('*')? {
        "" => Some(None),
        rest => rest.strip_prefix('.').map(Some),
    }
}

/// The members of an object, ordered by key; of several with one key only the last.
fn last_members<'a, V: Value<'a>>(object: V) -> Vec<(Cow<'a, [u8]>, V)> {
    let mut members: Vec<_> = object.members().collect();
    // Equal keys stay in their order, so that what was last of its key still is; reversed, it is the one that stays.
    members.reverse();
    order::sort(&mut members, |(a, _), (b, _)| a.cmp(b));
    members.dedup_by(|(a, _), (b, _)| a == b);
    members
}
