// Auth0 FGA's Logging API: the documentation's own lines, pages and tokens, errors.

import assert from "node:assert/strict";
import { request } from "node:http";
import test, { before } from "node:test";

import { append, ask, bearer, others, query, scopeless, storeId, url } from "./server.mjs";

const store = storeId();
const at = (second) => new Date(Date.UTC(2026, 6, 1, 9, 0, second)).toISOString();
const tuple = (user, object) => ({ user: `user:${user}`, relation: "reader", object: `document:${object}` });
const log = [
  { operation: "Write", writes: { tuple_keys: [tuple("Bob", "other"), tuple("Anne", "annual_report")] } },
  { operation: "Check", tuple_key: tuple("Anne", "annual_report") },
  { operation: "Write", deletes: { tuple_keys: [tuple("Anne", "annual_report")] } },
  { operation: "Write", tuple_key: tuple("Anne", "other") },
  { operation: "Check", tuple_key: tuple("Bob", "annual_report") },
  { operation: "Check", tuple_key: tuple("Anne", "a=b&c'd") },
].map((request, index) => ({
  id: `entry-${index}`,
  timestamp: at(index),
  store_id: store,
  status_code: 200,
  request,
  response: request.operation === "Check" ? { allowed: index === 1 } : {},
}));

before(() => append(store, log));

/** A request whose target goes out as it is written: fetch would encode quotes. */
function raw(target, headers = bearer()) {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    request({ hostname, port, path: target, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part) => (text += part));
      response.on("end", () => resolve({ status: response.statusCode, json: JSON.parse(text) }));
    })
      .on("error", reject)
      .end();
  });
}

const logs = (parameters, options) => ask(`/stores/${store}/logs?${query(parameters)}`, options);
const indexes = ({ json }) => json.logs.map(({ id }) => Number(id.slice(6)));

test("the documentation's two lines, the & raw and the quotes single", async () => {
  const granted = `/stores/${store}/logs?query=request.operation:Write&request.tuple_key.object:'document:annual_report'`;
  assert.deepEqual(indexes(await raw(granted)), [0, 2]);
  const accessed = `/stores/${store}/logs?query=request.operation:Check&request.tuple_key.user:'user:Anne'`;
  assert.deepEqual(indexes(await raw(accessed)), [1, 5]);
});

test("other ways to write conditions", async () => {
  for (const [target, wanted] of [
    ["query=operation:Check%26user:%27user:Anne%27", [1, 5]],
    ["query=operation:Check AND user:user:Anne".replaceAll(" ", "%20"), [1, 5]],
    ["operation:Check&-allowed:true", [4, 5]],
    ["query=operation:Write%20OR%20allowed:true&user:'user:Anne'", [0, 1, 2, 3]],
    ["query=operation:Check&object:'document:a=b%26c\\'d'", [5]],
    ["query=", [0, 1, 2, 3, 4, 5]],
    ["", [0, 1, 2, 3, 4, 5]],
    [`start_time=${at(1)}&end_time=${at(3)}`, [1, 2, 3]],
    [`sort=timestamp:-1&page_size=2`, [5, 4]],
  ]) {
    assert.deepEqual(indexes(await raw(`/stores/${store}/logs?${target}`)), wanted, target);
  }
});

test("entries come as they went in", async () => {
  assert.deepEqual((await logs({})).json.logs, log);
});

test("pages to the end; then the same token again, until there is more", async () => {
  const another = storeId();
  await append(another, log);
  const page = (parameters) => ask(`/stores/${another}/logs?${query({ page_size: 4, ...parameters })}`);
  const first = await page({});
  const second = await page({ continuation_token: first.json.continuation_token, start_time: at(59) });
  assert.deepEqual([indexes(first), indexes(second)], [[0, 1, 2, 3], [4, 5]]);
  const token = second.json.continuation_token;
  const third = await page({ continuation_token: token });
  assert.deepEqual([third.json.logs, third.json.continuation_token], [[], token]);
  // A late entry: its time is before all others.
  await append(another, [{ ...log[0], id: "entry-6", timestamp: at(-100) }]);
  assert.deepEqual(indexes(await page({ continuation_token: token })), [6]);
});

test("an empty page of a filter gives the same token, also when other entries came", async () => {
  const another = storeId();
  await append(another, log);
  const page = (parameters) => ask(`/stores/${another}/logs?${query({ query: "operation:Write", ...parameters })}`);
  const { continuation_token } = (await page({})).json;
  await append(another, [{ ...log[1], id: "entry-7" }]);
  assert.deepEqual((await page({ continuation_token })).json, { logs: [], continuation_token });
  await append(another, [{ ...log[0], id: "entry-8" }]);
  assert.deepEqual(indexes(await page({ continuation_token })), [8]);
});

test("large entries make short pages, and none is lost", async () => {
  const another = storeId();
  const large = Array.from({ length: 36 }, (_, n) => ({ id: `entry-${n}`, user_agent: "x".repeat(500_000) }));
  for (let from = 0; from < large.length; from += 12) await append(another, large.slice(from, from + 12));
  const seen = [];
  let continuation_token = "";
  for (;;) {
    const answer = await ask(`/stores/${another}/logs?${query({ continuation_token })}`);
    if (answer.json.logs.length === 0) break;
    assert.ok(answer.text.length < 9 << 20);
    seen.push(...indexes(answer));
    ({ continuation_token } = answer.json);
  }
  assert.deepEqual(seen, large.map((_, n) => n));
});

test("backwards, page by page", async () => {
  const seen = [];
  let continuation_token;
  for (;;) {
    const answer = await logs({ sort: "timestamp:-1", page_size: 4, ...(continuation_token && { continuation_token }) });
    if (answer.json.logs.length === 0) break;
    seen.push(...indexes(answer));
    ({ continuation_token } = answer.json);
  }
  assert.deepEqual(seen, [5, 4, 3, 2, 1, 0]);
});

test("a token belongs to its store, its query and its direction", async () => {
  const { continuation_token } = (await logs({ page_size: 1, query: "operation:Write" })).json;
  const foreign = storeId();
  await append(foreign, log);
  for (const [path, parameters] of [
    [store, {}],
    [store, { query: "operation:Check" }],
    [store, { query: "operation:Write", sort: "timestamp:-1" }],
    [foreign, { query: "operation:Write" }],
  ]) {
    const { status, json } = await ask(`/stores/${path}/logs?${query({ ...parameters, continuation_token })}`);
    assert.deepEqual([status, json.code], [400, "invalid_continuation_token"], JSON.stringify(parameters));
  }
  for (const token of ["x", continuation_token.slice(1), `${continuation_token}A`, "é", "A".repeat(56)]) {
    const { status, json } = await logs({ query: "operation:Write", continuation_token: token });
    assert.deepEqual([status, json.code], [400, "invalid_continuation_token"], token);
  }
});

test("what is not understood is refused, never ignored", async () => {
  for (const [parameters, message] of [
    [{ query: "operation:(Write" }, /^query: .*\(at character 11\)$/],
    [{ query: "nobody:1" }, /nobody/],
    [{ quer: "operation:Write" }, /`quer` is neither a parameter nor a condition/],
    [{ "object:x)": "", query: "(operation:Write" }, /^query: in `object:x\)=`: .*\(at character 9\)$/],
    [{ page_size: 101 }, /^page_size: /],
    [{ start_time: "yesterday" }, /^start_time: /],
    [{ sort: "date:1" }, /^sort: /],
  ]) {
    const { status, json } = await logs(parameters);
    assert.deepEqual([status, json.code], [400, "validation_error"], JSON.stringify(parameters));
    assert.match(json.message, message);
  }
});

test("what is wrong with a raw condition is told with a place in that condition", async () => {
  for (const [second, message] of [
    ["request.tuple_key.object:'document:x", /^query: in `request\.tuple_key\.object:'document:x`: .*never closed.*\(at character 26\)$/],
    ["nofield:x", /^query: in `nofield:x`: unknown field `nofield`.*\(at character 1\)$/],
    ["operatoin:Write", /^query: in `operatoin:Write`: unknown field `operatoin`.*`operation`.*\(at character 1\)$/],
  ]) {
    const { status, json } = await raw(`/stores/${store}/logs?query=request.operation:Write&${second}`);
    assert.deepEqual([status, json.code], [400, "validation_error"]);
    assert.match(json.message, message);
  }
});

test("who may read which store", async () => {
  const code = async (path, headers) => {
    const { status, json } = await ask(path, { headers });
    return [status, json.code];
  };
  const path = `/stores/${store}/logs`;
  assert.deepEqual(await code(path, {}), [401, "bearer_token_missing"]);
  assert.deepEqual(await code(path, bearer("nope")), [401, "auth_failed_invalid_bearer_token"]);
  assert.deepEqual(await code(path, bearer(scopeless().key)), [403, "forbidden"]);
  // Another tenant's store is as unknown as one that nobody has.
  assert.deepEqual(await code(path, bearer(others.key)), [404, "store_id_not_found"]);
  assert.deepEqual(await code(`/stores/${storeId()}/logs`, bearer()), [404, "store_id_not_found"]);
  assert.deepEqual(await code("/stores/auth0/logs", bearer()), [400, "validation_error"]);
  assert.deepEqual(await code(`/stores/${store}/log`, bearer()), [404, "undefined_endpoint"]);
  assert.deepEqual(await code("/stores", bearer()), [404, "undefined_endpoint"]);
});
