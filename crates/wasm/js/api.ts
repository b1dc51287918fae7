// What every entry point offers besides its own `init`.
import { engine } from "./engine.js";
import { withClock } from "./options.js";
import { Query } from "./query.js";
import { Source } from "./source.js";
import type { AuthEvent, CompleteOptions, Completion, Diagnostic, LogSource, Options } from "./types.js";

export { BudgetError, EntryError, PackedError, QueryError } from "./errors.js";
export { Query } from "./query.js";
export { Table } from "./table.js";
export type * from "./types.js";

/**
 * What is wrong with a query's text, or doubtful about it; nothing when all is well. No text makes it throw.
 *
 * @throws TypeError for options that do not exist or have no such value.
 */
export function check(text: string, options: Options = {}): Diagnostic[] {
  return engine("check").check(string("text", text), withClock(options)) as Diagnostic[];
}

/**
 * Compiles a query's text, once for any number of entries.
 *
 * @throws QueryError with diagnostics for a text that has no meaning.
 * @throws TypeError for options that do not exist or have no such value.
 */
export function compile(text: string, options: Options = {}): Query {
  return Query.compile(string("text", text), withClock(options));
}

/** What could stand at `cursor`, counted in UTF-16 units; the likeliest first, and at most 50. */
export function complete(text: string, cursor: number, { fields = [], ...options }: CompleteOptions = {}): Completion[] {
  const known = Array.from(fields, (field) => string("fields", field));
  return engine("complete").complete(string("text", text), cursor, withClock(options), known) as Completion[];
}

/**
 * A query's text with one more condition: `field` is `value`. The rest stays as it was written; a text that already
 * holds the condition comes back as it is.
 */
export function and(text: string, field: string, value: string | number | boolean, options: Options = {}): string {
  return engine("and").and(string("text", text), string("field", field), written(value), withClock(options));
}

/** A query's text with one exception: `field` is not `value`. */
export function andNot(text: string, field: string, value: string | number | boolean, options: Options = {}): string {
  return engine("andNot").andNot(string("text", text), string("field", field), written(value), withClock(options));
}

/** A query's text without the condition that `field` is `value`, and without its opposite. */
export function remove(text: string, field: string, value: string | number | boolean, options: Options = {}): string {
  return engine("remove").remove(string("text", text), string("field", field), written(value), withClock(options));
}

/** Every event code that Auth0 has published, with its name and what it stands for. */
export function events(): AuthEvent[] {
  return engine("events").events() as AuthEvent[];
}

/**
 * The log that a source holds, as a stream: gzip, of any number of members, and zip, of any number of files, unpacked;
 * anything else as it is. It fails with a {@link PackedError} where that cannot be done. A filter of a packed file is
 *
 * ```js
 * const matches = unpack(file).pipeThrough(query.stream());
 * ```
 */
export function unpack(source: LogSource, { signal }: { signal?: AbortSignal | undefined } = {}): ReadableStream<Uint8Array> {
  let pieces: AsyncGenerator<Uint8Array> | undefined;
  return new ReadableStream({
    async pull(controller) {
      pieces ??= (await Source.open(source, Number.POSITIVE_INFINITY, signal)).readOnce({ signal });
      const { value, done } = await pieces.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await pieces?.return(undefined);
    },
  });
}

/** A value as a query writes it; numbers and truth values are those that facets give. */
function written(value: unknown): string {
  return typeof value === "number" || typeof value === "boolean" ? String(value) : string("value", value);
}

/** What is not text would be turned into some, and looked for. */
function string(name: string, value: unknown): string {
  if (typeof value !== "string") throw new TypeError(`\`${name}\` is ${name === "fields" ? "an array of strings" : "a string"}`);
  return value;
}
