// A button that hands the matches over as a file.
import { useState } from "preact/hooks";
import { exportMatches, exportName } from "../export.js";
import type { Search } from "../use-search.js";

/** How long a file stays to be fetched once the browser was told of it. */
const KEPT = 60_000;

interface Props {
  search: Search;
  onTrouble: (trouble: string) => void;
}

export function DownloadButton({ search: { status, log, matches }, onTrouble }: Props) {
  const [preparing, setPreparing] = useState(false);
  if (status !== "done" || !log || matches.count === 0) return null;
  const download = async (): Promise<void> => {
    setPreparing(true);
    try {
      save(await exportMatches(log.blob, matches), exportName(log.name));
    } catch (error) {
      onTrouble(`The matches cannot be taken out of ${log.name}: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      setPreparing(false);
    }
  };
  return (
    <button type="button" class="download" disabled={preparing} onClick={() => void download()}>
      {preparing ? "Preparing…" : "Download matches"}
    </button>
  );
}

function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT);
}
