// The engine's one instance in this realm: started once, started again after a failure, and asked for by the rest.
import initBindings, * as bindings from "./bindings.js";
import type { EngineSource } from "./types.js";

let starting: Promise<void> | undefined;
let ready = false;

/**
 * Starts the engine from `source`, or else from what the entry point calls its own. Later calls join the first; a
 * start that failed is forgotten, so that the next call tries again.
 */
export function start(
  source: EngineSource | Promise<EngineSource> | undefined,
  own: () => EngineSource | Promise<EngineSource>,
): Promise<void> {
  starting ??= instantiate(source, own).catch((error: unknown) => {
    starting = undefined;
    throw error;
  });
  return starting;
}

async function instantiate(
  source: EngineSource | Promise<EngineSource> | undefined,
  own: () => EngineSource | Promise<EngineSource>,
): Promise<void> {
  const from = await (source ?? own());
  if (!WebAssembly.validate(SIMD)) {
    throw new Error("this runtime has no WebAssembly SIMD (simd128), which the Trailsift engine is built with");
  }
  await initBindings({ module_or_path: from });
  ready = true;
}

/** The engine's own functions, for `caller`, which is named in the error when nothing has been started yet. */
export function engine(caller: string): typeof bindings {
  if (!ready) {
    throw new Error(`the Trailsift engine has not started: \`await init()\` before \`${caller}\``);
  }
  return bindings;
}

/** The smallest module that only validates where SIMD does: one function, `i8x16.splat(0)` made and dropped. */
const SIMD = new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, // magic, version 1
  0x01, 0x04, 0x01, 0x60, 0x00, 0x00, // a type: nothing to nothing
  0x03, 0x02, 0x01, 0x00, // a function of that type
  0x0a, 0x09, 0x01, 0x07, 0x00, 0x41, 0x00, 0xfd, 0x0f, 0x1a, 0x0b, // i32.const 0, i8x16.splat, drop, end
]);
