// A table that lies in the engine's worker, as the page holds it.
import type {
  AskOptions, Broken, ExportFormat, ExportOptions, Facets, Histogram, HistogramOptions, LogTable, SelectOptions,
} from "./types.js";
import type { OpenedTable, Question, TableAnswer, TableState } from "./worker-messages.js";

/** How a table's questions get to the worker. */
export interface TablePort {
  ask(method: Question, parameters: unknown[], options: AskOptions): Promise<TableAnswer>;
  free(): void;
}

/** As `Table`, in the worker. Queries are texts. */
export class TableClient implements LogTable {
  readonly length: number;
  readonly broken: readonly Broken[];
  readonly brokenCount: number;
  readonly #port: TablePort;
  /** As of the last answer. */
  #state: TableState;
  #isFreed = false;

  /** @internal `EngineClient.table` makes one. */
  constructor(port: TablePort, { length, broken, brokenCount, memory, columns }: OpenedTable) {
    this.#port = port;
    this.length = length;
    this.broken = broken;
    this.brokenCount = brokenCount;
    this.#state = { memory, columns };
  }

  get memory(): number {
    return this.#state.memory;
  }

  get columns(): readonly string[] {
    return this.#state.columns;
  }

  count(query: string, options: AskOptions = {}): Promise<number> {
    return this.#ask("count", [query], options);
  }

  select(query: string, options: SelectOptions = {}): Promise<Float64Array> {
    return this.#ask("select", [query], options);
  }

  facets(query: string, fields: readonly string[], top: number, options: AskOptions = {}): Promise<Facets[]> {
    return this.#ask("facets", [query, fields, top], options);
  }

  histogram(query: string, buckets: number, options: HistogramOptions = {}): Promise<Histogram> {
    return this.#ask("histogram", [query, buckets], options);
  }

  distinct(query: string, field: string, options: AskOptions = {}): Promise<number> {
    return this.#ask("distinct", [query, field], options);
  }

  rows(rows: ArrayLike<number>, options: AskOptions = {}): Promise<string[]> {
    return this.#ask("rows", [Float64Array.from(rows)], options);
  }

  export(query: string, format: ExportFormat, options: ExportOptions = {}): Promise<Blob> {
    return this.#ask("export", [query, format], options);
  }

  free(): void {
    if (!this.#isFreed) this.#port.free();
    this.#isFreed = true;
  }

  [Symbol.dispose](): void {
    this.free();
  }

  async #ask<T>(method: Question, parameters: unknown[], options: AskOptions): Promise<T> {
    if (this.#isFreed) throw new Error("the table was freed: make it again");
    const { signal, onProgress, ...rest } = options;
    const { value, state } = await this.#port.ask(method, [...parameters, rest], { signal, onProgress });
    this.#state = state;
    return value as T;
  }
}
