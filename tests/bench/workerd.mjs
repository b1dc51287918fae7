// A log sent through `POST /v1/filter`, and what it cost the workerd process, as the operating system tells it.
import { createReadStream, statSync } from "node:fs";
import { request } from "node:http";

import { QUERIES, job, tell } from "./measure.mjs";
import { cpu as used, workerd } from "./process.mjs";

/** Sends the file once; how many lines come back. */
function send(text) {
  const url = new URL(`/v1/filter?${new URLSearchParams({ q: text, schema: "auth0" })}`, job.url);
  return new Promise((resolve, reject) => {
    const sending = request(url, { method: "POST", headers: { authorization: `Bearer ${job.key}` } }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`the Worker answers ${response.statusCode}`));
      let lines = 0;
      response.on("data", (part) => {
        for (const byte of part) if (byte === 10) lines++;
      });
      response.on("end", () => resolve(lines));
      response.on("error", reject);
    });
    sending.on("error", reject);
    createReadStream(job.file, { highWaterMark: 1 << 20 }).pipe(sending);
  });
}

const [{ query }] = QUERIES;
// wrangler puts another workerd in front, which listens on the port that is asked.
const pid = workerd(job.group, (command) => !command.includes(`entry=127.0.0.1:${new URL(job.url).port}\0`));
const [wall, cpu] = [[], []];
let count;
for (let run = 0; run <= job.runs; run++) {
  const before = used(pid);
  const start = performance.now();
  count = await send(query);
  const time = performance.now() - start;
  if (run === 0) continue;
  wall.push(time);
  cpu.push(used(pid) - before);
}
tell({ id: "workerd/q1", wall, cpu, count, bytes: statSync(job.file).size });
