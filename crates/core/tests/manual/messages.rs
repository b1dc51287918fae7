//! A wrong query, what is said of it, and the query that is right, as blocks that follow each other:
//! `query`, `message` (all that is said, drawn), `fixed` (after the first edit that the page is about), and `instead`
//! (the author's own, where no edit mends it).

use trailsift_core::{Code, Diagnostic, Options, check, render::render};

use crate::{
    page::{Block, Page, Part},
    settings::options,
};

/// A wrong query of a page and what is said of it.
pub(crate) struct Example {
    pub(crate) place: String,
    pub(crate) query: String,
    pub(crate) options: Options,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The query that the page offers where no edit does.
    pub(crate) instead: Option<String>,
}

impl Example {
    fn of(block: &Block) -> Self {
        let options = options(&block.words, &Options::default(), &block.place);
        let (place, query) = (block.place.clone(), unescaped(&block.body));
        let diagnostics = check(&query, &options);
        assert!(!diagnostics.is_empty(), "{place}: nothing is wrong with `{query}`");
        Self { place, query, options, diagnostics, instead: None }
    }

    fn message(&self) -> String {
        let drawn: Vec<_> = self.diagnostics.iter().map(|d| render(&self.query, d)).collect();
        drawn.join("\n").trim_end_matches('\n').into()
    }

    /// The query after the first edit that is offered for the code; for whatever is said first, where there is none.
    pub(crate) fn fixed(&self, code: Option<Code>) -> Option<String> {
        let about = |said: &&Diagnostic| code.is_none_or(|code| said.code == code);
        let edit = self.diagnostics.iter().find(about)?.suggestions.first()?;
        let mut query = self.query.clone();
        query.replace_range(edit.span.start..edit.span.end, &edit.replacement);
        Some(query)
    }
}

/// Checks that the page, which is about the code, shows each of its examples' messages and fixes, byte for byte.
pub(crate) fn examples(page: &Page, code: Option<Code>) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut written = Vec::new();
    // What the last query wants behind it, in order.
    let mut wanted: Vec<(&str, String)> = Vec::new();
    for part in &page.parts {
        match part {
            Part::Block(block) if block.kind == "query" => {
                insert(&mut written, &mut wanted);
                let example = Example::of(block);
                wanted.push(("message", example.message()));
                wanted.extend(example.fixed(code).map(|fixed| ("fixed", escaped(&fixed))));
                written.push(part.clone());
                examples.push(example);
            }
            Part::Block(block) if matches!(block.kind.as_str(), "message" | "fixed") => {
                if let Some(index) = wanted.iter().position(|(kind, _)| *kind == block.kind) {
                    let (_, body) = wanted.remove(index);
                    written.push(Part::Block(Block { body, ..block.clone() }));
                }
            }
            Part::Block(block) if block.kind == "instead" => {
                insert(&mut written, &mut wanted);
                let example = examples.last_mut().unwrap_or_else(|| panic!("{}", block.place));
                let left = check(&block.body, &example.options);
                assert!(left.is_empty(), "{}: {left:?}", block.place);
                example.instead = Some(block.body.clone());
                written.push(part.clone());
            }
            Part::Line(line) if line.starts_with('#') => {
                insert(&mut written, &mut wanted);
                written.push(part.clone());
            }
            other => written.push(other.clone()),
        }
    }
    insert(&mut written, &mut wanted);
    page.must_be(&written);
    examples
}

/// Blocks that the page does not have yet, right behind the query's last block.
fn insert(written: &mut Vec<Part>, wanted: &mut Vec<(&str, String)>) {
    let one_of_its = |part: &Part| matches!(part, Part::Block(block) if ["query", "message", "fixed"].contains(&block.kind.as_str()));
    let behind = written.iter().rposition(one_of_its);
    let blocks = wanted.drain(..).flat_map(|(kind, body)| Part::inserted(kind, body));
    if let Some(at) = behind {
        written.splice(at + 1..at + 1, blocks);
    }
}

/// `\u{202e}` for a character that nobody should meet in a file.
fn escaped(text: &str) -> String {
    let hidden =
        |c: char| (c.is_control() && !"\n\t".contains(c)) || ('\u{202a}'..='\u{202e}').contains(&c);
    text.chars()
        .map(|c| if hidden(c) { c.escape_unicode().to_string() } else { c.into() })
        .collect()
}

fn unescaped(text: &str) -> String {
    let mut parts = text.split("\\u{");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (digits, rest) = part.split_once('}').unwrap();
        out.extend(u32::from_str_radix(digits, 16).ok().and_then(char::from_u32));
        out.push_str(rest);
    }
    out
}
