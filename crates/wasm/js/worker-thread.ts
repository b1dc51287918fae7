// The engine's side of `trailsift/worker`: runs in a module worker and answers one page.
import { check, compile, events, init, Table, unpack, verify } from "./index.js";
import type { Broken, Progress, ReadProgress, TableProgress } from "./types.js";
import { type OpenedTable, type Question, type Reply, type Request, type TableAnswer, type TableState, toFailure } from "./worker-messages.js";

const running = new Map<number, AbortController>();
/** The tables of the page, by the numbers of the calls that made them. */
const tables = new Map<number, Table>();
const port = globalThis as unknown as {
  postMessage(reply: Reply): void;
  addEventListener(type: "message", listener: (event: MessageEvent<Request>) => void): void;
};

port.addEventListener("message", ({ data: request }) => {
  const { id } = request;
  if (request.call === "abort") {
    running.get(id)?.abort();
    return;
  }
  if (request.call === "freeTable") {
    tables.get(request.table)?.free();
    tables.delete(request.table);
    return;
  }
  const controller = new AbortController();
  running.set(id, controller);
  answer(request, controller.signal)
    .then(
      (value) => port.postMessage({ id, kind: "done", value }),
      (error: unknown) => port.postMessage({ id, kind: "failed", failure: toFailure(error) }),
    )
    .finally(() => running.delete(id));
});

/** What the page is told while a call is under way. */
function told(id: number, tolerant: boolean) {
  return {
    onProgress: (progress: Progress | TableProgress | ReadProgress) => port.postMessage({ id, kind: "progress", progress }),
    onBroken: tolerant ? (broken: Broken) => port.postMessage({ id, kind: "broken", broken }) : undefined,
  };
}

async function answer(request: Exclude<Request, { call: "abort" | "freeTable" }>, signal: AbortSignal): Promise<unknown> {
  // The verifier is another module, and waits for nobody's engine.
  if (request.call !== "verify") await init();
  signal.throwIfAborted();
  const { id } = request;
  switch (request.call) {
    case "events":
      return events();
    case "check":
      return check(request.text, request.options);
    case "unpack":
      return new Response(unpack(request.log, { signal })).blob();
    case "verify":
      return verify(request.log, request.bundle, { ...request.options, signal, onProgress: told(id, false).onProgress });
    case "filterBlob": {
      const query = compile(request.text, request.options);
      try {
        return await query.filterBlob(request.blob, { check: request.check, signal, ...told(id, request.tolerant) });
      } finally {
        query.free();
      }
    }
    case "openTable": {
      const table = await Table.from(request.log, { ...request.options, signal, ...told(id, request.tolerant) });
      // The page may have gone on while the last bytes were read; it knows of no table then.
      if (signal.aborted) table.free();
      signal.throwIfAborted();
      tables.set(id, table);
      const { length, broken, brokenCount } = table;
      return { table: id, length, broken, brokenCount, ...stateOf(table) } satisfies OpenedTable;
    }
    case "askTable": {
      const table = tables.get(request.table);
      if (!table) throw new Error("the table was freed: make it again");
      const { onProgress } = told(id, false);
      const value = await ask(table, request.method, request.parameters, { signal, onProgress });
      return { value, state: stateOf(table) } satisfies TableAnswer;
    }
  }
}

/** The last parameter of every question is its options. */
function ask(table: Table, method: Question, parameters: unknown[], options: object): Promise<unknown> {
  const question = table[method] as (...parameters: unknown[]) => Promise<unknown>;
  return question.call(table, ...parameters.slice(0, -1), { ...(parameters.at(-1) as object), ...options });
}

function stateOf({ memory, columns }: Table): TableState {
  return { memory, columns };
}
