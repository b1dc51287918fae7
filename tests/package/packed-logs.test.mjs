// Logs in gzip and zip: unpacked for a table, kept or unpacked again for what is asked later, and what is wrong told.
import assert from "node:assert/strict";
import test from "node:test";
import { gzipSync } from "node:zlib";
import { compile, init, PackedError, Table, unpack } from "../../crates/wasm/pkg/index.js";
import { zip } from "./zip.mjs";

await init();
const utf8 = (text) => new TextEncoder().encode(text);
const numbers = (length) => Array.from({ length }, (_, index) => index);
const ndjson = (from, to) => numbers(to - from).map((index) => `${JSON.stringify({ n: from + index, t: index % 3 ? "s" : "f", d: { x: `${index}`.repeat(20) } })}\n`).join("");
const [FIRST, SECOND] = [ndjson(0, 30_000), ndjson(30_000, 60_000)];
const member = (text, options) => gzipSync(text, options);
const GZIP = Buffer.concat([member(FIRST), member(""), member(SECOND, { level: 1 })]);

/** The bytes with one of them changed. */
const flipped = (bytes, at) => ((bytes[at] ^= 1), bytes);

const ZIP = zip([["part-10.ndjson", SECOND], ["part-2.ndjson", FIRST, { method: 0 }], ["__MACOSX/._part-2.ndjson", "\0\u0005"]], { comment: "made by a test" });

function streamOf(bytes, size = 4096) {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(new Uint8Array(bytes.subarray(at, (at += size))));
    },
  });
}

for (const [packing, bytes] of [["gzip of several members", GZIP], ["zip of several files", ZIP]]) {
  test(`${packing}: bytes, blobs and streams are tables; kept or not, their entries are read again`, async () => {
    const sources = {
      bytes: [bytes], blob: [new Blob([bytes])], stream: [streamOf(bytes)], "a blob that is not kept": [new Blob([bytes]), { keep: 1000 }],
    };
    for (const [form, [log, options]] of Object.entries(sources)) {
      const reports = [];
      const table = await Table.from(log, { ...options, onProgress: (progress) => reports.push(progress) });
      assert.equal(table.length, 60_000, form);
      const last = reports.at(-1);
      if (packing.startsWith("gzip")) assert.equal(last.bytes, bytes.length, form);
      assert.equal(last.totalBytes, form === "stream" ? undefined : bytes.length, form);
      assert.equal(await table.count("t:f"), 20_000, form);
      assert.equal(await table.count('d.x:"77777777777777777777"'), 2, form);
      const rows = await table.select("t:f", { sort: "n", descending: true, limit: 3 });
      assert.deepEqual((await table.rows(rows)).map((row) => JSON.parse(row).n), [59_997, 59_994, 59_991], form);
      assert.equal(await (await table.export("", "ndjson")).text(), FIRST + SECOND, form);
      table.free();
    }
  });

  test(`${packing}: unpack gives the log itself, and a query filters it as it streams`, async () => {
    const expected = packing.startsWith("gzip") ? FIRST + SECOND : `${FIRST}\n${SECOND}`;
    assert.equal(await new Response(unpack(new Blob([bytes]))).text(), expected);
    assert.equal(await new Response(unpack(streamOf(bytes, 100))).text(), expected);
    const query = compile("t:f AND n:[29990 TO 30010]");
    const lines = await new Response(unpack(bytes).pipeThrough(query.stream())).text();
    assert.deepEqual(lines.trim().split("\n").map((line) => JSON.parse(line).n), [29991, 29994, 29997, 30000, 30003, 30006, 30009]);
  });
}

test("what is not packed is unpacked as it is", async () => {
  assert.equal(await new Response(unpack(utf8(FIRST))).text(), FIRST);
  assert.equal(await new Response(unpack(streamOf(utf8("{}")))).text(), "{}");
  assert.equal(await new Response(unpack(new Blob([]))).text(), "");
});

test("headers and trailers of every kind are read", async () => {
  // A member with extra fields, a name, a comment and a check sum of its header.
  const plain = member("{}\n");
  const header = Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 3, 3, 0, 1, 2, 3]), Buffer.from("name\0comment\0"), Buffer.from([0, 0])]);
  const rich = Buffer.concat([header, plain.subarray(10)]);
  for (const bytes of [rich, Buffer.concat([rich, rich]), Buffer.concat([rich, Buffer.alloc(512)])]) {
    for (const size of [1, 7, 4096]) {
      const text = await new Response(unpack(streamOf(bytes, size))).text();
      assert.equal(text, bytes.length === 2 * rich.length ? "{}\n{}\n" : "{}\n", `pieces of ${size}`);
    }
  }
  const large = zip([["a.json", '[{"n":1}]', { isZip64: true }]]);
  assert.equal((await Table.from(large)).length, 1);
});

test("what cannot be unpacked is told plainly", async () => {
  const damaged = Buffer.from(GZIP);
  damaged[GZIP.length - 5] ^= 1;
  const garbled = Buffer.from(member(FIRST));
  garbled.fill(0xff, 2000, 2100);
  for (const [bytes, message] of [
    [GZIP.subarray(0, GZIP.length - 100), /the gzip file is cut off/],
    [GZIP.subarray(0, GZIP.length - 3), /the gzip file is cut off/],
    [GZIP.subarray(0, 12), /the gzip file is cut off/],
    [GZIP.subarray(0, 5), /the gzip file is cut off/],
    [damaged, /the gzip file is damaged: its check sum/],
    [garbled, /damaged/],
    [Buffer.concat([member("{}"), Buffer.from("{}")]), /behind the gzip file's end is something else/],
    [zip([["a.json", "{}", { flags: 1 }]]), /`a\.json` in the zip file has a password/],
    [zip([["a.json", "{}", { method: 99 }]]), /`a\.json` in the zip file has a password/],
    [zip([["a.json", "{}", { method: 12 }]]), /packed in a way that is not known \(method 12\)/],
    [zip([["logs/", ""], ["logs/a.json", "{}"]]), /the zip file holds a folder, `logs\/`/],
    [zip([["logs/a.json", "{}"]]), /the zip file holds a folder, `logs\/`/],
    [zip([]), /the zip file holds no files/],
    [zip([["a.json", "{}", { crc: 1 }]]), /the zip file is damaged/],
    [zip([["a.json", "{}", { crc: 1, method: 0 }]]), /the zip file is damaged/],
    [flipped(zip([["a.json", '{"a":"x"}', { method: 0 }]]), 43), /the zip file is damaged/],
    [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 4, 0]), /packed with zstd, which is not unpacked here/],
    [Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]), /packed with xz, which is not unpacked here/],
    [Buffer.from("BZh91AY"), /packed with bzip2, which is not unpacked here/],
    [ZIP.subarray(0, ZIP.length - 50), /the zip file is cut off/],
  ]) {
    for (const log of [bytes, new Blob([bytes]), streamOf(bytes)]) {
      await assert.rejects(Table.from(log), (error) => error instanceof PackedError && message.test(error.message), String(message));
      await assert.rejects(new Response(unpack(log instanceof ReadableStream ? streamOf(bytes) : log)).text(), PackedError);
    }
  }
});

test("a stream that cannot be unpacked is given up", async () => {
  let cancelled = false;
  const stream = new ReadableStream({ pull: (controller) => controller.enqueue(Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd)), cancel: () => void (cancelled = true) });
  await assert.rejects(new Response(unpack(stream)).text(), /zstd/);
  assert.ok(cancelled);
});

test("a filter, whose offsets would point nowhere, says what to do", async () => {
  const query = compile("t:f");
  const told = /filter `unpack\(log\)\.pipeThrough\(query\.stream\(\)\)`/;
  assert.throws(() => query.filter(GZIP), (error) => error instanceof PackedError && told.test(error.message));
  await assert.rejects(query.filterBlob(new Blob([ZIP])), told);
  // However its first bytes come.
  for (const size of [1, 3, 4096]) {
    await assert.rejects(new Response(streamOf(ZIP, size).pipeThrough(query.stream())).text(), (error) => error instanceof PackedError && told.test(error.message), `${size}`);
  }
});

test("a stream that is larger than what is kept says so", async () => {
  for (const log of [streamOf(utf8(FIRST)), streamOf(GZIP), streamOf(ZIP)]) {
    await assert.rejects(Table.from(log, { keep: 1000 }), (error) => error instanceof RangeError && /`keep` allows/.test(error.message));
  }
});

test("a signal ends the unpacking", async () => {
  const reason = new Error("gone");
  const controller = new AbortController();
  let pulled = 0;
  let cancelled;
  const endless = new ReadableStream({
    pull(stream) {
      pulled += 1;
      stream.enqueue(new Uint8Array(member(FIRST)));
      if (pulled === 20) controller.abort(reason);
    },
    cancel: (why) => void (cancelled = why),
  });
  await assert.rejects(Table.from(endless, { signal: controller.signal }), reason);
  assert.equal(cancelled, reason);
});
