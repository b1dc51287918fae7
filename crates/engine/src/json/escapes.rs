//! What the escapes of a string stand for.

use alloc::{borrow::Cow, vec::Vec};

/// Resolves the escapes of a string's inside. A surrogate without its partner becomes the three bytes that UTF-8
/// would give it, as JavaScript keeps it apart too.
pub(crate) fn unescape(inner: &[u8]) -> Cow<'_, [u8]> {
    let Some(mut at) = memchr::memchr(b'\\', inner) else { return Cow::Borrowed(inner) };
    let mut out = Vec::with_capacity(inner.len());
    out.extend_from_slice(inner.get(..at).unwrap_or_default());
    while let Some(byte) = inner.get(at) {
        if *byte == b'\\' {
            let (character, after) = resolve(inner, at);
            out.extend_from_slice(character.bytes());
            at = after;
        } else {
            out.push(*byte);
            at += 1;
        }
    }
    Cow::Owned(out)
}

/// How much of `whole` a string's inside says with its escapes resolved, if it says nothing else.
pub(crate) fn unescaped_prefix(inner: &[u8], whole: &[u8]) -> Option<usize> {
    let (mut at, mut length) = (0, 0);
    while let Some(byte) = inner.get(at) {
        let rest = whole.get(length..)?;
        if *byte == b'\\' {
            let (character, after) = resolve(inner, at);
            rest.strip_prefix(character.bytes())?;
            length += character.bytes().len();
            at = after;
        } else {
            rest.strip_prefix(&[*byte])?;
            length += 1;
            at += 1;
        }
    }
    Some(length)
}

/// The bytes of one character.
struct Character {
    bytes: [u8; 4],
    length: usize,
}

impl Character {
    fn new(code: u32) -> Self {
        let mut bytes = [0; 4];
        let length = match char::from_u32(code) {
            Some(character) => character.encode_utf8(&mut bytes).len(),
            None => {
                let [_, _, high, low] = code.to_be_bytes();
                bytes =
                    [0xE0 | high >> 4, 0x80 | high << 2 & 0x3C | low >> 6, 0x80 | low & 0x3F, 0];
                3
            }
        };
        Self { bytes, length }
    }

    fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

/// What the escape at `at` stands for, and what follows it.
fn resolve(inner: &[u8], at: usize) -> (Character, usize) {
    let byte = match inner.get(at + 1).copied() {
        Some(b'b') => 0x08,
        Some(b'f') => 0x0c,
        Some(b'n') => b'\n',
        Some(b'r') => b'\r',
        Some(b't') => b'\t',
        Some(b'u') => {
            let unit = hex(inner, at + 2);
            let low = match inner.get(at + 6..at + 8) {
                Some(b"\\u") => hex(inner, at + 8),
                _ => 0,
            };
            return match (unit, low) {
                (0xD800..=0xDBFF, 0xDC00..=0xDFFF) => {
                    let code = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                    (Character::new(code), at + 12)
                }
                _ => (Character::new(unit), at + 6),
            };
        }
        Some(other) => other,
        None => b'\\',
    };
    (Character { bytes: [byte, 0, 0, 0], length: 1 }, at + 2)
}

fn hex(text: &[u8], at: usize) -> u32 {
    let digits = text.get(at..at + 4).unwrap_or_default();
    digits.iter().fold(0, |value, digit| value << 4 | char::from(*digit).to_digit(16).unwrap_or(0))
}
