//! The one place where bytes from JavaScript are copied to.

use js_sys::Uint8Array;

/// Room for a piece of input, used again for the next: this machine's memory never shrinks.
#[derive(Debug, Default)]
pub(crate) struct Piece(Vec<u8>);

impl Piece {
    /// The bytes, as the machine's own.
    pub(crate) fn fill(&mut self, bytes: &Uint8Array) -> &[u8] {
        let length = bytes.length() as usize;
        if self.0.len() < length {
            self.0.resize(length, 0);
        }
        let room = self.0.get_mut(..length).unwrap_or_default();
        bytes.copy_to(room);
        room
    }

    /// The bytes that were filled in last, and how many they were.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}
