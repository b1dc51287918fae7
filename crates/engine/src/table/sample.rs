//! Which paths a log has, seen in a part of it.

use alloc::{collections::BTreeSet, format, string::String, vec::Vec};

use trailsift_core::{Value, View};

use super::level::name;
use crate::{json::Json, members::Members, split::entries};

/// The paths below the entries' own members that lead to a value in the entries of `bytes`, at most so many, in
/// alphabetical order; for [`Settings::paths`](super::Settings::paths), where all that is in a log is to have a column.
///
/// The first few hundred entries usually have them all. A path that is met later only is missing then, and no answer is
/// wrong for it.
///
/// ```
/// let log = br#"{"ip":"::1","details":{"request":{"method":"GET"},"scopes":[{"name":"a"}]}}"#;
/// let paths = trailsift_engine::table::nested_paths(log, 100);
/// assert_eq!(paths, ["details.request.method", "details.scopes.name"]);
/// ```
#[must_use]
pub fn nested_paths(bytes: &[u8], most: usize) -> Vec<String> {
    let mut found = BTreeSet::new();
    for entry in entries(bytes).filter_map(Result::ok) {
        let mut open = Vec::from([(bytes.get(entry).unwrap_or_default(), String::new())]);
        while let Some((value, path)) = open.pop() {
            if found.len() >= most {
                return found.into_iter().collect();
            }
            let json = Json::new(value);
            match json.view() {
                View::Object => {
                    let members = Members::new(value, 0).map_while(Result::ok);
                    open.extend(members.filter_map(|member| {
                        let key = name(member.key)?;
                        let below = if path.is_empty() { key } else { format!("{path}.{key}") };
                        Some((member.value, below))
                    }));
                }
                View::Array => {
                    open.extend(json.elements().map(|element| (element.bytes(), path.clone())));
                }
                _ if path.contains('.') && !found.contains(&path) => {
                    found.insert(path);
                }
                _ => {}
            }
        }
    }
    found.into_iter().collect()
}
