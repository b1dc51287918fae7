// Proofs over a trail whose entries lie in segments in R2 and in chunks beside them. The faulty build seals after a
// second, or after 256 kB.

import assert from "node:assert/strict";
import test from "node:test";

import { assertTamperingIsNamed, bundle, checkpoint, pages, verdict } from "../http/exports.mjs";
import { append, ask, query, unique } from "../http/server.mjs";
import { sealed, until } from "./sealed.mjs";

const batch = (number, length = 100) =>
  Array.from({ length }, (_, place) => ({ event_id: `${number}-${place}`, type: `t${place % 4}`, pad: "x".repeat(1000) }));

test("a trail proves the same before, while and after it is sealed", async () => {
  const trail = unique();
  await append(trail, batch(0, 30));
  const kept = [await checkpoint(trail)];
  const { key } = kept[0];
  const hot = await pages(trail);
  for (const number of [1, 2, 3, 4]) {
    await append(trail, batch(number));
    kept.push(await checkpoint(trail));
    if (number === 2) assert.equal((await sealed(trail)).sealed_seq, 230);
  }
  await sealed(trail);
  await append(trail, batch(5, 7));
  const now = await checkpoint(trail);
  assert.deepEqual([now.size, now.key], [437, key]);

  // What was signed while it was hot is signed again from a segment; the trail grew from each.
  for (const { size, checkpoint: note } of kept) assert.equal((await checkpoint(trail, { size })).checkpoint, note);
  const all = await pages(trail, { limit: 150 });
  assert.deepEqual(all.map(({ lines }) => lines.length), [150, 150, 137]);
  for (const { lines, bundle: address } of all) {
    for (const { size, checkpoint: note } of kept) {
      const said = await verdict(lines, await bundle(`${address}&since=${size}`), { key, checkpoint: note });
      assert.deepEqual([said.intact, said.proven?.kind, said.grownFrom], [true, "complete", size], said.sentences.join("\n"));
    }
  }
  const [{ lines, bundle: address }] = all;
  await assertTamperingIsNamed(lines, await bundle(address), { key });
  assert.deepEqual(hot[0].lines, lines.slice(0, 30));
  // What was taken away then is proven by a bundle of now.
  assert.equal((await verdict(hot[0].lines, await bundle(hot[0].bundle), { key })).intact, true);

  const some = await pages(trail, { q: "type:t1 AND (event_id:0-* OR event_id:4-* OR event_id:5-*)", limit: 20 });
  const proofs = await Promise.all(some.map(({ bundle: address }) => bundle(address)));
  for (const [at, { lines }] of some.entries()) {
    assert.deepEqual((await verdict(lines, proofs[at], { key })).proven, { kind: "included", count: lines.length });
  }
  assert.equal(some.flatMap(({ lines }) => lines).length, 8 + 25 + 2);
  await assertTamperingIsNamed(some[0].lines, proofs[0], { key });

  for (const sequence of [1, 30, 31, 229, 230, 231, 437]) {
    for (const size of [sequence, 437]) {
      const { json, text } = await ask(`/v1/trails/${trail}/proofs/inclusion?${query({ sequence, size })}`);
      const line = (await ask(`/v1/trails/${trail}/export?from=${sequence}&to=${sequence}`)).text;
      const hashes = { filtered: { entries: [{ sequence, leaf: json.leaf, path: json.proof.map((_, at) => at) }], hashes: json.proof } };
      const { origin, key, checkpoint } = json;
      const proof = JSON.stringify({ format: "trailsift-proof-bundle", version: 1, origin, key, checkpoint, proof: hashes });
      assert.equal((await verdict([line], proof, { key })).intact, true, text);
    }
  }
});

test("what is past its time is not exported, and what is left is still proven", async () => {
  const trail = unique();
  const fault = async (path) => assert.equal((await ask(`/v1/faults/${path}`, { method: "POST" })).status, 200);
  await append(trail, batch(0));
  await append(trail, batch(1));
  const { key, ...within } = await checkpoint(trail, { size: 50 });
  await sealed(trail);
  const end = await checkpoint(trail);
  const [taken] = await pages(trail);
  const proof = await bundle(taken.bundle);
  assert.equal((await ask(`/v1/trails/${trail}`, { method: "PATCH", body: '{"retention":"1h"}' })).status, 200);
  await fault(`clock/${trail}/${2 * 3600 * 1000}`);
  await append(trail, batch(2));
  await fault(`alarm/${trail}`);
  await until(trail, ({ first_seq }) => first_seq === 201);

  const [{ lines, bundle: address }] = await pages(trail);
  const grown = await verdict(lines, await bundle(`${address}&since=200`), { key, checkpoint: end.checkpoint });
  assert.deepEqual([grown.proven, grown.grownFrom], [{ kind: "complete", first: 201, count: 100 }, 200], grown.sentences.join("\n"));
  assert.equal((await ask(`/v1/trails/${trail}/proofs/inclusion?sequence=201`)).status, 200);
  assert.equal((await ask(`/v1/trails/${trail}/proofs/consistency?from=200`)).status, 200);
  // What was taken away in time is proven as it ever was.
  assert.deepEqual((await verdict(taken.lines, proof, { key, checkpoint: within.checkpoint })).faults.map(({ kind }) => kind), ["unconnected"]);
  assert.deepEqual((await verdict(taken.lines, proof, { key })).proven, { kind: "complete", first: 1, count: 200 });
  for (const [rest, status, code] of [
    ["export?from=200", 400, "invalid_parameter"],
    ["export?format=bundle&from=1&to=10", 400, "invalid_parameter"],
    ["checkpoint?size=50", 404, "proof_not_found"],
    ["proofs/inclusion?sequence=10", 404, "proof_not_found"],
    ["proofs/consistency?from=50", 404, "proof_not_found"],
  ]) {
    const { status: seen, json } = await ask(`/v1/trails/${trail}/${rest}`);
    assert.deepEqual([seen, json.error.code], [status, code], rest);
  }
});
