//! Reads the corpus (see `README.md` beside this file). Included by the tests of several crates.

use std::{fs, path::Path};

use serde::Deserialize;
use trailsift_core::{Dialect, Options, Schema, Timestamp};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    defaults: Settings,
    row: Vec<Row>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    schema: Option<String>,
    dialect: Option<String>,
    strict: Option<bool>,
    ignore_case: Option<bool>,
    now: Option<String>,
    entries: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    query: String,
    matches: Option<Vec<usize>>,
    #[serde(default)]
    diagnostics: Vec<Expected>,
    #[allow(dead_code, reason = "for the reader of the file")]
    why: Option<String>,
    schema: Option<String>,
    dialect: Option<String>,
    strict: Option<bool>,
    ignore_case: Option<bool>,
    now: Option<String>,
    entries: Option<Vec<String>>,
}

/// A diagnostic that a row expects.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expected {
    pub(crate) code: String,
    pub(crate) at: String,
    #[serde(default)]
    pub(crate) fixed: Fixed,
}

/// The query after each suggestion.
#[derive(Default, Deserialize, PartialEq)]
#[serde(untagged)]
pub(crate) enum Fixed {
    #[default]
    None,
    One(String),
    Several(Vec<String>),
}

impl From<Vec<String>> for Fixed {
    fn from(fixed: Vec<String>) -> Self {
        match <[String; 1]>::try_from(fixed) {
            Ok([one]) => Self::One(one),
            Err(fixed) if fixed.is_empty() => Self::None,
            Err(fixed) => Self::Several(fixed),
        }
    }
}

/// A row with its file's defaults filled in.
pub(crate) struct Case {
    /// `file.toml row 3: the query`
    pub(crate) name: String,
    pub(crate) query: String,
    pub(crate) options: Options,
    pub(crate) entries: Vec<String>,
    pub(crate) matches: Option<Vec<usize>>,
    pub(crate) diagnostics: Vec<Expected>,
}

/// Every row of every file.
pub(crate) fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus");
    let mut paths: Vec<_> =
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    paths.sort();
    let mut cases = Vec::new();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|end| end == "toml")) {
        let text = fs::read_to_string(path).unwrap();
        let file: File =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        for (index, row) in file.row.into_iter().enumerate() {
            cases.push(case(&format!("{name} row {}", index + 1), row, &file.defaults));
        }
    }
    assert!(cases.len() > 100, "the corpus was not found");
    cases
}

fn case(place: &str, row: Row, defaults: &Settings) -> Case {
    let schema = row.schema.or_else(|| defaults.schema.clone()).unwrap_or_else(|| "any".into());
    let dialect = row.dialect.or_else(|| defaults.dialect.clone()).unwrap_or_else(|| "q".into());
    let now = row.now.or_else(|| defaults.now.clone());
    let options = Options {
        schema: Schema::by_name(&schema).unwrap_or_else(|| panic!("{place}: schema {schema}")),
        dialect: Dialect::by_name(&dialect).unwrap_or_else(|| panic!("{place}: dialect {dialect}")),
        strict: row.strict.or(defaults.strict).unwrap_or_default(),
        ignore_case: row.ignore_case.or(defaults.ignore_case).unwrap_or_default(),
        now: now.map(|now| Timestamp::parse(now.as_bytes()).unwrap()),
        ..Options::default()
    };
    Case {
        name: format!("{place}: {}", row.query),
        query: row.query,
        options,
        entries: row.entries.or_else(|| defaults.entries.clone()).unwrap_or_default(),
        matches: row.matches,
        diagnostics: row.diagnostics,
    }
}
