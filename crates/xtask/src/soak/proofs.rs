//! Whether a trail's signed tree agrees with its entries, and has grown from the checkpoint that was kept before the
//! kill. The verifier is the one that anybody uses.

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use trailsift_proof::checkpoint::Checkpoint;
use trailsift_proof::note::VerifierKey;
use trailsift_proof::verify::{Trust, verify};

use super::client::Client;

/// How many entries are exported at once.
const PAGE: u64 = 1_000;

/// What is known of a trail from before.
#[derive(Debug, Default)]
pub(super) struct Proofs {
    known: Option<(VerifierKey, Checkpoint)>,
}

#[derive(Deserialize)]
struct Signed {
    size: u64,
    key: String,
    checkpoint: String,
}

/// Which entries are held against the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    All,
    /// Those of the last page.
    Newest,
}

impl Proofs {
    /// What is wrong with the tree, in words.
    ///
    /// # Errors
    /// When the Worker does not answer.
    pub(super) fn check(
        &mut self,
        client: &Client,
        trail: &str,
        which: Which,
    ) -> Result<Vec<String>> {
        let path = format!("/v1/trails/{trail}");
        let signed: Signed = match client.get(&format!("{path}/checkpoint?format=json"))? {
            (200, text) => serde_json::from_str(&text).context("a checkpoint that is none")?,
            (404, text) if text.contains("trail_not_found") => return Ok(Vec::new()),
            (status, text) => bail!("{trail} tells no checkpoint: {status}: {text}"),
        };
        let kept = client.first(trail)?;
        let Signed { size, key, checkpoint: note } = signed;
        let mut wrong = Vec::new();
        let key: VerifierKey = match key.parse() {
            Ok(key) => key,
            Err(error) => return Ok(vec![format!("{trail} is signed with no key: {error}")]),
        };
        if self.known.as_ref().is_some_and(|(known, _)| *known != key) {
            wrong.push(format!("{trail} is signed with another key than before"));
        }
        let checkpoint = match Checkpoint::open(&note, &[&key]) {
            Ok(checkpoint) => checkpoint,
            Err(error) => {
                return Ok(vec![format!("{trail} has a checkpoint that is none: {error}")]);
            }
        };
        let mut from = match which {
            Which::All => kept,
            Which::Newest => kept.max(size.saturating_sub(PAGE - 1)),
        };
        let known = self.known.take().map(|(_, checkpoint)| checkpoint);
        let since =
            known.as_ref().map_or(String::new(), |known| format!("&since={}", known.size()));
        let trust = Trust { key: Some(key.clone()), known, ..Trust::default() };
        while from <= size {
            let to = size.min(from + PAGE - 1);
            let (status, lines) =
                client.get(&format!("{path}/export?from={from}&to={to}&limit={PAGE}"))?;
            let count = lines.lines().count() as u64;
            let is_gone = client.first(trail)? > from;
            let to = from + count.saturating_sub(1);
            let asked =
                format!("{path}/export?format=bundle&from={from}&to={to}&size={size}{since}");
            let (told, bundle) = client.get(&asked)?;
            // What gets past its time meanwhile can no longer be proven.
            if is_gone || told == 404 && kept > 1 {
                break;
            }
            if (status, told) != (200, 200) || count == 0 {
                wrong.push(format!(
                    "{trail}: no proof of {from} to {to}: {status}, {told}: {bundle}"
                ));
                break;
            }
            let verdict = verify([lines.as_bytes()], bundle.as_bytes(), &trust);
            if !verdict.is_intact() || !verdict.trusted {
                wrong.push(format!("{trail}, {from} to {to}: {}", verdict.sentences().join(" ")));
                break;
            }
            from = to + 1;
        }
        self.known = Some((key, checkpoint));
        Ok(wrong)
    }
}
