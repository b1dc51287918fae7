// Entries of the generator in the trails of a tenant that only these tests write, and its credentials.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const tenant = "clients";

/** The addresses of the servers under test; the second is undefined where none speaks https. */
export const url = (process.env.TRAILSIFT_URL ?? "http://127.0.0.1:8787").replace(/\/$/, "");
export const httpsUrl = process.env.TRAILSIFT_HTTPS_URL?.replace(/\/$/, "");

/** `{ client, key, basic }` of the tenant. */
export function credentials() {
  const vars = readFileSync(process.env.TRAILSIFT_DEV_VARS ?? `${root}/.dev.vars`, "utf8");
  const line = vars.split("\n").find((line) => line.startsWith("TRAILSIFT_CREDENTIALS="));
  const all = JSON.parse(line.slice(line.indexOf("=") + 1).replace(/^'|'$/g, ""));
  const ours = (list) => list.find((item) => item.tenant === tenant);
  return { client: ours(all.clients), key: ours(all.keys).key, basic: ours(all.basic) };
}

/** The time between the first and the last hour of yesterday: the same all day, so that a second run of the
 * tests on one server appends nothing new, and apart from other days' runs. */
export function window() {
  const day = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  return { start: `${day}T01:00:00Z`, end: `${day}T23:00:00Z` };
}

/** Entries of a kind, as objects. */
export function generate(kind, entries, { start, end }) {
  const asked = ["--kind", kind, "--entries", String(entries), "--seed", "12", "--start", start, "--end", end];
  const output = execFileSync("cargo", ["xtask", "generate", ...asked], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  return output.trimEnd().split("\n").map((line) => JSON.parse(line));
}

/** Appends entries to a trail of the tenant; those that it holds already are recognised by their ids. */
export async function append(server, trail, entries) {
  const answer = await fetch(`${server}/v1/trails/${trail}/entries`, {
    method: "POST",
    headers: { authorization: `Bearer ${credentials().key}`, "content-type": "application/x-ndjson" },
    body: entries.map((entry) => JSON.stringify(entry)).join("\n"),
  });
  const said = await answer.text();
  if (!answer.ok) throw new Error(`the entries were not accepted: ${answer.status} ${said}`);
  const { accepted, duplicates } = JSON.parse(said);
  if (accepted + duplicates !== entries.length) throw new Error(`not all entries were stored: ${said}`);
}
