//! Sorting with little code: the standard library's sort is compiled again for each type, 10 kB of it, so what need not
//! be the fastest is sorted by the numbers of its places, of which there is one type.

use alloc::vec::Vec;
use core::cmp::Ordering;

/// Sorts `items`, of which there are at most 2^32; equal ones stay in the order in which they are.
///
/// ```
/// let mut words = vec![(2, "b"), (1, "b"), (0, "a")];
/// trailsift_core::order::sort(&mut words, |(_, one), (_, other)| one.cmp(other));
/// assert_eq!(words, [(0, "a"), (2, "b"), (1, "b")]);
/// ```
pub fn sort<T>(items: &mut Vec<T>, order: impl Fn(&T, &T) -> Ordering) {
    let numbers = sorted(items.len(), &|a, b| match (items.get(a), items.get(b)) {
        (Some(a), Some(b)) => order(a, b),
        _ => Ordering::Equal,
    });
    let mut unsorted: Vec<Option<T>> = items.drain(..).map(Some).collect();
    let item = |number: u32| unsorted.get_mut(number as usize)?.take();
    items.extend(numbers.into_iter().filter_map(item));
}

/// The numbers below `count` in their order.
fn sorted(count: usize, order: &dyn Fn(usize, usize) -> Ordering) -> Vec<u32> {
    let mut numbers: Vec<u32> = (0..u32::MAX).take(count).collect();
    sort_numbers(&mut numbers, &|a, b| order(a as usize, b as usize));
    numbers
}

/// Sorts numbers by what they stand for, and by themselves where that is equal. It takes no memory.
///
/// ```
/// let words = ["b", "a", "b"];
/// let mut places = [2, 1, 0];
/// trailsift_core::order::sort_numbers(&mut places, &|one, other| words[one as usize].cmp(words[other as usize]));
/// assert_eq!(places, [1, 0, 2]);
/// ```
pub fn sort_numbers(numbers: &mut [u32], order: &dyn Fn(u32, u32) -> Ordering) {
    numbers.sort_unstable_by(|a, b| order(*a, *b).then(a.cmp(b)));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn sorts_as_the_standard_library_does(items in prop::collection::vec((0_u8..20, any::<u8>()), 0..200)) {
            let (mut ours, mut theirs) = (items.clone(), items);
            sort(&mut ours, |(a, _), (b, _)| a.cmp(b));
            theirs.sort_by_key(|(a, _)| *a);
            prop_assert_eq!(ours, theirs);
        }
    }
}
