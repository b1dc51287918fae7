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
        self.multiply_add(5_u64.pow((power % u64::from(MOST)) as u32), 0);
    }

    /// `self * 2^bits`.
    pub(super) fn shift(&mut self, bits: u64) {
        self.multiply_add(1 << (bits % 64), 0);
        let parts = (0..bits / 64).map(|_| 0);
        self.0 = parts.chain(self.0.iter().copied()).collect();
    }

    /// `self / by`, which is less than 2^64, and whether nothing is left.
    pub(super) fn divide(mut self, mut by: Self) -> (u64, bool) {
        // With the highest bit set, the highest part tells nearly all about the quotient.
        let shift = by.0.last().map_or(0, |top| u64::from(top.leading_zeros()));
        by.shift(shift);
        self.shift(shift);
        let top = by.0.last().map_or(1, |top| u128::from(*top) + 1);
        let mut quotient = 0;
        while self.compare(&by) != Ordering::Less {
            let times = match &*self.0 {
                [.., low, high] if self.0.len() > by.0.len() => {
                    ((u128::from(*high) << 64 | u128::from(*low)) / top).max(1) as u64
                }
                _ => 1,
            };
            self.subtract(&by, times);
            quotient += times;
        }
        (quotient, self.0.is_empty())
    }

    fn compare(&self, other: &Self) -> Ordering {
        let lengths = self.0.len().cmp(&other.0.len());
        lengths.then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }

    /// `self - other * times`, which is not below zero.
    fn subtract(&mut self, other: &Self, times: u64) {
        let mut carry = 0;
        for (index, part) in self.0.iter_mut().enumerate() {
            let less = other.0.get(index).copied().unwrap_or_default();
            carry += u128::from(less) * u128::from(times);
            let (rest, borrow) = part.overflowing_sub(carry as u64);
            *part = rest;
            carry = (carry >> 64) + u128::from(borrow);
        }
        self.trim();
    }
}
