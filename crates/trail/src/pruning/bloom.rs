//! A Bloom filter over the texts of a segment: it may say yes of a text that is not there, never no of one that is.

use std::net::Ipv6Addr;

use trailsift_core::address;

/// Bits for each text. With [`PROBES`] of them looked at, one text in a hundred that is not there seems to be.
const BITS: usize = 10;
const PROBES: u64 = 7;

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Bloom(pub(super) Vec<u64>);

/// What is put into the filter for a text. All spellings of an address are one, and so are the cases of ASCII letters:
/// a query may mean either, and few texts differ in no more.
pub(super) fn text_key(text: &[u8]) -> u64 {
    match address::parse(text) {
        Some(address) => address_key(address),
        None => hash(0, &text.to_ascii_lowercase()),
    }
}

pub(super) fn address_key(address: Ipv6Addr) -> u64 {
    hash(1, &address.octets())
}

/// FNV-1a, its bits mixed once more at the end. Stored filters depend on it: it never changes.
fn hash(space: u8, bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in std::iter::once(&space).chain(bytes) {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash = (hash ^ hash >> 33).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ hash >> 33).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ hash >> 33
}

impl Bloom {
    pub(super) fn of(keys: impl ExactSizeIterator<Item = u64>) -> Self {
        let mut bloom = Self(vec![0; (keys.len() * BITS).div_ceil(64)]);
        for key in keys {
            for (word, bit) in bloom.places(key) {
                if let Some(word) = bloom.0.get_mut(word) {
                    *word |= 1 << bit;
                }
            }
        }
        bloom
    }

    pub(super) fn may_hold(&self, key: u64) -> bool {
        self.places(key)
            .all(|(word, bit)| self.0.get(word).is_some_and(|word| word >> bit & 1 == 1))
    }

    fn places(&self, key: u64) -> impl Iterator<Item = (usize, u64)> + use<> {
        let bits = (self.0.len() as u64 * 64).max(1);
        let (first, step) = (key >> 32, key & 0xffff_ffff | 1);
        (0..PROBES).map(move |probe| {
            let bit = (first + probe * step) % bits;
            (usize::try_from(bit / 64).unwrap_or(usize::MAX), bit % 64)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_is_found_and_most_else_is_not() {
        let key = |number: u32| text_key(&number.to_le_bytes());
        let bloom = Bloom::of((0..5_000).map(key));
        assert!((0..5_000).all(|number| bloom.may_hold(key(number))));
        let wrong = (5_000..105_000).filter(|number| bloom.may_hold(key(*number))).count();
        assert!(wrong < 1_500, "{wrong} of 100,000");
        assert!(!Bloom::default().may_hold(key(1)));
    }

    #[test]
    fn spellings_share_a_key() {
        let key = |text: &str| text_key(text.as_bytes());
        assert_eq!(
            key("[2001:DB8:0::1]:443"),
            address_key(address::parse(b"2001:db8::1").unwrap())
        );
        assert_eq!(key("Anne"), key("aNNE"));
        assert_ne!(key("Anne"), key("Anna"));
    }

    #[test]
    fn stored_filters_stay_readable() {
        assert_eq!(
            [text_key(b"anne"), text_key(b"192.0.2.1")],
            [16_448_817_296_167_975_850, 14_067_189_001_396_641_486]
        );
    }
}
