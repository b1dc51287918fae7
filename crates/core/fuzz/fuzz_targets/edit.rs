//! A query edited as text. `oracles` says what must hold.
#![no_main]

#[allow(dead_code, reason = "each target uses its own oracle")]
#[path = "../oracles/mod.rs"]
mod oracles;

libfuzzer_sys::fuzz_target!(|input: &[u8]| oracles::edit(input));
