//! A listing of a trail in the order of numbers, page by page, each of which ends with a token for the next.

use trailsift_core::Query;
use trailsift_trail::{
    directory::{Direction, Order, Window},
    page::{self, Page},
    time::Millis,
    token::{self, Listing},
    wire::Trail,
};

use crate::{
    error::Problem,
    reading::{self, PageEntry, Reader},
    site::Site,
    trail_client::TrailClient,
};

/// What a listing is asked for. Its token goes on with the same query text in the same direction.
pub(crate) struct Asked<'a> {
    /// The query's dialect and its text.
    pub(crate) query: (&'static str, &'a str),
    pub(crate) direction: Direction,
    pub(crate) token: Option<&'a str>,
}

/// A listing, at the place where its token stands.
pub(crate) struct Paging<'a> {
    trail: &'a TrailClient,
    key: Vec<u8>,
    listing: Listing<'a>,
    /// After which number the page begins; the start of the trail without one.
    pub(crate) from: Option<u64>,
}

impl<'a> Paging<'a> {
    /// The listing that is asked for, of a trail that is as described.
    ///
    /// # Errors
    /// [`Problem::Token`] when the token is refused.
    pub(crate) fn new(
        site: &Site,
        trail: &'a TrailClient,
        described: &Trail,
        asked: &Asked<'a>,
    ) -> Result<Self, Problem> {
        let key = site.signing_key()?;
        let Asked { query, direction, token } = *asked;
        let listing = Listing { tenant: &trail.tenant, trail: &trail.name, query, direction };
        let from = match token {
            None => None,
            Some(text) => {
                Some(token::open(&key, &listing, text, described.last).map_err(Problem::Token)?)
            }
        };
        Ok(Self { trail, key, listing, from })
    }

    /// The page: entries that the query means and whose own time lies between `lo` and `hi`, at most `limit`.
    ///
    /// # Errors
    /// As [`reading::page`].
    pub(crate) async fn page(
        &self,
        query: &Query,
        (lo, hi): (Millis, Millis),
        limit: usize,
    ) -> Result<Page<PageEntry>, Problem> {
        let direction = self.listing.direction;
        let window = Window { lo, hi, ..page::window_after(self.from, direction) };
        let reader =
            Reader::new(self.trail, window, Order::Sequence, direction, Some(query.filter()));
        reading::page(reader, limit, Some(query.matcher()), PageEntry::new).await
    }

    /// The token for what comes after the entry of that number.
    pub(crate) fn token(&self, position: u64) -> String {
        token::mint(&self.key, &self.listing, position)
    }
}
