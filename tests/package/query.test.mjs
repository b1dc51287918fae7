// The public interface: what is asked, what comes back, and how misuse is told.
import assert from "node:assert/strict";
import test from "node:test";
import initBindings from "../../crates/wasm/pkg/bindings.js";
import { and, andNot, check, compile, complete, EntryError, events, init, Query, QueryError, remove } from "../../crates/wasm/pkg/index.js";

await init();

const utf8 = (text) => new TextEncoder().encode(text);
/** The pieces of `bytes` that `filter` points at, as text. */
function cut(bytes, offsets) {
  const pieces = [];
  for (let at = 0; at < offsets.length; at += 2) {
    pieces.push(new TextDecoder().decode(bytes.subarray(offsets[at], offsets[at + 1])));
  }
  return pieces;
}

test("an entry may be an object, its text, or its bytes", () => {
  const query = compile("type:f AND user_name:ann*", { schema: "auth0" });
  const entry = { type: "f", user_name: "anne" };
  for (const [form, value] of [["object", entry], ["text", JSON.stringify(entry)], ["bytes", utf8(JSON.stringify(entry))]]) {
    assert.equal(query.matches(value), true, form);
  }
  assert.equal(query.matches({ ...entry, type: "s" }), false);
});

test("an object is matched as its JSON", () => {
  const date = new Date(Date.UTC(2026, 5, 10));
  assert.equal(compile("date:2026-06-10", { schema: "auth0" }).matches({ date }), true);
  assert.equal(compile("_exists_:gone").matches({ gone: undefined }), false);
  assert.throws(() => compile("a:1").matches({ a: 1n }), TypeError);
});

test("what is no entry is an error, not a miss", () => {
  const query = compile("type:f");
  for (const value of ["", "{", "[1]", "nonsense", '{"type":"f"} {"type":"f"}', utf8('{"type":')]) {
    assert.throws(() => query.matches(value), EntryError, JSON.stringify(value));
  }
  for (const value of [undefined, null, 7, true, () => 0, Symbol("x")]) {
    assert.throws(() => query.matches(value), TypeError, String(value));
  }
});

test("filter gives the bytes of the matching entries, whatever holds them", () => {
  const entries = ['{"type":"f","n":1}', '{"type":"s","n":2}', '{"n":3,"type":"f","who":"Ünal 🔑"}'];
  const query = compile("type:f");
  const forms = {
    ndjson: entries.join("\n"),
    "ndjson with blank lines and CRLF": `\r\n${entries.join("\r\n\r\n")}\r\n`,
    array: `[${entries.join(" ,\n ")}]`,
    page: `{"logs":[${entries.join(",")}],"continuation_token":"x"}`,
  };
  for (const [form, text] of Object.entries(forms)) {
    const bytes = utf8(text);
    const offsets = query.filter(bytes);
    assert.ok(offsets instanceof Float64Array);
    assert.deepEqual(cut(bytes, offsets), [entries[0], entries[2]], form);
  }
  assert.equal(query.filter(new Uint8Array()).length, 0);
});

test("a broken entry is told of, and the matches around it are kept", () => {
  const bytes = utf8('{"type":"f","n":1}\n{"type":"f",\n{"type":"f","n":3}\n{"type":"f","n":4');
  const query = compile("type:f");
  assert.throws(() => query.filter(bytes), (error) => {
    assert.ok(error instanceof EntryError);
    assert.match(error.message, /line 2 /);
    assert.deepEqual(error.broken.map(({ line }) => line), [2, 4]);
    assert.deepEqual(cut(bytes, error.matches), ['{"type":"f","n":1}', '{"type":"f","n":3}']);
    return true;
  });
  const broken = [];
  assert.equal(query.filter(bytes, { onBroken: (piece) => broken.push(piece) }).length, 4);
  assert.deepEqual(broken.map(({ line }) => line), [2, 4]);
  assert.ok(broken.every(({ reason, offset }) => reason !== "" && offset <= bytes.length));
});

test("how much of a log is checked is the caller's choice", () => {
  const bytes = utf8('{"type":"fp","n":1}\n{"type":"s","n":2,}\n{"type":"fp","n":3}\n{"type":"s",,}\n');
  const query = compile("type:fp");
  const lines = (check) => {
    const told = [];
    const found = query.filter(bytes, { check, onBroken: ({ line }) => told.push(line) });
    return [cut(bytes, found).map((entry) => JSON.parse(entry).n), told];
  };
  assert.deepEqual(lines(undefined)[0], [1, 3]);
  assert.deepEqual(lines("every"), [[1, 3], [2, 4]]);
  assert.deepEqual(lines("strict"), [[1], [2]]);
  assert.throws(() => query.filter(bytes, { check: "all" }), /option `check`: `all` is none of `walked`, `every`, `strict`/);
});

test("a stream lets the matching entries pass, each as a line", async () => {
  const text = '{"logs":[{"type":"f","n":1},\n{"type":"s"},\r\n{\n  "type": "f",\n  "n": "é"\n}]}';
  const query = compile("type:f");
  for (const size of [1, 5, 1000]) {
    const pieces = utf8(text);
    let at = 0;
    const log = new ReadableStream({ pull: (to) => (at < pieces.length ? to.enqueue(pieces.slice(at, (at += size))) : to.close()) });
    const lines = await new Response(log.pipeThrough(query.stream())).text();
    assert.equal(lines, '{"type":"f","n":1}\n{   "type": "f",   "n": "é" }\n', `pieces of ${size}`);
  }
  const broken = () => new Blob(['{"type":"f"}\n{"type":"f",']).stream();
  await assert.rejects(new Response(broken().pipeThrough(query.stream())).text(), EntryError);
  const told = [];
  const lines = new Response(broken().pipeThrough(query.stream({ onBroken: ({ line }) => told.push(line) }))).text();
  assert.deepEqual([await lines, told], ['{"type":"f"}\n', [2]]);
});

test("text that is no log at all is an error, not an empty answer", () => {
  assert.throws(() => compile("type:f").filter(utf8("<!doctype html><p>Not found</p>")), EntryError);
});

test("a query's text that has no meaning throws with a caret and diagnostics", () => {
  assert.throws(() => compile("type:f AND (user_name:x", { schema: "auth0" }), (error) => {
    assert.ok(error instanceof QueryError && error instanceof Error);
    assert.equal(error.name, "QueryError");
    assert.match(error.message, /\^/);
    assert.match(error.message, /type:f AND \(user_name:x/);
    const [diagnostic] = error.diagnostics;
    assert.equal(diagnostic.severity, "error");
    assert.equal(typeof diagnostic.code, "string");
    assert.equal(diagnostic.labels[0].span.start, 11);
    return true;
  });
});

test("check never throws for a text", () => {
  for (const text of ["", "type:f AND", "((((", "a:(^", '"', "\ud800:x", "\u0000", "🔑".repeat(4000), "(".repeat(100_000)]) {
    for (const dialect of ["q", "fga"]) {
      assert.ok(Array.isArray(check(text, { dialect })), JSON.stringify(text.slice(0, 20)));
    }
  }
  assert.deepEqual(check("type:f", { schema: "auth0" }), []);
});

test("spans count UTF-16 units", () => {
  const text = 'user_name:"🔑é👩‍💻" AND user_email:x';
  const [diagnostic] = check(text, { schema: "auth0" });
  const { span } = diagnostic.labels[0];
  assert.equal(text.slice(span.start, span.end), "user_email");
  const [suggestion] = diagnostic.suggestions;
  const mended = text.slice(0, suggestion.span.start) + suggestion.replacement + text.slice(suggestion.span.end);
  assert.equal(mended, 'user_name:"🔑é👩‍💻" AND user_name:x');
  assert.deepEqual(check(mended, { schema: "auth0" }), []);
});

test("warnings come with the query, too", () => {
  const query = compile("type:f and type:s");
  assert.deepEqual(query.warnings, check("type:f and type:s"));
  assert.equal(query.warnings[0].severity, "warning");
});

test("options that do not exist are the programmer's mistake", () => {
  const wrong = [
    [{ schema: "auth1" }, /unknown schema `auth1`.*`auth0`.*`any`/],
    [{ dialect: "lucene" }, /option `dialect`.*lucene.*`q`.*`fga`/],
    [{ ignorecase: true }, /unknown option `ignorecase`.*`ignoreCase`/],
    [{ strict: "yes" }, /option `strict`.*boolean/],
    [{ now: Number.NaN }, /option `now`.*no time/],
    [7, /object/],
    [null, /object/],
  ];
  for (const [options, message] of wrong) {
    for (const call of [check, compile]) {
      assert.throws(() => call("type:f", options), (error) => error instanceof TypeError && message.test(error.message), JSON.stringify(options));
    }
  }
  assert.equal(compile("type:f", { schema: undefined, strict: undefined }).matches({ type: "f" }), true);
});

test("options reach the engine", () => {
  const entry = { user_name: "ANNE", date: "2026-06-09T12:00:00Z" };
  assert.equal(compile("user_name:anne").matches(entry), false);
  assert.equal(compile("user_name:anne", { ignoreCase: true }).matches(entry), true);
  const now = Date.UTC(2026, 5, 10);
  assert.equal(compile("date:[now-1d TO now]", { schema: "auth0", now }).matches(entry), true);
  assert.equal(compile("date:[now-1d TO now]", { schema: "auth0", now: new Date(now) }).matches(entry), true);
  assert.equal(compile("date:[now-1h TO now]", { schema: "auth0", now }).matches(entry), false);
  assert.equal(compile("date:[now-1d TO now]", { schema: "auth0" }).matches(entry), Date.now() < now + 43_200_000);
  assert.throws(() => compile("date:[now-1d TO now]", { schema: "auth0", now: null }), QueryError);
  assert.equal(compile("a:'b c'", { dialect: "fga" }).matches({ a: "b c" }), true);
});

test("the filter is plain data that says the same for the same meaning", () => {
  const json = JSON.stringify(compile("type:(f OR s)"));
  assert.equal(json, JSON.stringify(compile("type:f OR type:s")));
  assert.notEqual(json, JSON.stringify(compile("type:f AND type:s")));
  assert.deepEqual(JSON.parse(json), structuredClone(compile("type:f OR type:s").toJSON()));
});

test("a query's canonical text is the same query", () => {
  const options = { schema: "auth0" };
  const query = compile("+type:s  -user_name: x", options);
  assert.equal(query.text, "type:s AND NOT user_name:x");
  assert.equal(compile(query.text, options).text, query.text);
  assert.deepEqual(compile(query.text, options).toJSON(), query.toJSON());
});

test("texts are edited without touching the rest", () => {
  const fga = { dialect: "fga" };
  assert.equal(and("a:1 OR  b:2", "app", "My App"), '(a:1 OR  b:2) AND app:"My App"');
  assert.equal(andNot("type:f", "user_id", "auth0|1"), "type:f AND NOT user_id:auth0|1");
  // What facets give may be a number or a truth value.
  assert.equal(remove(andNot(and("type:f", "n", 204), "ok", true), "n", 204), "type:f AND NOT ok:true");
  assert.equal(remove("type:(f OR fp) AND ip:::1", "ip", "::1"), "type:(f OR fp)");
  assert.ok(compile(and("a:'b'", "c", "d e", fga), fga).matches({ a: "b", c: "d e" }));
  assert.throws(() => and("a:1", "b", "2", { schema: "auth1" }), TypeError);
});

test("completions have places in UTF-16 units", () => {
  const text = 'user_name:"🔑" AND ty';
  const [first] = complete(text, text.length, { schema: "auth0" });
  assert.deepEqual([text.slice(first.span.start, first.span.end), first.replacement, first.kind], ["ty", "type:", "field"]);
  const [code] = complete("type:fp", 7, { schema: "auth0" });
  assert.equal(code.detail, "Failed Login (Incorrect Password)");
  for (const cursor of [0, 5, 999, -1, Number.NaN]) assert.ok(Array.isArray(complete("a:🔑", cursor)));
});

test("completions know the caller's fields", () => {
  const replaced = (text, options) => {
    const cursor = text.indexOf("|");
    const whole = text.replace("|", "");
    const [first] = complete(whole, cursor, options);
    return whole.slice(0, first.span.start) + first.replacement + whole.slice(first.span.end);
  };
  const fields = ["level", "größe 🔑", "http.status"];
  assert.equal(replaced("🔑:x AND gr|", { fields }), "🔑:x AND größe\\ \\🔑:");
  assert.equal(replaced("_exists_:st|", { fields }), "_exists_:http.status");
  assert.equal(replaced("date:[now-7|d TO *] AND x:🔑", { schema: "auth0", fields }), "date:[now-7d TO now] AND x:🔑");
  assert.deepEqual(complete("", 0).map(({ label }) => label), ["NOT", "_exists_"]);
  assert.throws(() => complete("a", 1, { fields: ["a", 7] }), /`fields` is an array of strings/);
  assert.throws(() => compile("a:1", { fields }), /unknown option `fields`/);
});

test("a query says what it means and where an entry has it", () => {
  const query = compile("object:document:annual_report AND NOT user:anne", { dialect: "fga", schema: "fga" });
  const entry = { request: { tuple_key: { user: "anne" }, writes: { tuple_keys: [{ object: "x" }, { object: "document:annual_report" }] } } };
  const expected = [{ leaf: 0, path: "request.writes.tuple_keys.1.object", negated: false }, { leaf: 1, path: "request.tuple_key.user", negated: true }];
  assert.deepEqual(query.explain(entry), expected);
  assert.throws(() => query.explain("["), EntryError);
  const described = compile("type:fp AND ip:10.1.0.0/16", { schema: "auth0" }).describe();
  assert.match(described, /10\.1\.0\.0\/16/);
});

test("event codes have names", () => {
  const known = events();
  assert.ok(known.length >= 185, `${known.length} codes`);
  const { name, category, outcome, retired } = known.find(({ code }) => code === "fp");
  assert.deepEqual([name, category, outcome, retired], ["Failed Login (Incorrect Password)", "login", "failure", false]);
});

test("what is not text is not made into some", () => {
  assert.throws(() => compile(42), /`text` is a string/);
  assert.throws(() => check(compile("a:1")), /`text` is a string/);
  assert.throws(() => and("a:1", {}, "2"), /`field` is a string/);
  assert.throws(() => remove("a:1", "a", {}), /`value` is a string/);
});

test("a freed query says so", () => {
  const query = compile("type:f");
  query.free();
  query.free();
  assert.throws(() => query.matches({}), /`type:f` was freed/);
  assert.throws(() => query.filter(utf8("{}")), /was freed/);
  const disposed = compile("type:s");
  disposed[Symbol.dispose]();
  assert.throws(() => disposed.toJSON(), /was freed/);
  assert.throws(() => disposed.text, /was freed/);
  assert.ok(disposed instanceof Query);
});

test("many queries and scans give their memory back", async () => {
  const { memory } = await initBindings(); // started already: it only hands over what it has
  const before = memory.buffer.byteLength;
  const bytes = utf8('{"type":"f"}\n'.repeat(1000));
  for (let round = 0; round < 2000; round++) {
    const query = compile("type:f AND NOT user_name:x*");
    assert.equal(query.filter(bytes).length, 2000);
    query.free();
  }
  assert.ok(memory.buffer.byteLength - before < 1 << 20, `grew from ${before} to ${memory.buffer.byteLength} bytes`);
});
