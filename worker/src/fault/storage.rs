//! A bucket that goes wrong and a clock that is off, for one trail each.
//!
//! On a machine of one's own the front and all objects run in one isolate: what the front is told the object knows.

use std::{cell::RefCell, collections::HashMap, time::Duration};

use axum::{Router, response::Response};
use http::StatusCode;
use serde_json::json;
use trailsift_trail::time::Millis;
use worker::Delay;

use super::panic_now;
use crate::{
    credentials::{self, scope},
    error::{Missing, Problem},
    handler::post,
    incoming::Incoming,
    reply,
    site::Site,
    surface::Surface,
};

/// Short enough to be waited for.
const SLOW: Duration = Duration::from_millis(500);
/// Longer than anybody waits for the bucket.
const TOO_LATE: Duration = Duration::from_secs(4);

/// What is wrong with a trail.
#[derive(Clone, Copy, Default)]
struct Trouble {
    bucket: Bucket,
    /// How far its object's clock is ahead.
    clock: Millis,
}

/// What its bucket does.
#[derive(Clone, Copy, Default)]
enum Bucket {
    #[default]
    Works,
    /// Refuses everything.
    Fails,
    /// Takes its time.
    Slow,
    /// Does what it is asked for, and says so when nobody waits any more.
    Late,
    /// The object panics while it waits.
    Panics,
}

thread_local! {
    static TROUBLES: RefCell<HashMap<String, Trouble>> = RefCell::default();
}

/// `POST /v1/faults/bucket/{trail}/{works|fails|slow|late|panics}`, and `POST /v1/faults/clock/{trail}/{milliseconds}`.
pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route("/v1/faults/bucket/{trail}/{what}", post(Surface::Ours, bucket))
        .route("/v1/faults/clock/{trail}/{ahead}", post(Surface::Ours, clock))
}

async fn bucket(site: &Site, incoming: &Incoming) -> Result<Response, Problem> {
    let bucket = match &*incoming.segment(4)? {
        "works" => Bucket::Works,
        "fails" => Bucket::Fails,
        "slow" => Bucket::Slow,
        "late" => Bucket::Late,
        "panics" => Bucket::Panics,
        _ => return Err(Problem::Missing(Missing::Path)),
    };
    change(site, incoming, |trouble| trouble.bucket = bucket)
}

async fn clock(site: &Site, incoming: &Incoming) -> Result<Response, Problem> {
    let ahead = incoming.segment(4)?.parse().map_err(|_| Problem::Missing(Missing::Path))?;
    change(site, incoming, |trouble| trouble.clock = ahead)
}

fn change(
    site: &Site,
    incoming: &Incoming,
    change: impl FnOnce(&mut Trouble),
) -> Result<Response, Problem> {
    let grant = credentials::bearer(site, incoming, Surface::Ours)?.with(scope::APPEND)?;
    let owner = owner(&grant.tenant, &incoming.segment(3)?);
    TROUBLES.with_borrow_mut(|troubles| change(troubles.entry(owner).or_default()));
    Ok(reply::json(StatusCode::OK, &json!({})))
}

/// The name of a trail's object.
pub(crate) fn owner(tenant: &str, trail: &str) -> String {
    format!("{tenant}\0{trail}")
}

fn trouble(owner: &str) -> Trouble {
    TROUBLES.with_borrow(|troubles| troubles.get(owner).copied().unwrap_or_default())
}

/// How far the clock of that object is ahead.
pub(crate) fn ahead(owner: &str) -> Millis {
    trouble(owner).clock
}

/// Something is asked of the bucket.
///
/// # Errors
/// When it refuses everything.
pub(crate) async fn before_bucket(owner: &str) -> Result<(), String> {
    match trouble(owner).bucket {
        Bucket::Fails => return Err("injected in the bucket".to_owned()),
        Bucket::Slow => Delay::from(SLOW).await,
        Bucket::Panics => {
            Delay::from(Duration::from_millis(1)).await;
            panic_now("bucket");
        }
        Bucket::Works | Bucket::Late => {}
    }
    Ok(())
}

/// The bucket has done it.
pub(crate) async fn after_bucket(owner: &str) {
    if let Bucket::Late = trouble(owner).bucket {
        Delay::from(TOO_LATE).await;
    }
}
