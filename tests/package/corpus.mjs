// Reads the corpus (see `tests/corpus/README.md`): every row with its file's defaults filled in.
import { readdirSync, readFileSync } from "node:fs";
import { parse } from "smol-toml";

const folder = new URL("../corpus/", import.meta.url);

/** `{ name, query, options, entries, matches?, diagnostics }` for each row; `options` are those of the npm package. */
export function cases() {
  return readdirSync(folder).filter((name) => name.endsWith(".toml")).sort().flatMap((file) => {
    const { defaults = {}, row: rows } = parse(readFileSync(new URL(file, folder), "utf8"));
    return rows.map((row, index) => {
      const { query, matches, diagnostics = [], entries = [], schema, dialect, strict, ignore_case, now } = { ...defaults, ...row };
      // `null` is a query without a clock, as a row without `now` means it.
      const options = { schema, dialect, strict, ignoreCase: ignore_case, now: now === undefined ? null : Date.parse(now) };
      return { name: `${file} row ${index + 1}: ${query}`, query, options, entries, matches, diagnostics };
    });
  });
}
