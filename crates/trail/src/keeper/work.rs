//! What takes time: storing segments and removing them again. The store may fail, answer late, or have done what it says
//! that it has not: every step can be done again.

use std::cell::RefCell;

use sha2::{Digest, Sha256};
use trailsift_proof::Hash;

use super::{Created, Database, Keeper, Objects, Policy, State, Write, seal::Draft, text};
use crate::{
    directory::{Piece, Sealed},
    notary::Notary,
    segment::Decoded,
    time::Millis,
};

/// How much is done at once: the platform gives each wake-up its time.
const STEPS: usize = 16;
/// How many segments expire in one transaction.
const EXPIRED_AT_ONCE: usize = 100;

/// One thing to do with the store.
enum Step {
    Store(Box<Draft>),
    Remove(Piece),
}

/// Does what is due, step by step. Between steps the memory is free: entries come in, readers ask. When it is lost
/// meanwhile it is read again.
///
/// # Errors
/// When the store or the database fails. What was done stays done; the rest is done at the next call.
pub async fn work(
    memory: &RefCell<Option<Keeper>>,
    database: &impl Database,
    objects: &impl Objects,
    policy: &Policy,
    notary: Option<&Notary>,
    now: impl Fn() -> Millis,
) -> Result<(), String> {
    for _ in 0..STEPS {
        let step = with(memory, database, |keeper| keeper.step(database, policy, now()))?;
        match step.flatten() {
            None => break,
            Some(Step::Store(mut draft)) => {
                store(objects, &mut draft).await?;
                let checkpoint = |keeper: &Keeper, size| keeper.checkpoint(notary, size);
                with(memory, database, |keeper| keeper.sealed(database, *draft, checkpoint))?;
            }
            Some(Step::Remove(piece)) => {
                if let Some(sealed) = &piece.sealed {
                    objects.remove(&piece.key(sealed)).await?;
                }
                with(memory, database, |keeper| keeper.removed(database, piece.meta.first))?;
            }
        }
    }
    Ok(())
}

/// Lets `act` have the memory; nothing happens to a trail that is not there.
fn with<T>(
    memory: &RefCell<Option<Keeper>>,
    database: &impl Database,
    act: impl FnOnce(&mut Keeper) -> Result<T, String>,
) -> Result<Option<T>, String> {
    let mut memory = memory.borrow_mut();
    if memory.is_none() {
        *memory = Keeper::load(database)?;
    }
    memory.as_mut().map(act).transpose()
}

/// Makes sure that the draft's object is there. One that another build made of the same entries is as good: the draft
/// is then of that one.
async fn store(objects: &impl Objects, draft: &mut Draft) -> Result<(), String> {
    let (key, sha256) = (draft.key.clone(), draft.sha256());
    if objects.create(&key, &draft.encoded.bytes, &sha256).await? == Created::New {
        return Ok(());
    }
    let there = objects.read(&key).await?;
    let there = there.ok_or_else(|| format!("{key} was there and is not"))?;
    let found = Hash::new(Sha256::digest(&there).into());
    if found == sha256 {
        return Ok(());
    }
    let size = there.len() as u64;
    let ours = Decoded::open(std::mem::take(&mut draft.encoded.bytes)).map_err(text)?;
    let theirs = Decoded::open(there).map_err(text)?;
    if !ours.entries().eq(theirs.entries()) {
        return Err(format!("{key} holds other entries than it should"));
    }
    let opened = draft.piece.sealed.map_or(0, |sealed| sealed.opened);
    draft.piece.sealed = Some(Sealed { opened, size, sha256: found });
    Ok(())
}

impl Keeper {
    /// What is to be done next. Segments past their time are out of readers' sight when this returns.
    fn step(
        &mut self,
        database: &impl Database,
        policy: &Policy,
        now: Millis,
    ) -> Result<Option<Step>, String> {
        self.expire(database, now)?;
        if let Some(piece) = self.expired.first() {
            return Ok(Some(Step::Remove(*piece)));
        }
        let draft = self.draft(database, policy, now)?;
        Ok(draft.map(|draft| Step::Store(Box::new(draft))))
    }

    /// Says of segments all of whose entries are past their time that nobody reads them any more.
    fn expire(&mut self, database: &impl Database, now: Millis) -> Result<(), String> {
        let Some(age) = self.trail.retention else { return Ok(()) };
        let is_past = |piece: &&Piece| {
            piece.sealed.is_some() && piece.meta.received.saturating_add(age) <= now
        };
        let pieces = self.directory().pieces().iter().take_while(is_past).take(EXPIRED_AT_ONCE);
        let past: Vec<Piece> = pieces.copied().collect();
        let Some(newest) = past.last() else { return Ok(()) };
        let last = newest.meta.last();
        let states = past.iter().map(|piece| (piece.meta.first, State::Expired));
        let mut writes: Vec<Write> =
            states.map(|(first, state)| Write::SegmentState { first, state }).collect();
        writes.push(Write::DropKeys(self.sequencer.known().living_after(last)));
        database.write(writes)?;
        self.sequencer.known_mut().forget(last);
        self.sequencer.directory_mut().remove(last);
        self.expired.extend(past);
        Ok(())
    }

    /// Says that the object of an expired segment is gone.
    fn removed(&mut self, database: &impl Database, first: u64) -> Result<(), String> {
        if self.expired.first().is_none_or(|piece| piece.meta.first != first) {
            return Ok(());
        }
        database.write(vec![Write::SegmentState { first, state: State::Removed }])?;
        self.expired.remove(0);
        Ok(())
    }

    /// The signed checkpoint of the first `size` entries; nothing where the deployment signs none.
    ///
    /// # Errors
    /// When there are fewer entries, or `size` lies within a segment.
    pub fn checkpoint(&self, notary: Option<&Notary>, size: u64) -> Result<Option<String>, String> {
        let Some(notary) = notary else { return Ok(None) };
        let root = self.tree.root(size).map_err(text)?;
        notary.checkpoint(size, root).map(Some).map_err(text)
    }
}
