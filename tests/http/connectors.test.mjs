// Pull connectors: another tenant's Auth0 log, read through the same surface as anybody's, into a trail of ours.

import assert from "node:assert/strict";
import test from "node:test";

import { append, ask, bearer, entries, others, scopeless, unique, url } from "./server.mjs";

const json = (method, path, body) => ask(path, { method, body: JSON.stringify(body), headers: bearer() });

/** Asks until `is` says yes, at most twenty seconds. */
async function until(read, is) {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const found = await read();
    if (is(found)) return found;
    assert.ok(performance.now() < deadline, `still ${JSON.stringify(found).slice(0, 500)}`);
  }
}

const wish = (more) => ({
  name: unique("pull"),
  type: "auth0",
  base_url: `${url}/`,
  client_id: others.client.id,
  client_secret: others.client.secret,
  trail: unique("pulled"),
  every: "1s",
  ...more,
});

const log = (app, number) => ({ log_id: `${app}-${number}`, date: "2026-07-01T09:30:00.000Z", type: "s", client_name: app });

test("a connector reads what is there, what comes later, and nothing twice", async () => {
  const app = unique("app");
  const ids = Array.from({ length: 250 }, (_, number) => `${app}-${number}`);
  await append("auth0", ids.map((_, number) => log(app, number)), { key: others.key });
  const asked = wish();
  const made = await json("POST", "/v1/connectors", asked);
  assert.equal(made.status, 201, made.text);
  assert.ok(!made.text.includes(asked.client_secret));
  const pulled = async () =>
    (await ask(`/v1/trails/${asked.trail}`)).status === 404 ? [] : (await entries(asked.trail, { q: `client_name:${app}`, limit: 1000 })).map(({ log_id }) => log_id);
  assert.deepEqual(await until(pulled, (found) => found.length >= ids.length), ids);

  const more = Array.from({ length: 30 }, (_, number) => `${app}-${250 + number}`);
  await append("auth0", more.map((_, number) => log(app, 250 + number)), { key: others.key });
  assert.deepEqual(await until(pulled, (found) => found.length >= 280), [...ids, ...more]);

  const path = `/v1/connectors/${asked.name}`;
  // What it has accepted is told once it has come to the end, after the entries themselves are there.
  const { json: running } = await until(() => ask(path), ({ json }) => json.state === "running" && json.accepted >= 280);
  assert.deepEqual([running.trail, running.base_url, running.every, running.error], [asked.trail, asked.base_url, "1s", null]);
  assert.equal((await json("PATCH", path, { paused: true })).json.state, "paused");
  const { json: list } = await ask("/v1/connectors");
  assert.equal(list.connectors.find(({ name }) => name === asked.name).state, "paused");
  assert.equal((await json("POST", "/v1/connectors", asked)).status, 400);
  assert.equal((await ask(path, { method: "DELETE" })).status, 204);
  assert.deepEqual([(await ask(path)).status, (await ask(path)).json.error.code], [404, "connector_not_found"]);
  // What it read stays, and made anew it goes on where it stopped.
  assert.equal((await json("POST", "/v1/connectors", asked)).status, 201);
  const again = await until(() => ask(path), ({ json }) => json.state === "running");
  assert.deepEqual([again.json.accepted, (await pulled()).length], [0, 280]);
  await ask(path, { method: "DELETE" });
});

test("a connector that is refused says by whom and why, and tries again", async () => {
  const cases = [
    [{ client_secret: "wrong" }, /401/],
    [{ client_id: undefined, client_secret: undefined, access_token: scopeless().key }, /403.*read:logs/],
    [{ base_url: "http://127.0.0.1:1/" }, /cannot be reached/],
    [{ base_url: `${url}/`, audience: `${url}/none/` }, /40[013]/],
  ];
  for (const [more, reason] of cases) {
    const asked = wish(more);
    assert.equal((await json("POST", "/v1/connectors", asked)).status, 201);
    const path = `/v1/connectors/${asked.name}`;
    const { json: found } = await until(() => ask(path), ({ json }) => json.state === "failing");
    assert.match(found.error, reason);
    await ask(path, { method: "DELETE" });
  }
});

test("a wish that cannot be is refused by name, and without repeating secrets", async () => {
  for (const [more, parameter] of [
    [{ base_url: "http://example.com/" }, "base_url"],
    [{ base_url: "https://user:secret-thing@example.com/" }, "base_url"],
    [{ client_secret: undefined }, "client_id"],
    [{ trail: "access" }, "trail"],
    [{ every: "1ms" }, "every"],
    [{ name: "a b" }, "name"],
    [{ secret: "secret-thing" }, "body"],
    [{ client_secret: ["secret-thing"] }, "body"],
  ]) {
    const { status, json: answer, text } = await json("POST", "/v1/connectors", wish(more));
    assert.deepEqual([status, answer.error.parameter], [400, parameter], text);
    assert.ok(!text.includes("secret-thing"));
  }
  const { status } = await ask("/v1/connectors", { headers: bearer(scopeless().key) });
  assert.equal(status, 403);
  assert.equal((await ask("/v1/connectors/none")).status, 404);
});
