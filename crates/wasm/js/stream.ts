// A stream's bytes in pieces worth a call.

/** How much is gathered: streams hand over a few kilobytes at a time. */
const PIECE = 1 << 20;

/** The bytes of a stream. It is cancelled when nobody wants more of it. */
export async function* streamed(stream: ReadableStream<Uint8Array>, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const reader = byobReader(stream) ?? stream.getReader();
  const aborted = (): void => void reader.cancel(signal?.reason).catch(() => undefined);
  signal?.addEventListener("abort", aborted, { once: true });
  let ended = false;
  try {
    for await (const piece of "readAtLeast" in reader ? filled(reader) : gathered(reader)) {
      signal?.throwIfAborted();
      yield piece;
    }
    signal?.throwIfAborted();
    ended = true;
  } finally {
    signal?.removeEventListener("abort", aborted);
    if (!ended) await reader.cancel().catch(() => undefined);
    reader.releaseLock();
  }
}

/** A reader of workerd's, which fills a buffer before it comes back to JavaScript. */
interface FillingReader {
  readAtLeast(least: number, view: Uint8Array): Promise<{ value?: Uint8Array; done: boolean }>;
  cancel(reason?: unknown): Promise<void>;
  releaseLock(): void;
}

/** Such a reader, where there is one: anywhere else it would be no faster. */
function byobReader(stream: ReadableStream<Uint8Array>): FillingReader | undefined {
  if (!("readAtLeast" in (globalThis.ReadableStreamBYOBReader?.prototype ?? {}))) return undefined;
  try {
    return stream.getReader({ mode: "byob" }) as unknown as FillingReader;
  } catch {
    return undefined; // the stream is not one of bytes
  }
}

async function* filled(reader: FillingReader): AsyncGenerator<Uint8Array> {
  for (;;) {
    const { value, done } = await reader.readAtLeast(PIECE, new Uint8Array(PIECE));
    if (value && value.length > 0) yield value;
    if (done) return;
  }
}

async function* gathered(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<Uint8Array> {
  let [piece, length] = [new Uint8Array(PIECE), 0];
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    if (!(value instanceof Uint8Array)) throw new TypeError("a log's stream is one of Uint8Arrays");
    if (length + value.length > PIECE) {
      if (length > 0) yield piece.subarray(0, length);
      [piece, length] = [new Uint8Array(PIECE), 0];
    }
    if (value.length > PIECE) {
      yield value;
    } else {
      piece.set(value, length);
      length += value.length;
    }
  }
  if (length > 0) yield piece.slice(0, length);
}

/** The first bytes of `pieces`, at least `least` if there are as many, and all of them as if nothing had been read. */
export async function peek(pieces: AsyncGenerator<Uint8Array>, least: number): Promise<[Uint8Array, AsyncGenerator<Uint8Array>]> {
  let head = new Uint8Array();
  while (head.length < least) {
    const { value, done } = await pieces.next();
    if (done) break;
    const both = new Uint8Array(head.length + value.length);
    both.set(head);
    both.set(value, head.length);
    head = both;
  }
  const all = async function* (): AsyncGenerator<Uint8Array> {
    try {
      if (head.length > 0) yield head;
      yield* pieces;
    } finally {
      await pieces.return(undefined);
    }
  };
  return [head, all()];
}

/** Lets the rest of the page, or of the server, have a turn. */
export function turn(): Promise<void> {
  const { scheduler } = globalThis as { scheduler?: { yield?: () => Promise<void> } };
  return scheduler?.yield?.() ?? new Promise((resolve) => setTimeout(resolve));
}
