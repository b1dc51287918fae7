//! An entry whose members have been found once, for a walk along many paths.

use std::borrow::Cow;

use trailsift_core::{Value, View};
use trailsift_engine::json::Json;

/// The members of an entry.
pub(super) struct Opened<'a>(Vec<(Cow<'a, [u8]>, Json<'a>)>);

impl<'a> Opened<'a> {
    pub(super) fn new(entry: &'a [u8]) -> Self {
        Self(Json::new(entry).members().collect())
    }

    pub(super) const fn value(&self) -> Place<'_, 'a> {
        Place::Entry(self)
    }
}

/// The entry, or a value within.
#[derive(Clone, Copy)]
pub(super) enum Place<'o, 'a> {
    Entry(&'o Opened<'a>),
    Within(Json<'a>),
}

impl<'a> Value<'a> for Place<'_, 'a> {
    fn view(self) -> View<'a> {
        match self {
            Self::Entry(_) => View::Object,
            Self::Within(value) => value.view(),
        }
    }

    fn elements(self) -> impl Iterator<Item = Self> {
        let within = match self {
            Self::Entry(_) => None,
            Self::Within(value) => Some(value.elements().map(Self::Within)),
        };
        within.into_iter().flatten()
    }

    fn members(self) -> impl Iterator<Item = (Cow<'a, [u8]>, Self)> {
        let (opened, within) = match self {
            Self::Entry(entry) => (Some(entry.0.iter()), None),
            Self::Within(value) => (None, Some(value.members())),
        };
        let opened = opened.into_iter().flatten().map(|(key, value)| (key.clone(), *value));
        let members = opened.chain(within.into_iter().flatten());
        members.map(|(key, value)| (key, Self::Within(value)))
    }
}
