//! What `cargo xtask serve` prints: where everything is, and lines that can be pasted as they are.
//!
//! The lines are those that the vendors' users know from their documents; only host, store and
//! credentials are set before them.

use std::fmt::Write;

use jiff::{Span, Timestamp};

use super::sample::{STORES, Sample};
use super::secrets::Secrets;
use super::server::Server;

/// Where everything of a running `server` is.
pub(super) fn places(server: &Server, secrets: &Secrets) -> String {
    let url = server.url();
    let (file, log) = (secrets.file().display(), server.log().display());
    format!(
        "\nTrailsift is running; Ctrl-C ends it.\n\n  \
         dashboard    {url}/\n  \
         credentials  {file}\n  \
         log          {log}\n"
    )
}

/// The lines for a running `server` with `sample` in its trails: a shell script that can be pasted in parts.
pub(super) fn commands(server: &Server, secrets: &Secrets, sample: Option<&Sample>) -> String {
    [token(server, secrets), fga(), auth0(), cerbos(sample), own()].concat()
}

fn token(server: &Server, secrets: &Secrets) -> String {
    let url = server.url();
    let Secrets { client_id, client_secret, key, user, password, .. } = secrets;
    let store = STORES[0];
    // The server's certificate is its own, which curl has to be told for every line below.
    let insecure =
        if url.starts_with("https") { "curl() { command curl -k \"$@\"; }\n" } else { "" };
    format!(
        r#"
# What the lines below need
{insecure}export TRAILSIFT_URL={url} FGA_API_URL={url} FGA_STORE_ID={store}
export KEY={key} CERBOS_USER={user}:{password}
export ACCESS_TOKEN=$(curl -s "$TRAILSIFT_URL/oauth/token" -d grant_type=client_credentials -d client_id={client_id} -d client_secret={client_secret} -d "audience=$TRAILSIFT_URL/" | sed 's/.*"access_token":"\([^"]*\)".*/\1/')

# A token as an Auth0 log connector asks for it
curl --request POST \
--url '{url}/oauth/token' \
--header 'content-type: application/x-www-form-urlencoded' \
--data grant_type=client_credentials \
--data 'client_id={client_id}' \
--data 'client_secret={client_secret}' \
--data 'audience={url}/api/v2/'
"#
    )
}

fn fga() -> String {
    format!(
        r#"
# Auth0 FGA: all logs of a store, who was granted access to the report, what Anne was allowed.
# Another store is {}.
curl "$FGA_API_URL/stores/$FGA_STORE_ID/logs" -H "authorization: bearer $ACCESS_TOKEN"
curl "$FGA_API_URL/stores/$FGA_STORE_ID/logs?query=request.operation:Write&request.tuple_key.object:'document:annual_report'" -H "authorization: bearer $ACCESS_TOKEN"
curl "$FGA_API_URL/stores/$FGA_STORE_ID/logs?query=request.operation:Check&request.tuple_key.user:'user:Anne'" -H "authorization: bearer $ACCESS_TOKEN"
"#,
        STORES[1]
    )
}

fn auth0() -> String {
    r#"
# Auth0: failed logins with their true total, then the first page of the checkpoint loop
curl -G "$TRAILSIFT_URL/api/v2/logs" -H "authorization: Bearer $ACCESS_TOKEN" --data-urlencode 'q=type:f*' -d include_totals=true -d per_page=3
curl -i "$TRAILSIFT_URL/api/v2/logs?from=90020200101000000000000000000000000000000000000000000000&take=2" -H "authorization: Bearer $ACCESS_TOKEN"
"#
    .to_owned()
}

fn cerbos(sample: Option<&Sample>) -> String {
    let mut text = r#"
# Cerbos: the last ten decisions, the calls of the last hour
curl "$TRAILSIFT_URL/admin/auditlog/list/KIND_DECISION?tail=10" -u "$CERBOS_USER"
curl "$TRAILSIFT_URL/admin/auditlog/list/KIND_ACCESS?since=1h" -u "$CERBOS_USER"
"#
    .to_owned();
    if let Some(Sample { until, call, .. }) = sample {
        let (start, end) = (hours_before(*until, 2), hours_before(*until, 1));
        let _ = write!(
            text,
            r#"curl "$TRAILSIFT_URL/admin/auditlog/list/KIND_DECISION?between.start={start}&between.end={end}" -u "$CERBOS_USER"
curl "$TRAILSIFT_URL/admin/auditlog/list/KIND_DECISION?lookup={call}" -u "$CERBOS_USER"
"#
        );
    }
    text
}

fn own() -> String {
    r#"
# Trailsift's own: any trail in the whole language; a log filtered on its way, nothing stored
curl -G "$TRAILSIFT_URL/v1/trails/events/entries" -H "authorization: Bearer $KEY" --data-urlencode 'q=*' -d limit=3
cargo xtask generate --kind auth0 --entries 1000 | curl "$TRAILSIFT_URL/v1/filter?q=type:f*&schema=auth0" -H "authorization: Bearer $KEY" -H 'content-type: application/x-ndjson' --data-binary @-
"#
    .to_owned()
}

/// The whole second `hours` before `time`, RFC 3339.
fn hours_before(time: Timestamp, hours: i64) -> String {
    let earlier = time.checked_sub(Span::new().hours(hours)).unwrap_or(time);
    Timestamp::from_second(earlier.as_second()).unwrap_or(earlier).to_string()
}
