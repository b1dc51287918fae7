// One pass of a query over a log that comes in pieces.
import type { Scan } from "./bindings.js";
import { EntryError } from "./errors.js";
import type { Broken, FilterOptions } from "./types.js";

/**
 * How much is handed to the engine at a time: its memory never shrinks, so it is not made to hold whole files, and what
 * was just copied there is looked at while it is in the processor's own cache.
 */
export const PIECE = 512 << 10;

/** Feeds pieces to the engine's scan and keeps what comes of them, until it is freed. */
export class LogScan {
  readonly #scan: Scan;
  readonly #onBroken: ((broken: Broken) => void) | undefined;
  readonly #broken: Broken[] = [];
  readonly #found: Float64Array[] = [];

  constructor(scan: Scan, { onBroken }: FilterOptions) {
    this.#scan = scan;
    this.#onBroken = onBroken;
  }

  /** Whether nothing more is read: the first broken entry was to be the last. */
  get isStopped(): boolean {
    return this.#scan.isStopped();
  }

  /** Entries seen so far. */
  get entries(): number {
    return this.#scan.entries();
  }

  /** Matches so far. */
  get matches(): number {
    return this.#scan.matches();
  }

  /** Broken pieces seen so far. */
  get broken(): number {
    return this.#scan.brokenCount();
  }

  /** Looks through the next piece and gives the matches that ended in it. */
  push(bytes: Uint8Array): Float64Array {
    const before = this.#found.length;
    for (let at = 0; at < bytes.length && !this.isStopped; at += PIECE) {
      this.#keep(this.#scan.push(bytes.subarray(at, at + PIECE)));
    }
    return concat(this.#found.slice(before));
  }

  /** Says that nothing follows, and gives the matches that only that has settled. */
  finish(): Float64Array {
    return this.#keep(this.#scan.finish());
  }

  /** As `push` and, without bytes, `finish`, but the matches themselves, each as a line. */
  lines(bytes?: Uint8Array): Uint8Array[] {
    const lines: Uint8Array[] = [];
    if (!bytes) lines.push(this.#scan.finishLines());
    else for (let at = 0; at < bytes.length; at += PIECE) lines.push(this.#scan.pushLines(bytes.subarray(at, at + PIECE)));
    this.#tell();
    return lines.filter((line) => line.length > 0);
  }

  /** Every match; or an error that carries them, when pieces were broken and nobody was there to be told. */
  result(): Float64Array {
    const matches = concat(this.#found);
    if (this.#broken.length > 0) throw new EntryError(this.#broken, this.broken, matches);
    return matches;
  }

  /** Gives the scan's memory back. */
  free(): void {
    this.#scan.free();
  }

  #keep(found: Float64Array): Float64Array {
    if (found.length > 0) this.#found.push(found);
    this.#tell();
    return found;
  }

  #tell(): void {
    for (const broken of this.#scan.takeBroken() as Broken[]) {
      if (this.#onBroken) this.#onBroken(broken);
      else this.#broken.push(broken);
    }
  }
}

function concat(parts: Float64Array[]): Float64Array {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const all = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
