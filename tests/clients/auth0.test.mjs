// The vendor's own client, npm `auth0`, in version 4 and the newest, lists the logs to the end. Both speak
// nothing but https; the certificate of the local server is trusted by this process alone.

import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { ManagementClient as Newest } from "auth0";
import { ManagementClient as Four } from "auth0-4";
import { append, credentials, generate, httpsUrl, window } from "./sample.mjs";

const skip = httpsUrl === undefined && "TRAILSIFT_HTTPS_URL names no server that speaks https";
// Fewer than a thousand: searches by page end there.
const count = 330;

describe("the logs", { skip }, () => {
  const domain = skip ? "" : new URL(httpsUrl).host;
  const { id: clientId, secret: clientSecret } = credentials().client;
  const options = { domain, clientId, clientSecret, retry: { enabled: false } };
  let entries;
  let newestFirst;

  before(async () => {
    entries = generate("auth0", count, window());
    newestFirst = entries.map((entry) => entry.log_id).reverse();
    await append(httpsUrl, "auth0", entries);
  });

  describe("npm auth0 4", () => {
    const client = skip ? undefined : new Four(options);

    it("by page to the end", async () => {
      const found = [];
      for (let page = 0; ; page += 1) {
        const { data } = await client.logs.getAll({ page, per_page: 100 });
        if (data.length === 0) break;
        found.push(...data.map((log) => log.log_id));
      }
      assert.deepEqual(found, newestFirst);
    });

    it("by checkpoint to the end", async () => {
      const found = [entries[0].log_id];
      for (;;) {
        const { data } = await client.logs.getAll({ from: found.at(-1), take: 100 });
        if (data.length === 0) break;
        found.push(...data.map((log) => log.log_id));
      }
      assert.deepEqual(found, [...newestFirst].reverse());
    });

    it("by a search with totals", async () => {
      const logins = entries.filter((entry) => entry.type === "s");
      const { data } = await client.logs.getAll({ q: "type:s", include_totals: true, per_page: 100 });
      assert.equal(data.total, logins.length);
      assert.deepEqual(data.logs.map((log) => log.log_id), logins.map((log) => log.log_id).reverse().slice(0, 100));
    });

    it("one by its id", async () => {
      const { data } = await client.logs.get({ id: entries[7].log_id });
      assert.deepEqual(data, entries[7]);
    });

    it("errors arrive as the client's own", async () => {
      const refused = (status) => (error) => {
        assert.equal(error.statusCode, status);
        assert.equal(typeof error.error, "string");
        return true;
      };
      await assert.rejects(client.logs.get({ id: "90020000101000000000000" }), refused(404));
      await assert.rejects(client.logs.getAll({ q: "user_email:a@example.com" }), (error) => {
        assert.match(error.message, /unknown field "user_email"/);
        return refused(400)(error);
      });
      await assert.rejects(client.logs.getAll({ page: 10, per_page: 100 }), refused(400));
    });
  });

  describe("npm auth0, newest", () => {
    const client = skip ? undefined : new Newest(options);

    it("by page to the end", async () => {
      const found = [];
      for await (const log of await client.logs.list()) found.push(log.log_id);
      assert.deepEqual(found, newestFirst);
    });

    it("one by its id", async () => {
      assert.deepEqual(await client.logs.get(entries[7].log_id), entries[7]);
    });

    it("a missing one is the client's own error", async () => {
      await assert.rejects(client.logs.get("90020000101000000000000"), (error) => {
        assert.equal(error.statusCode, 404);
        assert.match(error.message, /Log not found/);
        return true;
      });
    });
  });
});
