//! The manual's tables, made from the code that they speak of: schemas, event codes, limits.
//!
//! A page holds the table between two comments, `<!-- table: name -->` and `<!-- end -->`.

use serde_json::{Value, json};
use trailsift_core::{
    Code, Field, FieldType, Limits, Options, Schema, check, compile,
    events::{Category, EVENTS, Outcome},
};

use crate::{
    page::{Page, Part, turn},
    tree::Tree,
};

#[test]
fn the_tables_are_those_of_the_code() {
    let _turn = turn();
    let mut tables = Vec::new();
    for name in ["language.md", "event-codes.md"] {
        let page = Page::read(name);
        let mut parts = Vec::new();
        let mut within = false;
        for part in &page.parts {
            let Part::Line(line) = part else {
                parts.push(part.clone());
                continue;
            };
            if line == "<!-- end -->" {
                within = false;
            }
            if !within {
                parts.push(part.clone());
            }
            let marker =
                line.strip_prefix("<!-- table: ").and_then(|rest| rest.strip_suffix(" -->"));
            if let Some(table) = marker {
                within = true;
                let rows = rows(table).unwrap_or_else(|| panic!("{name}: no table `{table}`"));
                let lines = [String::new()].into_iter().chain(rows).chain([String::new()]);
                parts.extend(lines.map(Part::Line));
                tables.push(table.to_owned());
            }
        }
        page.must_be(&parts);
    }
    for schema in Schema::ALL.iter().filter(|schema| !schema.is_open()) {
        assert!(tables.contains(&schema.name().to_owned()), "{schema}: no table");
    }
    for table in ["limits", "categories", "codes"] {
        assert!(tables.contains(&table.to_owned()), "{table}: no table");
    }
}

fn rows(table: &str) -> Option<Vec<String>> {
    match table {
        "limits" => Some(limits()),
        "categories" => Some(categories()),
        "codes" => Some(codes()),
        schema => Schema::by_name(schema).map(fields),
    }
}

fn limits() -> Vec<String> {
    let Limits { text, depth, clauses, stars, question_marks } = Limits::DEFAULT;
    vec![
        "| limit | at most | code |".into(),
        "| --- | --- | --- |".into(),
        format!("| bytes of text | {text} | {} |", link(Code::TooLong)),
        format!("| groups and negations within each other | {depth} | {} |", link(Code::TooDeep)),
        format!("| conditions | {clauses} | {} |", link(Code::TooManyClauses)),
        format!("| `*` in one value | {stars} | {} |", link(Code::TooManyStars)),
        format!("| `?` in one value | {question_marks} | {} |", link(Code::TooManyStars)),
    ]
}

fn link(code: Code) -> String {
    format!("[`{code}`](diagnostics/{code}.md)")
}

fn fields(schema: &'static Schema) -> Vec<String> {
    let options = Options { schema, ..Options::default() };
    let strict = Options { strict: true, ..options.clone() };
    let refuses = |field: &Field| !check(&format!("{}:*", field.name()), &strict).is_empty();
    let vendor = schema.fields().iter().any(refuses);
    let (head, rule) = if vendor { (" `strict` |", " --- |") } else { ("", "") };
    let mut rows = vec![
        format!("| field | also written | holds | type | bare term |{head}"),
        format!("| --- | --- | --- | --- | --- |{rule}"),
    ];
    for field in schema.fields() {
        let aliases: Vec<_> = field.aliases_of().iter().map(|name| format!("`{name}`")).collect();
        let role = match Some(field.name()) {
            name if name == schema.time_field() => ", the entry's time",
            name if name == schema.id_field() => ", the entry's id",
            _ => "",
        };
        let bare = if searched_by_a_bare_term(field, &options) { "yes" } else { "" };
        let strict = match (vendor, refuses(field)) {
            (false, _) => "",
            (true, true) => " |",
            (true, false) => " yes |",
        };
        rows.push(format!(
            "| `{}` | {} | {}{role} | {} | {bare} |{strict}",
            field.name(),
            aliases.join(", "),
            field.title(),
            type_name(field.kind()),
        ));
    }
    rows
}

const fn type_name(kind: FieldType) -> &'static str {
    match kind {
        FieldType::Text => "text",
        FieldType::Keyword => "keyword",
        FieldType::Id => "id",
        FieldType::Date => "date",
        FieldType::Number => "number",
        FieldType::Bool => "true or false",
        FieldType::Ip => "address",
        FieldType::Object => "object",
        FieldType::Any => "any",
    }
}

/// Asked of the evaluator: whether a word in the field, and nowhere else, is found without naming the field.
fn searched_by_a_bare_term(field: &Field, options: &Options) -> bool {
    let mut entry = json!("needle");
    for key in field.name().rsplit('.') {
        let key = if key == "*" { "view" } else { key };
        entry = Value::Object([(key.to_owned(), entry)].into_iter().collect());
    }
    let query = compile("needle", options).unwrap_or_else(|error| panic!("{error}"));
    query.matcher().matches(Tree(&entry))
}

fn categories() -> Vec<String> {
    let mut rows = vec![
        "| `category` | `outcome:success` | `outcome:failure` | `outcome:warning` |".into(),
        "| --- | --- | --- | --- |".into(),
    ];
    for category in Category::ALL {
        let codes = |outcome| {
            let events = EVENTS
                .iter()
                .filter(|event| (event.category, event.outcome) == (*category, outcome));
            let codes: Vec<_> = events.map(|event| format!("`{}`", event.code)).collect();
            codes.join(" ")
        };
        let cells: Vec<_> = Outcome::ALL.iter().map(|outcome| codes(*outcome)).collect();
        rows.push(format!("| `{category}` | {} |", cells.join(" | ")));
    }
    rows
}

fn codes() -> Vec<String> {
    let mut rows =
        vec!["| code | name | category | outcome |".into(), "| --- | --- | --- | --- |".into()];
    rows.extend(EVENTS.iter().map(|event| {
        let retired = if event.retired { " (retired)" } else { "" };
        let (code, name) = (event.code, event.name);
        format!("| `{code}` | {name}{retired} | {} | {} |", event.category, event.outcome)
    }));
    rows
}
