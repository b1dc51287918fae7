//! The sealed segments of one trail in R2. Not what they hold.

use trailsift_proof::Hash;
use trailsift_trail::{
    keeper::{Created, Objects},
    notary::encoded,
};
use worker::{Bucket, Conditional};

use crate::{error::Problem, site::Site};

/// Matches every object: an object is created only where it does not match.
const ANY: &str = "*";

/// Where the segments of a trail are.
pub(crate) struct Segments {
    bucket: Bucket,
    prefix: String,
}

impl Segments {
    /// The segments of that trail. Folders are named as tools expect that read a data set by its folders.
    ///
    /// # Errors
    /// When the deployment has no bucket.
    pub(crate) fn new(site: &Site, tenant: &str, trail: &str) -> Result<Self, Problem> {
        let prefix = format!("tenant={}/trail={}/", encoded(tenant), encoded(trail));
        Ok(Self { bucket: site.segments()?, prefix })
    }

    fn path(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
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
        let stored = put.execute().await.map_err(|error| format!("R2, storing {key}: {error}"))?;
        Ok(if stored.is_some() { Created::New } else { Created::Exists })
    }

    async fn read(&self, key: &str) -> Result<Option<Vec<u8>>, String> {
        let failed = |error: worker::Error| format!("R2, reading {key}: {error}");
        let Some(object) = self.bucket.get(self.path(key)).execute().await.map_err(failed)? else {
            return Ok(None);
        };
        let Some(body) = object.body() else { return Ok(None) };
        body.bytes().await.map(Some).map_err(failed)
    }

    async fn remove(&self, key: &str) -> Result<(), String> {
        let removed = self.bucket.delete(self.path(key)).await;
        removed.map_err(|error| format!("R2, removing {key}: {error}"))
    }
}
