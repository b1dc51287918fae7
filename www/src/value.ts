// Looking into JSON whose shape nobody promised.

/** The value at a dotted path; nothing when the path ends early. */
export function at(value: unknown, path: string): unknown {
  let here = value;
  for (const key of path.split(".")) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, key)) return undefined;
    here = (here as Record<string, unknown>)[key];
  }
  return here;
}

/** The first of the paths that leads to a text, a number or a truth value, as text; empty when none does. */
export function text(value: unknown, ...paths: string[]): string {
  for (const path of paths) {
    const found = at(value, path);
    if (typeof found === "string" && found !== "") return found;
    if (typeof found === "number" || typeof found === "boolean") return String(found);
  }
  return "";
}

/** The array at a path, as objects to look into; empty when there is none. */
export function list(value: unknown, path: string): unknown[] {
  const found = at(value, path);
  return Array.isArray(found) ? found : [];
}
