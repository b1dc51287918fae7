//! Literals in bytes, together with the line feeds on the way: one pass decides which lines are worth a look.
//!
//! A pass tells of each place where two bytes of a literal stand as they should; [`Search::is_hit`] then compares the
//! rest. What could be the literal written otherwise is told as well: any `\u` escape, and for a literal without case
//! the two characters outside of ASCII that fold into it (`ſ` is an s, the Kelvin sign a k).

use alloc::vec::Vec;

use crate::simd::{BLOCK, Block, Vector};

/// How many literals one pass can look for.
pub(crate) const MOST: usize = 4;

/// How far apart the two bytes of a literal may be that a pass looks for.
const GAP: usize = 48;

/// Bytes that stand in an entry as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Literal {
    /// Without case: in lower case. ASCII, and at least two.
    bytes: Vec<u8>,
    caseless: bool,
}

impl Literal {
    pub(crate) fn new(mut bytes: Vec<u8>, caseless: bool) -> Option<Self> {
        if caseless {
            bytes.make_ascii_lowercase();
        }
        (bytes.len() > 1 && bytes.is_ascii()).then_some(Self { bytes, caseless })
    }

    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    fn is_at(&self, text: &[u8]) -> bool {
        let found = text.get(..self.bytes.len()).unwrap_or_default();
        if self.caseless { found.eq_ignore_ascii_case(&self.bytes) } else { found == self.bytes }
    }

    /// Whether a character that is no ASCII may stand in it.
    fn folds(&self) -> bool {
        self.caseless && self.bytes.iter().any(|byte| matches!(byte, b'k' | b's'))
    }
}

/// A literal and the two of its bytes that a pass looks for.
#[derive(Clone, Debug)]
struct Probe {
    literal: Literal,
    /// The place of the first of them in the literal, and how far behind it the second is.
    first: usize,
    gap: usize,
}

/// A byte, and the bit that does not matter in it.
#[derive(Clone, Copy)]
struct Wanted {
    byte: Vector,
    case: Vector,
}

impl Wanted {
    #[inline(always)]
    fn new(byte: u8, caseless: bool) -> Self {
        let case = if caseless && byte.is_ascii_alphabetic() { 0x20 } else { 0 };
        Self { byte: Vector::splat(byte), case: Vector::splat(case) }
    }

    #[inline(always)]
    fn is_in(self, part: Vector) -> Vector {
        part.or(self.case).eq(self.byte)
    }
}

/// Literals ready to be looked for; one of them has to be there.
#[derive(Clone, Debug)]
pub(crate) struct Search {
    probes: Vec<Probe>,
    folds: bool,
}

/// What a block holds, a bit for each byte.
#[derive(Clone, Copy, Default)]
pub(crate) struct Events {
    pub(crate) line_feeds: u64,
    /// Where something may be that [`Search::is_hit`] is to decide.
    pub(crate) hints: u64,
}

impl Search {
    /// Ready to look for any of `literals`, of which there are up to [`MOST`]; `counts` is how often each byte was seen
    /// in the log.
    pub(crate) fn new(literals: &[Literal], counts: &[u32; 256]) -> Self {
        let rarity = |literal: &Literal, at: usize| {
            let byte = literal.bytes.get(at).copied().unwrap_or_default();
            let count = |byte: u8| counts.get(usize::from(byte)).copied().unwrap_or_default();
            if literal.caseless {
                count(byte.to_ascii_lowercase()).saturating_add(count(byte.to_ascii_uppercase()))
            } else {
                count(byte)
            }
        };
        let probe = |literal: &Literal| {
            let rarest = (0..literal.len()).min_by_key(|at| rarity(literal, *at)).unwrap_or(0);
            let within = rarest.saturating_sub(GAP)..literal.len().min(rarest + GAP);
            let other = within.filter(|at| *at != rarest).min_by_key(|at| rarity(literal, *at));
            let other = other.unwrap_or(rarest);
            let first = rarest.min(other);
            Probe { literal: literal.clone(), first, gap: rarest.max(other) - first }
        };
        Self {
            probes: literals.iter().map(probe).collect(),
            folds: literals.iter().any(Literal::folds),
        }
    }

    /// Goes through the blocks of `text` from `at` on, up to the first that holds anything: its place and what it holds.
    #[inline]
    pub(crate) fn next(&self, text: &[u8], at: usize) -> Option<(usize, Events)> {
        match (self.probes.as_slice(), self.folds) {
            ([a], false) => pass::<1, false>([a], text, at),
            ([a], true) => pass::<1, true>([a], text, at),
            ([a, b], false) => pass::<2, false>([a, b], text, at),
            ([a, b], true) => pass::<2, true>([a, b], text, at),
            ([a, b, c], false) => pass::<3, false>([a, b, c], text, at),
            ([a, b, c], true) => pass::<3, true>([a, b, c], text, at),
            ([a, b, c, d, ..], false) => pass::<4, false>([a, b, c, d], text, at),
            ([a, b, c, d, ..], true) => pass::<4, true>([a, b, c, d], text, at),
            ([], _) => None,
        }
    }

    /// Whether what was hinted at is there: a literal, or what might be one.
    pub(crate) fn is_hit(&self, text: &[u8], hint: usize) -> bool {
        let rest = text.get(hint..).unwrap_or_default();
        if rest.starts_with(b"\\u") {
            return true;
        }
        if self.folds && (rest.starts_with(b"\xC5\xBF") || rest.starts_with(b"\x84\xAA")) {
            return true;
        }
        self.probes.iter().any(|probe| {
            let start = hint.checked_sub(probe.first).and_then(|start| text.get(start..));
            start.is_some_and(|start| probe.literal.is_at(start))
        })
    }

    /// Whether `text` holds a literal, or what might be one.
    pub(crate) fn is_in(&self, text: &[u8]) -> bool {
        let mut at = 0;
        while let Some((block, Events { mut hints, .. })) = self.next(text, at) {
            while hints != 0 {
                if self.is_hit(text, block + hints.trailing_zeros() as usize) {
                    return true;
                }
                hints &= hints - 1;
            }
            at = block + BLOCK;
        }
        false
    }
}

fn pass<const N: usize, const FOLDS: bool>(
    probes: [&Probe; N],
    text: &[u8],
    mut at: usize,
) -> Option<(usize, Events)> {
    let gaps = probes.map(|probe| probe.gap);
    let wanted = probes.map(|Probe { literal, first, gap }| {
        let wanted = |at: usize| {
            let byte = literal.bytes.get(at).copied().unwrap_or_default();
            Wanted::new(byte, literal.caseless)
        };
        (wanted(*first), wanted(first + gap))
    });
    loop {
        let whole = text.get(at..at + BLOCK + GAP);
        let events = match whole {
            Some(window) => look::<N, FOLDS>(&gaps, &wanted, window),
            None => {
                let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
                let mut padded = [0; BLOCK + GAP];
                padded.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
                look::<N, FOLDS>(&gaps, &wanted, &padded)
            }
        };
        if let Some(events) = events {
            return Some((at, events));
        }
        at += BLOCK;
    }
}

/// What the first block of `window` holds, if anything.
#[inline(always)]
fn look<const N: usize, const FOLDS: bool>(
    gaps: &[usize; N],
    wanted: &[(Wanted, Wanted); N],
    window: &[u8],
) -> Option<Events> {
    let behind =
        |gap: usize| window.get(gap..).and_then(|rest| rest.first_chunk()).map(Block::load);
    let here = behind(0)?;
    let next = behind(1)?;
    let pair = |first: u8, second: u8| {
        here.map(|part| part.eq(Vector::splat(first)))
            .and(next.map(|part| part.eq(Vector::splat(second))))
    };
    let line_feeds = here.map(|part| part.eq(Vector::splat(b'\n')));
    let mut hints = pair(b'\\', b'u');
    for (gap, (first, second)) in gaps.iter().zip(wanted) {
        let there = behind(*gap)?;
        hints =
            hints.or(here.map(|part| first.is_in(part)).and(there.map(|part| second.is_in(part))));
    }
    if FOLDS {
        hints = hints.or(pair(0xC5, 0xBF)).or(pair(0x84, 0xAA));
    }
    line_feeds.or(hints).any().then(|| Events {
        line_feeds: line_feeds.bits(|part| part),
        hints: hints.bits(|part| part),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn finds_what_a_plain_search_finds(
            literals in prop::collection::vec(("[a-ck\"]{2,70}", any::<bool>()), 1..=MOST),
            parts in prop::collection::vec(prop::sample::select(alloc::vec!["a", "B", "c\"", "K", "\u{17F}", "\u{212A}", "\\u", "\\", "\n", "ab", "abab"]), 0..60),
            planted in any::<(bool, prop::sample::Index, prop::sample::Index)>(),
        ) {
            let literals: Vec<_> = literals.into_iter().filter_map(|(text, caseless)| Literal::new(text.into_bytes(), caseless)).collect();
            let mut text = parts.concat().into_bytes();
            if planted.0 {
                let at = planted.1.index(text.len() + 1);
                text.splice(at..at, planted.2.get(&literals).bytes.iter().copied());
            }
            let search = Search::new(&literals, &[0; 256]);
            let holds = |wanted: &[u8]| text.windows(wanted.len()).any(|found| found == wanted);
            let expected = holds(b"\\u")
                || literals.iter().any(|literal| {
                    literal.folds() && (holds(b"\xC5\xBF") || holds(b"\x84\xAA"))
                        || (0..text.len()).any(|at| literal.is_at(&text[at..]))
                });
            prop_assert_eq!(search.is_in(&text), expected);
            let (mut at, mut line_feeds) = (0, 0);
            while let Some((block, events)) = search.next(&text, at) {
                line_feeds += events.line_feeds.count_ones() as usize;
                at = block + BLOCK;
            }
            prop_assert_eq!(line_feeds, text.iter().filter(|byte| **byte == b'\n').count());
        }
    }
}
