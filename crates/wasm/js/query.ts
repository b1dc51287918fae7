// A compiled query: what is known of it, and the logs it is asked about.
import type { CompiledQuery } from "./bindings.js";
import { BlobBytes, pieces } from "./bytes.js";
import { engine } from "./engine.js";
import { EntryError, PackedError, QueryError } from "./errors.js";
import { LogScan } from "./scan.js";
import { HEAD, packingOf } from "./source.js";
import type { Broken, Diagnostic, FilterBlobOptions, FilterOptions, Found, Options } from "./types.js";

/** A query, compiled. It holds memory of the engine until it is freed or collected. */
export class Query {
  /** What is doubtful about the text, though it has a meaning. */
  readonly warnings: Diagnostic[];
  #compiled: CompiledQuery | undefined;
  readonly #source: string;
  #text: string | undefined;

  private constructor(compiled: CompiledQuery, source: string) {
    this.#source = source;
    this.warnings = compiled.warnings() as Diagnostic[];
    this.#compiled = compiled;
  }

  /** @internal {@link compile} is the way in. */
  static compile(text: string, options: Options): Query {
    try {
      return new Query(engine("compile").compile(text, options), text);
    } catch (error) {
      if (Array.isArray(error)) throw new QueryError(error as Diagnostic[]);
      throw error;
    }
  }

  /**
   * Whether one entry matches. An object is matched as the JSON that `JSON.stringify` makes of it.
   *
   * @throws EntryError for text or bytes that are not one JSON object.
   */
  matches(entry: object | string | Uint8Array): boolean {
    return asked(() => this.#live().matches(bytesOf(entry)));
  }

  /**
   * Where in one entry the query's conditions find what they look for, whether or not the entry matches.
   *
   * @throws EntryError for text or bytes that are not one JSON object.
   */
  explain(entry: object | string | Uint8Array): Found[] {
    return asked(() => this.#live().explain(bytesOf(entry)) as Found[]);
  }

  /** The query as canonical text: compiled with the same options, it is the same query. */
  get text(): string {
    // Written when it is asked for: it costs more than compiling.
    this.#text ??= this.#live().canonical();
    return this.#text;
  }

  /** What the query means, in English. */
  describe(): string {
    return this.#live().describe();
  }

  /**
   * Where the matching entries lie in a log: pairs of offsets, the first byte and one past the last. The log is NDJSON,
   * one JSON array, or a page such as `{"logs":[…]}`.
   *
   * @throws EntryError for broken entries, unless `onBroken` is there to be told of them.
   */
  filter(bytes: Uint8Array, options: FilterOptions = {}): Float64Array {
    if (!(bytes instanceof Uint8Array)) throw new TypeError("`filter` takes a Uint8Array; the filter as JSON is `toJSON()`");
    unpackedOnly(bytes);
    const scan = this.#scan(options);
    try {
      scan.push(bytes);
      scan.finish();
      return scan.result();
    } finally {
      scan.free();
    }
  }

  /**
   * As {@link filter}, for a `File` or another blob of any size, read a piece at a time. The query may be freed
   * meanwhile.
   */
  async filterBlob(blob: Blob, options: FilterBlobOptions = {}): Promise<Float64Array> {
    const { signal, onProgress } = options;
    signal?.throwIfAborted();
    const scan = this.#scan(options);
    try {
      let bytes = 0;
      const report = (found: Float64Array): void => {
        const { entries, matches, broken } = scan;
        onProgress?.({ bytes, totalBytes: blob.size, entries, matches, broken, found });
      };
      for await (const piece of pieces(new BlobBytes(blob), signal)) {
        if (bytes === 0) unpackedOnly(piece);
        bytes += piece.length;
        report(scan.push(piece));
        if (scan.isStopped) break;
      }
      report(scan.finish());
      return scan.result();
    } finally {
      scan.free();
    }
  }

  /**
   * Lets the matching entries of a log pass, each as a line of NDJSON with its own bytes. The query may be freed
   * meanwhile. Broken entries make the stream fail at its end, with an {@link EntryError}, unless `onBroken` is there.
   * What may be packed goes through {@link unpack}: `unpack(file).pipeThrough(query.stream())`.
   */
  stream(options: FilterOptions = {}): TransformStream<Uint8Array, Uint8Array> {
    const scan = this.#scan(options);
    let head = new Uint8Array();
    return new TransformStream({
      transform: (bytes, controller) => {
        if (head.length < HEAD) {
          head = Uint8Array.of(...head, ...bytes.subarray(0, HEAD - head.length));
          unpackedOnly(head);
        }
        scan.lines(bytes).forEach((lines) => controller.enqueue(lines));
      },
      flush: (controller) => {
        scan.lines().forEach((lines) => controller.enqueue(lines));
        try {
          scan.result();
        } finally {
          scan.free();
        }
      },
    });
  }

  /** The filter as plain data, which knows nothing of syntax: two texts that mean the same give the same. */
  toJSON(): unknown {
    return this.#live().toJson();
  }

  /** Gives the query's memory back; using it afterwards is an error, freeing it again is not. */
  free(): void {
    this.#compiled?.free();
    this.#compiled = undefined;
  }

  [Symbol.dispose](): void {
    this.free();
  }

  /** @internal The engine's own query once more, to be freed by whoever asked. */
  share(): CompiledQuery {
    return this.#live().share();
  }

  #scan(options: FilterOptions): LogScan {
    return new LogScan(this.#live().scan(options.check ?? "walked"), options);
  }

  #live(): CompiledQuery {
    if (!this.#compiled) throw new Error(`the query \`${this.#source}\` was freed: compile it again`);
    return this.#compiled;
  }
}

/** Offsets into unpacked bytes would point nowhere. */
function unpackedOnly(bytes: Uint8Array): void {
  const packing = packingOf(bytes.subarray(0, HEAD));
  if (!packing) return;
  throw new PackedError(`the log is packed with ${packing}: filter \`unpack(log).pipeThrough(query.stream())\`, or make a \`Table\` of it`);
}

const UTF8 = new TextEncoder();

/** An entry in any of its forms as the bytes of its JSON. */
function bytesOf(entry: object | string | Uint8Array): Uint8Array {
  if (entry instanceof Uint8Array) return entry;
  const text: unknown = typeof entry === "object" && entry !== null ? JSON.stringify(entry) : entry;
  if (typeof text !== "string") throw new TypeError("an entry is an object, its JSON text, or its bytes");
  return UTF8.encode(text);
}

/** What `ask` answers; what it throws about a broken entry, as an error. */
function asked<T>(ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    throw Array.isArray(error) ? new EntryError(error as Broken[]) : error;
  }
}
