// Where the engine's file is when nobody said: fetched, unless it is a file on this machine and Node can read it.
import type { EngineSource } from "./types.js";

/** The engine at `url`, as something to start it from. */
export async function readLocal(url: URL): Promise<EngineSource> {
  if (url.protocol === "file:" && typeof process !== "undefined") {
    // Not an import: bundlers for browsers would stumble over it.
    return process.getBuiltinModule("node:fs").promises.readFile(url);
  }
  return fetch(url);
}
