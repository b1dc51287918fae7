//! What must hold for any bytes, one function a fuzz target. `tests/regressions.rs` replays inputs through the same.
//!
//! The first byte of an input chooses the options, the rest is text; `evaluate` takes a query, a line break, and JSON.

#[path = "../../tests/evaluation/naive.rs"]
mod naive;
#[path = "../../tests/tree/mod.rs"]
mod tree;

use trailsift_core::{
    Diagnostic, Dialect, Field, FieldType, Filter, Known, Limits, Options, Schema, Seen, Span,
    Timestamp, check, compile, complete as offer, describe, edit, explain, print, render,
    syntax::{
        self,
        ast::{Node, Value},
    },
};
use tree::Tree;

/// The schema from the lowest three bits, then a bit each for the dialect, `ignore_case`, `strict` and a clock. So `@`
/// is `auth0` in `q`, `I` is `fga` in `fga`, `E` is `any` in `q`.
fn options(byte: u8) -> Options {
    let schemas = Schema::ALL;
    let bit = |bit: u8| byte >> bit & 1 == 1;
    Options {
        schema: schemas[usize::from(byte & 7) % schemas.len()],
        dialect: if bit(3) { Dialect::Fga } else { Dialect::Q },
        ignore_case: bit(4),
        strict: bit(5),
        now: bit(6).then(|| Timestamp::from_millis(1_781_092_800_000)),
        ..Options::default()
    }
}

/// Text to syntax tree: every place that is named lies on character boundaries, parts lie within their whole, and
/// every diagnostic can be drawn.
pub(crate) fn parse(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    for dialect in [Dialect::Q, Dialect::Fga] {
        let (ast, diagnostics) = syntax::parse(text, dialect, &Limits::DEFAULT);
        assert!(diagnostics.len() <= 64);
        diagnostics.iter().for_each(|diagnostic| drawn(text, diagnostic));
        if let Some(root) = &ast.root {
            within(text, root, Span::new(0, text.len()));
        }
    }
}

fn within(text: &str, node: &Node, whole: Span) {
    let span = node.span();
    assert!(whole.start <= span.start && span.end <= whole.end, "{span:?} not in {whole:?}");
    on_boundaries(text, span);
    match node {
        Node::Any(chain) | Node::All(chain) => {
            assert_eq!(chain.items.len(), chain.joins.len() + 1);
            chain.items.iter().for_each(|item| within(text, item, span));
        }
        Node::Prefixed(prefixed) => within(text, &prefixed.node, span),
        Node::Group(group) => within(text, &group.node, span),
        Node::Field(field) => {
            on_boundaries(text, field.name_span);
            within(text, &field.body, span);
        }
        Node::Value(Value::Range(range)) => {
            on_boundaries(text, range.low.span);
            on_boundaries(text, range.high.span);
        }
        Node::Value(Value::Term(_)) | Node::Broken(_) => {}
    }
}

fn on_boundaries(text: &str, span: Span) {
    assert!(text.get(span.start..span.end).is_some(), "{span:?} in {text:?}");
}

fn drawn(text: &str, diagnostic: &Diagnostic) {
    diagnostic.labels.iter().for_each(|label| on_boundaries(text, label.span));
    diagnostic.suggestions.iter().for_each(|suggestion| on_boundaries(text, suggestion.span));
    assert!(!render::render(text, diagnostic).is_empty());
}

/// Text to filter: an error exactly where a query does not compile; the filter survives JSON and its own canonical
/// text; a query with one more condition is a query.
pub(crate) fn lower(input: &[u8]) {
    let Some((first, rest)) = input.split_first() else { return };
    let Ok(text) = str::from_utf8(rest) else { return };
    let options = options(*first);
    let diagnostics = check(text, &options);
    diagnostics.iter().for_each(|diagnostic| drawn(text, diagnostic));
    let query = compile(text, &options);
    assert_eq!(query.is_err(), diagnostics.iter().any(Diagnostic::is_error), "{diagnostics:?}");
    let Ok(query) = query else { return };
    let json = serde_json::to_string(query.filter()).expect("a filter is data");
    let back: Filter = serde_json::from_str(&json).expect("a filter reads its own JSON");
    assert_eq!(&back, query.filter(), "{json}");
    assert!(!describe(query.filter(), &options).is_empty());
    let printed = print(query.filter(), &options);
    let roomy = Options { limits: ROOMY, ..options };
    match compile(&printed, &roomy) {
        Ok(again) => assert_eq!(again.filter(), query.filter(), "{text:?} prints as {printed:?}"),
        Err(error) => panic!("{text:?} prints as {printed:?}\n{error}"),
    }
}

/// What is printed or edited can be longer than what was written, and so longer than a query may be.
const ROOMY: Limits =
    Limits { text: usize::MAX, clauses: usize::MAX, depth: 1000, ..Limits::DEFAULT };

/// A click on a value makes a query of a query: one that wants the value, or one that does not.
pub(crate) fn edit(input: &[u8]) {
    let Some((first, rest)) = input.split_first() else { return };
    let Ok(text) = str::from_utf8(rest) else { return };
    let options = Options { limits: ROOMY, ..options(*first) };
    let field = options.schema.fields().iter().find(|field| field.kind() == FieldType::Keyword);
    let (field, value) = (field.map_or("k", Field::name), "f (1)");
    let with = edit::and(text, field, value, &options);
    let without = edit::and_not(&with, field, value, &options);
    let neither = edit::remove(&without, field, value, &options);
    // In strict mode the vendor may not search the field.
    if compile(text, &options).is_err() || options.strict {
        return;
    }
    let read = |text: &str| {
        compile(text, &options).unwrap_or_else(|error| panic!("{text:?} is edited to\n{error}"))
    };
    let nothing = serde_json::json!({});
    assert!(!read(&with).matcher().matches(Tree(&nothing)), "{text:?} with the value: {with:?}");
    let mut entry = serde_json::Value::from(value);
    for key in field.rsplit('.') {
        entry = serde_json::json!({ key: entry });
    }
    let matches = read(&without).matcher().matches(Tree(&entry));
    assert!(!matches, "{text:?} without the value: {without:?}");
    read(&neither);
    assert_eq!(edit::and(&with, field, value, &options), with, "{text:?}: a second click");
}

/// A query against an entry: the matcher answers as the naive evaluator does, and what it finds can be explained.
pub(crate) fn evaluate(input: &[u8]) {
    let Some((first, rest)) = input.split_first() else { return };
    let Some(end) = rest.iter().position(|byte| *byte == b'\n') else { return };
    let (query, entry) = rest.split_at(end);
    let (Ok(text), Ok(entry)) =
        (str::from_utf8(query), serde_json::from_slice::<serde_json::Value>(entry))
    else {
        return;
    };
    let Ok(query) = compile(text, &options(*first)) else { return };
    let expected = naive::matches(query.filter(), &entry);
    assert_eq!(query.matcher().matches(Tree(&entry)), expected, "{text} on {entry}");
    if let Filter::Leaf(_) = query.filter() {
        assert_eq!(
            !explain(query.filter(), Tree(&entry)).is_empty(),
            expected,
            "{text} on {entry}"
        );
    }
}

/// What is offered at a cursor: places on character boundaries, and never a long list.
pub(crate) fn complete(input: &[u8]) {
    let [first, at, rest @ ..] = input else { return };
    let Ok(text) = str::from_utf8(rest) else { return };
    let seen = [
        Seen { field: "type", value: "f (1)", count: 2 },
        Seen { field: "user_name", value: "Zoë \"Z\" O'Hara", count: 1 },
    ];
    let known = Known { fields: &["a b", "Zoë.x"], seen: &seen };
    let offered = offer(text, usize::from(*at), &options(*first), known);
    assert!(offered.len() <= 50);
    for completion in offered {
        on_boundaries(text, completion.span);
    }
}
