// What passes between a page and the engine's worker. Errors cross as data: a structured clone forgets their class.
import { EntryError, QueryError } from "./errors.js";
import type { Broken, Diagnostic, Options, Progress } from "./types.js";

/** To the worker. `id` names the call in every answer to it. */
export type Request =
  | { id: number; call: "events" }
  | { id: number; call: "check"; text: string; options: Options }
  | { id: number; call: "filterBlob"; blob: Blob; text: string; options: Options; tolerant: boolean }
  | { id: number; call: "abort" };

/** From the worker: any number of `progress` and `broken`, then one `done` or `failed`. */
export type Reply =
  | { id: number; kind: "progress"; progress: Progress }
  | { id: number; kind: "broken"; broken: Broken }
  | { id: number; kind: "done"; value: unknown }
  | { id: number; kind: "failed"; failure: Failure };

type Failure =
  | { type: "QueryError"; diagnostics: Diagnostic[] }
  | { type: "EntryError"; broken: Broken[]; count: number; matches: Float64Array }
  | { type: "TypeError" | "Error"; name: string; message: string };

/** An error as it crosses. */
export function toFailure(error: unknown): Failure {
  if (error instanceof QueryError) return { type: "QueryError", diagnostics: error.diagnostics };
  if (error instanceof EntryError) return { type: "EntryError", broken: error.broken, count: error.count, matches: error.matches };
  const { name, message } = error instanceof Error || error instanceof DOMException ? error : { name: "Error", message: String(error) };
  return { type: error instanceof TypeError ? "TypeError" : "Error", name, message };
}

/** The error that crossed. */
export function fromFailure(failure: Failure): Error {
  switch (failure.type) {
    case "QueryError":
      return new QueryError(failure.diagnostics);
    case "EntryError":
      return new EntryError(failure.broken, failure.count, failure.matches);
    case "TypeError":
      return new TypeError(failure.message);
    case "Error":
      return Object.assign(new Error(failure.message), { name: failure.name });
  }
}
