// What the package throws about texts and logs. Misuse by the programmer is a TypeError or a plain Error.
import type { Broken, Diagnostic, Spent } from "./types.js";

/** A query's text that has no meaning. Its message draws the text with a caret under the trouble. */
export class QueryError extends Error {
  /** Every diagnostic of the text, warnings included. */
  readonly diagnostics: Diagnostic[];

  constructor(diagnostics: Diagnostic[]) {
    const errors = diagnostics.filter((diagnostic) => diagnostic.severity === "error");
    super(errors.map((diagnostic) => diagnostic.rendered).join("\n").trimEnd());
    this.name = "QueryError";
    this.diagnostics = diagnostics;
  }
}

/** A log, or an entry, that is not JSON as it should be. */
export class EntryError extends Error {
  /** The broken pieces, in order; the first hundred of them. */
  readonly broken: Broken[];
  /** How many there are. */
  readonly count: number;
  /** The matches among the entries that are whole; empty where a single entry was asked about. */
  readonly matches: Float64Array;

  constructor(broken: Broken[], count = broken.length, matches: Float64Array = new Float64Array()) {
    const [first] = broken;
    const place = first ? `line ${first.line} (byte ${first.offset}): ${first.reason}` : "no entry";
    const others = count > 1 ? `, and ${count - 1} more` : "";
    super(`broken entry at ${place}${others}`);
    this.name = "EntryError";
    this.broken = broken;
    this.count = count;
    this.matches = matches;
  }
}

/** A log that would take more memory as a table than it was given. */
export class BudgetError extends Error {
  /** Entries that were read until then. */
  readonly rows: number;
  /** Bytes of memory that they take. */
  readonly bytes: number;
  /** Bytes that they may take. */
  readonly budget: number;

  constructor({ rows, bytes, budget }: Spent) {
    super(`the first ${rows} entries take ${bytes} bytes of memory as a table, and \`budget\` allows ${budget}: raise it, or filter the log first`);
    this.name = "BudgetError";
    this.rows = rows;
    this.bytes = bytes;
    this.budget = budget;
  }
}

/** A log in gzip or zip that cannot be unpacked, or would have to be first. */
export class PackedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "PackedError";
  }
}
