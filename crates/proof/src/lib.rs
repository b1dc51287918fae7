//! That a trail lost nothing and that nobody altered it, shown so that anyone can check it offline.
//!
//! The entries of a trail are the leaves of an RFC 6962 [`tree`]. The entry with sequence number `n` is the leaf
//! `n - 1`: a trail's first number is 1. What is hashed of an entry is told at [`leaf_hash`].
//!
//! It stores nothing: hashes are read through [`tree::Hashes`]. It has no clock and no randomness.

#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod hash;
pub mod tree;

pub use hash::{Hash, NotAHash, leaf_hash};
