// Every row of the corpus through POST /v1/filter: the same matches, and the same diagnostics.

import assert from "node:assert/strict";
import test from "node:test";

import { cases } from "../package/corpus.mjs";
import { ask, bearer, query as encode } from "./server.mjs";

function parameters(query, { schema, dialect, strict, ignoreCase, now }) {
  const asked = { q: query, dialect: dialect ?? "q", now: now == null ? "none" : new Date(now).toISOString() };
  if (schema) asked.schema = schema;
  if (strict) asked.strict = true;
  if (ignoreCase) asked.ignore_case = true;
  return encode(asked);
}

function agree(query, found, wanted) {
  assert.deepEqual(found.map(({ code }) => code), wanted.map(({ code }) => code));
  const bytes = Buffer.from(query);
  for (const [index, { at, fixed = [] }] of wanted.entries()) {
    const { labels, suggestions } = found[index];
    const under = ({ start, end }) => bytes.subarray(start, end).toString();
    assert.equal(under(labels[0].span), at);
    const mended = suggestions.map(
      ({ span, replacement }) => under({ start: 0, end: span.start }) + replacement + under({ start: span.end }),
    );
    assert.deepEqual(mended, [fixed].flat());
  }
}

async function holds({ query, options, entries, matches, diagnostics }) {
  const body = entries.join("\n");
  const answer = await ask(`/v1/filter?${parameters(query, options)}`, { method: "POST", headers: bearer(), body });
  if (matches === undefined) {
    assert.equal(answer.status, 400, answer.text);
    agree(query, answer.json.error.diagnostics, diagnostics);
    return;
  }
  assert.equal(answer.status, 200, answer.text);
  const wanted = matches.map((index) => `${entries[index].trim().replaceAll(/[\r\n]/g, " ")}\n`).join("");
  assert.equal(answer.text, wanted);
  agree(query, JSON.parse(answer.headers.get("trailsift-warnings") ?? "[]"), diagnostics);
}

test("every row", async () => {
  const rows = cases();
  assert.ok(rows.length > 100, "the corpus was not found");
  const failed = [];
  for (const row of rows) {
    await holds(row).catch((error) => failed.push(`${row.name}\n${error.message}`));
  }
  assert.equal(failed.length, 0, failed.join("\n\n"));
});
