//! Signed notes and their keys, as C2SP's signed-note has them: a text, an empty line, a line for each signature. Not
//! what the text says: that is [`crate::checkpoint`]'s.
//!
//! Of the kinds of signature only Ed25519 (0x01) is known here; others are signatures by unknown keys, and ignored.

use alloc::{
    borrow::ToOwned,
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::{fmt, str::FromStr};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature as Ed25519, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};

/// The longest note that is read, in bytes.
pub const MAX_NOTE: usize = 1 << 20;

/// How many signatures a note has at most.
pub const MAX_SIGNATURES: usize = 100;

const ED25519: u8 = 1;
const DASH: &str = "\u{2014} ";

/// Why a text is no note, or a note is not to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteError {
    /// Not a text, an empty line and signature lines; or longer than [`MAX_NOTE`].
    Malformed,
    /// None of its signatures is by a key that was given.
    UnknownKey,
    /// A signature says that it is by a key that was given, and is not.
    Forged,
}

impl fmt::Display for NoteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "not a signed note",
            Self::UnknownKey => "not signed by the key",
            Self::Forged => "the signature is not by the key that it names",
        })
    }
}

impl core::error::Error for NoteError {}

/// A name or a text that cannot be a key's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAKey;

impl fmt::Display for NotAKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a key, or a name that no key may have")
    }
}

impl core::error::Error for NotAKey {}

/// The first bytes of a SHA-256 of a key and its name. Tells keys apart, and is no proof of anything.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyId(pub [u8; 4]);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", u32::from_be_bytes(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The public half of a key, with its name. As text it is `name+id+key`, the id in hexadecimal and the key in base64.
///
/// ```
/// use trailsift_proof::note::VerifierKey;
///
/// let text = "logs.example/acme/auth0+7b6e8841+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
/// let key: VerifierKey = text.parse().unwrap();
/// assert_eq!((key.name(), key.id().to_string().as_str()), ("logs.example/acme/auth0", "7b6e8841"));
/// assert_eq!(key.to_string(), text);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: KeyId,
    key: VerifyingKey,
}

impl VerifierKey {
    fn new(name: &str, key: VerifyingKey) -> Result<Self, NotAKey> {
        if !is_name(name) {
            return Err(NotAKey);
        }
        let hash = Sha256::new()
            .chain_update(name)
            .chain_update([b'\n', ED25519])
            .chain_update(key.as_bytes())
            .finalize();
        let id = hash.first_chunk().copied().map(KeyId).ok_or(NotAKey)?;
        Ok(Self { name: name.to_owned(), id, key })
    }

    /// Its name, by custom the origin of the log that signs with it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its id.
    #[must_use]
    pub const fn id(&self) -> KeyId {
        self.id
    }

    fn is_of(&self, signature: &Signature) -> bool {
        self.id == signature.id && self.name == signature.name
    }

    fn verifies(&self, text: &str, signature: &Signature) -> bool {
        let Ok(bytes) = <&[u8; 64]>::try_from(signature.bytes.as_slice()) else { return false };
        self.key.verify_strict(text.as_bytes(), &Ed25519::from_bytes(bytes)).is_ok()
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[ED25519][..], self.key.as_bytes()].concat();
        write!(f, "{}+{}+{}", self.name, self.id, STANDARD.encode(key))
    }
}

impl FromStr for VerifierKey {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(_), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NotAKey);
        };
        // 33 bytes; more text is not worth decoding.
        if key.len() != 44 {
            return Err(NotAKey);
        }
        let bytes = STANDARD.decode(key).map_err(|_| NotAKey)?;
        let Some((&ED25519, key)) = bytes.split_first() else { return Err(NotAKey) };
        let key = <&[u8; 32]>::try_from(key).map_err(|_| NotAKey)?;
        let key = Self::new(name, VerifyingKey::from_bytes(key).map_err(|_| NotAKey)?)?;
        // Every key has one text: the id has to be its own, in small letters.
        if key.to_string() == text { Ok(key) } else { Err(NotAKey) }
    }
}

impl Serialize for VerifierKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for VerifierKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// A key that signs, with its name.
///
/// ```
/// use trailsift_proof::note::{Note, Signer};
///
/// let signer = Signer::new("logs.example/acme/auth0", &[7; 32]).unwrap();
/// let note = Note::sign("text\n", &[&signer]).unwrap().to_string();
/// assert_eq!(note.parse::<Note>().unwrap().open(&[signer.verifier()]), Ok("text\n"));
/// ```
pub struct Signer {
    key: SigningKey,
    verifier: VerifierKey,
}

impl Signer {
    /// The key that is made of a secret of 32 random bytes.
    ///
    /// # Errors
    /// [`NotAKey`] when the name is empty, or has a space, a plus or a control character.
    pub fn new(name: &str, secret: &[u8; 32]) -> Result<Self, NotAKey> {
        let key = SigningKey::from_bytes(secret);
        let verifier = VerifierKey::new(name, key.verifying_key())?;
        Ok(Self { key, verifier })
    }

    /// The public half.
    #[must_use]
    pub const fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    fn sign(&self, text: &str) -> Signature {
        let VerifierKey { name, id, .. } = &self.verifier;
        let bytes = self.key.sign(text.as_bytes()).to_bytes().to_vec();
        Signature { name: name.clone(), id: *id, bytes }
    }
}

/// The public half: the secret is in no log of ours.
impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("verifier", &self.verifier).finish_non_exhaustive()
    }
}

/// One signature of a note: whose it says to be, and its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Signature {
    name: String,
    id: KeyId,
    bytes: Vec<u8>,
}

impl Signature {
    fn parse(line: &str) -> Option<Self> {
        let (name, signature) = line.strip_prefix(DASH)?.split_once(' ')?;
        let signature = STANDARD.decode(signature).ok()?;
        let (id, bytes) = signature.split_first_chunk()?;
        let is_whole = is_name(name) && !bytes.is_empty();
        is_whole.then(|| Self { name: name.to_owned(), id: KeyId(*id), bytes: bytes.to_vec() })
    }
}

/// A note as it was read: nobody has looked yet whether its signatures are genuine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

impl Note {
    /// Signs a text with every one of these keys.
    ///
    /// # Errors
    /// [`NoteError::Malformed`] when the text does not end with a line feed, has another control character, or is too
    /// long; or when there is no key.
    pub fn sign(text: &str, signers: &[&Signer]) -> Result<Self, NoteError> {
        let signatures = signers.iter().map(|signer| signer.sign(text)).collect();
        let note = Self { text: text.to_owned(), signatures };
        // What comes back as it was is a note.
        if note.to_string().parse().as_ref() == Ok(&note) {
            Ok(note)
        } else {
            Err(NoteError::Malformed)
        }
    }

    /// The text, once it is known that one of these keys signed it. Signatures by other keys are ignored.
    ///
    /// # Errors
    /// [`NoteError::UnknownKey`] when none of the signatures is by any of these keys, [`NoteError::Forged`] when one
    /// that says so is not.
    pub fn open(&self, keys: &[&VerifierKey]) -> Result<&str, NoteError> {
        let mut signed = false;
        for signature in &self.signatures {
            for key in keys.iter().filter(|key| key.is_of(signature)) {
                if !key.verifies(&self.text, signature) {
                    return Err(NoteError::Forged);
                }
                signed = true;
            }
        }
        if signed { Ok(&self.text) } else { Err(NoteError::UnknownKey) }
    }

    /// The text, whoever wrote it: for messages, never to be believed.
    #[must_use]
    pub fn unverified_text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        for Signature { name, id, bytes } in &self.signatures {
            let signature = STANDARD.encode([&id.0[..], bytes].concat());
            writeln!(f, "{DASH}{name} {signature}")?;
        }
        Ok(())
    }
}

impl FromStr for Note {
    type Err = NoteError;

    fn from_str(note: &str) -> Result<Self, NoteError> {
        let is_plain = |c: char| c == '\n' || c >= ' ';
        if note.len() > MAX_NOTE || !note.chars().all(is_plain) {
            return Err(NoteError::Malformed);
        }
        // The last empty line parts the text, whose line feed before it belongs to it.
        let (text, lines) = note.rsplit_once("\n\n").ok_or(NoteError::Malformed)?;
        let lines = lines.strip_suffix('\n').ok_or(NoteError::Malformed)?;
        let signatures: Option<Vec<Signature>> =
            lines.split('\n').take(MAX_SIGNATURES + 1).map(Signature::parse).collect();
        match signatures {
            Some(signatures) if signatures.len() <= MAX_SIGNATURES => {
                Ok(Self { text: format!("{text}\n"), signatures })
            }
            _ => Err(NoteError::Malformed),
        }
    }
}

/// Whether a key may have that name: it stands between spaces, and before a plus.
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+')
}

#[cfg(test)]
mod tests;
