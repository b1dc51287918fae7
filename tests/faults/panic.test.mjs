// A panic is an error to its caller, at once and in the surface's shape, and the next request works.

import assert from "node:assert/strict";
import test from "node:test";

import { append, ask, bearer, entries, unique, url } from "../http/server.mjs";

const SECOND = 1000;

async function panics(path) {
  const started = performance.now();
  const { status, json } = await ask(path, { method: "POST", signal: AbortSignal.timeout(5 * SECOND) });
  const took = performance.now() - started;
  assert.equal(status, 500);
  assert.equal(json.error.code, "internal");
  // What the panic said is for the log.
  assert.ok(!JSON.stringify(json).includes("injected"));
  assert.ok(took < SECOND, `${took} ms`);
}

test("in the front", async () => {
  const trail = unique();
  await append(trail, [{ event_id: "a" }]);
  for (let round = 0; round < 3; round += 1) await panics("/v1/faults/front");
  assert.equal((await append(trail, [{ event_id: "b" }])).last_seq, 2);
});

test("in a stream whose status is out already", async () => {
  const open = async (surface) => {
    const options = { method: "POST", headers: bearer(), signal: AbortSignal.timeout(5 * SECOND) };
    const started = performance.now();
    const response = await fetch(`${url}/v1/faults/stream/${surface}`, options);
    assert.equal(response.status, 200);
    const text = await response.text();
    assert.ok(performance.now() - started < SECOND);
    return text;
  };
  for (let round = 0; round < 3; round += 1) {
    // The transfer is not complete, at once.
    await assert.rejects(open("v1"), (error) => error.name !== "TimeoutError");
    // Cerbos says it in the last line.
    assert.equal(await open("admin"), '{}\n{"error":{"code":13,"message":"internal error"}}\n');
  }
  assert.equal((await ask("/v1/filter?q=a:1", { method: "POST", body: '{"a":1}' })).text, '{"a":1}\n');
});

test("in the trail object, which then knows all that was acknowledged", async () => {
  const trail = unique();
  const batch = [{ event_id: "a" }, { event_id: "b" }];
  const receipt = await append(trail, batch);
  for (let round = 0; round < 3; round += 1) {
    await panics(`/v1/faults/object/${trail}`);
    assert.deepEqual(await append(trail, batch), { ...receipt, accepted: 0, duplicates: 2 });
    assert.equal((await append(trail, [{ event_id: `${round}` }])).last_seq, 3 + round);
  }
  assert.deepEqual((await entries(trail)).map((entry) => entry.event_id), ["a", "b", "0", "1", "2"]);
});

test("requests that wait for the object meanwhile are answered", async () => {
  const trail = unique();
  await append(trail, [{ event_id: "first" }]);
  const appends = Array.from({ length: 8 }, (_, n) => append(trail, [{ event_id: `${n}` }]));
  await Promise.all([panics(`/v1/faults/object/${trail}`), ...appends]);
  assert.equal((await entries(trail)).length, 9);
});
