// The shapes that cross between the engine and its callers. Offsets into a query's text count UTF-16 units, as
// JavaScript strings do; offsets into logs count bytes.

/** How a query is read and what its field names mean. */
export interface Options {
  /** `q`: Lucene's query strings as the Auth0 logs API takes them (the default). `fga`: as the FGA Logging API does. */
  dialect?: Dialect | undefined;
  /** Which fields there are. `any` (the default) allows every field. */
  schema?: SchemaName | undefined;
  /** Refuse what the vendor's own service refuses. */
  strict?: boolean | undefined;
  /**
   * What `now` means in `date:[now-7d TO now]`: a `Date`, or milliseconds since 1970; the present time by default. `null`: it
   * means nothing, and a query that says it is an error.
   */
  now?: Date | number | null | undefined;
  /** Fold case in equality, wildcards and free text. */
  ignoreCase?: boolean | undefined;
}

/** The ways of writing a query that the engine reads. */
export type Dialect = "q" | "fga";

/** The schemas that the engine knows. */
export type SchemaName = "auth0" | "fga" | "cerbos-access" | "cerbos-decision" | "event" | "any";

/** A range of UTF-16 units in a query's text, as `text.slice(start, end)` takes it. */
export interface Span {
  start: number;
  end: number;
}

/** What is wrong with a query, or doubtful about it. */
export interface Diagnostic {
  /** A stable name for this kind of trouble, such as `unknown-field`. */
  code: string;
  /** An `error` leaves the query without a meaning; a `warning` does not. */
  severity: "error" | "warning";
  /** One sentence, without a full stop. */
  message: string;
  /** What to do about it. */
  help?: string;
  /** The places in the text that it is about. */
  labels: { span: Span; text: string }[];
  /** Edits that would mend it. */
  suggestions: Suggestion[];
  /** All of the above drawn as text under the query, with a caret: for terminals and `<pre>`. */
  rendered: string;
}

/** An edit to the query's text. */
export interface Suggestion {
  span: Span;
  /** What stands at `span` afterwards. */
  replacement: string;
  /** What the edit does, in a few words. */
  title: string;
}

/** How a query is completed. */
export interface CompleteOptions extends Options {
  /**
   * Fields that the entries have, such as a table's `columns`: they are offered behind those of the schema. `any` has none
   * of its own.
   */
  fields?: readonly string[] | undefined;
}

/** Something that could stand at the cursor of a query. */
export interface Completion {
  /** What to replace: the word that the cursor is in, or nothing. */
  span: Span;
  /** What to put there. */
  replacement: string;
  /** What to show in a list. */
  label: string;
  /** A word of explanation; may be empty. */
  detail: string;
  kind: "field" | "value" | "operator";
}

/** A value of an entry that one of a query's conditions looks for. */
export interface Found {
  /** Which condition: its place among those of the filter, depth first, from 0. */
  leaf: number;
  /** The value's own path: `request.writes.tuple_keys.1.object`. */
  path: string;
  /** Whether the condition stands under a NOT, so that the value speaks against the entry. */
  negated: boolean;
}

/** What one event code, the `type` of an Auth0 log entry, stands for. */
export interface AuthEvent {
  /** As entries carry it: `fp`. */
  code: string;
  /** As a person reads it: `Failed Login (Incorrect Password)`. */
  name: string;
  /** What it is about: `login`, `token-exchange`, `mfa` and so on. */
  category: string;
  outcome: "success" | "failure" | "warning";
  /** Whether Auth0 no longer emits it. */
  retired: boolean;
}

/** A piece of a log that is not a whole entry. */
export interface Broken {
  /** The line that it begins on, from 1. */
  line: number;
  /** The byte at which it stops being JSON. */
  offset: number;
  /** The byte that it begins at. */
  start: number;
  /** What is wrong, in a few words. */
  reason: string;
}

/** How a log is filtered, and what can be told of its broken entries. */
export interface FilterOptions {
  /**
   * How much of a log is checked. `walked` (the default): the entries that the query has to look into; lines that cannot
   * match are passed over. `every`: every byte of every entry. `strict`: the same, and the filter stops at the first
   * that is broken.
   */
  check?: "walked" | "every" | "strict" | undefined;
  /**
   * Called for every broken piece, which is then passed over; in a log with more than a hundred, for the first
   * hundred. Without it a broken piece is an {@link EntryError}.
   */
  onBroken?: ((broken: Broken) => void) | undefined;
}

/** How far a filter has come in a blob. */
export interface Progress {
  /** Bytes read so far, and in all. */
  bytes: number;
  totalBytes: number;
  /** Entries seen so far. */
  entries: number;
  /** Matches so far. */
  matches: number;
  /** Broken pieces seen so far. */
  broken: number;
  /** The matches found since the last report, as `filter` gives them. */
  found: Float64Array;
}

/** How a blob is filtered. */
export interface FilterBlobOptions extends FilterOptions {
  /** Ends the filter early; the promise is then rejected with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Called after every piece that was read. */
  onProgress?: ((progress: Progress) => void) | undefined;
}

/** Where a log comes from: NDJSON, one JSON array or pages of a log, as they are or packed with gzip or zip. */
export type LogSource = Uint8Array | ArrayBuffer | Blob | ReadableStream<Uint8Array>;

/** How a log is made into a table. */
export interface TableOptions extends Options {
  /**
   * Fields below the entries' own members that get columns from the start: `details.request.ip`. `all`: those of the
   * log's first entries. What has none is read again when it is asked about.
   */
  paths?: readonly string[] | "all" | undefined;
  /** Bytes of memory that the table may take; 1 GiB by default. */
  budget?: number | undefined;
  /**
   * Bytes of the log that are kept in memory, where it is no blob and no array that can be read again; 256 MiB by
   * default. What is packed and larger is unpacked again when it is needed; a stream must not be larger.
   */
  keep?: number | undefined;
  /** Ends the reading early; the promise is then rejected with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Called after every piece that was read. */
  onProgress?: ((progress: TableProgress) => void) | undefined;
  /** As in {@link FilterOptions}. */
  onBroken?: ((broken: Broken) => void) | undefined;
}

/** How far a reading of a log has come. */
export interface ReadProgress {
  /** Bytes read so far; of what is packed, packed ones. */
  bytes: number;
  /** And in all; not known of a stream. */
  totalBytes: number | undefined;
}

/** How far a table has come. */
export interface TableProgress extends ReadProgress {
  /** Entries read so far. */
  entries: number;
  /** Broken pieces seen so far. */
  broken: number;
  /** Bytes of memory that the table takes so far. */
  memory: number;
}

/** How a question is put, where the log may have to be read again for its answer. */
export interface AskOptions {
  /** Ends the reading early; the promise is then rejected with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Called after every piece that was read, if anything is. */
  onProgress?: ((progress: ReadProgress) => void) | undefined;
}

/** Which rows, in which order. */
export interface SelectOptions extends AskOptions {
  /** The field to sort by, its first value; without one, the order of the log. Rows that do not have it come last. */
  sort?: string | undefined;
  /** Whether the greatest come first. */
  descending?: boolean | undefined;
  /** Rows to leave out at the beginning; none by default. */
  offset?: number | undefined;
  /** Rows to give at most; all by default. */
  limit?: number | undefined;
}

/** How rows are counted by time. */
export interface HistogramOptions extends AskOptions {
  /** The field that holds their time; by default that of the schema, or one that logs have. */
  field?: string | undefined;
}

/** What is exported. */
export interface ExportOptions extends AskOptions {
  /** The columns of CSV; by default those that the table has. */
  columns?: readonly string[] | undefined;
}

/** The forms that rows are exported in. */
export type ExportFormat = "ndjson" | "json" | "csv";

/** The values of a field among the rows of a query. */
export interface Facets {
  field: string;
  /** The most frequent ones; of equally frequent ones the least first. A number that JavaScript would round is text. */
  top: { value: string | number | boolean; count: number }[];
  /** How many different values there are. */
  distinct: number;
  /** Rows that have a value. */
  rows: number;
}

/** The rows of a query by time. */
export interface Histogram {
  /** The field that holds the time. */
  field: string;
  /** The length of each bucket. */
  step: { count: number; unit: "second" | "minute" | "hour" | "day" | "week" | "month" | "year" };
  /** Where each bucket begins, in milliseconds since 1970, and where the last one ends: one more than there are counts. */
  edges: number[];
  counts: number[];
  /** Rows without a date. */
  undated: number;
}

/** What a table answers, whether it lies in this thread or in a worker. */
export interface LogTable {
  /** How many rows there are: one for each whole entry, from 0, in the order of the log. */
  readonly length: number;
  /** Bytes of the engine's memory that the table takes. */
  readonly memory: number;
  /** The fields that have a column. A question about another one reads the log again, once. */
  readonly columns: readonly string[];
  /** The broken pieces of the log; the first hundred of them. */
  readonly broken: readonly Broken[];
  /** How many there are. */
  readonly brokenCount: number;

  /** How many rows match. */
  count(query: string, options?: AskOptions): Promise<number>;
  /** The rows that match, by their numbers. */
  select(query: string, options?: SelectOptions): Promise<Float64Array>;
  /**
   * For each field, the `top` most frequent values among the rows that match, and how many there are. A row counts once
   * for each value that it has there, be it at several paths.
   */
  facets(query: string, fields: readonly string[], top: number, options?: AskOptions): Promise<Facets[]>;
  /** The rows that match by time, in at most so many buckets with edges that a calendar has. */
  histogram(query: string, buckets: number, options?: HistogramOptions): Promise<Histogram>;
  /** How many different values a field has among the rows that match. */
  distinct(query: string, field: string, options?: AskOptions): Promise<number>;
  /** The entries of rows as their own text, which `JSON.parse` makes objects of. */
  rows(rows: ArrayLike<number>, options?: AskOptions): Promise<string[]>;
  /** The rows that match as a file, in the order of the log. In CSV, objects are as the entry has them. */
  export(query: string, format: ExportFormat, options?: ExportOptions): Promise<Blob>;

  /** Gives the table's memory back; using it afterwards is an error, freeing it again is not. */
  free(): void;
  [Symbol.dispose](): void;
}

/** What proves an export, as the trail gives it: JSON. */
export type ProofBundle = string | LogSource;

/** What a reader knows of a trail from elsewhere, and how its export is read. */
export interface VerifyOptions {
  /**
   * The trail's key as its owner published it, `name+id+key`. Without it a bundle proves only that it agrees with itself:
   * whoever alters an export can sign a checkpoint of his own.
   */
  key?: string | undefined;
  /** Which trail it should be. Without it that which the key is named after. */
  origin?: string | undefined;
  /** The note of a checkpoint that was kept: the trail has to have grown from it. */
  checkpoint?: string | undefined;
  /** The verifier, `trailsift/verify.wasm`, where it is not to be read from beside the package. */
  module?: EngineSource | Promise<EngineSource> | undefined;
  /** Ends the reading early; the promise is then rejected with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Called after every 16 MB that were read, and at the end. */
  onProgress?: ((progress: ReadProgress) => void) | undefined;
}

/** What verifying an export came to. */
export interface Verdict {
  /** Whether nothing is wrong. What that proves is `proven`, and by whose word `trusted`. */
  intact: boolean;
  /**
   * `complete`: all entries from the number `first` on are there and are as they were received. `included`: each entry is
   * in the trail and is as it was received; of others nothing is known. `null` when anything is wrong.
   */
  proven: { kind: "complete"; first: number; count: number } | { kind: "included"; count: number } | null;
  /** What is wrong: first with the bundle, then with the export in its order, then what is missing. At most 100. */
  faults: Fault[];
  /** How many faults there are beside those. */
  unlisted: number;
  /** The checkpoint that the proof leads to, if its signature is genuine. `root` is base64. */
  checkpoint: { origin: string; size: number; root: string; key: string } | null;
  /** Whether the key that signed it is the one that was given. */
  trusted: boolean;
  /** How many entries the trail had at the earlier checkpoint from which it was shown to have grown. */
  grownFrom: number | null;
  /** All of it for people to read, the most important first. */
  sentences: string[];
}

/**
 * One thing that is wrong. Numbers are sequence numbers of entries, but for `line`, a line of the export from 1, and `at`,
 * a byte in it from 0.
 */
export type Fault =
  | { kind: "bundle"; reason: string }
  | { kind: "other_log" | "other_key"; expected: string; found: string }
  | { kind: "checkpoint" | "signature"; which: "current" | "earlier" }
  | { kind: "shrunk" | "rewritten"; earlier: number; size: number }
  | { kind: "unconnected"; known: number }
  | { kind: "unproven"; sequence: number | null }
  | { kind: "unreadable"; line: number; sequence: number | null; at: number }
  | { kind: "changed" | "added" | "repeated"; line: number; sequence: number; id: string }
  | { kind: "renumbered"; sequence: number; id: string; told: number }
  | { kind: "reordered"; sequence: number; id: string; after: number }
  | { kind: "removed"; first: number; last: number; count: number; after: number | null; before: number }
  | { kind: "cut"; first: number; last: number; count: number; after: number | null };

/** A budget that is spent. */
export interface Spent {
  rows: number;
  bytes: number;
  budget: number;
}

/** What the engine, or the verifier, can be started from: its compiled module, its bytes, or where to fetch them. */
export type EngineSource = WebAssembly.Module | BufferSource | Response | Request | URL | string;
