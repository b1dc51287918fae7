// What is given to a table, checked before it is used: what is wrong is told, with what is possible.

/** Refuses options that there are not, so that a slip is not a question about something else. */
export function onlyKnown(options: object, of: string, names: readonly string[]): void {
  if (typeof options !== "object" || options === null) throw new TypeError(`the options of \`${of}\` are an object, and not ${shown(options)}`);
  for (const name of Object.keys(options)) {
    if (!names.includes(name)) throw new TypeError(`\`${of}\` has no option \`${name}\`; there are ${names.map((name) => `\`${name}\``).join(", ")}`);
  }
}

/** A whole number from `least` on; as many as there are, where `Infinity` may be said. */
export function count(value: unknown, name: string, { least = 0, orAll = false } = {}): number {
  const possible = `a whole number from ${least} on${orAll ? ", or `Infinity`" : ""}`;
  if (typeof value !== "number") throw new TypeError(`\`${name}\` is ${possible}, and not ${shown(value)}`);
  const isRight = Number.isSafeInteger(value) || (orAll && value === Number.POSITIVE_INFINITY);
  if (!isRight || value < least) throw new RangeError(`\`${name}\` is ${possible}, and not ${value}`);
  return value;
}

export function bytes(value: unknown, name: string): number {
  if (typeof value !== "number") throw new TypeError(`\`${name}\` is a number of bytes, and not ${shown(value)}`);
  if (!(value >= 0)) throw new RangeError(`\`${name}\` is a number of bytes, and not ${value}`);
  return value;
}

export function flag(value: unknown, name: string): boolean {
  if (typeof value !== "boolean") throw new TypeError(`\`${name}\` is \`true\` or \`false\`, and not ${shown(value)}`);
  return value;
}

export function field(value: unknown, name: string): string {
  if (typeof value !== "string") throw new TypeError(`\`${name}\` is the name of a field, and not ${shown(value)}`);
  return value;
}

/** Names in an array of their own. */
export function fields(value: unknown, name: string): string[] {
  if (!Array.isArray(value) || value.some((field) => typeof field !== "string")) {
    throw new TypeError(`\`${name}\` is an array of names of fields, and not ${shown(value)}`);
  }
  return [...(value as string[])];
}

export function numbers(value: unknown, name: string): Float64Array {
  const isList = typeof value === "object" && value !== null && typeof (value as ArrayLike<number>).length === "number";
  if (!isList) throw new TypeError(`\`${name}\` is an array of numbers, and not ${shown(value)}`);
  return Float64Array.from(value as ArrayLike<number>);
}

function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (Array.isArray(value)) return `an array of ${value.length ? value.map((part) => (part === null ? "null" : typeof part)).slice(0, 5).join(", ") : "nothing"}`;
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
