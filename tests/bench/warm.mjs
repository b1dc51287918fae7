// Questions asked again and again about a log that was loaded once: each side as it holds entries at its best.
// `job.side` is `table` (ours), `objects` (JavaScript objects and closures), `liqe` or `duckdb-1`.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { eachLine, job, measure, tell } from "./measure.mjs";
import { memory } from "./memory.mjs";

/** A package that lies outside the checkout. */
const fetched = (name) => createRequire(`${job.modules}/`)(name);

/** Q1 with other values at each of up to eight runs, so that no side can have kept any part of the answer. */
const TYPES = ["f", "fp", "slo", "fu", "ssa", "s", "sertft", "seacft"];
const NETS = ["10.1.", "203.0.", "10.3.", "100.1", "198.18.", "198.19.", "10.0.", "10.2."];
const variant = (run) => {
  const hour = String(run % 24).padStart(2, "0");
  return { type: TYPES[run % 8], net: NETS[run % 8], from: `2026-06-10T${hour}:00:00`, to: `2026-06-20T${hour}:00:00` };
};
const q1 = ({ type, net, from, to }) => `type:${type} AND ip:${net}* AND date:[${from}Z TO ${to}Z]`;
/** A part of an id that no other run looks for. */
const needle = (run) => String(4471 + 100 * run);
const FACETS = ["type", "connection", "client_name", "ip", "hostname", "user_name"];
const SORTED = ["user_name", "ip", "log_id", "user_agent", "client_name", "date", "connection", "description"];

const sides = { table, objects, liqe, "duckdb-1": duckdb };
await sides[job.side]();

async function table() {
  const api = await import("trailsift");
  const rows = ["q1", "edited", "substring", "facets", "sort", "memory", "peak"];
  if (typeof api.Table !== "function") {
    for (const row of rows) tell({ id: `table/${row}`, absent: "not there yet" });
    return;
  }
  await api.init();
  const file = readFileSync(job.file);
  const table = await api.Table.from(file, { schema: "auth0" });
  await measure("table/q1", (run) => table.count(q1(variant(run))), { sum: true });
  // The other clauses were asked before: only the edited one is new.
  const base = variant(0);
  table.count(q1(base));
  await measure("table/edited", (run) => table.count(q1({ ...base, net: `10.1.${run}.` })));
  await measure("table/substring", (run) => table.count(`log_id:*${needle(run)}*`), { sum: true });
  const current = (run) => `type:${TYPES[run % 8]}*`;
  await measure("table/facets", async (run) => {
    const facets = await table.facets(current(run), FACETS, 10);
    const histogram = await table.histogram(current(run), 120);
    return facets && histogram ? undefined : 0;
  }, { prepare: (run) => table.count(current(run)) });
  // Another column each time, which is there before: the order is what is asked for.
  await measure("table/sort", async (run) => (await table.select("", { sort: SORTED[run % 8], offset: 0, limit: 50 })).length, {
    prepare: (run) => table.facets("", [SORTED[run % 8]], 1),
  });
  const held = typeof table.memory === "number" ? table.memory : table.memory.total;
  tell({ id: "table/memory", value: held / table.length });
  tell({ id: "table/peak", value: memory() / held });
}

/** Every entry as JSON.parse makes it. */
function objectsOf() {
  const entries = [];
  eachLine(readFileSync(job.file), (line) => entries.push(JSON.parse(line)));
  return entries;
}

async function objects() {
  const entries = objectsOf();
  const count = (matches) => {
    let count = 0;
    for (const entry of entries) if (matches(entry)) count++;
    return count;
  };
  const ask = (run) => {
    const { type, net, from, to } = variant(run);
    const end = `${to.slice(0, -1)}1`;
    return count((e) => e.type === type && e.ip?.startsWith(net) === true && e.date >= from && e.date < end);
  };
  await measure("objects/q1", ask, { sum: true });
  const search = (run) => {
    const part = needle(run);
    return count((e) => e.log_id.includes(part));
  };
  await measure("objects/substring", search, { sum: true });
}

async function liqe() {
  const { parse, filter } = fetched("liqe");
  const entries = objectsOf();
  await measure("liqe/warm-q1", (run) => {
    const { type, net } = variant(run);
    // Its words match within texts, and it has no ranges of dates: other counts than the others'.
    return filter(parse(`type:${type} AND ip:/^${net.replaceAll(".", "\\.")}/`), entries).length;
  });
}

async function duckdb() {
  const { DuckDBInstance } = fetched("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  const columns = "type: 'VARCHAR', ip: 'VARCHAR', date: 'TIMESTAMP', log_id: 'VARCHAR'";
  const file = job.file.replaceAll("'", "''");
  await connection.run(`CREATE TABLE entries AS SELECT * FROM read_json('${file}', format='newline_delimited', columns={${columns}})`);
  const count = async (where) => (await connection.runAndReadAll(`SELECT count(*) FROM entries WHERE ${where}`)).getRows()[0][0];
  const ask = (run) => {
    const { type, net, from, to } = variant(run);
    return count(`type = '${type}' AND ip LIKE '${net}%' AND date >= TIMESTAMP '${from}' AND date < TIMESTAMP '${to.slice(0, -1)}1'`);
  };
  await measure("duckdb-1/warm-q1", ask, { sum: true });
  await measure("duckdb-1/warm-substring", (run) => count(`log_id LIKE '%${needle(run)}%'`), { sum: true });
}
