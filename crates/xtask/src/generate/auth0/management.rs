//! Calls of the Management API as `sapi` and `fapi` entries record them: the request and its response.

use super::Subject;
use super::sessions::Step;
use super::types;
use crate::generate::json::Line;
use crate::generate::random::{Alphabet, Random};

/// An operation: its description, method, path (a `*` stands for an id) and status code.
struct Operation {
    description: &'static str,
    method: &'static str,
    path: (&'static str, Target),
    status: u64,
}

#[derive(Clone, Copy)]
enum Target {
    None,
    User,
    Client,
    Role,
    Connection,
    Organization,
}

#[rustfmt::skip]
const OPERATIONS: [(u32, &Operation); 11] = [
    (20, &Operation { description: "Update a User", method: "patch", path: ("/api/v2/users/", Target::User), status: 200 }),
    (16, &Operation { description: "Create a User", method: "post", path: ("/api/v2/users", Target::None), status: 201 }),
    (10, &Operation { description: "Delete a User", method: "delete", path: ("/api/v2/users/", Target::User), status: 204 }),
    (12, &Operation { description: "Update a client", method: "patch", path: ("/api/v2/clients/", Target::Client), status: 200 }),
    (6, &Operation { description: "Create a client", method: "post", path: ("/api/v2/clients", Target::None), status: 201 }),
    (8, &Operation { description: "Assign roles to a user", method: "post", path: ("/api/v2/roles/", Target::Role), status: 204 }),
    (7, &Operation { description: "Update a connection", method: "patch", path: ("/api/v2/connections/", Target::Connection), status: 200 }),
    (6, &Operation { description: "Add members to an organization", method: "post", path: ("/api/v2/organizations/", Target::Organization), status: 204 }),
    (5, &Operation { description: "Create a rule", method: "post", path: ("/api/v2/rules", Target::None), status: 201 }),
    (5, &Operation { description: "Update tenant settings", method: "patch", path: ("/api/v2/tenants/settings", Target::None), status: 200 }),
    (5, &Operation { description: "Create a log stream", method: "post", path: ("/api/v2/log-streams", Target::None), status: 200 }),
];

/// A call drawn for one entry.
pub(super) struct Call {
    operation: &'static Operation,
    failed: bool,
}

impl Call {
    pub(super) fn draw(step: &Step, random: &mut Random) -> Option<Call> {
        let failed = std::ptr::eq(step.kind, &types::MANAGEMENT_FAILED);
        (failed || std::ptr::eq(step.kind, &types::MANAGEMENT))
            .then(|| Call { operation: random.weighted(&OPERATIONS), failed })
    }

    /// What the entry says happened.
    pub(super) fn description(&self) -> &'static str {
        if self.failed {
            "Path validation error: 'String does not match pattern'"
        } else {
            self.operation.description
        }
    }
}

/// Writes `request` and `response`.
pub(super) fn write(line: &mut Line, step: &Step, subject: &Subject<'_>, random: &mut Random) {
    let Some(call) = &subject.call else { return };
    let user = subject.user;
    let (path, target) = call.operation.path;
    let id = match target {
        Target::None => String::new(),
        Target::User => user.id.replace('|', "%7C"),
        Target::Client => step.session.application.client_id.to_owned(),
        Target::Role => format!("rol_{}/users", random.token(Alphabet::Base64Url, 16)),
        Target::Connection => subject.connection.id.to_owned(),
        Target::Organization => format!("org_{}/members", random.token(Alphabet::Base64Url, 16)),
    };
    line.object("request");
    line.text("method", call.operation.method);
    line.parts("path", &[path, &id]);
    line.object("query");
    line.end();
    line.parts("userAgent", &[subject.application.sdk.0, "/", subject.application.sdk.1]);
    body(line, call.operation, subject, random);
    line.text("channel", "api");
    line.text("ip", &subject.ip);
    line.object("auth");
    line.object("user");
    line.end();
    line.text("strategy", "jwt");
    line.object("credentials");
    line.text("jti", &random.token(Alphabet::Hex, 32));
    line.texts("scopes", subject.application.scope);
    line.end();
    line.end();
    line.end();
    line.object("response");
    if call.failed {
        line.number("statusCode", 400);
        line.object("body");
        line.number("statusCode", 400);
        line.text("error", "Bad Request");
        line.text("message", call.description());
        line.text("errorCode", "invalid_uri");
    } else {
        line.number("statusCode", call.operation.status);
        line.object("body");
        if call.operation.status != 204 {
            line.text("user_id", &user.id);
            line.text("name", &user.name);
            line.text("email", &user.email);
            line.text("created_at", "2024-03-01T08:30:00.000Z");
            line.array("identities");
            line.open();
            line.text("connection", user.connection.name);
            line.text("provider", user.connection.strategy);
            line.boolean("isSocial", user.connection.strategy_type == "social");
            line.end();
            line.end_array();
        }
    }
    line.end();
    line.end();
}

fn body(line: &mut Line, operation: &Operation, subject: &Subject<'_>, random: &mut Random) {
    if operation.method == "delete" {
        return line.null("body");
    }
    line.object("body");
    line.text("name", &subject.user.name);
    match operation.description {
        "Create a rule" => {
            line.text("script", "function (user, context, callback) {\n\tif (!/@example\\.com$/.test(user.email)) {\n\t\treturn callback(new UnauthorizedError(\"outside\"));\n\t}\n\treturn callback(null, user, context);\n}");
            line.boolean("enabled", true);
            line.number("order", random.between(1, 20));
        }
        "Update a User" | "Create a User" => {
            line.object("user_metadata");
            line.text("locale", random.pick(&["de-CH", "pt-BR", "ja-JP", "en-GB"]));
            line.text("note", "joined via \u{201c}friends & family\u{201d} \u{2014} 20% off");
            line.end();
            line.object("app_metadata");
            line.texts("roles", random.pick(&[&["reader"][..], &["reader", "editor"], &["owner"]]));
            line.boolean("beta", random.permille(200));
            line.end();
        }
        _ => {
            line.texts("callbacks", &[subject.application.origin]);
            line.boolean("oidc_conformant", true);
            line.number("token_lifetime", 86_400);
        }
    }
    line.end();
}
