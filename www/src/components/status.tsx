// How many entries match, how far a long search has come, and the matches to take along.
import { bytes, count, counted } from "../numbers.js";
import type { Search } from "../use-search.js";
import { DownloadButton } from "./download-button.js";

export function Status({ search, onTrouble }: { search: Search; onTrouble: (trouble: string) => void }) {
  const { status, matches, entries, totalBytes } = search;
  const running = status === "running" || status === "waiting";
  return (
    <div class="status" data-status={status} data-query={search.text} data-log={search.log?.name}>
      <p role="status" aria-busy={running}>
        {status === "waiting" ? "Reading…" : status === "invalid" ? "The query has an error; the entries below are those of the query before." : (
          <>
            <strong>{count(matches.count)}</strong> of {counted(entries, "entry", "entries")}
            {matches.count === 0 && status === "done" && entries > 0 ? ": nothing matches" : ""}
          </>
        )}
      </p>
      {running && totalBytes > 0 && (
        <>
          <progress max={totalBytes} value={search.bytes} aria-label="Search" />
          <span class="quiet">{bytes(search.bytes)} of {bytes(totalBytes)}</span>
        </>
      )}
      <DownloadButton search={search} onTrouble={onTrouble} />
    </div>
  );
}
