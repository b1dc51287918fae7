// Auth0's Management API: token, search, checkpoint, errors word for word.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import test, { before } from "node:test";

import { append, ask, bearer, others, query, scopeless, unique, url, us } from "./server.mjs";

// Entries of this run, told from others' by the application's name. The second came late: its own time is the oldest.
const app = unique("app");
const day = (n) => `2026-06-${String(n).padStart(2, "0")}T12:00:00.000Z`;
const logId = (n) => `900202606${String(10 + n)}120000000${app.slice(-8).replace(/\D/g, "7")}${String(n).padStart(28, "0")}`;
const ours = [3, 1, 2, 4, 5].map((n) => ({
  date: day(n),
  type: n % 2 ? "s" : "f",
  description: n === 2 ? null : `entry ${n}`,
  client_name: app,
  user_id: n === 4 ? "auth0|60f1" : undefined,
  user_name: n === 5 ? "änne@example.com" : undefined,
  details: { request: { ip: `10.0.0.${n}` } },
  log_id: logId(n),
  _id: logId(n),
}));

before(() => append("auth0", ours));

const logs = (parameters, options) => ask(`/api/v2/logs?${query(parameters)}`, options);
const mine = (q) => (q ? `client_name:${app} AND (${q})` : `client_name:${app}`);
const search = async (q, parameters = {}) => {
  const answer = await logs({ q: mine(q), ...parameters });
  assert.equal(answer.status, 200, answer.text);
  return answer;
};
const numbers = (list) => list.map((entry) => Number(entry.log_id.slice(-3)));

test("a search without more is an array, the greatest id first, with the vendor's headers", async () => {
  const answer = await search();
  assert.deepEqual(numbers(answer.json), [5, 4, 3, 2, 1]);
  assert.deepEqual(answer.json[4], JSON.parse(JSON.stringify(ours[1])));
  assert.equal(answer.headers.get("content-type"), "application/json; charset=utf-8");
  assert.equal(answer.headers.get("cache-control"), "no-cache");
  for (const name of ["limit", "remaining", "reset"]) assert.match(answer.headers.get(`x-ratelimit-${name}`), /^\d+$/);
  assert.equal(answer.headers.get("link"), null);
});

test("totals, pages, sort", async () => {
  const { json } = await search("", { include_totals: true, per_page: 2, page: 1, sort: "date:1" });
  assert.deepEqual([json.start, json.limit, json.length, json.total], [2, 2, 2, 5]);
  assert.deepEqual(numbers(json.logs), [3, 4]);
  assert.deepEqual(numbers((await search("", { sort: "date:-1", per_page: 2 })).json), [5, 4]);
  assert.deepEqual(numbers((await search("", { sort: "type:-1" })).json), [5, 1, 3, 4, 2]);
  assert.deepEqual(numbers((await search("", { sort: "details.request.ip:1", per_page: 1 })).json), [1]);
  assert.deepEqual((await search("", { page: 3 })).json, []);
  assert.deepEqual((await search("", { per_page: 0 })).json, []);
});

test("fields in and out; _id comes all the same", async () => {
  const only = (await search("", { fields: "date,nothing", per_page: 1 })).json;
  assert.deepEqual(only, [{ date: day(5), _id: logId(5) }]);
  const without = (await search("", { fields: "details,_id", include_fields: "false", per_page: 1 })).json;
  assert.deepEqual(Object.keys(without[0]), ["date", "type", "description", "client_name", "user_name", "log_id"]);
});

test("queries as real clients send them", async () => {
  for (const [q, wanted] of [
    ["type: s", [5, 3, 1]],
    ["NOT type:s", [4, 2]],
    ["type:s OR type:f", [5, 4, 3, 2, 1]],
    [`date:[${day(2)} TO ${day(4)}]`, [4, 3, 2]],
    [`date:{${day(2)} TO *]`, [5, 4, 3]],
    ["date:[2026-06-01 12:00:00.000 TO 2026-06-03 11:59:59.999]", [2, 1]],
    [`log_id:[${logId(4)} TO *]`, [5, 4]],
    ["user_id:auth0|60f1", [4]],
    ['user_id:"auth0|60f1"', [4]],
    ["user_name:änne*", [5]],
    ["details.request.ip:10.0.0.2", [2]],
    ["_missing_:description", [2]],
  ]) {
    assert.deepEqual(numbers((await search(q)).json), wanted, q);
  }
  for (const parameters of [{ q: "" }, { q: "", take: 1, search_engine: "v3" }]) {
    assert.ok((await logs(parameters)).json.length >= 5);
  }
});

test("one entry by its id", async () => {
  const found = await ask(`/api/v2/logs/${logId(4)}`);
  assert.deepEqual(found.json, JSON.parse(JSON.stringify(ours[3])));
  const missing = await ask("/api/v2/logs/900nobody");
  assert.deepEqual(missing.json, { statusCode: 404, error: "Not Found", message: "Log not found." });
});

test("the entries of one user", async () => {
  const odd = unique('auth0|"a\\b/c d');
  await append("auth0", [{ date: day(1), type: "s", user_id: odd, client_name: "another" }]);
  const of = (id, parameters = {}) => ask(`/api/v2/users/${encodeURIComponent(id)}/logs?${query(parameters)}`);
  assert.deepEqual((await of(odd)).json.map((entry) => entry.user_id), [odd]);
  assert.equal((await of(odd, { include_totals: true, q: "type:f" })).json.total, 1);
  assert.deepEqual((await of(odd, { page: 1 })).json, []);
  assert.deepEqual((await of(`${odd}*`)).json, []);
  assert.equal((await of(odd, { per_page: 101 })).json.errorCode, "invalid_query_string");
});

test("by checkpoint: in the order of receipt, to the end, and on from there", async () => {
  let link = `${url}/api/v2/logs?from=${logId(3)}&take=2&q=((ignored&include_totals=true&sort=date:1`;
  const seen = [];
  for (;;) {
    const response = await fetch(link, { headers: bearer() });
    assert.equal(response.status, 200);
    const page = await response.json();
    assert.ok(page.length <= 2);
    const next = /^<([^>]+)>; rel="next"$/.exec(response.headers.get("link"));
    assert.ok(next[1].startsWith(`${url}/api/v2/logs?from=`));
    if (page.length === 0) {
      assert.equal(next[1], link);
      break;
    }
    seen.push(...page.filter((entry) => entry.client_name === app));
    link = next[1];
  }
  // The first is the checkpoint itself, which is left out.
  assert.deepEqual(numbers(seen), [1, 2, 4, 5]);
  const late = { date: day(1), type: "s", client_name: app };
  await append("auth0", [late]);
  const [got] = await (await fetch(link, { headers: bearer() })).json();
  assert.match(got.log_id, /^900\d{53}$/);
  assert.equal(got._id, got.log_id);
  assert.equal((await ask(`/api/v2/logs/${got.log_id}`)).json.date, late.date);
});

test("an invented id starts at a time of receipt", async () => {
  const invented = (date) => `900${date.toISOString().replace(/\D/g, "").slice(0, 14)}${"0".repeat(39)}`;
  const hour = 3_600_000;
  const before = await logs({ from: invented(new Date(Date.now() - hour)), take: 1 });
  assert.equal(before.json.length, 1);
  const after = await logs({ from: invented(new Date(Date.now() + hour)), take: 1 });
  assert.deepEqual(after.json, []);
  const first = await logs({ from: "", take: 1 });
  assert.equal(first.json.length, 1);
  // 14 digits are enough, and there may be any number of them.
  for (const length of [17, 18, 20, 56, 80]) {
    const from = (date) => invented(date).padEnd(80, "0").slice(0, length);
    assert.equal((await logs({ from: from(new Date(Date.now() - hour)), take: 1 })).json.length, 1, `${length}`);
    assert.deepEqual((await logs({ from: from(new Date(Date.now() + hour)), take: 1 })).json, [], `${length}`);
  }
  // Also where nothing was ever logged.
  const nowhere = (from) => ask(`/api/v2/logs?${query({ from })}`, { headers: bearer(others.key) });
  assert.deepEqual((await nowhere("90020260701093000")).json, []);
  for (const from of ["nobody", "9002026070109300", "90020261301093000", "90020260701093000x"]) {
    for (const nonsense of [await logs({ from, take: 1 }), await nowhere(from)]) {
      assert.equal(nonsense.status, 400, from);
      assert.equal(nonsense.json.errorCode, "invalid_query_string");
      assert.match(nonsense.json.message, /900 and 14 or more digits.* on property from /);
    }
  }
});

test("errors are the vendor's", async () => {
  const refused = async (parameters) => {
    const { status, json } = await logs(parameters);
    assert.equal(json.statusCode, status);
    return [status, json.error, json.errorCode, json.message];
  };
  const [status, error, , message] = await refused({ page: 10, per_page: 100 });
  assert.deepEqual([status, error], [400, "Bad Request"]);
  assert.equal((await refused({ page: "18446744073709551615", per_page: 0 }))[0], 400);
  assert.match(message, /^Requesting page 11 exceeds the allowed maximum of 1000 records: please consider searching by checkpoint /);
  for (const [parameters, start] of [
    [{ per_page: 101 }, "Query validation error: 'Value 101 is greater than maximum 100' on property per_page ("],
    [{ page: -1 }, "Query validation error: 'Value -1 is less than minimum 0' on property page ("],
    [{ page: "x" }, "Query validation error: 'Expected type integer but found type string' on property page ("],
    [{ include_totals: "x" }, "Query validation error: 'Expected type boolean but found type string' on property include_totals ("],
    [{ from: "9", take: 0 }, "Query validation error: 'Value 0 is less than minimum 1' on property take ("],
    [{ sort: "date" }, "Query validation error: 'String does not match pattern "],
    [{ search: "x" }, "Query validation error: "],
  ]) {
    const [status, error, code, message] = await refused(parameters);
    assert.deepEqual([status, error, code], [400, "Bad Request", "invalid_query_string"], JSON.stringify(parameters));
    assert.ok(message.startsWith(start) && message.endsWith(")."), message);
  }
  const [, , , unknown] = await refused({ q: "user_email:x" });
  assert.match(unknown, /^The search query string has an error: unknown field "user_email"/);
  assert.match(unknown, /user_name/);
  const [, , code, unclosed] = await refused({ q: "type:(s OR f" });
  assert.equal(code, "invalid_query_string");
  assert.match(unclosed, /^The search query string has an error: .*\(at character 6\)$/);
});

test("credentials", async () => {
  const answer = async (headers) => {
    const { status, json } = await ask("/api/v2/logs", { headers });
    return [status, json];
  };
  assert.deepEqual(await answer({}), [401, { statusCode: 401, error: "Unauthorized", message: "Missing authentication" }]);
  const invalid = { statusCode: 401, error: "Unauthorized", message: "Invalid token" };
  for (const key of ["nope", "eyJhbGciOiJub25lIn0.e30.", us.key.slice(1)]) {
    assert.deepEqual(await answer(bearer(key)), [401, invalid]);
  }
  assert.deepEqual(await answer(bearer(scopeless().key)), [
    403,
    {
      statusCode: 403,
      error: "Forbidden",
      message: "Insufficient scope, expected any of: read:logs,read:logs_users",
      errorCode: "insufficient_scope",
    },
  ]);
  for (const [path, method] of [["/api/v2/nope", "GET"], ["/api/v2/logs", "POST"], ["/api/", "GET"]]) {
    const { status, json } = await ask(path, { method });
    assert.deepEqual([status, json.statusCode], [404, 404], path);
  }
});

test("a query that is too long is 414", async () => {
  const { status, json } = await logs({ q: `type:${"s".repeat(9000)}` });
  assert.deepEqual([status, json.statusCode], [414, 414]);
  assert.match(json.message, /^Request-URI Too Large/);
});

test("a query string that is no text is refused", async () => {
  const { status, json } = await ask("/api/v2/logs?q=%ff");
  assert.deepEqual([status, json.errorCode], [400, "invalid_query_string"]);
});

const shared = process.env.TRAILSIFT_SHARED && `${process.env.TRAILSIFT_SHARED}/data/auth0-real-entries.ndjson`;
const absent = !(shared && existsSync(shared)) && "the recorded real entries are not beside the checkout (TRAILSIFT_SHARED)";

test("recorded real entries go in and come out", { skip: absent }, async () => {
  const lines = readFileSync(shared, "utf8").trim().split("\n");
  const real = lines.map((line) => JSON.parse(line));
  const trail = unique();
  assert.equal((await append(trail, lines, { parameters: "?schema=auth0" })).accepted, real.length);
  const first = real.find((entry) => entry.user_id);
  const in2021 = (entry) => entry.date.startsWith("2021-09") || entry.date.startsWith("2021-10");
  for (const [q, means] of [
    ["type:sapi", (entry) => entry.type === "sapi"],
    ["NOT type:sapi", (entry) => entry.type !== "sapi"],
    [`user_id:"${first.user_id}"`, (entry) => entry.user_id === first.user_id],
    ["date:[2021-09 TO 2021-10]", in2021],
  ]) {
    const answer = await ask(`/v1/trails/${trail}/entries?${query({ q, limit: 100 })}`);
    const wanted = real.filter(means);
    assert.ok(wanted.length > 0, q);
    assert.deepEqual(answer.json.entries, wanted, q);
  }
});
