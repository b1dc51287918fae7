// What is to be said of the log itself: nothing in it, pieces that are broken, a file that went away.
import type { Broken } from "trailsift/worker";
import type { Log } from "../log.js";
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
      {search.status === "done" && search.entries === 0 && (
        <p role="alert" class="notice bad">
          {log.name} holds no log entries: JSON lines, a JSON array of objects, or a page such as {'{"logs":[…]}'} are expected.
        </p>
      )}
      {search.brokenCount > 0 && <BrokenNotice search={search} />}
    </div>
  );
}

function BrokenNotice({ search: { broken, brokenCount, entries } }: { search: Search }) {
  const more = brokenCount - broken.length;
  return (
    <div role="alert" class="notice doubtful">
      <p>
        {counted(brokenCount, "piece of the log is", "pieces of the log are")} broken and left out;
        {" "}{counted(entries, "entry is", "entries are")} whole and searched.
      </p>
      <ul>
        {broken.map((piece) => <li key={piece.start}>{place(piece)}</li>)}
        {more > 0 && <li>and {count(more)} more</li>}
      </ul>
    </div>
  );
}

function place({ line, offset, reason }: Broken): string {
  return `Line ${count(line)}, byte ${count(offset)}: ${reason}`;
}
