//! Sixteen bytes at a time: the few instructions that searching needs, for each machine that has them.
//!
//! WebAssembly's are chosen when the crate is compiled (`-C target-feature=+simd128`), x86-64 has always had its own,
//! and any other machine takes two words of eight bytes. A load is a number made of bytes, which compilers know to be one
//! load: no pointer is read.
//!
//! Of several conditions each is a vector that is zero where it is met, so that [`Vector::min`] is "or" and
//! [`Vector::or`] "and". Masks, as [`Vector::eq`] gives them, would say the same; but what is made of two masks a
//! compiler takes for single bits, and to widen those again takes WebAssembly ten instructions.

#[cfg_attr(
    any(
        all(target_arch = "x86_64", target_feature = "sse2"),
        all(target_arch = "wasm32", target_feature = "simd128")
    ),
    allow(dead_code, reason = "here it is what the tests compare with")
)]
mod portable;

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[path = "simd/wasm.rs"]
mod machine;
#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
#[path = "simd/x86.rs"]
mod machine;
#[cfg(not(any(
    all(target_arch = "x86_64", target_feature = "sse2"),
    all(target_arch = "wasm32", target_feature = "simd128")
)))]
use portable as machine;

pub(crate) use machine::Vector;

/// How many bytes a [`Vector`] holds.
pub(crate) const WIDTH: usize = 16;

/// How many bytes a [`Block`] holds.
pub(crate) const BLOCK: usize = 64;

/// Sixty-four bytes, so that a bit for each makes a word.
#[derive(Clone, Copy)]
pub(crate) struct Block([Vector; 4]);

impl Block {
    #[inline(always)]
    pub(crate) fn load(bytes: &[u8; BLOCK]) -> Self {
        let (parts, _) = bytes.as_chunks::<WIDTH>();
        let part = |at: usize| parts.get(at).map_or(Vector::splat(0), Vector::load);
        Self([part(0), part(1), part(2), part(3)])
    }

    /// A bit for each byte for which `test` sets its own.
    #[inline(always)]
    pub(crate) fn bits(self, test: impl Fn(Vector) -> Vector) -> u64 {
        let [a, b, c, d] = self.0.map(|part| u64::from(test(part).bits()));
        a | b << 16 | c << 32 | d << 48
    }

    /// What `test` makes of each part.
    #[inline(always)]
    pub(crate) fn map(self, test: impl Fn(Vector) -> Vector) -> Self {
        Self(self.0.map(test))
    }

    #[inline(always)]
    pub(crate) fn zip(self, other: Self, with: impl Fn(Vector, Vector) -> Vector) -> Self {
        let ([a, b, c, d], [e, f, g, h]) = (self.0, other.0);
        Self([with(a, e), with(b, f), with(c, g), with(d, h)])
    }

    /// Whether any byte is zero.
    #[inline(always)]
    pub(crate) fn has_zero(self) -> bool {
        let [a, b, c, d] = self.0;
        a.min(b).min(c.min(d)).zeros() != 0
    }

    /// A bit for each byte that is zero.
    #[inline(always)]
    pub(crate) fn zeros(self) -> u64 {
        self.bits(|part| part.eq(Vector::splat(0)))
    }
}

impl Vector {
    /// A bit for each byte that is zero, the first byte's lowest.
    #[inline(always)]
    pub(crate) fn zeros(self) -> u32 {
        self.eq(Self::splat(0)).bits()
    }
}

/// For each bit, whether an odd number is set up to and with it.
#[inline(always)]
pub(crate) const fn prefix_xor(mut bits: u64) -> u64 {
    bits ^= bits << 1;
    bits ^= bits << 2;
    bits ^= bits << 4;
    bits ^= bits << 8;
    bits ^= bits << 16;
    bits ^ bits << 32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn machine_and_portable_agree(a in any::<[u8; 16]>(), b in any::<[u8; 16]>(), byte in any::<u8>()) {
            let (m, n) = (Vector::load(&a), Vector::load(&b));
            let (p, q) = (portable::Vector::load(&a), portable::Vector::load(&b));
            let (s, t) = (Vector::splat(byte), portable::Vector::splat(byte));
            for (machine, portable) in [
                (m.eq(n), p.eq(q)),
                (m.eq(s), p.eq(t)),
                (m.eq(m), p.eq(p)),
                (m.or(n).eq(s), p.or(q).eq(t)),
                (m.xor(n).eq(s), p.xor(q).eq(t)),
                (m.above(n).eq(s), p.above(q).eq(t)),
                (m.above(s), p.above(t)),
                (m.min(n).eq(s), p.min(q).eq(t)),
                (m.min(s).eq(m), p.min(t).eq(p)),
            ] {
                prop_assert_eq!(machine.bits(), portable.bits());
            }
            let counted = |wanted: &dyn Fn(u8) -> bool| {
                a.iter().rev().fold(0, |bits, found| bits << 1 | u32::from(wanted(*found)))
            };
            prop_assert_eq!(m.eq(s).bits(), counted(&|found| found == byte));
            prop_assert_eq!(m.xor(s).zeros(), counted(&|found| found == byte));
            prop_assert_eq!(m.above(s).zeros(), counted(&|found| found <= byte));
            prop_assert_eq!(m.xor(s).min(m.above(n)).zeros(), m.eq(s).bits() | m.above(n).zeros());
        }

        #[test]
        fn blocks_are_four_vectors(bytes in any::<[u8; 32]>(), byte in any::<u8>()) {
            let mut block = [0; BLOCK];
            block[16..48].copy_from_slice(&bytes);
            let wanted = Vector::splat(byte);
            let expected = block.iter().rev().fold(0, |bits, b| bits << 1 | u64::from(*b == byte));
            let found = Block::load(&block);
            let all = found.map(|_| wanted);
            prop_assert_eq!(found.bits(|part| part.eq(wanted)), expected);
            prop_assert_eq!(found.zip(all, Vector::xor).zeros(), expected);
            prop_assert_eq!(found.zip(all, Vector::xor).has_zero(), expected != 0);
        }

        #[test]
        fn prefix_xor_counts(bits in any::<u64>()) {
            let expected = (0..64).fold(0, |out, at| {
                out | u64::from((bits << (63 - at)).count_ones() % 2) << at
            });
            prop_assert_eq!(prefix_xor(bits), expected);
        }
    }
}
