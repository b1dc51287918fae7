// What a trail is, and waiting until it is sealed: the faulty build does that after a second, or after 256 kB.

import assert from "node:assert/strict";

import { ask } from "../http/server.mjs";

export const described = async (trail) => (await ask(`/v1/trails/${trail}`)).json;

/** Waits until all that a trail has is sealed, at most ten seconds. */
export async function sealed(trail) {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const now = await described(trail);
    if (now.sealed_seq === now.last_seq) return now;
    assert.ok(performance.now() < deadline, `not sealed: ${JSON.stringify(now)}`);
  }
}
