// Cloudflare Workers, where WebAssembly comes compiled with the script and nothing else may be compiled.
import { start } from "./engine.js";
import compiled from "./engine.wasm";
import type { EngineSource } from "./types.js";

/** Starts the engine, which every other function needs; without `source`, from the module shipped with this package. */
export function init(source?: EngineSource | Promise<EngineSource>): Promise<void> {
  return start(source, () => compiled);
}
export * from "./api.js";
export { verify } from "./verify-workerd.js";
