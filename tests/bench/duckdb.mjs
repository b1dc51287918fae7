// DuckDB reads the file itself; only the columns that a query needs.
import { statSync } from "node:fs";
import { createRequire } from "node:module";

import { asked, job, measure } from "./measure.mjs";

const { DuckDBInstance } = createRequire(`${job.modules}/`)("@duckdb/node-api");
const instance = await DuckDBInstance.create(":memory:", job.threads ? { threads: String(job.threads) } : {});
const connection = await instance.connect();
const side = job.threads === 1 ? "duckdb-1" : "duckdb";
const bytes = statSync(job.file).size;

const file = job.file.replaceAll("'", "''");
const source = (columns) =>
  columns === null ? `read_json_objects('${file}', format='newline_delimited')` : `read_json('${file}', format='newline_delimited', columns={${columns}})`;

for (const { name, columns, sql } of asked) {
  const work = async () => {
    const reader = await connection.runAndReadAll(`SELECT count(*) FROM ${source(columns)} WHERE ${sql}`);
    return reader.getRows()[0][0];
  };
  await measure(`${side}/${name}${job.suffix ?? ""}`, work, { bytes });
}

/** The scalars of the top level, as the generator writes them. */
const TOP = [
  "date", "type", "description", "connection", "connection_id", "client_id", "client_name", "ip", "client_ip", "user_agent",
  "hostname", "user_id", "user_name", "audience", "strategy", "strategy_type", "organization_id", "organization_name",
  "session_connection", "log_id", "_id", "environment_name", "tenant_name",
];

if (job.load) {
  const load = (from) => async () => {
    await connection.run(`CREATE OR REPLACE TABLE entries AS SELECT * FROM ${from}`);
    return (await connection.runAndReadAll("SELECT count(*) FROM entries")).getRows()[0][0];
  };
  const top = `${TOP.map((name) => `"${name}": 'VARCHAR'`).join(", ")}, "isMobile": 'BOOLEAN'`;
  await measure(`${side}/columns-top`, load(source(top)), { bytes });
  await measure(`${side}/columns-all`, load(`read_json_auto('${file}', format='newline_delimited')`), { bytes });
}
