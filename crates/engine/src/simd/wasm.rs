//! WebAssembly's simd128.

use core::arch::wasm32::{
    i64x2, u8x16_bitmask, u8x16_eq, u8x16_min, u8x16_splat, u8x16_sub_sat, v128, v128_and, v128_or,
    v128_xor,
};

/// Sixteen bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Vector(v128);

impl Vector {
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "the other half is read apart")]
    pub(crate) fn load(bytes: &[u8; 16]) -> Self {
        let both = u128::from_le_bytes(*bytes);
        Self(i64x2(both as i64, (both >> 64) as i64))
    }

    #[inline(always)]
    pub(crate) fn splat(byte: u8) -> Self {
        Self(u8x16_splat(byte))
    }

    /// All bits of each byte that is the same in both.
    #[inline(always)]
    pub(crate) fn eq(self, other: Self) -> Self {
        Self(u8x16_eq(self.0, other.0))
    }

    #[inline(always)]
    pub(crate) fn or(self, other: Self) -> Self {
        Self(v128_or(self.0, other.0))
    }

    #[inline(always)]
    pub(crate) fn and(self, other: Self) -> Self {
        Self(v128_and(self.0, other.0))
    }

    /// Zero in each byte that is the same in both.
    #[inline(always)]
    pub(crate) fn xor(self, other: Self) -> Self {
        Self(v128_xor(self.0, other.0))
    }

    /// How far each byte is above the other's: zero where it is not.
    #[inline(always)]
    pub(crate) fn above(self, other: Self) -> Self {
        Self(u8x16_sub_sat(self.0, other.0))
    }

    /// The lesser of each two bytes: zero where either is.
    #[inline(always)]
    pub(crate) fn min(self, other: Self) -> Self {
        Self(u8x16_min(self.0, other.0))
    }

    /// The highest bit of each byte, the first byte's lowest.
    #[inline(always)]
    pub(crate) fn bits(self) -> u32 {
        u8x16_bitmask(self.0).into()
    }
}
