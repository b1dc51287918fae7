// What is to be said of the log itself: files that could not be opened, pieces that are broken, a file that went away.
import type { Broken } from "trailsift/worker";
import { type Log, placeIn } from "../log.js";
import { count, counted } from "../numbers.js";
import type { Search } from "../use-search.js";

interface Props {
  log: Log;
  search: Search;
  trouble: string | undefined;
  onDismissTrouble: () => void;
}

export function Notices({ log, search, trouble, onDismissTrouble }: Props) {
  return (
    <div class="notices">
      {trouble && (
        <p role="alert" class="notice bad">
          {trouble} <button type="button" onClick={onDismissTrouble}>Dismiss</button>
        </p>
      )}
      {search.failure && search.status === "failed" && <p role="alert" class="notice bad">{search.failure}</p>}
      {search.brokenCount > 0 && <BrokenNotice log={search.log ?? log} search={search} />}
    </div>
  );
}

function BrokenNotice({ log, search: { broken, brokenCount, entries } }: { log: Log; search: Search }) {
  const more = brokenCount - broken.length;
  return (
    <div role="alert" class="notice doubtful">
      <p>
        {counted(brokenCount, "piece of the log is", "pieces of the log are")} broken and left out;
        {" "}{counted(entries, "entry is", "entries are")} whole and searched.
      </p>
      <ul>
        {broken.map((piece) => <li key={piece.start}>{place(log, piece)}</li>)}
        {more > 0 && <li>and {count(more)} more</li>}
      </ul>
    </div>
  );
}

function place(log: Log, piece: Broken): string {
  const { name, line, offset } = placeIn(log, piece);
  return `${name ?? `Line ${count(line ?? 0)}`}, byte ${count(offset)}: ${piece.reason}`;
}
