// liqe, a search engine for JavaScript objects with Lucene's syntax: each line is parsed and held against the query.
// It has no ranges of dates, and its words match within texts: its query is Q1 without the days, with other counts.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { eachLine, job, measure } from "./measure.mjs";

const { parse, test } = createRequire(`${job.modules}/`)("liqe");
const query = parse("type:f AND ip:/^10\\.1\\./");
const bytes = readFileSync(job.file);
const work = () => {
  let count = 0;
  eachLine(bytes, (line) => {
    if (test(query, JSON.parse(line))) count++;
  });
  return count;
};
await measure("liqe/q1", work, { bytes: bytes.length });
