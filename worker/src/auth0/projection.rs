//! Which members of an entry are given, each byte for byte as it is written.

use std::borrow::Cow;

use trailsift_engine::json::{Json, skip_space, value_end};

/// Which members of an entry are given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Projection {
    /// All.
    All,
    /// These, and `_id`.
    Only(Vec<String>),
    /// All but these.
    Without(Vec<String>),
}

impl Projection {
    /// The entry with the members that are asked for.
    pub(crate) fn of<'a>(&self, entry: &'a [u8]) -> Cow<'a, [u8]> {
        if *self == Self::All {
            return Cow::Borrowed(entry);
        }
        let mut out = b"{".to_vec();
        for (key, value) in (Members { text: entry, at: 0 }) {
            // A key that is asked for may be written with escapes.
            if self.holds(&Json::new(key).text().unwrap_or_default()) {
                if out.len() > 1 {
                    out.push(b',');
                }
                out.extend_from_slice(key);
                out.push(b':');
                out.extend_from_slice(value);
            }
        }
        out.push(b'}');
        Cow::Owned(out)
    }

    fn holds(&self, key: &[u8]) -> bool {
        let named = |fields: &[String]| fields.iter().any(|field| field.as_bytes() == key);
        match self {
            Self::All => true,
            // `_id` comes whatever is asked for.
            Self::Only(fields) => key == b"_id" || named(fields),
            Self::Without(fields) => !named(fields),
        }
    }
}

/// The members of an object as they are written: the key with its quotes, and the value.
struct Members<'a> {
    text: &'a [u8],
    /// The brace or the comma before the next member.
    at: usize,
}

impl<'a> Iterator for Members<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let before = skip_space(self.text, self.at);
        if !matches!(self.text.get(before), Some(b'{' | b',')) {
            return None;
        }
        let key = skip_space(self.text, before + 1);
        let key_end = value_end(self.text, key).ok()?;
        let colon = skip_space(self.text, key_end);
        let value = skip_space(self.text, colon + 1);
        self.at = value_end(self.text, value).ok()?;
        Some((self.text.get(key..key_end)?, self.text.get(value..self.at)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn projected(entry: &str, projection: &Projection) -> String {
        String::from_utf8(projection.of(entry.as_bytes()).into_owned()).unwrap()
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn members_in_and_out() {
        let entry = r#" { "date": "d","_id":"i" , "details":{"a":[1, 2]},"x\"y":null}"#;
        for (projection, wanted) in [
            (
                Projection::Only(names(&["details", "nothing"])),
                r#"{"_id":"i","details":{"a":[1, 2]}}"#,
            ),
            (Projection::Without(names(&["details", "_id"])), r#"{"date":"d","x\"y":null}"#),
            (Projection::Only(names(&["x\"y"])), r#"{"_id":"i","x\"y":null}"#),
            (Projection::All, entry),
        ] {
            assert_eq!(projected(entry, &projection), wanted);
        }
        for empty in ["{}", "{ }"] {
            assert_eq!(projected(empty, &Projection::Without(Vec::new())), "{}");
        }
    }

    #[test]
    fn keys_keep_their_bytes() {
        // Escapes that need not be, and half of a surrogate pair, which is no character at all.
        let entry = r#"{"\u0061\/b":1,"\ud83d":2,"c":3}"#;
        let without = Projection::Without(names(&["c"]));
        assert_eq!(projected(entry, &without), r#"{"\u0061\/b":1,"\ud83d":2}"#);
        assert_eq!(projected(entry, &Projection::Only(names(&["a/b"]))), r#"{"\u0061\/b":1}"#);
    }
}
