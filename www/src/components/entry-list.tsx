// The matching entries as rows. Only those in view exist in the document, however many match.
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import type { SchemaName } from "trailsift/worker";
import type { Matches } from "../matches.js";
import { type LoadedEntry, useRows } from "../use-rows.js";

interface Props {
  boxRef: RefObject<HTMLDivElement | null>;
  blob: Blob;
  matches: Matches;
  schema: SchemaName;
  /** Whether these are the matches of a query that is no longer the one typed. */
  stale: boolean;
  active: number;
  onActive: (index: number) => void;
  opened: number | undefined;
  onOpen: (index: number) => void;
  onLeaveUp: () => void;
}

const WIDE_ROW = 34;
const NARROW_ROW = 62;
/** Browsers cannot make an element much taller than this; beyond it, scrolling is scaled. */
const TALLEST = 8_000_000;
/** Rows that are drawn above and below those in view. */
const MARGIN = 8;

export function EntryList({ boxRef, blob, matches, schema, stale, active, onActive, opened, onOpen, onLeaveUp }: Props) {
  const [scrollTop, setScrollTop] = useState(0);
  const [height, rowHeight] = useBox(boxRef);
  const full = matches.count * rowHeight;
  const tall = Math.min(full, TALLEST);
  const scale = tall > height ? (full - height) / (tall - height) : 1;
  const top = Math.min(scrollTop, Math.max(tall - height, 0)) * scale;
  const first = Math.max(Math.floor(top / rowHeight) - MARGIN, 0);
  const last = Math.min(Math.ceil((top + height) / rowHeight) + MARGIN, matches.count);
  const entryAt = useRows(blob, matches, schema, first, last);

  useLayoutEffect(() => {
    if (boxRef.current) boxRef.current.scrollTop = 0;
  }, [blob, matches]);

  const move = (to: number): void => {
    const index = Math.max(0, Math.min(to, matches.count - 1));
    onActive(index);
    if (opened !== undefined) onOpen(index);
    const box = boxRef.current;
    if (!box) return;
    const above = index * rowHeight;
    const below = above + rowHeight - height;
    if (top > above) box.scrollTop = above / scale;
    else if (top < below) box.scrollTop = below / scale;
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.max(Math.floor(height / rowHeight) - 1, 1);
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    const step = steps[event.key];
    if (event.key === "ArrowUp" && active === 0) onLeaveUp();
    else if (step !== undefined) move(active + step);
    else if ((event.key === "Enter" || event.key === " ") && matches.count > 0) onOpen(active);
    else return;
    event.preventDefault();
  };

  const indexes = Array.from({ length: Math.max(last - first, 0) }, (_, offset) => first + offset);
  return (
    <section class={stale ? "list stale" : "list"} aria-label="Matching entries">
      <div class="columns" aria-hidden="true">
        <span>Time (UTC)</span><span>Type</span><span>Who</span><span>From</span><span>What</span>
      </div>
      <div
        ref={boxRef} class="rows" role="listbox" tabIndex={0} aria-label="Matching entries"
        aria-activedescendant={matches.count > 0 ? `row-${active}` : undefined}
        onScroll={(event) => setScrollTop(event.currentTarget.scrollTop)} onKeyDown={onKeyDown}
      >
        <div class="extent" style={{ height: `${tall}px` }} role="presentation">
          {indexes.map((index) => (
            <EntryRow
              key={index} index={index} count={matches.count} entry={entryAt(index)} active={index === active} opened={index === opened}
              y={scrollTop + index * rowHeight - top} height={rowHeight}
              onClick={() => {
                onActive(index);
                onOpen(index);
              }}
            />
          ))}
        </div>
      </div>
    </section>
  );
}

interface RowProps {
  index: number;
  count: number;
  entry: LoadedEntry | undefined;
  active: boolean;
  opened: boolean;
  y: number;
  height: number;
  onClick: () => void;
}

function EntryRow({ index, count, entry, active, opened, y, height, onClick }: RowProps) {
  const row = entry?.row;
  return (
    <div
      id={`row-${index}`} class={active ? "row active" : "row"} role="option" aria-selected={opened}
      aria-setsize={count} aria-posinset={index + 1} style={{ transform: `translateY(${y}px)`, height: `${height}px` }} onClick={onClick}
    >
      {row ? (
        <>
          <span class="time">{row.time}</span>
          <span class={`kind ${row.outcome}`} title={row.kindName}>{row.kind}</span>
          <span class="who">{row.who}</span>
          <span class="from">{row.from}</span>
          <span class="what">{row.what}</span>
        </>
      ) : <span class="quiet">…</span>}
    </div>
  );
}

/** The list's height, and a row's, which is larger where the window is narrow. */
function useBox(ref: RefObject<HTMLDivElement | null>): [height: number, row: number] {
  const [box, setBox] = useState<[number, number]>([600, WIDE_ROW]);
  useEffect(() => {
    const element = ref.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => setBox([element.clientHeight, element.clientWidth < 640 ? NARROW_ROW : WIDE_ROW]));
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return box;
}
