//! Checkpoints: what a log signs about itself, as C2SP's tlog-checkpoint has it. Not how it is signed: that is
//! [`crate::note`]'s.

use alloc::{
    borrow::ToOwned,
    format,
    string::{String, ToString as _},
};
use core::{fmt, str::FromStr};

use crate::{
    Hash,
    note::{Note, NoteError, Signer, VerifierKey, is_name},
};

/// Which log it is, how many entries it has, and the root of the tree over them.
///
/// ```
/// use trailsift_proof::{Hash, checkpoint::Checkpoint, note::Signer};
///
/// let signer = Signer::new("logs.example/acme/auth0", &[7; 32]).unwrap();
/// let checkpoint = Checkpoint::new("logs.example/acme/auth0", 0, Hash::empty()).unwrap();
/// let note = checkpoint.sign(&[&signer]).unwrap();
/// assert!(note.starts_with("logs.example/acme/auth0\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n\u{2014} "));
/// assert_eq!(Checkpoint::open(&note, &[signer.verifier()]), Ok(checkpoint));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    size: u64,
    root: Hash,
}

/// Why a note is no checkpoint that can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckpointError {
    /// No note, or not signed by a key that was given.
    Note(NoteError),
    /// A note whose text is not an origin, a size and a root.
    Malformed,
}

impl fmt::Display for CheckpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Note(error) => error.fmt(f),
            Self::Malformed => f.write_str("not the text of a checkpoint"),
        }
    }
}

impl core::error::Error for CheckpointError {}

impl From<NoteError> for CheckpointError {
    fn from(error: NoteError) -> Self {
        Self::Note(error)
    }
}

impl Checkpoint {
    /// What a log says of itself.
    ///
    /// # Errors
    /// [`CheckpointError::Malformed`] when the origin is empty, or has a space, a plus or a control character.
    pub fn new(origin: &str, size: u64, root: Hash) -> Result<Self, CheckpointError> {
        // C2SP recommends it; then an origin can be the name of the key, too.
        if is_name(origin) {
            Ok(Self { origin: origin.to_owned(), size, root })
        } else {
            Err(CheckpointError::Malformed)
        }
    }

    /// Which log it is: a name like an address without its scheme, `logs.example/acme/auth0`.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// How many entries the log has, which is the sequence number of the last.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root of the tree over them.
    #[must_use]
    pub const fn root(&self) -> Hash {
        self.root
    }

    /// The note that says it, signed with these keys.
    ///
    /// # Errors
    /// [`CheckpointError::Note`] when there is no key or more than a note may have.
    pub fn sign(&self, signers: &[&Signer]) -> Result<String, CheckpointError> {
        Ok(Note::sign(&self.to_string(), signers)?.to_string())
    }

    /// What a note says, once it is known that one of these keys signed it. Lines after the root are left alone.
    ///
    /// # Errors
    /// [`CheckpointError`]: why it is not to be believed.
    pub fn open(note: &str, keys: &[&VerifierKey]) -> Result<Self, CheckpointError> {
        note.parse::<Note>()?.open(keys)?.parse()
    }
}

/// The text that is signed.
impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, self.root)
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, CheckpointError> {
        let wrong = CheckpointError::Malformed;
        let mut lines = text.strip_suffix('\n').ok_or(wrong)?.split('\n');
        let (origin, size, root) = (lines.next(), lines.next(), lines.next());
        let (Some(origin), Some(size), Some(root)) = (origin, size, root) else {
            return Err(wrong);
        };
        let number: u64 = size.parse().map_err(|_| wrong)?;
        // No sign and no zero in front: a number has one spelling.
        if format!("{number}") != size || lines.any(str::is_empty) {
            return Err(wrong);
        }
        Self::new(origin, number, root.parse().map_err(|_| wrong)?)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ROOT: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

    #[test]
    fn there_and_back() {
        for size in [0, 1, 10, u64::MAX] {
            let checkpoint = Checkpoint::new("a.example/ü", size, Hash::leaf(b"")).unwrap();
            assert_eq!(checkpoint.to_string().parse(), Ok(checkpoint));
        }
    }

    #[test]
    fn lines_that_are_not_known_are_left_alone() {
        let text = format!("log.example\n7\n{ROOT}\nextension\n\u{2014} another\n");
        let checkpoint = Checkpoint::new("log.example", 7, Hash::empty()).unwrap();
        assert_eq!(text.parse(), Ok(checkpoint));
    }

    #[test]
    fn texts_that_are_no_checkpoint() {
        for text in [
            String::new(),
            "\n\n\n".to_owned(),
            format!("log.example\n7\n{ROOT}"),
            format!("log.example\n7\n{ROOT}\n\n"),
            format!("log.example\n7\n{ROOT}\n\nextension\n"),
            format!("\n7\n{ROOT}\n"),
            format!("log example\n7\n{ROOT}\n"),
            format!("log.example\n\n7\n{ROOT}\n"),
            format!("log.example\n07\n{ROOT}\n"),
            format!("log.example\n+7\n{ROOT}\n"),
            format!("log.example\n-7\n{ROOT}\n"),
            format!("log.example\n7 \n{ROOT}\n"),
            format!("log.example\n18446744073709551616\n{ROOT}\n"),
            format!("log.example\n7\n{ROOT}=\n"),
            "log.example\n7\n47DE\n".to_owned(),
            "log.example\n7\n".to_owned(),
        ] {
            assert_eq!(text.parse::<Checkpoint>(), Err(CheckpointError::Malformed), "{text}");
        }
        assert!(Checkpoint::new("two\nlines", 0, Hash::empty()).is_err());
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[a0-9\n+=A-Z]{0,100}", any in ".*") {
            let _ = text.parse::<Checkpoint>();
            let _ = any.parse::<Checkpoint>();
        }
    }
}
