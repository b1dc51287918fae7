//! One pass of a query over a log that comes in pieces.

use std::rc::Rc;

use js_sys::{Float64Array, Uint8Array};
use trailsift_engine::{plan::Plan, scan};
use wasm_bindgen::prelude::*;

use crate::entry::{self, Broken};

/// A pass that has begun. It keeps its plan alive.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Scan {
    plan: Rc<Plan>,
    scan: scan::Scan,
    /// Where pieces are copied to: one allocation for all of them.
    piece: Vec<u8>,
    /// Broken pieces that have been taken.
    taken: usize,
}

impl Scan {
    pub(crate) fn new(plan: Rc<Plan>) -> Self {
        Self { plan, scan: scan::Scan::new(), piece: Vec::new(), taken: 0 }
    }
}

#[wasm_bindgen]
impl Scan {
    /// Looks through the next piece: pairs of offsets into the whole log, for the matches that have ended.
    pub fn push(&mut self, bytes: &Uint8Array) -> Float64Array {
        self.piece.resize(bytes.length() as usize, 0);
        bytes.copy_to(&mut self.piece);
        let mut found = Vec::new();
        self.scan.push(&self.piece, &self.plan, |entry| keep(&mut found, &entry));
        Float64Array::from(found.as_slice())
    }

    /// Says that nothing follows, and gives the matches that only that has settled.
    pub fn finish(&mut self) -> Float64Array {
        let mut found = Vec::new();
        self.scan.finish(&self.plan, |entry| keep(&mut found, &entry));
        Float64Array::from(found.as_slice())
    }

    /// Whole entries seen so far.
    pub fn entries(&self) -> f64 {
        as_number(self.scan.report().entries)
    }

    /// Broken pieces seen so far.
    #[wasm_bindgen(js_name = brokenCount)]
    pub fn broken_count(&self) -> f64 {
        as_number(self.scan.report().broken)
    }

    /// The broken pieces since the last call, as an array; of a whole log, only the first [`scan::BROKEN_KEPT`].
    ///
    /// # Errors
    ///
    /// Those of JavaScript, when it cannot make an array.
    #[wasm_bindgen(js_name = takeBroken)]
    pub fn take_broken(&mut self) -> Result<JsValue, JsValue> {
        let kept = &self.scan.report().first_broken;
        let fresh: Vec<_> = kept.iter().skip(self.taken).map(Broken::from).collect();
        self.taken = kept.len();
        entry::broken_to_js(&fresh)
    }
}

fn keep(found: &mut Vec<f64>, entry: &scan::Match<'_>) {
    found.extend([as_number(entry.range.start), as_number(entry.range.end)]);
}

/// A count or an offset in JavaScript's numbers, which are exact up to 2^53: nine petabytes.
#[expect(clippy::cast_precision_loss, reason = "no log is that long")]
fn as_number(value: u64) -> f64 {
    value as f64
}
