//! A trail whose entries come to be past their time again and again, and its book: what is gone is gone from the front,
//! and what is left is what was acknowledged.
//!
//! Its object's clock is set ahead, further with each kill; a start sets it right again, and what is gone stays so.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Deserialize;

use super::client::{Answer, Client, Receipt};
use super::ledger::Findings;
use super::proofs::{Proofs, Which};
use crate::generate::Random;

/// The name of the trail.
const NAME: &str = "soak-aging";
/// How long its entries are kept, and how far its clock jumps: more than that. The jump is in milliseconds.
const KEPT: &str = "1h";
const JUMP: u64 = 2 * 3600 * 1000;
/// So many batches come between two alarms.
const BATCHES: u64 = 8;

/// The book.
#[derive(Debug, Default)]
pub(super) struct Aging {
    batches: Vec<Batch>,
    /// How many entries were ever made. Each has its number, counted from 0, as its mark.
    made: u64,
    /// The number of the first entry that was there when it was read last, and the entries.
    first: u64,
    listed: Vec<String>,
    findings: Findings,
    proofs: Proofs,
}

#[derive(Debug)]
struct Batch {
    marks: Range<u64>,
    receipt: Option<Receipt>,
}

#[derive(Deserialize)]
struct Served {
    mark: u64,
}

fn locked(book: &Mutex<Aging>) -> MutexGuard<'_, Aging> {
    book.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes until nobody answers or `ends` says so; somewhere in between all that was written before gets past its time.
pub(super) fn write(
    client: &Client,
    book: &Mutex<Aging>,
    kill: u64,
    mut random: Random,
    ends: &AtomicBool,
) {
    let jump = random.below(4 * BATCHES);
    for round in 0.. {
        if ends.load(Ordering::Relaxed) {
            return;
        }
        if round == jump {
            client.retain(NAME, KEPT);
            client.fault(&format!("clock/{NAME}/{}", JUMP * (kill + 1)));
        }
        if round >= jump && round % BATCHES == 0 {
            client.fault(&format!("alarm/{NAME}"));
        }
        let (number, body) = locked(book).make(&mut random);
        match client.append(NAME, None, &body) {
            Answer::Acknowledged(receipt) => locked(book).acknowledge(number, receipt),
            Answer::Refused(reason) => locked(book).wrong(format!("a batch was refused: {reason}")),
            Answer::NotNow => {}
            Answer::Gone => return,
        }
    }
}

/// Reads the trail as a whole and holds it against the book.
pub(super) fn check(client: &Client, book: &Mutex<Aging>) -> anyhow::Result<()> {
    let mut proofs = std::mem::take(&mut locked(book).proofs);
    let wrong = proofs.check(client, NAME, Which::All)?;
    locked(book).findings.wrong.extend(wrong);
    locked(book).proofs = proofs;
    // What is past its time may go between the two questions: the first entry is asked for before and after.
    loop {
        let before = client.first(NAME)?;
        let listed = client.list(NAME)?;
        if client.first(NAME)? == before {
            locked(book).check(before, listed);
            return Ok(());
        }
    }
}

impl Aging {
    fn make(&mut self, random: &mut Random) -> (usize, String) {
        let marks = self.made..self.made + random.between(1, 60);
        self.made = marks.end;
        let note = "n".repeat(random.below(400) as usize);
        let body = marks
            .clone()
            .map(|mark| format!("{{\"mark\":{mark},\"note\":\"{note}\"}}\n"))
            .collect();
        self.batches.push(Batch { marks, receipt: None });
        (self.batches.len() - 1, body)
    }

    fn acknowledge(&mut self, number: usize, receipt: Receipt) {
        let Some(batch) = self.batches.get_mut(number) else { return };
        let count = batch.marks.end - batch.marks.start;
        batch.receipt = Some(receipt);
        if receipt.accepted != count || receipt.last_seq + 1 != receipt.first_seq + count {
            self.wrong(format!("a batch of {count} has the receipt {receipt:?}"));
        }
    }

    fn wrong(&mut self, what: String) {
        self.findings.wrong.push(format!("{NAME}: {what}"));
    }

    pub(super) fn has_findings(book: &Mutex<Self>) -> bool {
        !locked(book).findings.is_empty()
    }

    /// How many entries are there.
    pub(super) fn len(book: &Mutex<Self>) -> usize {
        locked(book).listed.len()
    }

    /// How many entries were acknowledged, and what was found.
    pub(super) fn into_result(self) -> (u64, Findings) {
        let receipts = self.batches.iter().filter_map(|batch| batch.receipt);
        (receipts.map(|receipt| receipt.accepted).sum(), self.findings)
    }

    /// Holds what is there, from the number `first` on, against what was acknowledged and read before.
    fn check(&mut self, first: u64, listed: Vec<String>) {
        let marks: Vec<Option<u64>> = listed
            .iter()
            .map(|text| serde_json::from_str(text).ok().map(|served: Served| served.mark))
            .collect();
        let at = |sequence: u64| {
            let place = usize::try_from(sequence.checked_sub(first)?).ok()?;
            marks.get(place).copied().flatten()
        };
        let mut lost = 0;
        for Batch { marks, receipt } in &self.batches {
            let Some(receipt) = receipt else { continue };
            let numbers = receipt.first_seq..;
            lost += numbers
                .zip(marks.clone())
                .filter(|(sequence, mark)| *sequence >= first && at(*sequence) != Some(*mark))
                .count() as u64;
        }
        let mut doubled = 0;
        let mut before = None;
        let mut part = None;
        for mark in marks.iter().flatten().copied() {
            // Entries are made in the order of their marks, but two batches may overtake each other.
            doubled += u64::from(before == Some(mark));
            before = Some(mark);
            let batch =
                self.batches.get(self.batches.partition_point(|batch| batch.marks.end <= mark));
            let Some(batch) = batch else { continue };
            // The first that is left may be the last of their batch: no other may begin in the middle.
            let is_cut = mark != batch.marks.start && part != mark.checked_sub(1) && part.is_some();
            if is_cut {
                self.findings
                    .wrong
                    .push(format!("{NAME}: entry {mark} is there without the one before it"));
            }
            part = Some(mark);
        }
        let ends = |mark: &u64| self.batches.iter().any(|batch| batch.marks.end == mark + 1);
        if part.is_some_and(|last| !ends(&last)) {
            self.wrong("the last batch is there in part".to_owned());
        }
        if first < self.first {
            self.wrong(format!("entries from {first} on came back, {} was the first", self.first));
        }
        let gone = first.checked_sub(self.first).and_then(|gone| usize::try_from(gone).ok());
        let kept = gone.and_then(|gone| self.listed.get(gone..)).unwrap_or_default();
        if !listed.starts_with(kept) {
            self.wrong(format!("from {first} on it is not what it was"));
        }
        self.findings.lost = self.findings.lost.max(lost);
        self.findings.doubled = self.findings.doubled.max(doubled);
        (self.first, self.listed) = (first, listed);
    }
}

#[cfg(test)]
mod tests {
    use super::{Aging, Receipt};
    use crate::generate::Random;

    /// A book with three acknowledged batches, and their entries as they are served.
    fn book() -> (Aging, Vec<String>) {
        let (mut book, mut random) = (Aging::default(), Random::new(1, 1));
        let mut all = Vec::new();
        for _ in 0..3 {
            let (number, body) = book.make(&mut random);
            let (first_seq, accepted) = (all.len() as u64 + 1, body.lines().count() as u64);
            all.extend(body.lines().map(str::to_owned));
            let last_seq = all.len() as u64;
            book.acknowledge(number, Receipt { accepted, duplicates: 0, first_seq, last_seq });
        }
        (book, all)
    }

    #[test]
    fn what_is_gone_from_the_front_is_not_lost() {
        let (mut book, all) = book();
        book.check(1, all.clone());
        for gone in [1, 3, all.len()] {
            book.check(gone as u64 + 1, all[gone..].to_vec());
        }
        let (acknowledged, findings) = book.into_result();
        assert_eq!(acknowledged, all.len() as u64);
        assert!(findings.is_empty(), "{findings:?}");
    }

    #[test]
    fn what_is_missing_elsewhere_or_comes_back_is_found() {
        let cut = |from: usize, to: usize| move |all: &[String]| all[from..to].to_vec();
        let (_, all) = book();
        let last = all.len();
        for (first, what) in [(1, cut(0, last - 1)), (1, cut(1, last)), (2, cut(0, last))] {
            let (mut book, all) = book();
            book.check(first, what(&all));
            assert!(book.into_result().1.lost > 0);
        }
        let (mut book, all) = book();
        book.check(4, all[3..].to_vec());
        book.check(1, all);
        assert_eq!(book.into_result().1.wrong.len(), 1);
    }

    #[test]
    fn a_batch_that_nobody_acknowledged_is_whole_or_not_there() {
        for (count, wrong) in [(0, 0), (1, 1)] {
            let (mut book, mut all) = book();
            let (_, body) = loop {
                let made = book.make(&mut Random::new(2, 1));
                if made.1.lines().count() > 1 {
                    break made;
                }
            };
            all.extend(body.lines().take(count).map(str::to_owned));
            book.check(1, all);
            assert_eq!(book.into_result().1.wrong.len(), wrong);
        }
    }
}
