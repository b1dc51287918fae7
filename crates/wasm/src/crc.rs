//! The check sum of gzip and zip: CRC-32 as in RFC 1952, eight bytes a step.

/// How many bytes a step takes, each with a table of its own.
const STEP: usize = 8;

/// A check sum in the making. The tables are made when they are needed: as data they would be 8 kB of every download.
#[derive(Debug)]
pub(crate) struct Crc {
    /// Of each byte, what it makes of the sum with so many bytes behind it.
    tables: Box<[[u32; 256]; STEP]>,
    sum: u32,
}

impl Crc {
    pub(crate) fn new() -> Self {
        let mut tables = Box::new([[0; 256]; STEP]);
        let mut first = [0; 256];
        for (byte, entry) in (0_u32..).zip(&mut first) {
            *entry =
                (0..8).fold(byte, |sum, _| sum >> 1 ^ if sum & 1 == 1 { 0xEDB8_8320 } else { 0 });
        }
        let mut last = first;
        for table in tables.iter_mut() {
            *table = last;
            for entry in &mut last {
                *entry = *entry >> 8 ^ entry_of(&first, *entry);
            }
        }
        Self { tables, sum: !0 }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        let [a, b, c, d, e, f, g, h] = &*self.tables;
        let (steps, rest) = bytes.as_chunks::<STEP>();
        let mut sum = self.sum;
        for step in steps {
            let both = u64::from_le_bytes(*step) ^ u64::from(sum);
            let at = |table, shift| entry_of(table, (both >> shift) as u32);
            sum = at(h, 0) ^ at(g, 8) ^ at(f, 16) ^ at(e, 24);
            sum ^= at(d, 32) ^ at(c, 40) ^ at(b, 48) ^ at(a, 56);
        }
        for byte in rest {
            sum = sum >> 8 ^ entry_of(a, sum ^ u32::from(*byte));
        }
        self.sum = sum;
    }

    /// The sum of all bytes so far.
    pub(crate) const fn sum(&self) -> u32 {
        !self.sum
    }
}

/// The entry of the lowest byte.
#[inline]
#[expect(clippy::indexing_slicing, reason = "a byte is below 256")]
fn entry_of(table: &[u32; 256], byte: u32) -> u32 {
    table[(byte & 0xFF) as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(parts: &[&[u8]]) -> u32 {
        let mut crc = Crc::new();
        parts.iter().for_each(|part| crc.update(part));
        crc.sum()
    }

    #[test]
    fn is_the_known_sum_however_it_is_cut() {
        let text: &[u8] = b"The quick brown fox jumps over the lazy dog";
        assert_eq!((sum(&[]), sum(&[b"123456789"])), (0, 0xCBF4_3926));
        for cut in 0..=text.len() {
            let (one, other) = text.split_at(cut);
            assert_eq!(sum(&[one, other]), 0x414F_A339, "{cut}");
        }
    }
}
