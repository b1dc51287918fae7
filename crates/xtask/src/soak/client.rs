//! The Worker as a sender and a reader of one trail see it.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::process::{Interrupted, interrupted};
use crate::serve::secrets::Secrets;
use crate::serve::server::Server;

/// How long one request may take.
const REQUEST: Duration = Duration::from_secs(30);

/// Who asks.
pub(super) struct Client {
    agent: ureq::Agent,
    url: String,
    authorization: String,
}

/// What was acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Receipt {
    pub(super) accepted: u64,
    pub(super) duplicates: u64,
    pub(super) first_seq: u64,
    pub(super) last_seq: u64,
}

/// How an append ended.
#[derive(Debug)]
pub(super) enum Answer {
    Acknowledged(Receipt),
    /// The Worker cannot say whether it did it: to be sent again.
    NotNow,
    /// The Worker did not do it, though it should have, and what it said.
    Refused(String),
    /// Nobody answers any more.
    Gone,
}

#[derive(Deserialize)]
struct Described {
    first_seq: u64,
    sealed_seq: u64,
    last_seq: u64,
}

#[derive(Deserialize)]
struct Page {
    entries: Vec<Box<RawValue>>,
    cursor: Option<String>,
}

impl Client {
    pub(super) fn new(server: &Server, secrets: &Secrets) -> Self {
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(REQUEST))
            .http_status_as_error(false)
            .proxy(None)
            .build()
            .into();
        let authorization = format!("Bearer {}", secrets.key);
        Self { agent, url: server.url().to_owned(), authorization }
    }

    /// Sends a batch.
    pub(super) fn append(&self, trail: &str, key: Option<&str>, body: &str) -> Answer {
        let mut request = self
            .agent
            .post(format!("{}/v1/trails/{trail}/entries", self.url))
            .header("authorization", &self.authorization);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let Ok(mut response) = request.send(body) else { return Answer::Gone };
        let status = response.status().as_u16();
        let Ok(text) = response.body_mut().read_to_string() else { return Answer::Gone };
        match status {
            200 => match serde_json::from_str(&text) {
                Ok(receipt) => Answer::Acknowledged(receipt),
                Err(error) => Answer::Refused(format!("an answer that is no receipt: {error}")),
            },
            503 => Answer::NotNow,
            _ => Answer::Refused(format!("{status}: {text}")),
        }
    }

    /// Says for how long a trail's entries are kept. That it is not heard is no harm.
    pub(super) fn retain(&self, trail: &str, time: &str) {
        let url = format!("{}/v1/trails/{trail}", self.url);
        let body = format!(r#"{{"retention":"{time}"}}"#);
        let _ = self.agent.patch(url).header("authorization", &self.authorization).send(&body);
    }

    /// Makes something go wrong. That it is not heard is no harm.
    pub(super) fn fault(&self, path: &str) {
        let url = format!("{}/v1/faults/{path}", self.url);
        let _ = self.agent.post(url).header("authorization", &self.authorization).send_empty();
    }

    /// The number of the first entry of a trail that is kept; 1 where there is no trail.
    pub(super) fn first(&self, trail: &str) -> Result<u64> {
        Ok(self.describe(trail)?.map_or(1, |described| described.first_seq))
    }

    /// Whether all entries of a trail are sealed.
    pub(super) fn is_sealed(&self, trail: &str) -> Result<bool> {
        Ok(self.describe(trail)?.is_none_or(|described| described.sealed_seq == described.last_seq))
    }

    /// A page as it is, with its status.
    pub(super) fn get(&self, path: &str) -> Result<(u16, String)> {
        let url = format!("{}{path}", self.url);
        let request = self.agent.get(url).header("authorization", &self.authorization);
        let mut response = request.call().context("the Worker does not answer")?;
        let text = response.body_mut().with_config().limit(64 << 20).read_to_string();
        Ok((response.status().as_u16(), text.context("the Worker does not finish its answer")?))
    }

    fn describe(&self, trail: &str) -> Result<Option<Described>> {
        match self.get(&format!("/v1/trails/{trail}"))? {
            (200, text) => {
                serde_json::from_str(&text).map(Some).context("no description of a trail")
            }
            (404, _) => Ok(None),
            (status, text) => bail!("asking what {trail} is: {status}: {text}"),
        }
    }

    /// All entries of a trail, in the order of their numbers, as they are served. A trail that is not there is empty.
    pub(super) fn list(&self, trail: &str) -> Result<Vec<String>> {
        let mut all = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            if interrupted() {
                return Err(Interrupted.into());
            }
            // A cursor is base64url: nothing of it has to be escaped.
            let after = cursor.map_or(String::new(), |cursor| format!("&cursor={cursor}"));
            let (status, text) =
                self.get(&format!("/v1/trails/{trail}/entries?limit=1000{after}"))?;
            if status == 404 && all.is_empty() {
                return Ok(all);
            }
            if status != 200 {
                bail!("reading {trail}: {status}: {text}");
            }
            let page: Page = serde_json::from_str(&text).context("a page that is not one")?;
            all.extend(page.entries.iter().map(|entry| entry.get().to_owned()));
            cursor = page.cursor;
            if cursor.is_none() {
                return Ok(all);
            }
        }
    }
}
