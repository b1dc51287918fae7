// A log sent through `POST /v1/filter`, and what it cost the workerd process, as the operating system tells it.
import { createReadStream, readFileSync, readdirSync, statSync } from "node:fs";
import { request } from "node:http";

import { QUERIES, job, tell } from "./measure.mjs";

/** What /proc counts time in, in milliseconds; Linux has shown it so to programs for decades. */
const TICK = 10;

/** CPU time of a process so far, in milliseconds, and its group. */
function stat(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name, in brackets, may hold anything.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { group: Number(fields[2]), cpu: (Number(fields[11]) + Number(fields[12])) * TICK };
}

/** The workerd that runs the Worker. wrangler puts another in front, which listens on the port that is asked. */
function worker() {
  const { port } = new URL(job.url);
  const found = readdirSync("/proc").filter((pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      return /^\S*workerd\0serve/.test(command) && stat(pid).group === job.group && !command.includes(`entry=127.0.0.1:${port}\0`);
    } catch {
      return false; // not a process, or one that has just ended
    }
  });
  if (found.length !== 1) throw new Error(`the server runs ${found.length} workerd processes besides its proxy, not one`);
  return found[0];
}

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
const pid = worker();
const [wall, cpu] = [[], []];
let count;
for (let run = 0; run <= job.runs; run++) {
  const before = stat(pid).cpu;
  const start = performance.now();
  count = await send(query);
  const time = performance.now() - start;
  if (run === 0) continue;
  wall.push(time);
  cpu.push(stat(pid).cpu - before);
}
tell({ id: "workerd/q1", wall, cpu, count, bytes: statSync(job.file).size });
