// JSON laid out for reading, token by token from its own text: numbers keep all their digits and repeated keys stay.

/** A piece of laid-out JSON. `space` holds the line breaks and indentation. */
export interface Token {
  kind: "key" | "string" | "number" | "word" | "mark" | "space";
  text: string;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gs;

/** The tokens of `json` with two spaces of indentation a level. Text that is no JSON comes out as it can. */
export function pretty(json: string): Token[] {
  const texts = json.match(TOKEN) ?? [];
  const tokens: Token[] = [];
  let depth = 0;
  const newline = (): void => void tokens.push({ kind: "space", text: `\n${"  ".repeat(Math.max(depth, 0))}` });
  for (const [index, text] of texts.entries()) {
    const next = texts[index + 1];
    if (text === "{" || text === "[") {
      tokens.push({ kind: "mark", text });
      depth += 1;
      if (next !== "}" && next !== "]") newline();
    } else if (text === "}" || text === "]") {
      depth -= 1;
      const before = texts[index - 1];
      if (before !== "{" && before !== "[") newline();
      tokens.push({ kind: "mark", text });
    } else if (text === ",") {
      tokens.push({ kind: "mark", text });
      newline();
    } else if (text === ":") {
      tokens.push({ kind: "mark", text }, { kind: "space", text: " " });
    } else {
      tokens.push({ kind: kindOf(text, next), text });
    }
  }
  return tokens;
}

function kindOf(text: string, next: string | undefined): Token["kind"] {
  if (text.startsWith('"')) return next === ":" ? "key" : "string";
  return /^[-\d]/.test(text) ? "number" : "word";
}
