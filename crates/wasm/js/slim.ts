// Any runtime, with the engine supplied by the caller: no file is read, nothing is fetched unless `source` says so.
import { start } from "./engine.js";
import type { EngineSource } from "./types.js";

/** Starts the engine, which every other function needs, from `source`: `trailsift/engine.wasm`, however it was had. */
export function init(source: EngineSource | Promise<EngineSource>): Promise<void> {
  return start(source, () => Promise.reject(new TypeError("`trailsift/slim` needs a source: `init(module)`")));
}
export * from "./api.js";
