// An export of a trail and its proof bundle, made from the documents alone (RFC 6962, C2SP's signed-note and
// tlog-checkpoint, `trailsift-proof`'s own lines): nothing of Trailsift's code makes what its verifier is tested with.
import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";

const DASH = "\u2014";
/** What comes before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410). */
const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();
const number = (value) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
};
const parted = (bytes) => [number(bytes.length), bytes];
const leaf = ({ id, receivedAt, bytes }) => sha256(Buffer.of(0), ...parted(Buffer.from(id)), number(receivedAt), ...parted(Buffer.from(bytes)));

/** The largest power of two below. */
const split = (size) => 2 ** Math.ceil(Math.log2(size) - 1);

function root(leaves) {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return leaves[0];
  const middle = split(leaves.length);
  return sha256(Buffer.of(1), root(leaves.slice(0, middle)), root(leaves.slice(middle)));
}

function inclusion(index, leaves) {
  if (leaves.length === 1) return [];
  const middle = split(leaves.length);
  const [left, right] = [leaves.slice(0, middle), leaves.slice(middle)];
  return index < middle ? [...inclusion(index, left), root(right)] : [...inclusion(index - middle, right), root(left)];
}

function consistency(older, leaves, whole = true) {
  if (older === leaves.length) return whole ? [] : [root(leaves)];
  const middle = split(leaves.length);
  const [left, right] = [leaves.slice(0, middle), leaves.slice(middle)];
  return older <= middle ? [...consistency(older, left, whole), root(right)] : [...consistency(older - middle, right, false), root(left)];
}

/** The roots of the complete subtrees that the leaves from `start` to `end` make up. */
function complete(leaves, start, end) {
  const roots = [];
  for (let at = start; at < end; ) {
    let width = 1;
    while (at % (width * 2) === 0 && at + width * 2 <= end) width *= 2;
    roots.push(root(leaves.slice(at, at + width)));
    at += width;
  }
  return roots;
}

const base64 = (hashes) => hashes.map((hash) => hash.toString("base64"));

/** A trail: its entries are `{ id, receivedAt, bytes }`, its key is made of `secret`. */
export class Trail {
  #leaves;
  #private;

  constructor(origin, entries, secret = 7) {
    this.origin = origin;
    this.entries = entries;
    this.#leaves = entries.map(leaf);
    this.#private = createPrivateKey({ key: Buffer.concat([PKCS8, Buffer.alloc(32, secret)]), format: "der", type: "pkcs8" });
    const known = Buffer.concat([Buffer.of(1), createPublicKey(this.#private).export({ format: "der", type: "spki" }).subarray(-32)]);
    this.keyId = sha256(`${origin}\n`, known).subarray(0, 4);
    this.key = `${origin}+${this.keyId.toString("hex")}+${known.toString("base64")}`;
  }

  /** A trail of `count` entries, of which every third has a line feed in it. */
  static sample(count, origin = "logs.example/acme/auth0") {
    return new Trail(origin, Array.from({ length: count }, (_, index) => ({
      id: `evt_"${index + 1}é`,
      receivedAt: 1_782_898_200_000 + index,
      bytes: index % 3 === 0 ? `{"type":"s",\n"n":${index}}` : `{"type":"f","n":${index}}`,
    })));
  }

  /** The lines of an export. */
  lines(sequences) {
    return sequences.map((sequence) => {
      const { id, receivedAt, bytes } = this.entries[sequence - 1];
      const breaks = [...bytes].flatMap((character, at) => (character === "\n" ? [at] : []));
      const told = breaks.length > 0 ? `"breaks":[${breaks}],` : "";
      return `{"sequence":${sequence},"id":${JSON.stringify(id)},"received_at":${receivedAt},${told}"entry":${bytes.replaceAll("\n", " ")}}\n`;
    });
  }

  /** The checkpoint of the first `size` entries. */
  checkpoint(size = this.entries.length) {
    const text = `${this.origin}\n${size}\n${root(this.#leaves.slice(0, size)).toString("base64")}\n`;
    const signature = Buffer.concat([this.keyId, sign(null, Buffer.from(text), this.#private)]);
    return `${text}\n${DASH} ${this.origin} ${signature.toString("base64")}\n`;
  }

  /** The bundle of all entries from `first` on, `count` of them. */
  contiguous(first, count, earlier) {
    const end = first - 1 + count;
    const leaves = base64(this.#leaves.slice(first - 1, end));
    const [left, right] = [complete(this.#leaves, 0, first - 1), complete(this.#leaves, end, this.#leaves.length)];
    return this.#bundle({ contiguous: { first, count, leaves, left: base64(left), right: base64(right) } }, earlier);
  }

  /** The bundle of the entries with these numbers. */
  filtered(sequences) {
    const hashes = [];
    const entries = sequences.map((sequence) => {
      const proof = base64(inclusion(sequence - 1, this.#leaves));
      const path = proof.map((_, at) => hashes.length + at);
      hashes.push(...proof);
      return { sequence, leaf: this.#leaves[sequence - 1].toString("base64"), path };
    });
    return this.#bundle({ filtered: { entries, hashes } });
  }

  #bundle(proof, older) {
    const earlier = older && { checkpoint: this.checkpoint(older), proof: base64(consistency(older, this.#leaves)) };
    const { origin, key } = this;
    return JSON.stringify({ format: "trailsift-proof-bundle", version: 1, origin, key, checkpoint: this.checkpoint(), proof, earlier });
  }
}

/** The numbers from `first` to `last`. */
export const numbers = (first, last) => Array.from({ length: last - first + 1 }, (_, index) => first + index);
