// Our own API's parameters: what is not known is refused, since ignoring it would answer with more than was asked for.
// And what every answer says to caches.

import assert from "node:assert/strict";
import test from "node:test";

import { append, ask, basic, bearer, query, unique, us } from "./server.mjs";

test("a parameter that a path does not know, or that comes again", async () => {
  const trail = unique();
  await append(trail, [{ event_id: "a", id: "a" }]);
  const entries = `/v1/trails/${trail}/entries`;
  for (const [method, path, parameter, said] of [
    ["POST", "/v1/filter?query=type:f", "query", /^`query` is no parameter here$/],
    ["POST", "/v1/filter?q=type:f&repotr=true", "repotr", /did you mean `report`\?$/],
    ["POST", "/v1/filter?q=type:f&q=type:s", "q", /^q: may come only once$/],
    ["GET", `${entries}?query=zzz:1`, "query", /is no parameter here/],
    ["GET", `${entries}?lmit=1`, "lmit", /did you mean `limit`\?$/],
    ["GET", `${entries}?limit=1&limit=1`, "limit", /only once/],
    ["GET", `${entries}?q=a&%71=b`, "q", /only once/],
    ["POST", `${entries}?shcema=event`, "shcema", /did you mean `schema`\?$/],
    ["GET", `${entries}/a?q=x`, "q", /is no parameter here/],
    ["GET", "/v1/trails?limit=1", "limit", /is no parameter here/],
    ["GET", `/v1/trails?${"x".repeat(500)}`, "x".repeat(100), /is no parameter here/],
  ]) {
    const { status, json } = await ask(path, { method, ...(method === "POST" && { body: '{"event_id":"b"}' }) });
    assert.deepEqual([status, json.error.code, json.error.parameter], [400, "invalid_parameter", parameter], path);
    assert.match(json.error.message, said);
  }
  assert.equal((await ask(entries)).json.entries.length, 1);
  // Who may not ask learns nothing of parameters.
  assert.equal((await ask(`${entries}?query=x`, { headers: {} })).status, 401);
});

test("no answer is to be stored; Auth0's says what the vendor's says", async () => {
  const token = {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: query({ grant_type: "client_credentials", client_id: us.client.id, client_secret: us.client.secret }),
  };
  const trail = unique();
  await append(trail, [{ event_id: "a" }]);
  for (const [path, options, wanted] of [
    [`/v1/trails/${trail}/entries`, {}, "no-store"],
    ["/v1/nope", {}, "no-store"],
    ["/v1/filter?q=a:1", { method: "POST", headers: bearer(), body: '{"a":1}' }, "no-store"],
    [`/stores/nope/logs`, {}, "no-store"],
    ["/admin/auditlog/list/KIND_ACCESS?tail=1", { headers: basic() }, "no-store"],
    ["/oauth/token", token, "no-store"],
    ["/api/v2/logs?per_page=1", {}, "no-cache"],
    ["/api/v2/logs?per_page=x", {}, "no-cache"],
  ]) {
    assert.equal((await ask(path, options)).headers.get("cache-control"), wanted, path);
  }
});
