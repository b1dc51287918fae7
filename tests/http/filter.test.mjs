// POST /v1/filter: entries in, matches out as they come, nothing stored.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { request } from "node:http";
import test from "node:test";
import { gzipSync } from "node:zlib";

import { zip } from "../package/zip.mjs";
import { ask, bearer, query, scopeless, unique, url } from "./server.mjs";

const filter = (body, parameters, options = {}) =>
  ask(`/v1/filter?${query(parameters)}`, { method: "POST", headers: bearer(), body, ...options });
const lines = (text) => text.split("\n").filter(Boolean);

test("any form of log, each match one line with its own bytes", async () => {
  const entries = ['{"type":"s", "n": 1.0}', '{"type":"f","t":"\\u00e9"}', '{"type":"s","n":2}'];
  for (const body of [entries.join("\n"), `[${entries}]`, `{"logs":[${entries}],"continuation_token":""}`]) {
    const answer = await filter(body, { q: "type:s" });
    assert.equal(answer.headers.get("content-type"), "application/x-ndjson");
    assert.equal(answer.text, `${entries[0]}\n${entries[2]}\n`);
  }
  const dated = ['{"type":"s","date":"2026-06-10"}', '{"type":"s"}'];
  assert.equal((await filter(`{"has_more":true,"data":[${dated}]}`, { q: "type:s" })).text, `${dated[0]}\n${dated[1]}\n`);
  const holding = `{"date":"2026-06-10","type":"s","data":[${dated}]}`;
  assert.equal((await filter(holding, { q: "type:s" })).text, `${holding}\n`);
  const pretty = JSON.stringify([{ type: "s", n: { m: 1 } }], null, 2);
  assert.deepEqual(lines((await filter(pretty, { q: "n.m:1" })).text).map(JSON.parse), [{ type: "s", n: { m: 1 } }]);
  for (const body of ["", "\n\n", "[]"]) {
    const answer = await filter(body, { q: "type:s" });
    assert.deepEqual([answer.status, answer.text], [200, ""]);
  }
});

test("matches come while the body is still being sent", async () => {
  const { hostname, port } = new URL(url);
  const sending = request({ hostname, port, path: "/v1/filter?q=type:s", method: "POST", headers: bearer() });
  // More than the Worker waits for before it answers, then the rest only once the first match is there.
  const filler = `${JSON.stringify({ type: "f", text: "x".repeat(1000) })}\n`.repeat(1500);
  sending.write(`{"type":"s","n":1}\n${filler}`);
  const [response] = await once(sending, "response");
  response.setEncoding("utf8");
  const [first] = await once(response, "data");
  assert.match(first, /^{"type":"s","n":1}\n/);
  sending.end('{"type":"s","n":2}');
  let rest = first;
  for await (const part of response) rest += part;
  assert.deepEqual(lines(rest), ['{"type":"s","n":1}', '{"type":"s","n":2}']);
});

test("a large body, entries cut anywhere", async () => {
  const body = Array.from({ length: 60_000 }, (_, n) => JSON.stringify({ n, type: n % 3 ? "f" : "s", é: "ü".repeat(n % 90) })).join("\n");
  const found = lines((await filter(body, { q: "type:s" })).text).map((line) => JSON.parse(line).n);
  assert.deepEqual(found, Array.from({ length: 20_000 }, (_, n) => 3 * n));
});

test("gzip is unpacked as it comes, told or not; what else is packed is refused by its name", async () => {
  const entries = Array.from({ length: 60_000 }, (_, n) => JSON.stringify({ n, type: n % 3 ? "f" : "s", text: randomBytes(20).toString("hex") }));
  const body = Buffer.concat([gzipSync(`${entries.slice(0, 25_000).join("\n")}\n`), gzipSync(entries.slice(25_000).join("\n"))]);
  assert.ok(body.length > 1 << 20, "more than one reading");
  for (const headers of [bearer(), { ...bearer(), "content-encoding": "gzip" }]) {
    const found = lines((await filter(body, { q: "type:s" }, { headers })).text).map((line) => JSON.parse(line).n);
    assert.deepEqual(found, Array.from({ length: 20_000 }, (_, n) => 3 * n));
  }
  // Hundreds of times as long, and still a piece at a time.
  const long = await filter(gzipSync(`${'{"b":1}\n'.repeat(4 << 20)}{"a":1}`), { q: "a:1" });
  assert.deepEqual([long.status, long.text], [200, '{"a":1}\n']);

  const small = gzipSync('{"a":1}\n');
  for (const [bad, headers, status, code, message] of [
    [small.subarray(0, small.length - 9), {}, 400, "invalid_body", /damaged, or ends in the middle/],
    [Buffer.concat([small, Buffer.from("{}")]), {}, 400, "invalid_body", /damaged/],
    ['{"a":1}', { "content-encoding": "gzip" }, 400, "invalid_body", /no gzip/],
    ['{"a":1}', { "content-encoding": "br" }, 415, "unsupported_encoding", /gzip/],
    [zip([["a.json", '{"a":1}']]), {}, 415, "unsupported_encoding", /a zip archive: unpack it first/],
    [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 4]), {}, 415, "unsupported_encoding", /zstd/],
  ]) {
    const answer = await filter(bad, { q: "a:1" }, { headers: { ...bearer(), ...headers } });
    assert.deepEqual([answer.status, answer.json.error.code], [status, code], answer.text);
    assert.match(answer.json.error.message, message);
  }
  // Damaged far behind: broken off, not short.
  await assert.rejects(async () => {
    const response = await fetch(`${url}/v1/filter?q=type:s`, { method: "POST", headers: bearer(), body: body.subarray(0, body.length - 4) });
    assert.equal(response.status, 200);
    await response.text();
  }, /terminated|fetch failed/);
});

test("a broken line is a 400 with its place", async () => {
  const answer = await filter('{"a":1}\n{"a":\n[1]\n{"a":1}', { q: "a:1" });
  assert.equal(answer.status, 400);
  const { code, lines: places, message } = answer.json.error;
  assert.equal(code, "invalid_body");
  assert.equal(places[0].line, 2);
  assert.match(message, /^line 2, /);
});

test("a broken line far behind breaks the stream off, never ends it quietly", async () => {
  const good = `${JSON.stringify({ a: 1, text: "x".repeat(1000) })}\n`.repeat(3000);
  await assert.rejects(async () => {
    const response = await fetch(`${url}/v1/filter?q=a:1`, { method: "POST", headers: bearer(), body: `${good}nope\n${good}` });
    assert.equal(response.status, 200);
    await response.text();
  }, /terminated|fetch failed/);
});

test("what cannot match is checked when asked for", async () => {
  // One line in fifty holds the word that is searched; the broken one is none of them.
  const log = Array.from({ length: 200 }, (_, index) => (index === 7 ? '{"a":nope}' : `{"type":"${index % 50 ? "s" : "fp"}"}`));
  const body = log.join("\n");
  assert.equal(lines((await filter(body, { q: "type:fp" })).text).length, 4);
  const refused = await filter(body, { q: "type:fp", check: true });
  assert.equal(refused.status, 400);
  assert.match(refused.text, /line 8|"line":8/);
});

test("with report=true it goes on, says where, and counts", async () => {
  const good = `${JSON.stringify({ a: 1, text: "x".repeat(1000) })}\n`;
  const body = `{"a":2}\n${good.repeat(1000)}nope\n${good.repeat(1000)}{"a":2}\n{"a`;
  const all = lines((await filter(body, { q: "a:2", report: true })).text).map(JSON.parse);
  assert.deepEqual(all.filter(({ match }) => match), [{ match: { a: 2 } }, { match: { a: 2 } }]);
  assert.deepEqual(all.flatMap(({ broken }) => broken?.line ?? []), [1002, 2004]);
  assert.deepEqual(all.at(-1), { end: { entries: 2002, matches: 2, broken: 2 } });
});

test("schema, dialect and the clock are the caller's", async () => {
  const body = '{"request":{"operation":"Write","writes":{"tuple_keys":[{"object":"document:x"}]}},"timestamp":"2020-01-01T00:00:00Z"}';
  const match = async (parameters) => lines((await filter(body, parameters)).text).length;
  assert.equal(await match({ q: "operation:Write&object:'document:x'", schema: "fga" }), 1);
  assert.equal(await match({ q: "object:document:x", schema: "fga", dialect: "q" }), 1);
  const recent = "timestamp:[now-1d TO now]";
  assert.equal(await match({ q: recent, schema: "fga" }), 0);
  assert.equal(await match({ q: recent, schema: "fga", now: "2020-01-01T12:00:00Z" }), 1);
});

test("a query that means nothing, and other refusals", async () => {
  const bad = await filter("{}", { q: "a:(1" });
  assert.deepEqual([bad.status, bad.json.error.code], [400, "invalid_query"]);
  assert.equal(bad.json.error.diagnostics[0].code, "unclosed-bracket");
  const long = await filter("{}", { q: "x".repeat(9000) });
  assert.deepEqual([long.status, long.json.error.diagnostics[0].code], [400, "too-long"]);
  for (const parameters of [{ schema: "nope" }, { dialect: "nope" }, { report: "nope" }, { now: "nope" }]) {
    assert.equal((await filter("{}", parameters)).json.error.code, "invalid_parameter");
  }
  assert.equal((await filter("{}", {}, { headers: {} })).status, 401);
  assert.equal((await filter("{}", {}, { headers: bearer(scopeless().key) })).status, 403);
  const name = unique();
  await filter(`{"event_id":"${name}"}`, { q: `event_id:${name}`, schema: "event" });
  assert.ok(!(await ask("/v1/trails")).text.includes(name));
});
