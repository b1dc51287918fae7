// Bytes that can be read anywhere and again: an array, a blob, or pieces that were kept.

/** What is read of a blob at a time: in browsers every read crosses into another process, and large ones pay. */
const SLICE = 16 << 20;
/** Reads under way at once. */
const AHEAD = 4;
/** Ranges this far apart are read as one, up to `WINDOW` bytes. */
const GAP = 64 << 10;
const WINDOW = 4 << 20;

export interface Bytes {
  readonly size: number;
  slice(start: number, end: number): Promise<Uint8Array>;
}

/** Bytes that are in memory already; they are not copied. */
export class ArrayBytes implements Bytes {
  readonly #array: Uint8Array;

  constructor(array: Uint8Array) {
    this.#array = array;
  }

  get size(): number {
    return this.#array.length;
  }

  async slice(start: number, end: number): Promise<Uint8Array> {
    return this.#array.subarray(start, end);
  }
}

/** A `File` or another blob. Fails with the blob's own error when the file behind it has gone or has changed. */
export class BlobBytes implements Bytes {
  readonly #blob: Blob;

  constructor(blob: Blob) {
    this.#blob = blob;
  }

  get size(): number {
    return this.#blob.size;
  }

  async slice(start: number, end: number): Promise<Uint8Array> {
    return new Uint8Array(await this.#blob.slice(start, end).arrayBuffer());
  }
}

/** What came piece by piece and is kept in memory. */
export class KeptBytes implements Bytes {
  readonly #pieces: Uint8Array[] = [];
  /** Where each piece begins. */
  readonly #starts: number[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#starts.push(this.#size);
    this.#size += piece.length;
  }

  async slice(start: number, end: number): Promise<Uint8Array> {
    const to = Math.min(end, this.#size);
    const all = new Uint8Array(Math.max(0, to - start));
    for (let index = this.#pieceAt(start); index < this.#pieces.length; index++) {
      const [piece, first] = [this.#pieces[index], this.#starts[index]];
      if (piece === undefined || first === undefined || first >= to) break;
      const part = piece.subarray(Math.max(0, start - first), to - first);
      all.set(part, Math.max(first, start) - start);
    }
    return all;
  }

  /** The piece that holds a byte. */
  #pieceAt(offset: number): number {
    let [low, high] = [0, this.#starts.length];
    while (low + 1 < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low;
  }
}

/** The bytes from `start` to `end` in order, read a little ahead. Ends with the signal's reason when it is aborted. */
export async function* pieces(bytes: Bytes, signal?: AbortSignal, start = 0, end = bytes.size): AsyncGenerator<Uint8Array> {
  const slices = function* (): Generator<[number, number]> {
    for (let at = start; at < end; at += SLICE) yield [at, Math.min(at + SLICE, end)];
  };
  for await (const [piece] of ahead(slices(), ([from, to]) => bytes.slice(from, to))) {
    signal?.throwIfAborted();
    yield piece;
  }
}

/** The bytes of each of the ranges, which are pairs of ascending offsets; what lies close together is read at once. */
export async function* cut(bytes: Bytes, ranges: Float64Array, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const offset = (index: number): number => ranges[index] ?? 0;
  const windows = function* (): Generator<{ first: number; behind: number; start: number; end: number }> {
    for (let at = 0; at < ranges.length; ) {
      const [first, start] = [at, offset(at)];
      let end = offset(at + 1);
      for (at += 2; at < ranges.length && offset(at) - end <= GAP && offset(at + 1) - start <= WINDOW; at += 2) end = offset(at + 1);
      yield { first, behind: at, start, end };
    }
  };
  for await (const [window, { first, behind, start }] of ahead(windows(), ({ start, end }) => bytes.slice(start, end))) {
    signal?.throwIfAborted();
    for (let at = first; at < behind; at += 2) yield window.subarray(offset(at) - start, offset(at + 1) - start);
  }
}

/** As `cut`, for what can only be read from its beginning on. */
export async function* cutInOrder(pieces: AsyncIterable<Uint8Array>, ranges: Float64Array): AsyncGenerator<Uint8Array> {
  let [range, before] = [0, 0];
  let entry: Uint8Array | undefined;
  for await (const piece of pieces) {
    for (; range < ranges.length; range += 2) {
      const [start, end] = [ranges[range] ?? 0, ranges[range + 1] ?? 0];
      if (start >= before + piece.length && start < end) break;
      entry ??= new Uint8Array(end - start);
      const part = piece.subarray(Math.max(0, start - before), end - before);
      entry.set(part, Math.max(0, before - start));
      if (end > before + piece.length) break;
      yield entry;
      entry = undefined;
    }
    if (range >= ranges.length) return;
    before += piece.length;
  }
}

/** What `read` gives for each item, with the item, in their order; a few reads are under way at once. */
async function* ahead<T>(items: Iterator<T>, read: (item: T) => Promise<Uint8Array>): AsyncGenerator<[Uint8Array, T]> {
  const pending: [Promise<Uint8Array>, T][] = [];
  const begin = (): void => {
    const { value, done } = items.next();
    if (done) return;
    const bytes = read(value);
    bytes.catch(() => undefined); // it is awaited in its turn; until then it is no unhandled rejection
    pending.push([bytes, value]);
  };
  for (let i = 0; i < AHEAD; i++) begin();
  for (let next = pending.shift(); next; next = pending.shift()) {
    const [bytes, item] = next;
    const read = await bytes;
    begin();
    yield [read, item];
  }
}
