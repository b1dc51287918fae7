// A trail longer than one request can read. The faulty build has limits of a few megabytes.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import test from "node:test";

import { append, ask, query, storeId, unique } from "../http/server.mjs";

/** Text that no compression makes shorter than half. */
const noise = (bytes) => randomBytes(bytes / 2).toString("hex");

/** Appends 20 MB of entries that nobody looks for, and then one that is looked for. */
async function fill(trail, filler, wanted) {
  for (let batch = 0; batch < 3; batch += 1) {
    await append(trail, Array.from({ length: 70 }, () => ({ ...filler, noise: noise(100_000) })));
  }
  await append(trail, [wanted]);
}

test("a rare filter leads on from page to page, empty ones too", async () => {
  const [trail, store] = [unique(), storeId()];
  // What no statistics tell of: a member that the schema does not have, and the middle of long values.
  const user = (name) => ({ request: { tuple_key: { user: `user:${noise(2000)}${name}` } } });
  await fill(trail, { metadata: { mark: "common" } }, { metadata: { mark: "rare" } });
  await fill(store, user("common"), user("rare"));
  const { json: counted } = await ask(`/v1/trails/${trail}/entries?${query({ q: "NOT metadata.mark:rare", totals: true })}`);
  assert.equal(counted.total.relation, "gte");
  assert.ok(counted.total.value > 0 && counted.total.value < 210);
  for (const [path, parameters, list, token] of [
    [`/v1/trails/${trail}/entries`, { q: "metadata.mark:rare" }, "entries", "cursor"],
    [`/v1/trails/${trail}/entries`, { q: "metadata.mark:nothing", order: "desc" }, "entries", "cursor"],
    [`/stores/${store}/logs`, { query: "user:*rare" }, "logs", "continuation_token"],
  ]) {
    const found = [];
    const seen = new Set();
    let asked = parameters;
    for (;;) {
      const { status, json, text } = await ask(`${path}?${query(asked)}`);
      assert.equal(status, 200, text);
      found.push(...json[list]);
      // An FGA token that does not move on says that there is nothing more yet.
      if (json[token] === null || seen.has(json[token])) break;
      seen.add(json[token]);
      asked = { ...parameters, [token]: json[token] };
    }
    assert.ok(seen.size > 1, `${path}: ${seen.size} pages`);
    assert.equal(found.length, parameters.order === "desc" ? 0 : 1, path);
  }
});

test("a search that cannot be cut short says what to narrow", async () => {
  const app = unique("app");
  const log = (date, type) => ({ date: `${date}T12:00:00.000Z`, type, client_name: app, details: { mark: type } });
  await fill("auth0", log("2026-05-01", "s"), log("2026-06-01", "f"));
  const logs = (parameters) => ask(`/api/v2/logs?${query(parameters)}`);
  for (const parameters of [{ q: `client_name:${app}` }, { q: "details.mark:nothing", sort: "date:-1" }]) {
    const { status, json } = await logs(parameters);
    assert.deepEqual([status, json.statusCode, json.error], [503, 503, "Service Unavailable"]);
    assert.match(json.message, /narrow it by `date`.*`from` and `take`/);
  }
  for (const parameters of [
    { q: `client_name:${app} AND date:2026-06-01`, include_totals: true },
    { q: `client_name:${app}`, sort: "date:-1", per_page: 1 },
  ]) {
    const { status, json, text } = await logs(parameters);
    assert.equal(status, 200, text);
    assert.deepEqual((json.logs ?? json).map(({ type }) => type), ["f"]);
  }
});
