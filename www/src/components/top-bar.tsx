// Which log is open, and how its queries are read.
import type { Dialect, SchemaName } from "trailsift/worker";
import type { Log, Reading } from "../log.js";
import { bytes } from "../numbers.js";
import { FileButton } from "./file-button.js";
import { Wordmark } from "./wordmark.js";

const SCHEMAS: [SchemaName, string][] = [
  ["auth0", "Auth0 tenant"],
  ["fga", "Auth0 FGA"],
  ["cerbos-access", "Cerbos access"],
  ["cerbos-decision", "Cerbos decision"],
  ["event", "Audit event"],
  ["any", "Any JSON"],
];

const DIALECTS: [Dialect, string][] = [
  ["q", "q (Lucene)"],
  ["fga", "fga"],
];

interface Props {
  log: Log;
  reading: Reading;
  onReading: (reading: Reading) => void;
  onFiles: (files: File[]) => void;
}

export function TopBar({ log, reading, onReading, onFiles }: Props) {
  return (
    <header class="top-bar">
      <Wordmark />
      <p class="file" title={log.parts.map(({ name }) => name).join("\n")}>
        <span class="file-name">{log.name}</span> <span class="quiet">{bytes(log.blob.size)}</span>
      </p>
      <FileButton onFiles={onFiles}>Open another…</FileButton>
      <label>
        <span>Schema</span>
        <select
          value={reading.schema}
          onChange={(event) => onReading({ ...reading, schema: event.currentTarget.value as SchemaName })}
        >
          {SCHEMAS.map(([name, title]) => (
            <option key={name} value={name}>{name === log.schema && name !== "any" ? `${title} (detected)` : title}</option>
          ))}
        </select>
      </label>
      <label>
        <span>Dialect</span>
        <select
          value={reading.dialect}
          onChange={(event) => onReading({ ...reading, dialect: event.currentTarget.value as Dialect })}
        >
          {DIALECTS.map(([name, title]) => <option key={name} value={name}>{title}</option>)}
        </select>
      </label>
    </header>
  );
}
