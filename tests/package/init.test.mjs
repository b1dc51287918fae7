// Starting the engine. The order of these tests matters: a process has one engine.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { check, compile, init } from "../../crates/wasm/pkg/index.js";

const engine = new URL("../../crates/wasm/pkg/engine.wasm", import.meta.url);

test("before init every function says what to do", () => {
  assert.throws(() => check("type:f"), /has not started: `await init\(\)` before `check`/);
  assert.throws(() => compile("type:f"), /has not started: `await init\(\)` before `compile`/);
});

test("a start that fails rejects, and does not stop the next one", async () => {
  await assert.rejects(init(new Uint8Array([1, 2, 3])), WebAssembly.CompileError);
  await assert.rejects(init(Promise.reject(new Error("offline"))), /offline/);
  assert.throws(() => compile("type:f"), /has not started/);
});

test("a runtime without SIMD is told so", async (t) => {
  t.mock.method(WebAssembly, "validate", () => false);
  await assert.rejects(init(), /no WebAssembly SIMD \(simd128\)/);
});

test("calls share one start, whatever it is from, and later ones do nothing", async () => {
  const bytes = await readFile(engine);
  const first = init(await WebAssembly.compile(bytes));
  assert.equal(init(), first);
  await first;
  await init();
  assert.equal(compile("type:f").matches({ type: "f" }), true);
});
