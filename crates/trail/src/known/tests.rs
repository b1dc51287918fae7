use std::{cell::Cell, collections::BTreeMap};

use proptest::prelude::*;

use super::*;

/// The rows as a trail's object keeps them.
#[derive(Clone, Debug, Default)]
struct Rows {
    runs: BTreeMap<u64, RunRow>,
    groups: BTreeMap<u64, GroupRow>,
    reads: Cell<usize>,
}

impl Runs for Rows {
    fn run(&self, number: u64) -> Result<Vec<u8>, String> {
        self.reads.set(self.reads.get() + 1);
        self.runs.get(&number).map(|row| row.bytes.clone()).ok_or_else(|| "no row".to_owned())
    }
}

/// A memory with its rows, beside a plain map of what it should know.
#[derive(Debug)]
struct Trail {
    known: Known,
    rows: Rows,
    model: HashMap<KeyHash, u64>,
    last: u64,
    sealed: u64,
    forgotten: u64,
}

impl Trail {
    fn new(run_limit: usize) -> Self {
        let known = Known { run_limit, ..Known::default() };
        let (rows, model) = (Rows::default(), HashMap::new());
        Self { known, rows, model, last: 0, sealed: 0, forgotten: 0 }
    }

    /// Entries that bring these keys, some keys each. Known ones are left out, and an entry comes only if some are
    /// left.
    fn append(&mut self, keys: &[KeyHash], keys_per_entry: usize) {
        let found = self.find(keys);
        let entries = keys.chunks(keys_per_entry).zip(found.chunks(keys_per_entry));
        for (keys, found) in entries {
            self.last += u64::from(found.contains(&None));
            for (key, _) in keys.iter().zip(found).filter(|(_, found)| found.is_none()) {
                self.known.note(*key, self.last);
                self.model.insert(*key, self.last);
            }
        }
    }

    /// Entries with one key each.
    fn append_spread(&mut self, range: std::ops::Range<u64>) {
        let keys: Vec<_> = range.map(spread).collect();
        self.append(&keys, 1);
    }

    fn find(&self, keys: &[KeyHash]) -> Vec<Option<u64>> {
        self.known.find(keys, &self.rows).unwrap()
    }

    fn seal(&mut self, last: u64) {
        let sealing = self.known.seal(last, &self.rows).unwrap();
        for row in sealing.runs() {
            self.rows.runs.insert(row.number, row.clone());
        }
        for row in sealing.groups() {
            assert!(self.rows.groups.insert(row.number, row.clone()).is_none());
        }
        self.known.apply(sealing);
        self.sealed = last;
    }

    fn restart(&mut self) {
        let full = self.rows.groups.last_key_value().map_or(0, |(last, _)| last + 1);
        let runs = self.rows.runs.range(full * RUNS_PER_GROUP..).map(|(_, row)| Ok(row.clone()));
        let groups = self.rows.groups.values().cloned().map(Ok);
        let run_limit = self.known.run_limit;
        let known = Known::load(groups, runs, self.forgotten).unwrap();
        self.known = Known { run_limit, ..known };
        for (key, sequence) in self.model.iter().filter(|(_, at)| self.sealed < **at) {
            self.known.note(*key, *sequence);
        }
    }

    fn forget(&mut self, last: u64) {
        let Living { run, group } = self.known.living_after(last);
        self.rows.runs = self.rows.runs.split_off(&run);
        self.rows.groups = self.rows.groups.split_off(&group);
        self.known.forget(last);
        self.model.retain(|_, sequence| last < *sequence);
        self.forgotten = last;
    }
}

/// A key whose first 32 bits are those of many others, so that marks name runs that do not hold it.
fn alike(n: u64) -> KeyHash {
    let mut key = KeyHash::default();
    key[0] = (n % 7) as u8 * 41;
    key[8..].copy_from_slice(&n.to_be_bytes());
    key
}

fn spread(n: u64) -> KeyHash {
    crate::chunk::key_hash("test", &[&n.to_le_bytes()])
}

#[derive(Clone, Debug)]
enum Step {
    /// Entries with up to three keys each.
    Append {
        from: u64,
        entries: u64,
        keys: u64,
    },
    /// Of what is not sealed, in hundredths.
    Seal(u64),
    /// Of what is sealed, in hundredths.
    Forget(u64),
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..1_000_u64, 1..120_u64, 1..4_u64)
            .prop_map(|(from, entries, keys)| Step::Append { from, entries, keys }),
        3 => (0..=100_u64).prop_map(Step::Seal),
        1 => (0..=100_u64).prop_map(Step::Forget),
        1 => Just(Step::Restart),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_trail_knows_what_a_map_knows(
        run_limit in 2..9_usize,
        is_alike in any::<bool>(),
        steps in prop::collection::vec(step(), 1..30),
    ) {
        let key = if is_alike { alike } else { spread };
        let mut trail = Trail::new(run_limit);
        for step in steps {
            match step {
                Step::Append { from, entries, keys } => {
                    let numbers = from * keys..(from + entries) * keys;
                    trail.append(&numbers.map(key).collect::<Vec<_>>(), keys as usize);
                }
                Step::Seal(part) => {
                    trail.seal(trail.sealed + (trail.last - trail.sealed) * part / 100);
                }
                Step::Forget(part) => {
                    trail.forget(trail.forgotten + (trail.sealed - trail.forgotten) * part / 100);
                }
                Step::Restart => trail.restart(),
            }
        }
        let keys: Vec<KeyHash> = (0..3_400).map(key).collect();
        let expected: Vec<_> = keys.iter().map(|key| trail.model.get(key).copied()).collect();
        prop_assert_eq!(trail.find(&keys), &expected[..]);
        prop_assert!(trail.rows.runs.values().all(|row| row.bytes.len() <= 18 * run_limit));
        trail.restart();
        prop_assert_eq!(trail.find(&keys), expected);
    }

    #[test]
    fn a_row_that_is_cut_or_changed_never_panics(at in any::<prop::sample::Index>(), to: u8) {
        let mut trail = Trail::new(2);
        trail.append_spread(0..200);
        trail.seal(200);
        let row = trail.rows.groups.get_mut(&0).unwrap();
        let at = at.index(row.bytes.len());
        let cut = GroupRow { number: 0, bytes: row.bytes[..at].to_vec() };
        prop_assert!(Group::of(&cut).is_err());
        row.bytes[at] = to;
        if Group::of(row).is_ok() {
            trail.restart();
            (0..200).for_each(|n| drop(trail.known.find(&[spread(n)], &trail.rows)));
        }
    }
}

#[test]
fn keys_that_look_alike_are_told_apart_by_their_rows() {
    let mut trail = Trail::new(4);
    trail.append(&(0..600).map(alike).collect::<Vec<_>>(), 1);
    trail.seal(600);
    assert_eq!(trail.find(&[alike(600)]), [None]);
    assert!(trail.rows.reads.take() > 50);
    assert_eq!(trail.find(&[alike(599), alike(0)]), [Some(600), Some(1)]);
}

#[test]
fn new_keys_read_no_rows_and_known_ones_read_each_once() {
    let mut trail = Trail::new(KEYS_PER_RUN);
    trail.append_spread(0..20_000);
    trail.rows.reads.take();
    trail.seal(20_000);
    trail.rows.reads.take();
    let new: Vec<_> = (30_000..31_000).map(spread).collect();
    assert_eq!(trail.find(&new), vec![None; 1000]);
    assert_eq!(trail.rows.reads.take(), 0);
    let known: Vec<_> = (0..20_000).map(spread).collect();
    assert_eq!(trail.find(&known), (1..=20_000).map(Some).collect::<Vec<_>>());
    assert_eq!(trail.rows.reads.take(), 3);
}

#[test]
fn the_last_run_is_written_again_until_it_is_full() {
    let mut trail = Trail::new(4);
    let numbers = |trail: &Trail, last| -> Vec<_> {
        let sealing = trail.known.seal(last, &trail.rows).unwrap();
        sealing.runs().iter().map(|row| (row.number, row.first, row.last)).collect()
    };
    trail.append_spread(0..10);
    assert_eq!(numbers(&trail, 3), [(0, 1, 3)]);
    trail.seal(3);
    assert_eq!(numbers(&trail, 3), []);
    assert_eq!(numbers(&trail, 9), [(0, 1, 4), (1, 5, 8), (2, 9, 9)]);
    trail.seal(8);
    assert_eq!(numbers(&trail, 10), [(2, 9, 10)]);
}

#[test]
fn a_group_is_written_once_when_the_next_begins() {
    let mut trail = Trail::new(2);
    trail.append_spread(0..400);
    let groups = |trail: &Trail| trail.rows.groups.keys().copied().collect::<Vec<_>>();
    trail.seal(128);
    assert!(groups(&trail).is_empty());
    trail.restart();
    trail.seal(129);
    assert_eq!(groups(&trail), [0]);
    trail.seal(400);
    assert_eq!(groups(&trail), [0, 1, 2]);
    let before = trail.known.groups.clone();
    trail.restart();
    assert_eq!(trail.known.groups, before);
}

#[test]
fn what_is_forgotten_can_come_again_and_its_rows_go() {
    let mut trail = Trail::new(4);
    trail.append_spread(0..20);
    trail.seal(20);
    // The second run holds the numbers 5 to 8.
    assert_eq!(trail.known.living_after(7), Living { run: 1, group: 0 });
    assert_eq!(trail.known.living_after(8), Living { run: 2, group: 0 });
    trail.forget(6);
    let keys = [spread(5), spread(6)];
    assert_eq!(trail.find(&keys), [None, Some(7)]);
    trail.append_spread(5..6);
    trail.seal(21);
    trail.restart();
    assert_eq!(trail.find(&keys), [Some(21), Some(7)]);
    trail.forget(21);
    assert_eq!((trail.rows.runs.len(), trail.find(&keys)), (0, vec![None, None]));
    trail.append_spread(5..6);
    trail.seal(22);
    trail.restart();
    assert_eq!(trail.find(&keys), [Some(22), None]);
}

#[test]
fn a_run_that_is_never_full_does_not_grow_with_what_is_forgotten() {
    let mut trail = Trail::new(KEYS_PER_RUN);
    for day in 0..100 {
        trail.append_spread(day * 100..day * 100 + 100);
        trail.seal(trail.last);
        trail.forget(trail.last - 50);
    }
    let keys: usize = trail.known.groups[0].runs().map(|(_, span)| span.count).sum();
    assert!(keys <= 150, "{keys}");
}

#[test]
fn rows_that_do_not_follow_are_refused() {
    let mut trail = Trail::new(2);
    trail.append_spread(0..600);
    trail.seal(600);
    let rows = &trail.rows;
    let load = |groups: &[u64], runs: &[u64]| {
        let groups = groups.iter().map(|number| Ok(rows.groups[number].clone()));
        Known::load(groups, runs.iter().map(|number| Ok(rows.runs[number].clone())), 0).map(|_| ())
    };
    assert_eq!(load(&[0, 1], &[128, 129]), Ok(()));
    assert_eq!(load(&[1], &[128]), Ok(()));
    assert_eq!(load(&[], &[3, 4]), Ok(()));
    assert!(load(&[0, 2], &[]).is_err());
    assert!(load(&[0], &[128]).is_err());
    assert!(load(&[], &[3, 5]).is_err());
    assert!(load(&[], &[63, 64]).is_err());
    assert!(load(&[3, 0], &[]).is_err());
}
