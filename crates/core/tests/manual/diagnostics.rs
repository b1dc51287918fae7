//! A page for each code, with wrong queries, what is said of them, and the fix; these are the snapshots of all messages.

use std::path::Path;

use trailsift_core::{Code, Diagnostic, Severity, check};

use crate::{
    messages::{Example, examples},
    page::{Page, Part, names, turn},
};

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let _turn = turn();
    let mut codes: Vec<_> = Code::ALL.iter().map(|code| code.to_string()).collect();
    codes.push("README".into());
    codes.sort();
    assert_eq!(names("diagnostics"), codes);
}

#[test]
fn every_page_shows_what_is_said_and_the_fix() {
    let _turn = turn();
    for code in Code::ALL {
        let page = Page::read(&format!("diagnostics/{code}.md"));
        assert!(page.title().starts_with(&format!("`{code}`: ")), "{code}: {}", page.title());
        let examples = examples(&page, Some(*code));
        assert!(!examples.is_empty(), "{code}: no example");
        for example in examples {
            assert_shows(&example, *code);
        }
    }
}

/// The example is one of the code's, and the query that the page ends with is mended.
fn assert_shows(example: &Example, code: Code) {
    let Example { place, query, options, diagnostics, instead } = example;
    let count = |list: &[Diagnostic]| list.iter().filter(|d| d.code == code).count();
    assert!(count(diagnostics) > 0, "{place}: `{query}` is no example of {code}");
    match example.fixed(Some(code)) {
        Some(fixed) => {
            let left = check(&fixed, options);
            let errors = |list: &[Diagnostic]| list.iter().filter(|d| d.is_error()).count();
            let better = count(&left) < count(diagnostics) && errors(&left) <= errors(diagnostics);
            assert!(better, "{place}: `{fixed}` is no better: {left:?}");
        }
        None => assert!(instead.is_some(), "{place}: say what to write instead of `{query}`"),
    }
}

#[test]
fn the_index_lists_every_page() {
    let _turn = turn();
    let index = Page::read("diagnostics/README.md");
    let table = |line: &Part| matches!(line, Part::Line(line) if line.starts_with('|'));
    let start = index.parts.iter().position(table).unwrap();
    let mut parts = index.parts.clone();
    parts.retain(|part| !table(part));
    let mut rows = vec!["| code | | when |".to_owned(), "| --- | --- | --- |".to_owned()];
    for code in Code::ALL {
        let page = Page::read(&format!("diagnostics/{code}.md"));
        let (_, title) = page.title().split_once(": ").unwrap();
        let said: Vec<_> = examples(&page, Some(*code))
            .into_iter()
            .flat_map(|example| example.diagnostics)
            .collect();
        let has = |severity| said.iter().any(|d| d.code == *code && d.severity == severity);
        let severity = match (has(Severity::Error), has(Severity::Warning)) {
            (true, true) => "error, warning",
            (true, false) => "error",
            (false, _) => "warning",
        };
        rows.push(format!("| [`{code}`]({code}.md) | {severity} | {title} |"));
    }
    parts.splice(start..start, rows.into_iter().map(Part::Line));
    index.must_be(&parts);
}

#[test]
fn carets_stand_where_they_should_under_any_text() {
    let _turn = turn();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/manual");
    assert!(examples(&Page::at(folder.join("rendering.md")), None).len() > 5);
}

/// What every sentence is like: it starts in lower case (an operator's name aside), ends without a full stop, has its
/// backticks in pairs and names no type of Rust's.
#[test]
fn sentences_keep_to_the_house_style() {
    let _turn = turn();
    for code in Code::ALL {
        for example in examples(&Page::read(&format!("diagnostics/{code}.md")), Some(*code)) {
            for diagnostic in &example.diagnostics {
                let labels = diagnostic.labels.iter().map(|label| &label.text);
                let titles = diagnostic.suggestions.iter().map(|edit| &edit.title);
                let help = diagnostic.help.iter();
                for text in labels.chain(titles).chain(help).chain([&diagnostic.message]) {
                    let place = &example.place;
                    assert!(!text.ends_with(['.', '!', ' ']), "{place}: {text}");
                    let first = text.split_whitespace().next().unwrap_or("");
                    let capital = first.starts_with(char::is_uppercase);
                    assert!(!capital || first.to_uppercase() == first, "{place}: {text}");
                    for name in ["usize", "u64", "f64", "Option", "String", "Vec", "None", "Some("]
                    {
                        assert!(!text.contains(name), "{place}: {text}");
                    }
                }
            }
        }
    }
}
