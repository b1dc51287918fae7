//! SSE2, which every x86-64 has.
//!
//! The instructions take values, not pointers, and are unsafe to call for one reason: a machine might not have them.
//! This module is compiled only where the target is known to (`target_feature = "sse2"`, checked where it is declared).
#![allow(unsafe_code, reason = "only for instructions that the whole crate is compiled for")]

use core::arch::x86_64::{
    __m128i, _mm_and_si128, _mm_cmpeq_epi8, _mm_min_epu8, _mm_movemask_epi8, _mm_or_si128,
    _mm_set_epi64x, _mm_set1_epi8, _mm_subs_epu8, _mm_xor_si128,
};

/// Sixteen bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Vector(__m128i);

impl Vector {
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "the other half is read apart")]
    pub(crate) fn load(bytes: &[u8; 16]) -> Self {
        let both = u128::from_le_bytes(*bytes);
        // SAFETY: SSE2 is there.
        Self(unsafe { _mm_set_epi64x((both >> 64) as i64, both as i64) })
    }

    #[inline(always)]
    pub(crate) fn splat(byte: u8) -> Self {
        // SAFETY: SSE2 is there.
        Self(unsafe { _mm_set1_epi8(byte.cast_signed()) })
    }

    /// All bits of each byte that is the same in both.
    #[inline(always)]
    pub(crate) fn eq(self, other: Self) -> Self {
        // SAFETY: SSE2 is there.
        Self(unsafe { _mm_cmpeq_epi8(self.0, other.0) })
    }

    #[inline(always)]
    pub(crate) fn or(self, other: Self) -> Self {
        // SAFETY: SSE2 is there.
        Self(unsafe { _mm_or_si128(self.0, other.0) })
    }

    #[inline(always)]
    pub(crate) fn and(self, other: Self) -> Self {
        // SAFETY: SSE2 is there.
        Self(unsafe { _mm_and_si128(self.0, other.0) })
    }

    /// Zero in each byte that is the same in both.
    #[inline(always)]
    pub(crate) fn xor(self, other: Self) -> Self {
        // SAFETY: SSE2 is there.
        Self(unsafe { _mm_xor_si128(self.0, other.0) })
    }

    /// How far each byte is above the other's: zero where it is not.
    #[inline(always)]
    pub(crate) fn above(self, other: Self) -> Self {
        // SAFETY: SSE2 is there.
        Self(unsafe { _mm_subs_epu8(self.0, other.0) })
    }

    /// The lesser of each two bytes: zero where either is.
    #[inline(always)]
    pub(crate) fn min(self, other: Self) -> Self {
        // SAFETY: SSE2 is there.
        Self(unsafe { _mm_min_epu8(self.0, other.0) })
    }

    /// The highest bit of each byte, the first byte's lowest.
    #[inline(always)]
    pub(crate) fn bits(self) -> u32 {
        // SAFETY: SSE2 is there.
        unsafe { _mm_movemask_epi8(self.0).cast_unsigned() }
    }
}
