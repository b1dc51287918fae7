//! The verdict: what is proven, or what is wrong.

use alloc::{
    format,
    string::{String, ToString as _},
    vec::Vec,
};

use serde::Serialize;

use super::fault::{Fault, Faults};
use crate::Hash;

/// What verifying an export came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// What is proven; nothing when anything is wrong.
    pub proven: Option<Proven>,
    /// What is wrong: first with the bundle, then with the export in its order, then what is missing in it. At most 100.
    pub faults: Vec<Fault>,
    /// How many faults there are beside those.
    pub unlisted: u64,
    /// The checkpoint that the proof leads to, if its signature is genuine.
    pub checkpoint: Option<Signed>,
    /// Whether the key that signed it is one that the reader knew before.
    pub trusted: bool,
    /// How many entries the log had at the earlier checkpoint from which it was shown to have grown.
    pub grown_from: Option<u64>,
}

/// What a sound export proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Proven {
    /// All entries from one number on are there and are as they were received.
    Complete {
        /// The number of the first.
        first: u64,
        /// How many there are.
        count: u64,
    },
    /// Every entry is in the log and is as it was received. What is not there is not known.
    Included {
        /// How many there are.
        count: u64,
    },
}

/// A checkpoint whose signature is genuine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Signed {
    /// Which log it is.
    pub origin: String,
    /// How many entries the log had.
    pub size: u64,
    /// The root of the tree over them.
    pub root: Hash,
    /// The key that signed it, with its name and id.
    pub key: String,
}

impl Verdict {
    /// Whether nothing is wrong. What that proves is [`Verdict::proven`], and by whose word [`Verdict::trusted`].
    #[must_use]
    pub const fn is_intact(&self) -> bool {
        self.proven.is_some()
    }

    /// The verdict for people to read, the most important sentence first.
    #[must_use]
    pub fn sentences(&self) -> Vec<String> {
        let mut sentences: Vec<String> = self.proven_sentence().into_iter().collect();
        sentences.extend(self.faults.iter().map(Fault::to_string));
        if self.unlisted > 0 {
            sentences.push(format!("And {} faults more.", self.unlisted));
        }
        if let Some(earlier) = self.grown_from {
            sentences.push(format!(
                "The log still begins with the {earlier} entries of the earlier checkpoint."
            ));
        }
        if let Some(Signed { key, size, .. }) = &self.checkpoint {
            let signed = format!("The checkpoint of {size} entries is signed by {key:?}");
            sentences.push(if self.trusted {
                format!("{signed}, the key that was given.")
            } else {
                format!("{signed}, a key that came with the bundle: compare it with the log's own.")
            });
        }
        sentences
    }

    /// The verdict as JSON, on one line: `{"verdict":{"proven":…,"faults":[…],…},"sentences":[…]}`.
    ///
    /// ```
    /// use trailsift_proof::verify::{Trust, verify};
    ///
    /// let verdict = verify([], b"{}", &Trust::default());
    /// assert!(verdict.to_json().starts_with(r#"{"verdict":{"proven":null,"faults":[{"kind":"bundle","reason":"#));
    /// ```
    #[must_use]
    pub fn to_json(&self) -> String {
        #[derive(Serialize)]
        struct Told<'a> {
            verdict: &'a Verdict,
            sentences: Vec<String>,
        }
        // Texts and numbers in vectors and structures are always JSON.
        serde_json::to_string(&Told { verdict: self, sentences: self.sentences() })
            .unwrap_or_default()
    }

    fn proven_sentence(&self) -> Option<String> {
        let origin =
            self.checkpoint.as_ref().map(|signed| signed.origin.as_str()).unwrap_or_default();
        let sentence = match self.proven? {
            Proven::Complete { count: 0, .. } => {
                format!("Intact: no entries of {origin:?}, as the bundle says.")
            }
            Proven::Complete { first, count: 1 } => {
                format!("Intact: the entry {first} of {origin:?}, not changed.")
            }
            Proven::Complete { first, count } => format!(
                "Intact and complete: the entries {first} to {} of {origin:?}, none changed, removed or added.",
                first.saturating_add(count - 1)
            ),
            Proven::Included { count: 0 } => format!(
                "No entries of {origin:?}, as the bundle says. This proves nothing about entries that are not here."
            ),
            Proven::Included { count } => {
                let each = if count == 1 {
                    "the entry".into()
                } else {
                    format!("each of the {count} entries")
                };
                format!(
                    "Intact: {each} is in {origin:?}, not changed. This proves inclusion, and nothing about entries \
                     that are not here."
                )
            }
        };
        Some(sentence)
    }

    /// With all faults known: nothing is proven when there are any.
    pub(super) fn conclude(mut self, faults: Faults) -> Self {
        if !faults.listed.is_empty() {
            self.proven = None;
        }
        self.faults = faults.listed;
        self.unlisted = faults.unlisted;
        self
    }
}
