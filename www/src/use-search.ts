// One search: the query over the log, run again as either changes, the older run cancelled.
import { useEffect, useRef, useState } from "preact/hooks";
import { type Broken, type Diagnostic, type EngineClient, QueryError } from "trailsift/worker";
import type { Log, Reading } from "./log.js";
import { Matches } from "./matches.js";

/** What is known of a search so far. */
export interface Search {
  /** `waiting`: nothing has run; `invalid`: the query has errors, and what is shown belongs to the query before. */
  status: "waiting" | "running" | "done" | "invalid" | "failed";
  /** The query and the log that this is about. */
  text: string;
  log?: Log;
  /** Errors and warnings of the query. */
  diagnostics: Diagnostic[];
  matches: Matches;
  entries: number;
  bytes: number;
  totalBytes: number;
  /** The first broken pieces of the log, and how many there are in all. */
  broken: Broken[];
  brokenCount: number;
  /** Why it failed, when it did. */
  failure?: string;
}

const NOTHING: Search = {
  status: "waiting", text: "", diagnostics: [], matches: new Matches(), entries: 0, bytes: 0, totalBytes: 0, broken: [], brokenCount: 0,
};

/** How long typing must rest before the query runs. Enter does not wait. */
const REST = 120;
/** Broken pieces that are kept to be shown. */
const BROKEN_SHOWN = 3;

/** The search for `text` in `log`, and a function that runs it at once. */
export function useSearch(engine: EngineClient, log: Log | undefined, text: string, { dialect, schema }: Reading): [Search, () => void] {
  const [search, setSearch] = useState(NOTHING);
  const runNow = useRef(() => {});
  const lastLog = useRef<Log>(undefined);

  useEffect(() => {
    const controller = new AbortController();
    const update = (change: (search: Search) => Search): void => {
      if (!controller.signal.aborted) setSearch(change);
    };
    if (!log) {
      setSearch(NOTHING);
      return undefined;
    }
    let started = false;
    const start = (): void => {
      if (started) return;
      started = true;
      run(engine, log, text, { dialect, schema }, controller.signal, update).catch((error: unknown) => {
        update((before) => ({ ...before, status: "failed", failure: reason(error, log) }));
      });
    };
    runNow.current = start;
    const fresh = lastLog.current !== log;
    lastLog.current = log;
    const timer = setTimeout(start, fresh ? 0 : REST);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [engine, log, text, dialect, schema]);

  return [search, () => runNow.current()];
}

async function run(
  engine: EngineClient,
  log: Log,
  text: string,
  reading: Reading,
  signal: AbortSignal,
  update: (change: (search: Search) => Search) => void,
): Promise<void> {
  const diagnostics = await engine.check(text, reading);
  if (diagnostics.some(({ severity }) => severity === "error")) {
    update((before) => ({ ...(before.log === log ? before : NOTHING), status: "invalid", text, log, diagnostics }));
    return;
  }
  const matches = new Matches();
  const broken: Broken[] = [];
  let search: Search = { ...NOTHING, status: "running", text, log, diagnostics, matches, totalBytes: log.blob.size };
  await engine.filterBlob(log.blob, text, {
    ...reading,
    signal,
    onBroken: (piece) => {
      if (broken.length < BROKEN_SHOWN) broken.push(piece);
    },
    onProgress: ({ bytes, entries, broken: brokenCount, found }) => {
      matches.append(found);
      search = { ...search, bytes, entries, broken: [...broken], brokenCount };
      update(() => search);
    },
  });
  update(() => ({ ...search, status: "done" }));
}

function reason(error: unknown, log: Log): string {
  if (error instanceof QueryError) return error.message;
  if (error instanceof Error && error.name === "NotReadableError") {
    const which = log.parts.length > 1 ? `One of the ${log.name}` : log.name;
    return `${which} can no longer be read: it was moved or changed since it was opened. Open it again.`;
  }
  return error instanceof Error ? error.message : String(error);
}
