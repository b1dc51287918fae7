//! Trailsift's engine: the bytes of log files to answers.
//!
//! [`split`] finds the entries in bytes, [`json`] and [`members`] look into one without building a tree, [`scan`] holds
//! a filter against all of them, made ready by [`plan`], [`table`] keeps a log as columns and answers again and again.
//! What it is not: it reads no files, decompresses nothing and knows no JavaScript; whoever has bytes hands them over,
//! whole or in chunks.

#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod carry;
pub mod json;
pub mod members;
pub mod plan;
pub mod scan;
mod search;
mod simd;
pub mod split;
pub mod table;
