// Makes the npm package in `pkg` out of the TypeScript in `js` and what wasm-bindgen left in `bindings`.
// The modules themselves (cargo, wasm-bindgen, wasm-opt) are built before this runs, by `cargo xtask build`.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const at = (...path) => join(here, ...path);

/** What wasm-bindgen calls a module's files, and what its WebAssembly is called in the package. */
const MODULES = { bindings: "engine", verifier: "verify" };

for (const file of Object.keys(MODULES).flatMap((name) => [`${name}.js`, `${name}.d.ts`, `${name}_bg.wasm`])) {
  if (!existsSync(at("bindings", file))) {
    console.error(`crates/wasm/bindings/${file} is missing: run \`cargo xtask build\`, which compiles it first`);
    process.exit(1);
  }
}

const typescript = dirname(createRequire(import.meta.url).resolve("typescript/package.json"));
const tsc = (...options) => {
  const { status } = spawnSync(process.execPath, [join(typescript, "bin", "tsc"), "-p", at("tsconfig.json"), ...options], { stdio: "inherit" });
  if (status !== 0) process.exit(1);
};

// A package that was built stays until the next one is known to compile.
tsc("--noEmit");
rmSync(at("pkg"), { recursive: true, force: true });
mkdirSync(at("pkg"));
tsc();
for (const [name, module] of Object.entries(MODULES)) {
  for (const file of [`${name}.js`, `${name}.d.ts`]) copyFileSync(at("bindings", file), at("pkg", file));
  copyFileSync(at("bindings", `${name}_bg.wasm`), at("pkg", `${module}.wasm`));
  copyFileSync(at("js", `${module}.d.wasm.ts`), at("pkg", `${module}.d.wasm.ts`));
}
copyFileSync(at("README.md"), at("pkg", "README.md"));
copyFileSync(at("..", "..", "LICENSE"), at("pkg", "LICENSE"));

// The workspace's manifest is the one that is written by hand; the published one differs in its paths alone.
const { private: _private, scripts, devDependencies, ...manifest } = JSON.parse(readFileSync(at("package.json"), "utf8"));
const published = JSON.stringify(manifest, null, 2).replaceAll('"./pkg/', '"./');
writeFileSync(at("pkg", "package.json"), `${published}\n`);
