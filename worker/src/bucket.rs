//! The sealed segments of one trail in R2. Not what they hold.

use std::{pin::pin, time::Duration};

use futures_util::future::{Either, select};
use trailsift_proof::Hash;
use trailsift_trail::{
    keeper::{Created, Objects},
    notary::encoded,
};
use worker::{Bucket, Conditional, Delay};

use crate::{error::Problem, site::Site};

/// Matches every object: an object is created only where it does not match.
const ANY: &str = "*";

/// How long the bucket may take. What was asked of it may still happen after that.
const PATIENCE: Duration =
    Duration::from_secs(if cfg!(feature = "fault-injection") { 2 } else { 30 });

/// Where the segments of a trail are.
pub(crate) struct Segments {
    bucket: Bucket,
    prefix: String,
    #[cfg(feature = "fault-injection")]
    owner: String,
}

impl Segments {
    /// The segments of that trail. Folders are named as tools expect that read a data set by its folders.
    ///
    /// # Errors
    /// When the deployment has no bucket.
    pub(crate) fn new(site: &Site, tenant: &str, trail: &str) -> Result<Self, Problem> {
        let prefix = format!("tenant={}/trail={}/", encoded(tenant), encoded(trail));
        Ok(Self {
            bucket: site.segments()?,
            prefix,
            #[cfg(feature = "fault-injection")]
            owner: crate::fault::storage::owner(tenant, trail),
        })
    }

    fn path(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }

    /// What the bucket answers, `doing` something with an object, with an end to waiting.
    async fn patiently<T>(
        &self,
        doing: &str,
        key: &str,
        answer: impl Future<Output = worker::Result<T>>,
    ) -> Result<T, String> {
        let answer = async {
            #[cfg(feature = "fault-injection")]
            crate::fault::storage::before_bucket(&self.owner).await?;
            let answer = answer.await.map_err(|error| error.to_string());
            #[cfg(feature = "fault-injection")]
            crate::fault::storage::after_bucket(&self.owner).await;
            answer
        };
        match select(pin!(answer), pin!(Delay::from(PATIENCE))).await {
            Either::Left((answer, _)) => {
                answer.map_err(|error| format!("R2, {doing} {key}: {error}"))
            }
            Either::Right(_) => Err(format!("R2, {doing} {key}: no answer in {PATIENCE:?}")),
        }
    }
}

impl Objects for Segments {
    async fn create(&self, key: &str, bytes: &[u8], sha256: &Hash) -> Result<Created, String> {
        let unless_there =
            Conditional { etag_does_not_match: Some(ANY.to_owned()), ..Conditional::default() };
        let put = self
            .bucket
            .put(self.path(key), bytes.to_vec())
            .sha256(*sha256.as_bytes())
            .only_if(unless_there);
        let stored = self.patiently("storing", key, put.execute()).await?;
        #[cfg(feature = "counts")]
        crate::counts::put(key, bytes.len());
        Ok(if stored.is_some() { Created::New } else { Created::Exists })
    }

    async fn read(&self, key: &str) -> Result<Option<Vec<u8>>, String> {
        let read = async {
            let Some(object) = self.bucket.get(self.path(key)).execute().await? else {
                return Ok(None);
            };
            let Some(body) = object.body() else { return Ok(None) };
            body.bytes().await.map(Some)
        };
        let bytes = self.patiently("reading", key, read).await?;
        #[cfg(feature = "counts")]
        crate::counts::got(bytes.as_ref().map_or(0, Vec::len));
        Ok(bytes)
    }

    async fn remove(&self, key: &str) -> Result<(), String> {
        self.patiently("removing", key, self.bucket.delete(self.path(key))).await
    }
}
