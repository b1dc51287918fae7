// The package as a stranger gets it: packed, unpacked elsewhere, imported by its name, type-checked.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test, { after, before } from "node:test";
import { fileURLToPath } from "node:url";
import { numbers, Trail } from "../proofs.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const tsc = join(dirname(createRequire(join(root, "crates/wasm/package.json")).resolve("typescript/package.json")), "bin/tsc");
let consumer;

before(() => {
  consumer = mkdtempSync(join(tmpdir(), "trailsift-consumer-"));
  const packed = execFileSync("npm", ["pack", "--silent", "--pack-destination", consumer, join(root, "crates/wasm/pkg")], { encoding: "utf8" });
  const modules = join(consumer, "node_modules");
  mkdirSync(join(modules, "trailsift"), { recursive: true });
  execFileSync("tar", ["xzf", join(consumer, packed.trim().split("\n").at(-1)), "-C", join(modules, "trailsift"), "--strip-components=1"]);
  symlinkSync(join(root, "node_modules/@types"), join(modules, "@types"));
  symlinkSync(join(root, "node_modules/undici-types"), join(modules, "undici-types"));
  writeFileSync(join(consumer, "package.json"), JSON.stringify({ type: "module" }));
});

after(() => rmSync(consumer, { recursive: true, force: true }));

test("the manifest can be published and points at files that are there", () => {
  const at = (file) => join(consumer, "node_modules/trailsift", file);
  const manifest = JSON.parse(readFileSync(at("package.json"), "utf8"));
  assert.equal(manifest.private, undefined);
  assert.deepEqual([manifest.name, manifest.type, manifest.sideEffects, manifest.license], ["trailsift", "module", false, "Apache-2.0"]);
  assert.deepEqual(Object.keys(manifest.exports), [".", "./slim", "./worker", "./verify.wasm", "./engine.wasm"]);
  assert.deepEqual(Object.keys(manifest.exports["."]), ["types", "workerd", "node", "default"]);
  for (const file of Object.values(manifest.exports).flatMap((conditions) => Object.values(conditions))) {
    assert.ok(readFileSync(at(file)).length > 0, file);
  }
  // `process.getBuiltinModule`, with which the engine is read, is no older.
  assert.deepEqual(manifest.engines, { node: "^20.16.0 || >=22.3.0" });
  assert.ok(readFileSync(at("LICENSE"), "utf8").includes("Apache License"));
});

test("it is imported by its name, from every entry point that Node can load", () => {
  writeFileSync(join(consumer, "use.mjs"), `
    import { init, compile } from "trailsift";
    import * as slim from "trailsift/slim";
    import { readFileSync } from "node:fs";
    await init();
    const engine = readFileSync(new URL(import.meta.resolve("trailsift/engine.wasm")));
    await slim.init(engine);
    console.log(compile("type:f").matches({ type: "f" }), slim.compile("type:f").matches({ type: "s" }), import.meta.resolve("trailsift"));
  `);
  const out = execFileSync(process.execPath, ["use.mjs"], { cwd: consumer, encoding: "utf8" });
  assert.match(out, /^true false file:.*node\.js\n$/);
});

test("the examples of its README do what they say", () => {
  const readme = readFileSync(join(root, "crates/wasm/README.md"), "utf8");
  const [filtering, asking, verifying, ...others] = [...readme.matchAll(/^```js\n([^]*?)^```$/gm)].map(([, example]) => example);
  assert.deepEqual(others, []);
  const entries = [
    '{"type":"fp","ip":"203.0.113.7","date":"2026-06-10T12:00:00Z"}',
    '{"type":"fp","ip":"10.1.2.3","date":"2026-06-10T14:00:00Z"}',
    '{"type":"s","date":"2026-06-10T12:30:00Z"}',
    '{"type":"f","ip":"203.0.113.7","date":"2026-06-10T13:00:00Z"}',
  ];
  writeFileSync(join(consumer, "tenant.ndjson"), entries.join("\n"));
  // What a comment says of a line is asserted.
  const run = (example, assertions) => {
    let said = 0;
    const checked = example.replace(/^((?:await )?(?:query|table)\.\w+\(.*\)); \/\/ (true|false|\d+)$/gm, (_, call, result) => {
      said += 1;
      return `if (${call} !== ${result}) throw new Error(${JSON.stringify(call)});`;
    });
    assert.equal(said, assertions);
    writeFileSync(join(consumer, "example.mjs"), checked);
    const { status, stdout, stderr } = spawnSync(process.execPath, ["example.mjs"], { cwd: consumer, encoding: "utf8" });
    assert.equal(status, 0, stderr);
    return { stdout, stderr };
  };
  const { stdout, stderr } = run(filtering, 2);
  assert.equal(stdout, `${entries[0]}\n${entries[3]}\n`);
  // The wrong query of the example: what is wrong, the query itself, a caret.
  assert.match(stderr, /type:\(f OR[^]*\^/);
  const lines = run(asking, 2).stdout.split("\n");
  assert.deepEqual(lines.slice(0, 3), ["2026-06-10T14:00:00Z fp", "2026-06-10T13:00:00Z f", "2026-06-10T12:00:00Z fp"]);
  assert.equal(lines[3], "{ value: 'fp', count: 2 } 1 121");
  const trail = Trail.sample(5);
  const exported = { "export.ndjson": trail.lines(numbers(2, 5)).join(""), "bundle.json": trail.contiguous(2, 4), "trail.key": `${trail.key}\n` };
  for (const [name, content] of Object.entries(exported)) writeFileSync(join(consumer, name), content);
  assert.match(run(verifying, 0).stdout, /^true 0 Intact and complete: the entries 2 to 5 of/);
});

test("slim starts from nothing but what it is given", () => {
  writeFileSync(join(consumer, "bare.mjs"), `
    import { init } from "trailsift/slim";
    await init().then(() => console.log("started"), (error) => console.log(error.message));
  `);
  assert.match(execFileSync(process.execPath, ["bare.mjs"], { cwd: consumer, encoding: "utf8" }), /needs a source/);
});

test("its types hold what they promise", () => {
  writeFileSync(join(consumer, "use.ts"), `
    import { BudgetError, check, compile, init, EntryError, PackedError, QueryError, Table, unpack, verify } from "trailsift";
    import type { Broken, Diagnostic, Facets, Histogram, LogTable, Options, Progress, Query, TableProgress, Verdict } from "trailsift";
    import { compile as slimCompile, init as slimInit, verify as slimVerify } from "trailsift/slim";
    import { EngineClient } from "trailsift/worker";
    import engine from "trailsift/engine.wasm";
    import verifier from "trailsift/verify.wasm";

    export async function use(blob: Blob): Promise<void> {
      await init();
      await init(new URL("https://example.com/engine.wasm"));
      await slimInit(engine);
      // @ts-expect-error: slim has no engine of its own
      await slimInit();
      const options: Options = { dialect: "fga", schema: "auth0", strict: true, now: 0, ignoreCase: true };
      const diagnostics: Diagnostic[] = check("type:f", options);
      const place: [number, number] | undefined = diagnostics[0] && [diagnostics[0].labels[0]!.span.start, diagnostics[0].suggestions.length];
      const query: Query = compile("type:f", { schema: "any" });
      const yes: boolean = query.matches({ a: 1 }) || query.matches("{}") || query.matches(new Uint8Array());
      const offsets: Float64Array = query.filter(new Uint8Array(), { onBroken: (broken: Broken) => console.log(broken.line, broken.reason) });
      await query.filterBlob(blob, { signal: AbortSignal.timeout(1), onProgress: ({ bytes, totalBytes, entries, found }: Progress) => console.log(bytes, totalBytes, entries, found) });
      const json: unknown = query.toJSON();
      slimCompile("x").free();
      const client = new EngineClient();
      const found: Float64Array = await client.filterBlob(blob, "type:f", { ...options, onBroken: () => {} });
      const table: Table = await Table.from(blob, { schema: "auth0", paths: ["details.request.ip"], budget: 1e9, keep: 1e6, onProgress: ({ bytes, memory }: TableProgress) => console.log(bytes, memory) });
      const either: LogTable[] = [table, await client.table(unpack(blob), { paths: "all", onBroken: () => {} })];
      for (using one of either) {
        const rows: Float64Array = await one.select("type:f", { sort: "date", descending: true, offset: 0, limit: 10 });
        const texts: string[] = await one.rows(rows);
        const facets: Facets[] = await one.facets("", ["type"], 10);
        const histogram: Histogram = await one.histogram("", 10, { field: "date", signal: AbortSignal.timeout(1) });
        const csv: Blob = await one.export("", "csv", { columns: ["date"] });
        console.log(texts, facets[0]?.top[0]?.value, histogram.step.unit, csv, one.length, one.memory, one.columns, one.broken);
      }
      const verdict: Verdict = await verify(blob, "{}", { key: "k", checkpoint: "c", signal: AbortSignal.timeout(1), onProgress: ({ bytes }) => console.log(bytes) });
      for (const { faults, proven } of [verdict, await slimVerify(blob, blob, { module: verifier }), await client.verify(blob.stream(), blob.stream(), { origin: "o" })]) {
        for (const fault of faults) if (fault.kind === "changed") console.log(fault.sequence, fault.id, proven);
      }
      // @ts-expect-error: a bundle is its JSON, not what it says
      await verify(blob, { format: "trailsift-proof-bundle" });
      const count: number = await table.count(query);
      // @ts-expect-error: a worker has no use for a compiled query
      await either[0]!.count(query);
      // @ts-expect-error: there is no such format
      await table.export("", "xml");
      blob.stream().pipeThrough(query.stream({ check: "strict" }));
      client.terminate();
      try {
        // @ts-expect-error: there is no such schema
        compile("x", { schema: "auth1" });
        // @ts-expect-error: there is no such option
        compile("x", { ignorecase: true });
        // @ts-expect-error: an entry is no number
        query.matches(7);
      } catch (error) {
        if (error instanceof QueryError) console.log(error.diagnostics[0]?.rendered);
        if (error instanceof BudgetError) console.log(error.rows, error.bytes, error.budget);
        if (error instanceof PackedError) console.log(error.message, count);
        if (error instanceof EntryError) console.log(error.broken.length, error.matches.length);
      }
      console.log(place, yes, offsets, json, found, query.text, query.warnings);
    }
  `);
  for (const [module, moduleResolution] of [["nodenext", "nodenext"], ["esnext", "bundler"]]) {
    const settings = ["--strict", "--noEmit", "--exactOptionalPropertyTypes", "--target", "es2022", "--lib", "es2022,dom,esnext.disposable", "--types", "node"];
    try {
      execFileSync(process.execPath, [tsc, ...settings, "--module", module, "--moduleResolution", moduleResolution, "use.ts"], { cwd: consumer, encoding: "utf8" });
    } catch (error) {
      assert.fail(`${moduleResolution}: ${error.stdout}`);
    }
  }
});
