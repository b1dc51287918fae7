// A blob's bytes in order, read a little ahead of whoever looks through them.

/** What is read at a time. Larger reads are faster in browsers, where every read crosses into another process. */
const SLICE = 4 << 20;
/** Reads under way at once. */
const AHEAD = 3;

/**
 * The pieces of `blob`. Ends with the signal's reason when it is aborted, and with the blob's own error when the file
 * behind it has gone or has changed.
 */
export async function* slices(blob: Blob, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const pending: Promise<ArrayBuffer>[] = [];
  let next = 0;
  const read = (): void => {
    if (next >= blob.size) return;
    const slice = blob.slice(next, next + SLICE).arrayBuffer();
    slice.catch(() => undefined); // it is awaited in its turn; until then it is no unhandled rejection
    pending.push(slice);
    next += SLICE;
  };
  for (let i = 0; i < AHEAD; i++) read();
  for (let slice = pending.shift(); slice; slice = pending.shift()) {
    const bytes = await slice;
    signal?.throwIfAborted();
    read();
    yield new Uint8Array(bytes);
  }
}
