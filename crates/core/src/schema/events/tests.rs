//! The table is whole, in order, and says what the codes' names say.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
    string::String,
    vec::Vec,
};
use std::{eprintln, fs, path::Path};

use super::*;

#[derive(serde::Deserialize)]
struct Published {
    code: String,
    name: Option<String>,
    status: String,
}

#[test]
fn codes_are_sorted_and_codes_and_names_unique() {
    for pair in EVENTS.windows(2) {
        assert!(pair[0].code < pair[1].code, "{} before {}", pair[0].code, pair[1].code);
    }
    let mut names = BTreeSet::new();
    for event in EVENTS {
        assert!(names.insert(event.name), "`{}` twice", event.name);
    }
}

#[test]
fn every_code_is_found_and_no_other() {
    for listed in EVENTS {
        assert_eq!(event(listed.code), Some(listed));
    }
    for other in ["", "a", "FP", "fp ", "ss_sso", "zz"] {
        assert_eq!(event(other), None, "{other:?}");
    }
}

#[test]
fn the_codes_are_those_published() {
    assert_eq!(EVENTS.len(), 185);
    assert_eq!(EVENTS.iter().filter(|event| event.retired).count(), 12);

    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/auth0-event-types.json");
    let Ok(text) = fs::read_to_string(&path) else {
        eprintln!("skipped in part: {} is not there to compare with", path.display());
        return;
    };
    let rows: Vec<Published> = serde_json::from_str(&text).unwrap();
    let published: BTreeMap<_, _> = rows.iter().map(|row| (row.code.as_str(), row)).collect();
    assert!(EVENTS.iter().map(|event| event.code).eq(published.keys().copied()));
    for event in EVENTS {
        let row = published[event.code];
        assert_eq!(event.retired, row.status == "retired", "{}", event.code);
        let Some(name) = &row.name else { continue };
        let added = event.name.strip_prefix(name.as_str());
        let told_apart = added.is_some_and(|added| added.is_empty() || added.starts_with(" ("));
        assert!(told_apart, "{}: `{}` is published as `{name}`", event.code, event.name);
    }
}

#[test]
fn outcomes_are_what_names_and_codes_say() {
    for Event { code, name, outcome, .. } in EVENTS {
        let said = match name.split([' ', '(', ')']).next().unwrap() {
            "Failed" | "Error" => Some(Failure),
            "Success" | "Successful" | "Successfully" => Some(Success),
            "Warning" | "Blocked" | "Breached" | "Too" => Some(Warning),
            _ => match code.rsplit('_').next().unwrap() {
                "failed" | "failure" | "rejected" | "error" => Some(Failure),
                "succeeded" | "succeed" | "success" | "completed" | "started" => Some(Success),
                "limit" | "exceed" | "warning" | "notice" => Some(Warning),
                _ => None,
            },
        };
        if let Some(said) = said {
            assert_eq!(*outcome, said, "{code}: {name}");
        }
    }
}

#[test]
fn failure_and_success_of_one_thing_share_a_category() {
    let mut pairs = 0;
    for failed in EVENTS.iter().filter(|event| event.outcome == Failure) {
        let success_code = match failed.code.strip_suffix("_failed") {
            Some(stem) => format!("{stem}_succeeded"),
            None => failed.code.replacen('f', "s", 1),
        };
        if let Some(done) = event(&success_code).filter(|done| done.code != failed.code) {
            assert_eq!(failed.category, done.category, "{} and {}", failed.code, done.code);
            pairs += 1;
        }
    }
    assert!(pairs > 40, "{pairs}");
}

#[test]
fn every_category_and_outcome_is_listed_used_and_written_in_kebab_case() {
    let used: BTreeSet<_> = EVENTS.iter().map(|event| event.category).collect();
    assert!(used.iter().eq(Category::ALL));
    let used: BTreeSet<_> = EVENTS.iter().map(|event| event.outcome).collect();
    assert!(used.iter().eq(Outcome::ALL));

    let categories = Category::ALL.iter().map(|category| category.as_str());
    let outcomes = Outcome::ALL.iter().map(|outcome| outcome.as_str());
    let mut texts = BTreeSet::new();
    for text in categories.chain(outcomes) {
        assert!(texts.insert(text), "`{text}` twice");
        assert!(text.split('-').all(|word| {
            !word.is_empty() && word.chars().all(|letter| letter.is_ascii_lowercase())
        }));
    }
}

#[test]
fn what_a_security_engineer_looks_for_is_where_they_look() {
    let expected = [
        ("s", "login", "success"),
        ("f", "login", "failure"),
        ("fp", "login", "failure"),
        ("fu", "login", "failure"),
        ("w", "login", "warning"),
        ("cs", "login-step", "success"),
        ("passkey_challenge_started", "login-step", "success"),
        ("ss", "signup", "success"),
        ("fs", "signup", "failure"),
        ("slo", "logout", "success"),
        ("ssa", "silent-auth", "success"),
        ("fsa", "silent-auth", "failure"),
        ("seacft", "token-exchange", "success"),
        ("ferrt", "token-exchange", "failure"),
        ("sapi", "api-operation", "success"),
        ("fapi", "api-operation", "failure"),
        ("gd_auth_failed", "mfa", "failure"),
        ("gd_auth_rejected", "mfa", "failure"),
        ("gd_start_auth", "mfa", "success"),
        ("limit_wc", "attack-protection", "warning"),
        ("pwd_leak", "attack-protection", "warning"),
        ("ublkdu", "attack-protection", "success"),
        ("api_limit", "rate-limit", "warning"),
        ("depnote", "system", "warning"),
    ];
    for (code, category, outcome) in expected {
        let event = event(code).unwrap();
        assert_eq!(
            (event.category.as_str(), event.outcome.as_str()),
            (category, outcome),
            "{code}"
        );
    }
}
