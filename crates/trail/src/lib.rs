//! The append-only trail as pure logic: what an entry must bring, which number and id it gets, how entries are kept in
//! chunks, in which order they are read, and how a reader continues.
//!
//! Knows no Cloudflare, no clock and no randomness: the time is an argument, random numbers come from a closure, the
//! database and the store of objects are traits. `worker` adapts this crate to Durable Objects and R2.
//!
//! The way of an entry: [`batch`] cuts a request body into entries, as the engine does everywhere, and checks each with
//! [`entry`]; [`sequencer`] gives sequence numbers and ids and finds duplicates, with [`known`] to remember their keys;
//! [`chunk`] is how it is stored first, [`segment`] how it is stored for good, and [`keeper`] sees it from the one into
//! the other and out again. [`tree`] is the Merkle tree over all entries, whose checkpoints [`notary`] signs.
//!
//! The way to a reader: [`directory`] says where entries are, [`pruning`] which pieces a filter may pass over; [`page`],
//! [`sweep`] and [`ranking`] put entries in a reader's order; [`token`] is what a reader brings back to go on. [`wire`]
//! is how the stateless front and the object that owns a trail speak.

pub mod batch;
pub mod cerbos;
pub mod chunk;
pub mod connector;
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
pub mod retention;
pub mod segment;
pub mod sequencer;
pub mod served;
pub mod signer;
pub mod sweep;
pub mod time;
pub mod token;
pub mod tree;
pub mod wire;
