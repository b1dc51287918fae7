//! Links between the manual's pages lead somewhere.

use std::{fs, path::Path};

use crate::page::{folder, names, turn};

#[test]
fn every_link_leads_to_a_page_and_a_heading() {
    let _turn = turn();
    let mut found = 0;
    let pages = names("diagnostics").into_iter().map(|name| format!("diagnostics/{name}"));
    for name in ["README", "language", "event-codes"].map(String::from).into_iter().chain(pages) {
        let path = folder().join(format!("{name}.md"));
        let text = fs::read_to_string(&path).unwrap();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let (file, heading) = target.split_once('#').unwrap_or((target, ""));
            let to = if file.is_empty() { path.clone() } else { path.parent().unwrap().join(file) };
            assert!(to.is_file(), "{name}: {target}");
            assert!(heading.is_empty() || has_heading(&to, heading), "{name}: {target}");
            found += 1;
        }
    }
    assert!(found > 50, "the manual has lost its links");
}

/// Whether the page has a heading of that anchor: lower case, a dash for each space, other signs left out.
fn has_heading(page: &Path, anchor: &str) -> bool {
    let text = fs::read_to_string(page).unwrap();
    text.lines().filter_map(|line| line.trim_start_matches('#').strip_prefix(' ')).any(|heading| {
        let kept = heading.to_lowercase().replace(' ', "-");
        kept.chars().filter(|c| c.is_alphanumeric() || "-_".contains(*c)).eq(anchor.chars())
    })
}
