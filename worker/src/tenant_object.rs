//! The object that knows which trails and connectors a tenant has. It holds nothing of them: each is an object of its
//! own.

use serde::{Deserialize, Serialize};
use worker::{
    DurableObject, Env, Request, Response, SqlStorage, SqlStorageValue, State, console_error,
    durable_object,
};

use crate::{clock, error::Problem, object_call, panics, site::Site};

/// What the front asks.
#[derive(Serialize, Deserialize)]
enum Ask {
    Register { trail: String, schema: String },
    List,
    AddConnector(String),
    RemoveConnector(String),
    Connectors,
}

/// What it answers.
#[derive(Serialize, Deserialize)]
enum Answer {
    Done,
    Trails(Vec<Listed>),
    Connectors(Vec<String>),
}

/// A trail on the list.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Listed {
    pub(crate) name: String,
    pub(crate) schema: String,
    /// When it was put on the list.
    pub(crate) created: i64,
}

/// Puts a trail on its tenant's list; nothing happens when it is there.
///
/// # Errors
/// When the object does not answer.
pub(crate) async fn register(
    site: &Site,
    tenant: &str,
    trail: &str,
    schema: &str,
) -> Result<(), Problem> {
    let ask = Ask::Register { trail: trail.to_owned(), schema: schema.to_owned() };
    call(site, tenant, &ask).await.map(|_| ())
}

/// The tenant's trails by name.
///
/// # Errors
/// When the object does not answer.
pub(crate) async fn list(site: &Site, tenant: &str) -> Result<Vec<Listed>, Problem> {
    match call(site, tenant, &Ask::List).await? {
        Answer::Trails(trails) => Ok(trails),
        _ => Err(Problem::internal("the tenant object answered out of turn")),
    }
}

/// Puts a connector on its tenant's list; nothing happens when it is there.
///
/// # Errors
/// When the object does not answer.
pub(crate) async fn add_connector(site: &Site, tenant: &str, name: &str) -> Result<(), Problem> {
    call(site, tenant, &Ask::AddConnector(name.to_owned())).await.map(drop)
}

/// Takes a connector off the list.
///
/// # Errors
/// When the object does not answer.
pub(crate) async fn remove_connector(site: &Site, tenant: &str, name: &str) -> Result<(), Problem> {
    call(site, tenant, &Ask::RemoveConnector(name.to_owned())).await.map(drop)
}

/// The tenant's connectors by name.
///
/// # Errors
/// When the object does not answer.
pub(crate) async fn connectors(site: &Site, tenant: &str) -> Result<Vec<String>, Problem> {
    match call(site, tenant, &Ask::Connectors).await? {
        Answer::Connectors(names) => Ok(names),
        _ => Err(Problem::internal("the tenant object answered out of turn")),
    }
}

async fn call(site: &Site, tenant: &str, ask: &Ask) -> Result<Answer, Problem> {
    let message = serde_json::to_vec(ask).map_err(Problem::internal)?;
    let answer = object_call::call(&site.tenants()?, tenant, &message, "tenant object").await?;
    let answer: Result<Answer, String> =
        serde_json::from_slice(&answer).map_err(Problem::internal)?;
    answer.map_err(|reason| Problem::Internal(format!("tenant object: {reason}")))
}

/// A tenant's list of trails.
#[durable_object]
#[derive(Debug)]
pub struct TenantObject {
    state: State,
}

impl DurableObject for TenantObject {
    fn new(state: State, _env: Env) -> Self {
        Self { state }
    }

    async fn fetch(&self, mut request: Request) -> worker::Result<Response> {
        let message = request.bytes().await?;
        let answer = panics::caught_now(|| answer(&self.state.storage().sql(), &message));
        let answer = answer.and_then(|answer| answer);
        if let Err(reason) = &answer {
            console_error!("tenant object: {reason}");
        }
        Response::from_bytes(serde_json::to_vec(&answer)?)
    }
}

fn answer(sql: &SqlStorage, message: &[u8]) -> Result<Answer, String> {
    let ask: Ask = serde_json::from_slice(message).map_err(|error| error.to_string())?;
    match ask {
        Ask::Register { trail, schema } => register_row(sql, trail, schema).map(|()| Answer::Done),
        Ask::List => rows(sql).map(Answer::Trails),
        Ask::AddConnector(name) => {
            connector_row(sql, "INSERT INTO connector VALUES (?) ON CONFLICT DO NOTHING", name)
        }
        Ask::RemoveConnector(name) => {
            connector_row(sql, "DELETE FROM connector WHERE name = ?", name)
        }
        Ask::Connectors => connector_names(sql).map(Answer::Connectors),
    }
    .map_err(|error| error.to_string())
}

fn connector_table(sql: &SqlStorage) -> worker::Result<()> {
    let table =
        "CREATE TABLE IF NOT EXISTS connector (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID";
    sql.exec(table, None).map(drop)
}

fn connector_row(sql: &SqlStorage, change: &str, name: String) -> worker::Result<Answer> {
    connector_table(sql)?;
    sql.exec(change, vec![name.into()])?;
    Ok(Answer::Done)
}

fn connector_names(sql: &SqlStorage) -> worker::Result<Vec<String>> {
    connector_table(sql)?;
    let rows = sql.exec("SELECT name FROM connector ORDER BY name", None)?;
    let name = |row: worker::Result<Vec<SqlStorageValue>>| match row?.pop() {
        Some(SqlStorageValue::String(name)) => Ok(name),
        _ => Err("a row of the list of connectors is not readable".into()),
    };
    rows.raw().map(name).collect()
}

fn register_row(sql: &SqlStorage, trail: String, schema: String) -> worker::Result<()> {
    sql.exec(
        "CREATE TABLE IF NOT EXISTS trail (
            name TEXT PRIMARY KEY, schema TEXT NOT NULL, created INTEGER NOT NULL) STRICT, WITHOUT ROWID",
        None,
    )?;
    let row = vec![trail.into(), schema.into(), SqlStorageValue::Integer(clock::now())];
    sql.exec("INSERT INTO trail VALUES (?, ?, ?) ON CONFLICT DO NOTHING", row)?;
    Ok(())
}

fn rows(sql: &SqlStorage) -> worker::Result<Vec<Listed>> {
    let tables =
        sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'trail'", None)?;
    if tables.raw().next().is_none() {
        return Ok(Vec::new());
    }
    let mut listed = Vec::new();
    for row in sql.exec("SELECT name, schema, created FROM trail ORDER BY name", None)?.raw() {
        listed.push(listed_row(row?)?);
    }
    Ok(listed)
}

/// A row that is not as it was written is told: a list that leaves it out would look whole.
fn listed_row(row: Vec<SqlStorageValue>) -> worker::Result<Listed> {
    use SqlStorageValue::{Integer, String};
    match <[SqlStorageValue; 3]>::try_from(row) {
        Ok([String(name), String(schema), Integer(created)]) => {
            Ok(Listed { name, schema, created })
        }
        _ => Err("a row of the list of trails is not readable".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_is_not_readable_is_an_error() {
        let text = |text: &str| SqlStorageValue::String(text.to_owned());
        let listed = listed_row(vec![text("a"), text("event"), SqlStorageValue::Integer(7)]);
        assert_eq!(listed.unwrap().name, "a");
        for row in [vec![], vec![text("a"), SqlStorageValue::Null, SqlStorageValue::Integer(7)]] {
            assert!(listed_row(row).is_err());
        }
    }
}
