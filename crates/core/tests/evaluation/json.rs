//! JSON as written: members in their own order, duplicate keys included, which serde_json's tree drops.

use std::borrow::Cow;

use proptest::{prelude::*, sample::select};
use trailsift_core::{Number, Value, View};

use super::words;

#[derive(Clone, Debug)]
pub(crate) enum Json {
    Scalar(serde_json::Value),
    Array(Vec<Json>),
    Object(Vec<(&'static str, Json)>),
}

impl Json {
    /// Entries whose keys and values are such that the filters of [`super::filters`] often find something.
    pub(crate) fn entry() -> impl Strategy<Value = Self> {
        let scalar = prop_oneof![
            6 => words::values().prop_map(|word| Self::Scalar(word.into())),
            2 => words::numbers().prop_map(|number| {
                Self::Scalar(serde_json::from_str(&number).expect("it is JSON"))
            }),
            1 => any::<bool>().prop_map(|value| Self::Scalar(value.into())),
            1 => Just(Self::Scalar(serde_json::Value::Null)),
        ];
        scalar.prop_recursive(4, 40, 6, |inner| {
            let member = (select(words::KEYS), inner.clone());
            prop_oneof![
                2 => prop::collection::vec(inner, 0..4).prop_map(Self::Array),
                5 => prop::collection::vec(member, 0..6).prop_map(Self::Object),
            ]
        })
    }

    /// The same as a tree in which the last of several members with one key is the only one.
    pub(crate) fn tree(&self) -> serde_json::Value {
        match self {
            Self::Scalar(value) => value.clone(),
            Self::Array(elements) => elements.iter().map(Self::tree).collect(),
            Self::Object(members) => {
                members.iter().map(|(key, value)| ((*key).to_owned(), value.tree())).collect()
            }
        }
    }
}

impl<'a> Value<'a> for &'a Json {
    fn view(self) -> View<'a> {
        match self {
            Json::Scalar(serde_json::Value::Bool(value)) => View::Bool(*value),
            Json::Scalar(serde_json::Value::Number(number)) => {
                View::Number(Number::parse(&number.to_string()).expect("JSON's are numbers"))
            }
            Json::Scalar(serde_json::Value::String(text)) => {
                View::Text(Cow::Borrowed(text.as_bytes()))
            }
            Json::Scalar(_) => View::Null,
            Json::Array(_) => View::Array,
            Json::Object(_) => View::Object,
        }
    }

    fn elements(self) -> impl Iterator<Item = Self> {
        match self {
            Json::Array(elements) => elements.as_slice(),
            _ => &[],
        }
        .iter()
    }

    fn members(self) -> impl Iterator<Item = (Cow<'a, [u8]>, Self)> {
        match self {
            Json::Object(members) => members.as_slice(),
            _ => &[],
        }
        .iter()
        .map(|(key, value)| (Cow::Borrowed(key.as_bytes()), value))
    }
}
