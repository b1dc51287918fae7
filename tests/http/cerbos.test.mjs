// Cerbos' Admin API: each filter, the stream's form, and errors in the gateway's two shapes.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import test, { before } from "node:test";

import { append, ask, basic, bearer, others, query, scopeless, storeId, unique, us } from "./server.mjs";

const hour = 3_600_000;
// Times in the far past that no other run has, so that `between` finds this run's entries alone.
const start = Date.UTC(1990, 0, 1) + (randomBytes(4).readUInt32BE() % 10_000_000) * 60_000;
const at = (second) => new Date(start + second * 1000).toISOString();
const call = Array.from({ length: 6 }, storeId);
const marker = unique();
const decision = (second, index, effect = "EFFECT_ALLOW") => ({
  callId: call[index],
  timestamp: at(second),
  peer: { address: "192.0.2.1:5000" },
  checkResources: {
    inputs: [{ principal: { id: marker, roles: ["user"] }, resource: { kind: "album:object", id: `${index}` }, actions: ["view"] }],
    outputs: [{ resourceId: `${index}`, actions: { view: { effect, policy: "resource.album.vdefault" } } }],
  },
});
// Received in this order; the third and the last came late.
const decisions = [decision(10, 0), decision(20, 1, "EFFECT_DENY"), decision(5, 2), decision(30, 3), decision(15, 4, "EFFECT_DENY")];
const old = {
  callId: call[5],
  timestamp: at(40),
  inputs: [{ principal: { id: marker, roles: ["user"] }, resource: { kind: "album:object", id: "5" }, actions: ["view", "edit"] }],
  outputs: [{ resourceId: "5", actions: { view: "EFFECT_ALLOW", edit: "EFFECT_DENY" } }],
};

before(async () => {
  await append("decision", decisions.slice(0, 2));
  await append("decision", decisions.slice(2, 4));
  await append("decision", [decisions[4], old]);
});

const list = (kind, parameters, headers = basic()) => ask(`/admin/auditlog/list/${kind}?${query(parameters)}`, { headers });
const parsed = ({ text }) => text.split("\n").filter(Boolean).map((line) => JSON.parse(line).result);
const indexes = (answer) => parsed(answer).map(({ decisionLogEntry }) => call.indexOf(decisionLogEntry.callId));
const all = { "between.start": at(0), "between.end": at(60) };

test("between: the oldest first by their own time, inclusive at the millisecond, one line an entry", async () => {
  const answer = await list("KIND_DECISION", all);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("content-type"), "application/x-ndjson");
  assert.deepEqual(indexes(answer), [2, 0, 4, 1, 3, 5]);
  assert.ok(answer.text.endsWith("\n") && !answer.text.includes("\n\n"));
  assert.deepEqual(parsed(answer)[0], { decisionLogEntry: decisions[2] });
  assert.deepEqual(indexes(await list(2, { "between.start": at(10), "between.end": at(20) })), [0, 4, 1]);
  const offset = new Date(Date.parse(at(10)) + 2 * hour).toISOString().replace("Z", "+02:00");
  assert.deepEqual(indexes(await list(2, { "between.start": offset, "between.end": at(20) })), [0, 4, 1]);
  const empty = await list(2, { "between.start": at(11), "between.end": at(14) });
  assert.deepEqual([empty.status, empty.text], [200, ""]);
});

test("lookup: one entry or none", async () => {
  assert.deepEqual(indexes(await list("KIND_DECISION", { lookup: call[3] })), [3]);
  const unknown = await list("KIND_DECISION", { lookup: storeId() });
  assert.deepEqual([unknown.status, unknown.text], [200, ""]);
});

test("the old stored form is served in today's", async () => {
  const [{ decisionLogEntry }] = parsed(await list("KIND_DECISION", { lookup: call[5] }));
  const { inputs, timestamp } = old;
  assert.deepEqual(decisionLogEntry, {
    callId: call[5],
    timestamp,
    checkResources: {
      inputs,
      outputs: [{ resourceId: "5", actions: { view: { effect: "EFFECT_ALLOW" }, edit: { effect: "EFFECT_DENY" } } }],
    },
  });
});

test("tail: the newest first; since: the oldest first", async () => {
  const now = Date.now();
  const recent = [0, 1, 2].map((index) => ({
    callId: storeId(),
    timestamp: new Date(now - 60_000 + index).toISOString(),
    method: "/cerbos.svc.v1.CerbosService/CheckResources",
    metadata: { marker: { values: [marker] } },
  }));
  await append("access", [recent[1], recent[2], recent[0]]);
  const ids = (answer) =>
    parsed(answer)
      .map(({ accessLogEntry }) => accessLogEntry)
      .filter((entry) => entry.metadata?.marker?.values[0] === marker)
      .map(({ callId }) => callId);
  const wanted = recent.map(({ callId }) => callId);
  assert.deepEqual(ids(await list("KIND_ACCESS", { tail: 1000 })), wanted.toReversed());
  assert.deepEqual(ids(await list("1", { since: "1h30m" })), wanted);
  assert.deepEqual(ids(await list("1", { since: "30s" })), []);
  assert.equal(parsed(await list("1", { tail: 2 })).length, 2);
});

test("ours: a query narrows any filter", async () => {
  assert.deepEqual(indexes(await list(2, { ...all, query: "effect:EFFECT_DENY" })), [4, 1, 5]);
  assert.deepEqual(indexes(await list(2, { tail: 2, q: `principal:${marker} AND effect:EFFECT_DENY` })), [5, 1]);
});

test("a long answer is streamed whole", async () => {
  const many = unique();
  const entries = Array.from({ length: 3000 }, (_, index) => ({
    callId: storeId(),
    timestamp: new Date(start - 100 * hour + ((index * 7919) % 3000)).toISOString(),
    method: many,
    metadata: { filler: { values: ["x".repeat(200)] } },
  }));
  for (let from = 0; from < entries.length; from += 500) await append("access", entries.slice(from, from + 500));
  const answer = await list("KIND_ACCESS", { "between.start": at(-101 * 3600), "between.end": at(-99 * 3600) });
  const times = parsed(answer)
    .map(({ accessLogEntry }) => accessLogEntry)
    .filter(({ method }) => method === many)
    .map(({ timestamp }) => timestamp);
  assert.equal(times.length, 3000);
  assert.deepEqual(times, times.toSorted());
});

test("what the gateway cannot parse, and what is not valid; both before credentials are looked at", async () => {
  const time = "2021-07-05T07:27:01Z";
  for (const [kind, parameters] of [
    ["KIND_X", { tail: 1 }],
    ["3", { tail: 1 }],
    ["1", { tail: "x" }],
    ["1", { since: "10" }],
    ["1", { since: "1d" }],
    ["1", { tail: 1, since: "1h" }],
    ["1", { "between.start": "x", "between.end": time }],
    ["1", { tail: 1, query: "(" }],
  ]) {
    const { status, json } = await list(kind, parameters, {});
    assert.equal(status, 400, JSON.stringify(parameters));
    assert.equal(json.code, 3);
    assert.equal(typeof json.message, "string");
  }
  const twice = await ask("/admin/auditlog/list/1?tail=1&tail=2", { headers: {} });
  assert.deepEqual([twice.status, twice.json.code], [400, 3]);
  for (const [kind, parameters] of [
    ["0", { tail: 1 }],
    ["1", {}],
    ["1", { tail: 0 }],
    ["1", { tail: 1001 }],
    ["1", { since: "-1h" }],
    ["1", { lookup: "x" }],
    ["1", { "between.start": time }],
    ["1", { "between.start": time, "between.end": "2999-01-01T00:00:00Z" }],
  ]) {
    const { status, json } = await list(kind, parameters, {});
    assert.equal(status, 400, JSON.stringify(parameters));
    assert.equal(json.error.code, 3);
  }
});

test("credentials", async () => {
  const header = (text) => ({ authorization: `Basic ${Buffer.from(text).toString("base64")}` });
  for (const [headers, message] of [
    [{}, "authentication required"],
    [bearer(), "unsupported authentication method"],
    [{ authorization: "Basic ?" }, "failed to decode credentials"],
    [header("nobody"), "invalid credentials"],
    [header("a:b:c"), "invalid credentials"],
    [header(`${us.basic.user}:no`), "incorrect credentials"],
  ]) {
    const { status, json } = await list("1", { tail: 1 }, headers);
    assert.deepEqual([status, json], [401, { error: { code: 16, message } }]);
  }
  const bare = await list("1", { tail: 1 }, basic(scopeless().basic));
  assert.deepEqual([bare.status, bare.json.error.code], [403, 7]);
  const theirs = await list("2", { lookup: call[0] }, basic(others.basic));
  assert.deepEqual([theirs.status, theirs.text], [200, ""]);
});

test("unknown paths and methods", async () => {
  assert.deepEqual((await ask("/admin/policy")).json, { code: 5, message: "Not Found" });
  const post = await ask("/admin/auditlog/list/1", { method: "POST" });
  assert.deepEqual([post.status, post.json], [501, { code: 12, message: "Method Not Allowed" }]);
});
