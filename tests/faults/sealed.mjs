// What a trail is, and waiting until it is as it should become: the faulty build seals after a second, or after 256 kB.

import assert from "node:assert/strict";

import { ask } from "../http/server.mjs";

export const described = async (trail) => (await ask(`/v1/trails/${trail}`)).json;

/** Asks what a trail is until it is as wanted, at most a minute. */
export async function until(trail, wanted) {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const now = await described(trail);
    if (wanted(now)) return now;
    assert.ok(performance.now() < deadline, JSON.stringify(now));
  }
}

/** Waits until all that a trail has is sealed. */
export const sealed = (trail) => until(trail, (now) => now.sealed_seq === now.last_seq);
