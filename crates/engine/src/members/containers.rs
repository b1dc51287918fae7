//! Where objects and arrays end, by their brackets alone.

use super::strings::{Bytes, block, unescaped};
use crate::{
    json::{self, Expected, JsonError, MAX_DEPTH, Reason, fail},
    simd::{BLOCK, Block, prefix_xor},
};

/// What carries over from one block to the next.
#[derive(Clone, Copy, Default)]
struct Carried {
    /// The next byte follows a backslash that escapes it.
    escaped: bool,
    /// All bits, within a string.
    string: u64,
}

/// A bit for each byte of a block.
struct Marks {
    opens: u64,
    closes: u64,
    /// Control characters within strings.
    controls: u64,
}

/// Past the container whose opening bracket is at `at`.
pub(super) fn container_end(
    text: &[u8],
    mut at: usize,
    containers: u32,
    bytes: &Bytes,
) -> Result<usize, JsonError> {
    let opening = json::byte(text, at)?;
    let mut depth = containers;
    let mut carried = Carried::default();
    loop {
        let Some(block) = block(text, at) else { return fail(text.len(), Reason::End) };
        let marks = Marks::of(block, bytes, &mut carried);
        let (opens, closes) = (marks.opens.count_ones(), marks.closes.count_ones());
        let mut end = 64;
        if closes + containers < depth && depth + opens <= MAX_DEPTH {
            // Whatever their order, neither the end nor a depth that is too great can be among them.
            depth = depth + opens - closes;
        } else {
            let mut brackets = marks.opens | marks.closes;
            while brackets != 0 {
                let place = brackets.trailing_zeros();
                brackets &= brackets - 1;
                if marks.opens >> place & 1 == 0 {
                    depth -= 1;
                    if depth == containers {
                        end = place;
                        break;
                    }
                } else if depth < MAX_DEPTH {
                    depth += 1;
                } else {
                    return fail(at + place as usize, Reason::TooDeep);
                }
            }
        }
        let control = marks.controls.trailing_zeros();
        if control < end {
            let at = at + control as usize;
            return fail(at, Reason::ControlCharacter(json::byte(text, at)?));
        }
        if end < 64 {
            at += end as usize;
            return match (opening, json::byte(text, at)?) {
                (b'{', b'}') | (b'[', b']') => Ok(at + 1),
                (b'{', other) => fail(at, Reason::Unexpected(other, Expected::CommaOrBrace)),
                (_, other) => fail(at, Reason::Unexpected(other, Expected::CommaOrBracket)),
            };
        }
        at += BLOCK;
    }
}

impl Marks {
    #[inline(always)]
    fn of(block: Block, bytes: &Bytes, carried: &mut Carried) -> Self {
        let quotes = block.bits(|part| part.eq(bytes.quote));
        let quotes = unescaped(quotes, bytes.backslashes(block), &mut carried.escaped);
        let strings = prefix_xor(quotes) ^ carried.string;
        carried.string = 0_u64.wrapping_sub(strings >> 63);
        let braces = block.map(|part| part.or(bytes.brace));
        Self {
            opens: braces.bits(|part| part.eq(bytes.opening)) & !strings,
            closes: braces.bits(|part| part.eq(bytes.closing)) & !strings,
            controls: bytes.controls(block) & strings,
        }
    }
}
