// Verifying an export: what is proven, and what is named when somebody touched it. `init` is never called.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { gzipSync } from "node:zlib";
import { verify } from "../../crates/wasm/pkg/node.js";
import * as slim from "../../crates/wasm/pkg/slim.js";
import { numbers, Trail } from "../proofs.mjs";

const trail = Trail.sample(11);
const lines = trail.lines(numbers(3, 9));
const bundle = trail.contiguous(3, 7);
const { key } = trail;
const bytes = (text) => new TextEncoder().encode(text);

/** What the verifier says of these lines, with their own bundle. */
const told = (lines, proof = bundle, options = { key }) => verify(bytes(lines.join("")), proof, options);

// First, since a process has one verifier: what starts it, starts it for all.
test("a start that fails rejects, and does not stop the next one; slim has no verifier of its own", async () => {
  const log = bytes(lines.join(""));
  await assert.rejects(slim.verify(log, bundle), /needs the verifier: `verify\(log, bundle, \{ module \}\)`/);
  await assert.rejects(slim.verify(log, bundle, { module: Promise.reject(new Error("offline")) }), /offline/);
  const module = await readFile(new URL("../../crates/wasm/pkg/verify.wasm", import.meta.url));
  assert.equal((await slim.verify(log, bundle, { key, module: WebAssembly.compile(module) })).intact, true);
});

test("an intact export is proven to be complete", async () => {
  const verdict = await told(lines);
  assert.deepEqual(verdict, {
    intact: true,
    proven: { kind: "complete", first: 3, count: 7 },
    faults: [],
    unlisted: 0,
    checkpoint: { origin: trail.origin, size: 11, root: trail.checkpoint().split("\n")[2], key },
    trusted: true,
    grownFrom: null,
    sentences: verdict.sentences,
  });
  assert.equal(verdict.sentences[0], 'Intact and complete: the entries 3 to 9 of "logs.example/acme/auth0", none changed, removed or added.');
});

test("every form of an export and of a bundle is read", async () => {
  const all = bytes(lines.join(""));
  const stream = (bytes, width) => new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += width) controller.enqueue(bytes.subarray(at, at + width));
      controller.close();
    },
  });
  for (const log of [all, all.buffer, new Blob([all]), stream(all, 1), stream(all, 100)]) {
    assert.equal((await verify(log, bundle, { key })).intact, true, log.constructor.name);
  }
  for (const proof of [bundle, bytes(bundle), bytes(bundle).buffer, new Blob([bundle]), stream(bytes(bundle), 50)]) {
    assert.equal((await verify(all, proof, { key })).intact, true, proof.constructor.name);
  }
});

test("one changed byte anywhere is found, and what it changed is named", async () => {
  const all = bytes(lines.join(""));
  for (let at = 0; at < all.length; at++) {
    const changed = all.slice();
    changed[at] ^= 1;
    const verdict = await verify(changed, bundle, { key });
    assert.equal(verdict.intact, false, `byte ${at}`);
    assert.equal(verdict.proven, null);
  }
  const { faults, sentences } = await told(lines.with(2, lines[2].replace('"f"', '"s"')));
  assert.deepEqual(faults, [{ kind: "changed", line: 3, sequence: 5, id: 'evt_"5é' }]);
  assert.equal(sentences[0], 'The entry 5, with the id "evt_\\"5é", was changed.');
});

test("a removed entry, a moved one, an added one and a cut tail are named", async () => {
  const faults = async (lines) => (await told(lines)).faults;
  assert.deepEqual(await faults(lines.toSpliced(2, 1)), [{ kind: "removed", first: 5, last: 5, count: 1, after: 4, before: 6 }]);
  assert.deepEqual(await faults(lines.slice(1)), [{ kind: "removed", first: 3, last: 3, count: 1, after: null, before: 4 }]);
  assert.deepEqual(await faults(lines.slice(0, -2)), [{ kind: "cut", first: 8, last: 9, count: 2, after: 7 }]);
  assert.deepEqual(await faults([]), [{ kind: "cut", first: 3, last: 9, count: 7, after: null }]);
  assert.deepEqual(await faults(lines.with(1, lines[2]).with(2, lines[1])), [{ kind: "reordered", sequence: 4, id: 'evt_"4é', after: 5 }]);
  assert.deepEqual(await faults(lines.toSpliced(1, 0, lines[0])), [{ kind: "repeated", line: 2, sequence: 3, id: 'evt_"3é' }]);
  assert.deepEqual(await faults([...lines, ...trail.lines([10])]), [{ kind: "added", line: 8, sequence: 10, id: 'evt_"10é' }]);
  assert.deepEqual(await faults(lines.with(0, lines[0].replace(":3,", ":4,"))), [{ kind: "renumbered", sequence: 3, id: 'evt_"3é', told: 4 }]);
});

test("a filtered export proves that its entries are there, and says that it proves no more", async () => {
  const some = [2, 5, 11];
  const proof = trail.filtered(some);
  const verdict = await told(trail.lines(some), proof);
  assert.deepEqual([verdict.intact, verdict.proven], [true, { kind: "included", count: 3 }]);
  assert.match(verdict.sentences[0], /proves inclusion, and nothing about entries that are not here/);
  assert.deepEqual((await told(trail.lines([2, 11]), proof)).faults, [{ kind: "removed", first: 5, last: 5, count: 1, after: 2, before: 11 }]);
  assert.deepEqual((await told(trail.lines([2, 5, 6, 11]), proof)).faults, [{ kind: "added", line: 3, sequence: 6, id: 'evt_"6é' }]);
});

test("a bundle that was made to fit what was altered is not believed", async () => {
  const forger = new Trail(trail.origin, trail.entries.with(4, { ...trail.entries[4], bytes: "{}" }), 8);
  const [forged, proof] = [forger.lines(numbers(3, 9)), forger.contiguous(3, 7)];
  const verdict = await told(forged, proof);
  assert.equal(verdict.intact, false);
  assert.deepEqual(verdict.faults[0].kind, "other_key");
  // Without the key it agrees with itself, and says whose word that is.
  const alone = await told(forged, proof, {});
  assert.deepEqual([alone.intact, alone.trusted], [true, false]);
  assert.match(alone.sentences.at(-1), /a key that came with the bundle: compare it/);
  assert.deepEqual((await told(lines, proof.replace(forger.key, key))).faults[0], { kind: "signature", which: "current" });
  assert.deepEqual((await told(lines, bundle, { origin: "logs.example/other" })).faults.at(0).kind, "other_log");
  assert.deepEqual((await told(lines, "{}")).faults.map(({ kind }) => kind), ["bundle"]);
});

test("a kept checkpoint shows whether the trail grew from it", async () => {
  const kept = trail.checkpoint(4);
  const grown = await told(lines, trail.contiguous(3, 7, 4), { key, checkpoint: kept });
  assert.deepEqual([grown.intact, grown.grownFrom], [true, 4]);
  assert.deepEqual((await told(lines, bundle, { key, checkpoint: kept })).faults, [{ kind: "unconnected", known: 4 }]);
  const other = new Trail(trail.origin, trail.entries.with(0, { ...trail.entries[0], bytes: "{}" })).checkpoint(4);
  assert.deepEqual((await told(lines, trail.contiguous(3, 7, 4), { key, checkpoint: other })).faults, [{ kind: "rewritten", earlier: 4, size: 11 }]);
  const longer = Trail.sample(12).checkpoint();
  assert.deepEqual((await told(lines, bundle, { checkpoint: longer })).faults, [{ kind: "shrunk", earlier: 12, size: 11 }]);
});

test("progress is told, and a signal ends it", async () => {
  const log = new Blob([...lines, " ".repeat(40 << 20)]);
  const reports = [];
  const verdict = await verify(log, bundle, { key, onProgress: (progress) => reports.push(progress) });
  assert.deepEqual(verdict.faults, [{ kind: "unreadable", line: 8, sequence: null, at: 0 }]);
  assert.ok(reports.length >= 3);
  assert.deepEqual(reports.at(-1), { bytes: log.size, totalBytes: log.size });
  const controller = new AbortController();
  const onProgress = () => controller.abort(new Error("enough"));
  await assert.rejects(verify(log, bundle, { key, signal: controller.signal, onProgress }), /enough/);
  await assert.rejects(verify(log, bundle, { signal: AbortSignal.abort(new Error("never begun")) }), /never begun/);
});

test("what is no export, no bundle, no key and no checkpoint is the caller's mistake", async () => {
  const log = bytes(lines.join(""));
  const misuse = (log, proof, options, message) => assert.rejects(verify(log, proof, options), (error) => error instanceof TypeError && message.test(error.message));
  await misuse("text", bundle, {}, /a log is a Uint8Array/);
  await misuse(log, JSON.parse(bundle), {}, /a proof bundle is its JSON/);
  await misuse(log, bundle, { key: 7 }, /`key` is a string/);
  await misuse(log, bundle, { key: "key" }, /`key` is no key/);
  await misuse(log, bundle, { key, checkpoint: Trail.sample(3, "logs.example/other").checkpoint() }, /`checkpoint` is no note that `key` signed/);
  await misuse(log, bundle, { checkpoint: "note" }, /`checkpoint` is no note/);
  // Unpacking is the engine's, which was not started.
  await assert.rejects(verify(gzipSync(log), bundle, { key }), /has not started: `await init\(\)`/);
});
