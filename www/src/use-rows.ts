// The entries that are in view, read from the log as they come into it.
import { useEffect, useRef, useState } from "preact/hooks";
import type { SchemaName } from "trailsift/worker";
import type { Matches } from "./matches.js";
import { type Row, rowOf } from "./rows.js";

/** An entry as it lies in the log, and as the list shows it. */
export interface LoadedEntry {
  json: string;
  row: Row;
}

/** Entries that are kept after they left the view. */
const KEPT = 2000;

/** Gives the loaded entry at an index among `first..last` of the matches; nothing while it is still being read. */
export function useRows(
  blob: Blob, matches: Matches, schema: SchemaName, first: number, last: number,
): (index: number) => LoadedEntry | undefined {
  const [, redraw] = useState(0);
  const loaded = useRef(new Map<number, LoadedEntry>());
  const source = useRef<[Blob, SchemaName]>([blob, schema]);
  if (source.current[0] !== blob || source.current[1] !== schema) {
    source.current = [blob, schema];
    loaded.current = new Map();
  }

  const count = matches.count;
  useEffect(() => {
    const entries = loaded.current;
    let current = true;
    const missing: [number, number][] = [];
    for (let index = first; index < last; index++) {
      const range = matches.range(index);
      if (range && !entries.has(range[0])) missing.push(range);
    }
    if (missing.length === 0) return undefined;
    void Promise.all(
      missing.map(async ([start, end]) => {
        entries.set(start, await read(blob, start, end, schema));
      }),
    ).then(() => {
      const shown = new Set(missing.map(([start]) => start));
      for (const key of entries.keys()) {
        if (entries.size <= KEPT) break;
        if (!shown.has(key)) entries.delete(key);
      }
      if (current) redraw((times) => times + 1);
    });
    return () => void (current = false);
  }, [blob, matches, count, schema, first, last]);

  return (index) => {
    const range = matches.range(index);
    return range && loaded.current.get(range[0]);
  };
}

/** One entry of the log. What cannot be read or parsed is shown as a row that says so. */
export async function read(blob: Blob, start: number, end: number, schema: SchemaName): Promise<LoadedEntry> {
  try {
    const json = await blob.slice(start, end).text();
    return { json, row: rowOf(JSON.parse(json), schema) };
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    return { json: "", row: { time: "", kind: "", outcome: "neutral", who: "", from: "", what: `cannot be shown: ${what}` } };
  }
}
