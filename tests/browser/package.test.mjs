// The npm package in Chromium: on the page's own thread and in its module worker, over files as a browser has them.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { gzipSync } from "node:zlib";
import { numbers as range, Trail } from "../proofs.mjs";
import { launch } from "./browser.mjs";

const pkg = new URL("../../crates/wasm/pkg/", import.meta.url);
const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm", ".html": "text/html" };
const numbers = (length) => Array.from({ length }, (_, index) => index);

/** About 40 MB: more than two reads of a file, with entries across their borders. */
const ENTRIES = 50_000;
const LOG = numbers(ENTRIES).map((index) => `${JSON.stringify({
  date: new Date(Date.UTC(2026, 5, 1) + index * 1000).toISOString(), type: index % 5 === 0 ? "f" : "s", index, text: "é🔑".repeat(120), details: { ip: `10.0.${index % 7}.1` },
})}\n`).join("");

let server;
let browser;
let folder;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "trailsift-browser-"));
  writeFileSync(join(folder, "log.ndjson"), LOG);
  const half = LOG.indexOf("\n", LOG.length / 2) + 1;
  writeFileSync(join(folder, "log.ndjson.gz"), Buffer.concat([gzipSync(LOG.slice(0, half)), gzipSync(LOG.slice(half))]));
  writeFileSync(join(folder, "cut.ndjson.gz"), gzipSync(LOG).subarray(0, 100_000));
  const trail = Trail.sample(20);
  const lines = trail.lines(range(4, 17));
  const exports = {
    "intact.ndjson": lines,
    "changed.ndjson": lines.with(3, lines[3].replace('"n":6', '"n":7')),
    "removed.ndjson": lines.toSpliced(5, 1),
    "reordered.ndjson": lines.with(8, lines[9]).with(9, lines[8]),
    "cut.ndjson": lines.slice(0, -3),
    "bundle.json": [trail.contiguous(4, 14)],
    "filtered.ndjson": trail.lines([2, 9, 20]),
    "filtered.json": [trail.filtered([2, 9, 20])],
    "key.txt": [trail.key],
  };
  for (const [name, content] of Object.entries(exports)) writeFileSync(join(folder, name), content.join(""));
  server = createServer((request, response) => {
    const path = new URL(request.url, "http://host").pathname;
    const type = TYPES[/\.\w+$/.exec(path)?.[0]];
    if (path === "/") return response.setHeader("content-type", "text/html").end('<!doctype html><title>package</title><link rel="icon" href="data:,"><input type="file" multiple>');
    try {
      const file = readFileSync(new URL(`.${path}`, pkg));
      response.setHeader("content-type", type ?? "application/octet-stream").end(file);
    } catch {
      response.writeHead(404).end();
    }
  }).listen(0, "127.0.0.1");
  browser = await launch();
});

after(async () => {
  await browser?.close();
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs `use` on a page that has the package, with the files chosen; what it gives comes back. */
async function inPage(files, use) {
  const page = await browser.newPage();
  const troubles = [];
  page.on("pageerror", (error) => troubles.push(error.message));
  page.on("console", (message) => message.type() === "error" && troubles.push(message.text()));
  try {
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    await page.setInputFiles("input", files.map((name) => join(folder, name)));
    const result = await page.evaluate(`(${use})([...document.querySelector("input").files])`);
    assert.deepEqual(troubles, []);
    return result;
  } finally {
    await page.close();
  }
}

test("the worker filters a file and makes a table of it, with progress", async () => {
  const found = await inPage(["log.ndjson"], async ([file]) => {
    const { EngineClient } = await import("/worker.js");
    const client = new EngineClient();
    const [filtering, making] = [[], []];
    const offsets = await client.filterBlob(file, "type:f", { onProgress: ({ found, ...progress }) => filtering.push(progress) });
    const table = await client.table(file, { onProgress: (progress) => making.push(progress) });
    const rows = await table.select("type:f", { sort: "index", descending: true, limit: 2 });
    const result = {
      matches: offsets.length / 2,
      length: table.length,
      count: await table.count("type:f"),
      nested: await table.count("details.ip:10.0.3.0/24"),
      columns: table.columns,
      memory: table.memory,
      facets: await table.facets("type:s", ["type", "details.ip"], 1),
      buckets: (await table.histogram("", 24)).counts.length,
      distinct: await table.distinct("", "details.ip"),
      indexes: (await table.rows(rows)).map((row) => JSON.parse(row).index),
      exported: (await (await table.export("type:f", "ndjson")).text()).split("\n").length - 1,
      filtering,
      making,
    };
    table.free();
    result.freed = await table.count("type:f").catch((error) => error.message);
    client.terminate();
    return result;
  });
  assert.deepEqual([found.matches, found.length, found.count, found.exported], [ENTRIES / 5, ENTRIES, ENTRIES / 5, ENTRIES / 5]);
  assert.equal(found.nested, numbers(ENTRIES).filter((index) => index % 7 === 3).length);
  assert.ok(found.columns.includes("details.ip"));
  assert.ok(found.memory > 0 && found.memory < 120 * ENTRIES, `${found.memory} bytes`);
  assert.deepEqual(found.facets[0].top, [{ value: "s", count: (ENTRIES / 5) * 4 }]);
  assert.deepEqual([found.distinct, found.indexes], [7, [ENTRIES - 5, ENTRIES - 10]]);
  assert.ok(found.buckets > 5 && found.buckets <= 24);
  const size = Buffer.byteLength(LOG);
  for (const reports of [found.filtering, found.making]) {
    assert.ok(reports.length > 2);
    assert.deepEqual([reports.at(-1).bytes, reports.at(-1).totalBytes, reports.at(-1).entries], [size, size, ENTRIES]);
  }
  assert.equal(found.filtering.at(-1).matches, ENTRIES / 5);
  assert.match(found.freed, /the table was freed/);
});

test("gzip with two members is unpacked where the browser's own refuses it; a cut one is told", async () => {
  const found = await inPage(["log.ndjson.gz", "cut.ndjson.gz"], async ([file, cut]) => {
    const { EngineClient, PackedError } = await import("/worker.js");
    const client = new EngineClient();
    const table = await client.table(file);
    const unpacked = await client.unpack(file);
    const stream = await client.table(file.stream());
    const result = {
      lengths: [table.length, stream.length],
      count: await table.count("details.ip:10.0.3.1"),
      matches: (await client.filterBlob(unpacked, "type:f")).length / 2,
      packed: await client.filterBlob(file, "type:f").catch((error) => [error instanceof PackedError, error.message]),
      cut: await client.table(cut).catch((error) => [error instanceof PackedError, error.message]),
      own: await new Response(file.stream().pipeThrough(new DecompressionStream("gzip"))).text().then(() => "all", () => "refused"),
    };
    client.terminate();
    return result;
  });
  assert.deepEqual(found.lengths, [ENTRIES, ENTRIES]);
  assert.equal(found.count, numbers(ENTRIES).filter((index) => index % 7 === 3).length);
  assert.equal(found.matches, ENTRIES / 5);
  assert.deepEqual(found.packed, [true, "the log is packed with gzip: `unpack` it first, or make a `Table` of it"]);
  assert.deepEqual(found.cut, [true, "the gzip file is cut off: it ends in the middle"]);
  assert.equal(found.own, "refused");
});

test("a call is cancelled in the middle, and its table is nobody's", async () => {
  const found = await inPage(["log.ndjson"], async ([file]) => {
    const { EngineClient } = await import("/worker.js");
    const client = new EngineClient();
    const ended = async (call) => {
      const controller = new AbortController();
      let reports = 0;
      const onProgress = () => ((reports += 1), controller.abort(new Error("enough")));
      const message = await call({ signal: controller.signal, onProgress }).then(() => "done", (error) => error.message);
      return [message, reports];
    };
    const result = {
      filter: await ended((options) => client.filterBlob(file, "type:f", options)),
      table: await ended((options) => client.table(file, options)),
      budget: await client.table(file, { budget: 1 << 20 }).catch((error) => [error.name, error.budget, error.rows > 0]),
      query: await client.filterBlob(file, "type:(").catch((error) => [error.name, error.diagnostics.length > 0]),
    };
    const table = await client.table(file);
    result.question = await ended((options) => table.count("details.ip:10.0.3.1", options));
    result.after = await table.count("type:f");
    client.terminate();
    result.terminated = await table.count("type:f").catch((error) => error.message);
    return result;
  });
  for (const call of [found.filter, found.table, found.question]) assert.deepEqual(call, ["enough", 1]);
  assert.deepEqual(found.budget, ["BudgetError", 1 << 20, true]);
  assert.deepEqual(found.query, ["QueryError", true]);
  assert.equal(found.after, ENTRIES / 5);
  assert.match(found.terminated, /terminated/);
});

test("the same without a worker", async () => {
  const found = await inPage(["log.ndjson"], async ([file]) => {
    const { compile, init, Table } = await import("/index.js");
    await init();
    const table = await Table.from(file, { paths: "all" });
    const lines = file.stream().pipeThrough(compile("type:f").stream());
    return [table.length, await table.count(compile("details.ip:10.0.3.1")), (await new Response(lines).text()).split("\n").length - 1];
  });
  assert.deepEqual(found, [ENTRIES, numbers(ENTRIES).filter((index) => index % 7 === 3).length, ENTRIES / 5]);
});

test("an export is verified, and what was done to it is named", async () => {
  const tampered = ["changed.ndjson", "removed.ndjson", "reordered.ndjson", "cut.ndjson"];
  const files = ["key.txt", "bundle.json", "filtered.json", "filtered.ndjson", "intact.ndjson", ...tampered];
  const found = await inPage(files, async (files) => {
    const { verify } = await import("/index.js");
    const { EngineClient } = await import("/worker.js");
    const client = new EngineClient();
    const [keyFile, bundle, filtered, some, intact, ...others] = files;
    const key = await keyFile.text();
    const own = [await verify(intact, bundle, { key }), await verify(some, filtered, { key })];
    const reports = [];
    const onProgress = (progress) => reports.push(progress);
    const inWorker = [await client.verify(intact, bundle, { key, onProgress }), await client.verify(some.stream(), filtered.stream(), { key })];
    const faults = [];
    for (const file of others) {
      const { intact, faults: [fault], sentences: [sentence] } = await client.verify(file, bundle, { key });
      faults.push([file.name, intact, fault.kind, sentence]);
    }
    const misuse = await client.verify(intact, bundle, { key: "key" }).catch((error) => [error instanceof TypeError, error.message]);
    client.terminate();
    const loaded = performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname).filter((path) => path.endsWith(".wasm"));
    return { own, inWorker, faults, misuse, loaded, reports, size: intact.size };
  });
  assert.deepEqual(found.own.map(({ intact, trusted, proven }) => [intact, trusted, proven]), [
    [true, true, { kind: "complete", first: 4, count: 14 }],
    [true, true, { kind: "included", count: 3 }],
  ]);
  assert.deepEqual(found.inWorker, found.own);
  assert.deepEqual(found.faults, [
    ["changed.ndjson", false, "changed", 'The entry 7, with the id "evt_\\"7é", was changed.'],
    ["removed.ndjson", false, "removed", "The entry 9 was removed, between 8 and 10."],
    ["reordered.ndjson", false, "reordered", 'The entry 12, with the id "evt_\\"12é", was moved: it stands after 13.'],
    ["cut.ndjson", false, "cut", "The end was cut off after 14: the entries 15 to 17 are missing."],
  ]);
  assert.deepEqual(found.misuse, [true, "`key` is no key as a log publishes it: `name+id+key`"]);
  assert.deepEqual(found.reports.at(-1), { bytes: found.size, totalBytes: found.size });
  // The page itself asked for no engine.
  assert.deepEqual(found.loaded, ["/verify.wasm"]);
});
