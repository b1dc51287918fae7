// A log that was dropped, chosen or made: its bytes, its name, and which schema its first entries have.
import type { Broken, Dialect, EngineClient, SchemaName } from "trailsift/worker";
import { detectSchema } from "./detect.js";

/** A log that the page works on. */
export interface Log {
  /** The file's name; of several, how many they are. */
  name: string;
  /** The bytes of all files, one behind the other. */
  blob: Blob;
  /** The files that it is made of. */
  parts: Part[];
  /** What the first entries look like; `any` when they look like nothing known. */
  schema: SchemaName;
}

/** A file of a log, and the byte of the log at which it begins. */
export interface Part {
  name: string;
  start: number;
}

/** How queries over the log are read. */
export interface Reading {
  dialect: Dialect;
  schema: SchemaName;
}

/** What came of opening files: a log of those that hold entries, and a sentence on each of the others. */
export interface Opened {
  log: Log | undefined;
  leftOut: string[];
}

/** Entries of each file that are looked at to tell the schema. */
const FIRST_ENTRIES = 20;
/** How much of a file is looked at to tell whether it is text. */
const HEAD = 4 << 10;
const EXPECTED = 'Open JSON lines, a JSON array of objects, or a page such as {"logs":[…]}.';
const BINARY = `is a binary file, not text. ${EXPECTED}`;

/** Opens files as one log, in the order of their names with numbers as numbers: exports come in parts. */
export async function openLog(engine: EngineClient, files: File[]): Promise<Opened> {
  const inOrder = files.toSorted((one, other) => one.name.localeCompare(other.name, "en", { numeric: true }));
  const entries: unknown[] = [];
  const parts: Part[] = [];
  const pieces: Blob[] = [];
  const leftOut: string[] = [];
  let size = 0;
  for (const file of inOrder) {
    const content = await contentOf(engine, file);
    if (typeof content === "string") {
      leftOut.push(`${file.name} ${content}`);
      continue;
    }
    if (parts.length > 0) {
      pieces.push(LINE_FEED);
      size += LINE_FEED.size;
    }
    const blob = parts.length > 0 ? withoutMark(file, content.head) : file;
    parts.push({ name: file.name, start: size });
    pieces.push(blob);
    size += blob.size;
    entries.push(...content.entries);
  }
  const [first] = parts;
  if (!first) return { log: undefined, leftOut };
  const [only] = pieces;
  const name = parts.length === 1 ? first.name : `${parts.length} files`;
  return { log: { name, blob: only && pieces.length === 1 ? only : new Blob(pieces), parts, schema: detectSchema(entries) }, leftOut };
}

/** Where in the log a broken piece is, as a person finds it: of several files, in which. */
export function placeIn({ parts }: Log, { line, offset }: Broken): { name?: string; line?: number; offset: number } {
  const part = parts.findLast(({ start }) => start <= offset);
  return part === undefined || parts.length === 1 ? { line, offset } : { name: part.name, offset: offset - part.start };
}

/** Behind a file's last line, which may not end in one. */
const LINE_FEED = new Blob(["\n"]);

interface Content {
  /** The first bytes. */
  head: Uint8Array;
  entries: unknown[];
}

/** The first bytes and entries of a file; or, where it has none, what it is instead, as the rest of a sentence. */
async function contentOf(engine: EngineClient, file: File): Promise<Content | string> {
  try {
    const head = new Uint8Array(await file.slice(0, HEAD).arrayBuffer());
    const kind = unreadableKind(head);
    if (kind) return kind;
    // Bytes of any kind hold a `{}` now and then, which makes no log of them.
    if (head.includes(0) && !isText(head)) return BINARY;
    const { entries, broken } = await firstEntries(engine, file);
    if (entries.length > 0) return { head, entries };
    if (head.includes(0)) return BINARY;
    return `holds no log entries${broken ? ` (line ${broken.line}, byte ${broken.offset}: ${broken.reason})` : ""}. ${EXPECTED}`;
  } catch (error) {
    return `cannot be read: ${error instanceof Error ? error.message : String(error)}.`;
  }
}

/** Whether bytes are UTF-8; that the last character is cut is no matter. */
function isText(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** The first entries, as far into the file as they are; and the first thing that is none, where there are no entries. */
async function firstEntries(engine: EngineClient, blob: Blob): Promise<{ entries: unknown[]; broken: Broken | undefined }> {
  const enough = new AbortController();
  let offsets = new Float64Array();
  let broken: Broken | undefined;
  try {
    await engine.filterBlob(blob, "", {
      signal: enough.signal,
      onBroken: (piece) => void (broken ??= piece),
      onProgress: ({ found }) => {
        if (found.length === 0) return;
        offsets = found.slice(0, 2 * FIRST_ENTRIES);
        enough.abort();
      },
    });
  } catch (error) {
    if (!enough.signal.aborted) throw error;
  }
  const entries: unknown[] = [];
  for (const [start, end] of pairs(offsets)) entries.push(JSON.parse(await blob.slice(start, end).text()));
  return { entries, broken };
}

function* pairs(offsets: Float64Array): Generator<[number, number]> {
  for (let at = 0; at + 1 < offsets.length; at += 2) yield [offsets[at] ?? 0, offsets[at + 1] ?? 0];
}

/** A file without the byte order mark that some programs begin it with: in the middle of a log that is no JSON. */
function withoutMark(file: Blob, [first, second, third]: Uint8Array): Blob {
  return first === 0xef && second === 0xbb && third === 0xbf ? file.slice(3) : file;
}

/** What a file is that cannot be a log, told by its first bytes; nothing when it may be one. */
function unreadableKind([first, second, third, fourth]: Uint8Array): string | undefined {
  if (first === undefined) return "is empty.";
  if (first === 0x1f && second === 0x8b) return "is compressed with gzip: unpack it first (`gunzip`).";
  if (first === 0x50 && second === 0x4b) return "is a ZIP archive: unpack it first.";
  if (first === 0x28 && second === 0xb5 && third === 0x2f && fourth === 0xfd) return "is compressed with zstd: unpack it first.";
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return "is UTF-16 text: save it as UTF-8 first.";
  return undefined;
}
