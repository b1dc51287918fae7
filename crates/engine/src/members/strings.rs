//! Where strings end: looked for in the whole of a block at once, as a key and its value often share one.

use core::hint::black_box;

use crate::{
    json::{self, JsonError, Reason, fail},
    simd::{BLOCK, Block, Vector},
};

/// The bytes by which ends are found, each in every place of a vector.
#[derive(Clone, Debug)]
pub(super) struct Bytes {
    pub(super) quote: Vector,
    backslash: Vector,
    control: Vector,
    /// What a brace has and a bracket has not.
    pub(super) brace: Vector,
    pub(super) opening: Vector,
    pub(super) closing: Vector,
}

impl Bytes {
    /// From bytes that the compiler does not know: engines of WebAssembly make a constant again for each use.
    #[inline(always)]
    pub(super) fn new() -> Self {
        let bytes = black_box(*b"\"\\\x1F\x20{}");
        let [quote, backslash, control, brace, opening, closing] = bytes.map(Vector::splat);
        Self { quote, backslash, control, brace, opening, closing }
    }

    /// A bit for each backslash.
    #[inline(always)]
    pub(super) fn backslashes(&self, block: Block) -> u64 {
        block.bits(|part| part.eq(self.backslash))
    }

    /// A bit for each control character.
    #[inline(always)]
    pub(super) fn controls(&self, block: Block) -> u64 {
        // Most blocks hold none.
        let above = block.map(|part| part.above(self.control));
        if above.has_zero() { above.zeros() } else { 0 }
    }
}

/// What was found in the block that was looked at last, a bit for each of its bytes.
#[derive(Clone, Debug)]
pub(super) struct Ends {
    /// Where the block begins in the text.
    start: usize,
    /// Quotes that nothing escapes, and control characters, which no string holds.
    ends: u64,
    backslashes: u64,
    /// Whether the byte behind the block is escaped.
    carried: bool,
    pub(super) bytes: Bytes,
}

impl Ends {
    #[inline(always)]
    pub(super) fn new() -> Self {
        // No string begins in this block.
        let start = usize::MAX - BLOCK;
        Self { start, ends: 0, backslashes: 0, carried: false, bytes: Bytes::new() }
    }

    /// Past the string whose opening quote is at `at`; `escaped` is set where it holds an escape. Escapes are not
    /// checked.
    #[inline(always)]
    pub(super) fn string_end(
        &mut self,
        text: &[u8],
        at: usize,
        escaped: &mut bool,
    ) -> Result<usize, JsonError> {
        let mut from = at + 1;
        loop {
            let mut skipped = from.wrapping_sub(self.start);
            if skipped >= BLOCK {
                self.look(text, from)?;
                skipped = 0;
            }
            let (ends, backslashes) = (self.ends >> skipped, self.backslashes >> skipped);
            // All bits before the first end, or all.
            let within = ends.wrapping_sub(1) & !ends;
            *escaped |= backslashes & within != 0;
            if ends != 0 {
                let end = from + ends.trailing_zeros() as usize;
                return match json::byte(text, end)? {
                    b'"' => Ok(end + 1),
                    control => fail(end, Reason::ControlCharacter(control)),
                };
            }
            from = self.start + BLOCK;
        }
    }

    /// Looks at the block at `at`, which is within a string.
    #[inline(always)]
    fn look(&mut self, text: &[u8], at: usize) -> Result<(), JsonError> {
        let Some(block) = block(text, at) else { return fail(text.len(), Reason::End) };
        // A string that does not go on from the block before begins here.
        self.carried &= at == self.start + BLOCK;
        self.start = at;
        let quotes = block.bits(|part| part.eq(self.bytes.quote));
        self.backslashes = self.bytes.backslashes(block);
        let quotes = unescaped(quotes, self.backslashes, &mut self.carried);
        self.ends = quotes | self.bytes.controls(block);
        Ok(())
    }
}

/// The quotes that are not escaped; `carried` says whether the block's first byte is, and then the same of the next
/// block's.
#[inline(always)]
pub(super) const fn unescaped(quotes: u64, backslashes: u64, carried: &mut bool) -> u64 {
    let behind = backslashes << 1 | *carried as u64;
    if backslashes & behind == 0 {
        // No backslash is escaped itself: each escapes what is behind it.
        *carried = backslashes >> 63 == 1;
        return quotes & !behind;
    }
    quotes & !escaped(backslashes, carried)
}

/// The bytes behind a run of backslashes that escapes them, which one of an odd length does. What is escaped within a
/// run is a backslash too, and need not be told.
#[inline(always)]
pub(super) const fn escaped(backslashes: u64, carried: &mut bool) -> u64 {
    const EVEN: u64 = 0x5555_5555_5555_5555;
    // A backslash that is escaped itself begins no run.
    let first = *carried as u64;
    let backslashes = backslashes & !first;
    let starts = backslashes & !(backslashes << 1);
    // Adding a run's first bit to it clears the run and sets the bit behind it.
    let (even, _) = backslashes.overflowing_add(starts & EVEN);
    let (odd, is_open) = backslashes.overflowing_add(starts & !EVEN);
    // A run that reaches the end of the block is odd if it begins at an odd place.
    *carried = is_open;
    first | even & !backslashes & !EVEN | odd & !backslashes & EVEN
}

/// The block that begins at `at`, with spaces behind the text's end; `None` at its end.
#[inline(always)]
pub(super) fn block(text: &[u8], at: usize) -> Option<Block> {
    let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
    Some(match rest.first_chunk() {
        Some(block) => Block::load(block),
        None => {
            let mut padded = [b' '; BLOCK];
            padded.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
            Block::load(&padded)
        }
    })
}
