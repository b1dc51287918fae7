// Which schema a log has, by the look of its first entries.
import type { SchemaName } from "trailsift/worker";
import { at } from "./value.js";

/** Most particular first: each is told by fields that the others do not have. */
const LOOKS: [SchemaName, (entry: unknown) => boolean][] = [
  ["fga", (entry) => typeof at(entry, "request.operation") === "string"],
  ["cerbos-decision", (entry) => has(entry, "callId") && (has(entry, "checkResources") || has(entry, "planResources") || has(entry, "inputs"))],
  ["cerbos-access", (entry) => has(entry, "callId") && has(entry, "method")],
  ["auth0", (entry) => has(entry, "type") && has(entry, "date") && (has(entry, "log_id") || has(entry, "_id") || has(entry, "client_id"))],
  ["event", (entry) => has(entry, "occurred_at") && has(entry, "actor")],
];

/** The schema that most of `entries` look like; `any` when that is none. */
export function detectSchema(entries: unknown[]): SchemaName {
  for (const [schema, looks] of LOOKS) {
    if (entries.length > 0 && entries.filter(looks).length * 2 > entries.length) return schema;
  }
  return "any";
}

function has(entry: unknown, path: string): boolean {
  return at(entry, path) !== undefined;
}
