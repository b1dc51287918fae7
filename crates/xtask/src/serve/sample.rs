//! A day of sample entries in each of the local tenant's trails, the last 24 hours up to now.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use jiff::{Span, Timestamp};
use serde_json::{Value, json};

use super::secrets::Secrets;
use super::server::Server;
use crate::generate::{Entries, Kind, Spec, Window};
use crate::progress::say;

/// The FGA stores of the local tenant; the ids are ULIDs.
pub(super) const STORES: [&str; 2] = ["01K0SAMP1E5T0RE00000000001", "01K0SAMP1E5T0RE00000000002"];

/// Remembers, beside the objects themselves, what was loaded into them.
const MARKER: &str = "sample.json";

/// One request carries no more than this, well under the server's own limits.
const BATCH_BYTES: usize = 4 << 20;
const BATCH_ENTRIES: usize = 5_000;

/// The samples that a state folder holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sample {
    /// How many entries of each kind.
    entries: u64,
    /// The end of the 24 hours that they fall into.
    pub(super) until: Timestamp,
    /// The call id of one Cerbos decision among them.
    pub(super) call: String,
}

/// Loads the samples, unless they were loaded in the last day with the same number of `entries`.
///
/// A trail only grows: tomorrow's sample comes after today's.
pub(super) fn load(
    server: &Server,
    secrets: &Secrets,
    state: &Path,
    entries: u64,
) -> Result<Sample> {
    let now = Timestamp::now();
    if let Some(sample) = loaded(state)
        && sample.entries == entries
        && now.as_second() - sample.until.as_second() < 24 * 3600
    {
        return Ok(sample);
    }
    let start = now.checked_sub(Span::new().hours(24)).context("the clock is off")?;
    let window = Window::parse(Some(&start.to_string()), Some(&now.to_string()))?;
    // The two kinds of Cerbos are one story, so they share a seed.
    let runs = [
        ("auth0", Kind::Auth0, 1, None),
        (STORES[0], Kind::Fga, 2, Some(STORES[0])),
        (STORES[1], Kind::Fga, 3, Some(STORES[1])),
        ("access", Kind::CerbosAccess, 4, None),
        ("decision", Kind::CerbosDecision, 4, None),
        ("events", Kind::Event, 5, None),
    ];
    say("sample", &format!("loading {entries} entries of the last 24 hours into each trail"));
    for (trail, kind, seed, store) in runs {
        let spec = Spec { kind, entries, seed, window, store: store.map(str::to_owned), denied: 0 };
        append(server, secrets, trail, &mut Entries::new(&spec))?;
    }
    let spec =
        Spec { kind: Kind::CerbosDecision, entries, seed: 4, window, store: None, denied: 0 };
    let call = Entries::new(&spec).next().and_then(|entry| call_of(&entry)).unwrap_or_default();
    let sample = Sample { entries, until: now, call };
    sample.save(state)?;
    Ok(sample)
}

/// What was loaded into `state` last.
pub(super) fn loaded(state: &Path) -> Option<Sample> {
    let text = fs::read_to_string(state.join(MARKER)).ok()?;
    let mark: Value = serde_json::from_str(&text).ok()?;
    Some(Sample {
        entries: mark.get("entries")?.as_u64()?,
        until: mark.get("until")?.as_str()?.parse().ok()?,
        call: mark.get("call")?.as_str()?.to_owned(),
    })
}

impl Sample {
    fn save(&self, state: &Path) -> Result<()> {
        let mark =
            json!({"entries": self.entries, "until": self.until.to_string(), "call": self.call});
        let marker = state.join(MARKER);
        fs::write(&marker, mark.to_string())
            .with_context(|| format!("cannot write {}", marker.display()))
    }
}

/// The call id of a Cerbos entry.
fn call_of(entry: &[u8]) -> Option<String> {
    let entry: Value = serde_json::from_slice(entry).ok()?;
    Some(entry.get("callId")?.as_str()?.to_owned())
}

fn append(server: &Server, secrets: &Secrets, trail: &str, entries: &mut Entries) -> Result<()> {
    let mut batch = Vec::with_capacity(BATCH_BYTES);
    let mut count = 0;
    loop {
        let entry = entries.advance();
        if let Some(entry) = entry {
            batch.extend_from_slice(entry);
            count += 1;
        }
        let ends = entry.is_none();
        if count > 0 && (ends || batch.len() >= BATCH_BYTES || count >= BATCH_ENTRIES) {
            send(server, secrets, trail, &batch)?;
            batch.clear();
            count = 0;
        }
        if ends {
            return Ok(());
        }
    }
}

fn send(server: &Server, secrets: &Secrets, trail: &str, batch: &[u8]) -> Result<()> {
    let authorization = format!("Bearer {}", secrets.key);
    let headers =
        [("authorization", authorization.as_str()), ("content-type", "application/x-ndjson")];
    let answer = server.post(&format!("/v1/trails/{trail}/entries"), &headers, batch)?;
    if !(200..300).contains(&answer.status) {
        let said: String = answer.body.chars().take(300).collect();
        bail!("the server refused a sample for the trail {trail}: {}: {said}", answer.status);
    }
    Ok(())
}
