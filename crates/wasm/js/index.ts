// Browsers and their bundlers; also Node when it is handed this file by its path.
import { start } from "./engine.js";
import { readLocal } from "./local.js";
import type { EngineSource } from "./types.js";

/** Starts the engine, which every other function needs; without `source`, from the file that lies beside this one. */
export function init(source?: EngineSource | Promise<EngineSource>): Promise<void> {
  return start(source, () => readLocal(new URL("./engine.wasm", import.meta.url)));
}
export * from "./api.js";
