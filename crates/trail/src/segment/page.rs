//! The pages of a file, one after the other, as [`super::encode()`] writes them: a header in Thrift's compact protocol,
//! then an LZ4 block. Of Thrift no more than these headers need.

use std::ops::Range;

use super::{differences, lz4};
pub(super) use crate::chunk::Corrupt;

/// The longest page that is unpacked. A segment is sealed at an eighth of it.
const LIMIT: usize = 64 << 20;

/// Parquet's number for a page of values, and for their encodings.
const DATA_PAGE: i32 = 0;
pub(super) const PLAIN: i32 = 0;
pub(super) const DELTA_BINARY_PACKED: i32 = 5;

/// A page, unpacked.
pub(super) struct Page {
    /// How many values it holds.
    pub(super) count: usize,
    /// The values, in the encoding that was asked for.
    pub(super) values: Vec<u8>,
}

/// Takes the next page off the front of `file`.
pub(super) fn next(file: &mut &[u8], encoding: i32) -> Result<Page, Corrupt> {
    let [_, kind, unpacked, packed, _, found_header, ..] = fields(file, Some(5))?;
    if (kind, found_header) != (Some(DATA_PAGE), Some(1)) {
        return Err(Corrupt);
    }
    let [_, count, found_encoding, ..] = fields(file, None)?;
    // The end of the outer header.
    if found_encoding != Some(encoding) || take(file, 1)? != [0] {
        return Err(Corrupt);
    }
    let length = |value: Option<i32>| usize::try_from(value.ok_or(Corrupt)?).map_err(|_| Corrupt);
    let (count, unpacked, packed) = (length(count)?, length(unpacked)?, length(packed)?);
    let block = take(file, packed)?;
    if unpacked > LIMIT {
        return Err(Corrupt);
    }
    Ok(Page { count, values: lz4::decompress(block, unpacked).ok_or(Corrupt)? })
}

/// Reads the whole numbers of a struct, by the numbers of their fields, up to its end; or up to the struct within that
/// is field `inner`, which then is 1.
fn fields(file: &mut &[u8], inner: Option<usize>) -> Result<[Option<i32>; 8], Corrupt> {
    const STRUCT: u8 = 12;
    const NUMBER: u8 = 5;
    let mut found = [None; 8];
    let mut id = 0;
    loop {
        let [head] = take(file, 1)? else { return Err(Corrupt) };
        let (step, kind) = (head >> 4, head & 15);
        if *head == 0 && inner.is_none() {
            return Ok(found);
        }
        id += usize::from(step);
        // A step of nothing would be a number of its own behind it, which no header of ours has.
        let field = found.get_mut(id).filter(|_| step > 0).ok_or(Corrupt)?;
        match kind {
            NUMBER => *field = Some(i32::try_from(zigzag(file)?).map_err(|_| Corrupt)?),
            STRUCT if inner == Some(id) => {
                *field = Some(1);
                return Ok(found);
            }
            _ => return Err(Corrupt),
        }
    }
}

pub(super) fn take<'a>(file: &mut &'a [u8], length: usize) -> Result<&'a [u8], Corrupt> {
    let (taken, rest) = file.split_at_checked(length).ok_or(Corrupt)?;
    *file = rest;
    Ok(taken)
}

/// A number of seven bits a byte, the lowest first.
pub(super) fn varint(bytes: &mut &[u8]) -> Result<u64, Corrupt> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let [byte] = take(bytes, 1)? else { return Err(Corrupt) };
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(Corrupt)
}

pub(super) fn zigzag(bytes: &mut &[u8]) -> Result<i64, Corrupt> {
    let number = varint(bytes)?;
    Ok((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
}

impl Page {
    /// The numbers of a page of differences.
    pub(super) fn differences(&self) -> Result<Vec<i64>, Corrupt> {
        differences::read(&self.values, self.count)
    }

    /// The numbers of a plain page.
    pub(super) fn numbers<const N: usize>(&self) -> Result<&[[u8; N]], Corrupt> {
        let (numbers, rest) = self.values.as_chunks::<N>();
        if rest.is_empty() && numbers.len() == self.count { Ok(numbers) } else { Err(Corrupt) }
    }

    /// The texts of a plain page and where each is. What lay between them, the length of each, becomes white space that
    /// ends with a line feed.
    pub(super) fn texts(mut self) -> Result<(Vec<u8>, Vec<Range<u32>>), Corrupt> {
        let mut ranges = Vec::new();
        let mut at = 0;
        while at < self.values.len() {
            let length = self.values.get_mut(at..).and_then(|rest| rest.first_chunk_mut::<4>());
            let length = length.ok_or(Corrupt)?;
            let size = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| Corrupt)?;
            *length = *b"   \n";
            let start = at + 4;
            at = start.checked_add(size).filter(|end| *end <= self.values.len()).ok_or(Corrupt)?;
            let place = |at: usize| u32::try_from(at).map_err(|_| Corrupt);
            ranges.push(place(start)?..place(at)?);
        }
        if ranges.len() == self.count { Ok((self.values, ranges)) } else { Err(Corrupt) }
    }
}
