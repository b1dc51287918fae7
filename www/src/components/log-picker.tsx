// The page before there is a log: what this is, and the ways to open one.
import { makeSample, SAMPLES } from "../sample.js";
import { FileButton } from "./file-button.js";
import { Wordmark } from "./wordmark.js";

interface Props {
  opening: string | undefined;
  trouble: string | undefined;
  onFiles: (files: File[]) => void;
}

export function LogPicker({ opening, trouble, onFiles }: Props) {
  return (
    <main class="picker">
      <Wordmark />
      <h1>Follow anything through your login and permission logs</h1>
      <p class="lead">
        Open a log of Auth0, Auth0 FGA, Cerbos or your own audit events, type a query, and see the entries that match.
        It all happens in this browser: the log is not uploaded anywhere.
      </p>
      <section class="target" aria-label="Open a log">
        <p class="target-title">Drop a log file here</p>
        <p class="quiet">JSON lines, a JSON array, or pages of an API’s answer. In one file or in parts.</p>
        <FileButton class="primary" onFiles={onFiles}>Choose a file…</FileButton>
        <p class="samples">
          <span class="quiet">No log at hand? Try a sample:</span>
          {SAMPLES.map((sample) => (
            <button type="button" key={sample.name} onClick={() => onFiles([makeSample(sample)])}>{sample.title}</button>
          ))}
        </p>
      </section>
      <p role="status" class="quiet">{opening ? `Opening ${opening}…` : ""}</p>
      {trouble && <p role="alert" class="notice bad">{trouble}</p>}
    </main>
  );
}
