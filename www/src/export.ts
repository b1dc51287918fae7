// The matches as a file of their own: JSON lines, each the entry's own bytes.
import type { Matches } from "./matches.js";

/** What is read of the log at a time. */
const READ = 4 << 20;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;

/**
 * The matching entries of `blob`, one a line. Line breaks of a pretty-printed entry lie between its tokens and become
 * spaces. Rejects when the file cannot be read any more.
 */
export async function exportMatches(blob: Blob, matches: Matches): Promise<Blob> {
  const { count } = matches; // a log that is still read finds more meanwhile
  const parts: Blob[] = [];
  for (let from = 0; from < count; ) {
    const to = stretchEnd(matches, from, count);
    const [start] = rangeOf(matches, from);
    const [, end] = rangeOf(matches, to - 1);
    const bytes = new Uint8Array(await blob.slice(start, end).arrayBuffer());
    parts.push(new Blob([lines(bytes, start, matches, from, to)]));
    from = to;
  }
  return new Blob(parts, { type: "application/x-ndjson" });
}

/** What the file of the matches of a log is called: `day.matches.ndjson` for `day.json`. */
export function exportName(name: string): string {
  return `${name.replace(/\.(ndjson|jsonl|json|log|txt)$/i, "")}.matches.ndjson`;
}

/** One past the last match that is read together with the match `from`. */
function stretchEnd(matches: Matches, from: number, count: number): number {
  const [start] = rangeOf(matches, from);
  let to = from + 1;
  while (to < count && rangeOf(matches, to)[1] - start <= READ) to += 1;
  return to;
}

/** The matches `from..to` as lines; `bytes` are those of the log from its byte `start` on. */
function lines(bytes: Uint8Array, start: number, matches: Matches, from: number, to: number): Uint8Array<ArrayBuffer> {
  const ranges = Array.from({ length: to - from }, (_, offset) => rangeOf(matches, from + offset));
  const out = new Uint8Array(ranges.reduce((size, [first, last]) => size + last - first + 1, 0));
  let at = 0;
  for (const [first, last] of ranges) {
    const line = out.subarray(at, at + last - first);
    line.set(bytes.subarray(first - start, last - start));
    for (const lineBreak of [LINE_FEED, CARRIAGE_RETURN]) {
      for (let found = line.indexOf(lineBreak); found !== -1; found = line.indexOf(lineBreak, found + 1)) line[found] = SPACE;
    }
    at += line.length;
    out[at] = LINE_FEED;
    at += 1;
  }
  return out;
}

function rangeOf(matches: Matches, index: number): [start: number, end: number] {
  return matches.range(index) ?? [0, 0];
}
