//! What the deployment gives every request: its secrets and its objects.

use trailsift_trail::notary::Notary;
use worker::{Bucket, Env, ObjectNamespace};

use crate::{credentials::Book, error::Problem};

/// The deployment.
#[derive(Clone)]
pub(crate) struct Site {
    env: Env,
}

impl Site {
    /// The deployment behind these bindings.
    pub(crate) const fn new(env: Env) -> Self {
        Self { env }
    }

    /// Everybody we know. A deployment without credentials knows nobody.
    ///
    /// # Errors
    /// When the secret is not what [`Book`] reads. It is not repeated in the error.
    pub(crate) fn book(&self) -> Result<Book, Problem> {
        let Ok(text) = self.env.secret("TRAILSIFT_CREDENTIALS") else { return Ok(Book::default()) };
        serde_json::from_str(&text.to_string()).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            Problem::Internal(format!(
                "TRAILSIFT_CREDENTIALS is malformed at line {line}, column {column}"
            ))
        })
    }

    /// The secret of all that we sign: 32 bytes or more, in hex.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn signing_key(&self) -> Result<Vec<u8>, Problem> {
        let missing =
            || Problem::Internal("TRAILSIFT_SIGNING_KEY is not 64 hex digits or more".to_owned());
        let text = self.env.secret("TRAILSIFT_SIGNING_KEY").map_err(|_| missing())?.to_string();
        key_of(&text).ok_or_else(missing)
    }

    /// The connector objects.
    ///
    /// # Errors
    /// When the binding is missing.
    pub(crate) fn connectors(&self) -> Result<ObjectNamespace, Problem> {
        self.env.durable_object("CONNECTORS").map_err(Problem::from)
    }

    /// The bucket of sealed segments.
    ///
    /// # Errors
    /// When the binding is missing.
    pub(crate) fn segments(&self) -> Result<Bucket, Problem> {
        self.env.bucket("SEGMENTS").map_err(Problem::from)
    }

    /// What signs a trail's checkpoints; nothing where the deployment has no key for it.
    ///
    /// # Errors
    /// When the key or the deployment's name is not what it should be.
    pub(crate) fn notary(&self, tenant: &str, trail: &str) -> Result<Option<Notary>, Problem> {
        let Ok(key) = self.env.secret("TRAILSIFT_LOG_KEY") else { return Ok(None) };
        let key = key_of(&key.to_string()).ok_or_else(|| {
            Problem::Internal("TRAILSIFT_LOG_KEY is not 64 hex digits or more".to_owned())
        })?;
        let name = self.env.var("TRAILSIFT_ORIGIN").map(|name| name.to_string());
        let name = name.unwrap_or_else(|_| "trailsift".to_owned());
        let notary = Notary::new(&key, &name, tenant, trail);
        notary.map(Some).map_err(|error| Problem::Internal(format!("TRAILSIFT_ORIGIN: {error}")))
    }

    /// The trail objects.
    ///
    /// # Errors
    /// When the binding is missing.
    pub(crate) fn trails(&self) -> Result<ObjectNamespace, Problem> {
        self.env.durable_object("TRAILS").map_err(Problem::from)
    }

    /// The tenant objects.
    ///
    /// # Errors
    /// When the binding is missing.
    pub(crate) fn tenants(&self) -> Result<ObjectNamespace, Problem> {
        self.env.durable_object("TENANTS").map_err(Problem::from)
    }
}

/// The bytes of 64 hex digits or more.
fn key_of(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let key: Option<Vec<u8>> =
        pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect();
    key.filter(|key| key.len() >= 32 && rest.is_empty())
}
