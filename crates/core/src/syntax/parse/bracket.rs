//! What is said of brackets that make no range, and of ranges that are not whole.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::{Parser, Place, parse, range::Written};
use crate::{
    Code, Diagnostic, Dialect, Limits, Span,
    syntax::{
        ast::{Bound, Node},
        in_quotes, lex,
    },
};

impl Parser<'_> {
    /// What is wrong with a range, and the range that was likely meant.
    pub(super) fn broken_range(&mut self, mut range: Written) {
        let no_operand = range.closing.is_none() && range.to.is_none();
        let instead = if no_operand { self.operator_for_to(&mut range) } else { None };
        if range.closing.is_none() {
            self.give_back(&mut range);
        }
        let whole = range.open.to(self.here());
        let (open, close) = (range.open.of(self.text), range.closing_mark());
        let bound = |bound: &Bound| as_bound(bound.span.of(self.text).trim());
        let (low, high) = (bound(&range.low), bound(&range.high));
        let nothing = whole.of(self.text).chars().all(|c| "[]{} ".contains(c));
        let split = if range.to.is_some() { None } else { instead.or_else(|| two_bounds(&low)) };
        let (low, high) = split.clone().unwrap_or((low, high));
        let fixed = format!("{open}{low} TO {high}{close}");
        let help = "a range is written `[low TO high]`; `*` is an open end";
        let diagnostic = if range.closing.is_none() {
            let error = Diagnostic::error(
                Code::UnclosedBracket,
                range.open,
                format!("this `{open}` is never closed"),
            )
            .help(help);
            if range.is_empty() {
                error.suggest(range.open, "", format!("remove `{open}`"))
            } else {
                error.suggest(whole, fixed.clone(), format!("write `{fixed}`"))
            }
        } else if let Some(more) = range.more {
            Diagnostic::error(Code::MissingTo, more, "a range has one `TO` and two bounds")
                .help("a word of a bound goes in quotes")
                .suggest(whole, fixed.clone(), format!("write `{fixed}`"))
        } else if range.to.is_some() || nothing {
            Diagnostic::error(Code::EmptyValue, whole, "a range needs both bounds")
                .help("`*` is an open end: `[2018-12-10 TO *]`")
                .suggest(whole, fixed.clone(), format!("write `{fixed}`"))
        } else if split.is_some() {
            Diagnostic::error(Code::MissingTo, whole, "a range needs `TO`")
                .help(help)
                .suggest(whole, fixed, "add `TO`")
        } else {
            Diagnostic::error(Code::MissingTo, whole, "a range needs `TO`")
                .help(help)
                .suggest(whole, low.clone(), "look for just this")
                .suggest(whole, format!("{open}{low} TO *{close}"), "look for this and all above")
        };
        self.report(diagnostic);
    }

    /// `[1 AND 5]`: reads on to the bracket where nothing but a bound lies between, and gives both bounds.
    fn operator_for_to(&mut self, range: &mut Written) -> Option<(String, String)> {
        let low = range.low.span.of(self.text);
        let near = lex::near(self.rest());
        let behind = near.trim_start();
        let (_, length) = lex::word(behind, lex::binary(self.dialect))?;
        let (high, _) = behind.get(length..)?.split_once([']', '}'])?;
        if low.is_empty() || high.trim().is_empty() || high.contains([':', '[', '{', '(', '"']) {
            return None;
        }
        let both = (low.into(), high.trim().into());
        self.at += near.find([']', '}'])?;
        range.closing = self.next_char();
        self.at += 1;
        Some(both)
    }

    /// Of a range that is never closed: what looks like the next condition is not a part of it.
    fn give_back(&mut self, range: &mut Written) {
        let last = if range.to.is_some() { &mut range.high } else { &mut range.low };
        let text = last.span.of(self.text);
        let next = text.match_indices(char::is_whitespace).find(|(at, space)| {
            let (before, behind) = text.split_at_checked(*at).unwrap_or_default();
            let behind = behind.get(space.len()..).unwrap_or_default();
            !before.ends_with('\\') && lex::at_field(behind)
        });
        if let Some((at, _)) = next {
            last.span.end = last.span.start + at;
        }
        self.at = self.text.len().min(last.span.end.max(range.to.map_or(0, |to| to.end)));
    }

    /// `[a TO b)`, `(a TO b]`, `<a TO b>`, `[[a TO b]]`: bounds in brackets that make no range.
    pub(super) fn odd_brackets(&mut self) -> Option<Node> {
        if !matches!(self.next_char()?, '[' | '{' | '(' | '<') {
            return None;
        }
        let near = lex::near(self.rest());
        let angle = near.starts_with('<');
        let square = near.starts_with(['[', '{']);
        let inside = match square {
            true => near.trim_start_matches(['[', '{']),
            false => near.strip_prefix(['(', '<'])?,
        };
        let brackets = |c: char| "()[]{}".contains(c) || angle && "<>".contains(c);
        let (bounds, closing) = inside.split_at_checked(inside.find(brackets)?)?;
        let close = closing.chars().next()?;
        let behind = closing.get(1..)?.trim_start_matches([']', '}']);
        let whole = Span::new(self.at, self.at + near.len() - behind.len());
        let right = square && whole.end - whole.start == bounds.len() + 2 && close != ')';
        // A group's bracket, or one that is closed elsewhere, or is a part of a bound.
        let other = "([{<".contains(close)
            || close == ')' && (near.starts_with('(') || self.depth > 0)
            || bounds.contains('\\')
            || ['"', '\''].iter().any(|mark| bounds.matches(*mark).count() % 2 == 1);
        let operator = |word| matches!(word, "AND" | "OR" | "NOT" | "&&" | "||");
        let mut words = bounds.split(lex::is_space);
        if right || other || !words.clone().any(|word| word == "TO") || words.any(operator) {
            return None;
        }
        let opening = near.strip_suffix(inside).unwrap_or_default();
        let open = if opening.ends_with('{') { '{' } else { '[' };
        let fixed = format!("{open}{bounds}{}", if close == '}' { '}' } else { ']' });
        self.at = whole.end;
        self.report(
            Diagnostic::error(Code::UnexpectedBracket, whole, "these brackets make no range")
                .help("a range is written `[low TO high]`")
                .suggest(whole, fixed.clone(), format!("write `{fixed}`")),
        );
        Some(Node::Broken(whole))
    }

    /// `[“a” TO “b”]` and in `q` `['a' TO 'b']`. Whether it is an error.
    pub(super) fn quotes_of_bounds(&mut self, low: Span, high: Span) -> bool {
        let marks: &[char] = match self.dialect {
            Dialect::Q => &['“', '”', '„', '\''],
            Dialect::Fga => &['“', '”', '„'],
        };
        let straight = |bound: Span| {
            bound.of(self.text).strip_prefix(marks)?.strip_suffix(marks).map(in_quotes)
        };
        let (first, second) = (straight(low), straight(high));
        let place = match (&first, &second) {
            (Some(_), _) => low,
            (_, Some(_)) => high,
            _ => return false,
        };
        let first = first.unwrap_or_else(|| low.of(self.text).into());
        let second = second.unwrap_or_else(|| high.of(self.text).into());
        let single = place.of(self.text).starts_with('\'');
        let diagnostic = if single {
            let message = "single quotes are part of the value here";
            Diagnostic::warning(Code::SingleQuotes, place, message)
        } else {
            Diagnostic::error(Code::SmartQuotes, place, "typographic quotes do not quote")
        };
        let fixed = format!("{first} TO {second}");
        self.report(diagnostic.suggest(low.to(high), fixed, "use straight double quotes"));
        !single
    }

    /// Text right behind the bracket that closes a range.
    pub(super) fn behind_range(&mut self, range: Span) -> Option<Node> {
        let space = self.next_char().is_some_and(lex::is_space);
        if space || !self.at_operand() || self.stray_sign().is_some() {
            return None;
        }
        let (_, behind) = self.take(lex::term(self.dialect))?;
        let place = Span::new(behind.start, behind.start);
        self.report(
            Diagnostic::error(Code::UnexpectedBracket, behind, "text stands right behind a range")
                .also(Span::new(range.end - 1, range.end), "closed here")
                .suggest(place, " ", "part them with a space"),
        );
        Some(Node::Broken(range.to(behind)))
    }

    /// `date[2026 TO 2027]`: the colon is missing.
    pub(super) fn range_in_word(&mut self, word: Span) -> Option<Node> {
        let raw = word.of(self.text);
        let name = raw.get(..raw.find(['[', '{'])?)?;
        lex::word(self.rest(), lex::to)?;
        if !name.chars().all(|c| c.is_alphanumeric() || "._-".contains(c)) {
            return None;
        }
        self.at = word.start + name.len();
        let message = "a range stands behind a field's colon";
        self.report(
            Diagnostic::error(Code::RangeWithoutField, Span::new(self.at, self.at + 1), message)
                .suggest(self.here(), ":", "add the colon"),
        );
        let range = self.range();
        Some(Node::Broken(word.to(range.span())))
    }

    /// Brackets that hold no range: `["a", "b"]` behind a field's colon, and anything without a field.
    pub(super) fn no_range(&mut self, place: Place) -> Option<Node> {
        let inside = lex::near(self.rest().get(1..)?);
        let end = inside.find(['[', '{', ']', '}'])?;
        let closed = inside.get(end..)?.starts_with([']', '}']);
        let text = inside.get(..end)?.trim();
        let range = |word: &str| word.eq_ignore_ascii_case("TO");
        if !closed || text.is_empty() || text.split(lex::is_space).any(range) {
            return None;
        }
        let whole = Span::new(self.at, self.at + end + 2);
        let list = list_of(text);
        let diagnostic = if place == Place::Query {
            Diagnostic::error(
                Code::RangeWithoutField,
                whole,
                "brackets make a range, and this is none",
            )
        } else {
            // `[1, 5]` is more likely a range than `[f, fp]`.
            let number = text.starts_with(|c: char| c.is_ascii_digit() || "-*".contains(c));
            let pair = self.next_char() == Some('[') && number;
            list.as_ref().filter(|_| !pair || text.matches(',').count() > 1)?;
            Diagnostic::error(Code::MissingTo, whole, "a list is no range")
                .help("several values are written `(a OR b)`")
        };
        let (fixed, title) = match list {
            Some(list) => (list, "look for any of them"),
            None if text.contains([':', ' ']) => (format!("({text})"), "use parentheses"),
            None => (text.to_string(), "remove the brackets"),
        };
        let (_, said) = parse(&fixed, self.dialect, &Limits::DEFAULT);
        self.at = whole.end;
        // Text right behind the bracket would touch what is left.
        let apart = self.next_char().is_none_or(|c| lex::is_space(c) || c == ')');
        let reads = apart && !said.iter().any(Diagnostic::is_error);
        self.report(if reads { diagnostic.suggest(whole, fixed, title) } else { diagnostic });
        Some(Node::Broken(whole))
    }
}

/// A bound as a fix writes it: one that is missing is open, a quote that is never closed has been told of.
fn as_bound(text: &str) -> String {
    match text {
        "" => "*".to_string(),
        text if text.starts_with('"') && (text.len() == 1 || !text.ends_with('"')) => {
            format!("{text}\"")
        }
        text => text.to_string(),
    }
}

/// Values with commas between them, as a group.
fn list_of(text: &str) -> Option<String> {
    let items: Vec<&str> = text.split(',').map(str::trim).collect();
    let whole = |item: &&str| !item.is_empty() && item.matches('"').count().is_multiple_of(2);
    if items.len() < 2 || !items.iter().all(whole) {
        return None;
    }
    let write = |item: &&str| {
        let plain = item.contains('"') || !item.contains(lex::is_space);
        if plain { item.to_string() } else { in_quotes(item) }
    };
    let items: Vec<String> = items.iter().map(write).collect();
    Some(format!("({})", items.join(" OR ")))
}

/// Two bounds without their `TO`: `1, 5`, `1 - 5`, `1..5`, `1-5`, `1 TO5`, `"1 TO 5"`, or with nothing but a space between.
fn two_bounds(text: &str) -> Option<(String, String)> {
    if let Some(inside) = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        let (low, high) = inside.split_once(" TO ")?;
        return Some((in_quotes(low.trim()), in_quotes(high.trim())));
    }
    let signs = [" - ", " – ", "...", "..", ", ", ",", ";", "–"];
    let parted = signs.iter().find_map(|sign| text.split_once(sign));
    let digits =
        |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || c == '.');
    let dashed = || text.split_once('-').filter(|(low, high)| digits(low) && digits(high));
    // A word may well hold these letters.
    let glued = text.split_once("TO").filter(|(low, high)| {
        !low.ends_with(char::is_alphabetic) && !high.starts_with(char::is_alphabetic)
    });
    let (low, high) =
        glued.or(parted).or_else(|| text.split_once(char::is_whitespace)).or_else(dashed)?;
    let (low, high) = (low.trim(), high.trim());
    if low.is_empty() || high.is_empty() { None } else { Some((low.into(), high.into())) }
}
