// A stream's bytes in pieces worth a call.

/** How much is gathered: streams hand over a few kilobytes at a time. */
const PIECE = 1 << 20;

/** The bytes of a stream. It is cancelled when nobody wants more of it. */
export async function* streamed(stream: ReadableStream<Uint8Array>, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  const aborted = (): void => void reader.cancel(signal?.reason).catch(() => undefined);
  signal?.addEventListener("abort", aborted, { once: true });
  let ended = false;
  try {
    let gathered = new Uint8Array(PIECE);
    let length = 0;
    for (;;) {
      const { value, done } = await reader.read();
      signal?.throwIfAborted();
      if (done) break;
      if (!(value instanceof Uint8Array)) throw new TypeError("a log's stream is one of Uint8Arrays");
      if (length + value.length > PIECE) {
        if (length > 0) yield gathered.subarray(0, length);
        [gathered, length] = [new Uint8Array(PIECE), 0];
      }
      if (value.length > PIECE) {
        yield value;
      } else {
        gathered.set(value, length);
        length += value.length;
      }
    }
    ended = true;
    if (length > 0) yield gathered.slice(0, length);
  } finally {
    signal?.removeEventListener("abort", aborted);
    if (!ended) await reader.cancel().catch(() => undefined);
    reader.releaseLock();
  }
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
