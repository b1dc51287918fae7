//! Did you mean: the name among those that exist that is the fewest slips away from the one that was written.

use alloc::{string::String, vec, vec::Vec};

/// The candidate nearest to `written`, if it is near: one slip in four letters, and at most three.
#[must_use]
pub fn nearest<'c>(written: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    let most = (written.chars().count().div_ceil(4)).min(3);
    candidates
        .filter_map(|candidate| {
            let slips = distance(written, candidate, most)?;
            Some((slips, candidate))
        })
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, candidate)| candidate)
}

/// The one of a few known values that was likely meant: but for case, with more around it, with the same beginning, or
/// a few slips away.
pub(crate) fn likely<'c>(written: &str, values: &[&'c str]) -> Option<&'c str> {
    let lower = written.to_ascii_lowercase();
    let by = |fits: &dyn Fn(&str) -> bool| {
        values.iter().copied().find(|value| fits(&value.to_ascii_lowercase()))
    };
    let stem: String = lower.chars().take(4).collect();
    by(&|value| value == lower)
        .or_else(|| by(&|value| lower.len() > 2 && value.contains(&lower)))
        .or_else(|| nearest(written, values.iter().copied()))
        .or_else(|| by(&|value| stem.chars().count() == 4 && value.starts_with(&stem)))
}

/// Damerau-Levenshtein distance (optimal string alignment), letters' case aside; `None` when above `most`.
fn distance(a: &str, b: &str, most: usize) -> Option<usize> {
    let fold = |s: &str| s.chars().map(|c| c.to_ascii_lowercase()).collect::<Vec<_>>();
    let (a, b) = (fold(a), fold(b));
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let at = |row: &[usize], i: usize| row.get(i).copied().unwrap_or(usize::MAX / 2);
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let substitution = at(&last, j) + usize::from(x != y);
            let mut best = substitution.min(at(&last, j + 1) + 1).min(at(&row, j) + 1);
            let swapped = i > 0 && j > 0 && Some(x) == b.get(j - 1) && a.get(i - 1) == Some(y);
            if swapped {
                best = best.min(at(&before_last, j - 1) + 1);
            }
            row.push(best);
        }
        before_last = core::mem::replace(&mut last, row);
    }
    last.last().copied().filter(|distance| *distance <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_found_and_strangers_are_not() {
        let names = ["type", "date", "description", "user_name", "user_id"];
        let near = |written| nearest(written, names.into_iter());
        assert_eq!(near("tpye"), Some("type"));
        assert_eq!(near("Date"), Some("date"));
        assert_eq!(near("descripton"), Some("description"));
        assert_eq!(near("user-name"), Some("user_name"));
        assert_eq!(near("userid"), Some("user_id"));
        assert_eq!(near("colour"), None);
        assert_eq!(near(""), None);
    }

    #[test]
    fn counts_each_kind_of_slip_once() {
        for (a, b, slips) in [
            ("ab", "ba", 1),
            ("abc", "ac", 1),
            ("ac", "abc", 1),
            ("abc", "axc", 1),
            ("abcd", "badc", 2),
        ] {
            assert_eq!(distance(a, b, 3), Some(slips), "{a} {b}");
        }
        assert_eq!(distance("abcdefgh", "hgfedcba", 3), None);
    }
}
