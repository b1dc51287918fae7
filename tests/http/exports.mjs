// A trail's export as a client takes it away: page after page, each with its proof bundle, and what the package says.

import assert from "node:assert/strict";
import { verify } from "trailsift";

import { ask, query } from "./server.mjs";

/** The addresses in a header `Link`, by what they are to the page. */
function links({ headers }) {
  const found = (headers.get("link") ?? "").matchAll(/<([^>]*)>; rel="(\w+)"/g);
  return Object.fromEntries([...found].map(([, address, rel]) => [rel, address]));
}

/** Every page of an export: `{ lines, bundle }`, each line with its line feed. */
export async function pages(trail, parameters = {}) {
  const pages = [];
  let next = `/v1/trails/${trail}/export?${query(parameters)}`;
  while (next) {
    const page = await ask(next);
    assert.equal(page.status, 200, page.text);
    assert.equal(page.headers.get("content-type"), "application/x-ndjson");
    const { describedby, next: after } = links(page);
    pages.push({ lines: page.text.match(/[^\n]*\n/g) ?? [], bundle: describedby });
    next = after;
  }
  return pages;
}

/** A checkpoint: `{ origin, size, root, key, checkpoint }`. */
export async function checkpoint(trail, parameters = {}) {
  const { status, json, text } = await ask(`/v1/trails/${trail}/checkpoint?${query({ ...parameters, format: "json" })}`);
  assert.equal(status, 200, text);
  return json;
}

/** The bundle at an address that a page named. */
export async function bundle(address) {
  const { status, text } = await ask(address);
  assert.equal(status, 200, text);
  return text;
}

/** What the package says of lines. */
export const verdict = (lines, bundle, options) => verify(new TextEncoder().encode(lines.join("")), bundle, options);

/** Everything that an altered export is told of, each time one thing. */
export async function assertTamperingIsNamed(lines, proof, options) {
  const kinds = async (lines) => (await verdict(lines, proof, options)).faults.map(({ kind }) => kind);
  const middle = lines.length >> 1;
  const changed = lines[middle].replace(/(.*)(\d)/, (_, before, digit) => `${before}${(Number(digit) + 1) % 10}`);
  assert.notEqual(changed, lines[middle]);
  assert.deepEqual(await kinds(lines.with(middle, changed)), ["changed"]);
  assert.deepEqual(await kinds(lines.toSpliced(middle, 1)), ["removed"]);
  assert.deepEqual(await kinds(lines.with(middle, lines[middle - 1]).with(middle - 1, lines[middle])), ["reordered"]);
  assert.deepEqual(await kinds(lines.slice(0, -1)), ["cut"]);
  assert.deepEqual(await kinds([...lines, lines[0]]), ["repeated"]);
}
