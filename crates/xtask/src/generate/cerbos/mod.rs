//! Entries of a Cerbos decision point's audit log. The vendor's `{"result": …}` wrapper is not written: it
//! belongs to the API's answer, not to the entry.

mod access;
mod calls;
mod decision;

pub(super) use access::Access;
pub(super) use decision::Decision;

use super::json::Line;
use super::people::User;
use super::random::{Alphabet, Random};
use super::truth::Truth;
use calls::{Call, Kind};

/// Where the call came from: the same in both entries of a call.
fn peer(line: &mut Line, call: &Call, user: &User) {
    let mut random = Random::new(call.salt, 3);
    line.object("peer");
    if random.permille(250) {
        line.parts(
            "address",
            &[
                "[2001:db8:7::",
                &random.token(Alphabet::Hex, 3),
                "]:",
                &random.between(1024, 65_535).to_string(),
            ],
        );
    } else {
        let (net, host) = (random.between(16, 19).to_string(), random.between(2, 254).to_string());
        line.parts(
            "address",
            &["10.30.", &net, ".", &host, ":", &random.between(1024, 65_535).to_string()],
        );
    }
    if random.permille(100) {
        line.text("authInfo", "tls");
    }
    line.text(
        "userAgent",
        random.pick(&[
            "cerbos-sdk-javascript-http/0.24.0",
            "cerbos-sdk-go/0.3.5 grpc-go/1.73.0",
            "cerbos-sdk-java/0.16.0",
            "python-httpx/0.28.1",
        ]),
    );
    if random.permille(600) {
        line.text("forwardedFor", if random.permille(700) { &user.ipv4 } else { &user.ipv6 });
    }
    line.end();
}

/// Headers of the call; the decision entry keeps only those that the server was told to.
fn metadata(line: &mut Line, call: &Call, detail: Detail<'_>) {
    let mut random = Random::new(call.salt, 4);
    let trace =
        format!("00-{}-{}-01", random.token(Alphabet::Hex, 32), random.token(Alphabet::Hex, 16));
    line.object("metadata");
    header(line, "traceparent", &trace);
    header(line, "x-request-id", &random.uuid());
    if let Detail::All(user) = detail {
        header(line, "content-type", "application/json");
        header(line, "accept-encoding", "gzip, deflate, br");
        header(line, "authorization", "Bearer *****");
        header(line, "x-forwarded-host", "pdp.internal.example.com");
        header(line, "x-forwarded-proto", "https");
        header(line, "x-envoy-expected-rq-timeout-ms", "15000");
        header(line, "x-browser", user.agent.long);
        header(line, "x-user", &user.name);
        line.object("accept");
        line.texts("values", &["application/json", "application/x-ndjson", "*/*"]);
        line.end();
    }
    line.end();
}

/// How much of the metadata an entry shows.
enum Detail<'a> {
    Correlation,
    All(&'a User),
}

fn header(line: &mut Line, name: &str, value: &str) {
    line.object(name);
    line.texts("values", &[value]);
    line.end();
}

fn policy_source(line: &mut Line, revision: u64) {
    line.object("policySource");
    line.object("git");
    line.text("repositoryUrl", "https://git.example.com/acme/policies.git");
    line.text("branch", "main");
    line.text("subdirectory", "policies");
    line.text("hash", &Random::new(revision, 7).token(Alphabet::Hex, 40));
    line.end();
    line.end();
}

/// Which calls the two logs share, and a few ids to look up.
fn remember(call: &Call, id: &str, truth: &mut Truth) {
    if call.step.kind != Kind::Unpaired {
        truth.count("pairing", "paired");
        if call.salt.is_multiple_of(97) && truth.ids_of("paired_sample") < 20 {
            truth.id("paired_sample", id);
        }
    }
}
