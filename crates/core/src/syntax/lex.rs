//! The words of the language, with nom: operators, terms, quoted text, field names, range bounds.
//!
//! Each parser takes the rest of the text and leaves what follows its word. None of them fails on text that it does
//! not know: they answer `None`, and the caller says what was expected there.

use alloc::{string::String, vec::Vec};

use nom::{
    IResult, Parser,
    branch::alt,
    bytes::complete::{tag, take_while, take_while1},
    character::complete::{anychar, char, one_of},
    combinator::{eof, map, not, opt, peek, recognize, rest, value, verify},
    error::{ErrorKind, ParseError},
    multi::fold_many0,
    sequence::{pair, preceded, terminated},
};

use super::Dialect;
use crate::pattern::Piece;

/// How far a lexer looks ahead for a mark that may not be there, in bytes: many looks cost no more than one.
const NEAR: usize = 200;

/// As much of `text` as is looked at for such a mark.
pub(super) fn near(text: &str) -> &str {
    text.get(..text.floor_char_boundary(NEAR)).unwrap_or_default()
}

/// No word here. What would have been one is for the caller to say: it alone knows the place.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoWord;

impl<I> ParseError<I> for NoWord {
    fn from_error_kind(_: I, _: ErrorKind) -> Self {
        Self
    }

    fn append(_: I, _: ErrorKind, other: Self) -> Self {
        other
    }
}

type Lex<'t, T> = IResult<&'t str, T, NoWord>;

/// Runs a lexer at the start of `text`: what it read, and how many bytes that was.
pub(super) fn word<'t, T>(
    text: &'t str,
    mut lexer: impl Parser<&'t str, Output = T, Error = NoWord>,
) -> Option<(T, usize)> {
    let (after, found) = lexer.parse(text).ok()?;
    Some((found, text.len() - after.len()))
}

/// A binary or prefix operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    And,
    Or,
    Not,
    Required,
}

/// What parts words.
#[inline]
pub(crate) fn is_space(c: char) -> bool {
    if c.is_ascii() { matches!(c, ' ' | '\t'..='\r') } else { c.is_whitespace() || c == '\u{feff}' }
}

pub(super) fn space(text: &str) -> Lex<'_, &str> {
    let mut chars = text.chars();
    let mut behind = text;
    while chars.next().is_some_and(is_space) {
        behind = chars.as_str();
    }
    let space = text.get(..text.len() - behind.len()).unwrap_or_default();
    Ok((behind, space))
}

/// Whether one of these ASCII characters is next: what most texts fail, and so asked before anything else.
fn is_next(text: &str, signs: &[u8]) -> bool {
    text.as_bytes().first().is_some_and(|byte| signs.contains(byte))
}

/// How much of `text` lies before a space, or an ASCII character that ends what is plain.
fn plain(text: &str, ends: impl Fn(u8) -> bool) -> usize {
    let mut at = 0;
    // Bytes, since nearly all text is ASCII and this sees every character of a query.
    while let Some(byte) = text.as_bytes().get(at) {
        if byte.is_ascii() {
            if matches!(byte, b' ' | b'\t'..=b'\r') || ends(*byte) {
                break;
            }
            at += 1;
        } else {
            let next = text.get(at..).and_then(|rest| rest.chars().next());
            let Some(c) = next.filter(|c| !is_space(*c)) else { break };
            at += c.len_utf8();
        }
    }
    at
}

/// What may follow a word operator: `AND(` is one, `ANDROID` and `AND:x` are not.
fn word_end(text: &str) -> Lex<'_, ()> {
    let end = text.chars().next().is_none_or(|c| is_space(c) || matches!(c, '(' | ')' | '"'));
    if end { Ok((text, ())) } else { Err(nom::Err::Error(NoWord)) }
}

/// AND or OR in any spelling.
pub(super) fn binary<'t>(
    dialect: Dialect,
) -> impl Parser<&'t str, Output = Operator, Error = NoWord> {
    move |text: &'t str| {
        // Asked before every condition, and hardly ever there.
        if !is_next(text, b"AO&|") {
            return Err(nom::Err::Error(NoWord));
        }
        let ampersand = verify(char('&'), |_| dialect == Dialect::Fga);
        alt((
            value(Operator::And, terminated(tag("AND"), word_end)),
            value(Operator::Or, terminated(tag("OR"), word_end)),
            value(Operator::And, tag("&&")),
            value(Operator::Or, tag("||")),
            value(Operator::And, ampersand),
        ))
        .parse(text)
    }
}

/// NOT in any spelling, or `+`. A sign belongs to what follows it without a space.
pub(super) fn prefix(text: &str) -> Lex<'_, Operator> {
    if !is_next(text, b"N!-+") {
        return Err(nom::Err::Error(NoWord));
    }
    let operand = || peek(verify(anychar, |c| !is_space(*c) && *c != ')'));
    alt((
        value(Operator::Not, not_word),
        value(Operator::Not, char('!')),
        value(Operator::Not, terminated(char('-'), operand())),
        value(Operator::Required, terminated(char('+'), operand())),
    ))
    .parse(text)
}

/// The word NOT.
pub(super) fn not_word(text: &str) -> Lex<'_, &str> {
    terminated(tag("NOT"), word_end).parse(text)
}

/// The word NOT and the space behind it.
pub(super) fn not_word_and_space(text: &str) -> Lex<'_, &str> {
    recognize(pair(not_word, space)).parse(text)
}

/// A field's name with its colon. A colon before `//` makes none: that is an address.
///
/// Any character may be escaped; unescaped, a name holds no space, bracket, double quote, `&` or `|`. What else is an
/// operator or a quote before a name is read before it.
pub(super) fn field_name(text: &str) -> Lex<'_, String> {
    let ends = |byte| {
        matches!(byte, b':' | b'\\' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'"' | b'&' | b'|')
    };
    let mut name = String::new();
    let mut rest = text;
    loop {
        let (part, behind) = rest.split_at_checked(plain(rest, ends)).unwrap_or_default();
        name.push_str(part);
        rest = behind;
        let mut escaped = rest.chars();
        match (escaped.next(), escaped.next()) {
            (Some('\\'), Some(c)) => name.push(c),
            _ => break,
        }
        rest = escaped.as_str();
    }
    if name.is_empty() {
        return Err(nom::Err::Error(NoWord));
    }
    let (rest, _) = terminated(char(':'), not(tag("//"))).parse(rest)?;
    Ok((rest, name))
}

/// Whether a field's name and its colon stand here.
pub(super) fn at_field(text: &str) -> bool {
    word(near(text), field_name).is_some()
}

/// Text up to the closing quote, and whether there is one; without it all the rest is taken.
pub(super) fn quoted<'t>(
    mark: char,
) -> impl Parser<&'t str, Output = (String, bool), Error = NoWord> {
    let part = alt((
        take_while1(move |c| c != mark && c != '\\'),
        preceded(char('\\'), recognize(anychar)),
    ));
    let text = fold_many0(part, String::new, |mut text, part| {
        text.push_str(part);
        text
    });
    let end = alt((value(true, char(mark)), value(false, rest)));
    preceded(char(mark), pair(text, end))
}

/// Collects literal text and wildcards; neighbouring literals become one piece.
#[derive(Default)]
pub(super) struct Pieces(pub(super) Vec<Piece>);

impl Pieces {
    pub(super) fn text(&mut self, text: &str) {
        match self.0.last_mut() {
            Some(Piece::Text(last)) => last.push_str(text),
            _ => self.0.push(Piece::Text(text.into())),
        }
    }

    pub(super) fn push(&mut self, piece: Piece) {
        match (self.0.last_mut(), piece) {
            (_, Piece::Text(text)) => self.text(&text),
            // Two runs in a row are one.
            (Some(Piece::AnyRun), Piece::AnyRun) => {}
            (_, piece) => self.0.push(piece),
        }
    }
}

/// A bare value: up to a space, a closing parenthesis that it did not open itself, or in `fga` an `&`.
pub(super) fn term<'t>(
    dialect: Dialect,
) -> impl Parser<&'t str, Output = Vec<Piece>, Error = NoWord> {
    move |text: &'t str| {
        let mut pieces = Pieces::default();
        let mut open = 0_usize;
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let length = match c {
                ')' if open == 0 => break,
                '&' if dialect == Dialect::Fga => break,
                c if is_space(c) => break,
                '*' => {
                    pieces.push(Piece::AnyRun);
                    1
                }
                '?' => {
                    pieces.push(Piece::AnyOne);
                    1
                }
                '\\' => {
                    let (after, escaped) = escaped(rest)?;
                    pieces.text(escaped);
                    rest.len() - after.len()
                }
                c => {
                    match c {
                        '(' => open += 1,
                        ')' => open -= 1,
                        _ => {}
                    }
                    // The character and all that follow it which mean nothing but themselves.
                    let others = rest.get(c.len_utf8()..).unwrap_or_default();
                    let ends = |b| matches!(b, b'(' | b')' | b'&' | b'*' | b'?' | b'\\');
                    let length = c.len_utf8() + plain(others, ends);
                    pieces.text(rest.get(..length).unwrap_or_default());
                    length
                }
            };
            rest = rest.get(length..).unwrap_or_default();
        }
        if rest.len() == text.len() { Err(nom::Err::Error(NoWord)) } else { Ok((rest, pieces.0)) }
    }
}

/// What a backslash stands before; at the very end, the backslash itself.
fn escaped(text: &str) -> Lex<'_, &str> {
    alt((preceded(char('\\'), recognize(anychar)), tag("\\"))).parse(text)
}

/// A comparison sign: the sign, and whether it includes its bound.
pub(super) fn comparison(text: &str) -> Lex<'_, (char, bool)> {
    map(pair(one_of("<>"), opt(char('='))), |(sign, equals)| (sign, equals.is_some())).parse(text)
}

/// One bare bound of a bracketed range: its text, and how much of what was read it is. Spaces inside belong to it.
///
/// It ends before ` TO `, a bracket that it did not open, and an operator, behind which no range goes on.
pub(super) fn bound<'t>(
    dialect: Dialect,
) -> impl Parser<&'t str, Output = (String, usize), Error = NoWord> {
    move |text: &'t str| {
        let mut bound = String::new();
        let mut open = 0_usize;
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            match c {
                '[' | ']' | '{' | '}' => break,
                ')' if open == 0 => break,
                '&' if dialect == Dialect::Fga => break,
                '(' => open += 1,
                ')' => open -= 1,
                _ if is_space(c) && (to(rest).is_ok() || spaced_operator(rest, dialect)) => break,
                _ => {}
            }
            let (after, taken) = match c {
                '\\' => escaped(rest)?,
                // A run of spaces is taken whole: looked at once, whatever its length.
                c if is_space(c) => space(rest)?,
                // The character and all that follow it which mean nothing but themselves.
                c => {
                    let others = rest.get(c.len_utf8()..).unwrap_or_default();
                    let ends =
                        |b| matches!(b, b'[' | b']' | b'{' | b'}' | b'(' | b')' | b'&' | b'\\');
                    let (taken, after) = rest
                        .split_at_checked(c.len_utf8() + plain(others, ends))
                        .unwrap_or((rest, ""));
                    (after, taken)
                }
            };
            bound.push_str(taken);
            rest = after;
        }
        let read = text.len() - rest.len();
        let written = text.get(..read).unwrap_or_default().trim_end_matches(is_space);
        bound.truncate(bound.trim_end_matches(is_space).len());
        Ok((rest, (bound, written.len())))
    }
}

/// Space and an operator behind it.
fn spaced_operator(text: &str, dialect: Dialect) -> bool {
    let behind = text.trim_start_matches(is_space);
    word(behind, binary(dialect)).is_some() || word(behind, not_word).is_some()
}

/// How much of `text` lies before the next condition: before an operator, or a bracket that it did not open.
pub(super) fn next_condition(text: &str, dialect: Dialect) -> usize {
    let mut open = 0_usize;
    let mut end = 0;
    let mut before = 'x';
    for (at, c) in text.char_indices() {
        let rest = || text.get(at..).unwrap_or_default();
        match c {
            _ if before == '\\' => {}
            '(' => open += 1,
            ')' if open == 0 => return at,
            ')' => open -= 1,
            '&' if dialect == Dialect::Fga => return end,
            // A run of spaces is looked behind once.
            _ if is_space(c) && !is_space(before) && spaced_operator(rest(), dialect) => return at,
            _ => {}
        }
        if !is_space(c) {
            end = at + c.len_utf8();
        }
        before = if before == '\\' { 'x' } else { c };
    }
    text.len()
}

/// ` TO ` between two bounds; in lower case too, for a better message. Gives the word as it is written.
pub(super) fn to(text: &str) -> Lex<'_, &str> {
    let word =
        verify(nom::bytes::complete::take(2_usize), |word: &str| word.eq_ignore_ascii_case("to"));
    let behind = |c: &char| is_space(*c) || matches!(c, ']' | '}' | '"');
    let end = alt((value((), eof), value((), peek(verify(anychar, behind)))));
    preceded(take_while1(is_space), terminated(word, end)).parse(text)
}

fn in_modifier(c: char) -> bool {
    c.is_ascii_digit() || c == '.'
}

/// `~` and `^` with optional numbers, right behind a quoted term or a group; `^` where no `~` is among them.
pub(super) fn modifiers(text: &str) -> Lex<'_, char> {
    let one = terminated(one_of("~^"), take_while(in_modifier));
    verify(fold_many0(one, || ' ', of_both), |sign| *sign != ' ').parse(text)
}

/// Fuzziness is refused, a boost is ignored: of both, the first is what counts.
fn of_both(one: char, other: char) -> char {
    if one == '~' { one } else { other }
}

/// The modifiers that end a bare term as written, if any: where they begin, and which counts.
///
/// `^` needs its number: a value may well end in a caret.
pub(super) fn trailing_modifiers(raw: &str) -> Option<(usize, char)> {
    let mut found = None;
    let mut rest = raw;
    loop {
        let stem = rest.trim_end_matches(in_modifier);
        let Some(before) = stem.strip_suffix(['~', '^']) else { return found };
        let backslashes = before.bytes().rev().take_while(|b| *b == b'\\').count();
        let bare_caret = stem.ends_with('^') && stem.len() == rest.len();
        if before.is_empty() || backslashes % 2 == 1 || bare_caret {
            return found;
        }
        let sign = if stem.ends_with('~') { '~' } else { '^' };
        found = Some((before.len(), found.map_or(sign, |(_, other)| of_both(other, sign))));
        rest = before;
    }
}

/// A regular expression with its slashes, closed before a space, a bracket or the end.
///
/// Text between slashes alone is a path: an expression has a sign that no path has. With such a sign at its front it
/// may hold spaces.
pub(super) fn regex(text: &str) -> Lex<'_, &str> {
    let no_word = Err(nom::Err::Error(NoWord));
    let Some(inside) = text.strip_prefix('/') else { return no_word };
    let sign = inside.starts_with(['(', '^', '[', '.', '\\']);
    let mut at = 0;
    for part in near(inside).split_inclusive('/') {
        let end = at + part.len();
        if part.contains(is_space) && !sign || part.contains('"') {
            return no_word;
        }
        let closed = part.ends_with('/') && !part.ends_with("\\/") && end > 1;
        let behind = inside.get(end..).unwrap_or_default();
        if closed
            && behind.chars().next().is_none_or(|c| is_space(c) || matches!(c, ')' | '^' | '~'))
        {
            let (found, rest) = text.split_at_checked(end + 1).unwrap_or((text, ""));
            // A path ends in a slash too: what makes an expression is a sign that no path has.
            let inner = inside.get(..end - 1).unwrap_or_default();
            let signs = ["(", "[", "^", "$", "\\", "|", "{", ".*", ".+", ".?", "]*", "]+"];
            let expression = signs.iter().any(|sign| inner.contains(sign));
            return if expression { Ok((rest, found)) } else { no_word };
        }
        at = end;
    }
    no_word
}

/// Behind the modifiers that stand at `at`, if there are any.
pub(crate) fn modifier_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    word(rest, modifiers).map_or(at, |(_, length)| at + length)
}
