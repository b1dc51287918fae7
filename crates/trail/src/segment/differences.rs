//! Numbers kept as differences, which Parquet calls `DELTA_BINARY_PACKED`: times and sequence numbers, that differ little
//! from one entry to the next. Only reading; Parquet's own writer makes them.
//!
//! After the first number come blocks. A block has the least of its differences, then for each of its parts how many
//! bits a difference beyond that takes, then the parts' bits. Parts behind the last number are left out.

use super::page::{Corrupt, take, varint, zigzag};

/// The most values of a block. Writers take 128 or 256; more would be numbers for which a file has no bytes.
const BLOCK: u64 = 1 << 12;

/// The `count` numbers of a page.
pub(super) fn read(mut page: &[u8], count: usize) -> Result<Vec<i64>, Corrupt> {
    let (block, parts, total) = (varint(&mut page)?, varint(&mut page)?, varint(&mut page)?);
    let mut last = zigzag(&mut page)?;
    let part = block.checked_div(parts).unwrap_or_default();
    if total != count as u64 || block > BLOCK || part == 0 || !part.is_multiple_of(32) {
        return Err(Corrupt);
    }
    let (parts, part) = (to_size(parts)?, to_size(part)?);
    let mut numbers = Vec::new();
    numbers.extend((count > 0).then_some(last));
    while numbers.len() < count {
        let least = zigzag(&mut page)?;
        for width in take(&mut page, parts)? {
            let left = count - numbers.len();
            if left == 0 {
                break;
            }
            let width = usize::from(*width);
            if width > 64 {
                return Err(Corrupt);
            }
            let bits = take(&mut page, part * width / 8)?;
            for index in 0..part.min(left) {
                let beyond = number(bits, index * width, width);
                last = last.wrapping_add(least).wrapping_add(beyond.cast_signed());
                numbers.push(last);
            }
        }
    }
    if page.is_empty() { Ok(numbers) } else { Err(Corrupt) }
}

fn to_size(number: u64) -> Result<usize, Corrupt> {
    usize::try_from(number).map_err(|_| Corrupt)
}

/// The number of `width` bits that begins at a bit, the lowest first.
fn number(bits: &[u8], at: usize, width: usize) -> u64 {
    let bytes = bits.iter().skip(at / 8).take(9).enumerate();
    let word = bytes.fold(0_u128, |word, (index, byte)| word | u128::from(*byte) << (8 * index));
    let mask = u64::MAX.checked_shr(64 - width as u32).unwrap_or_default();
    (word >> (at % 8)) as u64 & mask
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_formats_own_example() {
        // 7, 5, 3, 1, 2, 3, 4, 5: the differences are -2 three times, then 1; -2 is the least, 3 takes two bits.
        let mut page = vec![128, 1, 4, 8, 14, 3, 2, 0, 0, 0];
        page.extend([0b1100_0000, 0b0011_1111, 0, 0, 0, 0, 0, 0]);
        assert_eq!(read(&page, 8), Ok(vec![7, 5, 3, 1, 2, 3, 4, 5]));
        for length in 0..page.len() {
            assert_eq!(read(&page[..length], 8), Err(Corrupt), "{length}");
        }
        assert_eq!(read(&page, 9), Err(Corrupt));
    }

    #[test]
    fn a_block_of_more_than_there_can_be_is_refused() {
        let large = [0xff, 0xff, 0xff, 0x7f];
        let page = [&large[..], &[1], &[0xff, 0xff, 0xff, 0x3f], &[0, 0, 0]].concat();
        assert_eq!(read(&page, 0x7ff_ffff), Err(Corrupt));
        assert_eq!(read(&[128, 1, 0, 8, 14], 8), Err(Corrupt));
    }
}
