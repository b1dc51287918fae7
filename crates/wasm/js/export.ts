// The rows of a query as a file.
import type { ExportFormat } from "./types.js";

/** What an export asks of a table. */
export interface Exporting {
  rows(offset: number, limit: number): Promise<Float64Array>;
  ranges(rows: Float64Array): Float64Array;
  cut(ranges: Float64Array): AsyncGenerator<Uint8Array>;
  csvHeader(): Uint8Array;
  csv(rows: Float64Array): Promise<Uint8Array>;
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
  for await (const rows of batches(table)) file.write(await table.csv(rows));
}

async function writeEntries(format: "ndjson" | "json", table: Exporting, file: Parts): Promise<void> {
  const [before, between, behind, none] = AROUND[format].map((text) => new TextEncoder().encode(text)) as Uint8Array[];
  const parts: Float64Array[] = [];
  for await (const rows of batches(table)) parts.push(table.ranges(rows));
  const ranges = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
  parts.reduce((at, part) => (ranges.set(part, at), at + part.length), 0);
  if (ranges.length === 0) return file.write(none);
  let isFirst = true;
  for await (const entry of table.cut(ranges)) {
    file.write(isFirst ? before : between);
    isFirst = false;
    file.write(format === "ndjson" ? oneLine(entry) : entry);
  }
  file.write(behind);
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
