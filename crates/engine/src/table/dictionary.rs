//! The distinct values of a column, each with a number.
//!
//! Numbers are given in the order of appearance, for the whole table: a test is held against each value once, and a
//! facet is counted by number. What it is not: safe to be fed with anything. Where values are made to collide, or there
//! are gigabytes of them, it says that it is full and the column does without.

use alloc::{vec, vec::Vec};

use super::cell::{BARE, Cell, Kind, short_word};

/// Steps through the slots before the dictionary takes itself for attacked.
const MOST_STEPS: usize = 128;

/// Bytes of values that a dictionary takes.
const MOST_BYTES: usize = 1 << 30;

#[derive(Debug)]
pub(super) struct Full;

/// The first numbers are those of [`BARE`].
#[derive(Clone, Debug)]
pub(super) struct Dictionary {
    ends: Vec<u32>,
    /// Of each value its kind and its bytes: what is compared together lies together.
    bytes: Vec<u8>,
    /// Numbers plus one, by hash, and above them the hash; zero is free. Their count is a power of two.
    slots: Vec<u64>,
}

impl Dictionary {
    pub(super) fn new() -> Self {
        let bytes: Vec<u8> = BARE.iter().map(|kind| *kind as u8).collect();
        Self { ends: (1..).take(bytes.len()).collect(), bytes, slots: vec![0; 16] }
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn get(&self, id: u32) -> Cell<'_> {
        let id = id as usize;
        let end = |id: usize| self.ends.get(id).map_or(0, |end| *end as usize);
        let start = id.checked_sub(1).map_or(0, end);
        match self.bytes.get(start..end(id)) {
            Some([code, bytes @ ..]) => Cell { kind: Kind::of_code(*code), bytes },
            _ => Cell::MISSING,
        }
    }

    pub(super) fn cells(&self) -> impl Iterator<Item = Cell<'_>> {
        (0_u32..).take(self.len()).map(|id| self.get(id))
    }

    /// The number of a value, a new one if it was not there.
    pub(super) fn number(&mut self, cell: Cell<'_>) -> Result<u32, Full> {
        if cell.kind <= Kind::Object {
            return Ok(cell.kind as u32);
        }
        let hash = hash(cell);
        let mask = self.slots.len().checked_sub(1).ok_or(Full)?;
        for step in 0..MOST_STEPS {
            let at = (hash as usize).wrapping_add(step) & mask;
            let Some(slot) = self.slots.get(at).copied() else { break };
            let Some(id) = (slot as u32).checked_sub(1) else { return self.add(cell, hash, at) };
            if (slot >> 32) as u32 == hash && self.get(id) == cell {
                return Ok(id);
            }
        }
        Err(Full)
    }

    fn add(&mut self, cell: Cell<'_>, hash: u32, slot: usize) -> Result<u32, Full> {
        if self.bytes.len().saturating_add(cell.bytes.len()) > MOST_BYTES {
            return Err(Full);
        }
        let id = u32::try_from(self.len()).ok().filter(|id| *id < u32::MAX - 1).ok_or(Full)?;
        self.bytes.push(cell.kind as u8);
        self.bytes.extend_from_slice(cell.bytes);
        self.ends.push(u32::try_from(self.bytes.len()).map_err(|_| Full)?);
        if let Some(slot) = self.slots.get_mut(slot) {
            *slot = u64::from(hash) << 32 | u64::from(id + 1);
        }
        if self.len() * 2 > self.slots.len() {
            self.rebuild(self.slots.len() * 2)?;
        }
        Ok(id)
    }

    /// Forgets all but the first `length` values, and takes no more.
    pub(super) fn truncate(&mut self, length: usize) {
        self.ends.truncate(length);
        self.bytes.truncate(self.ends.last().map_or(0, |end| *end as usize));
        self.close();
    }

    /// Takes no more values: how one is found is forgotten.
    pub(super) fn close(&mut self) {
        self.slots = Vec::new();
        self.ends.shrink_to_fit();
        self.bytes.shrink_to_fit();
    }

    fn rebuild(&mut self, slots: usize) -> Result<(), Full> {
        let before = core::mem::replace(&mut self.slots, vec![0; slots]);
        let mask = slots - 1;
        for slot in before.into_iter().filter(|slot| *slot > 0) {
            let hash = (slot >> 32) as usize;
            let mut places = (0..MOST_STEPS).map(|step| hash.wrapping_add(step) & mask);
            let free = places.find(|at| self.slots.get(*at) == Some(&0)).ok_or(Full)?;
            if let Some(free) = self.slots.get_mut(free) {
                *free = slot;
            }
        }
        Ok(())
    }

    pub(super) const fn memory(&self) -> usize {
        self.bytes.capacity()
            + self.ends.capacity() * size_of::<u32>()
            + self.slots.capacity() * size_of::<u64>()
    }
}

/// Sixteen bytes at a time, in two lanes that need not wait for each other.
pub(super) fn hash(cell: Cell<'_>) -> u32 {
    const ODD: [u64; 2] = [0x9E37_79B9_7F4A_7C15, 0xD6E8_FEB8_6659_FD93];
    let [one, two] = ODD;
    let (mut a, mut b) = (one ^ cell.bytes.len() as u64, two ^ cell.kind as u64);
    let mut take = |low: u64, high: u64| {
        a = (a ^ low).wrapping_mul(one).rotate_left(29);
        b = (b ^ high).wrapping_mul(two).rotate_left(31);
    };
    let word = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes);
    let (pairs, rest) = cell.bytes.as_chunks::<16>();
    for pair in pairs {
        if let [low, high] = pair.as_chunks::<8>().0 {
            take(word(low), word(high));
        }
    }
    // What is left, and some of what is not.
    match (rest.first_chunk::<8>(), cell.bytes.last_chunk::<8>()) {
        (Some(first), Some(last)) => take(word(first), word(last)),
        (None, Some(last)) => take(word(last), 0),
        _ => take(short_word(rest), 0),
    }
    let mixed = (a ^ b.rotate_left(17)).wrapping_mul(one);
    (mixed ^ mixed >> 32) as u32
}

#[cfg(test)]
mod tests {
    use alloc::{format, vec::Vec};

    use super::*;

    #[test]
    fn each_value_has_one_number() {
        let mut dictionary = Dictionary::new();
        let texts: Vec<_> = (0..5000).map(|n| format!("value {}", n % 1000)).collect();
        let ids: Vec<u32> = texts
            .iter()
            .map(|text| dictionary.number(Cell::text(text.as_bytes())).unwrap())
            .collect();
        assert_eq!(dictionary.len(), BARE.len() + 1000);
        for (text, id) in texts.iter().zip(&ids) {
            assert_eq!(dictionary.get(*id), Cell::text(text.as_bytes()));
        }
        assert_eq!(ids[..1000], ids[1000..2000]);
        dictionary.truncate(BARE.len() + 500);
        assert_eq!(dictionary.get(ids[499]), Cell::text(b"value 499"));
        assert_eq!(dictionary.get(ids[500]), Cell::MISSING);
        assert!(dictionary.number(Cell::text(b"another")).is_err());
    }

    /// Somebody who knows the hash can make values meet. Then the dictionary ends, rather than take ever longer.
    #[test]
    fn values_that_collide_end_it() {
        let mut dictionary = Dictionary::new();
        let wanted = hash(Cell::text(b"0")) % (1 << 12);
        let mut colliding = (0_u32..)
            .map(|n| format!("{n}"))
            .filter(|text| hash(Cell::text(text.as_bytes())) % (1 << 12) == wanted);
        let full = (0..MOST_STEPS * 2).find(|_| {
            let text = colliding.next().unwrap();
            dictionary.number(Cell::text(text.as_bytes())).is_err()
        });
        assert!(full.is_some_and(|full| full >= MOST_STEPS), "{full:?}");
    }
}
