//! What a path leads to in an entry's own bytes: for objects, of which a column knows only that they are there.

use alloc::{collections::BTreeSet, vec::Vec};

use trailsift_core::{Value, View, values_at};

use super::{BETWEEN, push_value};
use crate::{
    json::Json,
    table::cell::{Cell, Kind, number_bytes},
};

/// Appends the values that the paths lead to: objects, and arrays that hold some, as they are written.
pub(super) fn push_entry(entry: &[u8], paths: &[&str], field: &mut Vec<u8>) {
    let mut count = 0;
    let mut between = |field: &mut Vec<u8>| {
        field.extend_from_slice(if count > 0 { BETWEEN } else { b"" });
        count += 1;
    };
    for found in paths.iter().flat_map(|path| found(Json::new(entry), path)) {
        let mut values: Vec<View<'_>> = Vec::new();
        values_at(found, None, |view| values.push(view.clone()));
        if values.contains(&View::Object) {
            between(field);
            field.extend_from_slice(found.bytes());
            continue;
        }
        let mut room = [0; 16];
        for view in values.iter().rev() {
            between(field);
            push_value(&cell(view, &mut room), field);
        }
    }
}

fn cell<'c>(view: &'c View<'_>, room: &'c mut [u8; 16]) -> Cell<'c> {
    match view {
        View::Bool(false) => Cell::bare(Kind::False),
        View::Bool(true) => Cell::bare(Kind::True),
        View::Number(number) => Cell { kind: Kind::Number, bytes: number_bytes(*number, room) },
        View::Text(text) => Cell::text(text),
        View::Null | View::Array | View::Object => Cell::bare(Kind::Null),
    }
}

/// The values at the end of a path in the order of the entry, arrays among them as they are. On the way it is the core's
/// walk: arrays are looked into, a number picks an element, and a star is every member.
fn found<'e>(entry: Json<'e>, path: &str) -> Vec<Json<'e>> {
    let mut found = Vec::new();
    let mut open = Vec::from([(entry, Some(path))]);
    while let Some((value, path)) = open.pop() {
        let Some(path) = path else {
            found.push(value);
            continue;
        };
        let (first, after) = match path.split_once('.') {
            Some((first, after)) => (first, Some(after)),
            None => (path, None),
        };
        match value.view() {
            View::Array if !first.is_empty() && first.bytes().all(|b| b.is_ascii_digit()) => {
                // No array is as long as a number that does not fit.
                let element = value.elements().nth(first.parse().unwrap_or(usize::MAX));
                open.extend(element.map(|element| (element, after)));
            }
            View::Array => open.extend(value.elements().map(|element| (element, Some(path)))),
            View::Object if first == "*" => {
                let members: Vec<_> = value.members().collect();
                let mut seen = BTreeSet::new();
                let last = members.into_iter().rev().filter(|(key, _)| seen.insert(key.clone()));
                let mut last: Vec<_> = last.map(|(_, member)| (member, after)).collect();
                last.reverse();
                open.extend(last);
            }
            View::Object => open.extend(value.descend(path)),
            _ => {}
        }
    }
    found.reverse();
    found
}
