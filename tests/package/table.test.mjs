// A log as a table: the same answers as the filter's, whatever it comes from, and the entries read again for them.
import assert from "node:assert/strict";
import test from "node:test";
import { BudgetError, compile, EntryError, events, init, QueryError, Table } from "../../crates/wasm/pkg/index.js";
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
  assert.deepEqual((await fga.facets("", ["user"], 1))[0].top, [{ value: "user:anne", count: 1 }]);
  const auth0 = await Table.from(utf8(ndjson([{ type: "fp" }])), { schema: "auth0" });
  await assert.rejects(auth0.select("", { sort: "nonsense" }), /the schema `auth0` has no field `nonsense`$/);
  for (const [written, meant] of [["user_nmae", "user_name"], ["user_email", "user_name"], ["detials.request.ip", "details.request.ip"]]) {
    const told = (error) => error instanceof TypeError && error.message.endsWith(`has no field \`${written}\`; did you mean \`${meant}\`?`);
    await assert.rejects(auth0.facets("", ["type", written], 1), told);
    await assert.rejects(auth0.histogram("", 1, { field: written }), told);
    await assert.rejects(auth0.export("", "csv", { columns: [written] }), told);
    await assert.rejects(Table.from(utf8(""), { schema: "auth0", paths: [written] }), told);
  }
  await assert.rejects(auth0.count("nonsense:1"), QueryError);
  await assert.rejects(Table.from(utf8(""), { schema: "auth1" }), TypeError);
});

/** Where FGA's requests carry tuples. */
const TUPLES = ["tuple_key", "writes.tuple_keys", "deletes.tuple_keys", "checks.tuple_key"];
/** The values at a path, plainly gone through. */
const at = (value, [key, ...path]) =>
  Array.isArray(value) ? value.flatMap((part) => at(part, key === undefined ? [] : [key, ...path])) : key === undefined ? [value] : at(value?.[key] ?? [], path);

test("a field of several paths: facets, order, histogram, distinct values and CSV", async () => {
  const tuple = (n) => ({ user: `user:${n % 3}`, relation: "viewer", object: `doc:${n % 5}` });
  const entries = numbers(40).map((n) => ({
    timestamp: `2026-06-10T12:00:${String(n).padStart(2, "0")}Z`,
    request: [
      { tuple_key: tuple(n) },
      { writes: { tuple_keys: [tuple(n), tuple(n + 1)] } },
      { tuple_key: tuple(n), checks: [{ tuple_key: tuple(n) }, { tuple_key: tuple(n + 7) }] },
      { deletes: { tuple_keys: [tuple(n)] } },
      {},
    ][n % 5],
  }));
  const table = await Table.from(utf8(ndjson(entries)), { schema: "fga" });
  for (const name of ["user", "object"]) {
    const counts = new Map();
    const found = entries.map((entry) => TUPLES.flatMap((path) => at(entry, ["request", ...path.split("."), name])));
    for (const values of found) for (const value of new Set(values)) counts.set(value, (counts.get(value) ?? 0) + 1);
    const top = [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
    const expected = { field: name, top, distinct: counts.size, rows: found.filter((values) => values.length > 0).length };
    assert.deepEqual(await table.facets("", [name], 10), [expected]);
    assert.equal(await table.distinct("", name), counts.size);
    for (const { value, count } of top) assert.equal(await table.count(`${name}:"${value}"`), count);
    const first = found.map((values, row) => [values[0], row]).sort(([a, m], [b, n]) => (a === undefined ? (b === undefined ? m - n : 1) : b === undefined ? -1 : a < b ? -1 : a > b ? 1 : m - n));
    assert.deepEqual([...(await table.select("", { sort: name }))], first.map(([, row]) => row));
    assert.deepEqual([...(await table.select("", { sort: name, limit: 3, offset: 2 }))], first.slice(2, 5).map(([, row]) => row));
    const csv = await (await table.export("", "csv", { columns: [name] })).text();
    assert.deepEqual(csv.split("\r\n").slice(1, -1), found.map((values) => values.join("; ")));
  }
  const mobile = await Table.from(utf8('{"isMobile":true}{"is_mobile":true}{"isMobile":false,"is_mobile":false}{"isMobile":true,"is_mobile":false}{}'), { schema: "auth0" });
  const top = [{ value: false, count: 2 }, { value: true, count: 3 }].reverse();
  assert.deepEqual(await mobile.facets("", ["isMobile"], 5), [{ field: "isMobile", top, distinct: 2, rows: 4 }]);
});

test("a field that the event code tells: facets, order, distinct values, CSV, and no dates", async () => {
  const codes = ["s", "f", "fp", "slo", "nonsense", "seacft", "fn"];
  const entries = [...codes.map((type) => ({ type })), { type: ["s", "f"] }, { type: 7 }, {}];
  const table = await Table.from(utf8(ndjson(entries)), { schema: "auth0" });
  const known = new Map(events().map((event) => [event.code, event]));
  for (const name of ["category", "outcome"]) {
    const found = entries.map(({ type }) => [type].flat().flatMap((code) => known.get(code)?.[name] ?? []));
    const [facets] = await table.facets("", [name], 20);
    assert.equal(facets.rows, found.filter((values) => values.length > 0).length);
    for (const { value, count } of facets.top) {
      assert.equal(found.filter((values) => values.includes(value)).length, count, value);
      assert.equal(await table.count(`${name}:${value}`), count, value);
    }
    assert.equal(await table.distinct("", name), new Set(found.flat()).size);
    const first = found.map((values, row) => [values[0] ?? "~", row]).sort(([a, m], [b, n]) => (a < b ? -1 : a > b ? 1 : m - n));
    assert.deepEqual([...(await table.select("", { sort: name }))], first.map(([, row]) => row));
    assert.equal(await (await table.export("", "csv", { columns: [name] })).text(), `${name}\r\n${found.map((values) => `${values.join("; ")}\r\n`).join("")}`);
    assert.equal((await table.histogram("", 10, { field: name })).undated, entries.length);
  }
});

test("CSV has objects, and arrays that hold some, as they are written", async () => {
  const entries = [
    '{"a":{"b": "=1+1",\n "c":[1, 2]},"n":1}',
    '{"a":[{"b":"x"}, {"b":"y"}],"n":2}',
    '{"a":[1,"=x",null],"n":3}',
    '{"a":[],"n":{}}',
    '{"a":"=1","a":{"b":"last, wins"}}',
    '{"\\u0061":[[{"b":1}],{"b":[{"d":1}]}]}',
    "{}",
  ];
  const table = await Table.from(utf8(entries.join("\n")));
  const text = async (columns) => (await (await table.export("", "csv", { columns })).text()).replaceAll("\r\n", "|");
  const quoted = (json) => `"${json.replaceAll('"', '""')}"`;
  assert.equal(await text(["a", "n"]), ["a,n", `${quoted('{"b": "=1+1",\n "c":[1, 2]}')},1`, `${quoted('[{"b":"x"}, {"b":"y"}]')},2`, "1; =x; ,3", ",{}",
    `${quoted('{"b":"last, wins"}')},`, `${quoted('[[{"b":1}],{"b":[{"d":1}]}]')},`, ",", ""].join("|"));
  assert.equal(await text(["a.b", "a.*"]), ["a.b,a.*", "'=1+1,'=1+1; 1; 2", "x; y,x; y", ",", ",", `${quoted("last, wins")},${quoted("last, wins")}`,
    `${quoted('1; [{"d":1}]')},${quoted('1; [{"d":1}]')}`, ",", ""].join("|"));
  // More than is handed over at a time, with rows between that need nothing.
  const many = numbers(3000).map((index) => (index % 3 ? { index, a: { text: "x".repeat(1000), index } } : { index, a: "plain" }));
  const large = await Table.from(new Blob([ndjson(many)]));
  const lines = (await (await large.export("", "csv", { columns: ["index", "a"] })).text()).split("\r\n").slice(1, -1);
  assert.deepEqual(lines, many.map(({ index, a }) => `${index},${typeof a === "string" ? a : quoted(JSON.stringify(a))}`));
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
  const wrong = [
    [() => table.select("", { order: "desc" }), TypeError, "`select` has no option `order`; there are `sort`, `descending`, `offset`, `limit`, `signal`, `onProgress`"],
    [() => table.select("", { limit: -1 }), RangeError, "`limit` is a whole number from 0 on, or `Infinity`, and not -1"],
    [() => table.select("", { limit: Number.NaN }), RangeError, "`limit` is a whole number from 0 on, or `Infinity`, and not NaN"],
    [() => table.select("", { offset: 1.5 }), RangeError, "`offset` is a whole number from 0 on, and not 1.5"],
    [() => table.select("", { offset: "2" }), TypeError, '`offset` is a whole number from 0 on, and not "2"'],
    [() => table.select("", { sort: 1 }), TypeError, "`sort` is the name of a field, and not 1"],
    [() => table.select("", { sort: "a", descending: "yes" }), TypeError, '`descending` is `true` or `false`, and not "yes"'],
    [() => table.select("", 5), TypeError, "the options of `select` are an object, and not 5"],
    [() => table.histogram("", 0), RangeError, "`buckets` is a whole number from 1 on, and not 0"],
    [() => table.histogram("", 10, { path: "date" }), TypeError, "`histogram` has no option `path`; there are `field`, `signal`, `onProgress`"],
    [() => table.facets("", "type", 3), TypeError, '`fields` is an array of names of fields, and not "type"'],
    [() => table.facets("", ["type", 1], 3), TypeError, "`fields` is an array of names of fields, and not an array of string, number"],
    [() => table.facets("", ["type"]), TypeError, "`top` is a whole number from 0 on, or `Infinity`, and not undefined"],
    [() => table.facets("", ["type"], -2), RangeError, "`top` is a whole number from 0 on, or `Infinity`, and not -2"],
    [() => table.distinct("", null), TypeError, "`field` is the name of a field, and not null"],
    [() => table.count("", { sort: "a" }), TypeError, "`count` has no option `sort`; there are `signal`, `onProgress`"],
    [() => table.rows("12"), TypeError, '`rows` is an array of numbers, and not "12"'],
    [() => table.export("", "csv", { columns: "a" }), TypeError, '`columns` is an array of names of fields, and not "a"'],
    [() => Table.from(utf8("{}"), { paths: "a.b" }), TypeError, '`paths` is an array of names of fields, and not "a.b"'],
    [() => Table.from(utf8("{}"), { budget: Number.NaN }), RangeError, "`budget` is a number of bytes, and not NaN"],
    [() => Table.from(utf8("{}"), { keep: "1" }), TypeError, '`keep` is a number of bytes, and not "1"'],
  ];
  for (const [ask, kind, message] of wrong) await assert.rejects(ask, (error) => error instanceof kind && error.message === message, message);
});
