// A log that was dropped, chosen or made: its bytes, its name, and which schema its first entries have.
import type { Dialect, EngineClient, SchemaName } from "trailsift/worker";
import { detectSchema } from "./detect.js";

/** A log that the page works on. */
export interface Log {
  name: string;
  blob: Blob;
  /** What the first entries look like; `any` when they look like nothing known. */
  schema: SchemaName;
}

/** How queries over the log are read. */
export interface Reading {
  dialect: Dialect;
  schema: SchemaName;
}

/** How much of the beginning is looked at. */
const HEAD = 256 << 10;
const FIRST_ENTRIES = 20;

/** Reads the beginning of `blob` and tells what kind of log it is. Rejects when the file cannot be read. */
export async function openLog(engine: EngineClient, name: string, blob: Blob): Promise<Log> {
  const head = blob.slice(0, HEAD);
  // The head ends anywhere, so that its last entry is cut is no news.
  const offsets = await engine.filterBlob(head, "", { onBroken: () => undefined });
  const entries: unknown[] = [];
  for (const [start, end] of pairs(offsets.subarray(0, 2 * FIRST_ENTRIES))) {
    entries.push(JSON.parse(await head.slice(start, end).text()));
  }
  return { name, blob, schema: detectSchema(entries) };
}

function* pairs(offsets: Float64Array): Generator<[number, number]> {
  for (let at = 0; at + 1 < offsets.length; at += 2) yield [offsets[at] ?? 0, offsets[at + 1] ?? 0];
}

/** What a file is that cannot be a log, told by its first bytes; nothing when it may be one. */
export async function unreadableKind(blob: Blob): Promise<string | undefined> {
  const [first, second, third, fourth] = new Uint8Array(await blob.slice(0, 4).arrayBuffer());
  if (first === 0x1f && second === 0x8b) return "is compressed with gzip: unpack it first (`gunzip`)";
  if (first === 0x50 && second === 0x4b) return "is a ZIP archive: unpack it first";
  if (first === 0x28 && second === 0xb5 && third === 0x2f && fourth === 0xfd) return "is compressed with zstd: unpack it first";
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return "is UTF-16 text: save it as UTF-8 first";
  return undefined;
}
