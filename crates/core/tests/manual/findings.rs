//! What the language's manual says that its queries find.
//!
//! An `entries` block holds one entry a line behind a name of one letter, and the settings for what follows. A
//! `queries` block holds one query a line, an arrow, and the names of the entries that match: `all`, `none`, or
//! `error` with the code. Behind a semicolon stand the codes of warnings, behind `#` a remark. A `readings` block
//! holds queries and what they are in English.

use trailsift_core::{Code, Diagnostic, Options, compile, describe};

use crate::{
    messages::examples,
    page::{Block, Page, turn},
    settings::options,
    tree::Tree,
};

const ARROW: &str = " → ";

#[test]
fn every_query_of_the_language_page_finds_what_the_page_says() {
    let _turn = turn();
    let page = Page::read("language.md");
    let (mut defaults, mut entries) = (Options::default(), Vec::new());
    let (mut wrong, mut rows) = (Vec::new(), 0);
    for block in page.blocks() {
        match block.kind.as_str() {
            "entries" => {
                defaults = options(&block.words, &Options::default(), &block.place);
                entries = block.body.lines().map(entry).collect();
            }
            "queries" | "readings" => {
                let options = options(&block.words, &defaults, &block.place);
                for line in block.body.lines().filter(|line| !line.is_empty()) {
                    let (query, expected) =
                        line.split_once(ARROW).unwrap_or_else(|| panic!("{}: {line}", block.place));
                    let query = query.trim_end();
                    let expected = expected.split(" # ").next().unwrap_or_default().trim();
                    let found = match block.kind.as_str() {
                        "queries" => finds(query, &options, &entries),
                        _ => reads(query, &options),
                    };
                    if found != expected {
                        let place = &block.place;
                        wrong
                            .push(format!("{place}: {query}\n  page  {expected}\n  found {found}"));
                    }
                    rows += 1;
                }
            }
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(rows > 100, "the manual has lost its examples");
}

#[test]
fn every_message_of_the_language_page_is_what_is_said() {
    let _turn = turn();
    assert!(!examples(&Page::read("language.md"), None).is_empty());
}

#[test]
fn every_block_is_of_a_kind_that_is_run() {
    let _turn = turn();
    let page = Page::read("language.md");
    let known = ["entries", "queries", "readings", "query", "message", "fixed", "instead"];
    for Block { kind, place, .. } in page.blocks() {
        assert!(known.contains(&kind.as_str()), "{place}: {kind}");
    }
}

fn entry(line: &str) -> (&str, serde_json::Value) {
    let (name, json) = line.split_once(' ').unwrap_or_else(|| panic!("{line}"));
    (name, serde_json::from_str(json).unwrap_or_else(|error| panic!("{line}: {error}")))
}

/// `a c`, `all`, `none`, with warnings behind a semicolon; or `error` and the codes.
fn finds(query: &str, options: &Options, entries: &[(&str, serde_json::Value)]) -> String {
    let codes = |list: &[Diagnostic]| {
        let mut codes: Vec<_> =
            list.iter().map(|diagnostic| diagnostic.code).map(Code::as_str).collect();
        codes.dedup();
        codes.join(" ")
    };
    let query = match compile(query, options) {
        Ok(query) => query,
        Err(error) => return format!("error {}", codes(error.as_slice())),
    };
    let matches = |(_, entry): &&(&str, serde_json::Value)| query.matcher().matches(Tree(entry));
    let names: Vec<_> = entries.iter().filter(matches).map(|(name, _)| *name).collect();
    let mut found = match names.len() {
        0 => "none".to_owned(),
        some if some == entries.len() => "all".to_owned(),
        _ => names.join(" "),
    };
    if !query.warnings().is_empty() {
        found.push_str("; ");
        found.push_str(&codes(query.warnings()));
    }
    found
}

fn reads(query: &str, options: &Options) -> String {
    let compiled = compile(query, options).unwrap_or_else(|error| panic!("{error}"));
    describe(compiled.filter(), options)
}
