// Chunks become segments in R2 and readers see no difference; what is past its time goes. The faulty build seals after
// a second, or after 256 kB.

import assert from "node:assert/strict";
import test from "node:test";

import { append, ask, bearer, entries, query, unique, url } from "../http/server.mjs";
import { described, sealed } from "./sealed.mjs";

const batch = (number) =>
  Array.from({ length: 100 }, (_, place) => ({
    event_id: `${number}-${place}`,
    type: `type${number}`,
    outcome: place % 2 ? "success" : "failure",
    occurred_at: new Date(Date.UTC(2026, 5, 1 + number, 0, place)).toISOString(),
    pad: "x".repeat(1000),
  }));

test("a sealed trail reads as it did before", async () => {
  const trail = unique();
  const batches = [0, 1, 2, 3, 4].map(batch);
  const receipts = [];
  for (const entries of batches) receipts.push(await append(trail, entries));
  const ids = (list) => list.map(({ event_id }) => event_id);
  const all = ids(batches.flat());
  const half = await ask(`/v1/trails/${trail}/entries?${query({ limit: 150 })}`);
  const { last_seq, first_seq } = await sealed(trail);
  assert.deepEqual([first_seq, last_seq], [1, 500]);

  assert.deepEqual(ids(await entries(trail, { limit: 1000 })), all);
  assert.deepEqual(ids(await entries(trail, { order: "desc", limit: 170 })), all.toReversed());
  // A cursor from before goes on where it was.
  const { entries: first, cursor } = half.json;
  const rest = await ask(`/v1/trails/${trail}/entries?${query({ limit: 1000, cursor })}`);
  assert.deepEqual(ids([...first, ...rest.json.entries]), all);
  for (const [q, count] of [["type:type3", 100], ["NOT type:type3", 400], ["outcome:failure AND type:(type0 OR type4)", 100], ["type:none", 0]]) {
    const found = await entries(trail, { q, limit: 1000 });
    assert.equal(found.length, count, q);
  }
  const [{ id }] = await entries(trail, { q: "type:type2", limit: 1 });
  assert.equal((await ask(`/v1/trails/${trail}/entries/${id}`)).json.event_id, "2-0");

  // Sent again it is known, and what is new comes after it.
  for (const [number, entries] of batches.entries()) {
    assert.deepEqual(await append(trail, entries), { ...receipts[number], accepted: 0, duplicates: 100 });
  }
  assert.equal((await append(trail, batch(5))).first_seq, 501);
  assert.equal((await entries(trail, { limit: 1000 })).length, 600);
});

test("an entry that looks like a page of entries stays one when it is sealed", async () => {
  const trail = unique();
  const inner = [{ type: "inner", timestamp: "2026-06-01T00:00:00Z" }];
  await append(trail, [JSON.stringify([{ logs: inner, type: "outer" }, { data: inner, type: "outer" }])], { parameters: "?schema=any" });
  const found = async (q) => (await entries(trail, { q })).length;
  const both = async () => [await found("type:outer"), await found("type:inner")];
  const hot = await both();
  assert.deepEqual(hot, [2, 0]);
  await sealed(trail);
  assert.deepEqual(await both(), hot);
});

test("Auth0's surface reads segments in the order of time", async () => {
  const app = unique("app");
  const date = (minute) => new Date(Date.UTC(2020, 0, 1, 0, minute)).toISOString();
  // The second half is older than the first.
  for (const from of [200, 0]) {
    await append("auth0", Array.from({ length: 200 }, (_, at) => ({ date: date(from + at), type: "s", client_name: app, pad: "x".repeat(1500) })));
  }
  await sealed("auth0");
  const q = `client_name:${app} AND date:[2020-01-01 TO 2020-01-02]`;
  const { json } = await ask(`/api/v2/logs?${query({ q, sort: "date:1", per_page: 100, page: 1 })}`);
  assert.deepEqual(json.map((entry) => entry.date), Array.from({ length: 100 }, (_, at) => date(100 + at)));
});

test("retention is set in words, and refused where it is none", async () => {
  const trail = unique();
  await append(trail, [{ event_id: "a" }]);
  const change = (body, key) => ask(`/v1/trails/${trail}`, { method: "PATCH", body, headers: bearer(key) });
  assert.equal((await described(trail)).retention, "forever");
  const { status, json } = await change('{"retention":"720h"}');
  assert.deepEqual([status, json.retention], [200, "30d"]);
  assert.equal((await described(trail)).retention, "30d");
  for (const body of ['{"retention":"59m"}', '{"retention":30}', '{"retention":"30d","x":1}', "", "[]"]) {
    const { status, json } = await change(body);
    assert.deepEqual([status, json.error.code], [400, "invalid_parameter"], body);
  }
  assert.equal((await fetch(`${url}/v1/trails/${unique()}`, { headers: bearer() })).status, 404);
});
