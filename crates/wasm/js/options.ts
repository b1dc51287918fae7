// What callers leave out of their options.
import type { Options } from "./types.js";

/** The engine never reads a clock: here is where `now` gets its meaning. */
export function withClock(options: Options): Options {
  if (typeof options !== "object" || options === null) throw new TypeError("the options are an object");
  const { now = Date.now() } = options;
  return { ...options, now: now instanceof Date ? now.getTime() : now };
}
