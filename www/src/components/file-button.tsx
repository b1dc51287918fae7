// A button that asks for a file, or for several.
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";

interface Props {
  class?: string;
  onFiles: (files: File[]) => void;
  children: ComponentChildren;
}

export function FileButton({ class: name, onFiles, children }: Props) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" class={name} onClick={() => input.current?.click()}>{children}</button>
      <input
        ref={input} type="file" multiple hidden aria-label="Log file" accept=".ndjson,.jsonl,.json,.log,.txt,application/json,application/x-ndjson"
        onChange={(event) => {
          const files = [...(event.currentTarget.files ?? [])];
          event.currentTarget.value = ""; // so that the same file can be chosen again
          if (files.length > 0) onFiles(files);
        }}
      />
    </>
  );
}
