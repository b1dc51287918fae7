// The entry point for Cloudflare Workers, bundled as wrangler does it and run in the real workerd.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import workerd from "workerd";
import { numbers, Trail } from "../proofs.mjs";

const WORKER = `
  import { init, compile, Table, unpack, verify } from "trailsift";
  export default {
    async fetch(request) {
      if (request.method === "PUT") return Response.json(await verify(request.body, decodeURI(request.headers.get("bundle"))));
      await init();
      const { pathname, searchParams } = new URL(request.url);
      const text = searchParams.get("q");
      if (pathname === "/table") {
        const table = await Table.from(request.body, { schema: "auth0" });
        const rows = await table.select(text);
        const answer = [table.length, await table.rows(rows), await (await table.export(text, "csv", { columns: ["type"] })).text()];
        table.free();
        return Response.json(answer);
      }
      const query = compile(text, { schema: "auth0" });
      if (pathname === "/stream") return new Response(unpack(request.body).pipeThrough(query.stream()));
      return Response.json([...query.filter(new Uint8Array(await request.arrayBuffer()))]);
    },
  };
`;

const CONFIG = `
  using Workerd = import "/workerd/workerd.capnp";
  const config :Workerd.Config = (
    services = [(name = "main", worker = .worker)],
    sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
  );
  const worker :Workerd.Worker = (
    modules = [(name = "worker.mjs", esModule = embed "worker.mjs"), (name = "engine.wasm", wasm = embed "engine.wasm"), (name = "verify.wasm", wasm = embed "verify.wasm")],
    compatibilityDate = "2026-01-01",
  );
`;

/** The Worker as one script. */
async function bundled(contents) {
  const { outputFiles: [script] } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
    bundle: true,
    format: "esm",
    conditions: ["workerd"],
    external: ["*.wasm"],
    write: false,
  });
  return script;
}

test("a Worker that verifies nothing carries no verifier", async () => {
  const { text } = await bundled('import { init } from "trailsift"; export default { fetch: () => init().then(() => new Response()) };');
  assert.deepEqual([...text.matchAll(/"\.\/(\w+\.wasm)"/g)].map(([, name]) => name), ["engine.wasm"]);
});

test("a Worker imports the engine and the verifier as compiled modules", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "trailsift-workerd-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const script = await bundled(WORKER);
  assert.match(script.text, /^import \w+ from "\.\/engine\.wasm";$/m);
  assert.ok(!script.text.includes("node:fs"), "no other runtime's way of reading comes along");
  writeFileSync(join(folder, "worker.mjs"), script.text);
  writeFileSync(join(folder, "config.capnp"), CONFIG);
  for (const name of ["engine.wasm", "verify.wasm"]) copyFileSync(new URL(`../../crates/wasm/pkg/${name}`, import.meta.url), join(folder, name));

  const server = spawn(workerd.default, ["serve", "--control-fd=3", join(folder, "config.capnp")], { stdio: ["ignore", "ignore", "inherit", "pipe"] });
  t.after(() => server.kill());
  const gone = new Promise((_, reject) => server.on("exit", (code) => reject(new Error(`workerd ended with ${code}`))));
  gone.catch(() => undefined); // it is meant to end, after the test
  const [line] = await Promise.race([gone, once(createInterface(server.stdio[3]), "line")]);
  const log = '{"type":"s"}\n{"type":"fp"}\n';
  const ask = (path, body = log) => fetch(`http://127.0.0.1:${JSON.parse(line).port}/${path}?q=type:f*`, { method: "POST", body });
  assert.deepEqual(await (await ask("")).json(), [13, 26]);
  const gzip = Buffer.concat([gzipSync(log), gzipSync(log)]);
  assert.deepEqual(await (await ask("table")).json(), [2, ['{"type":"fp"}'], "type\r\nfp\r\n"]);
  assert.deepEqual(await (await ask("table", gzip)).json(), [4, ['{"type":"fp"}', '{"type":"fp"}'], "type\r\nfp\r\nfp\r\n"]);
  // More than one read of a body, with entries across their borders.
  const entries = Array.from({ length: 20_000 }, (_, index) => `{"type":"${index % 10 === 0 ? "fp" : "s"}","text":"${"é".repeat(index % 200)}"}`);
  const [length, rows] = await (await ask("table", entries.join("\n"))).json();
  assert.deepEqual([length, rows], [20_000, entries.filter((_, index) => index % 10 === 0)]);
  assert.equal(await (await ask("stream", gzip)).text(), '{"type":"fp"}\n'.repeat(2));
  const trail = Trail.sample(9);
  const lines = trail.lines(numbers(1, 9));
  const verify = async (lines) => {
    const headers = { bundle: encodeURI(trail.contiguous(1, 9)) };
    return (await fetch(`http://127.0.0.1:${JSON.parse(line).port}/`, { method: "PUT", headers, body: lines.join("") })).json();
  };
  assert.deepEqual((await verify(lines)).proven, { kind: "complete", first: 1, count: 9 });
  assert.deepEqual((await verify(lines.toReversed())).faults.map(({ kind }) => kind), Array(8).fill("reordered"));
});
