// Into a trail: all or nothing, exactly once, byte for byte.

import assert from "node:assert/strict";
import test from "node:test";

import { append, ask, bearer, entries, others, query, scopeless, storeId, unique, us } from "./server.mjs";

const post = (trail, body, { headers = {}, parameters = "" } = {}) =>
  ask(`/v1/trails/${trail}/entries${parameters}`, { method: "POST", headers: { ...bearer(), ...headers }, body });

test("a batch gets numbers without gaps, and the same ones when it is sent again", async () => {
  const trail = unique();
  const first = ["a", "b", "c"].map((id) => ({ event_id: id, type: "login.succeeded" }));
  assert.deepEqual(await append(trail, first), { accepted: 3, duplicates: 0, first_seq: 1, last_seq: 3 });
  assert.deepEqual(await append(trail, first), { accepted: 0, duplicates: 3, first_seq: 1, last_seq: 3 });
  const overlapping = [first[2], { event_id: "d" }];
  assert.deepEqual(await append(trail, overlapping), { accepted: 1, duplicates: 1, first_seq: 3, last_seq: 4 });
  assert.deepEqual((await entries(trail)).map((entry) => entry.event_id), ["a", "b", "c", "d"]);
});

test("an id of the sender's and an id to be served under are different things", async () => {
  const trail = unique();
  await append(trail, [{ event_id: "x", type: "first" }]);
  assert.equal((await append(trail, [{ id: "x", type: "second" }])).accepted, 1);
  assert.deepEqual((await entries(trail)).map(({ type }) => type), ["first", "second"]);
  assert.equal((await ask(`/v1/trails/${trail}/entries/x`)).json.type, "second");
});

test("no two entries are served under one id", async () => {
  const trail = unique();
  const first = { event_id: "a", id: "x", type: "first" };
  assert.equal((await append(trail, [first])).accepted, 1);
  assert.equal((await append(trail, [first])).duplicates, 1);
  for (const [batch, line] of [
    [[first, { event_id: "b", id: "x" }], 2],
    [[{ event_id: "c", id: "y" }, { event_id: "d" }, { event_id: "e", id: "y" }], 3],
  ]) {
    const refused = await post(trail, batch.map((entry) => JSON.stringify(entry)).join("\n"));
    assert.deepEqual([refused.status, refused.json.error.code], [400, "invalid_batch"]);
    assert.deepEqual(refused.json.error.lines, [{ line, reason: `the id \`${batch.at(-1).id}\` belongs to another entry` }]);
  }
  assert.deepEqual(await entries(trail).then((all) => all.map(({ type }) => type)), ["first"]);
});

test("equal entries without ids stay apart, and a repeated body is known", async () => {
  const trail = unique();
  const batch = ['{"type":"x"}', '{"type":"x"}'];
  assert.equal((await append(trail, batch)).accepted, 2);
  assert.equal((await append(trail, batch)).duplicates, 2);
  const stored = await entries(trail);
  assert.equal(stored.length, 2);
  assert.notEqual(stored[0].id, stored[1].id);
  assert.match(stored[0].id, /^[0-9A-HJKMNP-TV-Z]{26}$/);
  assert.ok(stored[0].id < stored[1].id);
});

test("an idempotency key stands for one body", async () => {
  const trail = unique();
  const headers = { "idempotency-key": unique() };
  assert.equal((await append(trail, ['{"type":"x"}'], { headers })).accepted, 1);
  assert.equal((await append(trail, ['{"type":"x"}'], { headers })).duplicates, 1);
  const other = await post(trail, '{"type":"y"}', { headers });
  assert.equal(other.status, 409);
  assert.equal(other.json.error.code, "idempotency_key_reused");
  assert.equal((await append(trail, ['{"type":"x"}'], { headers: { "idempotency-key": unique() } })).accepted, 1);
  assert.equal((await entries(trail)).length, 2);
});

test("two requests at once do not give one number twice", async () => {
  const trail = unique();
  const batches = Array.from({ length: 12 }, (_, batch) =>
    Array.from({ length: 20 }, (_, entry) => ({ event_id: `${batch}-${entry}` })),
  );
  const receipts = await Promise.all([...batches, ...batches].map((batch) => append(trail, batch)));
  assert.equal(receipts.reduce((sum, receipt) => sum + receipt.accepted, 0), 240);
  const stored = await entries(trail);
  assert.equal(new Set(stored.map((entry) => entry.event_id)).size, 240);
  assert.equal(stored.length, 240);
});

test("entries keep their bytes; what they lack is added at the end", async () => {
  const trail = unique();
  const text = '{"event_id" : "x","n":1.0e3, "u":"\\u00e9 ü \\/","occurred_at":"2026-07-01T09:30:00+02:00","id":"i","received_at":"r"}';
  await append(trail, [text]);
  const { text: listed } = await ask(`/v1/trails/${trail}/entries`);
  assert.ok(listed.includes(text), listed);
  assert.equal((await ask(`/v1/trails/${trail}/entries/i`)).text, text);

  await append(trail, ['{"event_id":"bare"}']);
  const [bare] = await entries(trail, { q: "event_id:bare" });
  assert.deepEqual(Object.keys(bare), ["event_id", "id", "occurred_at", "received_at"]);
  assert.ok(Math.abs(Date.parse(bare.occurred_at) - Date.now()) < 60_000);
  assert.deepEqual((await ask(`/v1/trails/${trail}/entries/${bare.id}`)).json, bare);
  assert.equal((await ask(`/v1/trails/${trail}/entries/nobody`)).json.error.code, "entry_not_found");
});

// What an entry is, filter and append say alike.
const filter = (body) => ask("/v1/filter?q=NOT%20_exists_:nothing", { method: "POST", headers: bearer(), body });

test("entries come in every form that a file may have", async () => {
  const wanted = [{ event_id: "a", n: { m: 1 } }, { event_id: "b" }];
  for (const body of [
    '{"event_id":"a","n":{"m":1}}\n{"event_id":"b"}',
    '\u{feff}{"event_id":"a","n":{"m":1}}\r\n\r\n{"event_id":"b"}\r\n',
    JSON.stringify(wanted),
    JSON.stringify(wanted, null, 2),
    wanted.map((entry) => JSON.stringify(entry, null, 2)).join("\n"),
    JSON.stringify({ logs: wanted, continuation_token: "" }),
    JSON.stringify({ logs: wanted }, null, 2),
  ]) {
    const trail = unique();
    assert.equal((await post(trail, body)).json.accepted, 2, body);
    assert.deepEqual((await entries(trail)).map((entry) => entry.event_id), ["a", "b"]);
    assert.deepEqual((await filter(body)).text.trim().split("\n").map(JSON.parse), wanted);
  }
});

const nested = (depth, id) =>
  `{"event_id":"${id}","type":"login.x","metadata":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`;

test("whatever is stored a query can read", async () => {
  const trail = unique();
  for (const entry of [nested(128, "deep"), '{"event_id":"half","type":"login.x","\\ud800":"\\udc00"}']) {
    assert.equal((await post(trail, entry)).json.accepted, 1);
    assert.equal((await filter(entry)).text, `${entry}\n`);
  }
  const found = async (q) => (await entries(trail, { q })).map((entry) => entry.event_id);
  assert.deepEqual(await found("type:login.x"), ["deep", "half"]);
  assert.deepEqual(await found("NOT type:login.x"), []);

  for (const body of [nested(129, "x"), `[${nested(129, "x")}]`, nested(5000, "x")]) {
    const refused = await post(trail, `{"event_id":"before"}\n${body}`);
    assert.deepEqual([refused.status, refused.json.error.lines[0].line], [400, 2], refused.text);
    assert.match(refused.json.error.lines[0].reason, /^not JSON: it nests deeper than 128 levels/);
    const filtered = await filter(`{"event_id":"before"}\n${body}`);
    assert.deepEqual([filtered.status, filtered.json.error.lines[0].line], [400, 2]);
  }
  const half = await post(trail, '{"event_id":"\\ud800"}');
  assert.match(half.json.error.message, /^line 1: `event_id` holds half of a surrogate pair/);
  assert.deepEqual(await found(""), ["deep", "half"]);
});

test("a bad line refuses the batch, names every bad line, and nothing is stored", async () => {
  const trail = unique();
  await append(trail, [{ event_id: "before" }]);
  const bad = await post(trail, '{"event_id":"a"}\n{"event_id":}\n\n[1]\n{"occurred_at":"yesterday"}\n{"event_id":7}\n{"event_id":"b"}');
  assert.equal(bad.status, 400);
  const { code, lines, count, message } = bad.json.error;
  assert.equal(code, "invalid_batch");
  assert.equal(count, 4);
  assert.deepEqual(lines.map(({ line }) => line), [2, 4, 5, 6]);
  assert.match(lines[0].reason, /^not JSON: /);
  assert.match(lines[1].reason, /JSON object/);
  assert.match(lines[2].reason, /`occurred_at` is `yesterday`/);
  assert.match(lines[3].reason, /`event_id` is not text/);
  assert.match(message, /^line 2: .* \(and 3 more bad lines\)$/);
  assert.deepEqual((await entries(trail)).map((entry) => entry.event_id), ["before"]);
});

test("a refused first batch makes no trail", async () => {
  const trail = unique();
  assert.equal((await post(trail, "nope")).status, 400);
  assert.equal((await ask(`/v1/trails/${trail}/entries`)).json.error.code, "trail_not_found");
  const { trails } = (await ask("/v1/trails")).json;
  assert.ok(!trails.some(({ name }) => name === trail));
});

test("bodies without entries, cut arrays and broken text are told apart", async () => {
  const trail = unique();
  for (const [body, message] of [
    ["", /holds no entries/],
    ["[]", /holds no entries/],
    ['{"logs":[]}', /holds no entries/],
    [" \n\n", /holds no entries/],
    ['[{"event_id":"a"},\n{"event', /^line 2: not JSON: it ends in the middle/],
    [Buffer.from('{"event_id":"a"}\n{"x":"\xff"}', "latin1"), /^line 2: not UTF-8/],
  ]) {
    const answer = await post(trail, body);
    assert.equal(answer.status, 400);
    assert.match(answer.json.error.message, message);
  }
});

test("a compressed body is not taken for broken text", async () => {
  const answer = await post(unique(), '{"event_id":"a"}', { headers: { "content-encoding": "gzip" } });
  assert.deepEqual([answer.status, answer.json.error.parameter], [400, "Content-Encoding"]);
});

test("limits are 413", async () => {
  const trail = unique();
  const large = JSON.stringify({ event_id: "a", metadata: { text: "x".repeat(1 << 20) } });
  for (const [body, message] of [
    [large, /line 1: \d+ bytes, and an entry may have 1048576/],
    ["{}\n".repeat(10_001), /more than 10000 entries/],
    [" ".repeat((8 << 20) + 1), /longer than 8388608 bytes/],
  ]) {
    const answer = await post(trail, body);
    assert.equal(answer.status, 413, answer.text);
    assert.equal(answer.json.error.code, "batch_too_large");
    assert.match(answer.json.error.message, message);
  }
  const most = Array.from({ length: 10_000 }, (_, index) => ({ event_id: `${index}` }));
  assert.equal((await append(trail, most)).last_seq, 10_000);
  assert.equal((await entries(trail, { limit: 1000 })).length, 10_000);
});

test("a batch of 8 MB is cut into chunks and comes back whole", async () => {
  const trail = unique();
  const batch = Array.from({ length: 80 }, (_, index) => ({ event_id: `${index}`, metadata: { text: "x".repeat(95_000) } }));
  assert.equal((await append(trail, batch)).accepted, 80);
  assert.equal((await append(trail, batch)).duplicates, 80);
  assert.deepEqual(
    (await entries(trail)).map((entry) => entry.event_id),
    batch.map((entry) => entry.event_id),
  );
});

test("a trail's schema follows from its name, or from the first append", async () => {
  const trail = unique();
  await append(trail, [{ log_id: "a", date: "2026-07-01T09:30:00Z", type: "s" }], { parameters: "?schema=auth0" });
  // Later appends need not say it again, and are checked against it.
  assert.match((await post(trail, '{"date":"x"}')).json.error.message, /`date` is `x`/);
  assert.equal((await append(trail, [{ log_id: "b" }])).accepted, 1);
  const other = await post(trail, '{"event_id":"c"}', { parameters: "?schema=event" });
  assert.equal(other.status, 409);
  assert.deepEqual([other.json.error.code, other.json.error.schema], ["other_schema", "auth0"]);
  const unknown = await post(trail, "{}", { parameters: "?schema=nope" });
  assert.deepEqual([unknown.status, unknown.json.error.parameter], [400, "schema"]);
  const { trails } = (await ask("/v1/trails")).json;
  assert.equal(trails.find(({ name }) => name === trail).schema, "auth0");
});

test("a trail that a vendor's surface reads has that vendor's schema", async () => {
  for (const [trail, schema, other] of [
    ["auth0", "auth0", "event"],
    ["access", "cerbos-access", "event"],
    ["decision", "cerbos-decision", "cerbos-access"],
    [storeId(), "fga", "any"],
  ]) {
    const refused = await post(trail, '{"type":"x"}', { parameters: `?schema=${other}` });
    assert.deepEqual([refused.status, refused.json.error.parameter], [400, "schema"], trail);
    assert.match(refused.json.error.message, new RegExp(`is read as \`${schema}\``));
  }
  const store = storeId();
  assert.equal((await append(store, [{ id: "a" }], { parameters: "?schema=fga" })).accepted, 1);
  assert.equal((await ask(`/stores/${store}/logs`)).json.logs.length, 1);
});

test("who may append, and where", async () => {
  const trail = unique();
  const body = '{"event_id":"a"}';
  const path = `/v1/trails/${trail}/entries`;
  const anonymous = await ask(path, { method: "POST", headers: {}, body });
  assert.deepEqual([anonymous.status, anonymous.json.error.code], [401, "unauthorized"]);
  assert.equal(anonymous.headers.get("www-authenticate"), "Bearer");
  const wrong = await ask(path, { method: "POST", headers: bearer("nope"), body });
  assert.deepEqual([wrong.status, wrong.json.error.code], [401, "unauthorized"]);
  const bare = await ask(path, { method: "POST", headers: bearer(scopeless().key), body });
  assert.deepEqual([bare.status, bare.json.error.code], [403, "insufficient_scope"]);
  assert.deepEqual([(await post("a%2Fb", body)).status, (await post("x".repeat(65), body)).status], [400, 400]);
  assert.match((await post("access-log", body)).json.error.message, /written by the server alone/);

  // Another tenant's trail of the same name is another trail.
  await append(trail, [{ event_id: "ours" }]);
  const theirs = await ask(path, { headers: bearer(others.key) });
  assert.equal(theirs.json.error.code, "trail_not_found");
  await append(trail, [{ event_id: "theirs" }], { key: others.key });
  assert.deepEqual((await entries(trail)).map((entry) => entry.event_id), ["ours"]);
});

test("pages, cursors and checkpoints", async () => {
  const trail = unique();
  await append(trail, Array.from({ length: 25 }, (_, n) => ({ event_id: `${n}`, type: n % 2 ? "odd" : "even" })));
  const page = (parameters) => ask(`/v1/trails/${trail}/entries?${query(parameters)}`);
  const ids = (answer) => answer.json.entries.map((entry) => entry.event_id);

  const first = await page({ limit: 10 });
  assert.deepEqual(ids(first), Array.from({ length: 10 }, (_, n) => `${n}`));
  const last = await page({ limit: 100, cursor: first.json.cursor });
  assert.equal(ids(last).length, 15);
  assert.equal(last.json.cursor, null);
  // A poller goes on from the checkpoint once there is more.
  assert.deepEqual(ids(await page({ limit: 100, cursor: last.json.checkpoint })), []);
  await append(trail, [{ event_id: "new" }]);
  assert.deepEqual(ids(await page({ limit: 100, cursor: last.json.checkpoint })), ["new"]);

  for (const limit of [1, 3, 13]) {
    const odd = await entries(trail, { q: "type:odd", order: "desc", limit });
    assert.deepEqual(odd.map((entry) => entry.event_id), Array.from({ length: 12 }, (_, n) => `${23 - 2 * n}`));
  }
  // Of all that match, wherever the page is.
  const { entries: one, total } = (await page({ q: "type:odd", limit: 1, totals: true })).json;
  assert.deepEqual([one.length, total], [1, { value: 12, relation: "eq" }]);
  assert.equal((await page({ totals: "yes" })).json.error.parameter, "totals");
  // Full, and nothing left that matches: there is no next page.
  assert.equal((await page({ q: "type:odd", limit: 12 })).json.cursor, null);

  const { cursor } = first.json;
  const refused = async (parameters) => {
    const answer = await page(parameters);
    assert.equal(answer.status, 400, JSON.stringify(parameters));
    return answer.json.error.code;
  };
  assert.equal(await refused({ cursor, q: "type:odd" }), "invalid_cursor");
  assert.equal(await refused({ cursor, order: "desc" }), "invalid_cursor");
  assert.equal(await refused({ cursor: `${cursor.slice(0, -1)}${cursor.endsWith("A") ? "B" : "A"}` }), "invalid_cursor");
  assert.equal(await refused({ cursor: "x" }), "invalid_cursor");
  const elsewhere = unique();
  await append(elsewhere, [{ event_id: "a" }]);
  const foreign = await ask(`/v1/trails/${elsewhere}/entries?${query({ cursor })}`);
  assert.equal(foreign.json.error.code, "invalid_cursor");
  for (const parameters of [{ limit: 0 }, { limit: 1001 }, { limit: "x" }, { order: "up" }, { dialect: "sql" }, { strict: "yes" }]) {
    assert.equal(await refused(parameters), "invalid_parameter");
  }
});

test("a bad query is told with its places, a doubtful one with a warning", async () => {
  const trail = unique();
  await append(trail, [{ event_id: "a", type: "é" }]);
  const list = (q) => ask(`/v1/trails/${trail}/entries?${query({ q })}`);
  const bad = await list("type:é AND (nobody:1");
  assert.equal(bad.status, 400);
  const { code, diagnostics, message, parameter } = bad.json.error;
  assert.deepEqual([code, parameter], ["invalid_query", "q"]);
  assert.deepEqual(diagnostics.map((diagnostic) => diagnostic.code).sort(), ["unclosed-bracket", "unknown-field"]);
  const unclosed = diagnostics.find((diagnostic) => diagnostic.code === "unclosed-bracket");
  // Bytes of UTF-8, and characters.
  assert.equal(unclosed.labels[0].span.start, 12);
  assert.equal(unclosed.characters.start, 11);
  assert.match(unclosed.rendered, /\^/);
  assert.match(message, /\(at character 12\)$/);
  const doubtful = await list("type:é and");
  assert.equal(doubtful.status, 200);
  assert.equal(doubtful.json.warnings[0].code, "lower-case-operator");
});

test("unknown paths and methods", async () => {
  const nowhere = await ask("/v1/nope");
  assert.deepEqual([nowhere.status, nowhere.json.error.code], [404, "not_found"]);
  const method = await ask("/v1/filter");
  assert.deepEqual([method.status, method.json.error.code, method.headers.get("allow")], [405, "method_not_allowed", "POST"]);
  const health = await ask("/v1/health", { headers: {} });
  assert.deepEqual(health.json, { status: "ok" });
  assert.ok(us.key);
});
