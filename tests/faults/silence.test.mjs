// An object that does not answer keeps nobody waiting: 503, and when to ask again.

import assert from "node:assert/strict";
import test from "node:test";

import { append, ask, entries, unique } from "../http/server.mjs";

test("a silent object", async () => {
  const trail = unique();
  await append(trail, [{ event_id: "a" }]);
  const { status, json, headers } = await ask(`/v1/faults/silence/${trail}`, {
    method: "POST",
    signal: AbortSignal.timeout(10_000),
  });
  assert.deepEqual([status, json.error.code, headers.get("retry-after")], [503, "unavailable", "1"]);
  await append(trail, [{ event_id: "b" }]);
  assert.deepEqual((await entries(trail)).map((entry) => entry.event_id), ["a", "b"]);
});
