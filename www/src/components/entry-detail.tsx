// One entry in full, laid out for reading. Its text is the attacker's: nothing here is ever parsed as HTML.
import { useEffect, useState } from "preact/hooks";
import type { Matches } from "../matches.js";
import { bytes, count } from "../numbers.js";
import { pretty } from "../pretty.js";

interface Props {
  blob: Blob;
  matches: Matches;
  index: number;
  onClose: () => void;
}

/** Larger entries are shown as they stand: thousands of coloured pieces would make the page slow. */
const LARGEST_COLOURED = 200_000;

export function EntryDetail({ blob, matches, index, onClose }: Props) {
  const range = matches.range(index);
  const [start, end] = range ?? [0, 0];
  const [json, setJson] = useState<string>();
  const [copied, setCopied] = useState(false);

  useEffect(() => {
    let current = true;
    setCopied(false);
    blob.slice(start, end).text().then(
      (text) => current && setJson(text),
      (error: unknown) => current && setJson(`The entry cannot be read: ${String(error)}`),
    );
    return () => void (current = false);
  }, [blob, start, end]);

  return (
    <aside class="detail" aria-label="Entry">
      <header>
        <h2>Match {count(index + 1)} <span class="quiet">of {count(matches.count)} · {bytes(end - start)} at byte {count(start)}</span></h2>
        <button type="button" onClick={() => void navigator.clipboard.writeText(json ?? "").then(() => setCopied(true))}>
          {copied ? "Copied" : "Copy"}
        </button>
        <button type="button" aria-label="Close the entry" onClick={onClose}>×</button>
      </header>
      <pre class="json" tabIndex={0}>{json === undefined ? "" : <Json text={json} />}</pre>
    </aside>
  );
}

function Json({ text }: { text: string }) {
  if (text.length > LARGEST_COLOURED) return <>{text}</>;
  return <>{pretty(text).map(({ kind, text: piece }, at) => (kind === "space" ? piece : <span key={at} class={kind}>{piece}</span>))}</>;
}
