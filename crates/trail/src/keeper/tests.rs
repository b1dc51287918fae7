//! A trail that is killed at every step: nothing that was acknowledged is lost, nothing is there in part or twice.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    pin::pin,
    task::{Context, Poll, Waker},
};

use trailsift_core::{Options, compile};
use trailsift_proof::{Hash, checkpoint::Checkpoint, leaf_hash, tree::Edge};

use super::*;
use crate::{
    chunk::{self, KeyHash, id_hash, key_hash},
    directory::{Direction, Order, Window},
    entry::Lacks,
    known::{GroupRow, RunRow, Runs},
    notary::Notary,
    segment::Decoded,
    sequencer::{Incoming, Receipt},
};

/// When something goes wrong: at the step with this number, before or after it has its effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failure {
    Never,
    Before(u32),
    After(u32),
}

/// Everything that outlives a process.
struct World {
    tables: RefCell<Tables>,
    objects: RefCell<BTreeMap<String, Vec<u8>>>,
    steps: Cell<u32>,
    failure: Cell<Failure>,
}

#[derive(Default)]
struct Tables {
    trail: Option<TrailRow>,
    chunks: BTreeMap<u64, (ChunkRow, Vec<u8>)>,
    segments: BTreeMap<u64, (SegmentRow, Vec<u8>, Option<String>)>,
    runs: BTreeMap<u64, RunRow>,
    groups: BTreeMap<u64, GroupRow>,
    sources: BTreeMap<String, String>,
}

impl World {
    fn new(failure: Failure) -> Self {
        Self {
            tables: RefCell::default(),
            objects: RefCell::default(),
            steps: Cell::new(0),
            failure: Cell::new(failure),
        }
    }

    /// Does something that outlives the process, unless the failure comes before.
    fn step<T>(&self, act: impl FnOnce() -> T) -> Result<T, String> {
        let step = self.steps.replace(self.steps.get() + 1);
        if self.failure.get() == Failure::Before(step) {
            return Err("killed before".to_owned());
        }
        let done = act();
        if self.failure.get() == Failure::After(step) {
            return Err("killed after".to_owned());
        }
        Ok(done)
    }
}

impl Runs for World {
    fn run(&self, number: u64) -> Result<Vec<u8>, String> {
        let tables = self.tables.borrow();
        tables.runs.get(&number).map(|run| run.bytes.clone()).ok_or_else(|| "no run".to_owned())
    }
}

impl Database for World {
    fn trail(&self) -> Result<Option<TrailRow>, String> {
        Ok(self.tables.borrow().trail.clone())
    }

    fn segments(
        &self,
        take: &mut dyn FnMut(SegmentRow) -> Result<(), String>,
    ) -> Result<(), String> {
        self.tables.borrow().segments.values().try_for_each(|(row, ..)| take(row.clone()))
    }

    fn chunks(&self, take: &mut dyn FnMut(ChunkRow) -> Result<(), String>) -> Result<(), String> {
        self.tables.borrow().chunks.values().try_for_each(|(row, _)| take(row.clone()))
    }

    fn groups(&self) -> impl Iterator<Item = Result<GroupRow, String>> {
        let groups: Vec<_> = self.tables.borrow().groups.values().cloned().map(Ok).collect();
        groups.into_iter()
    }

    fn runs_from(&self, number: u64) -> impl Iterator<Item = Result<RunRow, String>> {
        let tables = self.tables.borrow();
        let runs: Vec<_> = tables.runs.range(number..).map(|(_, row)| Ok(row.clone())).collect();
        runs.into_iter()
    }

    fn group_end(&self) -> Result<u64, String> {
        Ok(self.tables.borrow().groups.keys().last().map_or(0, |last| last + 1))
    }

    fn payload(&self, first: u64) -> Result<Option<Vec<u8>>, String> {
        Ok(self.tables.borrow().chunks.get(&first).map(|(_, payload)| payload.clone()))
    }

    fn stats(&self, first: u64) -> Result<Vec<u8>, String> {
        let tables = self.tables.borrow();
        let row = tables.segments.get(&first);
        row.map(|(_, stats, _)| stats.clone()).ok_or_else(|| "no segment".to_owned())
    }

    fn source(&self, name: &str) -> Result<Option<String>, String> {
        Ok(self.tables.borrow().sources.get(name).cloned())
    }

    fn write(&self, writes: Vec<Write>) -> Result<(), String> {
        self.step(|| {
            let tables = &mut *self.tables.borrow_mut();
            for write in writes {
                match write {
                    Write::Trail(row) => tables.trail = Some(row),
                    Write::Chunk(chunk, peaks) => {
                        let row = ChunkRow { meta: chunk.meta, keys: chunk.keys, peaks };
                        let there = tables.chunks.insert(row.meta.first, (row, chunk.payload));
                        assert!(there.is_none());
                    }
                    Write::DropChunks { last } => tables.chunks.retain(|first, _| *first > last),
                    Write::Segment { row, stats, checkpoint } => {
                        let first = row.piece.meta.first;
                        let there = tables.segments.insert(first, (row, stats, checkpoint));
                        assert!(there.is_none());
                    }
                    Write::SegmentState { first, state } => {
                        let row = tables.segments.get_mut(&first).unwrap();
                        row.0.state = state;
                        row.1.clear();
                    }
                    Write::Run(row) => drop(tables.runs.insert(row.number, row)),
                    Write::Group(row) => drop(tables.groups.insert(row.number, row)),
                    Write::DropKeys(living) => {
                        tables.runs.retain(|number, _| *number >= living.run);
                        tables.groups.retain(|number, _| *number >= living.group);
                    }
                    Write::Source { name, checkpoint } => {
                        tables.sources.insert(name, checkpoint);
                    }
                }
            }
        })
    }
}

impl Objects for World {
    async fn create(&self, key: &str, bytes: &[u8], _: &Hash) -> Result<Created, String> {
        self.step(|| {
            let mut objects = self.objects.borrow_mut();
            if objects.contains_key(key) {
                return Created::Exists;
            }
            objects.insert(key.to_owned(), bytes.to_vec());
            Created::New
        })
    }

    async fn read(&self, key: &str) -> Result<Option<Vec<u8>>, String> {
        Ok(self.objects.borrow().get(key).cloned())
    }

    async fn remove(&self, key: &str) -> Result<(), String> {
        self.step(|| {
            self.objects.borrow_mut().remove(key);
        })
    }
}

fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("nothing waits here"),
    }
}

const HOUR: Millis = 3_600_000;
const POLICY: Policy = Policy {
    seal_bytes: 2_000,
    seal_age: 1_000,
    retry: 10,
    most_waiting: 1_000,
    most_bytes: 1 << 20,
    most_keys: 1 << 20,
};

/// A process that tends a trail; it is replaced by a new one when it is killed.
struct Process<'w> {
    world: &'w World,
    memory: RefCell<Option<Keeper>>,
    notary: Notary,
    clock: Millis,
}

impl<'w> Process<'w> {
    fn start(world: &'w World, clock: Millis) -> Self {
        let notary = Notary::new(&[1; 32], "logs.example", "acme", "trail").unwrap();
        Self { world, memory: RefCell::new(None), notary, clock }
    }

    fn ready(&self) {
        let mut memory = self.memory.borrow_mut();
        if memory.is_none() {
            *memory = Keeper::load(self.world).unwrap();
        }
    }

    fn append(&self, batch: &[(&str, &str)]) -> Result<Receipt, String> {
        self.ready();
        let entries: Vec<_> = batch.iter().map(|(id, bytes)| incoming(id, bytes)).collect();
        let schema = Schema::by_name("event").unwrap();
        let batch = Batch { schema, entries: &entries, source: None };
        let mut random = || Ok::<_, String>(7);
        let memory = &mut *self.memory.borrow_mut();
        match Keeper::append(memory, self.world, &POLICY, &batch, self.clock, &mut random)? {
            Appended::Done(receipt) => Ok(receipt),
            other => panic!("{other:?}"),
        }
    }

    fn work(&self) -> Result<(), String> {
        let clock = || self.clock;
        now(work(&self.memory, self.world, self.world, &POLICY, Some(&self.notary), clock))
    }

    fn retain(&self, age: Millis) -> Result<(), String> {
        self.ready();
        self.memory.borrow_mut().as_mut().unwrap().retain(self.world, Some(age))
    }

    /// All entries, by number: id, time of receipt and bytes.
    fn entries(&self) -> Vec<(u64, String, Millis, String)> {
        self.ready();
        let memory = self.memory.borrow();
        let mut entries = Vec::new();
        let Some(keeper) = &*memory else { return entries };
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        for piece in keeper.directory().pieces() {
            match &piece.sealed {
                Some(sealed) => {
                    let bytes = self.world.objects.borrow()[&piece.key(sealed)].clone();
                    assert_eq!(bytes.len() as u64, sealed.size);
                    let decoded = Decoded::open(bytes).unwrap();
                    assert_eq!(decoded.len() as u64, piece.meta.count);
                    entries.extend(decoded.entries().map(|entry| {
                        let stored = entry.stored;
                        (stored.sequence, stored.id.to_owned(), entry.received, text(stored.bytes))
                    }));
                }
                None => {
                    let payload = self.world.payload(piece.meta.first).unwrap().unwrap();
                    let decoded = chunk::decode(&payload, piece.meta.first).unwrap();
                    entries.extend(decoded.iter().map(|stored| {
                        let received = piece.meta.received;
                        (stored.sequence, stored.id.to_owned(), received, text(stored.bytes))
                    }));
                }
            }
        }
        entries
    }
}

fn incoming<'a>(id: &'a str, bytes: &'a str) -> Incoming<'a> {
    let (id, key, content): (_, KeyHash, _) = match id.strip_prefix('#') {
        Some(place) => {
            let place = place.as_bytes();
            let content = key_hash("content", &[place, bytes.as_bytes()]);
            (None, key_hash("place", &[place]), Some(content))
        }
        None => (Some(id), id_hash(id), None),
    };
    Incoming { key, content, id, time: Some(5), lacks: Lacks(0), bytes: bytes.as_bytes() }
}

/// Entries of about 400 bytes, so that a few batches fill a segment.
fn batch(number: u32) -> Vec<(String, String)> {
    let pad = "x".repeat(380);
    (0..3)
        .map(|place| {
            let bytes = format!(r#"{{"type":"t{number}","place":{place},"pad":"{pad}"}}"#);
            let id = if number.is_multiple_of(2) { "" } else { "#" };
            (format!("{id}{number}-{place}"), bytes)
        })
        .collect()
}

fn borrowed(batch: &[(String, String)]) -> Vec<(&str, &str)> {
    batch.iter().map(|(id, bytes)| (&**id, &**bytes)).collect()
}

/// What was acknowledged: the numbers of each batch's entries.
type Acknowledged = BTreeMap<u32, Receipt>;

/// Does something until it is done, in a new process whenever one is killed.
fn survive<'w>(process: &mut Process<'w>, mut act: impl FnMut(&Process<'w>) -> Result<(), String>) {
    while act(process).is_err() {
        process.world.failure.set(Failure::Never);
        *process = Process::start(process.world, process.clock);
    }
}

/// Appends batches, seals and expires, and starts anew whenever it is killed. Gives what was acknowledged, and how
/// many steps were done.
fn scenario(world: &World) -> (Acknowledged, u32) {
    let mut acknowledged = Acknowledged::new();
    let mut process = Process::start(world, HOUR);
    for number in 0..8 {
        let entries = batch(number);
        survive(&mut process, |process| {
            let receipt = process.append(&borrowed(&entries))?;
            acknowledged.insert(number, receipt);
            Ok(())
        });
        process.clock += 400;
        survive(&mut process, |process| process.work());
    }
    survive(&mut process, |process| process.retain(HOUR));
    process.clock += HOUR - 2_000;
    survive(&mut process, |process| process.work());
    survive(&mut process, |process| process.append(&[("last", "{}")]).map(drop));
    world.failure.set(Failure::Never);
    (acknowledged, world.steps.get())
}

/// What has to hold whatever happened.
fn check(world: &World, acknowledged: &Acknowledged, failure: Failure) {
    let process = Process::start(world, 3 * HOUR);
    let entries = process.entries();
    let memory = process.memory.borrow();
    let keeper = memory.as_ref().unwrap();

    // No gaps, nothing twice, each batch whole and in its own bytes.
    let numbers: Vec<u64> = entries.iter().map(|(number, ..)| *number).collect();
    let expected: Vec<u64> = (keeper.directory().first()..=keeper.directory().last()).collect();
    assert_eq!(numbers, expected, "{failure:?}");
    assert_eq!(keeper.directory().last(), 8 * 3 + 1, "{failure:?}");
    for (batch_number, receipt) in acknowledged {
        assert_eq!(receipt.last_seq - receipt.first_seq, 2);
        for (place, (_, bytes)) in batch(*batch_number).iter().enumerate() {
            let number = receipt.first_seq + place as u64;
            if number >= keeper.directory().first() {
                let found = entries.iter().find(|(sequence, ..)| *sequence == number).unwrap();
                assert_eq!(&found.3, bytes, "{failure:?}");
            }
        }
    }

    // Nothing lies in the store that the database does not name, and all that it names is there.
    let tables = world.tables.borrow();
    let named: Vec<String> = tables
        .segments
        .values()
        .filter(|(row, ..)| row.state != State::Removed)
        .map(|(row, ..)| row.piece.key(&row.piece.sealed.unwrap()))
        .collect();
    let there: Vec<String> = world.objects.borrow().keys().cloned().collect();
    assert_eq!(there, named, "{failure:?}");

    // The tree is over what is there, and every checkpoint that was signed still holds.
    let mut edge = Edge::default();
    if keeper.directory().first() == 1 {
        for (_, id, received, bytes) in &entries {
            edge.append(leaf_hash(id, *received, bytes.as_bytes()), |_, _| {});
        }
        assert_eq!(keeper.tree().root(edge.size()).unwrap(), edge.root(), "{failure:?}");
    }
    for (row, _, note) in tables.segments.values() {
        let checkpoint = Checkpoint::open(note.as_ref().unwrap(), &[process.notary.verifier()]);
        let checkpoint = checkpoint.unwrap();
        assert_eq!(checkpoint.size(), row.piece.meta.last());
        assert_eq!(
            keeper.tree().root(checkpoint.size()).unwrap(),
            checkpoint.root(),
            "{failure:?}"
        );
    }
}

#[test]
fn nothing_is_lost_wherever_it_is_killed() {
    let world = World::new(Failure::Never);
    let (acknowledged, steps) = scenario(&world);
    assert_eq!(acknowledged.len(), 8);
    check(&world, &acknowledged, Failure::Never);
    let (sealed, removed) = {
        let tables = world.tables.borrow();
        let removed = tables.segments.values().filter(|(row, ..)| row.state == State::Removed);
        (tables.segments.len(), removed.count())
    };
    assert!(sealed > 3 && removed > 0 && removed < sealed, "{sealed} segments, {removed} removed");
    for step in 0..steps {
        for failure in [Failure::Before(step), Failure::After(step)] {
            let world = World::new(failure);
            let (acknowledged, _) = scenario(&world);
            check(&world, &acknowledged, failure);
        }
    }
}

#[test]
fn a_sealed_batch_that_comes_again_gets_its_numbers_back() {
    let world = World::new(Failure::Never);
    let process = Process::start(&world, HOUR);
    let receipts: Vec<_> =
        (0..6).map(|number| process.append(&borrowed(&batch(number))).unwrap()).collect();
    process.work().unwrap();
    assert!(world.tables.borrow().segments.len() > 1);
    for process in [process, Process::start(&world, HOUR)] {
        for (number, receipt) in (0..).zip(&receipts) {
            let again = Receipt { accepted: 0, duplicates: 3, ..*receipt };
            assert_eq!(process.append(&borrowed(&batch(number))), Ok(again));
        }
        let memory = process.memory.borrow();
        let keeper = memory.as_ref().unwrap();
        assert_eq!(keeper.find("0-1", &world), Ok(Some(2)));
        assert_eq!(keeper.find("9-1", &world), Ok(None));
    }
}

#[test]
fn a_segment_of_another_build_is_taken_when_its_entries_are_the_same() {
    let world = World::new(Failure::Never);
    let process = Process::start(&world, HOUR);
    process.append(&borrowed(&batch(0))).unwrap();
    process.append(&borrowed(&batch(1))).unwrap();
    process.work().unwrap();
    let (key, ours) =
        world.objects.borrow().first_key_value().map(|(k, v)| (k.clone(), v.clone())).unwrap();

    // The same entries, stored by somebody who writes them otherwise, before the database was told.
    let entries = process.entries();
    let schema = Schema::by_name("any").unwrap();
    let stored: Vec<_> =
        Decoded::open(ours.clone()).unwrap().entries().map(|entry| entry.stored.time).collect();
    assert_eq!(stored.len(), entries.len());
    let decoded = Decoded::open(ours.clone()).unwrap();
    let theirs =
        crate::segment::encode(schema, &decoded.entries().collect::<Vec<_>>()).unwrap().bytes;
    assert_ne!(ours, theirs);

    for (there, fits) in [(theirs, true), (b"PAR1".to_vec(), false)] {
        let world = World::new(Failure::Never);
        let process = Process::start(&world, HOUR);
        process.append(&borrowed(&batch(0))).unwrap();
        process.append(&borrowed(&batch(1))).unwrap();
        world.objects.borrow_mut().insert(key.clone(), there);
        assert_eq!(process.work().is_ok(), fits);
        assert_eq!(process.entries(), entries);
    }
}

#[test]
fn alarms_that_come_twice_do_no_harm() {
    let world = World::new(Failure::Never);
    let process = Process::start(&world, HOUR);
    for number in 0..3 {
        process.append(&borrowed(&batch(number))).unwrap();
    }
    process.ready();
    let draft = |process: &Process<'_>| {
        let mut memory = process.memory.borrow_mut();
        memory.as_mut().unwrap().draft(&world, &POLICY, HOUR).unwrap().unwrap()
    };
    let (first, second) = (draft(&process), draft(&process));
    assert_eq!((first.piece, &first.key), (second.piece, &second.key));
    for draft in [first, second] {
        now(world.create(&draft.key, &draft.encoded.bytes, &draft.sha256())).unwrap();
        let mut memory = process.memory.borrow_mut();
        let none = |_: &Keeper, _| Ok(None);
        memory.as_mut().unwrap().sealed(&world, draft, none).unwrap();
    }
    assert_eq!(world.tables.borrow().segments.len(), 1);
    assert_eq!(process.entries().len(), 9);
    assert_eq!(Process::start(&world, HOUR).entries(), process.entries());
}

#[test]
fn a_clock_that_goes_back_neither_seals_nor_expires_early() {
    let world = World::new(Failure::Never);
    let mut process = Process::start(&world, 2 * HOUR);
    process.append(&[("a", "{}")]).unwrap();
    process.retain(HOUR).unwrap();
    process.clock = 0;
    process.append(&[("b", "{}")]).unwrap();
    process.work().unwrap();
    assert!(world.tables.borrow().segments.is_empty());
    let received: Vec<_> =
        process.entries().into_iter().map(|(_, _, received, _)| received).collect();
    assert_eq!(received, [2 * HOUR, 2 * HOUR]);
    process.clock = 2 * HOUR + POLICY.seal_age;
    process.work().unwrap();
    assert_eq!((world.tables.borrow().segments.len(), process.entries().len()), (1, 2));
    process.clock = 3 * HOUR;
    process.work().unwrap();
    assert_eq!((world.objects.borrow().len(), process.entries().len()), (0, 0));
    assert_eq!(process.append(&[("c", "{}")]).unwrap().first_seq, 3);
    // What retention took is new when it comes again.
    assert_eq!(process.append(&[("a", "{}")]).unwrap().first_seq, 4);
}

#[test]
fn it_says_when_to_wake_it() {
    let world = World::new(Failure::Never);
    let process = Process::start(&world, HOUR);
    let wake_at = || process.memory.borrow().as_ref().and_then(|keeper| keeper.wake_at(&POLICY));
    assert_eq!(wake_at(), None);
    process.append(&borrowed(&batch(0))).unwrap();
    assert_eq!(wake_at(), Some(HOUR + POLICY.seal_age));
    process.append(&borrowed(&batch(1))).unwrap();
    assert_eq!(wake_at(), Some(HOUR));
    process.work().unwrap();
    assert_eq!(wake_at(), None);
    process.retain(HOUR).unwrap();
    assert_eq!(wake_at(), Some(2 * HOUR));
}

#[test]
fn a_filter_passes_over_segments_without_what_it_means() {
    let world = World::new(Failure::Never);
    let process = Process::start(&world, HOUR);
    for number in 0..6 {
        process.append(&borrowed(&batch(number))).unwrap();
        process.work().unwrap();
    }
    let memory = process.memory.borrow();
    let keeper = memory.as_ref().unwrap();
    let options = Options { schema: Schema::by_name("event").unwrap(), ..Options::default() };
    let select = |text: &str, order| {
        let filter = compile(text, &options).unwrap().filter().clone();
        let ask = Ask {
            window: Window::ALL,
            order,
            direction: Direction::Ascending,
            filter: Some(filter),
            budget: 1,
        };
        keeper.select(&world, &ask).unwrap()
    };
    let all = select("type:t*", Order::Sequence);
    assert_eq!((all.pieces.len(), all.next.is_some()), (1, true));
    assert!(select("type:t*", Order::Time).pieces.len() > 2);
    let some = select("type:t3", Order::Time);
    assert_eq!((some.pieces.len(), some.next), (1, None));
    assert!(select("type:nothing", Order::Time).pieces.is_empty());
}

#[test]
fn a_trail_that_cannot_be_sealed_stops_taking_entries() {
    let world = World::new(Failure::Never);
    let process = Process::start(&world, HOUR);
    let policy = Policy { most_waiting: 3, ..POLICY };
    let schema = Schema::by_name("event").unwrap();
    let append = |id: &str, policy: &Policy| {
        let entries = [incoming(id, "{}")];
        let batch = Batch { schema, entries: &entries, source: None };
        let memory = &mut *process.memory.borrow_mut();
        let mut random = || Ok::<_, String>(7);
        Keeper::append(memory, &world, policy, &batch, HOUR, &mut random).unwrap()
    };
    for id in ["a", "b", "c"] {
        assert!(matches!(append(id, &policy), Appended::Done(_)));
    }
    assert_eq!(append("d", &policy), Appended::Behind);
    // One whose keys fill the memory says so before it cannot be read any more.
    assert_eq!(append("d", &Policy { most_keys: 1, ..POLICY }), Appended::Full);
}

#[test]
fn a_connectors_place_is_kept_with_its_entries() {
    let world = World::new(Failure::Before(1));
    let process = Process::start(&world, HOUR);
    process.append(&[("a", "{}")]).unwrap();
    let entries = [incoming("b", "{}")];
    let schema = Schema::by_name("event").unwrap();
    let batch = Batch { schema, entries: &entries, source: Some(("pull", "b")) };
    let append = || {
        let memory = &mut *process.memory.borrow_mut();
        let mut random = || Ok::<_, String>(7);
        Keeper::append(memory, &world, &POLICY, &batch, HOUR, &mut random)
    };
    assert!(append().is_err());
    assert_eq!((world.source("pull"), process.entries().len()), (Ok(None), 1));
    assert!(append().is_ok());
    assert_eq!((world.source("pull"), process.entries().len()), (Ok(Some("b".to_owned())), 2));
}
