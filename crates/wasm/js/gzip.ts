// gzip (RFC 1952): members one behind the other, each with its check sum. Browsers' DecompressionStream takes one only.
import { engine } from "./engine.js";
import { PackedError } from "./errors.js";
import type { Inflate } from "./bindings.js";

/** How much is inflated at a time. */
const PIECE = 256 << 10;

/** Bits of a member's header. */
const [CHECKED, EXTRA, NAME, COMMENT, RESERVED] = [2, 4, 8, 16, 224];
const DEFLATE = 8;

/** The unpacked bytes of all members. */
export async function* gunzip(packed: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const input = new Input(packed);
  try {
    for (let members = 0; await isMember(input, members); members++) {
      await skipHeader(input);
      const sums = { crc: 0, size: 0 };
      yield* inflated(input, sums, cut);
      const trailer = new DataView((await input.take(8)).buffer);
      if (trailer.getUint32(0, true) !== sums.crc || trailer.getUint32(4, true) !== sums.size % 2 ** 32) {
        throw new PackedError("the gzip file is damaged: its check sum is another");
      }
    }
  } finally {
    await packed.return(undefined);
  }
}

/** Whether one begins here. Behind the last there may be zeros, which tapes were filled up with. */
async function isMember(input: Input, members: number): Promise<boolean> {
  let first = await input.byte();
  if (members > 0 && first === 0) {
    while (first === 0) first = await input.byte();
    if (first === undefined) return false;
    throw new PackedError("behind the gzip file's end is something else");
  }
  if (members > 0 && first === undefined) return false;
  if (first !== 0x1f || (await input.byte()) !== 0x8b) {
    throw new PackedError(members === 0 ? "this is no gzip file" : "behind the gzip file's end is something else");
  }
  return true;
}

async function skipHeader(input: Input): Promise<void> {
  const [method, flags = 0] = await input.take(8);
  if (method !== DEFLATE || (flags & RESERVED) !== 0) throw new PackedError("the gzip file is packed in a way that is not known");
  if (flags & EXTRA) {
    const [low = 0, high = 0] = await input.take(2);
    await input.take(low + 256 * high);
  }
  for (const text of [NAME, COMMENT]) {
    if (flags & text) while ((await input.take(1))[0] !== 0);
  }
  if (flags & CHECKED) await input.take(2);
}

/** Of unpacked bytes. */
export interface Sums {
  crc: number;
  size: number;
}

/** The bytes of one deflated stream, and afterwards what they add up to in `sums`. `ended` says what a cut is. */
export async function* inflated(input: Input, sums: Sums, ended: () => Error): AsyncGenerator<Uint8Array> {
  const inflate: Inflate = new (engine("unpack").Inflate)();
  try {
    while (!inflate.ended()) {
      const piece = await input.piece(PIECE);
      if (!piece) throw ended();
      inflate.fill(piece);
      for (let bytes = read(inflate); bytes; bytes = read(inflate)) yield bytes;
      input.giveBack(inflate.unread());
    }
    Object.assign(sums, { crc: inflate.crc(), size: inflate.size() });
  } finally {
    inflate.free();
  }
}

/** As `inflated`, for bytes that are stored as they are. */
export async function* stored(input: Input, sums: Sums): AsyncGenerator<Uint8Array> {
  const inflate: Inflate = new (engine("unpack").Inflate)();
  try {
    for (let piece = await input.piece(PIECE); piece; piece = await input.piece(PIECE)) {
      inflate.stored(piece);
      yield piece;
    }
    Object.assign(sums, { crc: inflate.crc(), size: inflate.size() });
  } finally {
    inflate.free();
  }
}

function read(inflate: Inflate): Uint8Array | undefined {
  try {
    return inflate.read();
  } catch (error) {
    throw error instanceof RangeError ? new PackedError(error.message) : error;
  }
}

const cut = (): Error => new PackedError("the gzip file is cut off: it ends in the middle");

/** Pieces read by the byte. */
export class Input {
  readonly #pieces: AsyncGenerator<Uint8Array>;
  #piece: Uint8Array = new Uint8Array();
  #at = 0;

  constructor(pieces: AsyncGenerator<Uint8Array>) {
    this.#pieces = pieces;
  }

  /** The next byte; nothing at the end. */
  async byte(): Promise<number | undefined> {
    return (await this.piece(1))?.[0];
  }

  /** So many bytes. */
  async take(length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; ) {
      const piece = await this.piece(length - at);
      if (!piece) throw cut();
      bytes.set(piece, at);
      at += piece.length;
    }
    return bytes;
  }

  /** The next bytes, at most so many; nothing at the end. */
  async piece(most: number): Promise<Uint8Array | undefined> {
    while (this.#at >= this.#piece.length) {
      const { value, done } = await this.#pieces.next();
      if (done) return undefined;
      [this.#piece, this.#at] = [value, 0];
    }
    const piece = this.#piece.subarray(this.#at, this.#at + most);
    this.#at += piece.length;
    return piece;
  }

  /** The last bytes of the piece before were not needed. */
  giveBack(length: number): void {
    this.#at -= length;
  }
}
