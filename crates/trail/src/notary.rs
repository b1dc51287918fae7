//! What a trail signs its checkpoints with: a key of its own, made of the deployment's. Not the tree.

use trailsift_proof::{
    Hash,
    checkpoint::{Checkpoint, CheckpointError},
    note::{NotAKey, Signer, VerifierKey},
};

use crate::signer;

const PURPOSE: &str = "trailsift log key 1";

/// Signs one trail's checkpoints. Nothing is kept: the same deployment key always makes the same trail's key.
#[derive(Debug)]
pub struct Notary {
    signer: Signer,
}

impl Notary {
    /// The notary of a trail. `site` is what the deployment is called, a name like an address without its scheme.
    ///
    /// # Errors
    /// [`NotAKey`] when the site's name is none.
    ///
    /// ```
    /// use trailsift_trail::notary::Notary;
    ///
    /// let notary = Notary::new(&[7; 32], "logs.example", "acme", "auth0").unwrap();
    /// assert_eq!(notary.origin(), "logs.example/acme/auth0");
    /// assert_eq!(Notary::new(&[7; 32], "s", "a b", "c").unwrap().origin(), "s/a%20b/c");
    /// ```
    pub fn new(log_key: &[u8], site: &str, tenant: &str, trail: &str) -> Result<Self, NotAKey> {
        let origin = format!("{site}/{}/{}", encoded(tenant), encoded(trail));
        // A trail's name holds no NUL: the two cannot run into each other.
        let seed =
            signer::Signer::new(PURPOSE, log_key).sign(format!("{tenant}\0{trail}").as_bytes());
        Ok(Self { signer: Signer::new(&origin, &seed)? })
    }

    /// Which log it is.
    #[must_use]
    pub fn origin(&self) -> &str {
        self.signer.verifier().name()
    }

    /// The key by which its signatures are known.
    #[must_use]
    pub const fn verifier(&self) -> &VerifierKey {
        self.signer.verifier()
    }

    /// The signed note that says that the first `size` entries have this root.
    ///
    /// # Errors
    /// Never with a notary's own origin; the note says that it may.
    pub fn checkpoint(&self, size: u64, root: Hash) -> Result<String, CheckpointError> {
        Checkpoint::new(self.origin(), size, root)?.sign(&[&self.signer])
    }
}

/// A name as one part of a path, with nothing in it that the name of a key may not have.
#[must_use]
pub fn encoded(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let mut text = String::with_capacity(name.len());
    for byte in name.bytes() {
        if plain(byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}
