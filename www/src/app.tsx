// The page as a whole: a log, a query, what matches; and the keys that reach everything.
import { useEffect, useRef, useState } from "preact/hooks";
import { EngineClient } from "trailsift/worker";
import { DropArea } from "./components/drop-area.js";
import { EntryDetail } from "./components/entry-detail.js";
import { EntryList } from "./components/entry-list.js";
import { LogPicker } from "./components/log-picker.js";
import { Notices } from "./components/notices.js";
import { QueryBar } from "./components/query-bar.js";
import { Status } from "./components/status.js";
import { TopBar } from "./components/top-bar.js";
import { learnEvents } from "./events.js";
import { type Log, openLog, type Reading } from "./log.js";
import { useSearch } from "./use-search.js";

const engine = new EngineClient();

export function App() {
  const [log, setLog] = useState<Log>();
  const [opening, setOpening] = useState<string>();
  const [trouble, setTrouble] = useState<string>();
  const [text, setText] = useState("");
  const [reading, setReading] = useState<Reading>({ dialect: "q", schema: "any" });
  const [search, run] = useSearch(engine, log, text, reading);
  const [active, setActive] = useState(0);
  const [opened, setOpened] = useState<number>();
  const queryInput = useRef<HTMLInputElement>(null);
  const listBox = useRef<HTMLDivElement>(null);

  const open = async (files: File[]): Promise<void> => {
    setOpening(files.length === 1 ? files[0]?.name : `${files.length} files`);
    setTrouble(undefined);
    try {
      await learnEvents(engine);
    } catch (error) {
      setOpening(undefined);
      setTrouble(`The query engine could not be started: ${error instanceof Error ? error.message : String(error)}. Open the log again to retry.`);
      return;
    }
    const { log: next, leftOut } = await openLog(engine, files);
    setOpening(undefined);
    if (leftOut.length > 0) {
      const kept = next ? `${next.name} ${next.parts.length > 1 ? "are" : "is"} open.` : log ? `${log.name} stays open.` : "";
      setTrouble([...leftOut, kept].join(" ").trimEnd());
    }
    if (!next) return;
    setReading({ schema: next.schema, dialect: next.schema === "fga" ? "fga" : "q" });
    setText("");
    setLog(next);
  };

  // What was opened belongs to the matches before: a new search closes it.
  useEffect(() => {
    setActive(0);
    setOpened(undefined);
  }, [search.matches]);

  useEffect(() => {
    if (log) queryInput.current?.focus();
  }, [log]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const inField = event.target instanceof HTMLElement && event.target.matches("input, select, textarea");
      if (event.key === "/" && !inField && queryInput.current) {
        event.preventDefault();
        queryInput.current.focus();
        queryInput.current.select();
      } else if (event.key === "Escape") {
        setOpened(undefined);
      }
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);

  if (!log) {
    return (
      <DropArea onFiles={open}>
        <LogPicker opening={opening} trouble={trouble} onFiles={open} />
      </DropArea>
    );
  }
  // Matches are places in the log that was searched, which for a moment is still the one before.
  const { blob } = search.log ?? log;
  return (
    <DropArea onFiles={open}>
      <div class="workbench">
        <TopBar log={log} reading={reading} onReading={setReading} onFiles={open} />
        <QueryBar
          inputRef={queryInput} text={text} reading={reading} search={search}
          onText={setText} onRun={run} onLeaveDown={() => listBox.current?.focus()}
        />
        <Notices log={log} search={search} trouble={trouble} onDismissTrouble={() => setTrouble(undefined)} />
        <Status search={search} onTrouble={setTrouble} />
        <main class={opened === undefined ? "results" : "results with-detail"}>
          <EntryList
            boxRef={listBox} blob={blob} matches={search.matches} schema={reading.schema} stale={search.status === "invalid"}
            active={active} onActive={setActive} opened={opened} onOpen={setOpened} onLeaveUp={() => queryInput.current?.focus()}
          />
          {opened !== undefined && (
            <EntryDetail blob={blob} matches={search.matches} index={opened} onClose={() => {
              setOpened(undefined);
              listBox.current?.focus();
            }} />
          )}
        </main>
      </div>
    </DropArea>
  );
}
