// The engine's memory, seen from outside: the package does not show it. To be imported before the package is.

const seen = [];
for (const name of ["instantiate", "instantiateStreaming"]) {
  const original = WebAssembly[name];
  WebAssembly[name] = async (...args) => {
    const result = await original(...args);
    seen.push((result.instance ?? result).exports.memory);
    return result;
  };
}

/** Bytes of WebAssembly memory that the engine holds; it never shrinks, so this is the most that it ever held. */
export function memory() {
  return seen.reduce((sum, memory) => sum + (memory?.buffer.byteLength ?? 0), 0);
}
