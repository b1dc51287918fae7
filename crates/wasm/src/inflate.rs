//! Deflated bytes, a piece at a time. What is around them (gzip's members, zip's entries) is JavaScript's to read.

use js_sys::{RangeError, Uint8Array};
use miniz_oxide::{
    DataFormat, MZError, MZFlush, MZStatus,
    inflate::stream::{InflateState, inflate},
};
use wasm_bindgen::prelude::*;

use crate::{crc::Crc, number::as_number, piece::Piece};

/// How much is handed out at a time.
const OUTPUT: usize = 1 << 20;

/// One stream of deflated bytes (RFC 1951).
#[wasm_bindgen]
#[expect(missing_debug_implementations, reason = "the decompressor has none")]
pub struct Inflate {
    stream: Box<InflateState>,
    piece: Piece,
    /// Of the piece, what is not read yet.
    at: usize,
    length: usize,
    output: Vec<u8>,
    crc: Crc,
    size: u64,
    ended: bool,
}

impl Default for Inflate {
    fn default() -> Self {
        Self::new()
    }
}

#[wasm_bindgen]
impl Inflate {
    /// At the beginning of a stream.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self {
            stream: InflateState::new_boxed(DataFormat::Raw),
            piece: Piece::default(),
            at: 0,
            length: 0,
            output: vec![0; OUTPUT],
            crc: Crc::new(),
            size: 0,
            ended: false,
        }
    }

    /// Takes the next input. What was left of the one before is forgotten.
    pub fn fill(&mut self, bytes: &Uint8Array) {
        self.length = self.piece.fill(bytes).len();
        self.at = 0;
    }

    /// The next bytes; `undefined` when there are none without more input, or the stream has ended.
    ///
    /// # Errors
    ///
    /// A `RangeError` for bytes that are not deflated ones.
    pub fn read(&mut self) -> Result<Option<Uint8Array>, JsValue> {
        let mut written = 0;
        while !self.ended && written < OUTPUT {
            let input = self.piece.bytes().get(self.at..self.length).unwrap_or_default();
            let output = self.output.get_mut(written..).unwrap_or_default();
            let done = inflate(&mut self.stream, input, output, MZFlush::None);
            self.at += done.bytes_consumed;
            written += done.bytes_written;
            match done.status {
                Ok(status) => self.ended = status == MZStatus::StreamEnd,
                // Nothing to read, or no room: neither is the stream's fault.
                Err(MZError::Buf) => {}
                Err(_) => return Err(RangeError::new("the compressed bytes are damaged").into()),
            }
            if done.bytes_consumed == 0 && done.bytes_written == 0 {
                break;
            }
        }
        let output = self.output.get(..written).unwrap_or_default();
        self.crc.update(output);
        self.size += written as u64;
        Ok((written > 0).then(|| Uint8Array::from(output)))
    }

    /// Counts bytes that are stored as they are, where zip keeps a file so: check sum and size are then theirs.
    pub fn stored(&mut self, bytes: &Uint8Array) {
        let bytes = self.piece.fill(bytes);
        self.crc.update(bytes);
        self.size += bytes.len() as u64;
    }

    /// Whether the stream has ended: what is left of the input is not its own.
    pub fn ended(&self) -> bool {
        self.ended
    }

    /// Bytes of the last input that are not read.
    pub fn unread(&self) -> usize {
        self.length - self.at
    }

    /// The check sum of all bytes so far, as gzip and zip have it.
    pub fn crc(&self) -> u32 {
        self.crc.sum()
    }

    /// How many bytes there are so far.
    pub fn size(&self) -> f64 {
        as_number(self.size)
    }
}
