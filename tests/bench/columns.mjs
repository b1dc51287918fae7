// Building columns while a log streams in: those of the top level, then all leaves.
import { readFileSync } from "node:fs";

import { job, measure, tell } from "./measure.mjs";

const api = await import("trailsift");
const ROWS = ["table/columns-top", "table/columns-all"];
if (typeof api.Table !== "function") {
  for (const id of ROWS) tell({ id, absent: "not there yet" });
} else {
  await api.init();
  const bytes = readFileSync(job.file);
  const names = [new Set(), new Set()];
  for (const line of bytes.subarray(0, 4 << 20).toString().split("\n").slice(0, -1)) leaves(JSON.parse(line), "", names);
  for (const [index, id] of ROWS.entries()) {
    const fields = [...names[index]];
    const work = async () => {
      const table = await api.Table.from(bytes, { schema: "any", paths: fields });
      const { length, columns } = table;
      table.free();
      const missing = fields.filter((field) => !columns.includes(field));
      if (missing.length > 0) throw new Error(`no columns for ${missing}`);
      return length;
    };
    await measure(id, work, { bytes: bytes.length });
  }
}

/** Adds the paths of an entry's scalars: those of the top level to both sets, deeper ones to the second alone. */
function leaves(value, path, [top, all]) {
  for (const [key, inner] of Object.entries(value)) {
    const name = path ? `${path}.${key}` : key;
    if (typeof inner !== "object" || inner === null) {
      all.add(name);
      if (!path) top.add(name);
    } else if (!Array.isArray(inner)) {
      leaves(inner, name, [top, all]);
    }
  }
}
