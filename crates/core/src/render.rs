//! Draws a diagnostic for a terminal or a page in a fixed-width font: the line, carets under the places, the help.

use alloc::{format, string::String, vec::Vec};

use unicode_width::UnicodeWidthChar;

use crate::{Diagnostic, Label, Severity, Span, Suggestion};

/// Columns that a tab takes.
const TAB: usize = 4;
/// Characters kept on each side of a place when a line is too long to show.
const CONTEXT: usize = 60;

/// The diagnostic with the text that it speaks of, a line feed after each line.
///
/// ```
/// use trailsift_core::{Options, check, render::render};
///
/// let text = "type:(f OR fp";
/// let diagnostics = check(text, &Options::default());
/// assert_eq!(render(text, &diagnostics[0]), "\
/// error[unclosed-bracket]: this `(` is never closed
///   |
/// 1 | type:(f OR fp
///   |      ^
///   = fix: add `)` at the end
/// ");
/// ```
#[must_use]
pub fn render(text: &str, diagnostic: &Diagnostic) -> String {
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut out = format!("{severity}[{}]: {}\n", diagnostic.code, shown(&diagnostic.message));
    let mut lines: Vec<(Line<'_>, Vec<&Label>)> = Vec::new();
    for label in &diagnostic.labels {
        let line = Line::holding(text, label.span.start);
        match lines.iter_mut().find(|(known, _)| known.number == line.number) {
            Some((_, labels)) => labels.push(label),
            None => lines.push((line, alloc::vec![label])),
        }
    }
    let gutter = lines.iter().map(|(line, _)| digits(line.number)).max().unwrap_or(1);
    for (line, labels) in &lines {
        out.push_str(&format!("{:gutter$} |\n", ""));
        line.draw(&mut out, gutter, labels);
    }
    if let Some(help) = &diagnostic.help {
        out.push_str(&format!("{:gutter$} = help: {}\n", "", shown(help)));
    }
    for suggestion in &diagnostic.suggestions {
        out.push_str(&format!("{:gutter$} = fix: {}", "", shown(&suggestion.title)));
        // There is nothing to click in a terminal: where the title does not say what to write, the query is shown.
        if let Some(query) = mended(text, suggestion) {
            out.push_str(&format!(": `{}`", shown(&query)));
        }
        out.push('\n');
    }
    out
}

/// The query after a fix, where it fits a line and the fix's title leaves it open.
fn mended(text: &str, fix: &Suggestion) -> Option<String> {
    let said = fix.replacement.is_empty() || fix.title.contains(&fix.replacement);
    if said || text.len() + fix.replacement.len() > 120 {
        return None;
    }
    let (before, behind) = (text.get(..fix.span.start)?, text.get(fix.span.end..)?);
    Some(format!("{before}{}{behind}", fix.replacement))
}

fn digits(number: usize) -> usize {
    number.checked_ilog10().map_or(1, |log| log as usize + 1)
}

/// One line of the query's text.
struct Line<'t> {
    /// From 1.
    number: usize,
    /// Where it begins in the text.
    start: usize,
    text: &'t str,
}

impl<'t> Line<'t> {
    fn holding(text: &'t str, at: usize) -> Self {
        let at = at.min(text.len());
        let before = text.get(..at).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |line_feed| line_feed + 1);
        let line = text.get(start..).unwrap_or_default().split('\n').next().unwrap_or_default();
        let number = before.matches('\n').count() + 1;
        Self { number, start, text: line.trim_end_matches('\r') }
    }

    /// The line and a row of carets for each place. Only the part around the first place is shown of a long line.
    fn draw(&self, out: &mut String, gutter: usize, labels: &[&Label]) {
        let first = labels.first().map_or(self.start, |label| label.span.start);
        let (from, to) = window(self.text, first - self.start);
        let shown = self.text.get(from..to).unwrap_or_default();
        let left = if from > 0 { "…" } else { "" };
        let right = if to < self.text.len() { "…" } else { "" };
        out.push_str(&format!("{:>gutter$} | {left}{}{right}\n", self.number, drawn(shown)));
        for label in labels {
            let column = |at: usize| {
                let at = at.clamp(self.start + from, self.start + to) - self.start;
                width(self.text.get(from..at).unwrap_or_default()) + width(left)
            };
            let Span { start, end } = label.span;
            let (start, end) = (column(start), column(end));
            let carets = "^".repeat(end.saturating_sub(start).max(1));
            let space = if label.text.is_empty() { "" } else { " " };
            out.push_str(&format!("{:gutter$} | {:start$}{carets}{space}{}\n", "", "", label.text));
        }
    }
}

/// The part of a line to show around the byte `at`.
fn window(line: &str, at: usize) -> (usize, usize) {
    if line.chars().count() <= 2 * CONTEXT {
        return (0, line.len());
    }
    let before = line.get(..at).unwrap_or(line);
    let from = before.char_indices().rev().nth(CONTEXT - 1).map_or(0, |(index, _)| index);
    let behind = line.get(from..).unwrap_or_default();
    let to = behind.char_indices().nth(2 * CONTEXT).map_or(line.len(), |(index, _)| from + index);
    (from, to)
}

/// Text that keeps to its columns: tabs as spaces, control and direction characters as a visible mark.
fn drawn(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\t' => out.push_str(&" ".repeat(TAB)),
            c if hides(c) => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// A sentence that may hold the author's input: on one line, nothing hidden.
fn shown(text: &str) -> String {
    text.chars().map(|c| if hides(c) { '\u{fffd}' } else { c }).collect()
}

/// Control characters, and those that reorder the text around them: a query comes from strangers.
fn hides(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

fn width(text: &str) -> usize {
    text.chars()
        .map(|c| match c {
            '\t' => TAB,
            c if hides(c) => 1,
            c => c.width().unwrap_or(1),
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;
    use crate::Code;

    #[track_caller]
    fn assert_rendered(text: &str, spans: &[(usize, usize)], expected: &str) {
        let mut diagnostic =
            Diagnostic::error(Code::BadDate, Span::new(spans[0].0, spans[0].1), "no");
        for (start, end) in &spans[1..] {
            diagnostic = diagnostic.also(Span::new(*start, *end), "too");
        }
        assert_eq!(render(text, &diagnostic), expected.to_string());
    }

    #[test]
    fn carets_stand_under_wide_characters_and_tabs() {
        assert_rendered("日本:x", &[(7, 8)], "error[bad-date]: no\n  |\n1 | 日本:x\n  |      ^\n");
        assert_rendered("\ta:x", &[(3, 4)], "error[bad-date]: no\n  |\n1 |     a:x\n  |       ^\n");
        assert_rendered(
            "é\u{301}:x",
            &[(5, 6)],
            "error[bad-date]: no\n  |\n1 | é\u{301}:x\n  |   ^\n",
        );
    }

    #[test]
    fn several_places_on_one_line_and_on_two() {
        assert_rendered(
            "ab cd",
            &[(0, 2), (3, 5)],
            "error[bad-date]: no\n  |\n1 | ab cd\n  | ^^\n  |    ^^ too\n",
        );
        assert_rendered(
            "ab\r\ncd",
            &[(0, 2), (4, 6)],
            "error[bad-date]: no\n  |\n1 | ab\n  | ^^\n  |\n2 | cd\n  | ^^ too\n",
        );
    }

    #[test]
    fn the_end_of_the_text_is_a_place() {
        assert_rendered("a:", &[(2, 2)], "error[bad-date]: no\n  |\n1 | a:\n  |   ^\n");
        assert_rendered("", &[(0, 0)], "error[bad-date]: no\n  |\n1 | \n  | ^\n");
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let text = "x".repeat(500) + "!" + &"y".repeat(500);
        let drawn = render(&text, &Diagnostic::error(Code::BadDate, Span::new(500, 501), "no"));
        let lines: Vec<_> = drawn.lines().collect();
        let caret = lines[3].chars().position(|c| c == '^');
        assert_eq!(lines[2].chars().position(|c| c == '!'), caret);
        assert!(lines[2].chars().count() < 140, "{drawn}");
    }

    #[test]
    fn characters_that_would_reorder_the_line_are_marked() {
        let drawn = render("a\u{202e}b", &Diagnostic::error(Code::BadDate, Span::new(4, 5), "no"));
        assert!(drawn.contains("a\u{fffd}b"), "{drawn}");
    }
}
