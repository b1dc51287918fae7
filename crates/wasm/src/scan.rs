//! One pass of a query over a log that comes in pieces.

use std::rc::Rc;

use js_sys::{Float64Array, Uint8Array};
use trailsift_engine::{
    plan::Plan,
    scan::{self, Match},
};
use wasm_bindgen::prelude::*;

use crate::{
    entry::{self, ToldBroken},
    number::as_number,
    piece::Piece,
};

/// A pass that has begun.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Scan {
    plan: Rc<Plan>,
    scan: scan::Scan,
    piece: Piece,
    told: ToldBroken,
}

impl Scan {
    pub(crate) fn new(plan: Rc<Plan>, scan: scan::Scan) -> Self {
        Self { plan, scan, piece: Piece::default(), told: ToldBroken::default() }
    }

    fn places(&mut self, bytes: Option<&Uint8Array>) -> Float64Array {
        let mut found = Vec::new();
        self.read(bytes, &mut |entry| {
            found.extend([as_number(entry.range.start), as_number(entry.range.end)]);
        });
        Float64Array::from(found.as_slice())
    }

    fn lines(&mut self, bytes: Option<&Uint8Array>) -> Vec<u8> {
        let mut lines = Vec::new();
        self.read(bytes, &mut |entry| entry::push_line(&mut lines, entry.bytes));
        lines
    }

    /// The next piece, or the end. The scan is large, and so it is there once and not for each that calls it.
    fn read(&mut self, bytes: Option<&Uint8Array>, on_match: &mut dyn FnMut(Match<'_>)) {
        match bytes {
            Some(bytes) => self.scan.push(self.piece.fill(bytes), &self.plan, on_match),
            None => self.scan.finish(&self.plan, on_match),
        }
    }
}

#[wasm_bindgen]
impl Scan {
    /// Looks through the next piece: pairs of offsets into the whole log, for the matches that have ended.
    pub fn push(&mut self, bytes: &Uint8Array) -> Float64Array {
        self.places(Some(bytes))
    }

    /// Says that nothing follows, and gives the matches that only that has settled.
    pub fn finish(&mut self) -> Float64Array {
        self.places(None)
    }

    /// As `push`, but the matches themselves, each as a line.
    #[wasm_bindgen(js_name = pushLines)]
    pub fn push_lines(&mut self, bytes: &Uint8Array) -> Vec<u8> {
        self.lines(Some(bytes))
    }

    /// As `finish`, but the matches themselves, each as a line.
    #[wasm_bindgen(js_name = finishLines)]
    pub fn finish_lines(&mut self) -> Vec<u8> {
        self.lines(None)
    }

    /// Whether it was to stop at the first broken entry, and has.
    #[wasm_bindgen(js_name = isStopped)]
    pub fn is_stopped(&self) -> bool {
        self.scan.is_stopped()
    }

    /// Whole entries seen so far.
    pub fn entries(&self) -> f64 {
        as_number(self.scan.report().entries)
    }

    /// Matches so far.
    pub fn matches(&self) -> f64 {
        as_number(self.scan.report().matches)
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
        self.told.fresh(self.scan.report())
    }
}
