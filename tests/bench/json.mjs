// The peer that every JavaScript program has: JSON.parse of each line, then a closure. The bytes are in memory.
import { readFileSync } from "node:fs";

import { asked, closure, eachLine, job, measure } from "./measure.mjs";

const bytes = readFileSync(job.file);
for (const query of asked) {
  const matches = closure(query);
  const work = () => {
    let count = 0;
    eachLine(bytes, (line) => {
      if (matches(JSON.parse(line), line)) count++;
    });
    return count;
  };
  await measure(`json/${query.name}${job.suffix ?? ""}`, work, { bytes: bytes.length });
}
