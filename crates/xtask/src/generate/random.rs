//! Choices from a seed: the same seed gives the same choices on every machine. Integers only, no clock,
//! no operating system's randomness, and nothing here is fit for secrets.

use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::Rng;

/// Letters of random identifiers. Each alphabet has 16 or 64 letters, so that bits select them evenly.
#[derive(Clone, Copy)]
pub(super) enum Alphabet {
    /// Lower-case hexadecimal digits.
    Hex,
    /// base64url, the letters of a token or a client id.
    Base64Url,
}

impl Alphabet {
    fn letters(self) -> (&'static [u8], u32) {
        match self {
            Alphabet::Hex => (b"0123456789abcdef", 4),
            Alphabet::Base64Url => {
                (b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", 6)
            }
        }
    }
}

/// The letters of a ULID: Crockford's base 32.
const CROCKFORD: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A stream of choices.
pub(crate) struct Random(Pcg64Mcg);

impl Random {
    /// The stream `stream` of the seed `seed`; two streams of one seed are independent.
    pub(crate) fn new(seed: u64, stream: u64) -> Random {
        let low = mix(seed ^ mix(stream));
        let high = mix(low ^ stream);
        Random(Pcg64Mcg::new((u128::from(high) << 64) | u128::from(low)))
    }

    /// 64 random bits.
    pub(super) fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number in `0..limit`, 0 when `limit` is 0.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        // The high half of the product; its bias is below limit / 2^64.
        ((u128::from(self.bits()) * u128::from(limit)) >> 64) as u64
    }

    /// A number in `low..=high`.
    pub(crate) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// True `times` in a thousand.
    pub(crate) fn permille(&mut self, times: u64) -> bool {
        self.below(1000) < times
    }

    /// One of `items`, each as likely.
    #[expect(
        clippy::indexing_slicing,
        reason = "below(len) is less than len, and the tables of this generator are not empty"
    )]
    pub(super) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len() as u64) as usize]
    }

    /// One of `items`, as likely as its weight.
    pub(super) fn weighted<T: Copy>(&mut self, items: &[(u32, T)]) -> T {
        let total: u64 = items.iter().map(|(weight, _)| u64::from(*weight)).sum();
        let mut left = self.below(total);
        for (weight, item) in items {
            match left.checked_sub(u64::from(*weight)) {
                Some(rest) => left = rest,
                None => return *item,
            }
        }
        self.pick(items).1
    }

    /// `length` letters of an alphabet.
    pub(super) fn token(&mut self, alphabet: Alphabet, length: usize) -> String {
        let (letters, width) = alphabet.letters();
        let mut token = String::with_capacity(length);
        let (mut bits, mut left) = (0, 0);
        for _ in 0..length {
            if left < width {
                (bits, left) = (self.bits(), 64);
            }
            let letter = letters.get(bits as usize & ((1 << width) - 1)).copied().unwrap_or(b'0');
            token.push(char::from(letter));
            bits >>= width;
            left -= width;
        }
        token
    }

    /// `length` decimal digits, the first of them not 0.
    pub(super) fn digits(&mut self, length: usize) -> String {
        (0..length).map(|i| char::from(b'0' + self.between(u64::from(i == 0), 9) as u8)).collect()
    }

    /// A version 4 UUID.
    pub(super) fn uuid(&mut self) -> String {
        let hex = self.token(Alphabet::Hex, 30);
        let variant = self.pick(&["8", "9", "a", "b"]);
        let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
        let (a, b, c, d, e) = (part(0, 8), part(8, 12), part(12, 15), part(15, 18), part(18, 30));
        format!("{a}-{b}-4{c}-{variant}{d}-{e}")
    }
}

/// Ranks `0..len` of which the first few are drawn often and the many seldom, as Zipf's law has it.
pub(super) struct Zipf {
    cumulative: Vec<u64>,
}

impl Zipf {
    /// The weight of rank i is proportional to 1 / (i + 8), in integers.
    pub(super) fn new(len: u64) -> Zipf {
        let mut sum = 0;
        let cumulative = (0..len)
            .map(|rank| {
                sum += (1 << 32) / (rank + 8);
                sum
            })
            .collect();
        Zipf { cumulative }
    }

    pub(super) fn draw(&self, random: &mut Random) -> usize {
        let point = random.below(self.cumulative.last().copied().unwrap_or(0));
        self.cumulative.partition_point(|&upper| upper <= point)
    }
}

/// ULIDs that only go up: 48 bits of milliseconds, then 80 bits that are random or, within the same
/// millisecond, one more than the last (the ULID specification's monotonic variant).
#[derive(Default)]
pub(super) struct Ulids {
    last: u128,
}

impl Ulids {
    pub(super) fn next(&mut self, millis: i64, random: &mut Random) -> String {
        let time = (millis.max(0) as u128) << 80;
        // The top random bit stays clear, so that counting up cannot run into the time.
        let tail = (u128::from(random.bits()) << 15) | u128::from(random.bits() >> 49);
        self.last = if time >> 80 > self.last >> 80 { time | tail } else { self.last + 1 };
        ulid_text(self.last)
    }
}

/// The 26 letters of a ULID.
pub(super) fn ulid_text(ulid: u128) -> String {
    (0..26)
        .rev()
        .map(|i| {
            let letter = CROCKFORD.get((ulid >> (5 * i)) as usize & 31).copied().unwrap_or(b'0');
            char::from(letter)
        })
        .collect()
}

/// SplitMix64's finaliser: every bit of the input reaches every bit of the output.
fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}
