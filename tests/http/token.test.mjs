// Access tokens for clients: asked for in every way that clients have, and good for their API alone.

import assert from "node:assert/strict";
import test from "node:test";

import { ask, bearer, query, storeId, url, us } from "./server.mjs";

const { id, secret } = us.client;
const audience = `${url}/api/v2/`;
const asked = { grant_type: "client_credentials", client_id: id, client_secret: secret, audience };

const form = (values, { path = "/oauth/token", headers = {} } = {}) =>
  ask(path, { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded", ...headers }, body: query(values) });

test("form, JSON, Basic, and the audience in the query", async () => {
  const { audience: _, ...without } = asked;
  const basic = { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}` };
  const answers = [
    await form(asked),
    await ask("/oauth/token", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(asked) }),
    await form({ grant_type: "client_credentials", audience }, { headers: basic }),
    await form(without, { path: `/oauth/token?${query({ audience })}` }),
  ];
  for (const { status, json, headers, text } of answers) {
    assert.equal(status, 200, text);
    assert.deepEqual([json.token_type, json.expires_in], ["Bearer", 86_400]);
    assert.ok(json.scope.split(" ").includes("read:logs"));
    assert.equal(headers.get("cache-control"), "no-store");
    assert.equal((await ask("/api/v2/logs", { headers: bearer(json.access_token) })).status, 200);
  }
});

test("a token is good for its audience alone", async () => {
  const token = async (audience) => (await form({ ...asked, audience })).json.access_token;
  const fga = `/stores/${storeId()}/logs`;
  const management = bearer(await token(audience));
  assert.equal((await ask(fga, { headers: management })).json.code, "auth_failed_invalid_audience");
  assert.equal((await ask("/v1/trails", { headers: management })).status, 401);
  const everything = bearer(await token(`${url}/`));
  assert.equal((await ask(fga, { headers: everything })).json.code, "store_id_not_found");
  assert.equal((await ask("/api/v2/logs", { headers: everything })).status, 200);
  assert.equal((await ask("/v1/trails", { headers: everything })).status, 200);
});

test("fewer scopes can be asked for, never more", async () => {
  const { json } = await form({ ...asked, scope: "read:fga_logs delete:everything" });
  assert.equal(json.scope, "read:fga_logs");
  const { status, json: refusal } = await ask("/api/v2/logs", { headers: bearer(json.access_token) });
  assert.deepEqual([status, refusal.errorCode], [403, "insufficient_scope"]);
});

test("a changed token is refused", async () => {
  const { access_token } = (await form(asked)).json;
  const [head, claims, signature] = access_token.split(".");
  const more = JSON.parse(Buffer.from(claims, "base64url"));
  const forged = Buffer.from(JSON.stringify({ ...more, tenant: "other" })).toString("base64url");
  const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString("base64url");
  for (const token of [`${head}.${forged}.${signature}`, `${none}.${claims}.`, `${head}.${claims}.`, `${head}.${claims}`]) {
    assert.equal((await ask("/api/v2/logs", { headers: bearer(token) })).status, 401);
  }
});

test("refusals are OAuth's", async () => {
  const refused = async (answer, status, error, description) => {
    const { status: got, json } = await answer;
    assert.deepEqual([got, json.error], [status, error]);
    if (description) assert.equal(json.error_description, description);
  };
  await refused(form({ ...asked, client_secret: "no" }), 401, "access_denied", "Unauthorized");
  await refused(form({ ...asked, client_id: "no" }), 401, "access_denied", "Unauthorized");
  await refused(form({ ...asked, grant_type: "password" }), 403, "unsupported_grant_type");
  await refused(form({ ...asked, grant_type: "" }), 400, "invalid_request", "Missing required parameter: grant_type");
  await refused(
    form({ ...asked, audience: "https://elsewhere.example/" }),
    403,
    "access_denied",
    "Service not enabled within domain: https://elsewhere.example/",
  );
  await refused(ask("/oauth/token", { method: "POST", headers: {}, body: "{" }), 400, "invalid_request");
  await refused(ask("/oauth/token"), 405, "invalid_request");
  await refused(ask("/oauth/authorize"), 404, "not_found");
});
