//! From values in rows to bits: the loops that a query spends its time in.
//!
//! Written for the compiler to vectorise: a byte for each of 64 rows, 0 or 1, then eight bytes to eight bits by one
//! multiplication. The verdicts of ids are looked up in a table.

use super::bitmap::Ones;

/// Sets a word's bits where `passes` says so, for each chunk of 64 values; `false` for rows past the end.
pub(super) fn fill<T: Copy>(words: &mut [u64], values: &[T], passes: impl Fn(T) -> bool) {
    let (chunks, rest) = values.as_chunks::<64>();
    for (word, chunk) in words.iter_mut().zip(chunks) {
        let mut bytes = [0_u8; 64];
        for (byte, value) in bytes.iter_mut().zip(chunk) {
            *byte = u8::from(passes(*value));
        }
        *word |= pack(&bytes);
    }
    if let Some(word) = words.get_mut(chunks.len()) {
        for (bit, value) in rest.iter().enumerate() {
            *word |= u64::from(passes(*value)) << bit;
        }
    }
}

/// Clears the bits of rows whose value does not pass. Only those that are set are looked at.
pub(super) fn keep<T: Copy + Into<u32>>(
    words: &mut [u64],
    values: &[T],
    mut passes: impl FnMut(u32) -> bool,
) {
    for (word, values) in words.iter_mut().zip(values.chunks(64)) {
        let mut kept = 0;
        for bit in Ones(*word) {
            let passes = values.get(bit as usize).is_some_and(|value| passes((*value).into()));
            kept |= u64::from(passes) << bit;
        }
        *word = kept;
    }
}

/// Sixty-four bytes, each 0 or 1, to bits.
fn pack(bytes: &[u8; 64]) -> u64 {
    // Byte `i` of eight is moved to bit 56 + i; no two of the moved bits meet below.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let mut word = 0;
    for (index, eight) in bytes.as_chunks::<8>().0.iter().enumerate() {
        let bits = u64::from_le_bytes(*eight).wrapping_mul(GATHER) >> 56;
        word |= bits << (8 * index);
    }
    word
}

/// Sets the bits of the first `length` rows.
pub(super) fn fill_all(words: &mut [u64], length: usize) {
    for word in words.iter_mut().take(length / 64) {
        *word = u64::MAX;
    }
    if !length.is_multiple_of(64)
        && let Some(word) = words.get_mut(length / 64)
    {
        *word |= (1 << (length % 64)) - 1;
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_bit_for_each_row_that_passes(values in prop::collection::vec(0_u16..4, 0..300)) {
            let mut words = alloc::vec![0; values.len().div_ceil(64)];
            fill(&mut words, &values, |value| value == 1);
            let found: Vec<bool> = (0..values.len()).map(|row| words[row / 64] >> (row % 64) & 1 == 1).collect();
            let expected: Vec<bool> = values.iter().map(|value| *value == 1).collect();
            prop_assert_eq!(&found, &expected);
            let mut kept: Vec<u64> = alloc::vec![0x5555_5555_5555_5555; words.len()];
            keep(&mut kept, &values, |value| value == 1);
            prop_assert!(kept.iter().zip(&words).all(|(kept, word)| *kept == word & 0x5555_5555_5555_5555));
        }

        #[test]
        fn all_and_no_more(length in 0_usize..200) {
            let mut words = [0; 4];
            fill_all(&mut words, length);
            prop_assert_eq!(words.iter().map(|word| word.count_ones()).sum::<u32>() as usize, length);
        }
    }
}
