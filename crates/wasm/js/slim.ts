// Any runtime, with the engine supplied by the caller: no file is read, nothing is fetched unless `source` says so.
import { start } from "./engine.js";
import type { EngineSource, LogSource, ProofBundle, Verdict, VerifyOptions } from "./types.js";
import { verifyWith } from "./verify.js";

/** Starts the engine, which every other function needs, from `source`: `trailsift/engine.wasm`, however it was had. */
export function init(source: EngineSource | Promise<EngineSource>): Promise<void> {
  return start(source, () => Promise.reject(new TypeError("`trailsift/slim` needs a source: `init(module)`")));
}

/**
 * Holds an export of a trail against its proof bundle: what is proven, or what is wrong. It needs no `init`: what it
 * needs is `options.module`, `trailsift/verify.wasm`.
 *
 * @throws TypeError for what is no key, no checkpoint, no bundle or no log. Whatever is wrong *with* the bundle or the
 * log is in the verdict.
 */
export function verify(log: LogSource, bundle: ProofBundle, options?: VerifyOptions): Promise<Verdict> {
  return verifyWith(() => Promise.reject(new TypeError("`trailsift/slim` needs the verifier: `verify(log, bundle, { module })`")), log, bundle, options);
}
export * from "./api.js";
