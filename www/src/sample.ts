// Small logs made on the spot, for whoever has none at hand. Every name and address in them is invented.

/** The samples that can be made. */
export const SAMPLES = [
  { name: "sample-auth0.ndjson", title: "Auth0 tenant log", entries: 5000, make: auth0 },
  { name: "sample-fga.ndjson", title: "Auth0 FGA log", entries: 5000, make: fga },
  { name: "sample-cerbos-decision.ndjson", title: "Cerbos decisions", entries: 1000, make: cerbosDecision },
  { name: "sample-event.ndjson", title: "Audit events", entries: 1000, make: event },
] as const;

/** A sample reaches from so many milliseconds ago to the present: times such as `now-1h` find something in it. */
const REACH = 43_200_000;
const PEOPLE = ["anne", "béla", "chidi", "dolores", "esra", "fenna", "günther", "hana", "ivo", "jun", "kwame", "lucía"];
const PLACES = [["DE", "Berlin"], ["BR", "São Paulo"], ["JP", "東京"], ["KE", "Nairobi"], ["CA", "Montréal"]] as const;

/** A sample as the file that it would be. */
export function makeSample(sample: (typeof SAMPLES)[number]): File {
  const random = generator(17);
  const start = Date.now() - REACH;
  const lines: string[] = [];
  for (let index = 0; index < sample.entries; index++) {
    const time = start + Math.floor(((index + random()) / sample.entries) * REACH);
    lines.push(JSON.stringify(sample.make(index, time, random)));
  }
  return new File([lines.join("\n"), "\n"], sample.name, { type: "application/x-ndjson" });
}

type Random = () => number;

/** Logins of half a day, and one address that tries everybody's password around the middle of it. */
function auth0(index: number, time: number, random: Random): object {
  const attack = index > 2200 && index < 2900 && random() < 0.6;
  const person = pick(PEOPLE, random);
  const [country_code, city_name] = pick(PLACES, random);
  const [type, description] = attack
    ? random() < 0.02 ? ["s", "Success login"] : ["fp", "Wrong email or password."]
    : pick(ORDINARY, random);
  const id = `900${new Date(time).toISOString().replace(/\D/g, "")}${String(index).padStart(36, "0")}`;
  return {
    date: new Date(time).toISOString(),
    type,
    description,
    connection: "Username-Password-Authentication",
    client_id: "2cPq7wJ4kVYx9sLmN0aR5tZ8uB1dE3fG",
    client_name: attack ? "Customer portal" : pick(["Customer portal", "Mobile app", "Back office"], random),
    ip: attack ? "203.0.113.66" : `198.51.100.${Math.floor(random() * 250) + 1}`,
    user_agent: attack ? "python-requests/2.32.3" : pick(["Firefox 141.0.0 / Linux", "Safari 26.0.0 / iOS 26.1.0", "Chrome 143.0.0 / Windows"], random),
    user_id: `auth0|${person.normalize("NFD").replace(/[^a-z]/g, "")}`,
    user_name: `${person}@example.com`,
    location_info: { country_code, city_name },
    log_id: id,
    _id: id,
  };
}

const ORDINARY: [string, string][] = [
  ["s", "Success login"], ["s", "Success login"], ["seacft", "Authorization Code for Access Token"], ["seacft", "Authorization Code for Access Token"],
  ["sertft", "Refresh Token for Access Token"], ["slo", "Success logout"], ["sapi", "Update a user"], ["sapi", "Create a rule"],
  ["fp", "Wrong email or password."], ["fu", "Invalid username"], ["scp", "Change password"], ["gd_auth_succeed", "MFA succeeded"],
];

/** Checks on documents, and now and then a write that shares one. */
function fga(index: number, time: number, random: Random): object {
  const person = pick(PEOPLE, random);
  const object = `document:${pick(["annual_report", "budget_2026", "payroll", "roadmap", "minutes"], random)}`;
  const operation = random() < 0.9 ? "Check" : "Write";
  const key = { user: `user:${person}`, relation: pick(["reader", "writer", "owner"], random), object };
  return {
    id: `01JXA${String(index).padStart(21, "0")}`,
    timestamp: new Date(time).toISOString(),
    store_id: "01JXA0000000000000000STORE",
    request_id: `req-${index}`,
    client_id: "portal-backend",
    ip: `192.0.2.${Math.floor(random() * 20) + 1}`,
    user_agent: "openfga-sdk js/0.9.0",
    status_code: 200,
    duration_ms: Math.floor(random() * 12) + 1,
    request: operation === "Check" ? { operation, tuple_key: key } : { operation, writes: { tuple_keys: [key] } },
    response: operation === "Check" ? { allowed: random() < 0.8 } : {},
  };
}

/** Whether somebody may do something with a document or an invoice, and now and then what they may do it with. */
function cerbosDecision(index: number, time: number, random: Random): object {
  const person = pick(PEOPLE, random);
  const manager = random() < 0.3;
  const kind = pick(["document", "invoice", "leave_request"], random);
  const principal = { id: person, roles: manager ? ["employee", "manager"] : ["employee"] };
  const common = {
    callId: `01JXB${String(index).padStart(21, "0")}`,
    timestamp: new Date(time).toISOString(),
    peer: { address: `10.30.1.${Math.floor(random() * 20) + 1}:${40_000 + index}`, userAgent: "cerbos-sdk-javascript-grpc/0.20.0" },
  };
  if (random() < 0.1) {
    const input = { requestId: `req-${index}`, action: "view", principal, resource: { kind } };
    return { ...common, planResources: { input, output: { requestId: `req-${index}`, action: "view", kind, filter: { kind: manager ? "KIND_ALWAYS_ALLOWED" : "KIND_CONDITIONAL" } } } };
  }
  const actions = random() < 0.7 ? ["view"] : ["view", "approve"];
  const id = `${kind.slice(0, 1)}_${Math.floor(random() * 90) + 10}`;
  const effect = (action: string) => (action === "view" || manager ? "EFFECT_ALLOW" : "EFFECT_DENY");
  return {
    ...common,
    checkResources: {
      inputs: [{ requestId: `req-${index}`, resource: { kind, id }, principal, actions }],
      outputs: [{
        requestId: `req-${index}`,
        resourceId: id,
        actions: Object.fromEntries(actions.map((action) => [action, { effect: effect(action), policy: `resource.${kind}.vdefault` }])),
      }],
    },
  };
}

/** Logins and what people did afterwards, from the office and from outside. */
function event(index: number, time: number, random: Random): object {
  const person = pick(PEOPLE, random);
  const [type, outcome, target] = pick(DEEDS, random);
  const id = person.normalize("NFD").replace(/[^a-z]/g, "");
  const [country, city] = pick(PLACES, random);
  return {
    id: `01JXC${String(index).padStart(21, "0")}`,
    type,
    occurred_at: new Date(time).toISOString(),
    actor: { type: "user", id: `user_${id}`, name: person, ip: random() < 0.6 ? `10.0.4.${Math.floor(random() * 200) + 1}` : `198.51.100.${Math.floor(random() * 250) + 1}` },
    targets: [{ type: target, id: `${target}_${Math.floor(random() * 900) + 100}` }],
    outcome,
    ...(outcome === "failure" ? { reason: type === "login.failed" ? "wrong password" : "not permitted" } : {}),
    metadata: { geo: { country, city } },
  };
}

const DEEDS: [type: string, outcome: string, target: string][] = [
  ["login.succeeded", "success", "session"], ["login.succeeded", "success", "session"], ["login.failed", "failure", "session"],
  ["token.issued", "success", "token"], ["document.viewed", "success", "document"], ["document.viewed", "success", "document"],
  ["document.shared", "success", "document"], ["document.shared", "failure", "document"], ["role.assigned", "success", "user"],
];

function pick<T>(from: readonly T[], random: Random): T {
  return from[Math.floor(random() * from.length)] as T;
}

/** Numbers in [0, 1), the same for the same seed: xorshift with 32 bits. */
function generator(seed: number): Random {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
