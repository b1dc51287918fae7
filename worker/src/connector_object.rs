//! The object that runs one connector, woken by its alarm. What it asks and what answers mean is
//! `trailsift_trail::connector`'s; how far it has read is kept by the trail, together with what was read.

use serde::{Deserialize, Serialize};
use trailsift_core::Schema;
use trailsift_trail::{
    batch::{self, Refusal},
    connector::{self, Answer, Call, Fault, Puller, Settings},
    kind::Kind,
    time::Millis,
    wire::Source,
};
use worker::{
    DurableObject, Env, Request, Response, SqlStorage, SqlStorageValue, State, console_error,
    durable_object, js_sys,
};

use crate::{
    clock,
    error::Problem,
    object_call, outbound, panics, query,
    site::Site,
    trail_client::{Appended, TrailClient},
    v1::append::keyed,
};

/// The schema of what connectors read.
const SCHEMA: &str = "auth0";
/// How many pages are read in a row; then the next alarm goes on.
const PAGES: usize = 20;
/// When to go on after a run that was ended by the platform, in milliseconds.
const LATEST: Millis = 20 * 60 * 1000;

/// What the front asks.
#[derive(Serialize, Deserialize)]
enum Ask {
    Create(Settings),
    Describe,
    Pause(bool),
    Delete,
}

/// What a connector does. Its secrets are left out.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Described {
    pub(crate) name: String,
    pub(crate) base: String,
    pub(crate) trail: String,
    pub(crate) every: Millis,
    pub(crate) status: Status,
}

/// How a connector is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Status {
    pub(crate) paused: bool,
    /// How many entries it has put into its trail.
    pub(crate) accepted: u64,
    /// When it last came to the end of the other log.
    pub(crate) succeeded_at: Option<Millis>,
    /// What went wrong since, how often in a row, and when last.
    pub(crate) fault: Option<String>,
    pub(crate) failures: u32,
    pub(crate) failed_at: Option<Millis>,
}

/// Makes a connector; nothing where there is one of that name.
///
/// # Errors
/// When the object does not answer; so it is with the others.
pub(crate) async fn create(
    site: &Site,
    tenant: &str,
    settings: Settings,
) -> Result<Option<Described>, Problem> {
    let name = settings.name.clone();
    call(site, tenant, &name, &Ask::Create(settings)).await
}

/// What a connector does; nothing where there is none.
///
/// # Errors
/// As [`create`].
pub(crate) async fn describe(
    site: &Site,
    tenant: &str,
    name: &str,
) -> Result<Option<Described>, Problem> {
    call(site, tenant, name, &Ask::Describe).await
}

/// Stops a connector for a while, or lets it go on at once.
///
/// # Errors
/// As [`create`].
pub(crate) async fn pause(
    site: &Site,
    tenant: &str,
    name: &str,
    paused: bool,
) -> Result<Option<Described>, Problem> {
    call(site, tenant, name, &Ask::Pause(paused)).await
}

/// Ends a connector. What it has read stays.
///
/// # Errors
/// As [`create`].
pub(crate) async fn delete(site: &Site, tenant: &str, name: &str) -> Result<(), Problem> {
    call(site, tenant, name, &Ask::Delete).await.map(drop)
}

async fn call(
    site: &Site,
    tenant: &str,
    name: &str,
    ask: &Ask,
) -> Result<Option<Described>, Problem> {
    let message = serde_json::to_vec(ask).map_err(Problem::internal)?;
    // A connector's name holds no NUL: what stands behind the last one is the name.
    let object = format!("{tenant}\0{name}");
    let answer =
        object_call::call(&site.connectors()?, &object, &message, "connector object").await?;
    let answer: Result<Option<Described>, String> =
        serde_json::from_slice(&answer).map_err(Problem::internal)?;
    answer.map_err(|reason| Problem::Internal(format!("connector object: {reason}")))
}

/// A connector.
#[durable_object]
pub struct ConnectorObject {
    state: State,
    site: Site,
}

impl DurableObject for ConnectorObject {
    fn new(state: State, env: Env) -> Self {
        Self { state, site: Site::new(env) }
    }

    async fn fetch(&self, mut request: Request) -> worker::Result<Response> {
        let message = request.bytes().await?;
        let answer = panics::caught(self.answer(&message)).await.and_then(|answer| answer);
        if let Err(reason) = &answer {
            console_error!("connector object: {reason}");
        }
        Response::from_bytes(serde_json::to_vec(&answer)?)
    }

    /// Runs at least once for each time that it is set for: reading a page twice changes nothing.
    async fn alarm(&self) -> worker::Result<Response> {
        if let Err(reason) = panics::caught(self.run()).await.and_then(|done| done) {
            console_error!("connector object: {reason}");
            self.wake(clock::now().saturating_add(connector::EVERY)).await?;
        }
        Response::empty()
    }
}

impl ConnectorObject {
    async fn answer(&self, message: &[u8]) -> Result<Option<Described>, String> {
        let ask: Ask = serde_json::from_slice(message).map_err(text)?;
        let sql = self.state.storage().sql();
        let known = load(&sql)?;
        match (ask, known) {
            (Ask::Create(settings), None) => {
                save(&sql, &settings, &Status::default())?;
                self.wake(clock::now()).await.map_err(text)?;
                Ok(Some(described(&settings, Status::default())))
            }
            (Ask::Create(_), Some(_)) | (_, None) => Ok(None),
            (Ask::Describe, Some((settings, status))) => Ok(Some(described(&settings, status))),
            (Ask::Pause(paused), Some((settings, mut status))) => {
                status.paused = paused;
                save(&sql, &settings, &status)?;
                if !paused {
                    self.wake(clock::now()).await.map_err(text)?;
                }
                Ok(Some(described(&settings, status)))
            }
            (Ask::Delete, Some((settings, status))) => {
                let storage = self.state.storage();
                storage.delete_alarm().await.map_err(text)?;
                sql.exec("DELETE FROM connector", None).map_err(text)?;
                Ok(Some(described(&settings, status)))
            }
        }
    }

    async fn wake(&self, at: Millis) -> worker::Result<()> {
        let at = js_sys::Date::new(&(at as f64).into());
        self.state.storage().set_alarm(worker::ScheduledTime::new(at)).await
    }

    /// Reads to the end of the other log, and says when to look again.
    async fn run(&self) -> Result<(), String> {
        let name = self.state.id().name().ok_or("the connector object has no name")?;
        let (tenant, _) = name.rsplit_once('\0').ok_or("the connector object has another name")?;
        let sql = self.state.storage().sql();
        let Some((settings, status)) = load(&sql)? else { return Ok(()) };
        if status.paused {
            return Ok(());
        }
        // Should the platform end this run in the middle, the next one is set already.
        self.wake(clock::now().saturating_add(LATEST)).await.map_err(text)?;
        let mut pulled = Pulled::default();
        let outcome = self.pull(tenant, &settings, &mut pulled).await;
        // It may have been paused or ended meanwhile.
        let Some((settings, mut status)) = load(&sql)? else { return Ok(()) };
        let now = clock::now();
        status.accepted += pulled.accepted;
        let next = match outcome {
            Ok(is_end) => {
                status.fault = None;
                status.failures = 0;
                status.succeeded_at = Some(now);
                if is_end { settings.every } else { 0 }
            }
            Err(fault) => {
                console_error!("connector {}: {fault}", settings.name);
                status.fault = Some(fault.to_string());
                status.failed_at = Some(now);
                let wait = connector::wait(status.failures, pulled.answer.as_ref(), now);
                status.failures = status.failures.saturating_add(1);
                wait
            }
        };
        save(&sql, &settings, &status)?;
        if status.paused {
            return Ok(());
        }
        self.wake(now.saturating_add(next)).await.map_err(text)
    }

    /// Reads pages and appends them; whether the other log's end is reached.
    async fn pull(
        &self,
        tenant: &str,
        settings: &Settings,
        pulled: &mut Pulled,
    ) -> Result<bool, Fault> {
        let trail = TrailClient::new(&self.site, tenant, &settings.trail).map_err(ours)?;
        let from = trail.source(&settings.source()).await.map_err(ours)?;
        let schema = query::schema(SCHEMA).map_err(ours)?;
        let mut puller = Puller::new(settings, from);
        for _ in 0..PAGES {
            let call = puller.call(clock::now());
            let answer = pulled.answer.insert(outbound::send(&call).await?);
            if let Call::Token { .. } = call {
                puller.take_token(answer, clock::now())?;
                continue;
            }
            let Some(page) = puller.take_page(answer)? else { continue };
            match self.append(&trail, settings, schema, page).await? {
                None => return Ok(true),
                Some((accepted, last)) => {
                    pulled.accepted += accepted;
                    puller.advance(last)?;
                }
            }
        }
        Ok(false)
    }

    /// Appends a page together with how far it goes: how many entries were new, and the id of the last. Nothing for
    /// an empty page.
    async fn append(
        &self,
        trail: &TrailClient,
        settings: &Settings,
        schema: &'static Schema,
        page: &[u8],
    ) -> Result<Option<(u64, String)>, Fault> {
        let batch = match batch::parse(page, Kind::of(schema)) {
            Ok(batch) => batch,
            Err(Refusal::Empty) => return Ok(None),
            Err(refusal) => return Err(Fault::Unreadable(refusal.to_string())),
        };
        let last = batch.entries.last().and_then(|entry| entry.id.clone());
        let last = last.ok_or_else(|| Fault::Unreadable("an entry without an id".to_owned()))?;
        let source = Source { name: settings.source(), checkpoint: last.clone() };
        let entries = keyed(&batch, None);
        let appended = trail.append(&self.site, schema.name(), &entries, Some(source)).await;
        match appended.map_err(ours)? {
            Appended::Done(receipt) => Ok(Some((receipt.accepted, last))),
            Appended::OtherSchema(schema) => {
                Err(Fault::Refused(format!("it has the schema `{schema}`")))
            }
            Appended::TakenIds(places) => {
                Err(Fault::Refused(format!("ids of {} entries belong to others", places.len())))
            }
        }
    }
}

/// A fault of our own, told to the operator alone.
fn ours(problem: Problem) -> Fault {
    console_error!("connector: {problem:?}");
    Fault::Ours
}

/// What a run has done so far.
#[derive(Default)]
struct Pulled {
    accepted: u64,
    /// The last answer.
    answer: Option<Answer>,
}

fn described(settings: &Settings, status: Status) -> Described {
    let Settings { name, base, trail, every, .. } = settings.clone();
    Described { name, base, trail, every, status }
}

fn load(sql: &SqlStorage) -> Result<Option<(Settings, Status)>, String> {
    sql.exec(
        "CREATE TABLE IF NOT EXISTS connector (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            settings TEXT NOT NULL,
            status TEXT NOT NULL) STRICT",
        None,
    )
    .map_err(text)?;
    let cursor = sql.exec("SELECT settings, status FROM connector", None).map_err(text)?;
    let Some(row) = cursor.raw().next() else { return Ok(None) };
    match <[SqlStorageValue; 2]>::try_from(row.map_err(text)?) {
        Ok([SqlStorageValue::String(settings), SqlStorageValue::String(status)]) => {
            let settings = serde_json::from_str(&settings).map_err(text)?;
            Ok(Some((settings, serde_json::from_str(&status).map_err(text)?)))
        }
        _ => Err("the connector's row is not readable".to_owned()),
    }
}

fn save(sql: &SqlStorage, settings: &Settings, status: &Status) -> Result<(), String> {
    let settings = serde_json::to_string(settings).map_err(text)?;
    let status = serde_json::to_string(status).map_err(text)?;
    let row = vec![settings.into(), status.into()];
    sql.exec("INSERT OR REPLACE INTO connector VALUES (1, ?, ?)", row).map_err(text)?;
    Ok(())
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
