// `verify` in Cloudflare Workers: a file of its own, so that a Worker that does not verify does not carry the verifier.
import type { LogSource, ProofBundle, Verdict, VerifyOptions } from "./types.js";
import { verifyWith } from "./verify.js";
import compiled from "./verify.wasm";

/**
 * Holds an export of a trail against its proof bundle: what is proven, or what is wrong. It needs no `init`: what it
 * needs is the module shipped with this package.
 *
 * @throws TypeError for what is no key, no checkpoint, no bundle or no log. Whatever is wrong *with* the bundle or the
 * log is in the verdict.
 */
export function verify(log: LogSource, bundle: ProofBundle, options?: VerifyOptions): Promise<Verdict> {
  return verifyWith(() => compiled, log, bundle, options);
}
