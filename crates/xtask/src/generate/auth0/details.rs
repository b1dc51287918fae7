//! The member `details` of an Auth0 entry, in the form that its type has.

use super::sessions::{Origin, Step};
use super::types::{self, Details};
use super::{HOST, Subject, TENANT};
use crate::generate::clock::Millis;
use crate::generate::json::Line;
use crate::generate::random::{Alphabet, Random};

/// Writes `details` of one step.
pub(super) fn write(
    line: &mut Line,
    step: &Step,
    subject: &Subject<'_>,
    date: Millis,
    random: &mut Random,
) {
    if let Details::Sentence = step.kind.details {
        let attempts = random.between(10, 14).to_string();
        return line.parts(
            "details",
            &[
                "blocked after ",
                &attempts,
                " attempts for \"",
                &subject.user.email,
                "\" from ",
                &subject.ip,
            ],
        );
    }
    if std::ptr::eq(step.kind, &types::MACHINE_TOKEN) && subject.nulls {
        return line.null("details");
    }
    line.object("details");
    match step.kind.details {
        Details::Prompts => prompts(line, step, subject, date, random),
        Details::LoginError => login_error(line, subject, random),
        Details::Reason => {
            line.object("error");
            let unknown = std::ptr::eq(step.kind, &types::UNKNOWN_USER);
            line.text("message", if unknown { "invalid_user" } else { "Wrong email or password." });
            line.end();
            line.text("transaction_id", &random.token(Alphabet::Base64Url, 32));
        }
        Details::Code => code(line, step, subject, random),
        Details::Refresh => refresh(line, step, subject, random),
        Details::Executions => {
            executions(line, random);
            line.text("access_token_jti", &random.token(Alphabet::Base64Url, 22));
        }
        Details::Logout => logout(line, subject),
        Details::SignUp => sign_up(line, subject),
        Details::Email => email(line, step, subject, random),
        Details::PasswordReset => password_reset(line, subject, random),
        Details::Guardian => guardian(line, step, subject, random),
        Details::Flow => {
            line.text("flow", "login");
            line.text("transaction_id", &random.token(Alphabet::Base64Url, 32));
        }
        Details::ManagementCall => super::management::write(line, step, subject, random),
        Details::Limit => {
            line.object("limit");
            line.text("bucket", "api:global");
            line.boolean("global", true);
            line.number("size", 50);
            line.end();
            line.object("request");
            line.text("method", "GET");
            line.text("path", "/api/v2/users");
            line.end();
            line.text("response", "429 Too Many Requests");
        }
        Details::Deprecation => {
            line.object("feature");
            line.text("id", "legacySearch");
            line.text("name", "Legacy search: <b>/api/v2/logs?search=</b>");
            line.text(
                "description",
                "This feature is being deprecated.\n\tUse search engine v3 & its syntax.",
            );
            line.text("documentation", "https://docs.example.com/deprecations/legacy-search");
            line.end();
            line.text("method", "GET");
            line.text("path", "/api/v2/logs");
        }
        Details::Warning => {
            line.text("host_tenant", TENANT);
            line.text("method", "GET");
            line.text("path", "/authorize");
            line.parts("referer", &[subject.application.origin, "/"]);
            line.text("session_id", &subject.session_id);
        }
        Details::Notification => {
            line.text("email_type", "verify_email");
            line.text("notification_type", "email");
            line.text("to", &subject.user.email);
            line.text("error", "550 5.1.1 <mailbox> unavailable \\ rejected");
        }
        Details::Link => {
            line.object("body");
            line.text("client_id", subject.application.client_id);
            line.text("connection", "email");
            line.text("email", &subject.user.email);
            line.text("send", "link");
            line.text("tenant", TENANT);
            line.object("authParams");
            line.text("scope", "openid profile email");
            line.text("state", &random.token(Alphabet::Base64Url, 24));
            line.end();
            line.end();
            line.parts(
                "link",
                &[
                    "https://",
                    HOST,
                    "/passwordless/verify_redirect?scope=openid&response_type=code&redirect_uri=",
                    subject.application.origin,
                ],
            );
        }
        Details::Removal => {
            line.object("body");
            line.text("tenant", TENANT);
            line.text("connection", subject.connection.name);
            line.end();
        }
        Details::Sentence => {}
    }
    line.end();
}

fn prompts(line: &mut Line, step: &Step, subject: &Subject<'_>, date: Millis, random: &mut Random) {
    let user = subject.user;
    let elapsed = random.between(300, 30_000);
    let (initiated, completed) = ((date as u64).saturating_sub(elapsed), date as u64);
    line.array("prompts");
    if std::ptr::eq(step.kind, &types::LOGIN) {
        line.open();
        line.text(
            "name",
            if subject.connection.strategy_type == "database" {
                "prompt-authenticate"
            } else {
                "federated-authenticate"
            },
        );
        line.text("connection", subject.connection.name);
        line.text("strategy", subject.connection.strategy);
        line.text("identity", user.id.split('|').next_back().unwrap_or_default());
        line.object("stats");
        match random.below(10) {
            0 => line.null("loginsCount"),
            _ => line.number("loginsCount", random.between(1, 900)),
        }
        line.end();
        line.text("session_id", &subject.session_id);
        line.boolean("requiredCaptcha", random.permille(30));
        line.number("elapsedTime", elapsed - 40);
        line.end();
    }
    line.open();
    line.text("name", "login");
    line.text("flow", "login");
    line.text("user_id", &user.id);
    line.text("user_name", &user.email);
    if step.kind.has(types::STRATEGY) {
        line.texts("performed_amr", random.pick(&[&["pwd"][..], &["pwd", "mfa"], &["fed"]]));
    } else {
        line.null("performed_amr");
    }
    line.text("session_id", &subject.session_id);
    line.boolean("requiredCaptcha", false);
    line.number("elapsedTime", elapsed);
    line.end();
    line.end_array();
    line.number("initiatedAt", initiated);
    line.number("completedAt", completed);
    line.number("elapsedTime", elapsed);
    line.text("session_id", &subject.session_id);
    if random.permille(200) {
        executions(line, random);
    }
    if random.permille(60) {
        risk(line, subject);
    }
}

fn risk(line: &mut Line, subject: &Subject<'_>) {
    line.object("riskAssessment");
    line.text("confidence", "medium");
    line.text("version", "1");
    line.object("assessments");
    line.object("UntrustedIP");
    line.text("confidence", "high");
    line.text("code", "not_found_on_deny_list");
    line.end();
    line.object("NewDevice");
    line.text("confidence", "medium");
    line.text("code", "partial_match");
    line.object("details");
    line.text("device", "known");
    line.text("useragent", subject.agent.long);
    line.end();
    line.end();
    line.end();
    line.end();
}

fn login_error(line: &mut Line, subject: &Subject<'_>, random: &mut Random) {
    line.object("error");
    line.text("message", "Access denied by policy");
    line.text("oauthError", "access_denied");
    line.text("type", "oauth-authorization");
    line.object("payload");
    line.number("attempt", random.between(1, 5));
    line.texts("authorized", &["openid", "profile"]);
    line.text("clientID", subject.application.client_id);
    line.text("code", "unauthorized");
    line.parts(
        "message",
        &["user \"", &subject.user.name, "\" is blocked\nsee C:\\policies\\deny.js"],
    );
    line.text("name", "Error");
    line.text("status", "403");
    line.end();
    line.end();
    line.object("qs");
    line.text("client_id", subject.application.client_id);
    line.text("response_type", "code");
    line.parts("redirect_uri", &[subject.application.origin, "/callback?next=%2Fhome"]);
    line.text("state", &random.token(Alphabet::Base64Url, 24));
    line.end();
    line.text("session_id", &subject.session_id);
}

fn code(line: &mut Line, step: &Step, subject: &Subject<'_>, random: &mut Random) {
    if std::ptr::eq(step.kind, &types::CODE_EXCHANGE_FAILED) {
        return line.null("code");
    }
    line.parts(
        "code",
        &["*************************************", &random.token(Alphabet::Base64Url, 3)],
    );
    line.text("access_token_jti", &random.token(Alphabet::Base64Url, 22));
    line.object("refresh_token");
    line.text("access", "offline");
    line.text("session_id", &subject.session_id);
    line.end();
}

fn refresh(line: &mut Line, step: &Step, subject: &Subject<'_>, random: &mut Random) {
    if std::ptr::eq(step.kind, &types::REFRESH_FAILED) {
        line.text(
            "failure_reason",
            random.pick(&["session_not_found", "grant_revoked", "invalid_token"]),
        );
    } else {
        line.text("access_token_jti", &random.token(Alphabet::Base64Url, 22));
        line.text("familyId", &random.token(Alphabet::Hex, 24));
        line.number("tokenCounter", random.between(1, 60));
    }
    line.text("requested_client_id", subject.application.client_id);
    line.object("refresh_token");
    line.text("access", "offline");
    line.text("session_id", &subject.session_id);
    line.end();
    if random.permille(250) {
        executions(line, random);
    }
}

fn executions(line: &mut Line, random: &mut Random) {
    line.object("actions");
    line.array("executions");
    for _ in 0..random.weighted(&[(4, 1), (1, 2)]) {
        line.item(&[&random.token(Alphabet::Base64Url, 40)]);
    }
    line.end_array();
    line.end();
}

fn logout(line: &mut Line, subject: &Subject<'_>) {
    let origin = subject.application.origin;
    line.array("allowed_logout_url");
    line.item(&[origin]);
    line.item(&[origin, "/goodbye"]);
    line.end_array();
    line.parts("return_to", &[origin, "/goodbye"]);
    line.text("session_id", &subject.session_id);
    line.text("initiated_by", "relying-party");
    line.text("protocol", "oidc");
}

fn sign_up(line: &mut Line, subject: &Subject<'_>) {
    line.object("body");
    line.text("client_id", subject.application.client_id);
    line.text("tenant", TENANT);
    line.text("name", &subject.user.name);
    line.text("nickname", &subject.user.handle);
    line.text("email", &subject.user.email);
    line.boolean("email_verified", false);
    line.text("password", "*****");
    line.text("connection", subject.connection.name);
    line.text("request_language", "de-CH,de;q=0.9,en;q=0.8");
    line.end();
}

fn email(line: &mut Line, step: &Step, subject: &Subject<'_>, random: &mut Random) {
    let verified = std::ptr::eq(step.kind, &types::EMAIL_VERIFIED);
    line.text("title", if verified { "Email Verification" } else { "Password Change" });
    line.text("email", &subject.user.email);
    line.object("query");
    line.text("client_id", subject.application.client_id);
    line.text("connection", subject.connection.name);
    line.text("email", &subject.user.email);
    line.text("idp_user_id", subject.user.id.split('|').next_back().unwrap_or_default());
    line.boolean("includeEmailInRedirect", false);
    line.parts("resultUrl", &[subject.application.origin, "/welcome?lang=de&from=mail"]);
    line.text("tenant", TENANT);
    line.text("user_id", &subject.user.id);
    line.end();
    line.object("body");
    line.text("tenant", TENANT);
    line.text("ticket", &random.token(Alphabet::Base64Url, 32));
    line.end();
}

fn password_reset(line: &mut Line, subject: &Subject<'_>, random: &mut Random) {
    line.object("body");
    line.text("client_id", subject.application.client_id);
    line.text("connection", subject.connection.name);
    line.boolean("debug", true);
    line.text("email", &subject.user.email);
    line.text("tenant", TENANT);
    line.boolean("verify", true);
    line.boolean("requiredCaptcha", false);
    line.end();
    line.parts(
        "resetUrl",
        &["https://", HOST, "/u/reset-verify?ticket=", &random.token(Alphabet::Base64Url, 32), "#"],
    );
}

fn guardian(line: &mut Line, step: &Step, subject: &Subject<'_>, random: &mut Random) {
    line.text("session_id", &subject.session_id);
    line.object("authenticator");
    match random.below(4) {
        0 => line.null("id"),
        _ => line.parts("id", &["push|dev_", &random.token(Alphabet::Base64Url, 16)]),
    }
    line.text("type", "push-notification");
    line.null("phone_number");
    line.end();
    line.object("request");
    line.text("method", "POST");
    line.text("path", "/appliance-mfa/api/resolve-transaction");
    line.text("query", "");
    line.text("ip", &subject.ip);
    line.text("userAgent", subject.agent.long);
    line.object("body");
    line.text("code", "******");
    line.end();
    line.object("auth");
    line.text("strategy", "jwt_api2_internal_token");
    line.texts("scopes", &["read:authenticators", "auth:mfa"]);
    line.end();
    line.end();
    line.object("response");
    let failed = std::ptr::eq(step.kind, &types::FACTOR_FAILED);
    line.number("statusCode", if failed { 403 } else { 204 });
    line.end();
    if let Origin::Home(_) = step.session.origin {
        line.boolean("remember_browser", random.permille(300));
    }
}
