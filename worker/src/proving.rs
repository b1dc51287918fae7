//! Proofs about a trail: the hashes that they are made of come from its object, and from pieces that are read here. Not
//! what a proof is, which `trailsift_proof` says.
//!
//! Hashes below a size never change: a trail that grows or is sealed meanwhile makes no difference.

use std::collections::BTreeSet;

use trailsift_proof::{
    Hash,
    tree::{Hashes as _, Node, root},
};
use trailsift_trail::{
    directory::{Direction, Order, Window},
    notary::Notary,
    tree::{self, Gathered},
};

use crate::{
    error::{Missing, Problem},
    reading::{Loaded, Reader},
    site::Site,
    trail_client::TrailClient,
};

/// Makes proofs about one trail. What it has fetched for one it has for the next.
pub(crate) struct Prover<'a> {
    trail: &'a TrailClient,
    gathered: Gathered,
    notary: Notary,
}

/// A checkpoint, signed.
pub(crate) struct Signed {
    pub(crate) size: u64,
    pub(crate) root: Hash,
    pub(crate) note: String,
}

impl<'a> Prover<'a> {
    /// A prover that has fetched nothing.
    ///
    /// # Errors
    /// [`Missing::Checkpoint`] when the deployment has no key to sign with.
    pub(crate) fn new(site: &Site, trail: &'a TrailClient) -> Result<Self, Problem> {
        let notary = site.notary(&trail.tenant, &trail.name)?;
        let notary = notary.ok_or(Problem::Missing(Missing::Checkpoint))?;
        Ok(Self { trail, gathered: Gathered::default(), notary })
    }

    /// Who signs.
    pub(crate) const fn notary(&self) -> &Notary {
        &self.notary
    }

    /// The checkpoint of the first `size` entries, of which the trail has as many. The root follows from what the
    /// object knows, and from segments that are what the object says they are.
    ///
    /// # Errors
    /// As [`Self::prove`].
    pub(crate) async fn checkpoint(&mut self, size: u64) -> Result<Signed, Problem> {
        let Ok(root) = self.prove(|hashes| root(size, hashes)).await?;
        let note = self.notary.checkpoint(size, root).map_err(Problem::internal)?;
        Ok(Signed { size, root, note })
    }

    /// What `make` makes, once every hash that it reads is there.
    ///
    /// # Errors
    /// [`Missing::Proof`] when entries are gone from whose leaves it would follow, and what reading gives.
    pub(crate) async fn prove<T>(
        &mut self,
        make: impl Fn(&mut Gathered) -> T,
    ) -> Result<T, Problem> {
        let _ = make(&mut self.gathered);
        let missing = self.gathered.take_missing();
        self.fetch(&missing).await?;
        let made = make(&mut self.gathered);
        if self.gathered.take_missing().is_empty() {
            Ok(made)
        } else {
            Err(Problem::Missing(Missing::Proof))
        }
    }

    /// Keeps of a piece's hashes what `make` reads.
    ///
    /// # Errors
    /// When the piece is not readable.
    pub(crate) fn keep<T>(
        &mut self,
        piece: &Loaded,
        make: impl FnOnce(&mut Gathered) -> T,
    ) -> Result<(), Problem> {
        let _ = make(&mut self.gathered);
        let missing = self.gathered.take_missing();
        self.gathered.absorb(&piece.leaves()?, &missing);
        Ok(())
    }

    /// The leaf of an entry.
    ///
    /// # Errors
    /// As [`Self::prove`].
    pub(crate) async fn leaf(&mut self, sequence: u64) -> Result<Hash, Problem> {
        let node = Node { level: 0, index: sequence.saturating_sub(1) };
        let Ok(leaf) = self.prove(|hashes| hashes.hash(node)).await?;
        Ok(leaf)
    }

    async fn fetch(&mut self, missing: &BTreeSet<Node>) -> Result<(), Problem> {
        if missing.is_empty() {
            return Ok(());
        }
        let hashes = self.trail.hashes(missing.iter().copied().collect()).await?;
        let mut pieces = BTreeSet::new();
        for (node, hash) in missing.iter().zip(hashes) {
            match hash {
                Ok(hash) => self.gathered.insert(*node, hash),
                Err(tree::Missing::Within { first }) => {
                    pieces.insert(first);
                }
                Err(beyond) => return Err(Problem::internal(beyond)),
            }
        }
        for first in pieces {
            let window = Window { first, last: first, ..Window::ALL };
            let mut reader =
                Reader::new(self.trail, window, Order::Sequence, Direction::Ascending, None);
            let Some(piece) = reader.next().await? else {
                return Err(Problem::Missing(Missing::Proof));
            };
            self.gathered.absorb(&piece.leaves()?, missing);
        }
        Ok(())
    }
}
