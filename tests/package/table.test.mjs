// A log as a table: the same answers as the filter's, whatever it comes from, and the entries read again for them.
import assert from "node:assert/strict";
import test from "node:test";
import { BudgetError, compile, EntryError, init, QueryError, Table } from "../../crates/wasm/pkg/index.js";
import { cases } from "./corpus.mjs";

await init();
const utf8 = (text) => new TextEncoder().encode(text);
const ndjson = (entries) => entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
const numbers = (length) => Array.from({ length }, (_, index) => index);

test("every row of the corpus: the table finds what the filter finds, as text and as a compiled query", async () => {
  for (const { name, query, options, entries, matches } of cases().filter(({ matches }) => matches !== undefined)) {
    const compiled = compile(query, options);
    for (const text of [`${entries.join("\n")}\n`, `[${entries.join(", ")}]`]) {
      const table = await Table.from(utf8(text), options);
      assert.equal(table.length, entries.length, name);
      assert.deepEqual([...(await table.select(query))], matches, name);
      assert.deepEqual([...(await table.select(compiled))], matches, name);
      assert.equal(await table.count(query), matches.length, name);
      assert.deepEqual(await table.rows(matches), matches.map((index) => entries[index].trim()), name);
      table.free();
    }
    compiled.free();
  }
});

/** About 45 MB: more than two reads of a blob, with entries across their borders. */
const ENTRIES = numbers(60_000).map((index) => ({
  date: new Date(Date.UTC(2026, 5, 1) + index * 1000).toISOString(),
  type: index % 3 === 0 ? "f" : "s",
  index,
  text: `é🔑${"x".repeat(600 + (index % 97))}`,
  details: { more: `${index}${"y".repeat(90)}`, ip: `10.0.${index % 7}.${index % 251}` },
}));
const LARGE = ndjson(ENTRIES);

/** The bytes as a stream of pieces that entries do not fit into. */
function streamOf(bytes, size = 4096) {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, (at += size)));
    },
  });
}

test("bytes, a blob and a stream give the same table", async () => {
  const bytes = utf8(LARGE);
  for (const [form, log] of [["bytes", bytes], ["buffer", bytes.buffer], ["blob", new Blob([bytes])], ["stream", streamOf(bytes, 65_000)]]) {
    const reports = [];
    const table = await Table.from(log, { onProgress: (progress) => reports.push(progress) });
    assert.equal(table.length, ENTRIES.length, form);
    const last = reports.at(-1);
    assert.deepEqual([last.bytes, last.totalBytes, last.entries, last.broken], [bytes.length, form === "stream" ? undefined : bytes.length, ENTRIES.length, 0], form);
    assert.ok(reports.length > 2 && last.memory > 0, form);
    assert.ok(table.memory < 120 * ENTRIES.length, `${table.memory} bytes`);
    assert.equal(await table.count("type:f"), 20_000, form);
    // A column that is not there, and free text: the log is read again for both.
    assert.ok(!table.columns.includes("details.ip"));
    assert.equal(await table.count("details.ip:10.0.3.0/24"), ENTRIES.filter(({ index }) => index % 7 === 3).length, form);
    assert.ok(table.columns.includes("details.ip"));
    assert.equal(await table.count("\"10.0.3.150\""), ENTRIES.filter(({ details }) => details.ip === "10.0.3.150").length, form);
    const page = await table.select("type:f", { sort: "index", descending: true, offset: 10, limit: 5 });
    assert.deepEqual([...page], numbers(5).map((row) => 59_997 - 3 * (10 + row)), form);
    const rows = await table.rows([...page, 0, page[0]]);
    assert.deepEqual(rows.map((row) => JSON.parse(row)), [...page, 0, page[0]].map((row) => ENTRIES[row]), form);
  }
});

test("questions put at once are answered by one reading of the log", async () => {
  const blob = new Blob([ndjson(ENTRIES.slice(0, 100))]);
  let reads = 0;
  const counted = new Proxy(blob, {
    get(target, key) {
      if (key === "slice") reads += 1;
      const value = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  assert.ok(counted instanceof Blob);
  const table = await Table.from(counted);
  reads = 0;
  const query = "details.ip:10.0.3.*";
  const [count, [facets], histogram] = await Promise.all([table.count(query), table.facets(query, ["type"], 5), table.histogram(query, 10)]);
  assert.equal(count, ENTRIES.slice(0, 100).filter(({ index }) => index % 7 === 3).length);
  assert.equal(facets.rows, count);
  assert.equal(histogram.counts.reduce((sum, part) => sum + part), count);
  assert.equal(reads, 1);
});

test("facets, distinct values and histograms", async () => {
  const text = `
    {"date":"2026-06-10T12:00:07Z","type":"f","n":1,"ok":true,"big":9007199254740993}
    {"date":"2026-06-10T12:00:17Z","type":["f","s"],"n":1.0,"ok":false}
    {"type":null,"n":2.5}`;
  const table = await Table.from(utf8(text), { schema: "any" });
  const [type, n, ok, big, absent] = await table.facets("", ["type", "n", "ok", "big", "absent"], 2);
  assert.deepEqual(type, { field: "type", top: [{ value: "f", count: 2 }, { value: "s", count: 1 }], distinct: 2, rows: 2 });
  assert.deepEqual([n.top, n.distinct], [[{ value: 1, count: 2 }, { value: 2.5, count: 1 }], 2]);
  assert.deepEqual(ok.top, [{ value: false, count: 1 }, { value: true, count: 1 }]);
  assert.deepEqual(big.top, [{ value: "9007199254740993", count: 1 }]);
  assert.deepEqual(absent, { field: "absent", top: [], distinct: 0, rows: 0 });
  assert.equal(await table.distinct("type:s", "type"), 2);
  assert.deepEqual(await table.histogram("", 5), {
    field: "date",
    step: { count: 5, unit: "second" },
    edges: [5, 10, 15, 20].map((second) => Date.UTC(2026, 5, 10, 12, 0, second)),
    counts: [1, 0, 1],
    undated: 1,
  });
});

test("fields have the names that the schema gives them", async () => {
  const entry = { timestamp: "2026-06-10T12:00:00Z", request: { tuple_key: { user: "user:anne" } } };
  const fga = await Table.from(utf8(ndjson([entry])), { schema: "fga", dialect: "fga", paths: ["user"] });
  assert.equal(await fga.count("user:'user:anne'"), 1);
  assert.equal((await fga.histogram("", 1)).field, "timestamp");
  await assert.rejects(fga.facets("", ["user"], 1), (error) => error instanceof TypeError && /`request\.tuple_key\.user`/.test(error.message));
  const auth0 = await Table.from(utf8(ndjson([{ type: "fp" }])), { schema: "auth0" });
  await assert.rejects(auth0.select("", { sort: "nonsense" }), /the schema `auth0` has no field `nonsense`/);
  await assert.rejects(auth0.count("nonsense:1"), QueryError);
  await assert.rejects(Table.from(utf8(""), { schema: "auth1" }), TypeError);
});

test("all fields of the first entries can have columns from the start", async () => {
  const log = utf8(ndjson(ENTRIES.slice(0, 2000)) + '{"late":{"a":{"b":1}}}');
  for (const [form, source] of [["bytes", log], ["stream", streamOf(log)], ["short", log.subarray(0, 900)], ["empty", utf8("")]]) {
    const table = await Table.from(source, { paths: "all", schema: "auth0", onBroken: () => {} });
    assert.equal(table.columns.includes("details.ip"), form !== "empty", form);
    assert.equal(await table.count("details.ip:10.0.0.0"), form === "empty" ? 0 : form === "short" ? 1 : ENTRIES.slice(0, 2000).filter(({ details }) => details.ip === "10.0.0.0").length, form);
    table.free();
  }
  const table = await Table.from(log, { paths: "all" });
  assert.equal(await table.count("late.a.b:1"), 1);
});

test("an export is the entries' own bytes, an array, or CSV without formulas", async () => {
  const entries = ['{"type":"f", "n":1e3,  "a":"=1+1"}', '{"type":"s"}', '{\n  "type": "f",\r\n  "a": "x,\\"y\\""\n}', '{"type":"f","n":-5,"a":"-5"}'];
  const table = await Table.from(utf8(`[${entries.join(",")}]`));
  const text = async (...question) => (await table.export(...question)).text();
  assert.equal(await text("type:f", "ndjson"), `${entries[0]}\n${entries[2].replaceAll(/[\r\n]/g, " ")}\n${entries[3]}\n`);
  assert.equal(await text("type:f", "json"), `[\n${entries[0]},\n${entries[2]},\n${entries[3]}\n]\n`);
  assert.equal(await text("type:f", "csv", { columns: ["a", "n"] }), "a,n\r\n'=1+1,1000\r\n\"x,\"\"y\"\"\",\r\n'-5,-5\r\n");
  assert.equal((await text("type:f", "csv")).split("\r\n")[0], "a,n,type");
  assert.deepEqual([await text("type:none", "ndjson"), JSON.parse(await text("type:none", "json"))], ["", []]);
  assert.equal((await table.export("", "csv")).type, "text/csv");
  // Every column that there is, whatever the schema makes of its name.
  for (const schema of ["auth0", "fga"]) {
    const table = await Table.from(utf8('{"isMobile":true,"trace_id":"t","type":"f"}'), { schema });
    assert.equal(await (await table.export("", "csv")).text(), "isMobile,trace_id,type\r\ntrue,t,f\r\n");
  }
  await assert.rejects(table.export("", "xml"), TypeError);
});

test("a large export is every entry, in order", async () => {
  const blob = new Blob([LARGE]);
  const table = await Table.from(blob);
  assert.equal(await (await table.export("", "ndjson")).text(), LARGE);
  const some = await (await table.export("type:f", "json")).text();
  assert.deepEqual(JSON.parse(some).map(({ index }) => index), numbers(20_000).map((index) => 3 * index));
  const csv = await (await table.export("details.ip:10.0.3.*", "csv", { columns: ["index", "details.ip"] })).text();
  assert.equal(csv.split("\r\n").length - 2, ENTRIES.filter(({ index }) => index % 7 === 3).length);
});

test("broken entries are an error, or told of", async () => {
  const bytes = utf8('{"n":1}\n{"n":\n{"n":3}\n{"n":4');
  await assert.rejects(Table.from(bytes), (error) => error instanceof EntryError && error.count === 2 && error.broken[0].line === 2);
  const told = [];
  const table = await Table.from(bytes, { onBroken: (piece) => told.push(piece) });
  assert.deepEqual(told.map(({ line }) => line), [2, 4]);
  assert.deepEqual([table.length, table.brokenCount, table.broken], [2, 2, told]);
  assert.deepEqual(await table.rows([1]), ['{"n":3}']);
});

test("an entry that is too long is broken, for a table as for a filter", async () => {
  const blob = new Blob(['{"a":1}\n{"a":2,"t":"', "x".repeat(65 << 20), '"}\n{"a":3}\n']);
  const told = [];
  const onBroken = ({ line, start, reason }) => told.push([line, start, reason]);
  const table = await Table.from(blob, { onBroken });
  assert.deepEqual(await table.rows([0, 1]), ['{"a":1}', '{"a":3}']);
  assert.equal((await compile("").filterBlob(blob, { onBroken })).length / 2, table.length);
  assert.deepEqual(told[0], [2, 8, "an entry is not longer than 64 MiB, and this is"]);
  assert.deepEqual(told, [told[0], told[0]]);
});

test("nothing at all is a table without rows", async () => {
  for (const log of ["", "\n \n", "[]", '{"logs":[]}']) {
    const table = await Table.from(utf8(log));
    assert.deepEqual([table.length, await table.count("a:1"), await table.count("free text")], [0, 0, 0]);
    assert.deepEqual([...(await table.select("", { sort: "a" }))], []);
    assert.deepEqual((await table.histogram("", 10)).counts, []);
    assert.equal(await (await table.export("", "csv", { columns: ["a"] })).text(), "a\r\n");
  }
});

test("a table that would be too large says how far it came", async () => {
  await assert.rejects(Table.from(utf8(LARGE), { budget: 1 << 20 }), (error) => {
    assert.ok(error instanceof BudgetError);
    assert.ok(error.rows > 0 && error.rows < 60_000 && error.budget === 1 << 20 && error.bytes > error.budget);
    assert.match(error.message, /^the first \d+ entries take \d+ bytes of memory as a table, and `budget` allows 1048576/);
    return true;
  });
  // Columns that are added count, too; what was there before stays.
  const table = await Table.from(utf8(LARGE), { budget: 4 << 20 });
  const memory = table.memory;
  await assert.rejects(table.facets("", ["details.more"], 1), BudgetError);
  assert.equal(await table.count("type:f"), 20_000);
  assert.ok(table.memory >= memory);
});

test("a signal ends the reading, and the one for a question", async () => {
  const reason = new Error("the user has left");
  const blob = new Blob([LARGE]);
  const controller = new AbortController();
  let reports = 0;
  const making = Table.from(blob, { signal: controller.signal, onProgress: () => (reports += 1, controller.abort(reason)) });
  await assert.rejects(making, reason);
  assert.equal(reports, 1);
  await assert.rejects(Table.from(blob, { signal: AbortSignal.abort(reason) }), reason);

  const table = await Table.from(blob);
  const asking = new AbortController();
  const asked = table.count("details.ip:10.0.3.*", { signal: asking.signal, onProgress: () => asking.abort(reason) });
  // Somebody who asks the same meanwhile, and stays, is answered.
  const other = table.count("details.ip:10.0.3.*");
  await assert.rejects(asked, reason);
  assert.equal(await other, ENTRIES.filter(({ index }) => index % 7 === 3).length);
  table.free();
});

test("a freed table says so, also to who waits", async () => {
  const table = await Table.from(new Blob([LARGE]));
  const waiting = table.count("details.ip:10.0.3.*");
  table.free();
  table.free();
  await assert.rejects(waiting, /the table was freed/);
  await assert.rejects(table.count("type:f"), /the table was freed/);
  assert.throws(() => table.memory, /the table was freed/);
});

test("a query may be freed as soon as it is asked", async () => {
  const table = await Table.from(utf8(ndjson(ENTRIES.slice(0, 50))));
  const query = compile("details.ip:10.0.3.*");
  const waiting = table.count(query);
  query.free();
  assert.equal(await waiting, ENTRIES.slice(0, 50).filter(({ index }) => index % 7 === 3).length);
});

test("a log that has changed is told, not answered about", async () => {
  const bytes = utf8('{"a":{"b":1}}\n{"a":{"b":2}}\n');
  const table = await Table.from(bytes);
  bytes.set(utf8('  {"a":{}}  \n'));
  await assert.rejects(table.count("a.b:1"), /the log has changed/);
});

test("misuse is told", async () => {
  await assert.rejects(Table.from("{}"), TypeError);
  const table = await Table.from(utf8("{}"));
  await assert.rejects(table.count(7), TypeError);
  await assert.rejects(table.rows([1]), RangeError);
  await assert.rejects(table.rows([-1]), RangeError);
});
