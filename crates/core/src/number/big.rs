//! Whole numbers of any size, for what is between a decimal and a float.

use alloc::{vec, vec::Vec};
use core::cmp::Ordering;

/// Lowest part first; the highest is not zero.
pub(super) struct Big(Vec<u64>);

impl Big {
    pub(super) fn new(value: u64) -> Self {
        let mut new = Self(vec![value]);
        new.trim();
        new
    }

    fn trim(&mut self) {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
    }

    /// How many bits it has from its highest one on.
    pub(super) fn bits(&self) -> i64 {
        let top = self.0.last().map_or(0, |top| top.leading_zeros());
        self.0.len() as i64 * 64 - i64::from(top)
    }

    /// `self * factor + more`.
    #[expect(clippy::cast_possible_truncation, reason = "the low half of a product")]
    pub(super) fn multiply_add(&mut self, factor: u64, more: u64) {
        let mut carry = u128::from(more);
        for part in &mut self.0 {
            carry += u128::from(*part) * u128::from(factor);
            *part = carry as u64;
            carry >>= 64;
        }
        if carry > 0 {
            self.0.push(carry as u64);
        }
    }

    /// `self * 5^power`.
    pub(super) fn multiply_five(&mut self, power: u64) {
        /// The highest power of five that has room in a part.
        const MOST: u32 = 27;
        for _ in 0..power / u64::from(MOST) {
            self.multiply_add(5_u64.pow(MOST), 0);
        }
        for _ in 0..power % u64::from(MOST) {
            self.multiply_add(5, 0);
        }
    }

    /// `self * 2^bits`.
    pub(super) fn shift(&mut self, bits: u64) {
        self.multiply_add(1 << (bits % 64), 0);
        let parts = (0..bits / 64).map(|_| 0);
        self.0 = parts.chain(self.0.iter().copied()).collect();
    }

    /// `self / by`, which must have room, and whether nothing is left.
    ///
    /// A bit at a time: the quotients that are asked for have some 65.
    pub(super) fn divide(mut self, mut by: Self) -> (u128, bool) {
        let steps = u64::try_from(self.bits() - by.bits()).unwrap_or_default();
        by.shift(steps);
        let mut quotient = 0;
        for step in 0..=steps {
            if step > 0 {
                self.multiply_add(2, 0);
            }
            quotient <<= 1;
            if self.compare(&by) != Ordering::Less {
                self.subtract(&by);
                quotient += 1;
            }
        }
        (quotient, self.0.is_empty())
    }

    fn compare(&self, other: &Self) -> Ordering {
        let lengths = self.0.len().cmp(&other.0.len());
        lengths.then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }

    /// `self - other`, which is not more.
    fn subtract(&mut self, other: &Self) {
        let mut borrow = false;
        for (index, part) in self.0.iter_mut().enumerate() {
            let less = other.0.get(index).copied().unwrap_or_default();
            (*part, borrow) = part.borrowing_sub(less, borrow);
        }
        self.trim();
    }
}
