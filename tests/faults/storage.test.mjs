// What a bucket that fails, dawdles or answers too late, an alarm that runs twice and a clock that goes backwards leave
// behind: nothing that a reader sees. The faulty build seals after a second, or after 256 kB.

import assert from "node:assert/strict";
import test from "node:test";

import { append, ask, entries, unique } from "../http/server.mjs";
import { described, sealed } from "./sealed.mjs";

const fault = async (path) => {
  const { status, text } = await ask(`/v1/faults/${path}`, { method: "POST" });
  assert.equal(status, 200, text);
};

/** 100 entries, 100 kB. */
const batch = (number) =>
  Array.from({ length: 100 }, (_, place) => ({ event_id: `${number}-${place}`, type: `type${number}`, pad: "x".repeat(1000) }));
const ids = (list) => list.map(({ event_id }) => event_id);
const all = (count) => ids(Array.from({ length: count }, (_, number) => batch(number)).flat());

/** The trail holds these batches, each entry once, and knows them when they come again. */
async function holds(trail, count) {
  assert.deepEqual(ids(await entries(trail, { limit: 1000 })), all(count));
  for (let number = 0; number < count; number += 1) {
    const first = number * 100 + 1;
    assert.deepEqual(await append(trail, batch(number)), { accepted: 0, duplicates: 100, first_seq: first, last_seq: first + 99 });
  }
}

for (const trouble of ["fails", "slow", "late", "panics"]) {
  test(`a bucket that ${trouble === "fails" || trouble === "panics" ? trouble : `is ${trouble}`} while chunks are sealed`, async () => {
    const trail = unique(trouble);
    await append(trail, batch(0));
    await fault(`bucket/${trail}/${trouble}`);
    for (let number = 1; number < 5; number += 1) await append(trail, batch(number));
    // As often as it takes to be in the middle of it: each wakes the object before its time.
    for (let round = 0; round < 3; round += 1) await Promise.all([ask(`/v1/faults/alarm/${trail}`, { method: "POST" }), append(trail, batch(1))]);
    if (trouble !== "slow") assert.equal((await described(trail)).sealed_seq, 0);
    // What is not sealed is read as if nothing were wrong.
    if (trouble !== "slow") assert.deepEqual(ids(await entries(trail, { limit: 1000 })), all(5));
    await fault(`bucket/${trail}/works`);
    await sealed(trail);
    await holds(trail, 5);
  });
}

test("a bucket that cannot be read is told, and nothing is left out", async () => {
  const trail = unique();
  for (let number = 0; number < 3; number += 1) await append(trail, batch(number));
  await sealed(trail);
  for (const trouble of ["fails", "late", "panics"]) {
    await fault(`bucket/${trail}/${trouble}`);
    const { status, json } = await ask(`/v1/trails/${trail}/entries`);
    assert.ok(status === 500 || status === 503, `${trouble}: ${status}`);
    assert.ok(!JSON.stringify(json).includes("injected"));
    await append(trail, batch(0));
  }
  await fault(`bucket/${trail}/works`);
  await holds(trail, 3);
});

test("an alarm that runs twice at once, and again when there is nothing to do", async () => {
  const trail = unique();
  await append(trail, batch(0));
  await fault(`bucket/${trail}/slow`);
  for (let number = 1; number < 4; number += 1) await append(trail, batch(number));
  // One that has much to do answers later than anybody waits.
  const alarm = () => ask(`/v1/faults/alarm/${trail}`, { method: "POST" });
  await Promise.all([alarm(), alarm(), append(trail, batch(4)), alarm()]);
  await fault(`bucket/${trail}/works`);
  await sealed(trail);
  await Promise.all([alarm(), alarm()]);
  await holds(trail, 5);
});

test("two fronts with the same batch while chunks become a segment", async () => {
  const trail = unique();
  const receipts = [];
  for (let number = 0; number < 5; number += 1) {
    receipts.push(...(await Promise.all([0, 1, 2].map(() => append(trail, batch(number))))));
  }
  assert.equal(receipts.reduce((sum, { accepted }) => sum + accepted, 0), 500);
  await sealed(trail);
  await holds(trail, 5);
});

test("a clock that goes backwards", async () => {
  const trail = unique();
  const hour = 3600 * 1000;
  await append(trail, batch(0));
  for (const [number, ahead] of [[1, hour], [2, -hour], [3, 0]]) {
    await fault(`clock/${trail}/${ahead}`);
    const before = (await described(trail)).last_seq;
    assert.equal((await append(trail, batch(number))).first_seq, before + 1);
  }
  const check = async () => {
    const received = (await entries(trail, { limit: 1000 })).map((entry) => Date.parse(entry.received_at));
    assert.equal(received.length, 400);
    assert.ok(received.every((time, at) => at === 0 || time >= received[at - 1]));
    const given = (await entries(trail, { limit: 1000 })).map(({ id }) => id);
    assert.deepEqual(given, given.toSorted());
  };
  await check();
  await fault(`clock/${trail}/${2 * hour}`);
  await ask(`/v1/faults/alarm/${trail}`, { method: "POST" });
  await sealed(trail);
  await check();
  await holds(trail, 4);
});
