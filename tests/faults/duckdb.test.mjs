// Sealed files as another program reads them: the SQL of docs/scale.md, run by DuckDB over the local bucket's objects,
// counts what the API lists.

import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import test from "node:test";

import { append, ask, entries, unique } from "../http/server.mjs";

/** Where the document's bucket is; here it is a folder. */
const BUCKET = "r2://trailsift-segments/";

const duckdb = process.env.TRAILSIFT_DUCKDB;

/** The SQL of the document, one statement each. */
function documented() {
  const text = readFileSync(new URL("../../docs/scale.md", import.meta.url), "utf8");
  const [, block] = /```sql\n(.*?)```/s.exec(text);
  return block.split(";").map((statement) => statement.trim()).filter(Boolean);
}

/** The objects of the local bucket under a prefix, name to file. */
function objects(prefix) {
  const found = new Map();
  const root = join(process.env.TRAILSIFT_STATE, "r2");
  const folder = join(root, "miniflare-R2BucketObject");
  for (const name of readdirSync(folder).filter((name) => name.endsWith(".sqlite") && !name.startsWith("metadata"))) {
    const database = new DatabaseSync(join(folder, name), { readOnly: true });
    for (const { key, blob_id: blob } of database.prepare("SELECT key, blob_id FROM _mf_objects").all()) {
      if (key.startsWith(prefix)) found.set(key, join(root, "trailsift-segments/blobs", blob));
    }
    database.close();
  }
  return found;
}

test("DuckDB counts in a sealed trail what the API lists", { skip: !duckdb && "there is no DuckDB" }, async (t) => {
  const trail = unique();
  const count = 3000;
  const kinds = ["s", "f", "fp", "slo"];
  for (let from = 0; from < count; from += 1000) {
    const batch = Array.from({ length: 1000 }, (_, n) => ({
      log_id: `${trail}-${from + n}`,
      date: new Date(Date.UTC(2026, 5, 1) + (from + n) * 60_000).toISOString(),
      type: kinds[((from + n) * 7) % 11 % kinds.length],
      ip: `10.0.${n % 7}.${n % 200}`,
      details: { note: "x".repeat(100), n },
    }));
    await append(trail, batch, { parameters: "?schema=auth0" });
  }
  // The build with faults seals after a second.
  const deadline = performance.now() + 20_000;
  for (let sealed = 0; sealed < count; ) {
    ({ sealed_seq: sealed } = (await ask(`/v1/trails/${trail}`)).json);
    assert.ok(performance.now() < deadline, `sealed up to ${sealed}`);
  }
  const folder = mkdtempSync(join(tmpdir(), "trailsift-duckdb-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [key, blob] of objects(`tenant=http/trail=${trail}/`)) {
    mkdirSync(dirname(join(folder, key)), { recursive: true });
    copyFileSync(blob, join(folder, key));
  }

  const { DuckDBInstance } = createRequire(`${duckdb}/`)("@duckdb/node-api");
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const [secret, view, ...questions] = documented();
  assert.match(secret, /^CREATE SECRET/);
  await connection.run(view.replaceAll(BUCKET, `${folder}/`).replaceAll("tenant=acme", "tenant=http").replaceAll("trail=auth0", `trail=${trail}`));
  const told = async (sql) => (await connection.runAndReadAll(sql)).getRowObjects();

  const listed = await entries(trail, { limit: 1000 });
  const byType = new Map();
  for (const { type } of listed) byType.set(type, (byType.get(type) ?? 0) + 1);
  const [types, one] = await Promise.all(questions.map(told));
  assert.deepEqual(new Map(types.map(({ type, n }) => [type, Number(n)])), byType);
  assert.equal(one.length, 10);
  for (const { entry } of one) assert.ok(listed.some((served) => served.log_id === JSON.parse(entry).log_id));
  // What the API filters, DuckDB filters by the typed column.
  const [{ n }] = await told("SELECT count(*) AS n FROM logs WHERE time >= TIMESTAMPTZ '2026-06-02 00:00:00+00' AND type = 'f'");
  assert.equal(Number(n), (await entries(trail, { q: "type:f AND date:>=2026-06-02", limit: 1000 })).length);
  const [{ gapless }] = await told("SELECT max(sequence) = count(*) AND min(sequence) = 1 AS gapless FROM logs");
  assert.equal(gapless, true);
});
