//! Which pieces a reader needs: those that may hold what it looks for, as far as that can be told without reading them.

use trailsift_core::Filter;

use super::{Database, Keeper};
use crate::{
    directory::{Direction, Order, Piece, Window},
    pruning::Stats,
};

/// What a reader looks for.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Ask {
    /// Which entries.
    pub window: Window,
    /// In which order.
    pub order: Order,
    /// From which end.
    pub direction: Direction,
    /// What the entries have to match. Pieces that hold no such entry are left out where that is known.
    pub filter: Option<Filter>,
    /// In the order of numbers: how many bytes of entries at once. By time all are named, since pieces that are sealed
    /// meanwhile would change their places.
    pub budget: u64,
}

/// The pieces that a reader needs next, in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// At least one if there is one.
    pub pieces: Vec<Piece>,
    /// The piece that comes after them.
    pub next: Option<Piece>,
}

/// How many pieces are examined at once: reading statistics keeps appends waiting. By time, where all pieces are named,
/// those beyond are taken to hold something.
const EXAMINED: usize = 512;

impl Keeper {
    /// The pieces that a reader needs next. Where many are passed over the first that was not examined comes next.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn select(&self, database: &impl Database, ask: &Ask) -> Result<Selection, String> {
        let mut selection = Selection::default();
        let mut left = ask.budget;
        let pieces = self.directory().select(&ask.window, ask.order, ask.direction);
        for (examined, piece) in pieces.enumerate() {
            if ask.order == Order::Sequence && examined == EXAMINED {
                selection.next = Some(*piece);
                break;
            }
            let is_examined = examined < EXAMINED;
            if is_examined && !may_match(database, piece, ask.filter.as_ref())? {
                continue;
            }
            let fits = selection.pieces.is_empty() || piece.meta.bytes <= left;
            if ask.order == Order::Sequence && !fits {
                selection.next = Some(*piece);
                break;
            }
            left = left.saturating_sub(piece.meta.bytes);
            selection.pieces.push(*piece);
        }
        Ok(selection)
    }
}

fn may_match(
    database: &impl Database,
    piece: &Piece,
    filter: Option<&Filter>,
) -> Result<bool, String> {
    let (Some(filter), Some(_)) = (filter, piece.sealed) else { return Ok(true) };
    // Statistics that a newer build wrote, or damaged ones, rule nothing out.
    let stats = Stats::decode(&database.stats(piece.meta.first)?);
    Ok(stats.map_or(true, |stats| stats.bounds(filter).may_match))
}
