// Chromium over a file on disk, as somebody picks it: a page hands it to a module worker, which does all the reading.
import { readFile } from "node:fs/promises";
import { readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

import { QUERIES, job, tell } from "./measure.mjs";

const FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];
const USES_ENGINE = new Set(["filter", "table"]);
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" };
const HERE = fileURLToPath(new URL(".", import.meta.url));
const PACKAGE = fileURLToPath(new URL("../../crates/wasm/pkg/", import.meta.url));

/** The package and the bench's own files; nothing else is asked for. */
const server = createServer(async ({ url }, response) => {
  const name = url.split("?")[0];
  try {
    const path = name.startsWith("/pkg/") ? join(PACKAGE, name.slice(5)) : join(HERE, name);
    const body = name === "/" ? '<!doctype html><title>bench</title><input type="file">' : await readFile(path);
    response.writeHead(200, { "content-type": TYPES[extname(name)] ?? TYPES[".html"] }).end(body);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

const browser = await chromium.launch({ executablePath: process.env.TRAILSIFT_CHROMIUM, args: FLAGS });
try {
  tell({ id: "version/Chromium", text: browser.version() });
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await page.locator("input").setInputFiles(job.file);
  const bytes = statSync(job.file).size;
  for (const what of job.what) {
    const [wall, answers] = [[], []];
    for (let run = 0; run <= job.runs; run++) {
      // The first run warms up the engine and the page cache; of a huge file there is only one.
      const answer = await page.evaluate(inWorker, { what, query: QUERIES[0] });
      if (answer.absent) {
        answers.push(answer);
        break;
      }
      if (run === 0 && job.runs > 1) continue;
      wall.push(answer.time);
      answers.push(answer);
      if (job.runs === 1) break;
    }
    const { count, absent, memory } = answers.at(-1);
    tell(absent ? { id: `chromium/${what}`, absent } : { id: `chromium/${what}${job.suffix ?? ""}`, wall, count, bytes });
    if (memory !== undefined && USES_ENGINE.has(what)) tell({ id: `chromium/${what}${job.suffix ?? ""} memory`, value: memory });
  }
  tell({ id: `chromium/renderer${job.suffix ?? ""} memory`, value: await peak(browser) });
} finally {
  await browser.close();
  server.close();
}

/** In the page: a fresh module worker does one piece of work and ends. */
function inWorker(task) {
  const [file] = document.querySelector("input").files;
  const worker = new Worker("/browser-worker.mjs", { type: "module" });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data));
    worker.onerror = ({ message }) => reject(new Error(message || "the worker could not be loaded"));
    worker.postMessage({ ...task, file });
  }).finally(() => worker.terminate());
}

/** The most memory that a process of pages ever had resident, in bytes, as Linux tells it. */
async function peak(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  const renderers = processInfo.filter(({ type }) => type === "renderer");
  const held = renderers.map(({ id }) => {
    const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${id}/status`, "utf8"));
    return Number(kilobytes) * 1024;
  });
  return Math.max(...held);
}
