// Recorded entries of real tenants through the package: as many match as a plain reading of them says.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import test from "node:test";
import { compile, init } from "../../crates/wasm/pkg/index.js";

const file = process.env.TRAILSIFT_SHARED && `${process.env.TRAILSIFT_SHARED}/data/auth0-real-entries.ndjson`;
const absent = !(file && existsSync(file)) && "the recorded real entries are not beside the checkout (TRAILSIFT_SHARED)";

test("recorded real entries, one by one and as a file", { skip: absent }, async () => {
  await init();
  const bytes = readFileSync(file);
  const lines = bytes.toString("utf8").split("\n").filter((line) => line !== "");
  const real = lines.map((line) => JSON.parse(line));
  const { user_id } = real.find((entry) => entry.user_id?.startsWith("auth0|"));
  const months = ["2021-09", "2021-10"];
  for (const [q, means] of [
    ["type:sapi", (entry) => entry.type === "sapi"],
    ["NOT type:sapi", (entry) => entry.type !== "sapi"],
    [`user_id:"${user_id}"`, (entry) => entry.user_id === user_id],
    ["date:[2021-09 TO 2021-10]", (entry) => months.includes(entry.date.slice(0, 7))],
  ]) {
    const wanted = lines.filter((_, at) => means(real[at]));
    assert.ok(wanted.length > 0 && wanted.length < lines.length, q);
    const query = compile(q, { schema: "auth0" });
    assert.deepEqual(lines.filter((line) => query.matches(line)), wanted, `${q}, the text of each`);
    assert.equal(real.filter((entry) => query.matches(entry)).length, wanted.length, `${q}, each as an object`);
    const offsets = query.filter(bytes);
    const found = wanted.map((_, at) => bytes.subarray(offsets[2 * at], offsets[2 * at + 1]).toString("utf8"));
    assert.equal(offsets.length, 2 * wanted.length, `${q}, the whole file`);
    assert.deepEqual(found, wanted, `${q}, the whole file`);
    query.free();
  }
});
