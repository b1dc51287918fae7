// What passes between a page and the engine's worker. Errors cross as data: a structured clone forgets their class.
import { BudgetError, EntryError, PackedError, QueryError } from "./errors.js";
import type { Broken, Diagnostic, LogSource, LogTable, Options, Progress, ProofBundle, ReadProgress, Spent, TableOptions, TableProgress, VerifyOptions } from "./types.js";

/** To the worker. `id` names the call in every answer to it. */
export type Request =
  | { id: number; call: "events" }
  | { id: number; call: "check"; text: string; options: Options }
  | { id: number; call: "filterBlob"; blob: Blob; text: string; options: Options; check: Check; tolerant: boolean }
  | { id: number; call: "unpack"; log: LogSource }
  | { id: number; call: "verify"; log: LogSource; bundle: ProofBundle; options: Omit<VerifyOptions, "module" | "signal" | "onProgress"> }
  | { id: number; call: "openTable"; log: LogSource; options: PlainTableOptions; tolerant: boolean }
  | { id: number; call: "askTable"; table: number; method: Question; parameters: unknown[] }
  | { id: number; call: "freeTable"; table: number }
  | { id: number; call: "abort" };

/** The options of a table that cross. */
export type PlainTableOptions = Omit<TableOptions, "signal" | "onProgress" | "onBroken">;

type Check = "walked" | "every" | "strict" | undefined;

/** What a table is asked. The options are the last parameter. */
export type Question = "count" | "select" | "facets" | "histogram" | "distinct" | "rows" | "export";

/** What is known of a table that the worker holds. */
export type TableState = Pick<LogTable, "memory" | "columns">;

/** A table that the worker has made. */
export interface OpenedTable extends TableState, Pick<LogTable, "length" | "broken" | "brokenCount"> {
  table: number;
}

/** A table's answer. */
export interface TableAnswer {
  value: unknown;
  state: TableState;
}

/** From the worker: any number of `progress` and `broken`, then one `done` or `failed`. */
export type Reply =
  | { id: number; kind: "progress"; progress: Progress | TableProgress | ReadProgress }
  | { id: number; kind: "broken"; broken: Broken }
  | { id: number; kind: "done"; value: unknown }
  | { id: number; kind: "failed"; failure: Failure };

type Failure =
  | { type: "QueryError"; diagnostics: Diagnostic[] }
  | { type: "EntryError"; broken: Broken[]; count: number; matches: Float64Array }
  | { type: "BudgetError"; spent: Spent }
  | { type: "PackedError" | "TypeError" | "RangeError" | "Error"; name: string; message: string };

/** An error as it crosses. */
export function toFailure(error: unknown): Failure {
  if (error instanceof QueryError) return { type: "QueryError", diagnostics: error.diagnostics };
  if (error instanceof EntryError) return { type: "EntryError", broken: error.broken, count: error.count, matches: error.matches };
  if (error instanceof BudgetError) return { type: "BudgetError", spent: { rows: error.rows, bytes: error.bytes, budget: error.budget } };
  const { name, message } = error instanceof Error || error instanceof DOMException ? error : { name: "Error", message: String(error) };
  const type = error instanceof TypeError ? "TypeError" : error instanceof RangeError ? "RangeError" : error instanceof PackedError ? "PackedError" : "Error";
  return { type, name, message };
}

/** The error that crossed. */
export function fromFailure(failure: Failure): Error {
  switch (failure.type) {
    case "QueryError":
      return new QueryError(failure.diagnostics);
    case "EntryError":
      return new EntryError(failure.broken, failure.count, failure.matches);
    case "BudgetError":
      return new BudgetError(failure.spent);
    case "PackedError":
      return new PackedError(failure.message);
    case "TypeError":
      return new TypeError(failure.message);
    case "RangeError":
      return new RangeError(failure.message);
    case "Error":
      return Object.assign(new Error(failure.message), { name: failure.name });
  }
}
