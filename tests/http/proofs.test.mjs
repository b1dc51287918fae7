// What a trail says of itself, signed, and what it gives away with a proof. Everything here lies in the object's own
// database; tests/faults does it over sealed segments.

import assert from "node:assert/strict";
import { createHash, createPublicKey, verify as isSignedBy } from "node:crypto";
import test, { before } from "node:test";

import { assertTamperingIsNamed, bundle, checkpoint, pages, verdict } from "./exports.mjs";
import { append, ask, bearer, entries, others, query, scopeless, unique } from "./server.mjs";

const trail = unique();
const numbers = (length) => Array.from({ length }, (_, index) => index);
const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();
/** Every third has line feeds inside, and no id of its own. */
const entry = (index) => (index % 3 ? `{"event_id":"e${index}","type":"t${index % 5}"}` : `{\n"type":"t${index % 5}",\n"index":${index}}`);

before(async () => {
  for (const batch of [0, 1, 2]) await append(trail, numbers(50).map((index) => entry(batch * 50 + index)));
});

test("a checkpoint is a signed note, and says what the JSON says", async () => {
  const { origin, size, root, key, checkpoint: note } = await checkpoint(trail);
  assert.deepEqual([origin, size], [`trailsift/http/${trail}`, 150]);
  const plain = await ask(`/v1/trails/${trail}/checkpoint`);
  assert.equal(plain.headers.get("content-type"), "text/plain; charset=utf-8");
  assert.equal(plain.text, note);
  const [text, signatures] = note.split("\n\n");
  assert.equal(text, `${origin}\n${size}\n${root}`);
  // As C2SP's signed-note has it, read by nothing of ours.
  const [, id, encoded] = /^[^+]*\+([0-9a-f]{8})\+(.*)$/.exec(key);
  const known = Buffer.from(encoded, "base64");
  assert.equal(sha256(`${origin}\n`, known).subarray(0, 4).toString("hex"), id);
  const signature = Buffer.from(signatures.trim().split(" ")[2], "base64");
  assert.equal(signature.subarray(0, 4).toString("hex"), id);
  const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), known.subarray(1)]);
  assert.ok(isSignedBy(null, Buffer.from(`${text}\n`), createPublicKey({ key: spki, format: "der", type: "spki" }), signature.subarray(4)));
  // The same every time, and another key for every trail and tenant.
  assert.equal((await checkpoint(trail)).key, key);
  await append(trail, [entry(0)], { key: others.key });
  const foreign = await ask(`/v1/trails/${trail}/checkpoint?format=json`, { headers: bearer(others.key) });
  assert.notEqual(foreign.json.key, key);
  assert.equal(foreign.json.size, 1);
});

test("an entry's inclusion is proven, by its number or its id", async () => {
  const node = (left, right) => sha256(Buffer.of(1), left, right);
  const [{ id }] = await entries(trail, { q: "event_id:e77", limit: 1 });
  for (const [asked, size] of [[{ sequence: 78 }, 150], [{ id }, 150], [{ sequence: 78, size: 90 }, 90], [{ sequence: 1, size: 1 }, 1]]) {
    const { json, status, text } = await ask(`/v1/trails/${trail}/proofs/inclusion?${query(asked)}`);
    assert.equal(status, 200, text);
    assert.equal(json.sequence, asked.sequence ?? 78);
    const { root, checkpoint: note } = await checkpoint(trail, { size });
    assert.deepEqual([json.size, json.root, json.checkpoint], [size, root, note]);
    // RFC 9162, 2.1.3.2.
    let [at, last] = [json.sequence - 1, size - 1];
    let hash = Buffer.from(json.leaf, "base64");
    for (const text of json.proof) {
      const beside = Buffer.from(text, "base64");
      const isRight = at % 2 === 1 || at === last;
      hash = isRight ? node(beside, hash) : node(hash, beside);
      while (isRight && at % 2 === 0 && at > 0) [at, last] = [at >> 1, last >> 1];
      [at, last] = [at >> 1, last >> 1];
    }
    assert.deepEqual([hash.toString("base64"), last], [root, 0]);
  }
});

test("pages put together are the trail, each proven to be complete", async () => {
  const all = await pages(trail, { limit: 64 });
  assert.deepEqual(all.map(({ lines }) => lines.length), [64, 64, 22]);
  const { key } = await checkpoint(trail);
  for (const { lines, bundle: address } of all) {
    const { sentences, ...said } = await verdict(lines, await bundle(address), { key });
    assert.equal(said.intact, true, sentences.join("\n"));
    assert.equal(said.proven.kind, "complete");
  }
  const [{ lines, bundle: address }] = all;
  await assertTamperingIsNamed(lines, await bundle(address), { key });
  // The entries' own bytes, to the byte; line feeds are told.
  assert.equal(lines[1].slice(lines[1].indexOf('"entry":') + 8, -2), entry(1));
  const first = JSON.parse(lines[0]);
  assert.deepEqual([first.sequence, first.breaks, first.entry.index], [1, [1, 14], 0]);
});

test("a filtered export proves that its entries are there, and no more", async () => {
  const { key } = await checkpoint(trail);
  const all = await pages(trail, { q: "type:t2", limit: 20 });
  assert.deepEqual(all.map(({ lines }) => lines.length), [20, 10]);
  for (const { lines, bundle: address } of all) {
    const { proven } = await verdict(lines, await bundle(address), { key });
    assert.deepEqual(proven, { kind: "included", count: lines.length });
  }
  const [{ lines, bundle: address }] = all;
  await assertTamperingIsNamed(lines, await bundle(address), { key });
  // `now` is the same in the bundle, whenever that is asked for.
  const [recent] = await pages(trail, { q: "occurred_at:[now-1d TO now]" });
  assert.match(recent.bundle, /&now=2\d{3}-/);
  assert.equal((await verdict(recent.lines, await bundle(recent.bundle), { key })).proven.count, 150);
  const [none] = await pages(trail, { q: "type:none" });
  assert.deepEqual([none.lines, (await verdict(none.lines, await bundle(none.bundle), { key })).proven], [[], { kind: "included", count: 0 }]);
});

test("a checkpoint that was kept shows that the trail only grew", async () => {
  const own = unique();
  await append(own, numbers(7).map(entry));
  const kept = await checkpoint(own);
  await append(own, numbers(9).map((index) => entry(100 + index)));
  const { json } = await ask(`/v1/trails/${own}/proofs/consistency?from=7`);
  const now = await checkpoint(own);
  assert.deepEqual([json.from, json.to, json.root, json.checkpoint], [7, 16, now.root, now.checkpoint]);
  assert.ok(json.proof.length > 0);
  const [{ lines, bundle: address }] = await pages(own);
  const since = await bundle(`${address}&since=7`);
  const options = { key: kept.key, checkpoint: kept.checkpoint };
  assert.deepEqual([(await verdict(lines, since, options)).intact, (await verdict(lines, since, options)).grownFrom], [true, 7]);
  // A kept checkpoint of another past.
  const other = JSON.parse(since);
  other.earlier.proof = other.earlier.proof.map(() => now.root);
  assert.deepEqual((await verdict(lines, JSON.stringify(other), options)).faults.map(({ kind }) => kind)[0], "rewritten");
  // A bundle of an older size proves the same entries.
  const older = await bundle(`/v1/trails/${own}/export?format=bundle&from=1&to=7&size=7`);
  assert.deepEqual((await verdict(lines.slice(0, 7), older, { key: kept.key })).proven, { kind: "complete", first: 1, count: 7 });
});

test("what cannot be proven or exported is refused in the words of /v1", async () => {
  const path = (rest) => `/v1/trails/${trail}/${rest}`;
  for (const [rest, status, code, parameter] of [
    ["checkpoint?size=151", 400, "invalid_parameter", "size"],
    ["checkpoint?size=-1", 400, "invalid_parameter", "size"],
    ["checkpoint?format=xml", 400, "invalid_parameter", "format"],
    ["checkpoint?sise=1", 400, "invalid_parameter", "sise"],
    ["proofs/inclusion", 400, "invalid_parameter", "sequence"],
    ["proofs/inclusion?sequence=0", 400, "invalid_parameter", "sequence"],
    ["proofs/inclusion?sequence=151", 400, "invalid_parameter", "sequence"],
    ["proofs/inclusion?sequence=10&size=9", 400, "invalid_parameter", "sequence"],
    ["proofs/inclusion?sequence=10&id=x", 400, "invalid_parameter", "sequence"],
    ["proofs/inclusion?id=none", 404, "entry_not_found"],
    ["proofs/consistency", 400, "invalid_parameter", "from"],
    ["proofs/consistency?from=9&to=8", 400, "invalid_parameter", "from"],
    ["export?format=csv", 400, "invalid_parameter", "format"],
    ["export?from=0", 400, "invalid_parameter", "from"],
    ["export?from=152", 400, "invalid_parameter", "from"],
    ["export?limit=10001", 400, "invalid_parameter", "limit"],
    ["export?since=1", 400, "invalid_parameter", "since"],
    ["export?q=type:(", 400, "invalid_query", "q"],
    ["export?format=bundle", 400, "invalid_parameter", "to"],
    ["export?format=bundle&to=151", 400, "invalid_parameter", "to"],
    ["export?format=bundle&from=9&to=7", 400, "invalid_parameter", "to"],
    ["export?format=bundle&to=9&limit=9", 400, "invalid_parameter", "limit"],
    ["export?format=bundle&to=9&since=200", 400, "invalid_parameter", "since"],
    ["proofs/exclusion?sequence=1", 404, "not_found"],
  ]) {
    const { status: seen, json } = await ask(path(rest));
    assert.deepEqual([seen, json.error.code, json.error.parameter], [status, code, parameter], rest);
  }
  for (const rest of ["checkpoint", "proofs/inclusion?sequence=1", "proofs/consistency?from=1", "export"]) {
    assert.equal((await ask(path(rest), { headers: {} })).status, 401, rest);
    assert.equal((await ask(path(rest), { headers: bearer(scopeless().key) })).status, 403, rest);
    assert.equal((await ask(`/v1/trails/${unique()}/${rest}`)).json.error.code, "trail_not_found", rest);
  }
  // Another tenant's trail of that name is another trail.
  const foreign = await ask(path("export?from=2"), { headers: bearer(others.key) });
  assert.deepEqual([foreign.status, foreign.text], [200, ""]);
  // After the last there is nothing, and that is proven too.
  const [{ lines, bundle: address }] = await pages(trail, { from: 151 });
  const { key } = await checkpoint(trail);
  assert.deepEqual([lines, (await verdict(lines, await bundle(address), { key })).proven], [[], { kind: "complete", first: 151, count: 0 }]);
});
