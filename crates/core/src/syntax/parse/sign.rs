//! Signs that join, negate or compare elsewhere, and here are a part of a word.

use alloc::{format, string::String};

use super::{Parser, Place, complaint::BINARIES};
use crate::{
    Code, Diagnostic, Span,
    syntax::{ast::Node, in_quotes, lex},
};

/// What parts conditions elsewhere.
const SIGNS: [char; 4] = ['&', '|', ',', ';'];

impl Parser<'_> {
    /// What a sign behind a field's colon was meant as; `name` includes the colon. Where it is no part of a value, the
    /// value is read too.
    pub(super) fn sign_behind_colon(&mut self, name: Span) -> Option<Node> {
        let rest = self.rest();
        let run = rest.len() - rest.trim_start_matches(['=', '!', '<', '>']).len();
        let signs = rest.get(..run).unwrap_or_default();
        let bare = signs.trim_start_matches('!').trim_start_matches('=');
        let length = match signs {
            "" if rest.starts_with('-') => 1,
            "<" | ">" | "<=" | ">=" | "" => return None,
            // `!>5` negates a comparison.
            _ if signs.starts_with('!') && bare.starts_with(['<', '>']) => run - bare.len(),
            _ => run,
        };
        let behind = rest.get(length..).unwrap_or_default();
        let (sign, negates) = (Span::new(self.at, self.at + length), !rest.starts_with('='));
        // A sign alone is a value, and so is a number.
        let next = behind.chars().next().unwrap_or(' ');
        if negates && length == 1 && (lex::is_space(next) || next == ')')
            || rest.starts_with('-') && next.is_ascii_digit()
        {
            return None;
        }
        let compares = bare.contains(['<', '>']) && length == run && signs != "<>";
        let written = sign.of(self.text);
        let in_value = !compares && signs != "<>" && !behind.starts_with(['"', '(']);
        let message = if in_value {
            format!("behind a colon, `{written}` is part of the value")
        } else {
            format!("`{written}` does not stand behind a colon")
        };
        let code = if rest.starts_with(['-', '!']) { Code::NegatedValue } else { Code::EqualsSign };
        let diagnostic = if in_value {
            Diagnostic::warning(code, sign, message)
        } else {
            Diagnostic::error(code, sign, message)
        };
        let empty = matches!(behind.trim_start().chars().next(), None | Some(')'));
        let (meant, title) = meant(signs, compares, negates.then(|| name.of(self.text)));
        let place = if negates && !compares { name.to(sign) } else { sign };
        // Without the sign the field may have no value.
        self.report(if empty { diagnostic } else { diagnostic.suggest(place, meant, title) });
        if in_value {
            return None;
        }
        self.at = sign.end;
        self.skip_space();
        let value = match self.next_char() {
            Some('(') => self.group(Place::Field).span(),
            _ if self.at_operand() => self.value(Place::Field).span(),
            _ => sign,
        };
        Some(Node::Broken(sign.to(value)))
    }

    /// A sign where a condition should begin: with the condition right behind it, or behind an operator.
    pub(super) fn stray_sign(&self) -> Option<Span> {
        let rest = self.rest();
        if !rest.starts_with(SIGNS) || !self.at_operand() {
            return None;
        }
        let behind = rest.trim_start_matches(SIGNS);
        let before = self.text.get(..self.at).unwrap_or_default();
        // `&&&` and `AND &`.
        let third = before.ends_with(['&', '|'])
            || rest.starts_with(['&', '|']) && self.before_operator(self.at, &BINARIES).is_some();
        let condition = behind.starts_with(['(', '"']) || lex::at_field(behind);
        (third || condition).then(|| Span::new(self.at, self.text.len() - behind.len()))
    }

    /// Tells of such a sign and goes on behind it: `(a)|(b)`, `a &type:f`, `a &&& b`.
    pub(super) fn skip_stray_sign(&mut self) {
        let Some(sign) = self.stray_sign() else { return };
        self.at = sign.end;
        let written = sign.of(self.text);
        let before = self.text.get(..sign.start).unwrap_or_default();
        let joins = !before.trim_end().is_empty()
            && !before.trim_end().ends_with('(')
            && !before.ends_with(['&', '|'])
            && self.before_operator(sign.start, &BINARIES).is_none();
        let error =
            Diagnostic::error(Code::RawAmpersand, sign, format!("`{written}` joins nothing"))
                .help("conditions are joined by AND and OR");
        self.report(if joins {
            let space = if before.ends_with(char::is_whitespace) { "" } else { " " };
            let write = |error: Diagnostic, operator| {
                let title = format!("write `{operator}`");
                error.suggest(sign, format!("{space}{operator} "), title)
            };
            let error = if written.contains('|') { error } else { write(error, "AND") };
            if written.contains('&') { error } else { write(error, "OR") }
        } else {
            let start = self.run_start(sign.start, sign.end);
            let apart = self.next_char().is_none_or(lex::is_space);
            let sign = Span::new(start, sign.end);
            let removed = if apart { self.with_space(sign) } else { sign };
            error.suggest(removed, "", format!("remove `{written}`"))
        });
        self.skip_space();
    }

    /// `a&type:f`, `a||type:f`, `a&&b`, `a&& b`: signs in a word that may have been meant as operators. Whether it can
    /// be nothing else.
    pub(super) fn warn_of_operator(&mut self, word: Span, place: Place) -> bool {
        let raw = word.of(self.text);
        let mut rest = raw;
        while let Some(at) = rest.find(['&', '|']) {
            let start = raw.len() - rest.len() + at;
            let (before, signs) = raw.split_at_checked(start).unwrap_or_default();
            rest = signs.trim_start_matches(if signs.starts_with('&') { '&' } else { '|' });
            if before.is_empty() || before.ends_with('\\') {
                continue;
            }
            let sign = Span::new(word.start + start, word.end - rest.len());
            let double = sign.end - sign.start > 1;
            let field = lex::at_field(rest) && (double || signs.starts_with('&'));
            let meant = field || double && (rest.is_empty() || place == Place::Query);
            if !meant {
                continue;
            }
            let written = sign.of(self.text);
            let operator = if signs.starts_with('&') { "AND" } else { "OR" };
            let certain = field && double;
            let diagnostic = if certain {
                let message = format!("`{written}` joins nothing within a word");
                Diagnostic::error(Code::RawAmpersand, sign, message)
            } else {
                let message = format!("`{written}` is part of the value here");
                Diagnostic::warning(Code::RawAmpersand, sign, message)
            };
            let behind = self.text.get(word.end..).unwrap_or_default().trim_start();
            let last = rest.is_empty() && (behind.is_empty() || behind.starts_with(')'));
            let diagnostic = if last {
                diagnostic.suggest(sign, "", format!("remove `{written}`"))
            } else {
                let space = if rest.is_empty() { "" } else { " " };
                diagnostic.suggest(
                    sign,
                    format!(" {operator}{space}"),
                    format!("write `{operator}`"),
                )
            };
            self.report(diagnostic);
            return certain;
        }
        false
    }

    /// A word that is nothing but a sign.
    pub(super) fn lone_sign(&mut self, sign: &str, span: Span) {
        let message = format!("a lone `{sign}` is a word to look for");
        if matches!(sign, "+" | "-") {
            let warning = Diagnostic::warning(Code::DanglingOperator, span, message)
                .help("a sign belongs to what follows it without a space")
                .suggest(self.with_space(span), "", format!("remove `{sign}`"));
            return self.report(warning);
        }
        let operator = if sign == "&" { "AND" } else { "OR" };
        let warning = Diagnostic::warning(Code::RawAmpersand, span, message);
        let before = self.text.get(..span.start).unwrap_or_default().trim_end();
        let behind = self.text.get(span.end..).unwrap_or_default().trim_start();
        let joins = |text: &str| !(text.is_empty() || text.ends_with('(') || text.starts_with(')'));
        self.report(if joins(before) && joins(behind) {
            warning.suggest(span, operator, format!("write `{operator}`"))
        } else {
            warning.suggest(span, in_quotes(sign), "look for this text itself")
        });
    }
}

/// What signs behind a colon were meant as, and the title of that fix; `field` where they negate.
fn meant(signs: &str, compares: bool, field: Option<&str>) -> (String, String) {
    if compares {
        let sign = match (signs.contains('<'), signs.contains('=')) {
            (true, true) => "<=",
            (true, false) => "<",
            (false, true) => ">=",
            (false, false) => ">",
        };
        return (sign.into(), format!("write `{sign}`"));
    }
    match field {
        Some(field) => (format!("NOT {field}"), "exclude the value instead".into()),
        None => (String::new(), format!("remove `{signs}`")),
    }
}
