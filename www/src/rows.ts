// An entry as one readable line: when, what kind, who, from where, and what happened. One small reader a schema.
import type { SchemaName } from "trailsift/worker";
import { authEvent } from "./events.js";
import { at, list, text } from "./value.js";

/** What the list shows of an entry. Every text may come from an attacker: it is only ever shown as text. */
export interface Row {
  time: string;
  kind: string;
  /** What the kind is called in full, where that is known. */
  kindName?: string;
  outcome: "good" | "bad" | "neutral";
  who: string;
  /** The address that the service saw, as `ip:` finds it; not one that the client claims. */
  from: string;
  what: string;
}

/** Reads an entry as its schema suggests; what it does not have stays empty. */
export function rowOf(entry: unknown, schema: SchemaName): Row {
  const row = READERS[schema](entry);
  return { ...row, time: utc(row.time) };
}

const READERS: Record<SchemaName, (entry: unknown) => Row> = {
  auth0: (entry) => {
    const kind = text(entry, "type");
    const { name = "", outcome = undefined } = authEvent(kind) ?? {};
    return {
      time: text(entry, "date"),
      kind,
      kindName: name,
      outcome: outcome === "success" ? "good" : outcome === undefined ? "neutral" : "bad",
      who: text(entry, "user_name", "user_id", "details.request.auth.user.email", "client_name", "client_id"),
      from: text(entry, "ip", "client_ip"),
      what: text(entry, "description", "details.error.message") || name || text(entry, "details.request.path"),
    };
  },
  fga: (entry) => {
    const allowed = at(entry, "response.allowed");
    const key = (path: string): string => text(entry, `request.tuple_key.${path}`);
    const tuples = [...list(entry, "request.writes.tuple_keys"), ...list(entry, "request.deletes.tuple_keys")];
    const [first] = tuples;
    const subject = key("object") || text(first, "object") || text(entry, "request.object", "request.type");
    const relation = key("relation") || text(first, "relation") || text(entry, "request.relation");
    const more = tuples.length > 1 ? ` and ${tuples.length - 1} more` : "";
    const decision = allowed === true ? "allowed: " : allowed === false ? "denied: " : "";
    return {
      time: text(entry, "timestamp"),
      kind: text(entry, "request.operation"),
      outcome: allowed === true ? "good" : allowed === false || Number(text(entry, "status_code")) >= 400 ? "bad" : "neutral",
      who: key("user") || text(first, "user") || text(entry, "request.user", "client_id"),
      from: text(entry, "ip"),
      what: `${decision}${[relation, subject].filter(Boolean).join(" on ")}${more}`,
    };
  },
  "cerbos-access": (entry) => ({
    time: text(entry, "timestamp"),
    kind: text(entry, "method").split("/").at(-1) ?? "",
    outcome: Number(text(entry, "statusCode") || 0) === 0 ? "good" : "bad",
    who: text(entry, "peer.userAgent", "peer.authInfo"),
    from: text(entry, "peer.address"),
    what: `${text(entry, "method")}${text(entry, "statusCode") ? ` (gRPC status ${text(entry, "statusCode")})` : ""}`,
  }),
  "cerbos-decision": (entry) => {
    const plan = at(entry, "planResources");
    const decision = plan ?? at(entry, "checkResources") ?? entry;
    const [input] = plan ? [at(plan, "input")] : list(decision, "inputs");
    const effects = list(decision, "outputs").flatMap((output) => Object.entries(at(output, "actions") ?? {}).map(cerbosEffect));
    const denied = effects.some(([, effect]) => effect === "deny");
    const actions = effects.map(([action, effect]) => `${action}: ${effect}`);
    const resource = [text(input, "resource.kind"), text(input, "resource.id")].filter(Boolean).join(":");
    return {
      time: text(entry, "timestamp"),
      kind: plan ? "plan" : "check",
      outcome: denied || text(decision, "error") ? "bad" : effects.length > 0 ? "good" : "neutral",
      who: text(input, "principal.id"),
      from: text(entry, "peer.address"),
      what: [resource, actions.join(", ") || text(decision, "error", "input.action")].filter(Boolean).join(" — "),
    };
  },
  event: (entry) => {
    const outcome = text(entry, "outcome");
    const targets = list(entry, "targets").map((target) => text(target, "name", "id")).filter(Boolean);
    return {
      time: text(entry, "occurred_at", "received_at"),
      kind: text(entry, "type"),
      outcome: outcome === "success" ? "good" : outcome === "" ? "neutral" : "bad",
      who: text(entry, "actor.name", "actor.id"),
      from: text(entry, "actor.ip"),
      what: [outcome, targets.join(", "), text(entry, "reason")].filter(Boolean).join(" — "),
    };
  },
  any: (entry) => ({
    time: text(entry, "date", "timestamp", "occurred_at", "time", "@timestamp", "ts"),
    kind: text(entry, "type", "event", "action", "operation", "level"),
    outcome: "neutral",
    who: text(entry, "user_name", "user", "user_id", "actor.name", "actor.id", "username", "email"),
    from: text(entry, "ip", "client_ip", "remote_addr", "actor.ip"),
    what: text(entry, "description", "message", "msg", "reason") || JSON.stringify(entry).slice(0, 300),
  }),
};

/** An action and its effect, `allow` or `deny`; today's entries hold an object there, the oldest ones a text. */
function cerbosEffect([action, effect]: [string, unknown]): [string, string] {
  const name = typeof effect === "string" ? effect : text(effect, "effect");
  return [action, name.replace("EFFECT_", "").toLowerCase()];
}

/** A time that can be read as one, in UTC and of one width; any other text as it stands. */
function utc(time: string): string {
  const instant = /^\d{4}-\d\d-\d\d[T ]/.test(time) ? Date.parse(time) : Number.NaN;
  return Number.isNaN(instant) ? time : new Date(instant).toISOString().replace("T", " ").replace("Z", "");
}
