//! serde_json's tree as a value that the core can look into. Shared by the tests and the fuzz targets.

use std::borrow::Cow;

use trailsift_core::{Number, Value, View};

/// A tree of serde_json's.
#[derive(Clone, Copy)]
pub(crate) struct Tree<'a>(pub(crate) &'a serde_json::Value);

impl<'a> Value<'a> for Tree<'a> {
    fn view(self) -> View<'a> {
        match self.0 {
            serde_json::Value::Null => View::Null,
            serde_json::Value::Bool(value) => View::Bool(*value),
            serde_json::Value::Number(number) => {
                Number::parse(&number.to_string()).map_or(View::Null, View::Number)
            }
            serde_json::Value::String(text) => View::Text(Cow::Borrowed(text.as_bytes())),
            serde_json::Value::Array(_) => View::Array,
            serde_json::Value::Object(_) => View::Object,
        }
    }

    fn elements(self) -> impl Iterator<Item = Self> {
        self.0.as_array().into_iter().flatten().map(Tree)
    }

    fn members(self) -> impl Iterator<Item = (Cow<'a, [u8]>, Self)> {
        let members = self.0.as_object().into_iter().flatten();
        members.map(|(key, value)| (Cow::Borrowed(key.as_bytes()), Tree(value)))
    }
}
