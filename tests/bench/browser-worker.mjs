// The browser's side of a benchmark: one piece of work on one file, timed where it happens.
import { memory } from "./memory.mjs";

/** What reads a file fastest: large slices, several on their way at once. */
const SLICE = 16 << 20;
const AHEAD = 4;

async function* slices(file) {
  const pending = [];
  let next = 0;
  const read = () => {
    if (next < file.size) pending.push(file.slice(next, (next += SLICE)).arrayBuffer());
  };
  for (let i = 0; i < AHEAD; i++) read();
  while (pending.length > 0) {
    const bytes = await pending.shift();
    read();
    yield new Uint8Array(bytes);
  }
}

const work = {
  /** The file's bytes and nothing done with them: no scan can be faster. */
  async drain(file) {
    let bytes = 0;
    for await (const slice of slices(file)) bytes += slice.length;
    return bytes;
  },
  async stream(file) {
    let bytes = 0;
    for await (const part of file.stream()) bytes += part.length;
    return bytes;
  },
  async filter(file, { query, schema = "auth0" }) {
    const { compile } = await import("/pkg/index.js");
    return (await compile(query, { schema }).filterBlob(file)).length / 2;
  },
  async table(file) {
    const { Table } = await import("/pkg/index.js");
    if (typeof Table !== "function") return undefined;
    const table = await Table.from(file, { schema: "auth0" });
    return table.length;
  },
  /** What a page does without an engine. */
  async json(file, { js }) {
    const matches = new Function("holds", `return (e, line) => ${js};`)();
    const decoder = new TextDecoder();
    let [count, rest] = [0, ""];
    for await (const slice of slices(file)) {
      const lines = (rest + decoder.decode(slice, { stream: true })).split("\n");
      rest = lines.pop();
      for (const line of lines) if (line && matches(JSON.parse(line), line)) count++;
    }
    if (rest && matches(JSON.parse(rest), rest)) count++;
    return count;
  },
};

addEventListener("message", async ({ data: { what, file, query } }) => {
  try {
    // The engine is fetched and compiled once a visit, not once a file.
    const { init } = await import("/pkg/index.js");
    await init();
    const start = performance.now();
    const count = await work[what](file, query);
    const time = performance.now() - start;
    postMessage(count === undefined ? { absent: "not there yet" } : { time, count, memory: memory() });
  } catch (error) {
    postMessage({ error: String(error?.stack ?? error) });
  }
});
