// The vendor's own client, @cerbos/http, lists and looks up access and decision entries.

import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { HTTP } from "@cerbos/http";
import { append, credentials, generate, url, window } from "./sample.mjs";

const { start, end } = window();
const { user: username, password } = credentials().basic;
const cerbos = new HTTP(url, { adminCredentials: { username, password } });

const kinds = [
  { kind: "access", list: (filter) => cerbos.listAccessLogEntries({ filter }), look: (id) => cerbos.getAccessLogEntry(id) },
  { kind: "decision", list: (filter) => cerbos.listDecisionLogEntries({ filter }), look: (id) => cerbos.getDecisionLogEntry(id) },
];

async function ids(list) {
  const found = [];
  for await (const entry of list) found.push(entry.callId);
  return found;
}

for (const { kind, list, look } of kinds) {
  describe(`${kind} entries`, () => {
    let entries;
    let expected;

    before(async () => {
      entries = generate(`cerbos-${kind}`, 400, { start, end });
      expected = entries.map((entry) => entry.callId);
      await append(url, kind, entries);
    });

    it("between two times, oldest first", async () => {
      const filter = { start: new Date(start), end: new Date(end) };
      assert.deepEqual(await ids(list(filter)), expected);
    });

    it("since some seconds ago", async () => {
      const since = Math.ceil((Date.now() - Date.parse(start)) / 1000);
      assert.deepEqual(await ids(list({ since })), expected);
    });

    it("the last ones, newest first", async () => {
      assert.deepEqual(await ids(list({ tail: 25 })), expected.slice(-25).reverse());
    });

    it("one by its call id", async () => {
      const wanted = entries[200];
      const found = await look(wanted.callId);
      assert.equal(found.callId, wanted.callId);
      assert.equal(found.timestamp.toISOString(), wanted.timestamp);
      assert.equal(found.peer.userAgent, wanted.peer.userAgent);
      if (kind === "access") assert.equal(found.method, wanted.method);
      if (wanted.checkResources) {
        assert.equal(found.method.name, "CheckResources");
        assert.equal(found.method.inputs[0].principal.id, wanted.checkResources.inputs[0].principal.id);
        assert.deepEqual(
          Object.entries(found.method.outputs[0].actions).map(([action, { effect }]) => [action, effect]),
          Object.entries(wanted.checkResources.outputs[0].actions).map(([action, { effect }]) => [action, effect]),
        );
      }
    });

    it("nothing for a call id that never was", async () => {
      assert.equal(await look("00000000000000000000000000"), undefined);
    });
  });
}

it("a wrong password is refused with the code for it", async () => {
  const stranger = new HTTP(url, { adminCredentials: { username, password: "wrong" } });
  await assert.rejects(ids(stranger.listAccessLogEntries({ filter: { tail: 1 } })), (error) => {
    assert.equal(error.code, 16);
    assert.match(error.message, /incorrect credentials/);
    return true;
  });
});
