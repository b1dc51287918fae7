// What all benchmarks share: timing a piece of work, and telling the one who started this of it, a line of JSON each.
import { readFileSync } from "node:fs";

/** The queries that every side answers, each with the same meaning for JavaScript, jq and SQL. */
export const QUERIES = JSON.parse(readFileSync(new URL("./queries.json", import.meta.url), "utf8"));

/** What this process was asked to do: the JSON of its only argument. */
export const job = JSON.parse(process.argv[2] ?? "{}");

/** The queries that the job names. */
export const asked = QUERIES.filter(({ name }) => job.queries?.includes(name));

/** Tells of one measurement. Times are in milliseconds. */
export function tell(measurement) {
  process.stdout.write(`${JSON.stringify(measurement)}\n`);
}

/**
 * Runs `work` once to warm up, then as often as the job says, and tells of it. What it returns is the count that it
 * came to; the counts of runs that ask for different things are told as their `sum`. `prepare` happens before each run
 * and is not part of it.
 */
export async function measure(id, work, { prepare = () => {}, sum = false, ...more } = {}) {
  const [wall, cpu] = [[], []];
  let count;
  let all = 0;
  for (let run = 0; run <= job.runs; run++) {
    await prepare(run);
    globalThis.gc?.();
    const used = process.cpuUsage();
    const start = performance.now();
    count = await work(run);
    const time = performance.now() - start;
    const { user, system } = process.cpuUsage(used);
    if (count !== undefined) all += Number(count);
    if (run === 0) continue;
    wall.push(time);
    cpu.push((user + system) / 1000);
  }
  tell({ id, wall, cpu, count: count === undefined ? undefined : sum ? all : Number(count), ...more });
}

/** Whether any text in `value` matches; keys are not looked at. */
export function holds(value, pattern) {
  if (typeof value === "string") return pattern.test(value);
  if (typeof value !== "object" || value === null) return false;
  for (const key in value) if (holds(value[key], pattern)) return true;
  return false;
}

/** A query's closure over an entry, and its line as text. */
export function closure({ js }) {
  return new Function("holds", `return (e, line) => ${js};`)(holds);
}

/** Calls `take` with each line of `bytes` as text. */
export function eachLine(bytes, take) {
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(10, start);
    const stop = end < 0 ? bytes.length : end;
    // Without a decoder object for each line: the fastest way from bytes to text that Node has.
    if (stop > start) take(bytes.utf8Slice(start, stop));
    start = stop + 1;
  }
}
