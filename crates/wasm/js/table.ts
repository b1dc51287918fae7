// A log as a table: read once into columns, then asked again and again. Its bytes stay outside of the engine's memory.
import { bytes, count, field, fields, flag, numbers, onlyKnown } from "./arguments.js";
import type { BuiltTable, CompiledQuery, TableAdditions, TableBuilder } from "./bindings.js";
import { engine } from "./engine.js";
import { BudgetError, EntryError } from "./errors.js";
import { exported } from "./export.js";
import { withClock } from "./options.js";
import { Query } from "./query.js";
import { Source } from "./source.js";
import { peek, turn } from "./stream.js";
import type {
  AskOptions, Broken, ExportFormat, ExportOptions, Facets, Histogram, HistogramOptions, LogSource, LogTable, Options, ReadProgress,
  SelectOptions, Spent, TableOptions,
} from "./types.js";

/** How much is handed to the engine at a time. */
const PIECE = 1 << 20;
/** After how many bytes others have their turn. */
const TURN = 16 << 20;

/** Options of every question. */
const ASKING = ["signal", "onProgress"];

const BUDGET = 2 ** 30;
const KEEP = 2 ** 28;

/**
 * A log as columns. Every question is a promise: most answers are there at once, but one about a field that has no
 * column, or for free text, reads the log again, once.
 */
export class Table implements LogTable {
  readonly length: number;
  readonly broken: readonly Broken[];
  readonly brokenCount: number;
  readonly #source: Source;
  /** How texts of queries are read. */
  readonly #options: Options;
  #table: BuiltTable | undefined;
  /** Readings of the log, one after the other. */
  #reading: Promise<unknown> = Promise.resolve();

  private constructor(table: BuiltTable, source: Source, options: Options, broken: readonly Broken[]) {
    this.#table = table;
    this.#source = source;
    this.#options = options;
    this.length = table.length();
    this.broken = broken;
    this.brokenCount = table.brokenCount();
  }

  /**
   * Reads a log into a table. Texts of queries are then read with the same options.
   *
   * @throws EntryError for broken entries, unless `onBroken` is there to be told of them.
   * @throws BudgetError when the table would take more memory than `budget`.
   * @throws PackedError for gzip or zip that cannot be unpacked.
   */
  static async from(log: LogSource, options: TableOptions = {}): Promise<Table> {
    const { paths = [], budget = BUDGET, keep = KEEP, signal, onProgress, onBroken, ...reading } = options;
    bytes(budget, "budget");
    bytes(keep, "keep");
    const named = paths === "all" ? [] : fields(paths, "paths");
    signal?.throwIfAborted();
    const { TableBuilder } = engine("Table.from");
    let builder: TableBuilder | undefined;
    try {
      const source = await Source.open(log, keep, signal);
      const pass = new Pass(source, options);
      builder = new TableBuilder(withClock(reading), budget, named, paths === "all" ? await pass.sample() : undefined);
      const broken: Broken[] = [];
      const tell = (pieces: unknown): void => {
        broken.push(...(pieces as Broken[]));
        if (onBroken) (pieces as Broken[]).forEach(onBroken);
      };
      const read = builder;
      await pass.feed(read, (progress) => {
        tell(read.takeBroken());
        onProgress?.({ ...progress, entries: read.entries(), broken: read.brokenCount(), memory: read.memory() });
      });
      builder = undefined; // it is the table from here on
      const table = spent(() => read.finish());
      tell(table.takeBroken());
      if (broken.length === 0 || onBroken) return new Table(table, source, reading, broken);
      const count = table.brokenCount();
      table.free();
      throw new EntryError(broken, count);
    } finally {
      builder?.free();
    }
  }

  get memory(): number {
    return this.#live().memory();
  }

  get columns(): readonly string[] {
    return this.#live().columns();
  }

  async count(query: Query | string, options: AskOptions = {}): Promise<number> {
    onlyKnown(options, "count", ASKING);
    return this.#ask(query, options, (table, query) => table.count(query));
  }

  async select(query: Query | string, options: SelectOptions = {}): Promise<Float64Array> {
    onlyKnown(options, "select", ["sort", "descending", "offset", "limit", ...ASKING]);
    const { sort, descending = false, offset = 0, limit = Number.POSITIVE_INFINITY } = options;
    const by = sort === undefined ? undefined : field(sort, "sort");
    flag(descending, "descending");
    count(offset, "offset");
    count(limit, "limit", { orAll: true });
    return this.#ask(query, options, (table, query) => table.select(query, by, descending, offset, limit));
  }

  async facets(query: Query | string, names: readonly string[], top: number, options: AskOptions = {}): Promise<Facets[]> {
    onlyKnown(options, "facets", ASKING);
    const asked = fields(names, "fields");
    count(top, "top", { orAll: true });
    return this.#ask(query, options, (table, query) => table.facets(query, asked, top) as Facets[] | undefined);
  }

  async histogram(query: Query | string, buckets: number, options: HistogramOptions = {}): Promise<Histogram> {
    onlyKnown(options, "histogram", ["field", ...ASKING]);
    const by = options.field === undefined ? undefined : field(options.field, "field");
    count(buckets, "buckets", { least: 1 });
    return this.#ask(query, options, (table, query) => table.histogram(query, buckets, by) as Histogram | undefined);
  }

  async distinct(query: Query | string, name: string, options: AskOptions = {}): Promise<number> {
    onlyKnown(options, "distinct", ASKING);
    const by = field(name, "field");
    return this.#ask(query, options, (table, query) => table.distinct(query, by));
  }

  async rows(rows: ArrayLike<number>, options: AskOptions = {}): Promise<string[]> {
    onlyKnown(options, "rows", ASKING);
    const { signal } = options;
    const wanted = this.#live().ranges(numbers(rows, "rows"));
    const starts = Array.from(rows, (_, index) => wanted[2 * index] ?? 0);
    const inOrder = starts.map((_, index) => index).sort((one, other) => (starts[one] ?? 0) - (starts[other] ?? 0));
    const once = inOrder.filter((index, at) => at === 0 || starts[index] !== starts[inOrder[at - 1] ?? 0]);
    const ranges = Float64Array.from(once.flatMap((index) => [wanted[2 * index] ?? 0, wanted[2 * index + 1] ?? 0]));
    const texts = new Map<number, string>();
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    let at = 0;
    for await (const entry of this.#source.cut(ranges, signal)) {
      texts.set(ranges[at] ?? 0, decoder.decode(entry));
      at += 2;
    }
    return starts.map((start) => {
      const text = texts.get(start);
      if (text === undefined) throw new Error("the log has changed since the table was made of it: it ends earlier");
      return text;
    });
  }

  /** As `LogTable.export`. NDJSON and JSON are the entries' own bytes; in CSV, cells that a spreadsheet would take for formulas are text. */
  async export(query: Query | string, format: ExportFormat, options: ExportOptions = {}): Promise<Blob> {
    onlyKnown(options, "export", ["columns", ...ASKING]);
    const columns = options.columns === undefined ? [...this.columns] : fields(options.columns, "columns");
    const compiled = this.#compile(query);
    try {
      return await exported(format, {
        rows: (offset, limit) => this.#ask(compiled, options, (table, query) => table.select(query, undefined, false, offset, limit)),
        ranges: (rows) => this.#live().ranges(rows),
        cut: (ranges) => this.#source.cut(ranges, options.signal),
        csvHeader: () => this.#live().csvHeader(columns),
        csvNeeds: (rows) => this.#ask(compiled, options, (table) => table.csvNeeds(columns, rows)),
        csv: (rows, entries, ends) => this.#ask(compiled, options, (table) => table.csv(columns, rows, entries, ends)),
      });
    } finally {
      compiled.free();
    }
  }

  free(): void {
    this.#table?.free();
    this.#table = undefined;
  }

  [Symbol.dispose](): void {
    this.free();
  }

  /** What `ask` answers; when it is nothing, after the log was read again for what the table lacks. */
  async #ask<T>(
    query: Query | CompiledQuery | string,
    options: AskOptions,
    ask: (table: BuiltTable, query: CompiledQuery) => T | undefined,
  ): Promise<T> {
    options.signal?.throwIfAborted();
    const compiled = typeof query === "string" || query instanceof Query ? this.#compile(query) : query.share();
    try {
      let answer = ask(this.#live(), compiled);
      if (answer !== undefined) return answer;
      const reading = this.#reading.then(async () => {
        // Somebody else's reading may have been for the same.
        answer = ask(this.#live(), compiled);
        if (answer !== undefined) return;
        await this.#add(this.#live().additions(), options);
        answer = ask(this.#live(), compiled);
      });
      this.#reading = reading.catch(() => undefined);
      await reading;
      if (answer === undefined) throw new Error("the query looks for more free texts than a table keeps: ask for fewer at a time");
      return answer;
    } finally {
      compiled.free();
    }
  }

  async #add(additions: TableAdditions, options: AskOptions): Promise<void> {
    let reading: TableAdditions | undefined = additions;
    try {
      await new Pass(this.#source, options).feed(additions, options.onProgress);
      const table = this.#live();
      reading = undefined;
      spent(() => additions.finish(table));
    } finally {
      reading?.free();
    }
  }

  #compile(query: Query | string): CompiledQuery {
    if (query instanceof Query) return query.share();
    if (typeof query !== "string") throw new TypeError("a query is its text or a `Query`");
    const compiled = Query.compile(query, withClock(this.#options));
    try {
      return compiled.share();
    } finally {
      compiled.free();
    }
  }

  #live(): BuiltTable {
    if (!this.#table) throw new Error("the table was freed: make it again");
    return this.#table;
  }
}

/** One reading of a log, handed to a reader of the engine's. */
class Pass {
  readonly #signal: AbortSignal | undefined;
  readonly #progress: ReadProgress;
  #pieces: AsyncGenerator<Uint8Array>;

  constructor(source: Source, { signal }: { signal?: AbortSignal | undefined }) {
    this.#signal = signal;
    this.#progress = { bytes: 0, totalBytes: source.size };
    this.#pieces = source.read({ signal, read: (bytes) => void (this.#progress.bytes += bytes) });
  }

  /** The log's beginning, which will be fed all the same. */
  async sample(): Promise<Uint8Array> {
    const [head, all] = await peek(this.#pieces, PIECE);
    this.#pieces = all;
    return head.subarray(0, PIECE);
  }

  async feed(reader: { push(bytes: Uint8Array): void }, onProgress?: (progress: ReadProgress) => void): Promise<void> {
    let sinceTurn = 0;
    for await (const piece of this.#pieces) {
      spent(() => {
        for (let at = 0; at < piece.length; at += PIECE) reader.push(piece.subarray(at, at + PIECE));
      });
      sinceTurn += piece.length;
      if (sinceTurn < TURN) continue;
      sinceTurn = 0;
      onProgress?.({ ...this.#progress });
      await turn();
      this.#signal?.throwIfAborted();
    }
    onProgress?.({ ...this.#progress });
  }
}

/** What `use` gives; what it throws about a budget, as an error. */
function spent<T>(use: () => T): T {
  try {
    return use();
  } catch (error) {
    throw typeof error === "object" && error !== null && "budget" in error ? new BudgetError(error as Spent) : error;
  }
}
