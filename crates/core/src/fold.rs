//! Caseless comparison: Unicode's simple case folding, a character to a character.

use alloc::{borrow::Cow, string::String, vec::Vec};

/// The character that stands for all that differ from it only in case.
///
/// Through upper case and back, so that `ς`, `σ` and `Σ` are one; mappings to several characters are left alone. The
/// dotless ı is no case of i but in Turkish, and stays itself.
fn fold_char(c: char) -> char {
    match c {
        'ı' => return c,
        // Equal by Unicode's table, though neither has a single upper case of its own.
        '\u{1FD3}' => return '\u{390}',
        '\u{1FE3}' => return '\u{3B0}',
        '\u{FB05}' => return '\u{FB06}',
        _ => {}
    }
    let upper = single(c.to_uppercase()).unwrap_or(c);
    single(upper.to_lowercase()).unwrap_or(upper)
}

fn single(mut chars: impl Iterator<Item = char>) -> Option<char> {
    let first = chars.next();
    if chars.next().is_some() { None } else { first }
}

/// Folds text.
pub(crate) fn fold_text(text: &str) -> String {
    text.chars().map(fold_char).collect()
}

/// Folds what is text in `bytes`; what is not UTF-8 stays as it is.
#[inline]
pub(crate) fn fold(bytes: &[u8]) -> Cow<'_, [u8]> {
    if bytes.iter().all(|b| b.is_ascii() && !b.is_ascii_uppercase()) {
        return Cow::Borrowed(bytes);
    }
    if bytes.is_ascii() {
        return Cow::Owned(bytes.to_ascii_lowercase());
    }
    Cow::Owned(fold_chars(bytes))
}

fn fold_chars(bytes: &[u8]) -> Vec<u8> {
    let mut folded = Vec::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            folded.extend_from_slice(fold_char(c).encode_utf8(&mut [0; 4]).as_bytes());
        }
        folded.extend_from_slice(chunk.invalid());
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_of_one_letter_are_one() {
        for (a, b) in [
            ("HELLO", "hello"),
            ("ΣΊΣΥΦΟΣ", "σίσυφος"),
            ("ÉCOLE", "école"),
            ("ſ", "S"),
            ("\u{212A}", "k"),
            ("ẞ", "ß"),
            ("ДОМ", "дом"),
        ] {
            assert_eq!(fold(a.as_bytes()), fold(b.as_bytes()), "{a} and {b}");
        }
    }

    #[test]
    fn different_letters_stay_different() {
        for (a, b) in [("ı", "i"), ("İ", "i"), ("ß", "ss"), ("é", "e"), ("о", "o")] {
            assert_ne!(fold(a.as_bytes()), fold(b.as_bytes()), "{a} and {b}");
        }
    }

    #[test]
    fn broken_text_is_kept() {
        assert_eq!(fold(b"A\xFFB"), b"a\xFFb".as_slice());
    }
}
