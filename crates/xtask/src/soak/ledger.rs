//! What was sent to a trail, what was acknowledged of it, and whether what the trail holds is in keeping with that. No
//! HTTP here, and no clock.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Deserialize;

use super::client::Receipt;
use crate::generate::Random;

/// How many of the newest batches may be sent again by another front.
const RECENT: u64 = 6;
/// Of a thousand batches, how many are never sent again when nobody knows what became of them.
const ABANDONED: u64 = 200;

/// What makes the entries of a batch unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Each brings its sender's id; half of them may have come with another batch.
    Ids,
    /// The batch has an idempotency key; the last two entries are the same.
    Key,
    /// Nothing: the body's hash and their places. The last two entries are the same.
    Body,
}

/// The book of one trail.
#[derive(Debug)]
pub(super) struct Ledger {
    name: String,
    entries: Vec<Entry>,
    batches: Vec<Batch>,
    /// Batches that may be there or not, to be sent again.
    unsure: BTreeSet<usize>,
    /// As it was read last.
    listed: Vec<String>,
    receipts: Vec<(usize, Receipt)>,
    refusals: Vec<String>,
}

#[derive(Debug)]
struct Entry {
    text: String,
    /// How often the trail holds it once a batch with it is there.
    copies: usize,
    /// How often it has to be there, whatever happens.
    due: usize,
}

#[derive(Debug)]
struct Batch {
    style: Style,
    /// Numbers of entries.
    entries: Vec<usize>,
    is_acknowledged: bool,
    is_abandoned: bool,
}

/// What a check found wrong.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Findings {
    /// Entries that were acknowledged or read and are not there.
    pub(super) lost: u64,
    /// Entries that are there more often than they were sent.
    pub(super) doubled: u64,
    /// What it is in words, and whatever else is wrong.
    pub(super) wrong: Vec<String>,
}

/// What an entry tells about itself when it is served.
#[derive(Deserialize)]
struct Served {
    id: String,
    mark: usize,
}

/// The book, whatever became of whoever had it before.
pub(super) fn locked(ledger: &Mutex<Ledger>) -> MutexGuard<'_, Ledger> {
    ledger.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Findings {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Takes what another check of the same trail found: mostly the same.
    pub(super) fn again(&mut self, other: Self) {
        self.lost = self.lost.max(other.lost);
        self.doubled = self.doubled.max(other.doubled);
        let new = other.wrong.into_iter().filter(|wrong| !self.wrong.contains(wrong));
        let new = new.collect::<Vec<_>>();
        self.wrong.extend(new);
    }

    /// Takes what a check of another trail found.
    pub(super) fn besides(&mut self, other: Self) {
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.wrong.extend(other.wrong);
    }
}

impl Ledger {
    pub(super) fn new(name: String) -> Self {
        Self {
            name,
            entries: Vec::new(),
            batches: Vec::new(),
            unsure: BTreeSet::new(),
            listed: Vec::new(),
            receipts: Vec::new(),
            refusals: Vec::new(),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// A new batch, to be sent.
    pub(super) fn make(&mut self, style: Style, size: u64, random: &mut Random) -> usize {
        let mut entries = Vec::new();
        if style == Style::Ids
            && random.permille(500)
            && let Some(other) = self.recent(random)
            && let Some(other) = self.batches.get(other).filter(|other| other.style == Style::Ids)
        {
            entries.extend(other.entries.iter().copied().skip(other.entries.len() / 2));
        }
        for _ in 0..size {
            entries.push(self.entry(style, random));
        }
        if style != Style::Ids
            && let Some(&last) = entries.last()
            && let Some(entry) = self.entries.get_mut(last)
        {
            entries.push(last);
            entry.copies = 2;
        }
        let is_abandoned = random.permille(ABANDONED);
        self.batches.push(Batch { style, entries, is_acknowledged: false, is_abandoned });
        self.batches.len() - 1
    }

    fn entry(&mut self, style: Style, random: &mut Random) -> usize {
        let mark = self.entries.len();
        let mut text = format!(r#"{{"mark":{mark},"type":"soak.{}","#, random.below(9));
        if style == Style::Ids {
            let _ = write!(text, r#""event_id":"{}-{mark}","#, self.name);
        }
        let note = "n".repeat(random.below(200) as usize);
        let _ = write!(text, r#""note" : "{note}","n":{}.0e0}}"#, random.below(1_000));
        self.entries.push(Entry { text, copies: 1, due: 0 });
        mark
    }

    /// One of the newest batches: another front may be sending it just now.
    pub(super) fn recent(&self, random: &mut Random) -> Option<usize> {
        let back = random.below(RECENT) as usize + 1;
        let number = self.batches.len().checked_sub(back)?;
        self.batches.get(number).filter(|batch| !batch.is_abandoned).map(|_| number)
    }

    /// A batch that nobody is sure of; whoever takes it sends it.
    pub(super) fn take_unsure(&mut self) -> Option<usize> {
        self.unsure.pop_first()
    }

    /// The batch's idempotency key.
    pub(super) fn key(&self, number: usize) -> Option<String> {
        let batch = self.batches.get(number)?;
        (batch.style == Style::Key).then(|| format!("{}-{number}", self.name))
    }

    /// The batch as it is sent.
    pub(super) fn body(&self, number: usize) -> String {
        let mut body = String::new();
        for entry in self.batches.get(number).into_iter().flat_map(|batch| &batch.entries) {
            body.push_str(self.entries.get(*entry).map_or("", |entry| &entry.text));
            body.push('\n');
        }
        body
    }

    /// The batch is durable, says the Worker.
    pub(super) fn acknowledge(&mut self, number: usize, receipt: Receipt) {
        self.receipts.push((number, receipt));
        self.unsure.remove(&number);
        if let Some(batch) = self.batches.get_mut(number) {
            batch.is_acknowledged = true;
            for entry in &batch.entries {
                if let Some(entry) = self.entries.get_mut(*entry) {
                    entry.due = entry.copies;
                }
            }
        }
    }

    /// Nobody knows what became of the batch.
    pub(super) fn leave(&mut self, number: usize) {
        let batch = self.batches.get(number);
        if batch.is_some_and(|batch| !batch.is_acknowledged && !batch.is_abandoned) {
            self.unsure.insert(number);
        }
    }

    /// The Worker wants nothing of the batch. It has no reason to.
    pub(super) fn refuse(&mut self, number: usize, reason: &str) {
        self.refusals.push(format!("{}: batch {number} was refused: {reason}", self.name));
    }

    pub(super) fn acknowledged_batches(&self) -> usize {
        self.batches.iter().filter(|batch| batch.is_acknowledged).count()
    }

    pub(super) fn unsure(&self) -> usize {
        self.unsure.len()
    }

    /// Entries that were acknowledged, each as often as it was sent.
    pub(super) fn acknowledged_entries(&self) -> u64 {
        let mut acknowledged = BTreeSet::new();
        for batch in self.batches.iter().filter(|batch| batch.is_acknowledged) {
            acknowledged.extend(batch.entries.iter().copied());
        }
        let copies = acknowledged.into_iter().filter_map(|entry| self.entries.get(entry));
        copies.map(|entry| entry.copies as u64).sum()
    }

    /// Holds what the trail holds, in the order of its numbers, against what was sent and acknowledged.
    pub(super) fn check(&mut self, listed: Vec<String>) -> Findings {
        let mut findings =
            Findings { wrong: std::mem::take(&mut self.refusals), ..Findings::default() };
        let mut places: HashMap<usize, Vec<u64>> = HashMap::new();
        let mut marks = Vec::with_capacity(listed.len());
        let mut ids = HashSet::with_capacity(listed.len());
        for (sequence, text) in (1..).zip(&listed) {
            let Ok(served) = serde_json::from_str::<Served>(text) else {
                findings
                    .wrong
                    .push(format!("{}: entry {sequence} is none of ours: {text}", self.name));
                marks.push(usize::MAX);
                continue;
            };
            if !ids.insert(served.id.clone()) {
                findings.wrong.push(format!("{}: the id {} is there twice", self.name, served.id));
            }
            let sent = self.entries.get(served.mark).and_then(|entry| entry.text.strip_suffix('}'));
            if !sent.is_some_and(|sent| text.starts_with(sent)) {
                findings
                    .wrong
                    .push(format!("{}: entry {sequence} was not sent so: {text}", self.name));
            }
            marks.push(served.mark);
            places.entry(served.mark).or_default().push(sequence);
        }
        self.count(&places, &mut findings);
        self.compare_with_last(&listed, &mut findings);
        self.wholeness(&places, &mut findings);
        self.receipts(&places, &marks, &mut findings);
        for (mark, places) in places {
            // What was read once is there for good.
            if let Some(entry) = self.entries.get_mut(mark) {
                entry.due = entry.due.max(places.len().min(entry.copies));
            }
        }
        self.listed = listed;
        findings
    }

    fn count(&self, places: &HashMap<usize, Vec<u64>>, findings: &mut Findings) {
        for (mark, entry) in self.entries.iter().enumerate() {
            let found = places.get(&mark).map_or(0, Vec::len);
            if found < entry.due {
                findings.lost += (entry.due - found) as u64;
                findings.wrong.push(format!("{}: lost {}", self.name, entry.text));
            }
            if found > entry.copies {
                findings.doubled += (found - entry.copies) as u64;
                findings.wrong.push(format!("{}: {found} times {}", self.name, entry.text));
            }
        }
    }

    /// An entry keeps its number, its id and its bytes.
    fn compare_with_last(&self, listed: &[String], findings: &mut Findings) {
        for (place, before) in self.listed.iter().enumerate() {
            let now = listed.get(place);
            if now != Some(before) {
                let now = now.map_or("nothing", String::as_str);
                let (name, sequence) = (&self.name, place + 1);
                findings.wrong.push(format!("{name}: entry {sequence} was {before} and is {now}"));
                return;
            }
        }
    }

    /// Whatever is there came with a batch that is there as a whole.
    fn wholeness(&self, places: &HashMap<usize, Vec<u64>>, findings: &mut Findings) {
        let found = |mark: &usize| places.get(mark).map_or(0, Vec::len);
        let copies = |mark: &usize| self.entries.get(*mark).map_or(0, |entry| entry.copies);
        let mut explained = HashSet::new();
        for batch in &self.batches {
            if batch.entries.iter().all(|mark| found(mark) >= copies(mark)) {
                explained.extend(batch.entries.iter().copied());
            }
        }
        let mut parts = places.keys().filter(|mark| !explained.contains(mark)).collect::<Vec<_>>();
        parts.sort();
        if let Some(first) = parts.first() {
            let batch = self.batches.iter().position(|batch| batch.entries.contains(first));
            findings.wrong.push(format!(
                "{}: {} entries are there and the rest of their batch is not, as of batch {batch:?}",
                self.name,
                parts.len(),
            ));
        }
    }

    /// Each receipt told the numbers that the entries have.
    fn receipts(
        &self,
        places: &HashMap<usize, Vec<u64>>,
        marks: &[usize],
        findings: &mut Findings,
    ) {
        let mut accepted = 0;
        for (number, receipt) in &self.receipts {
            let Some(batch) = self.batches.get(*number) else { continue };
            accepted += receipt.accepted;
            let of_batch = || batch.entries.iter().filter_map(|mark| places.get(mark)).flatten();
            let (first, last) = (of_batch().min().copied(), of_batch().max().copied());
            let count = batch.entries.len() as u64;
            let is_right = receipt.accepted + receipt.duplicates == count
                && first == Some(receipt.first_seq)
                && last == Some(receipt.last_seq)
                && (receipt.accepted < count || in_order(batch, receipt, marks));
            if !is_right {
                findings.wrong.push(format!(
                    "{}: batch {number} of {count} has the numbers {first:?} to {last:?}, and its receipt says {receipt:?}",
                    self.name
                ));
            }
        }
        if accepted > marks.len() as u64 {
            let (name, there) = (&self.name, marks.len());
            findings.wrong.push(format!("{name}: {accepted} were accepted and {there} are there"));
        }
    }
}

/// Whether a batch that was new as a whole has its numbers without gaps, in its own order.
fn in_order(batch: &Batch, receipt: &Receipt, marks: &[usize]) -> bool {
    let (Some(first), Ok(last)) = (
        receipt.first_seq.checked_sub(1).and_then(|first| usize::try_from(first).ok()),
        usize::try_from(receipt.last_seq),
    ) else {
        return false;
    };
    marks.get(first..last).is_some_and(|marks| marks == batch.entries)
}

#[cfg(test)]
mod tests {
    use super::{Findings, Ledger, Receipt, Style};
    use crate::generate::Random;

    /// A book with a batch of each style, two of three entries; the last two of a batch without ids are the same.
    fn book() -> Ledger {
        let mut ledger = Ledger::new("t".to_owned());
        let mut random = Random::new(1, 1);
        for style in [Style::Body, Style::Key] {
            ledger.make(style, 2, &mut random);
        }
        ledger
    }

    fn served(ledger: &Ledger, mark: usize, id: &str) -> String {
        let text = ledger.entries[mark].text.strip_suffix('}').unwrap();
        format!(r#"{text},"id":"{id}"}}"#)
    }

    fn receipt(accepted: u64, duplicates: u64, first_seq: u64, last_seq: u64) -> Receipt {
        Receipt { accepted, duplicates, first_seq, last_seq }
    }

    /// The first batch, as it is to be.
    fn whole(ledger: &Ledger) -> Vec<String> {
        [(0, "a"), (1, "b"), (1, "c")].map(|(mark, id)| served(ledger, mark, id)).to_vec()
    }

    #[test]
    fn what_was_acknowledged_is_there_once() {
        let mut ledger = book();
        ledger.acknowledge(0, receipt(3, 0, 1, 3));
        ledger.acknowledge(0, receipt(0, 3, 1, 3));
        let listed = whole(&ledger);
        assert_eq!(ledger.check(listed.clone()), Findings::default());
        assert_eq!(ledger.acknowledged_entries(), 3);
        // A batch of which nothing is known may come later, or never.
        ledger.leave(1);
        let all = [
            listed,
            vec![served(&ledger, 2, "d"), served(&ledger, 3, "e"), served(&ledger, 3, "f")],
        ];
        assert_eq!(ledger.check(all.concat()), Findings::default());
    }

    #[test]
    fn a_lost_one_and_a_doubled_one_are_counted() {
        let mut ledger = book();
        ledger.acknowledge(0, receipt(3, 0, 1, 3));
        let mut listed = whole(&ledger);
        listed.pop();
        assert_eq!(ledger.check(listed).lost, 1);

        let mut ledger = book();
        ledger.acknowledge(0, receipt(3, 0, 1, 3));
        let mut listed = whole(&ledger);
        listed.push(served(&ledger, 0, "d"));
        assert_eq!(ledger.check(listed).doubled, 1);
    }

    #[test]
    fn what_was_read_once_stays_where_it_is() {
        let mut ledger = book();
        let listed = whole(&ledger);
        assert!(ledger.check(listed.clone()).is_empty());
        let mut other = listed.clone();
        other.swap(1, 2);
        assert_eq!(ledger.check(other).wrong.len(), 1);
        let mut ledger = book();
        ledger.check(listed);
        assert_eq!(ledger.check(Vec::new()).lost, 3);
    }

    #[test]
    fn a_batch_in_part_is_wrong_though_nobody_acknowledged_it() {
        for part in [0..1, 0..2, 1..3] {
            let mut ledger = book();
            let listed = whole(&ledger)[part].to_vec();
            let findings = ledger.check(listed);
            assert_eq!((findings.lost, findings.doubled, findings.wrong.len()), (0, 0, 1));
        }
    }

    #[test]
    fn an_overlapping_batch_is_whole_with_the_entries_that_came_before() {
        let mut ledger = Ledger::new("t".to_owned());
        let mut random = Random::new(1, 1);
        ledger.make(Style::Ids, 2, &mut random);
        ledger.make(Style::Ids, 2, &mut random);
        ledger.batches[1].entries = vec![1, 2];
        ledger.acknowledge(1, receipt(1, 1, 2, 3));
        let of = |marks: &[usize], ledger: &Ledger| -> Vec<String> {
            marks.iter().map(|mark| served(ledger, *mark, &mark.to_string())).collect()
        };
        let listed = of(&[0, 1, 2], &ledger);
        assert_eq!(ledger.check(listed), Findings::default());
        // Alone, the first entry belongs to a batch that is not there.
        let mut ledger = Ledger::new("t".to_owned());
        ledger.make(Style::Ids, 2, &mut random);
        let listed = of(&[0], &ledger);
        assert_eq!(ledger.check(listed).wrong.len(), 1);
    }

    #[test]
    fn a_receipt_tells_the_numbers() {
        for wrong in [receipt(2, 0, 1, 3), receipt(3, 0, 1, 2), receipt(2, 1, 2, 3)] {
            let mut ledger = book();
            ledger.acknowledge(0, wrong);
            let listed = whole(&ledger);
            assert_eq!(ledger.check(listed).wrong.len(), 1, "{wrong:?}");
        }
        // In another order than they were sent.
        let mut ledger = book();
        ledger.acknowledge(0, receipt(3, 0, 1, 3));
        let mut listed = whole(&ledger);
        listed.swap(0, 1);
        assert_eq!(ledger.check(listed).wrong.len(), 1);
    }

    #[test]
    fn bytes_and_ids_are_looked_at() {
        let mut ledger = book();
        let mut listed = whole(&ledger);
        listed[0] = listed[0].replace(r#""note" :"#, r#""note":"#);
        assert_eq!(ledger.check(listed).wrong.len(), 1);
        let listed =
            vec![served(&ledger, 0, "a"), served(&ledger, 1, "b"), served(&ledger, 1, "b")];
        assert!(ledger.check(listed).wrong.iter().any(|wrong| wrong.contains("the id b")));
    }
}
