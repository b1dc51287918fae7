// Starting a WebAssembly module: once, and once more after a failure.
import type { EngineSource } from "./types.js";

/** Where a module is to be had from. */
export type ModuleSource = EngineSource | Promise<EngineSource>;

/**
 * A function that starts a module by `instantiate`. Later calls join the first; a start that failed is forgotten, so
 * that the next call tries again.
 */
export function starter(instantiate: (input: { module_or_path: EngineSource }) => Promise<unknown>): (from: () => ModuleSource) => Promise<void> {
  let starting: Promise<void> | undefined;
  const start = async (from: () => ModuleSource): Promise<void> => {
    const module = await from();
    if (!WebAssembly.validate(SIMD)) {
      throw new Error("this runtime has no WebAssembly SIMD (simd128), which the Trailsift engine is built with");
    }
    await instantiate({ module_or_path: module });
  };
  return (from) => {
    starting ??= start(from).catch((error: unknown) => {
      starting = undefined;
      throw error;
    });
    return starting;
  };
}

/** The smallest module that only validates where SIMD does: one function, `i8x16.splat(0)` made and dropped. */
const SIMD = new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, // magic, version 1
  0x01, 0x04, 0x01, 0x60, 0x00, 0x00, // a type: nothing to nothing
  0x03, 0x02, 0x01, 0x00, // a function of that type
  0x0a, 0x09, 0x01, 0x07, 0x00, 0x41, 0x00, 0xfd, 0x0f, 0x1a, 0x0b, // i32.const 0, i8x16.splat, drop, end
]);
