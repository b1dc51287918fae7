//! The most frequent values, of equally frequent ones the least.

use alloc::vec::Vec;

use trailsift_core::order;

use super::{Atom, Facet};

/// Values that are kept beyond those that are wanted, so that they are not sorted for each.
const SPARE: usize = 256;

pub(super) struct Top {
    wanted: usize,
    best: Vec<Facet>,
    /// Whether the first `wanted` are in order, and so the last of them is what others must come before.
    has_bar: bool,
}

impl Top {
    pub(super) const fn new(wanted: usize) -> Self {
        Self { wanted, best: Vec::new(), has_bar: false }
    }

    /// Offers a value that no other is equal to.
    #[inline]
    pub(super) fn offer(&mut self, atom: &Atom<'_>, count: u64) {
        if self.has_bar
            && let Some(bar) = self.best.get(self.wanted.saturating_sub(1))
            && (count < bar.count || count == bar.count && *atom >= Atom::from(&bar.value))
        {
            return;
        }
        self.put(atom, count);
    }

    fn put(&mut self, atom: &Atom<'_>, count: u64) {
        if self.wanted == 0 {
            return;
        }
        self.best.push(Facet { value: atom.value(), count });
        if self.best.len() >= self.wanted.saturating_mul(2).max(SPARE) {
            self.shorten();
        }
    }

    fn shorten(&mut self) {
        order::sort(&mut self.best, |a, b| {
            b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value))
        });
        self.best.truncate(self.wanted);
        self.has_bar = self.best.len() == self.wanted;
    }

    pub(super) fn facets(mut self) -> Vec<Facet> {
        self.shorten();
        self.best
    }
}
