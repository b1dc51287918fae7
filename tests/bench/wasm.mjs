// The npm package in Node, over a log whose bytes are in memory.
import { readFileSync } from "node:fs";

import { asked, job, measure, tell } from "./measure.mjs";
import { memory } from "./memory.mjs";

const { compile, init } = await import("trailsift");

await init();
const bytes = readFileSync(job.file);
for (const { name, query: text, schema = "auth0" } of asked) {
  const query = compile(text, { schema });
  const work = () => query.filter(bytes).length / 2;
  await measure(`wasm/${name}${job.suffix ?? ""}`, work, { bytes: bytes.length });
  query.free();
}
tell({ id: `wasm/memory${job.suffix ?? ""}`, value: memory() });
