// `trailsift/worker`: the engine in a module worker, so that a page stays responsive while it looks through a log.
import type { AuthEvent, Diagnostic, FilterBlobOptions, Options } from "./types.js";
import { fromFailure, type Reply, type Request } from "./worker-messages.js";

export { EntryError, QueryError } from "./errors.js";
export type * from "./types.js";

interface Call {
  resolve(value: unknown): void;
  reject(error: unknown): void;
  options: FilterBlobOptions;
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
    const { signal, onProgress, onBroken, ...rest } = options;
    const tolerant = onBroken !== undefined;
    const request = (id: number): Request => ({ id, call: "filterBlob", blob, text, options: rest, tolerant });
    return this.#call({ signal, onProgress, onBroken }, request) as Promise<Float64Array>;
  }

  /** Ends the worker; calls that are under way are rejected. */
  terminate(): void {
    this.#worker.terminate();
    this.#fail(new Error("the engine's worker was terminated"));
  }

  [Symbol.dispose](): void {
    this.terminate();
  }

  #call(options: FilterBlobOptions, request: (id: number) => Request): Promise<unknown> {
    const { signal } = options;
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
      signal?.addEventListener("abort", abort, { once: true });
      this.#calls.set(id, {
        options,
        resolve: (value) => (settled(), resolve(value)),
        reject: (error) => (settled(), reject(error)),
      });
      this.#worker.postMessage(request(id));
    });
  }

  #receive(reply: Reply): void {
    const call = this.#calls.get(reply.id);
    if (!call) return; // aborted
    switch (reply.kind) {
      case "progress":
        return call.options.onProgress?.(reply.progress);
      case "broken":
        return call.options.onBroken?.(reply.broken);
      case "done":
        this.#calls.delete(reply.id);
        return call.resolve(reply.value);
      case "failed":
        this.#calls.delete(reply.id);
        return call.reject(fromFailure(reply.failure));
    }
  }

  #fail(error: Error): void {
    this.#gone = error;
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const call of calls) call.reject(error);
  }
}
