//! Literals in bytes, together with the line feeds on the way: one pass decides which lines are worth a look.
//!
//! A pass tells of each place where two bytes of a literal stand as they should; [`Search::is_hit`] then compares the
//! rest. What could be the literal written otherwise is told as well: any `\u` escape, and for a literal without case
//! the two characters outside of ASCII that fold into it (`ſ` is an s, the Kelvin sign a k).

mod probe;

use alloc::vec::Vec;
use core::hint::black_box;

use crate::{
    search::probe::Probe,
    simd::{BLOCK, Block, Vector},
};

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

    /// Zero where both bytes are.
    #[inline(always)]
    fn missed(&self, here: Block, there: Block) -> Block {
        let missed = |part: Vector, byte: Vector, case: Vector| {
            if CASELESS { part.or(case).xor(byte) } else { part.xor(byte) }
        };
        let one = here.map(|part| missed(part, self.bytes.0, self.cases.0));
        let other = there.map(|part| missed(part, self.bytes.1, self.cases.1));
        one.zip(other, Vector::or)
    }
}

/// Bytes that every pass looks for.
struct Always {
    line_feed: Vector,
    backslash: Vector,
    /// Bytes from this on may be one of the characters that fold into a literal.
    folding: Vector,
}

impl Always {
    /// From bytes that the compiler does not know: engines of WebAssembly keep those in registers, and make constants
    /// again for each use.
    #[inline(always)]
    fn new(folds: bool) -> Self {
        let splat = |byte| Vector::splat(black_box(byte));
        // A byte of all ones is in no text.
        let folding = if folds { 0x80 } else { 0xFF };
        Self { line_feed: splat(b'\n'), backslash: splat(b'\\'), folding: splat(folding) }
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

/// What is to be done with a block that holds something: it is told where the block begins.
pub(crate) type OnBlock<'a> = &'a mut dyn FnMut(usize, Events) -> Option<usize>;

/// What a block holds, a bit for each byte.
#[derive(Clone, Copy, Default)]
pub(crate) struct Events {
    pub(crate) line_feeds: u64,
    /// Where something may be that [`Search::is_hit`] is to decide.
    pub(crate) hints: u64,
}

impl Search {
    /// Ready to look for any of `literals`, of which there are up to [`MOST`], in a log that looks like `sample`.
    pub(crate) fn new(literals: &[Literal], sample: &[u8]) -> Self {
        let probes: Vec<_> = literals.iter().map(|literal| Probe::new(literal, sample)).collect();
        Self {
            caseless: literals.iter().any(|literal| literal.caseless),
            folds: literals.iter().any(Literal::folds),
            probes,
        }
    }

    /// Goes through the blocks of `text` from `at` on and hands those that hold anything to `on_block`, which says
    /// where to go on: behind the block, anywhere else, or nowhere.
    ///
    /// A closure, and not an iterator, so that what is looked for stays in the machine's registers.
    pub(crate) fn run(&self, text: &[u8], at: usize, on_block: OnBlock<'_>) {
        match (self.probes.as_slice(), self.caseless) {
            ([a], false) => self.pass::<1, false>([a], text, at, on_block),
            ([a], true) => self.pass::<1, true>([a], text, at, on_block),
            ([a, b], false) => self.pass::<2, false>([a, b], text, at, on_block),
            ([a, b], true) => self.pass::<2, true>([a, b], text, at, on_block),
            ([a, b, c], _) => self.pass::<4, true>([a, b, c, c], text, at, on_block),
            ([a, b, c, d, ..], _) => self.pass::<4, true>([a, b, c, d], text, at, on_block),
            ([], _) => {}
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

    /// The first place from `at` on that is a hit, see [`Self::is_hit`].
    pub(crate) fn find(&self, text: &[u8], at: usize) -> Option<usize> {
        let mut found = None;
        self.run(text, at, &mut |block, Events { mut hints, .. }| {
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

    /// Goes through `text`; the fewer literals and the less case, the quicker.
    ///
    /// What is compiled where it runs, as WebAssembly is, is compiled by the function: here the one that is needed.
    #[inline(never)]
    fn pass<const N: usize, const CASELESS: bool>(
        &self,
        probes: [&Probe; N],
        text: &[u8],
        mut at: usize,
        on_block: OnBlock<'_>,
    ) {
        let wanted = probes.map(Wanted::<CASELESS>::new);
        let always = Always::new(self.folds);
        loop {
            let window = text.get(at..at + WINDOW).and_then(|window| window.first_chunk());
            let events = match window {
                Some(window) if !may_hold(&wanted, &always, window) => Events::default(),
                Some(window) => self.events(window),
                None => {
                    let rest = text.get(at..).unwrap_or_default();
                    if rest.is_empty() {
                        return;
                    }
                    let mut padded = [0; WINDOW];
                    padded.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
                    self.events(&padded)
                }
            };
            at = if events.line_feeds | events.hints == 0 {
                at + BLOCK
            } else {
                match on_block(at, events) {
                    Some(at) => at,
                    None => return,
                }
            };
        }
    }

    /// What the first block of `window` holds.
    ///
    /// Few blocks hold anything, so this is compiled once, and not for each pass.
    #[inline(never)]
    fn events(&self, window: &[u8; WINDOW]) -> Events {
        let Some(here) = block(window, 0) else { return Events::default() };
        let Some(next) = block(window, 1) else { return Events::default() };
        let both = |first: u8, second: u8| {
            let first = here.map(|part| part.xor(Vector::splat(first)));
            first.zip(next.map(|part| part.xor(Vector::splat(second))), Vector::or)
        };
        let mut hints = both(b'\\', b'u');
        if self.folds {
            hints = hints.zip(both(0xC5, 0xBF), Vector::min).zip(both(0x84, 0xAA), Vector::min);
        }
        for probe in &self.probes {
            let wanted = Wanted::<true>::new(probe);
            if let Some(there) = block(window, wanted.gap) {
                hints = hints.zip(wanted.missed(here, there), Vector::min);
            }
        }
        let line_feeds = here.map(|part| part.xor(Vector::splat(b'\n'))).zeros();
        Events { line_feeds, hints: hints.zeros() & !line_feeds }
    }
}

#[inline(always)]
fn block(window: &[u8; WINDOW], at: usize) -> Option<Block> {
    window.get(at..).and_then(|rest| rest.first_chunk()).map(Block::load)
}

/// Whether the first block of `window` may hold anything.
#[inline(always)]
fn may_hold<const N: usize, const CASELESS: bool>(
    wanted: &[Wanted<CASELESS>; N],
    always: &Always,
    window: &[u8; WINDOW],
) -> bool {
    let Some(here) = block(window, 0) else { return false };
    let mut found = here
        .map(|part| part.xor(always.line_feed))
        .zip(here.map(|part| part.xor(always.backslash)), Vector::min);
    for wanted in wanted {
        let Some(there) = block(window, wanted.gap) else { return false };
        found = found.zip(wanted.missed(here, there), Vector::min);
    }
    if CASELESS {
        found = found.zip(here.map(|part| always.folding.above(part)), Vector::min);
    }
    found.has_zero()
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
            sampled in any::<prop::sample::Index>(),
            planted in any::<(bool, prop::sample::Index, prop::sample::Index)>(),
        ) {
            let literals: Vec<_> = literals.into_iter().filter_map(|(text, caseless)| Literal::new(text.into_bytes(), caseless)).collect();
            let mut text = parts.concat().into_bytes();
            if planted.0 {
                let at = planted.1.index(text.len() + 1);
                text.splice(at..at, planted.2.get(&literals).bytes.iter().copied());
            }
            let search = Search::new(&literals, &text[..sampled.index(text.len() + 1)]);
            let holds = |wanted: &[u8]| text.windows(wanted.len()).any(|found| found == wanted);
            let expected = holds(b"\\u")
                || literals.iter().any(|literal| {
                    literal.folds() && (holds(b"\xC5\xBF") || holds(b"\x84\xAA"))
                        || (0..text.len()).any(|at| literal.is_at(&text[at..]))
                });
            prop_assert_eq!(search.find(&text, 0).is_some(), expected);
            let mut line_feeds = 0;
            search.run(&text, 0, &mut |block, events| {
                line_feeds += events.line_feeds.count_ones() as usize;
                Some(block + BLOCK)
            });
            prop_assert_eq!(line_feeds, text.iter().filter(|byte| **byte == b'\n').count());
        }
    }
}
