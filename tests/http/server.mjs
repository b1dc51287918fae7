// The server under test and who may ask it. Trails that belong to a tenant as a whole (`auth0`, `access`,
// `decision`) keep what earlier runs put in: tests tell their own entries by a name that no other run has.

import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The server's address, without a slash at the end. */
export const url = (process.env.TRAILSIFT_URL ?? "http://127.0.0.1:8787").replace(/\/$/, "");

function book() {
  const vars = readFileSync(process.env.TRAILSIFT_DEV_VARS ?? `${root}/.dev.vars`, "utf8");
  const line = vars.split("\n").find((line) => line.startsWith("TRAILSIFT_CREDENTIALS="));
  return JSON.parse(line.slice(line.indexOf("=") + 1).replace(/^'|'$/g, ""));
}

/** The credentials of a tenant with all scopes; `{ client, key, basic }`. */
export function tenant(name) {
  const { clients, keys, basic } = book();
  const ours = (list) => list.find((item) => item.tenant === name && item.scopes.length > 0);
  return { client: ours(clients), key: ours(keys).key, basic: ours(basic) };
}

/** A credential without any scope. */
export function scopeless() {
  const { keys, basic } = book();
  const bare = (list) => list.find((item) => item.scopes.length === 0);
  return { key: bare(keys).key, basic: bare(basic) };
}

export const us = tenant("http");
export const others = tenant("other");

/** A name that no other run uses. */
export const unique = (prefix = "run") => `${prefix}-${randomBytes(8).toString("hex")}`;

/** A store id that no other run uses. */
export function storeId() {
  const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  return [...randomBytes(26)].map((byte, index) => alphabet[index === 0 ? byte & 7 : byte & 31]).join("");
}

export const bearer = (key = us.key) => ({ authorization: `Bearer ${key}` });
export const basic = ({ user, password } = us.basic) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`,
});

/** A request; `{ status, headers, text, json }`, `json` where the answer is some. */
export async function ask(path, { headers = bearer(), ...rest } = {}) {
  const response = await fetch(`${url}${path}`, { headers, ...rest });
  const text = await response.text();
  let json;
  try {
    json = JSON.parse(text);
  } catch {
    // Not every answer is JSON.
  }
  return { status: response.status, headers: response.headers, text, json };
}

export const query = (parameters) => new URLSearchParams(parameters).toString();

/** Appends entries, objects or texts of entries, and gives the receipt. */
export async function append(trail, entries, { key = us.key, parameters = "", headers = {} } = {}) {
  const body = entries.map((entry) => (typeof entry === "string" ? entry : JSON.stringify(entry))).join("\n");
  const answer = await ask(`/v1/trails/${trail}/entries${parameters}`, {
    method: "POST",
    headers: { ...bearer(key), ...headers },
    body,
  });
  if (answer.status !== 200) throw new Error(`append: ${answer.status} ${answer.text}`);
  return answer.json;
}

/** All entries of a trail that a query means, page by page. */
export async function entries(trail, parameters = {}) {
  const all = [];
  let cursor;
  do {
    const asked = { ...parameters, ...(cursor && { cursor }) };
    const { status, json, text } = await ask(`/v1/trails/${trail}/entries?${query(asked)}`);
    if (status !== 200) throw new Error(`list: ${status} ${text}`);
    all.push(...json.entries);
    cursor = json.cursor;
  } while (cursor);
  return all;
}
