//! What is still to come in the sessions that have begun. It knows no log format.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::clock::Millis;

/// Planned steps by the time they are due; of two at the same time the one planned first comes first.
pub(super) struct Agenda<T> {
    steps: BinaryHeap<Reverse<Step<T>>>,
    planned: u64,
    now: Millis,
}

struct Step<T> {
    due: Millis,
    order: u64,
    what: T,
}

impl<T> Agenda<T> {
    pub(super) fn new() -> Agenda<T> {
        Agenda { steps: BinaryHeap::new(), planned: 0, now: Millis::MIN }
    }

    pub(super) fn plan(&mut self, due: Millis, what: T) {
        self.steps.push(Reverse(Step { due, order: self.planned, what }));
        self.planned += 1;
    }

    /// The next step that is due by `slot`, and its time. Times never fall; with `None` the slot itself is
    /// free for something new. As every slot takes a due step before anything new begins, nothing piles up.
    pub(super) fn due(&mut self, slot: Millis) -> Option<(Millis, T)> {
        if self.steps.peek().is_none_or(|Reverse(step)| step.due > slot) {
            self.now = self.now.max(slot);
            return None;
        }
        let Reverse(step) = self.steps.pop()?;
        self.now = self.now.max(step.due);
        Some((self.now, step.what))
    }
}

impl<T> Step<T> {
    fn rank(&self) -> (Millis, u64) {
        (self.due, self.order)
    }
}

impl<T> PartialEq for Step<T> {
    fn eq(&self, other: &Step<T>) -> bool {
        self.rank() == other.rank()
    }
}

impl<T> Eq for Step<T> {}

impl<T> PartialOrd for Step<T> {
    fn partial_cmp(&self, other: &Step<T>) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Step<T> {
    fn cmp(&self, other: &Step<T>) -> std::cmp::Ordering {
        self.rank().cmp(&other.rank())
    }
}
