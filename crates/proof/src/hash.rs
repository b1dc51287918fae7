//! The hashes of the tree: of nothing, of a leaf, of two nodes. Not how they make a tree.

use alloc::string::String;
use core::{fmt, str::FromStr};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};

/// A SHA-256. As text it is base64 with padding, 44 characters, as in a checkpoint.
///
/// ```
/// use trailsift_proof::Hash;
///
/// let nothing = Hash::empty();
/// assert_eq!(nothing.to_string(), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
/// assert_eq!(nothing.to_string().parse(), Ok(nothing));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; 32]);

impl Hash {
    /// The hash with these bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The root of a tree without leaves: the hash of no bytes.
    #[must_use]
    pub fn empty() -> Self {
        Self(Sha256::new().finalize().into())
    }

    /// The hash of a leaf that holds `data`: SHA-256(0x00 || data).
    #[must_use]
    pub fn leaf(data: &[u8]) -> Self {
        Self(Sha256::new().chain_update([LEAF]).chain_update(data).finalize().into())
    }

    /// The hash of a node with these children: SHA-256(0x01 || left || right).
    #[must_use]
    pub fn node(left: &Self, right: &Self) -> Self {
        let hash = Sha256::new().chain_update([NODE]).chain_update(left.0).chain_update(right.0);
        Self(hash.finalize().into())
    }
}

/// RFC 6962, 2.1: what is hashed begins so, that no leaf is ever taken for a node.
const LEAF: u8 = 0;
const NODE: u8 = 1;

/// The leaf of an entry: SHA-256 of these bytes, one after the other.
///
/// | bytes | what |
/// | --- | --- |
/// | 1 | 0x00, as for every leaf |
/// | 8 | how many bytes the id has, big endian |
/// | | the id under which the entry is served, UTF-8 |
/// | 8 | when the trail received the entry: milliseconds since 1970, UTC, big endian, two's complement |
/// | 8 | how many bytes the entry has, big endian |
/// | | the entry's own bytes as they came |
///
/// Nothing is brought into another form before. The sequence number is not in it: that is the leaf's place in the tree.
///
/// ```
/// // Made with Python: sha256(b"\0" + pack(">Q", 5) + b"evt_1" + pack(">q", 1782898200123)
/// //                          + pack(">Q", 12) + b'{"type":"s"}')
/// let leaf = trailsift_proof::leaf_hash("evt_1", 1_782_898_200_123, br#"{"type":"s"}"#);
/// assert_eq!(leaf.to_string(), "PXxsKwPQYjJqDJum+9qSBGLjOMTnEqpuLaUhSjcN+BQ=");
/// ```
#[must_use]
pub fn leaf_hash(id: &str, received_at: i64, bytes: &[u8]) -> Hash {
    let hash = Sha256::new()
        .chain_update([LEAF])
        .chain_update(length(id.as_bytes()))
        .chain_update(id)
        .chain_update(received_at.to_be_bytes())
        .chain_update(length(bytes))
        .chain_update(bytes);
    Hash(hash.finalize().into())
}

const fn length(bytes: &[u8]) -> [u8; 8] {
    (bytes.len() as u64).to_be_bytes()
}

/// A text that is not 32 bytes in base64, with padding and nothing after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAHash;

impl fmt::Display for NotAHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a SHA-256 in base64")
    }
}

impl core::error::Error for NotAHash {}

impl FromStr for Hash {
    type Err = NotAHash;

    fn from_str(text: &str) -> Result<Self, NotAHash> {
        // 44 characters decode to at most 33 bytes; more text is not worth decoding.
        let mut bytes = [0; 33];
        if text.len() != 44 {
            return Err(NotAHash);
        }
        let length = STANDARD.decode_slice(text, &mut bytes).map_err(|_| NotAHash)?;
        match bytes.first_chunk() {
            Some(hash) if length == 32 => Ok(Self(*hash)),
            _ => Err(NotAHash),
        }
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use alloc::{string::ToString as _, vec};

    use super::*;

    /// Made with Python's hashlib and struct, as in the example of [`leaf_hash`].
    #[test]
    fn a_leaf_as_another_implementation_makes_it() {
        let leaf = leaf_hash("ä", -1, b"");
        assert_eq!(leaf.to_string(), "SrIITV5Jy4ElzLJ08vbnBcobDAchPPkCEZZ7kHOSDGg=");
    }

    #[test]
    fn the_parts_of_a_leaf_do_not_run_into_each_other() {
        let leaf = leaf_hash("ab", 1, b"cd");
        for other in
            [leaf_hash("abc", 1, b"d"), leaf_hash("a", 1, b"bcd"), leaf_hash("ab", 256, b"cd")]
        {
            assert_ne!(leaf, other);
        }
        assert_eq!(Hash::leaf(&[0; 24]), leaf_hash("", 0, b""));
    }

    #[test]
    fn only_its_own_text_is_a_hash() {
        let text = Hash::leaf(b"").to_string();
        assert_eq!(text.parse(), Ok(Hash::leaf(b"")));
        let wrong = [
            "".to_string(),
            "é".to_string(),
            "A".repeat(44),
            "A".repeat(100_000),
            text.replace('=', ""),
            text.replace('=', "A"),
            text.replace('=', "\n"),
        ];
        for wrong in wrong {
            assert_eq!(wrong.parse::<Hash>(), Err(NotAHash), "{wrong}");
        }
        // The last character's lower bits belong to no byte: another spelling of the same hash is refused.
        let mut spelled = vec![b'A'; 44];
        spelled[43] = b'=';
        assert!(core::str::from_utf8(&spelled).unwrap().parse::<Hash>().is_ok());
        spelled[42] = b'B';
        assert!(core::str::from_utf8(&spelled).unwrap().parse::<Hash>().is_err());
    }
}
