// Node.
import { readFile } from "node:fs/promises";
import { start } from "./engine.js";
import type { EngineSource } from "./types.js";

/** Starts the engine, which every other function needs; without `source`, from the file that lies beside this one. */
export function init(source?: EngineSource | Promise<EngineSource>): Promise<void> {
  return start(source, () => readFile(new URL("./engine.wasm", import.meta.url)));
}
export * from "./api.js";
