// Where a log comes from, and how it is read again: bytes and blobs as they are; what is packed is unpacked, and kept
// or unpacked again; what streams by is kept.
import { ArrayBytes, BlobBytes, type Bytes, cut, cutInOrder, KeptBytes, pieces } from "./bytes.js";
import { PackedError } from "./errors.js";
import { gunzip } from "./gzip.js";
import { peek, streamed } from "./stream.js";
import type { LogSource } from "./types.js";
import { unzip } from "./zip.js";

/** How a source is read. */
export interface Reading {
  signal?: AbortSignal | undefined;
  /** Told of bytes as they are read: of what is packed, packed ones. */
  read?: (bytes: number) => void;
}

/** A log's bytes from the first on. */
type Pass = (reading: Reading) => AsyncGenerator<Uint8Array>;

/** A log that can be read as often as is needed. */
export class Source {
  /** Bytes that a reading reads; not known of a stream. */
  readonly size: number | undefined;
  /** The whole log, wherever one likes. */
  #whole: Bytes | undefined;
  readonly #pass: Pass;
  /** How much of what is not a blob is kept in memory. */
  readonly #keep: number;
  readonly #isStream: boolean;
  #isTooLarge = false;

  private constructor(pass: Pass, keep: number, size: number | undefined, whole: Bytes | undefined) {
    this.#pass = pass;
    this.#keep = keep;
    this.#isStream = size === undefined;
    this.size = size;
    this.#whole = whole;
  }

  /** Looks at the first bytes of a log. */
  static async open(source: LogSource, keep: number, signal?: AbortSignal): Promise<Source> {
    if (source instanceof ReadableStream) return Source.#ofStream(source, keep, signal);
    const bytes = bytesOf(source);
    const packing = packingOf(await bytes.slice(0, HEAD));
    if (packing === undefined) return new Source((reading) => counted(bytes, reading), keep, bytes.size, bytes);
    return new Source((reading) => unpacked(bytes, packing, reading), keep, bytes.size, undefined);
  }

  static async #ofStream(stream: ReadableStream<Uint8Array>, keep: number, signal?: AbortSignal): Promise<Source> {
    const bytes = streamed(stream, signal);
    const [head, all] = await peek(bytes, HEAD);
    let packing: Packing;
    try {
      packing = packingOf(head);
    } catch (error) {
      await bytes.return(undefined);
      throw error;
    }
    const pass: Pass = async function* ({ read, signal }) {
      const packed = tell(all, read);
      if (packing === undefined) return yield* packed;
      if (packing === "gzip") return yield* gunzip(packed);
      // Where a zip archive's files lie stands at its end.
      const archive = new KeptBytes();
      for await (const piece of packed) {
        if (archive.size + piece.length > keep) throw tooLarge(keep);
        archive.push(piece);
      }
      yield* unzip(archive, () => undefined, signal);
    };
    return new Source(pass, keep, undefined, undefined);
  }

  /** The log from its first byte on. */
  async *read(reading: Reading): AsyncGenerator<Uint8Array> {
    if (this.#whole) return yield* counted(this.#whole, reading);
    let kept = this.#isTooLarge ? undefined : new KeptBytes();
    for await (const piece of this.#pass(reading)) {
      if (kept && kept.size + piece.length > this.#keep) {
        if (this.#isStream) throw tooLarge(this.#keep);
        kept = undefined;
        this.#isTooLarge = true;
      }
      kept?.push(piece);
      yield piece;
    }
    this.#whole = kept;
  }

  /** As `read`, for the last time: nothing is kept. */
  readOnce(reading: Reading): AsyncGenerator<Uint8Array> {
    return this.#pass(reading);
  }

  /** The bytes of each of the ranges, which are pairs of ascending offsets into the log. */
  cut(ranges: Float64Array, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    return this.#whole ? cut(this.#whole, ranges, signal) : cutInOrder(this.read({ signal }), ranges);
  }
}

type Packing = "gzip" | "zip" | undefined;

/**
 * How bytes are packed, told by the first of them; nothing when they are not.
 *
 * @throws PackedError for a way that is not unpacked here.
 */
export function packingOf(head: Uint8Array): Packing {
  const begins = (...bytes: number[]): boolean => bytes.every((byte, at) => head[at] === byte);
  if (begins(0x1f, 0x8b)) return "gzip";
  if ([3, 5, 7].some((byte) => begins(0x50, 0x4b, byte, byte + 1))) return "zip";
  const other = begins(0x28, 0xb5, 0x2f, 0xfd) ? "zstd" : begins(0xfd, 0x37, 0x7a, 0x58) ? "xz" : begins(0x42, 0x5a, 0x68) ? "bzip2" : undefined;
  if (other) throw new PackedError(`the log is packed with ${other}, which is not unpacked here: unpack it first, or pack it with gzip`);
  return undefined;
}

/** Bytes that tell how a log is packed. */
export const HEAD = 4;

function bytesOf(source: Exclude<LogSource, ReadableStream>): Bytes {
  if (source instanceof Blob) return new BlobBytes(source);
  if (source instanceof Uint8Array) return new ArrayBytes(source);
  if (source instanceof ArrayBuffer) return new ArrayBytes(new Uint8Array(source));
  throw new TypeError("a log is a Uint8Array, an ArrayBuffer, a Blob or a ReadableStream of bytes");
}

function unpacked(bytes: Bytes, packing: "gzip" | "zip", reading: Reading): AsyncGenerator<Uint8Array> {
  if (packing === "gzip") return gunzip(counted(bytes, reading));
  return unzip(bytes, (length) => reading.read?.(length), reading.signal);
}

function counted(bytes: Bytes, { read, signal }: Reading): AsyncGenerator<Uint8Array> {
  return tell(pieces(bytes, signal), read);
}

async function* tell(pieces: AsyncGenerator<Uint8Array>, read: ((bytes: number) => void) | undefined): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    read?.(piece.length);
    yield piece;
  }
}

function tooLarge(keep: number): Error {
  return new RangeError(`the stream holds more than the ${keep} bytes that \`keep\` allows, and cannot be read again: raise it, or give a Blob`);
}
