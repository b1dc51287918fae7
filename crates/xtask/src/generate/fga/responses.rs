//! Responses of the authorization API, in the shapes of OpenFGA's REST API.

use super::calls::Operation;
use super::planted::Call;
use super::requests::{Body, correlation, model_definition, object, tuple};
use crate::generate::clock::Millis;
use crate::generate::json::Line;
use crate::generate::random::{Alphabet, Random};
use crate::generate::truth::Truth;

impl Body<'_> {
    /// Writes `response`; a check's answer is counted.
    pub(super) fn response(&self, line: &mut Line, random: &mut Random, truth: &mut Truth) {
        line.object("response");
        if self.status != 200 {
            let (code, message) = match self.status {
                429 => ("rate_limit_exceeded", "Rate limit exceeded"),
                500 => ("internal_error", "Internal Server Error"),
                _ => (
                    "validation_error",
                    "relation 'document#ownr' not found: did you mean \"owner\"?",
                ),
            };
            line.text("code", code);
            line.text("message", message);
            return line.end();
        }
        match self.step.operation {
            Operation::Check => {
                let allowed = match self.planted.map(|planted| planted.call) {
                    Some(Call::Check(allowed)) => allowed,
                    _ => !self.step.probing && random.permille(830),
                };
                truth.count("allowed", if allowed { "true" } else { "false" });
                line.boolean("allowed", allowed);
                line.text("resolution", "");
            }
            Operation::BatchCheck => {
                line.object("result");
                for index in 0..self.batch() {
                    line.object(correlation(index));
                    line.boolean("allowed", random.permille(750));
                    line.end();
                }
                line.end();
            }
            Operation::Read => {
                line.array("tuples");
                for _ in 0..random.between(2, 8) {
                    line.open();
                    tuple(line, "key", &self.random_tuple(random));
                    line.time("timestamp", self.at - random.below(9_000_000_000) as Millis);
                    line.end();
                }
                line.end_array();
                line.text("continuation_token", "");
            }
            Operation::ReadChanges => {
                line.array("changes");
                for _ in 0..random.between(1, 6) {
                    line.open();
                    tuple(line, "tuple_key", &self.random_tuple(random));
                    line.text(
                        "operation",
                        random.pick(&["TUPLE_OPERATION_WRITE", "TUPLE_OPERATION_DELETE"]),
                    );
                    line.time("timestamp", self.at - random.below(9_000_000) as Millis);
                    line.end();
                }
                line.end_array();
                line.parts(
                    "continuation_token",
                    &["eyJwayI6", &random.token(Alphabet::Base64Url, 64), "=="],
                );
            }
            Operation::Expand => expanded(line, self, random),
            Operation::ListObjects | Operation::StreamedListObjects => {
                line.array("objects");
                for _ in 0..random.between(2, 22) {
                    line.item(&[&object(random)]);
                }
                line.end_array();
            }
            Operation::ListUsers => {
                line.array("users");
                for _ in 0..random.between(1, 8) {
                    line.open();
                    line.object("object");
                    line.text("type", "user");
                    let someone = self.directory.someone(random);
                    line.text("id", &self.directory.user(someone).handle);
                    line.end();
                    line.end();
                }
                line.end_array();
            }
            Operation::WriteAuthorizationModel => line.text("authorization_model_id", self.model),
            Operation::ReadAuthorizationModel => {
                line.object("authorization_model");
                line.text("id", self.model);
                model_definition(line);
                line.end();
            }
            Operation::ReadAssertions => {
                line.text("authorization_model_id", self.model);
                line.array("assertions");
                line.end_array();
            }
            Operation::Write | Operation::WriteAssertions => {}
        }
        line.end();
    }
}

fn expanded(line: &mut Line, body: &Body<'_>, random: &mut Random) {
    line.object("tree");
    line.object("root");
    line.parts("name", &[&object(random), "#reader"]);
    line.object("leaf");
    line.object("users");
    line.array("users");
    for _ in 0..random.between(1, 12) {
        let someone = body.directory.someone(random);
        line.item(&["user:", &body.directory.user(someone).handle]);
    }
    line.end_array();
    line.end();
    line.end();
    line.end();
    line.end();
}
