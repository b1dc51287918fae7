//! The append-only trail as pure logic: what an entry must bring, which number and id it gets, how entries are kept in
//! chunks, in which order they are read, and how a reader continues.
//!
//! Knows no Cloudflare, no clock and no randomness: the time is an argument, random numbers come from a closure, and
//! chunks are reached through [`sequencer::Chunks`]. `worker` adapts this crate to Durable Objects.
//!
//! The way of an entry: [`batch`] cuts a request body into entries, as the engine
//! does everywhere, and checks each with [`entry`]; [`sequencer`] gives
//! sequence numbers and ids and finds duplicates; [`chunk`] is the stored form; [`directory`] says which chunks a
//! reader needs; [`page`], [`sweep`] and [`ranking`] put entries in a reader's order; [`token`] is what a reader
//! brings back to go on. [`wire`] is how the stateless front and the object that owns a trail speak. [`tree`] is the Merkle
//! tree over all entries, kept without its leaves.
//!
//! Sealing chunks into segments and pruning are not here yet. They attach to [`chunk::Meta`] (what is sealed) and
//! [`directory`] (what a reader may skip); sequence numbers, and so tokens, do not change when they come.

pub mod batch;
pub mod cerbos;
pub mod chunk;
pub mod directory;
pub mod duration;
pub mod entry;
pub mod ids;
pub mod keeper;
pub mod kind;
pub mod known;
pub mod notary;
pub mod page;
pub mod pruning;
pub mod ranking;
pub mod segment;
pub mod retention;
pub mod sequencer;
pub mod served;
pub mod signer;
pub mod sweep;
pub mod time;
pub mod token;
pub mod tree;
pub mod wire;
