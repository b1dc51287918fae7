//! A test of every string of an entry: only what stands around the places that a search finds is looked at.
//!
//! A string counts where no later member of the same key takes its place, on any level above it. So each object that
//! holds such a place is walked to its end; the others are skipped.

use alloc::vec::Vec;
use core::ops::Range;

use trailsift_core::{CompiledTest, Value};

use crate::{
    json::{self, Json},
    members::{self, Members, Place},
    search::{Literal, Search},
};

/// More members of one object that pass are left to the core's own walk: each is compared with all keys behind it.
const MOST_PASSED: usize = 8;

/// What is to be expected in a log, very roughly.
const USUAL: &[u8] =
    br#"{"date":"2026-06-10T08:15:42.973Z","type":"s","ip":"203.0.113.7","user_id":"auth0|6a1f","#;

#[derive(Clone, Debug)]
pub(super) struct Anywhere {
    test: CompiledTest,
    /// Finds what every string that passes holds.
    search: Option<Search>,
}

impl Anywhere {
    pub(super) fn new(test: CompiledTest, literals: Vec<Literal>) -> Self {
        let search = (!literals.is_empty()).then(|| Search::new(&literals, USUAL));
        Self { test, search }
    }

    /// Whether a string of the object passes, which has been walked: no deeper than entries are.
    pub(super) fn matches(&self, object: &[u8]) -> bool {
        let found = self.search.as_ref().map(|search| {
            let mut hits = Hits { search, text: object, next: search.find(object, 0) };
            self.holds(object, 0..object.len(), &mut hits)
        });
        match found {
            Some(Some(found)) => found,
            Some(None) | None => self.test.passes_anywhere(Json::new(object)),
        }
    }

    /// Whether the value at a place is a string that passes or holds one; `None` to ask the core.
    ///
    /// It calls itself once for each level, of which there are no more than [`json::MAX_DEPTH`].
    fn holds(&self, text: &[u8], place: Range<usize>, hits: &mut Hits<'_>) -> Option<bool> {
        if !hits.is_in(&place) {
            return Some(false);
        }
        match text.get(place.start)? {
            b'{' => self.object_holds(text, place.start, hits),
            b'[' => self.array_holds(text, place.start, hits),
            b'"' => Some(self.test.passes(&Json::new(text.get(place)?).view())),
            _ => Some(false),
        }
    }

    fn object_holds(&self, text: &[u8], start: usize, hits: &mut Hits<'_>) -> Option<bool> {
        let mut passed: Vec<&[u8]> = Vec::new();
        let mut members = Members::new(text, start);
        while let Some(Place { key, value, .. }) = members.step().ok()? {
            let key = text.get(key)?;
            passed.retain(|earlier| !is_same(earlier, key));
            if self.holds(text, value, hits)? {
                if passed.len() == MOST_PASSED {
                    return None;
                }
                passed.push(key);
            }
            if hits.next.is_none() && passed.is_empty() {
                break;
            }
        }
        Some(!passed.is_empty())
    }

    fn array_holds(&self, text: &[u8], start: usize, hits: &mut Hits<'_>) -> Option<bool> {
        let mut at = json::skip_space(text, start + 1);
        while !matches!(text.get(at)?, b']') {
            let end = members::find_end(text, at, 0).ok()?;
            if self.holds(text, at..end, hits)? {
                return Some(true);
            }
            at = json::skip_space(text, end);
            if let Some(b',') = text.get(at) {
                at = json::skip_space(text, at + 1);
            }
        }
        Some(false)
    }
}

fn is_same(a: &[u8], b: &[u8]) -> bool {
    let is_plain = |key: &[u8]| !key.contains(&b'\\');
    a == b || !(is_plain(a) && is_plain(b)) && json::unescape(a) == json::unescape(b)
}

/// The places that a search finds, from the front.
struct Hits<'a> {
    search: &'a Search,
    text: &'a [u8],
    next: Option<usize>,
}

impl Hits<'_> {
    /// Whether one lies in the place. What lies before it is passed over.
    fn is_in(&mut self, place: &Range<usize>) -> bool {
        if self.next.is_some_and(|next| next < place.start) {
            self.next = self.search.find(self.text, place.start);
        }
        self.next.is_some_and(|next| next < place.end)
    }
}
