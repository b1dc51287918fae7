//! That a trail lost nothing and that nobody altered it, shown so that anyone can check it offline.
//!
//! The entries of a trail are the leaves of an RFC 6962 [`tree`]. The trail signs its size and root from time to time:
//! a [`checkpoint`], which is a signed [`note`] as C2SP defines them. An export is written [line](mod@line) by line and comes
//! with a [`bundle`] of hashes that lead from its entries to a checkpoint; [`verify`] follows them and names what is
//! wrong.
//!
//! The entry with sequence number `n` is the leaf `n - 1`: a trail's first number is 1. What is hashed of an entry is
//! told at [`leaf_hash`].
//!
//! # What it is not
//!
//! It stores nothing: hashes are read through [`tree::Hashes`]. It has no clock and no randomness: a signing key is made
//! of 32 bytes that the caller drew. It does not know what an entry means, nor which key a reader should trust: that is
//! [`verify::Trust`], an argument.

#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod bundle;
pub mod checkpoint;
mod hash;
pub mod line;
pub mod note;
pub mod tree;
pub mod verify;

pub use hash::{Hash, NotAHash, leaf_hash};
