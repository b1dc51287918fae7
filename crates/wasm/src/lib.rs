//! The JavaScript edge: turns JavaScript's values into the engine's and back, and decides nothing by itself.
//!
//! What is exported here is private to the npm package: the TypeScript in `js` wraps it in the public interface,
//! which classes and errors belong to. Byte offsets in texts become UTF-16 units here; offsets in logs stay bytes and
//! cross as `f64`, since a file may be larger than this machine's 32-bit `usize`.

mod complete;
mod crc;
mod diagnostics;
mod edit;
mod entry;
mod events;
mod field;
mod inflate;
mod number;
mod options;
mod piece;
mod query;
mod scan;
mod table;
mod utf16;

pub use complete::complete;
pub use edit::{and, and_not, remove};
pub use events::events;
pub use inflate::Inflate;
pub use query::{CompiledQuery, check, compile};
pub use scan::Scan;
pub use table::{BuiltTable, TableAdditions, TableBuilder};
