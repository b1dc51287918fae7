// A trail filled and asked through HTTP, and what it cost the workerd process. The Worker is one that counts: rows
// written, what R2 was asked for, the pages of its memory.
//
// A job may `append` so many entries to a fresh trail, `fill` trails of so many, and `ask` those.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";

import { job, tell as say } from "./measure.mjs";
import { cpu, heap, peak, workerd } from "./process.mjs";

/** Entries of one append. */
const BATCH = 1000;
/** Appends under way at the same time: one is read while another waits for the object. */
const SENDERS = 4;
/** How often a page is asked for. */
const RUNS = 30;

const agent = new Agent({ keepAlive: true, maxSockets: SENDERS });
const pid = workerd(job.group);

/** What was told so far. */
const told = [];
const tell = (measurement) => {
  told.push(measurement);
  say(measurement);
};

/** A request; the answer as text. */
async function ask(method, path, body) {
  const headers = { authorization: `Bearer ${job.key}` };
  const sending = request(new URL(path, job.url), { method, agent, headers });
  sending.end(body);
  const [response] = await once(sending, "response");
  const parts = [];
  for await (const part of response) parts.push(part);
  const text = Buffer.concat(parts).toString();
  if (response.statusCode !== 200) throw Object.assign(new Error(`${method} ${path}: ${response.statusCode} ${text.slice(0, 500)}`), { status: response.statusCode });
  return text;
}

const counts = async () => JSON.parse(await ask("GET", "/v1/counts"));
const entries = (trail, parameters) => ask("GET", `/v1/trails/${trail}/entries?${new URLSearchParams(parameters)}`).then(JSON.parse);

/** Batches of generated entries, as they come out of the generator. */
async function* batches(count) {
  const generator = spawn(job.generator, [...job.generate, "--entries", String(count)], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(generator, "close");
  ended.catch(() => {});
  let rest = [];
  let lines = 0;
  for await (const part of generator.stdout) {
    let from = 0;
    for (let at = part.indexOf(10); at >= 0; at = part.indexOf(10, at + 1)) {
      lines += 1;
      if (lines < BATCH) continue;
      yield Buffer.concat([...rest, part.subarray(from, at + 1)]);
      [rest, lines, from] = [[], 0, at + 1];
    }
    rest.push(part.subarray(from));
  }
  const last = Buffer.concat(rest);
  if (last.length > 0) yield last;
  const [code] = await ended;
  if (code !== 0) throw new Error(`the generator ended with ${code}`);
}

/** Appends generated entries; how many bytes, and what it took in milliseconds. */
async function append(trail, count) {
  const source = batches(count);
  const [before, start] = [cpu(pid), performance.now()];
  let bytes = 0;
  let accepted = 0;
  const sender = async () => {
    for (let { value, done } = await source.next(); !done; { value, done } = await source.next()) {
      for (;;) {
        try {
          const receipt = JSON.parse(await ask("POST", `/v1/trails/${trail}/entries?schema=auth0`, value));
          accepted += receipt.accepted + receipt.duplicates;
          break;
        } catch (error) {
          // Entries come faster than they are sealed: asked to wait, a sender waits.
          if (error.status !== 503) throw error;
          await new Promise((resolve) => setTimeout(resolve, 1000));
        }
      }
      bytes += value.length;
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, sender));
  if (accepted !== count) throw new Error(`${accepted} of ${count} entries were appended`);
  return { bytes, wall: performance.now() - start, cpu: cpu(pid) - before };
}

/** Waits until nothing is sealed any more: what is too little for a segment stays a quarter of an hour. */
async function sealed(trail) {
  for (let before = -1, now = 0; now !== before; ) {
    before = now;
    await new Promise((resolve) => setTimeout(resolve, 3000));
    ({ sealed_seq: now } = JSON.parse(await ask("GET", `/v1/trails/${trail}`)));
  }
}

/** A fresh trail of some entries. */
async function appending(count) {
  const before = await counts();
  const { bytes, wall, cpu } = await append("appended", count);
  const hot = await counts();
  tell({ id: "store/append", value: (count * 1000) / wall });
  tell({ id: "store/append cpu", wall: [wall], cpu: [cpu], bytes });
  await sealed("appended");
  const after = await counts();
  tell({ id: "store/rows at once", value: ((hot.rows - before.rows) * 1000) / count });
  tell({ id: "store/rows", value: ((after.rows - before.rows) * 1000) / count });
  const entries = after.put_entries - before.put_entries;
  tell({ id: "store/sealed share", value: (after.put_bytes - before.put_bytes) / ((bytes / count) * entries) });
  tell({ id: "store/sealed", count: entries });
}

/** The trail of so many entries, filled once. */
async function fill({ name, count }) {
  const mark = `${job.state}/filled-${count}.json`;
  if (existsSync(mark)) return;
  const before = await counts();
  const { bytes, wall, cpu } = await append(`store-${count}`, count);
  await sealed(`store-${count}`);
  const after = await counts();
  const segment = (after.put_bytes - before.put_bytes) / (after.puts - before.puts);
  writeFileSync(mark, JSON.stringify({ bytes, segment }));
  tell({ id: `store/fill ${name}`, wall: [wall], cpu: [cpu], bytes });
  tell({ id: `store/segment ${name}`, value: segment });
}

/** Pages of the trail of so many entries; the CPU time of one. */
async function asking({ name, count }) {
  const trail = `store-${count}`;
  const { bytes, segment } = JSON.parse(readFileSync(`${job.state}/filled-${count}.json`, "utf8"));
  // So many entries of the middle as fill a page: they lie in one segment, or at worst in two.
  const [from, to] = job.month.map(Date.parse);
  const time = (share) => new Date(from + (to - from) * share).toISOString();
  const middle = { limit: 100, q: `date:[${time(0.5)} TO ${time(0.5 + 400 / count)}]` };
  const before = await counts();
  const page = async () => {
    // Where nothing is passed over, one request does not read as far as the middle.
    let found = 0;
    for (let cursor; cursor !== null && found < middle.limit; ) {
      const answer = await entries(trail, { ...middle, ...(cursor && { cursor }) });
      found += answer.entries.length;
      cursor = answer.cursor;
    }
    if (found < middle.limit) throw new Error(`a page of ${found} entries`);
  };
  await page();
  const after = await counts();
  tell({ id: `store/page gets ${name}`, value: after.gets - before.gets });
  tell({ id: `store/page share ${name}`, value: (after.get_bytes - before.get_bytes) / segment });
  // The clock counts in hundredths of a second: several pages together.
  const used = cpu(pid);
  const walls = [];
  for (let run = 0; run < RUNS; run += 1) {
    const start = performance.now();
    await page();
    walls.push(performance.now() - start);
  }
  const each = (cpu(pid) - used) / RUNS;
  tell({ id: `store/page ${name}`, wall: walls, cpu: [each] });

  const [all, start] = [cpu(pid), performance.now()];
  let pages = 0;
  for (let cursor; cursor !== null; pages += 1) {
    const asked = { q: "user_name:*no-such-name*", limit: 1000, ...(cursor && { cursor }) };
    ({ cursor } = await entries(trail, asked));
  }
  tell({ id: `store/scan ${name}`, wall: [performance.now() - start], cpu: [cpu(pid) - all], bytes });
  tell({ id: `store/scan pages ${name}`, value: pages });
  return each;
}

/** What filling came to, for runs that find the trails filled. */
const filled = `${job.state}/filled.ndjson`;
if (job.fill && existsSync(filled)) {
  process.stdout.write(readFileSync(filled));
  process.exit();
}
const most = await heap(job.inspector);
if (job.append) await appending(job.append);
for (const size of job.fill ?? []) await fill(size);
const pages = [];
for (const size of job.ask ?? []) pages.push(await asking(size));
if (pages.length > 1) tell({ id: "store/page growth", value: pages.at(-1) / pages[0] });
const { memory } = await counts();
// WebAssembly's memory never shrinks: what it is now it was at most. JavaScript's own is sampled.
tell({ id: `store/wasm ${job.name}`, value: memory });
tell({ id: `store/memory ${job.name}`, value: memory + most() });
tell({ id: `store/process ${job.name}`, value: peak(pid) });
if (job.fill) writeFileSync(filled, told.map((line) => `${JSON.stringify(line)}\n`).join(""));
agent.destroy();
