// The Worker in workerd alone: no wrangler, no page, no proxy in front. It starts in two seconds, a signal to the group
// ends all of it, and what the process works is the Worker's work.
//
//   node workerd.mjs FOLDER STATE SECRETS PORT INSPECTOR
//
// FOLDER is what worker-build wrote, STATE where its objects and its bucket lie, SECRETS a file of NAME=value lines;
// INSPECTOR is the port of V8's.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Miniflare, convertV4MiniflareOptions } from "miniflare";
import { unstable_getMiniflareWorkerOptions as optionsOf } from "wrangler";

const [folder, state, secrets, port, inspector] = process.argv.slice(2);
const lines = readFileSync(secrets, "utf8").split("\n").filter((line) => line.includes("="));
const bindings = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
// Bindings, objects and dates are those that are deployed.
const { workerOptions } = optionsOf(fileURLToPath(new URL("../../wrangler.toml", import.meta.url)));
const miniflare = new Miniflare(
  convertV4MiniflareOptions({
    cf: false,
    inspectorPort: Number(inspector),
    resourcePersistencePath: state,
    workers: [
      {
        ...workerOptions,
        name: "trailsift",
        assets: undefined,
        bindings: { ...workerOptions.bindings, ...bindings },
        modulesRules: undefined,
        modulesRoot: folder,
        modules: [
          { type: "ESModule", path: join(folder, "index.js") },
          { type: "CompiledWasm", path: join(folder, "index_bg.wasm") },
        ],
        unsafeDirectSockets: [{ host: "127.0.0.1", port: Number(port) }],
      },
    ],
  }),
);
await miniflare.ready;
console.log(`Ready on ${await miniflare.unsafeGetDirectURL("trailsift")}`);
