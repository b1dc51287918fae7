// Node.
import { readFile } from "node:fs/promises";
import { start } from "./engine.js";
import type { EngineSource, LogSource, ProofBundle, Verdict, VerifyOptions } from "./types.js";
import { verifyWith } from "./verify.js";

/** Starts the engine, which every other function needs; without `source`, from the file that lies beside this one. */
export function init(source?: EngineSource | Promise<EngineSource>): Promise<void> {
  return start(source, () => readFile(new URL("./engine.wasm", import.meta.url)));
}

/**
 * Holds an export of a trail against its proof bundle: what is proven, or what is wrong. It needs no `init`: what it
 * needs lies beside this file, and is read by the first call.
 *
 * @throws TypeError for what is no key, no checkpoint, no bundle or no log. Whatever is wrong *with* the bundle or the
 * log is in the verdict.
 */
export function verify(log: LogSource, bundle: ProofBundle, options?: VerifyOptions): Promise<Verdict> {
  return verifyWith(() => readFile(new URL("./verify.wasm", import.meta.url)), log, bundle, options);
}
export * from "./api.js";
