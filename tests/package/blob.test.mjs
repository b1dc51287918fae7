// Filtering a blob a piece at a time: the same answer as at once, with progress and cancelling.
import assert from "node:assert/strict";
import test from "node:test";
import initBindings from "../../crates/wasm/pkg/bindings.js";
import { compile, EntryError, init } from "../../crates/wasm/pkg/index.js";

await init();

/** About 40 MB in NDJSON, every third entry a match; entries straddle every boundary of reads. */
function log(separator = "\n", open = "", close = "") {
  const entries = Array.from({ length: 60_000 }, (_, index) =>
    JSON.stringify({ type: index % 3 === 0 ? "f" : "s", index, text: `é🔑${"x".repeat(600 + (index % 97))}` }));
  return new Blob([open, entries.join(separator), close]);
}

test("a blob gives what its bytes give, in every form", async () => {
  const query = compile("type:f");
  for (const [form, blob] of [["ndjson", log()], ["array", log(",", "[", "]")], ["page", log(",", '{"total":1,"logs":[', "]}")]]) {
    const bytes = new Uint8Array(await blob.arrayBuffer());
    const whole = query.filter(bytes);
    assert.equal(whole.length, 2 * 20_000, form);
    const reports = [];
    const pieces = await query.filterBlob(blob, { onProgress: (progress) => reports.push(progress) });
    assert.deepEqual(pieces, whole, form);
    assert.ok(reports.length > 2, "several reports");
    assert.deepEqual(reports.flatMap(({ found }) => [...found]), [...whole]);
    const last = reports.at(-1);
    assert.deepEqual([last.bytes, last.totalBytes, last.entries], [blob.size, blob.size, 60_000]);
    const at = 2 * 12_345;
    assert.equal(JSON.parse(new TextDecoder().decode(bytes.subarray(whole[at], whole[at + 1]))).index, 3 * 12_345);
  }
});

test("a signal ends it with its reason", async () => {
  const query = compile("type:f");
  const controller = new AbortController();
  const reason = new Error("the user typed on");
  let reports = 0;
  const run = query.filterBlob(log(), {
    signal: controller.signal,
    onProgress: () => {
      reports += 1;
      controller.abort(reason);
    },
  });
  await assert.rejects(run, reason);
  assert.equal(reports, 1);
  await assert.rejects(query.filterBlob(log(), { signal: AbortSignal.abort(reason) }), reason);
});

test("a blob that is cut keeps the entries before the cut and says where it is", async () => {
  const whole = log();
  const blob = whole.slice(0, whole.size - 100);
  const query = compile("*:*");
  const broken = [];
  const offsets = await query.filterBlob(blob, { onBroken: (piece) => broken.push(piece) });
  assert.equal(offsets.length, 2 * 59_999);
  assert.deepEqual(broken.map(({ line, start }) => [line, start]), [[60_000, offsets.at(-1) + 1]]);
  await assert.rejects(query.filterBlob(blob), EntryError);
});

test("the query may be freed while the blob is read", async () => {
  const query = compile("type:f");
  const run = query.filterBlob(log());
  query.free();
  assert.equal((await run).length, 2 * 20_000);
});

test("the engine's memory does not grow with the log", async () => {
  const { memory } = await initBindings(); // started already: it only hands over what it has
  const query = compile("type:f OR NOT text:x* OR needle");
  await query.filterBlob(new Blob([log(), "\n", log(), "\n", log()]));
  assert.ok(memory.buffer.byteLength <= 24 << 20, `${memory.buffer.byteLength} bytes`);
});
