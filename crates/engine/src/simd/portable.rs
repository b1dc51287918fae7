//! Two words of eight bytes, for machines whose own instructions are not known here.

/// Sixteen bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Vector([u64; 2]);

const HIGH: u64 = 0x8080_8080_8080_8080;
const ONES: u64 = 0x0101_0101_0101_0101;

impl Vector {
    #[inline(always)]
    pub(crate) fn load(bytes: &[u8; 16]) -> Self {
        let both = u128::from_le_bytes(*bytes);
        Self([low(both), low(both >> 64)])
    }

    #[inline(always)]
    pub(crate) const fn splat(byte: u8) -> Self {
        let word = ONES * byte as u64;
        Self([word, word])
    }

    /// All bits of each byte that is the same in both.
    #[inline(always)]
    pub(crate) fn eq(self, other: Self) -> Self {
        self.zip(other, |a, b| {
            let differing = a ^ b;
            // No sum of seven bits goes over into the next byte.
            let high = !(((differing & !HIGH) + !HIGH) | differing) & HIGH;
            spread(high)
        })
    }

    /// All bits of each byte that is not above the other's.
    #[inline(always)]
    fn at_most(self, other: Self) -> Self {
        self.zip(other, |a, b| {
            // Of the low seven bits, whether b's reach a's; the highest bits decide where they differ.
            let low = ((b | HIGH) - (a & !HIGH)) & HIGH;
            let high = (!a & b) | (!(a ^ b) & low);
            spread(high & HIGH)
        })
    }

    #[inline(always)]
    pub(crate) fn or(self, other: Self) -> Self {
        self.zip(other, |a, b| a | b)
    }

    #[inline(always)]
    pub(crate) fn and(self, other: Self) -> Self {
        self.zip(other, |a, b| a & b)
    }

    /// Zero in each byte that is the same in both.
    #[inline(always)]
    pub(crate) fn xor(self, other: Self) -> Self {
        self.zip(other, |a, b| a ^ b)
    }

    /// How far each byte is above the other's: zero where it is not.
    #[inline(always)]
    pub(crate) fn above(self, other: Self) -> Self {
        let not_above = self.at_most(other);
        let kept = self.zip(not_above, |a, zero| a & !zero);
        // What is taken away is no more than what it is taken from.
        kept.zip(other.zip(not_above, |b, zero| b & !zero), |a, b| a - b)
    }

    /// The lesser of each two bytes: zero where either is.
    #[inline(always)]
    pub(crate) fn min(self, other: Self) -> Self {
        let first = self.at_most(other);
        let kept = self.zip(first, |a, first| a & first);
        kept.or(other.zip(first, |b, first| b & !first))
    }

    /// The highest bit of each byte, the first byte's lowest.
    #[inline(always)]
    pub(crate) fn bits(self) -> u32 {
        let [a, b] = self.0.map(|word| {
            let gathered = (word & HIGH).wrapping_mul(0x0002_0408_1020_4081) >> 56;
            u32::from(gathered.to_le_bytes()[0])
        });
        a | b << 8
    }

    #[inline(always)]
    fn zip(self, other: Self, with: impl Fn(u64, u64) -> u64) -> Self {
        let ([a, b], [c, d]) = (self.0, other.0);
        Self([with(a, c), with(b, d)])
    }
}

/// All bits of each byte whose highest is set.
const fn spread(high: u64) -> u64 {
    (high >> 7) * 0xFF
}

#[expect(clippy::cast_possible_truncation, reason = "the other half is read apart")]
const fn low(both: u128) -> u64 {
    both as u64
}
