//! LZ4 blocks, the codec that Parquet calls `LZ4_RAW`: a compressor that takes its time, since a segment is written once,
//! and a decompressor that is quick, since it is read again and again. Not LZ4's frames.
//!
//! A block is a row of sequences: a token (the lengths of both parts, four bits each, 15 meaning that more bytes follow),
//! literals, and a match, which repeats what lies `offset` bytes back. The last sequence has literals only.

/// The shortest match.
const SHORTEST: usize = 4;
/// How far back a match may lie.
const WINDOW: usize = 0xffff;
/// The format's rules: the last match begins so many bytes before the end, and the last bytes are literals.
const LAST_START: usize = 12;
const LAST_LITERALS: usize = 5;
/// How many earlier places are looked at for a match. With 24 it takes half the time, and blocks are 2.5% larger.
const ATTEMPTS: usize = 128;
const HASH_BITS: u32 = 16;

/// Makes a block of `input`.
pub(super) fn compress(input: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(input.len() / 3);
    let mut finder = Finder::new(input);
    let end = input.len().saturating_sub(LAST_START);
    let (mut anchor, mut at) = (0, 0);
    while at < end {
        let Some(mut found) = finder.longest(at, SHORTEST - 1) else {
            at += 1;
            continue;
        };
        // A longer match that begins a byte later is worth a literal.
        while at + 1 < end
            && let Some(longer) = finder.longest(at + 1, found.length)
        {
            found = longer;
            at += 1;
        }
        push_sequence(&mut out, input.get(anchor..at).unwrap_or_default(), Some(&found));
        at += found.length;
        anchor = at;
    }
    push_sequence(&mut out, input.get(anchor..).unwrap_or_default(), None);
    out
}

struct Match {
    offset: usize,
    length: usize,
}

/// The places of the last [`WINDOW`] bytes, in chains of those whose first four bytes have one hash.
struct Finder<'a> {
    input: &'a [u8],
    /// Where matches may end.
    end: usize,
    /// The first place that is in no chain yet.
    next: usize,
    /// Places, counted from 1.
    heads: Vec<u32>,
    earlier: Vec<u32>,
}

impl<'a> Finder<'a> {
    fn new(input: &'a [u8]) -> Self {
        let end = input.len().saturating_sub(LAST_LITERALS);
        Self { input, end, next: 0, heads: vec![0; 1 << HASH_BITS], earlier: vec![0; WINDOW + 1] }
    }

    /// The longest match for what lies at `at` that is longer than `least`.
    fn longest(&mut self, at: usize, least: usize) -> Option<Match> {
        while self.next < at {
            self.insert(self.next);
            self.next += 1;
        }
        let here = self.input.get(at..self.end)?;
        let mut place = *self.heads.get(hash(here)?)?;
        let mut best: Option<Match> = None;
        let mut longest = least;
        for _ in 0..ATTEMPTS {
            let Some(from) = (place as usize).checked_sub(1) else { break };
            let offset = at - from;
            if offset > WINDOW {
                break;
            }
            // What differs where a longer match would end is no longer match.
            if self.input.get(from + longest) == here.get(longest) {
                let length = common(self.input.get(from..)?, here);
                if length > longest {
                    longest = length;
                    best = Some(Match { offset, length });
                }
            }
            place = *self.earlier.get(from & WINDOW)?;
        }
        best
    }

    fn insert(&mut self, at: usize) {
        let head = self.input.get(at..).and_then(hash).and_then(|hash| self.heads.get_mut(hash));
        let (Some(head), Some(earlier)) = (head, self.earlier.get_mut(at & WINDOW)) else { return };
        *earlier = *head;
        *head = u32::try_from(at + 1).unwrap_or_default();
    }
}

fn hash(bytes: &[u8]) -> Option<usize> {
    let word = u32::from_le_bytes(*bytes.first_chunk()?);
    Some((word.wrapping_mul(0x9e37_79b1) >> (32 - HASH_BITS)) as usize)
}

/// How many bytes two texts begin with in common.
fn common(a: &[u8], b: &[u8]) -> usize {
    let (words, _) = a.as_chunks::<8>();
    let (others, _) = b.as_chunks::<8>();
    let mut length = 0;
    for (a, b) in words.iter().zip(others) {
        let differing = u64::from_le_bytes(*a) ^ u64::from_le_bytes(*b);
        if differing != 0 {
            return length + (differing.trailing_zeros() / 8) as usize;
        }
        length += 8;
    }
    let rest = a.iter().skip(length).zip(b.iter().skip(length));
    length + rest.take_while(|(a, b)| a == b).count()
}

fn push_sequence(out: &mut Vec<u8>, literals: &[u8], found: Option<&Match>) {
    let length = found.map_or(0, |found| found.length.saturating_sub(SHORTEST));
    out.push(nibble(literals.len()) << 4 | nibble(length));
    push_length(out, literals.len());
    out.extend_from_slice(literals);
    if let Some(found) = found {
        out.extend(u16::try_from(found.offset).unwrap_or_default().to_le_bytes());
        push_length(out, length);
    }
}

fn nibble(length: usize) -> u8 {
    u8::try_from(length.min(15)).unwrap_or(15)
}

/// What of a length the token does not hold.
fn push_length(out: &mut Vec<u8>, length: usize) {
    let Some(mut rest) = length.checked_sub(15) else { return };
    while rest >= 255 {
        out.push(255);
        rest -= 255;
    }
    out.push(u8::try_from(rest).unwrap_or_default());
}

/// Behind the bytes that are decompressed, so that most copies need not be careful at their end.
const SLACK: usize = 32;

/// The `length` bytes that a block was made of; `None` if it was not made of so many.
pub(super) fn decompress(block: &[u8], length: usize) -> Option<Vec<u8>> {
    // No block tells of more than 255 bytes with one of its own.
    if length / 255 > block.len() {
        return None;
    }
    let mut out = vec![0; length.checked_add(SLACK)?];
    let (mut at, mut to) = (0, 0);
    loop {
        let token = *block.get(at)?;
        at += 1;
        let literals = read_length(block, &mut at, token >> 4)?;
        if literals <= 16
            && let Some(from) = block.get(at..).and_then(|rest| rest.first_chunk::<16>())
        {
            *out.get_mut(to..)?.first_chunk_mut()? = *from;
        } else {
            let from = block.get(at..at.checked_add(literals)?)?;
            out.get_mut(to..to.checked_add(literals)?)?.copy_from_slice(from);
        }
        at += literals;
        to += literals;
        if at >= block.len() {
            break;
        }
        let offset = u16::from_le_bytes(*block.get(at..)?.first_chunk()?);
        at += 2;
        let size = read_length(block, &mut at, token & 15)? + SHORTEST;
        to = repeat(&mut out, to, usize::from(offset), size)?;
        if to > length {
            return None;
        }
    }
    if at != block.len() || to != length {
        return None;
    }
    out.truncate(length);
    Some(out)
}

fn read_length(block: &[u8], at: &mut usize, nibble: u8) -> Option<usize> {
    let mut length = usize::from(nibble);
    if nibble == 15 {
        loop {
            let more = *block.get(*at)?;
            *at += 1;
            length = length.checked_add(usize::from(more))?;
            if more < 255 {
                break;
            }
        }
    }
    Some(length)
}

/// Appends, at `to`, `size` of the bytes that lie `offset` before; the new end.
fn repeat(out: &mut [u8], to: usize, offset: usize, size: usize) -> Option<usize> {
    let from = to.checked_sub(offset)?;
    let end = to.checked_add(size)?;
    if offset == 0 || end.checked_add(16)? > out.len() {
        return slow_repeat(out, to, offset, size);
    }
    if offset >= 16 {
        let (mut from, mut to) = (from, to);
        while to < end {
            let chunk: [u8; 16] = *out.get(from..)?.first_chunk()?;
            *out.get_mut(to..)?.first_chunk_mut()? = chunk;
            from += 16;
            to += 16;
        }
        return Some(end);
    }
    slow_repeat(out, to, offset, size)
}

fn slow_repeat(out: &mut [u8], to: usize, offset: usize, size: usize) -> Option<usize> {
    let from = to.checked_sub(offset).filter(|_| offset > 0)?;
    let end = to.checked_add(size).filter(|end| *end <= out.len())?;
    for index in 0..size {
        let byte = *out.get(from + index)?;
        *out.get_mut(to + index)? = byte;
    }
    Some(end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Texts of which parts repeat, near and far.
    fn text() -> impl Strategy<Value = Vec<u8>> {
        let part = (
            prop::sample::select(vec!["a", "ab", "{\"type\":\"f\"}", "0123456789abcdef"]),
            1..40_usize,
        );
        let noise = prop::collection::vec(any::<u8>(), 0..40).prop_map(|noise| (noise, 1));
        let part = prop_oneof![part.prop_map(|(text, n)| (text.as_bytes().to_vec(), n)), noise];
        prop::collection::vec(part, 0..20)
            .prop_map(|parts| parts.iter().flat_map(|(text, n)| text.repeat(*n)).collect())
    }

    proptest! {
        #[test]
        fn there_and_back(text in text()) {
            let block = compress(&text);
            prop_assert_eq!(decompress(&block, text.len()), Some(text.clone()));
            prop_assert_eq!(decompress(&block, text.len() + 1), None);
            prop_assert!(text.is_empty() || decompress(&block, text.len() - 1).is_none());
        }

        #[test]
        fn nothing_makes_it_panic(block in prop::collection::vec(any::<u8>(), 0..60), length in 0..5_000_usize) {
            let _ = decompress(&block, length);
        }

        #[test]
        fn a_changed_block_has_the_length_or_is_none(text in text(), at in any::<prop::sample::Index>(), to in any::<u8>()) {
            let mut block = compress(&text);
            *at.get_mut(&mut block) = to;
            if let Some(found) = decompress(&block, text.len()) {
                prop_assert_eq!(found.len(), text.len());
            }
        }
    }

    #[test]
    fn what_repeats_far_away_is_found_and_further_is_not() {
        let noise = |seed: u32, length: u32| {
            let byte = move |n: u32| (n.wrapping_add(seed).wrapping_mul(0x9e37_79b1) >> 24) as u8;
            (0..length).map(byte).collect::<Vec<_>>()
        };
        let part = b"what repeats, and is as long as that".to_vec();
        for (gap, shorter) in [(60_000, true), (70_000, false)] {
            let text =
                [&part, &noise(1, gap), &part, &noise(7, 20)].map(|part| part.clone()).concat();
            let alone = [&part, &noise(1, gap), &noise(7, 20)].map(|part| part.clone()).concat();
            let added = compress(&text).len() - compress(&alone).len();
            assert_eq!(added < part.len() / 2, shorter, "{added} bytes for a gap of {gap}");
            assert_eq!(decompress(&compress(&text), text.len()), Some(text));
        }
    }

    #[test]
    fn the_formats_own_example_of_a_block() {
        // Three literals, and ten bytes from three back: the match overlaps what it makes. Five literals end it.
        let block = [0x36, b'a', b'b', b'c', 3, 0, 0x50, b'v', b'w', b'x', b'y', b'z'];
        assert_eq!(decompress(&block, 18).as_deref(), Some(&b"abcabcabcabcavwxyz"[..]));
        assert_eq!(decompress(&[0x36, b'a', b'b', b'c', 4, 0, 0x50, 1, 2, 3, 4, 5], 18), None);
    }

    #[test]
    fn a_length_that_no_block_has_is_refused_before_room_is_made_for_it() {
        assert_eq!(decompress(&[0x10, b'a'], usize::MAX), None);
        assert_eq!(decompress(&[], 0), None);
        assert_eq!(decompress(&compress(&[]), 0), Some(Vec::new()));
    }
}
