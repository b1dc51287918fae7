// `trailsift/worker`: the engine in a module worker, so that a page stays responsive while it looks through a log.
import { TableClient } from "./table-client.js";
import type { AuthEvent, Broken, Diagnostic, FilterBlobOptions, LogSource, LogTable, Options, ProofBundle, TableOptions, Verdict, VerifyOptions } from "./types.js";
import { fromFailure, type OpenedTable, type Reply, type Request, type TableAnswer } from "./worker-messages.js";

export { BudgetError, EntryError, PackedError, QueryError } from "./errors.js";
export type { TableClient } from "./table-client.js";
export type * from "./types.js";

/** What a call's caller is told, and how it is ended early. */
interface Listening {
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: never) => void) | undefined;
  onBroken?: ((broken: Broken) => void) | undefined;
}

interface Call {
  resolve(value: unknown): void;
  reject(error: unknown): void;
  listening: Listening;
}

/** The engine's calls, answered by a worker. */
export class EngineClient {
  readonly #worker: Worker;
  readonly #calls = new Map<number, Call>();
  #lastId = 0;
  /** Why no worker answers any more. */
  #gone: Error | undefined;

  /** Starts a worker; or takes one that was started from `trailsift`'s `worker-thread.js`. */
  constructor(worker = new Worker(new URL("./worker-thread.js", import.meta.url), { type: "module" })) {
    this.#worker = worker;
    worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => this.#receive(data));
    worker.addEventListener("error", (event) => this.#fail(new Error(event.message || "the engine's worker could not be loaded")));
  }

  /** As `events`. */
  events(): Promise<AuthEvent[]> {
    return this.#call({}, (id) => ({ id, call: "events" })) as Promise<AuthEvent[]>;
  }

  /** As `check`. */
  check(text: string, options: Options = {}): Promise<Diagnostic[]> {
    return this.#call({}, (id) => ({ id, call: "check", text, options })) as Promise<Diagnostic[]>;
  }

  /** As `compile(text, options).filterBlob(blob, …)`. */
  filterBlob(blob: Blob, text: string, options: Options & FilterBlobOptions = {}): Promise<Float64Array> {
    const { signal, onProgress, onBroken, check, ...rest } = options;
    const tolerant = onBroken !== undefined;
    const request = (id: number): Request => ({ id, call: "filterBlob", blob, text, options: rest, check, tolerant });
    return this.#call({ signal, onProgress, onBroken }, request) as Promise<Float64Array>;
  }

  /** As `unpack`, but all of it: browsers may keep a large blob elsewhere than in memory. */
  unpack(log: LogSource, { signal }: { signal?: AbortSignal | undefined } = {}): Promise<Blob> {
    return this.#call({ signal }, (id) => ({ id, call: "unpack", log }), log) as Promise<Blob>;
  }

  /** As `verify`. Streams are handed over to the worker. */
  verify(log: LogSource, bundle: ProofBundle, options: Omit<VerifyOptions, "module"> = {}): Promise<Verdict> {
    const { signal, onProgress, ...rest } = options;
    const request = (id: number): Request => ({ id, call: "verify", log, bundle, options: rest });
    return this.#call({ signal, onProgress }, request, log, bundle) as Promise<Verdict>;
  }

  /** As `Table.from`; the table stays in the worker. A stream is handed over to it. */
  async table(log: LogSource, options: TableOptions = {}): Promise<LogTable> {
    const { signal, onProgress, onBroken, ...rest } = options;
    const tolerant = onBroken !== undefined;
    const request = (id: number): Request => ({ id, call: "openTable", log, options: rest, tolerant });
    const opened = (await this.#call({ signal, onProgress, onBroken }, request, log)) as OpenedTable;
    const { table } = opened;
    return new TableClient(
      {
        ask: (method, parameters, listening) =>
          this.#call(listening, (id) => ({ id, call: "askTable", table, method, parameters })) as Promise<TableAnswer>,
        free: () => this.#worker.postMessage({ id: table, call: "freeTable", table } satisfies Request),
      },
      opened,
    );
  }

  /** Ends the worker; calls that are under way are rejected. */
  terminate(): void {
    this.#worker.terminate();
    this.#fail(new Error("the engine's worker was terminated"));
  }

  [Symbol.dispose](): void {
    this.terminate();
  }

  #call(listening: Listening, request: (id: number) => Request, ...sources: unknown[]): Promise<unknown> {
    const { signal } = listening;
    if (this.#gone) return Promise.reject(this.#gone);
    if (signal?.aborted) return Promise.reject(signal.reason);
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        this.#worker.postMessage({ id, call: "abort" } satisfies Request);
        this.#calls.delete(id);
        reject(signal?.reason);
      };
      const settled = (): void => signal?.removeEventListener("abort", abort);
      // Throws where something cannot cross, and then there is no call.
      this.#worker.postMessage(request(id), sources.filter((source) => source instanceof ReadableStream));
      signal?.addEventListener("abort", abort, { once: true });
      this.#calls.set(id, {
        listening,
        resolve: (value) => (settled(), resolve(value)),
        reject: (error) => (settled(), reject(error)),
      });
    });
  }

  #receive(reply: Reply): void {
    const call = this.#calls.get(reply.id);
    if (!call) return this.#forget(reply);
    const { onProgress, onBroken } = call.listening;
    switch (reply.kind) {
      case "progress":
        return onProgress?.(reply.progress as never);
      case "broken":
        return onBroken?.(reply.broken);
      case "done":
        this.#calls.delete(reply.id);
        return call.resolve(reply.value);
      case "failed":
        this.#calls.delete(reply.id);
        return call.reject(fromFailure(reply.failure));
    }
  }

  /** What comes after its call was aborted. A table that was made in that moment belongs to nobody. */
  #forget(reply: Reply): void {
    if (reply.kind !== "done" || typeof reply.value !== "object" || reply.value === null || !("table" in reply.value)) return;
    const { id } = reply;
    this.#worker.postMessage({ id, call: "freeTable", table: id } satisfies Request);
  }

  #fail(error: Error): void {
    this.#gone = error;
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const call of calls) call.reject(error);
  }
}
