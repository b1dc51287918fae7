// Takes files that are dropped anywhere on the page, and shows that it would.
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";

export function DropArea({ onFiles, children }: { onFiles: (files: File[]) => void; children: ComponentChildren }) {
  const [over, setOver] = useState(false);
  // Entering a child leaves its parent: only as many leaves as enters mean that the pointer is outside.
  const depth = useRef(0);
  return (
    <div
      class={over ? "drop-area over" : "drop-area"}
      onDragEnter={(event) => {
        event.preventDefault();
        depth.current += 1;
        setOver(event.dataTransfer?.types.includes("Files") ?? false);
      }}
      onDragOver={(event) => event.preventDefault()}
      onDragLeave={() => {
        depth.current -= 1;
        if (depth.current <= 0) setOver(false);
      }}
      onDrop={(event) => {
        event.preventDefault();
        depth.current = 0;
        setOver(false);
        const files = [...(event.dataTransfer?.files ?? [])];
        if (files.length > 0) onFiles(files);
      }}
    >
      {children}
      {over && <div class="drop-hint" aria-hidden="true">Drop the log, or all its parts, to open it</div>}
    </div>
  );
}
