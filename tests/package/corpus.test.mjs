// Every row of the corpus through WebAssembly: what is said of the query, one entry at a time, and whole logs.
import assert from "node:assert/strict";
import test from "node:test";
import { check, compile, init, QueryError } from "../../crates/wasm/pkg/index.js";
import { cases } from "./corpus.mjs";

await init();
const CASES = cases();
const utf8 = (text) => new TextEncoder().encode(text);

test("the corpus was found", () => assert.ok(CASES.length > 100, `${CASES.length} rows`));

test("diagnostics: codes, places and fixes", () => {
  for (const { name, query, options, diagnostics, matches } of CASES) {
    const found = check(query, options);
    assert.deepEqual(found.map(({ code }) => code), diagnostics.map(({ code }) => code), name);
    for (const [index, { at, fixed = [] }] of diagnostics.entries()) {
      const { labels: [{ span }], suggestions } = found[index];
      assert.equal(query.slice(span.start, span.end), at, name);
      const mended = suggestions.map(({ span, replacement }) => query.slice(0, span.start) + replacement + query.slice(span.end));
      assert.deepEqual(mended, [fixed].flat(), name);
    }
    assert.equal(found.some(({ severity }) => severity === "error"), matches === undefined, name);
    if (matches === undefined) assert.throws(() => compile(query, options), QueryError, name);
  }
});

const MEANINGFUL = CASES.filter(({ matches }) => matches !== undefined);

test("matches: each entry as text, as bytes, and as an object", (t) => {
  let beyondNumbers = 0;
  for (const { name, query, options, entries, matches } of MEANINGFUL) {
    const compiled = compile(query, options);
    for (const [index, entry] of entries.entries()) {
      const expected = matches.includes(index);
      assert.equal(compiled.matches(entry), expected, `${name}\ntext of entry ${index}: ${entry}`);
      assert.equal(compiled.matches(utf8(entry)), expected, `${name}\nbytes of entry ${index}: ${entry}`);
      // JSON.parse rounds what does not fit a JavaScript number: such an entry is another one as an object.
      if (/\d{16}/.test(entry)) beyondNumbers += 1;
      else assert.equal(compiled.matches(JSON.parse(entry)), expected, `${name}\nobject of entry ${index}: ${entry}`);
    }
    compiled.free();
  }
  if (beyondNumbers > 0) t.diagnostic(`${beyondNumbers} entries not asked about as objects: they hold numbers that JavaScript rounds`);
});

test("filter: all entries of a row as NDJSON, as an array, and as a page", async () => {
  for (const { name, query, options, entries, matches } of MEANINGFUL) {
    const compiled = compile(query, options);
    const forms = {
      ndjson: `${entries.join("\n")}\n`,
      array: `[${entries.join(", ")}]`,
      page: `{"length":${entries.length},"logs":[${entries.join(",")}]}`,
      "our own page": `{"checkpoint":null,"cursor":null,"entries":[${entries.join(",")}]}`,
    };
    for (const [form, text] of Object.entries(forms)) {
      const bytes = utf8(text);
      const offsets = compiled.filter(bytes);
      const found = [];
      for (let at = 0; at < offsets.length; at += 2) {
        found.push(new TextDecoder().decode(bytes.subarray(offsets[at], offsets[at + 1])));
      }
      assert.deepEqual(found, matches.map((index) => entries[index].trim()), `${name}\nas ${form}`);
      assert.deepEqual(await compiled.filterBlob(new Blob([bytes])), offsets, `${name}\nas a blob of ${form}`);
    }
    compiled.free();
  }
});
