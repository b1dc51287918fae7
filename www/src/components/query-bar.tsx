// Where the query is typed, and what is wrong with it or doubtful about it right below.
import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Diagnostic, SchemaName, Suggestion } from "trailsift/worker";
import type { Reading } from "../log.js";
import type { Search } from "../use-search.js";

interface Props {
  inputRef: RefObject<HTMLInputElement | null>;
  text: string;
  reading: Reading;
  search: Search;
  onText: (text: string) => void;
  onRun: () => void;
  onLeaveDown: () => void;
}

export function QueryBar({ inputRef, text, reading, search, onText, onRun, onLeaveDown }: Props) {
  const { diagnostics } = search;
  const wrong = diagnostics.some(({ severity }) => severity === "error");
  const apply = ({ span, replacement }: Suggestion): void => {
    onText(text.slice(0, span.start) + replacement + text.slice(span.end));
    inputRef.current?.focus();
  };
  return (
    <form
      class="query-bar" role="search"
      onSubmit={(event) => {
        event.preventDefault();
        onRun();
      }}
    >
      <div class={wrong ? "query-field wrong" : "query-field"}>
        <input
          ref={inputRef} type="text" aria-label="Query" placeholder="Every entry. Type a query…"
          autocomplete="off" autocapitalize="off" autocorrect="off" spellcheck={false} enterkeyhint="search"
          aria-invalid={wrong} aria-describedby="diagnostics" value={text}
          onInput={(event) => onText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "ArrowDown") {
              event.preventDefault();
              onLeaveDown();
            }
          }}
        />
        {text === "" ? <kbd title="Press / to come back here">/</kbd> : (
          <button type="button" class="clear" aria-label="Clear the query" onClick={() => {
            onText("");
            inputRef.current?.focus();
          }}>×</button>
        )}
      </div>
      <div id="diagnostics" aria-live="polite">
        {diagnostics.map((diagnostic, index) => <DiagnosticView key={index} diagnostic={diagnostic} onApply={apply} />)}
      </div>
      {text === "" && <Examples reading={reading} onPick={onText} />}
    </form>
  );
}

function DiagnosticView({ diagnostic, onApply }: { diagnostic: Diagnostic; onApply: (suggestion: Suggestion) => void }) {
  return (
    <div class={`diagnostic ${diagnostic.severity}`}>
      <p class="message">{withCode(diagnostic.message)}</p>
      <Excerpt rendered={diagnostic.rendered} />
      {diagnostic.help && <p>{withCode(diagnostic.help)}</p>}
      {diagnostic.suggestions.length > 0 && (
        <p class="fixes">
          {diagnostic.suggestions.map((suggestion, index) => (
            <button type="button" key={index} onClick={() => onApply(suggestion)}>{withCode(suggestion.title)}</button>
          ))}
        </p>
      )}
    </div>
  );
}

/** The query's text with carets under what is meant, scrolled to the first of them where it is too wide. */
function Excerpt({ rendered }: { rendered: string }) {
  const box = useRef<HTMLPreElement>(null);
  const caret = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    if (!box.current || !caret.current) return;
    const { offsetLeft, offsetWidth } = caret.current;
    const beyond = offsetLeft + offsetWidth - box.current.clientWidth;
    box.current.scrollLeft = beyond > 0 ? Math.min(offsetLeft, beyond + box.current.clientWidth / 4) : 0;
  }, [rendered]);
  const lines = excerpt(rendered);
  const first = lines.findIndex((line) => CARETS.test(line));
  return (
    <pre ref={box}>
      {lines.map((line, index) => {
        const end = index === lines.length - 1 ? "" : "\n";
        const [, space, carets, rest] = CARETS.exec(line) ?? [];
        if (carets === undefined) return line + end;
        return [space, <span key={index} class="carets" ref={index === first ? caret : null}>{carets}</span>, rest + end];
      })}
    </pre>
  );
}

const CARETS = /^( *)(\^+)(.*)$/;

/** The lines of the drawing that show the query, without the gutter: it has one line, and the rest is said beside. */
function excerpt(rendered: string): string[] {
  return rendered.split("\n").flatMap((line) => /^ *\d* \| (.*)$/.exec(line)?.[1] ?? []);
}

/** The engine's sentences put code in backticks. */
function withCode(sentence: string) {
  return sentence.split("`").map((piece, index) => (index % 2 === 1 ? <code key={index}>{piece}</code> : piece));
}

const EXAMPLES: Record<SchemaName, string[]> = {
  auth0: ["outcome:failure", "type:fp AND ip:203.0.113.0/24", "category:login AND NOT type:s", "description:*password*"],
  fga: ["request.operation:Write", "allowed:false", "relation:owner AND object:document:payroll"],
  "cerbos-access": ["NOT method:*CheckResources", "userAgent:cerbos-sdk-*", "_exists_:statusCode"],
  "cerbos-decision": ["effect:EFFECT_DENY", "kind:invoice AND action:approve", "_exists_:planResources"],
  event: ["outcome:failure", "type:login.*", "actor.ip:10.0.0.0/8"],
  any: ["error", "_exists_:ip"],
};

const FGA_EXAMPLES = ["request.operation:Write", "allowed:false", "relation:owner & object:'document:payroll'"];

function Examples({ reading: { schema, dialect }, onPick }: { reading: Reading; onPick: (text: string) => void }) {
  const examples = schema === "fga" && dialect === "fga" ? FGA_EXAMPLES : EXAMPLES[schema];
  return (
    <p class="examples">
      <span class="quiet">For example</span>
      {examples.map((example) => <button type="button" key={example} onClick={() => onPick(example)}>{example}</button>)}
    </p>
  );
}
