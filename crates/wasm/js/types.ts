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

/** What can be told of broken entries while a log is filtered. */
export interface FilterOptions {
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

/** What the engine can be started from: its compiled module, its bytes, or where to fetch them. */
export type EngineSource = WebAssembly.Module | BufferSource | Response | Request | URL | string;
