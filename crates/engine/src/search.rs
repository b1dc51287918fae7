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

/// What is read for one block.
const WINDOW: usize = BLOCK + GAP;

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

/// Two bytes, and the bit that does not matter in each.
struct Wanted<const CASELESS: bool> {
    bytes: (Vector, Vector),
    cases: (Vector, Vector),
    gap: usize,
}

impl<const CASELESS: bool> Wanted<CASELESS> {
    #[inline(always)]
    fn new(Probe { literal, first, gap }: &Probe) -> Self {
        let byte = |at: usize| literal.bytes.get(at).copied().unwrap_or_default();
        let case = |byte: u8| if literal.caseless && byte.is_ascii_alphabetic() { 0x20 } else { 0 };
        let (one, other) = (byte(*first), byte(first + gap));
        Self {
            bytes: (Vector::splat(one), Vector::splat(other)),
            cases: (Vector::splat(case(one)), Vector::splat(case(other))),
            gap: (*gap).min(GAP),
        }
    }

    #[inline(always)]
    fn are_in(&self, here: Block, there: Block) -> Block {
        let is = |part: Vector, byte: Vector, case: Vector| {
            if CASELESS { part.or(case).eq(byte) } else { part.eq(byte) }
        };
        let one = here.map(|part| is(part, self.bytes.0, self.cases.0));
        one.and(there.map(|part| is(part, self.bytes.1, self.cases.1)))
    }
}

/// Literals ready to be looked for; one of them has to be there.
#[derive(Clone, Debug)]
pub(crate) struct Search {
    probes: Vec<Probe>,
    /// Whether a literal is without case, and whether what is no ASCII may stand in one.
    caseless: bool,
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
            caseless: literals.iter().any(|literal| literal.caseless),
            folds: literals.iter().any(Literal::folds),
        }
    }

    /// Goes through the blocks of `text` from `at` on and hands those that hold anything to `on_block`, which says
    /// where to go on: behind the block, anywhere else, or nowhere.
    ///
    /// A closure, and not an iterator, so that what is looked for stays in the machine's registers.
    #[inline(always)]
    pub(crate) fn run(
        &self,
        text: &[u8],
        at: usize,
        on_block: impl FnMut(usize, Events) -> Option<usize>,
    ) {
        match (self.probes.as_slice(), self.caseless) {
            ([a], false) => pass::<1, false>([a], text, at, on_block),
            ([a], true) => pass::<1, true>([a], text, at, on_block),
            ([a, b], false) => pass::<2, false>([a, b], text, at, on_block),
            ([a, b], true) => pass::<2, true>([a, b], text, at, on_block),
            ([a, b, c], _) => pass::<4, true>([a, b, c, c], text, at, on_block),
            ([a, b, c, d, ..], _) => pass::<4, true>([a, b, c, d], text, at, on_block),
            ([], _) => {}
        }
    }

    /// As [`Self::run`], for what is not in the way of every byte: compiled once.
    pub(crate) fn run_seldom(
        &self,
        text: &[u8],
        at: usize,
        on_block: &mut dyn FnMut(usize, Events) -> Option<usize>,
    ) {
        self.run(text, at, on_block);
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

    /// The first place from `at` on that is a hit, see [`Self::is_hit`].
    pub(crate) fn find(&self, text: &[u8], at: usize) -> Option<usize> {
        let mut found = None;
        self.run_seldom(text, at, &mut |block, Events { mut hints, .. }| {
            while hints != 0 {
                let place = block + hints.trailing_zeros() as usize;
                if self.is_hit(text, place) {
                    found = Some(place);
                    return None;
                }
                hints &= hints - 1;
            }
            Some(block + BLOCK)
        });
        found
    }
}

/// Goes through `text`; the fewer literals and the less case, the quicker.
#[inline(always)]
fn pass<const N: usize, const CASELESS: bool>(
    probes: [&Probe; N],
    text: &[u8],
    mut at: usize,
    mut on_block: impl FnMut(usize, Events) -> Option<usize>,
) {
    let wanted = probes.map(Wanted::<CASELESS>::new);
    loop {
        let window = text.get(at..at + WINDOW).and_then(|window| window.first_chunk());
        let events = match window {
            Some(window) => look(&wanted, window),
            None => {
                let rest = text.get(at..).unwrap_or_default();
                if rest.is_empty() {
                    return;
                }
                let mut padded = [0; WINDOW];
                padded.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
                look(&wanted, &padded)
            }
        };
        at = match events {
            None => at + BLOCK,
            Some(events) => match on_block(at, events) {
                Some(at) => at,
                None => return,
            },
        };
    }
}

/// What the first block of `window` holds, if anything.
#[inline(always)]
fn look<const N: usize, const CASELESS: bool>(
    wanted: &[Wanted<CASELESS>; N],
    window: &[u8; WINDOW],
) -> Option<Events> {
    let block = |at: usize| window.get(at..).and_then(|rest| rest.first_chunk()).map(Block::load);
    let here = block(0)?;
    let line_feeds = here.map(|part| part.eq(Vector::splat(b'\n')));
    let backslashes = here.map(|part| part.eq(Vector::splat(b'\\')));
    let mut literals = line_feeds;
    for wanted in wanted {
        let there = block(wanted.gap)?;
        literals = literals.or(wanted.are_in(here, there));
    }
    let mut odd = literals.or(backslashes);
    if CASELESS {
        // A byte that is no ASCII has the bit that is looked at.
        odd = odd.or(here);
    }
    if !odd.any_high() {
        return None;
    }
    let next = block(1)?;
    let pair = |first: u8, second: u8| {
        here.map(|part| part.eq(Vector::splat(first)))
            .and(next.map(|part| part.eq(Vector::splat(second))))
    };
    let mut hints = literals.or(pair(b'\\', b'u'));
    if CASELESS {
        hints = hints.or(pair(0xC5, 0xBF)).or(pair(0x84, 0xAA));
    }
    let line_feeds = line_feeds.bits(|part| part);
    let hints = hints.bits(|part| part) & !line_feeds;
    (line_feeds | hints != 0).then_some(Events { line_feeds, hints })
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
            prop_assert_eq!(search.find(&text, 0).is_some(), expected);
            let mut line_feeds = 0;
            search.run(&text, 0, |block, events| {
                line_feeds += events.line_feeds.count_ones() as usize;
                Some(block + BLOCK)
            });
            prop_assert_eq!(line_feeds, text.iter().filter(|byte| **byte == b'\n').count());
        }
    }
}
