// The npm package against the npm package `lucene`, an independent parser of the same language: on generated queries
// both mean the same. Where they part is a list of its own, told in docs/language-differences.md.
import assert from "node:assert/strict";
import test from "node:test";
import { init, QueryError } from "../../crates/wasm/pkg/index.js";
import { any, atom, same } from "./boolean.mjs";
import { query, random } from "./generate.mjs";
import { theirs } from "./lucene.mjs";
import { ours } from "./ours.mjs";

await init();

const show = (form) => JSON.stringify(form);

test("generated queries mean the same", (t) => {
  const pick = random(20261120);
  const texts = new Set();
  while (texts.size < 5000) texts.add(query(pick));
  for (const text of texts) {
    const [here, there] = [ours(text), theirs(text)];
    assert.ok(same(here, there), `${text}\n  here  ${show(here)}\n  there ${show(there)}`);
  }
  t.diagnostic(`${texts.size} queries, the longest of ${Math.max(...[...texts].map(({ length }) => length))} characters`);
});

// Each with how it is read here, how there, and why.
const READ_DIFFERENTLY = [
  ["a AND b OR c", "(a AND b) OR c", theirs("a AND (b OR c)"), "no precedence there: an operator takes all on its right"],
  ["-f:a b", "b NOT f:a", any([atom("-f", "a"), atom(undefined, "b")]), "a sign before a field is a part of its name there"],
  ["!f:a", "NOT f:a", atom("!f", "a"), "a sign before a field is a part of its name there"],
  ["f:>=3", "f:[3 TO *]", theirs('f:">=3"'), "a comparison is a value like any other there"],
  ["f:(a OR g:b)", 'f:(a OR "g:b")', theirs("f:a OR g:b"), "behind a field's colon every colon belongs to the value here"],
];

test("what is read differently", () => {
  for (const [text, here, there, why] of READ_DIFFERENTLY) {
    assert.ok(same(ours(text), ours(here)), `${text} is not ${here} here: ${show(ours(text))}`);
    assert.ok(same(theirs(text), there), `${text} is not ${show(there)} there: ${show(theirs(text))}`);
    assert.ok(!same(ours(text), theirs(text)), `${text} is read alike, take it off the list: ${why}`);
  }
});

test("what is refused there and read here", () => {
  for (const text of ["ip:2001:db8::1", "http://x.y/z", "-(a b)", "date:2018-12-18T12:22", "object:document:annual_report"]) {
    assert.throws(() => theirs(text), text);
    assert.ok(ours(text), text);
  }
});

test("what is refused here and read there", () => {
  // The first is dropped there without a word.
  for (const text of ["type:s AND", "a~2", '"a b"~2', "/a.*/", "f:[b TO a]"]) {
    assert.ok(theirs(text), text);
    assert.throws(() => ours(text), QueryError, text);
  }
});
