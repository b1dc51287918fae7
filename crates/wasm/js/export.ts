// The rows of a query as a file.
import type { ExportFormat } from "./types.js";

/** What an export asks of a table. */
export interface Exporting {
  rows(offset: number, limit: number): Promise<Float64Array>;
  ranges(rows: Float64Array): Float64Array;
  cut(ranges: Float64Array): AsyncGenerator<Uint8Array>;
  csvHeader(): Uint8Array;
  /** Those of the rows whose entries `csv` needs. */
  csvNeeds(rows: Float64Array): Promise<Float64Array>;
  /** The entries that are needed one after the other, and where each ends. */
  csv(rows: Float64Array, entries: Uint8Array, ends: Float64Array): Promise<Uint8Array>;
}

/** Rows that are asked for at a time: the engine's memory does not shrink. */
const ROWS = 1 << 16;
/** Bytes that are put together before they become a part of the file. */
const PART = 1 << 20;

const TYPES = { ndjson: "application/x-ndjson", json: "application/json", csv: "text/csv" };
/** What stands before the first entry, between two, and behind the last, or behind none. */
const AROUND = { ndjson: ["", "\n", "\n", ""], json: ["[\n", ",\n", "\n]\n", "[]\n"] } as const;

export async function exported(format: ExportFormat, table: Exporting): Promise<Blob> {
  if (!Object.hasOwn(TYPES, format)) throw new TypeError("a table is exported as `ndjson`, `json` or `csv`");
  const file = new Parts();
  if (format === "csv") await writeCsv(table, file);
  else await writeEntries(format, table, file);
  return file.blob(TYPES[format]);
}

async function writeCsv(table: Exporting, file: Parts): Promise<void> {
  file.write(table.csvHeader());
  const all: { rows: Float64Array; needed: Float64Array }[] = [];
  for await (const rows of batches(table)) all.push({ rows, needed: await table.csvNeeds(rows) });
  const entries = table.cut(joined(all.map(({ needed }) => table.ranges(needed))));
  try {
    for (const { rows, needed } of all) await writeBatch(table, rows, needed, entries, file);
  } finally {
    await entries.return(undefined);
  }
}

/** Rows in the order of the log, and those of them whose entries come next. */
async function writeBatch(table: Exporting, rows: Float64Array, needed: Float64Array, entries: AsyncGenerator<Uint8Array>, file: Parts): Promise<void> {
  let written = 0;
  let held = new Held();
  const write = async (end: number): Promise<void> => {
    file.write(await table.csv(rows.subarray(written, end), held.bytes(), Float64Array.from(held.ends)));
    written = end;
    held = new Held();
  };
  for (const row of needed) {
    const { value } = await entries.next();
    if (!value) throw new Error("the log has changed since the table was made of it: it ends earlier");
    held.push(value);
    if (held.size >= PART) await write(rows.indexOf(row, written) + 1);
  }
  await write(rows.length);
}

/** Entries that are handed over together. */
class Held {
  readonly ends: number[] = [];
  size = 0;
  readonly #entries: Uint8Array[] = [];

  push(entry: Uint8Array): void {
    this.#entries.push(entry.slice());
    this.size += entry.length;
    this.ends.push(this.size);
  }

  bytes(): Uint8Array {
    const all = new Uint8Array(this.size);
    this.#entries.forEach((entry, index) => all.set(entry, this.ends[index - 1] ?? 0));
    return all;
  }
}

async function writeEntries(format: "ndjson" | "json", table: Exporting, file: Parts): Promise<void> {
  const [before, between, behind, none] = AROUND[format].map((text) => new TextEncoder().encode(text)) as Uint8Array[];
  const parts: Float64Array[] = [];
  for await (const rows of batches(table)) parts.push(table.ranges(rows));
  const ranges = joined(parts);
  if (ranges.length === 0) return file.write(none);
  let isFirst = true;
  for await (const entry of table.cut(ranges)) {
    file.write(isFirst ? before : between);
    isFirst = false;
    file.write(format === "ndjson" ? oneLine(entry) : entry);
  }
  file.write(behind);
}

function joined(parts: Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
  parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
  return all;
}

async function* batches(table: Exporting): AsyncGenerator<Float64Array> {
  for (let offset = 0; ; offset += ROWS) {
    const rows = await table.rows(offset, ROWS);
    if (rows.length > 0) yield rows;
    if (rows.length < ROWS) return;
  }
}

/** An entry of several lines as one: between the parts of JSON a line end may be a space, and within them there is none. */
function oneLine(entry: Uint8Array): Uint8Array {
  if (!entry.includes(0x0a) && !entry.includes(0x0d)) return entry;
  return entry.map((byte) => (byte === 0x0a || byte === 0x0d ? 0x20 : byte));
}

/** A file in the making. Browsers may keep blobs elsewhere than in memory. */
class Parts {
  readonly #blobs: Blob[] = [];
  #buffer = new Uint8Array(PART);
  #length = 0;

  write(bytes: Uint8Array | undefined): void {
    if (!bytes) return;
    if (this.#length + bytes.length > this.#buffer.length) this.#flush();
    if (bytes.length > this.#buffer.length) {
      this.#blobs.push(new Blob([bytes as Uint8Array<ArrayBuffer>]));
    } else {
      this.#buffer.set(bytes, this.#length);
      this.#length += bytes.length;
    }
  }

  blob(type: string): Blob {
    this.#flush();
    return new Blob(this.#blobs, { type });
  }

  #flush(): void {
    if (this.#length > 0) this.#blobs.push(new Blob([this.#buffer.subarray(0, this.#length)]));
    this.#length = 0;
  }
}
