// The engine's file as a browser fetches it.
import { readFileSync } from "node:fs";
import { brotliCompressSync, gzipSync } from "node:zlib";

import { tell } from "./measure.mjs";

const engine = readFileSync(new URL("../../crates/wasm/pkg/engine.wasm", import.meta.url));
tell({ id: "size/raw", value: engine.length });
tell({ id: "size/gzip", value: gzipSync(engine, { level: 9 }).length });
tell({ id: "size/brotli", value: brotliCompressSync(engine).length });
