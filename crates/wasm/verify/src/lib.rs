//! The JavaScript edge of the verifier. What it says, `trailsift_proof` decides; how it is asked, `js/verify.ts`.
//!
//! Signatures and hashes are needed by nobody who queries, and queries by nobody who verifies: that is why this is not a
//! part of the engine's module, and is loaded when an export is first verified.

use js_sys::TypeError;
use trailsift_proof::{
    checkpoint::Checkpoint,
    note::{Note, VerifierKey},
    verify::{Trust, Verifier},
};
use wasm_bindgen::prelude::*;

/// An export that is being verified.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Verification(Verifier);

#[wasm_bindgen]
impl Verification {
    /// Looks at the bundle. The rest is what the reader knows of the log: its key, which log it is, and the note of a
    /// checkpoint that was kept.
    ///
    /// # Errors
    ///
    /// A `TypeError` for what is no key, or no checkpoint of that key. Whatever is wrong with the bundle is a part of
    /// the verdict.
    #[wasm_bindgen(constructor)]
    pub fn new(
        bundle: &[u8],
        key: Option<String>,
        origin: Option<String>,
        checkpoint: Option<String>,
    ) -> Result<Self, JsValue> {
        let wrong = |what| JsValue::from(TypeError::new(what));
        let key: Option<VerifierKey> = key
            .map(|key| key.parse())
            .transpose()
            .map_err(|_| wrong("`key` is no key as a log publishes it: `name+id+key`"))?;
        let known = checkpoint
            .map(|note| kept(&note, key.as_ref()))
            .map(|known| known.ok_or_else(|| wrong("`checkpoint` is no note that `key` signed")))
            .transpose()?;
        Ok(Self(Verifier::new(bundle, &Trust { key, origin, known })))
    }

    /// Takes the next bytes of the export.
    pub fn push(&mut self, bytes: &[u8]) {
        self.0.push(bytes);
    }

    /// Says that nothing follows: the verdict, as JSON.
    #[must_use]
    pub fn finish(self) -> String {
        self.0.finish().to_json()
    }
}

/// A checkpoint that the reader kept. Without a key it is the reader's word that it is genuine.
fn kept(note: &str, key: Option<&VerifierKey>) -> Option<Checkpoint> {
    match key {
        Some(key) => Checkpoint::open(note, &[key]).ok(),
        None => note.parse::<Note>().ok()?.unverified_text().parse().ok(),
    }
}
