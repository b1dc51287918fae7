// An export of a trail against its proof bundle. What does it is a module of its own, started by the first call.
import { Source } from "./source.js";
import { type ModuleSource, starter } from "./start.js";
import { turn } from "./stream.js";
import type { LogSource, ProofBundle, Verdict, VerifyOptions } from "./types.js";
import initVerifier, { Verification } from "./verifier.js";

/** How much is handed to the verifier at a time. */
const PIECE = 1 << 20;
/** After how many bytes others have their turn. */
const TURN = 16 << 20;

const start = starter(initVerifier);

/** As `verify`, with the verifier from `own` unless the options have one. */
export async function verifyWith(own: () => ModuleSource, log: LogSource, bundle: ProofBundle, options: VerifyOptions = {}): Promise<Verdict> {
  const { module, signal, onProgress } = options;
  const [key, origin, checkpoint] = (["key", "origin", "checkpoint"] as const).map((name) => text(name, options[name]));
  signal?.throwIfAborted();
  await start(() => module ?? own());
  const proof = await bytesOf(bundle);
  const source = await Source.open(log, Number.POSITIVE_INFINITY, signal);
  let verification: Verification | undefined = new Verification(proof, key, origin, checkpoint);
  try {
    let [bytes, sinceTurn] = [0, 0];
    const report = (): void => onProgress?.({ bytes, totalBytes: source.size });
    for await (const piece of source.readOnce({ signal, read: (length) => (bytes += length) })) {
      for (let at = 0; at < piece.length; at += PIECE) verification.push(piece.subarray(at, at + PIECE));
      sinceTurn += piece.length;
      if (sinceTurn < TURN) continue;
      sinceTurn = 0;
      report();
      await turn();
      signal?.throwIfAborted();
    }
    report();
    const json = verification.finish();
    verification = undefined; // its memory went with it
    return verdictOf(json);
  } finally {
    verification?.free();
  }
}

function verdictOf(json: string): Verdict {
  const { verdict, sentences } = JSON.parse(json);
  const { grown_from: grownFrom, ...rest } = verdict;
  return { intact: rest.proven !== null, ...rest, grownFrom, sentences };
}

async function bytesOf(bundle: ProofBundle): Promise<Uint8Array> {
  if (bundle instanceof Uint8Array) return bundle;
  const known = [ArrayBuffer, Blob, ReadableStream].some((type) => bundle instanceof type);
  if (!known && typeof bundle !== "string") throw new TypeError("a proof bundle is its JSON: a string, or bytes in any form of a log");
  return new Uint8Array(await new Response(bundle).arrayBuffer());
}

function text(name: string, value: unknown): string | undefined {
  if (value !== undefined && typeof value !== "string") throw new TypeError(`\`${name}\` is a string`);
  return value;
}
