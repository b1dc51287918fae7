//! Signatures with the one secret of a deployment. Not what is signed: continuation tokens are [`crate::token`]'s,
//! access tokens the worker's.
//!
//! The secret is never a key itself: hashed with a purpose it gives a key for that purpose alone, so that nothing signed
//! for one is ever genuine for another.

use hmac::{Hmac, KeyInit, Mac, digest::Key};
use sha2::{Digest, Sha256};

/// Signs and checks for one purpose, with HMAC-SHA-256.
#[derive(Clone, Debug)]
pub struct Signer(Hmac<Sha256>);

impl Signer {
    /// A signer for a purpose, which is a text without NUL.
    #[must_use]
    pub fn new(purpose: &str, secret: &[u8]) -> Self {
        let mut hash = Sha256::new();
        hash.update(purpose);
        hash.update(b"\0");
        hash.update(secret);
        let mut block = Key::<Hmac<Sha256>>::default();
        block.iter_mut().zip(hash.finalize()).for_each(|(to, from)| *to = from);
        Self(Hmac::new(&block))
    }

    /// The signature.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 32] {
        self.0.clone().chain_update(message).finalize().into_bytes().into()
    }

    /// Whether these are the first `N` bytes of the signature, found in a time that tells nothing. The length is in the
    /// type: what a client sends must not choose how much of its signature is looked at.
    #[must_use]
    pub fn is_genuine<const N: usize>(&self, message: &[u8], signature: &[u8; N]) -> bool {
        self.0.clone().chain_update(message).verify_truncated_left(signature).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn genuine_for_its_purpose_message_and_secret_alone() {
        let signer = Signer::new("a", b"secret");
        let signature = signer.sign(b"message");
        let short: &[u8; 16] = signature.first_chunk().unwrap();
        assert!(signer.is_genuine(b"message", &signature));
        assert!(signer.is_genuine(b"message", short));
        assert!(!signer.is_genuine(b"message", &[]));
        assert!(!signer.is_genuine(b"massage", &signature));
        assert!(!Signer::new("b", b"secret").is_genuine(b"message", &signature));
        assert!(!Signer::new("a", b"other").is_genuine(b"message", &signature));
        for at in 0..32 {
            let mut changed = signature;
            changed[at] ^= 1;
            assert!(!signer.is_genuine(b"message", &changed), "{at}");
        }
    }
}
