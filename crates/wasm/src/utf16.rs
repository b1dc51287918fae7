//! Places in a text as JavaScript counts them.

use trailsift_core::Span;

/// A span of bytes as one of UTF-16 units.
pub(crate) fn span(text: &str, Span { start, end }: Span) -> Span {
    Span::new(units_before(text, start), units_before(text, end))
}

/// The UTF-16 units in `text` before the byte at `offset`, which counts as the next boundary when it lies within a
/// character, and as the end when it lies beyond it.
pub(crate) fn units_before(text: &str, offset: usize) -> usize {
    text.char_indices()
        .take_while(|(start, _)| *start < offset)
        .map(|(_, character)| character.len_utf16())
        .sum()
}

/// The byte offset of the character that has `units` UTF-16 units before it: the next boundary when that lies within
/// a character, and the end when it lies beyond it.
pub(crate) fn byte_at(text: &str, units: usize) -> usize {
    let mut before = 0;
    for (start, character) in text.char_indices() {
        if before >= units {
            return start;
        }
        before += character.len_utf16();
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::{byte_at, units_before};

    #[test]
    fn ascii_counts_bytes() {
        assert_eq!(units_before("type:f", 0), 0);
        assert_eq!(units_before("type:f", 5), 5);
        assert_eq!(units_before("type:f", 6), 6);
    }

    #[test]
    fn every_boundary_agrees_with_the_encoder() {
        let text = "é:\u{4e2d}\u{6587} \u{1f511}\u{1f469}\u{200d}\u{1f4bb}\tx";
        for (offset, _) in text.char_indices().chain([(text.len(), ' ')]) {
            assert_eq!(
                units_before(text, offset),
                text.get(..offset).unwrap().encode_utf16().count(),
                "byte {offset}"
            );
        }
    }

    #[test]
    fn an_astral_character_is_two_units() {
        assert_eq!(units_before("\u{1f511}:x", 4), 2);
        assert_eq!(units_before("\u{1f511}:x", 5), 3);
    }

    #[test]
    fn offsets_inside_a_character_and_beyond_the_end_are_moved_forward() {
        assert_eq!(units_before("\u{1f511}:x", 2), 2);
        assert_eq!(units_before("é", 99), 1);
        assert_eq!(units_before("", 0), 0);
    }

    #[test]
    fn there_and_back_is_the_same_place() {
        let text = "é:\u{4e2d}\u{1f511}\u{1f469}\u{200d}\u{1f4bb} x";
        for (offset, _) in text.char_indices().chain([(text.len(), ' ')]) {
            assert_eq!(byte_at(text, units_before(text, offset)), offset);
        }
        assert_eq!(byte_at("\u{1f511}:", 1), 4);
        assert_eq!(byte_at("é", 99), 2);
    }
}
